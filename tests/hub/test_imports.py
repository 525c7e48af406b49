"""`hub import`: a file becomes at the hub what it becomes at a counter, with the same faults, all of it or nothing."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from counter_app.commands import hub_imports
from counter_app.commands.imports import lines_of
from counter_app.domain.imports import ImportReport, What
from counter_app.hub import tables as t
from counter_app.hub.database import Database
from counter_app.hub.handler import Hub
from counter_app.hub.imports import hall_of
from counter_app.services.imports import run_import
from counter_app.services.passwords import is_right
from counter_app.storage.hall import OpenHall
from tests.hub.line import Gadget, HandlerLine, a_hub
from tests.services.importing import BILLS, CUSTOMERS, NOON, SETTLEMENTS, opened, rows, written

Bring = Callable[..., dict[str, Any]]
WHOLE: tuple[tuple[What, str], ...] = (("customers", CUSTOMERS), ("bills", BILLS), ("settlements", SETTLEMENTS))
MORE: tuple[tuple[What, str], ...] = (
    (
        "customers",
        "客户编号,客户名称,联系电话,客户标记,户号,预存余额\nC1,张伟伟,13800000019;0571-88888888,重要客户,A1,12.30\n",
    ),
    ("customers", "客户编号,客户名称,邮箱,户号,状态\nC2,龚𬭎㛃,a@b.cn,A2,正常\nC9,新客户,,,\n"),
    ("bills", "账单号,户号,账期,缴费期限,项目:电费,项目:附加费,争议\nB5,A4,2026-10,2026-11-20,10.00,0.50,是\n"),
    ("bills", "户号,账期,缴费期限,金额,催收费用\nA2,2026-10,2026-11-20,1.00,2.00\n"),
    ("settlements", "户号,账期,缴费日期,金额\nA2,2026-10,2026-11-21,1.00\n"),
)
FAULTY: tuple[tuple[What, str], ...] = (
    ("customers", "客户编号,客户名称\nC1,\n,无号\nC5,甲\nC5,乙\n"),
    ("customers", "客户编号,客户名称,户号,状态\nC5,甲,A9,不知道\nC6,乙,A8,限制呼出\n"),
    ("customers", "客户编号,客户名称,户号,业务号码\nC5,甲,,123\nC6,乙,A8,777\nC6,乙,A8,777\n"),
    ("customers", "客户编号,客户名称,户号,预存余额\nC5,甲,,1.00\nC6,乙,A8,-1\nC7,丙,A7,1.234\n"),
    ("customers", "客户编号,客户名称,户号\nC5,甲,A9\nC6,乙,A9\n"),
    ("bills", "账单号,户号,账期,缴费期限,金额\nB9,A9,2026-10,2026-11-20,1\nB8,A1,2026-13,x,1\n"
     "B7,A1,2026-10,2026-11-20,1\nB7,A1,2026-10,2026-11-20,1\n"),
    ("bills", "账单号,户号,业务号码,账期,缴费期限,金额\nB9,A1,404,2026-10,2026-11-20,1\n"),
    ("bills", "账单号,户号,账期,缴费期限,应收金额,项目:电费\nB9,A1,2026-10,2026-11-20,2,1\n"),
    ("settlements", "账单号,缴费日期,金额,渠道,凭证号\nB404,2026-10-25,1,银行,K\n,2026-10-25,1,银行,K\n"
     "B1,2026-10-25,1,银行,K8\nB1,2026-10-25,1,银行,K8\n"),
    ("settlements", "销账流水号,账单号,缴费日期,金额\nS1,B1,2026-10-25,1\nS1,B1,2026-10-26,1\n"),
    ("settlements", "户号,账期,缴费日期,金额\nA1,2026-01,2026-10-25,1\nA404,2026-10,2026-10-25,1\n"),
    ("bills", "账单号,户号,账期,缴费期限,金额\nB9,A1\nB8,A1,2026-10,2026-11-20,1,2,3\n"
     "账单号,户号,账期,缴费期限,金额\n"),
)  # fmt: skip


@pytest.fixture
def hub(database: Database) -> Hub:
    """A hub with one hall of electricity."""
    found = a_hub(database)
    with database.transaction() as connection:
        from counter_app.hub.enrolment import Wish, issue

        code = issue(connection, Wish("H1", "01", "", {"trade": "electricity"}), found.clock(), found.secret)
    assert isinstance(code, str)
    assert Gadget(HandlerLine(found)).enrol(code, "01")[0] == 200
    return found


@pytest.fixture
def bring(hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Bring:
    """Run the command over a text; returns its report."""

    def run(what: str, text: str, *, check: bool = False, name: str = "file.csv") -> dict[str, Any]:
        path = written(tmp_path, text, name=name)
        args = argparse.Namespace(what=what, file=path, hall="H1", map=None, check=check, json=True)
        code = hub_imports.run(args, hub.database, NOON)
        said = capsys.readouterr()
        found: dict[str, Any] = json.loads(said.out) if said.out else {"said": said.err}
        assert (code == 1) == bool(found.get("error_count") or "said" in found)
        return found

    return run


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[OpenHall]:
    """A hall that works alone, for comparison."""
    folder = tmp_path / "counter"
    folder.mkdir()
    with opened(folder) as hall:
        yield hall


def at_hub(hub: Hub, kind: str) -> list[dict[str, Any]]:
    with hub.database.transaction() as connection:
        row = t.master_rows.c
        return [json.loads(body) for body in connection.execute(select(row.body).where(row.kind == kind)).scalars()]


def named(hub: Hub, kind: str, *names: str) -> list[tuple[Any, ...]]:
    """The rows of a kind with the natural keys of what they hang on, as text where they are lists."""
    customers = {one["id"]: one["customer_no"] for one in at_hub(hub, "customer")}
    accounts = {one["id"]: one["account_no"] for one in at_hub(hub, "account")}
    found = []
    for one in at_hub(hub, kind):
        one |= {"customer_no": one.get("customer_no") or customers.get(one.get("customer_id"))}
        one |= {"account_no": one.get("account_no") or accounts.get(one.get("account_id"))}
        found.append(tuple(one[name] for name in names))
    return sorted(found, key=repr)


CUSTOMER = (
    "customer_no",
    "name",
    "kind",
    "customer_class",
    "id_kind",
    "id_number",
    "group_name",
    "manager",
    "since_on",
)
BILL = (
    "bill_no", "month", "issued_on", "due_on", "principal_fen", "cost_fen", "accrual_start_on", "accrual_stop_on",
    "is_disputed", "is_late_fee_deferred",
)  # fmt: skip


def compare(hub: Hub, hall: OpenHall) -> None:
    """Everything that a file can bring is the same on both sides."""

    def own(sql: str) -> list[tuple[Any, ...]]:
        return sorted((tuple(row) for row in rows(hall, sql)), key=repr)

    assert named(hub, "customer", *CUSTOMER) == own(f"SELECT {', '.join(CUSTOMER)} FROM customers")
    flags = [(one["customer_no"], *flag) for one in at_hub(hub, "customer") for flag in one["flags"]]
    joined = "JOIN customers c ON c.id = customer_id"
    assert sorted(flags) == own(f"SELECT c.customer_no, flag, f.since_on, note FROM customer_flags f {joined}")
    contacts = [(one["customer_no"], *contact) for one in at_hub(hub, "customer") for contact in one["contacts"]]
    assert sorted(contacts) == own(f"SELECT c.customer_no, x.kind, value, person FROM contacts x {joined}")
    accounts = [
        (one[0], one[1], one[2], json.dumps(one[3], ensure_ascii=False), *one[4:])
        for one in named(hub, "account", "account_no", "customer_no", "address", "facts", "contract_no", "area")
    ]
    assert accounts == own(
        f"SELECT account_no, c.customer_no, address, facts, contract_no, area FROM accounts {joined}"
    )
    service = ("kind", "number", "account_no", "plan", "state", "state_since_on", "state_reason", "meter_no")
    joined = "JOIN accounts a ON a.id = account_id"
    assert named(hub, "service", *service) == own(f"SELECT {', '.join(service)} FROM services {joined}")
    assert named(hub, "bill", *BILL, "account_no") == own(f"SELECT {', '.join(BILL)}, account_no FROM bills {joined}")
    items = [(one["bill_no"], *item) for one in at_hub(hub, "bill") for item in one["items"]]
    assert sorted(items) == own("SELECT bill_no, item, amount_fen FROM bill_items JOIN bills b ON b.id = bill_id")
    book = ("account_no", "name", "kind", "opening_fen", "opened_on", "priority")
    assert named(hub, "book", *book) == own(f"SELECT {', '.join(book)} FROM books {joined}")
    with hub.database.transaction() as connection:
        row = t.settlements.c
        names = (row.settlement_id, row.settled_on, row.principal_fen, row.late_fee_fen, row.cost_fen, row.channel)
        held = sorted(tuple(one) for one in connection.execute(select(*names)))
    assert held == own(
        "SELECT settlement_id, settled_on, principal_fen, late_fee_fen, cost_fen, channel FROM settlements"
    )


def counted(report: ImportReport | dict[str, Any]) -> set[tuple[int, str, str]]:
    if isinstance(report, ImportReport):
        return {(one.row, one.column, one.fault) for one in report.errors}
    return {(one["row"], one["column"], one["fault"]) for one in report["errors"]}


def at_counter(hall: OpenHall, what: What, text: str) -> ImportReport:
    return run_import(hall, "system", what, written(hall.folder, text))


def test_a_file_becomes_the_same_at_the_hub_as_at_a_counter(hub: Hub, bring: Bring, counter: OpenHall) -> None:
    for what, text in (*WHOLE, *MORE, *WHOLE):
        assert at_counter(counter, what, text).errors == ()
        assert bring(what, text)["error_count"] == 0
        compare(hub, counter)


@pytest.mark.parametrize(("what", "text"), FAULTY)
def test_a_file_with_faults_has_the_same_ones_and_nothing_is_taken(
    hub: Hub, bring: Bring, counter: OpenHall, what: What, text: str
) -> None:
    for whole in WHOLE:
        at_counter(counter, *whole)
        bring(*whole)
    found = bring(what, text)
    assert counted(found) == counted(at_counter(counter, what, text))
    assert found["error_count"]
    assert found["entry_id"] is None
    compare(hub, counter)


def test_a_second_time_changes_nothing_and_a_check_neither(hub: Hub, bring: Bring) -> None:
    checked = bring("customers", CUSTOMERS, check=True)
    assert (checked["new_count"], at_hub(hub, "customer")) == (7, [])
    assert bring("customers", CUSTOMERS)["new_count"] == 7
    again = bring("customers", CUSTOMERS)
    assert (again["new_count"], again["changed_count"], again["entry_id"]) == (0, 0, None)


def test_staff_sign_in_with_the_first_password_they_were_given(hub: Hub, bring: Bring) -> None:
    bring("staff", "工号,姓名,角色,初始密码\n1001,王芳,营业员,right-horse-9\n2001,赵敏,supervisor,\n")
    held = {one["staff_no"]: one for one in at_hub(hub, "staff")}
    assert is_right(held["1001"]["verifier"], "right-horse-9")
    assert (held["1001"]["must_change_password"], held["2001"]["role"]) == (1, "supervisor")
    bring("staff", "工号,姓名,角色,状态\n1001,王芳,班长,离岗\n")
    assert is_right({one["staff_no"]: one for one in at_hub(hub, "staff")}["1001"]["verifier"], "right-horse-9")
    for bad in ("工号,姓名\n1,甲\n", "工号,姓名,角色\n1,甲,店长\n", "工号,姓名,角色,初始密码\n1,甲,班长,123\n",
                "工号,姓名,角色\n1,甲,班长\n1,乙,班长\n"):  # fmt: skip
        assert "nothing was written" in bring("staff", bad)["said"]
    assert len(at_hub(hub, "staff")) == 2


def test_a_rule_pack_is_checked_whole_before_it_goes_out(hub: Hub, bring: Bring) -> None:
    from counter_app.resources import resource

    text = resource("rules", "electricity.toml").read_text(encoding="utf-8")
    assert bring("packs", text, name="electricity.toml")["new"] == 1
    assert at_hub(hub, "pack")[0]["text"] == text
    assert "nothing was written" in bring("packs", text.replace("valid_from", "valid_form", 1), name="bad.toml")["said"]
    assert "nothing was written" in bring("packs", "trade = ", name="bad.toml")["said"]


def test_a_hall_that_nobody_enrolled_is_said(hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, CUSTOMERS)
    args = argparse.Namespace(what="customers", file=path, hall="H9", map=None, check=False, json=True)
    assert hub_imports.run(args, hub.database, NOON) == 1
    assert "H9" in capsys.readouterr().err
    assert hall_of(hub.database, "H9") is None


def test_a_file_that_was_taken_in_part_does_not_say_that_nothing_was_written() -> None:
    undone = ImportReport("bills", "a.csv", "", "", False, 9, 9, 0, 0, 1, ())
    assert "nothing was written" in lines_of(undone)[-1]
    assert "the rows before are written" in lines_of(replace(undone, entry_id="HZ01"))[-1]
