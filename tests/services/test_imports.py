"""Importing a hall's own files: what they become, twice is once, all or nothing, and every fault by its row."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counter_app.domain.imports import ImportReport, RowFault, What
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Role, StaffState
from counter_app.domain.staff_refusals import SignedOut
from counter_app.services import imports_slices
from counter_app.services.imports import run_import
from counter_app.storage import imports as storage
from counter_app.storage.customers import load_record
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.staff import set_staff
from counter_app.storage.trouble import HallInUse
from tests import halls
from tests.services.importing import BILLS, CUSTOMERS, SETTLEMENTS, opened, rows, state, written

WHOLE: tuple[tuple[What, str], ...] = (("customers", CUSTOMERS), ("bills", BILLS), ("settlements", SETTLEMENTS))


def bring(hall: OpenHall, what: What, text: str, **more: Any) -> ImportReport:
    encoding = more.pop("encoding", "utf-8")
    return run_import(hall, "system", what, written(hall.folder, text, encoding=encoding), **more)


def bring_all(hall: OpenHall) -> None:
    for what, text in WHOLE:
        report = bring(hall, what, text)
        assert report.errors == ()
        assert report.is_written


def faults(report: ImportReport) -> list[tuple[int, str, str, str]]:
    return [(f.row, f.column, f.value, f.fault) for f in report.errors]


def test_three_files_become_customers_with_bills_and_what_was_paid(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        bring_all(hall)
        with hall.reading() as reading:
            wei, gong, firm = (load_record(reading, number) for number in (1, 2, 3))
    assert wei is not None
    assert gong is not None
    assert firm is not None
    assert (wei.customer.name, wei.customer.id_kind, wei.customer.customer_class) == ("张伟", "resident_id", "resident")
    assert wei.accounts[0].facts == {"合同容量": "8 kW"}
    assert wei.contacts[0].value == "13800000013"
    assert [(b.bill_no, b.principal_fen, b.principal_open_fen) for b in wei.bills] == [
        ("B1", 12_050, 2_050),
        ("B2", 113_000, 113_000),
    ]
    assert wei.bills[0].late_fee_settled_fen == 60
    assert wei.bills[0].settlements[0].source == "import"
    assert (gong.customer.name, gong.services) == ("龚𬭎㛃", ())
    assert gong.bills[0].principal_open_fen == 0
    assert (firm.customer.kind, firm.customer.customer_class, len(firm.accounts)) == ("organisation", "other", 2)
    assert firm.bills[0].items == (("费用", 1),)


@pytest.mark.parametrize("what", ["customers", "bills", "settlements"])
def test_the_same_file_twice_changes_nothing(tmp_path: Path, what: What) -> None:
    with opened(tmp_path) as hall:
        bring_all(hall)
        before = state(hall)
        again = bring(hall, what, dict(WHOLE)[what])
        assert (again.new_count, again.changed_count, again.is_known, again.is_written) == (0, 0, True, False)
        assert again.unchanged_count == again.row_count > 0
        assert state(hall) == before


def test_a_check_changes_nothing_and_says_what_would(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        before = state(hall)
        report = bring(hall, "customers", CUSTOMERS, check=True)
        assert (report.new_count, report.changed_count, report.is_written) == (4, 0, False)
        assert state(hall) == before


def test_a_later_file_changes_what_it_names_and_leaves_the_rest(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        bring_all(hall)
        report = bring(hall, "customers", "客户编号,姓名\nC1,张玮\nC2,龚𬭎㛃\n")
        assert (report.new_count, report.changed_count, report.unchanged_count) == (0, 1, 1)
        with hall.reading() as reading:
            record = load_record(reading, 1)
        assert record is not None
        assert record.customer.name == "张玮"
        assert record.customer.id_number == "110101199003074514"
        assert record.contacts[0].value == "13800000013"
        assert record.accounts[0].account_no == "A1"
        found = rows(hall, "SELECT term FROM search_terms WHERE customer_id = 1")
        assert any("玮" in term for (term,) in found)


def test_a_changed_bill_keeps_what_was_paid_of_it_and_none_vanishes(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        bring_all(hall)
        report = bring(hall, "bills", "账单号,户号,账期,缴费期限,金额\nB1,A1,2026-09,2026-10-20,130.00\n")
        assert (report.changed_count, report.unchanged_count) == (1, 0)
        assert rows(hall, "SELECT principal_fen FROM bills WHERE bill_no = 'B1'") == [(13_000,)]
        assert rows(hall, "SELECT amount_fen FROM bill_items WHERE bill_id = 1") == [(13_000,)]
        assert rows(hall, "SELECT count(*) FROM bills") == [(4,)]
        assert rows(hall, "SELECT count(*) FROM settlements WHERE bill_id = 1") == [(1,)]


def test_the_entry_tells_what_was_done_and_names_nobody(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        bring_all(hall)
        contents = [content for (content,) in rows(hall, "SELECT content FROM entries WHERE kind = 'import.done'")]
        assert len(contents) == 3
        assert not any(word in content for content in contents for word in ("张伟", "C1", "13800000013"))
        kept = rows(hall, "SELECT what, file_name, row_count, changed_count, entry FROM imports")
        assert [row[:4] for row in kept] == [
            ("customers", "file.csv", 4, 4),
            ("bills", "file.csv", 4, 4),
            ("settlements", "file.csv", 2, 2),
        ]


def test_every_fault_is_named_by_row_column_and_value(tmp_path: Path) -> None:
    text = (
        "账单号,户号,账期,缴费期限,金额\n"
        "B1,A1,2026-09,2026-10-20,abc\n"
        "B2,A9,2026-09,2026-10-20,1.00\n"
        "B3,A1,2026-13,2026-02-30,1.005\n"
        "\n"
        "B4,A1,2026-09,,-5\n"
        "B5,A1,2026-09,2026-10-20,1.00\n"
        "B5,A1,2026-09,2026-10-20,1.00\n"
        "账单号,户号,账期,缴费期限,金额\n"
        "B6,A1,2026-09\n"
    )
    with opened(tmp_path) as hall:
        bring(hall, "customers", CUSTOMERS)
        before = state(hall)
        report = bring(hall, "bills", text)
        assert state(hall) == before
    assert set(faults(report)) == {
        (2, "金额", "abc", "not_an_amount"),
        (3, "户号", "A9", "unknown_account"),
        (4, "账期", "2026-13", "not_a_month"),
        (4, "缴费期限", "2026-02-30", "not_a_date"),
        (4, "金额", "1.005", "not_an_amount"),
        (6, "缴费期限", "", "blank"),
        (6, "金额", "-5", "negative"),
        (8, "账单号", "B5", "twice"),
        (9, "账单号", "账单号", "header_again"),
        (10, "", "B6", "too_few_cells"),
    }
    assert next(f for f in report.errors if f.fault == "twice").expected == "row 7"
    assert (report.error_count, report.is_written) == (10, False)


def test_only_the_first_thousand_faults_are_listed_and_all_are_counted(tmp_path: Path) -> None:
    text = "账单号,户号,账期,缴费期限,金额\n" + "".join(f"B{n},A1,2026-09,2026-10-20,x\n" for n in range(1500))
    with opened(tmp_path) as hall:
        bring(hall, "customers", CUSTOMERS)
        report = bring(hall, "bills", text)
    assert (len(report.errors), report.error_count) == (1000, 1500)


def test_a_key_twice_is_found_across_slices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports_slices, "SLICE_ROWS", 2)
    with opened(tmp_path) as hall:
        bring(hall, "customers", CUSTOMERS)
        report = bring(hall, "bills", BILLS + "B1,A2,2026-09,2026-10-20,1.00\n")
        assert faults(report) == [(6, "账单号", "B1", "twice")]
        report = bring(hall, "customers", CUSTOMERS + "C3,青禾食品,单位,,,A5,云川市,正常,8 kW\n")
        assert faults(report) == [(6, "客户编号", "C3", "disagrees")]
        report = bring(hall, "customers", CUSTOMERS + CUSTOMERS.splitlines()[1])
        assert faults(report) == [(6, "户号", "A1", "twice")]


def test_a_settlement_with_other_content_is_an_error_that_names_both(tmp_path: Path) -> None:
    head = "流水号,账单号,缴费日期,金额\n"
    with opened(tmp_path) as hall:
        bring_all(hall)
        assert bring(hall, "settlements", head + "S1,B2,2026-11-01,10.00\n").new_count == 1
        assert bring(hall, "settlements", head + "S1,B2,2026-11-01,10.00\n").unchanged_count == 1
        report = bring(hall, "settlements", head + "S1,B2,2026-11-01,11.00\n")
        assert faults(report) == [(2, "流水号", "S1", "other_content")]
        assert "10.00" in report.errors[0].expected
        report = bring(hall, "settlements", head + "S2,B9,2026-11-01,11.00\n")
        assert faults(report) == [(2, "账单号", "B9", "unknown_bill")]


def test_settlements_without_id_get_the_same_one_every_time(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        bring_all(hall)
        report = bring(hall, "settlements", SETTLEMENTS + "B2,2026-11-01,5.00,,银行代扣,K3\n")
        assert (report.new_count, report.unchanged_count) == (1, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    with opened(tmp_path) as hall:
        report = bring(hall, "customers", CUSTOMERS.replace(",", delimiter), encoding=encoding)
        assert report.errors == ()
        assert ("龚𬭎㛃",) in rows(hall, "SELECT name FROM customers")


class Stop(Exception):
    """What a test throws in the middle."""


@pytest.mark.parametrize("at", range(9))
def test_all_or_nothing_wherever_it_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    monkeypatch.setattr(imports_slices, "SLICE_ROWS", 2)
    calls = 0

    def breaking(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls > at:
                raise Stop
            return real(*args, **named)

        return call

    with opened(tmp_path) as hall:
        bring(hall, "customers", CUSTOMERS)
        before = state(hall)
        with monkeypatch.context() as patch:
            # each step of the way to the commit fails in turn: stages, swap, search, entry, line in `imports`
            for place, name in (
                ("counter_app.services.imports_customers", "stage"),
                ("counter_app.services.imports", "swap_in"),
                ("counter_app.services.imports", "index_customers"),
                ("counter_app.services.imports", "add_import"),
            ):
                patch.setattr(f"{place}.{name}", breaking(getattr(__import__(place, fromlist=[name]), name)))
            with pytest.raises(Stop):
                bring(hall, "customers", CUSTOMERS.replace("张伟", "张玮").replace("C2,", "C9,").replace("A2", "A9"))
        assert state(hall) == before
        assert bring(hall, "customers", CUSTOMERS.replace("张伟", "张玮")).changed_count == 1


def test_a_stopped_run_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports_slices, "SLICE_ROWS", 1)
    heard: list[int] = []
    with opened(tmp_path) as hall:
        before = state(hall)
        report = bring(hall, "customers", CUSTOMERS, progress=heard.append, should_stop=lambda: len(heard) == 2)
        assert (report.is_stopped, report.is_written, heard) == (True, False, [1, 2])
        assert state(hall) == before


def test_a_payment_passes_between_two_slices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports_slices, "SLICE_ROWS", 1)
    with opened(tmp_path) as hall:

        def other_work(_: int) -> None:
            with hall.writing() as work:
                work.driver.execute("UPDATE counters SET name = name || '.'")

        assert bring(hall, "customers", CUSTOMERS, progress=other_work).is_written
        assert rows(hall, "SELECT name FROM counters") == [("1 号台....",)]


def test_a_caller_on_another_thread_hands_the_writing_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports_slices, "SLICE_ROWS", 2)
    with opened(tmp_path) as hall, ThreadPoolExecutor(1) as writer, ThreadPoolExecutor(1) as long_work:
        path = written(tmp_path, CUSTOMERS)
        writer.submit(hall.store.adopt).result()

        def on_writer(work: Callable[[], None]) -> None:
            writer.submit(work).result()

        report = long_work.submit(run_import, hall, "system", "customers", path, on_writer=on_writer).result()
        assert report.is_written


def test_only_who_may_import(tmp_path: Path) -> None:
    hall, path = halls.a_hall(tmp_path / "hall", trade="electricity"), written(tmp_path, CUSTOMERS)
    with pytest.raises(Refused, match="no_right"):
        run_import(hall, halls.teller(), "customers", path)
    assert run_import(hall, halls.teller("9001", Role.ADMIN), "customers", path).is_written
    assert rows(hall, "SELECT staff_no FROM entries WHERE kind = 'import.done'") == [("9001",)]
    hall.close()


def test_who_lost_the_right_while_the_file_was_read_writes_nothing(tmp_path: Path) -> None:
    hall, path = halls.a_hall(tmp_path / "hall", trade="electricity"), written(tmp_path, CUSTOMERS)
    before = state(hall)

    def sent_away(_: int) -> None:
        with hall.store.writing() as work:
            set_staff(work, "9001", "孙强", Role.ADMIN, StaffState.LEFT)

    with pytest.raises(Refused) as refused:
        run_import(hall, halls.teller("9001", Role.ADMIN), "customers", path, progress=sent_away)
    assert refused.value.refusal == SignedOut("9001", "left")
    assert state(hall) == before
    hall.close()


def test_an_open_counter_keeps_the_hall_to_itself(tmp_path: Path) -> None:
    with opened(tmp_path) as hall, pytest.raises(HallInUse, match=str(os.getpid())):
        open_hall(tmp_path, clock=hall.clock)


def test_hostile_names_are_ordinary_data(tmp_path: Path) -> None:
    names = ["=1+1", "<b>张</b>", "'; DROP TABLE bills; --", "abc\u202edef", "%_\\", "\ufeff张", "a\0b", "𠮷" * 500]
    lines = "".join(f'C{n},"{name}"\n' for n, name in enumerate(names))
    with opened(tmp_path) as hall:
        assert bring(hall, "customers", "客户编号,姓名\n" + lines).errors == ()
        kept = [name for (name,) in rows(hall, "SELECT name FROM customers ORDER BY id")]
        assert kept == [name.replace("\0", "") for name in names]
        report = bring(hall, "customers", f"客户编号,姓名\nC1,{'长' * 10_000}\n")
        assert [(f.row, f.fault) for f in report.errors] == [(2, "too_long")]


def test_a_doubtful_id_is_said_and_stops_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        head, rest = "客户编号,姓名,身份证号,联系电话,地址,入网日期", "13812345678,和平路 1 号,2020-05-01"
        report = bring(hall, "customers", f"{head}\nC1,张伟,110101199003074515,{rest}\n")
    assert report.is_written
    assert report.warnings == (RowFault(2, "身份证号", "110101199003074515", "id_number_doubtful", "checksum"),)


def test_digits_lost_in_a_spreadsheet_are_an_error(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        report = bring(hall, "customers", "客户编号,姓名,身份证号\nC1,张伟,1.10101E+17\n")
    assert faults(report) == [(2, "身份证号", "1.10101E+17", "digits_lost")]


def test_items_must_add_up_to_the_amount(tmp_path: Path) -> None:
    head = "户号,账期,缴费期限,金额,项目:电度电费,项目:力调电费\n"
    with opened(tmp_path) as hall:
        bring(hall, "customers", CUSTOMERS)
        assert bring(hall, "bills", head + "A1,2026-09,2026-10-20,10.00,9.00,1.00\n").is_written
        assert rows(hall, "SELECT item, amount_fen FROM bill_items") == [("电度电费", 900), ("力调电费", 100)]
        assert rows(hall, "SELECT bill_no, issued_on FROM bills") == [("A1-2026-09", "2026-10-01")]
        report = bring(hall, "bills", head + "A1,2026-09,2026-10-20,10.00,9.00,\n")
        assert faults(report) == [(2, "金额", "10.00", "sum_differs")]


def test_a_service_state_must_be_one_of_the_trade(tmp_path: Path) -> None:
    with opened(tmp_path, "property") as hall:
        report = bring(hall, "customers", CUSTOMERS)
    assert (3, "状态", "stopped", "not_one_of") in faults(report)


_names = st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"]), min_size=1, max_size=12)
_fens = st.integers(0, 10**9)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_names.filter(str.strip), _fens), min_size=1, max_size=8))
def test_any_file_twice_is_the_same_as_once(tmp_path_factory: pytest.TempPathFactory, made: list[Any]) -> None:
    folder = tmp_path_factory.mktemp("twice")
    quoted = [(name.replace('"', '""'), fen) for name, fen in made]
    customers = "客户编号,姓名,户号\n" + "".join(f'C{n},"{name}",A{n}\n' for n, (name, _) in enumerate(quoted))
    bills = "户号,账期,缴费期限,金额\n" + "".join(
        f"A{n},2026-10,2026-11-25,{fen // 100}.{fen % 100:02d}\n" for n, (_, fen) in enumerate(quoted)
    )
    with opened(folder) as hall:
        for what, text in (("customers", customers), ("bills", bills)):
            assert bring(hall, what, text).errors == ()  # type: ignore[arg-type]  # a loop forgets the literals
            before = state(hall)
            assert bring(hall, what, text).is_known  # type: ignore[arg-type]  # a loop forgets the literals
            assert state(hall) == before
        assert rows(hall, "SELECT name FROM customers ORDER BY id") == [(name.strip(),) for name, _ in made]
        assert rows(hall, "SELECT principal_fen FROM bills ORDER BY id") == [(fen,) for _, fen in made]


def test_a_stage_is_no_part_of_the_file(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        bring(hall, "customers", CUSTOMERS)
        assert rows(hall, "SELECT name FROM sqlite_schema WHERE name LIKE 'staged%'") == []
        with hall.store.writing() as work:
            assert storage.last_id(work, "customers") == 3
