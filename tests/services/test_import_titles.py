"""Without a map the columns of a hall's own export are known by their titles, and two for one field are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from counter_app.domain.imports import WHATS, ColumnsUnclear, ColumnTwice, What
from counter_app.domain.imports_fields import FIELDS
from counter_app.domain.imports_map import default_map
from counter_app.domain.imports_titles import loose_key
from counter_app.domain.refusals import Refused
from counter_app.services.imports import run_import
from counter_app.storage.hall import OpenHall
from tests.services.importing import CUSTOMERS, opened, rows, written

NEEDED: dict[What, str] = {
    "customers": "客户编号,姓名",
    "bills": "户号,账期,缴费期限,应收金额",
    "settlements": "账单号,缴费日期,本金",
}


def bring(hall: OpenHall, what: What, text: str) -> None:
    report = run_import(hall, "system", what, written(hall.folder, text))
    assert report.errors == ()
    assert report.is_written


@pytest.mark.parametrize("what", WHATS)
def test_no_title_may_be_two_fields(what: What) -> None:
    for tier in ("titles", "spare"):
        seen: dict[str, str] = {}
        for known in FIELDS[what]:
            for title in getattr(known, tier):
                assert seen.setdefault(loose_key(title), known.name) == known.name, title


TITLES: dict[What, dict[str, str]] = {
    "customers": {
        "mobile": "手机|手机号|手机号码|移动电话|Mobile|MOBILE_NO",
        "phone": "联系电话|电话|Phone|Telephone",
        "account_no": "户号|用户号|用户编号|Account|AccountNo|Account＿Number",
        "name": "用户名称|用户名|户主|客户名称|姓名|Name|Customer Name",
        "address": "用电地址|装机地址|地址|Address|联系地址",
        "id_number": "身份证号|证件号|证件号码",
        "meter_no": "电表号|表号|Meter No.",
        "customer_no": "客户编号|CustomerID|customer id|ＣＵＳＴＯＭＥＲ＿ＩＤ",
        "prepaid": "预存余额|预存款|账户余额|账户余额（元）|帐户余额(元)",
        "gift": "赠款余额|赠款余额【元】",
    },
    "bills": {
        "month": "帐期|账期|账单月|费用年月|电费年月|bill_month|BillMonth",
        "due_on": "应缴日期|缴费期限|到期日|DueDate|due-date",
        "principal": "应收|应收金额|本金|账单金额|金额(元)|金额（元）|欠费|Amount|Outstanding",
        "account_no": "户号|用户编号|客户编号|Account",
    },
    "settlements": {
        "settled_on": "缴费日期|销账日期|销帐日期|PaymentDate",
        "principal": "实收|实收金额|本金|Amount",
        "bill_no": "账单号|帐单编号|BillNo",
    },
}


@pytest.mark.parametrize(
    ("what", "name", "title"),
    [
        (what, name, title)
        for what, fields in TITLES.items()
        for name, titles in fields.items()
        for title in titles.split("|")
    ],
)
def test_a_title_of_a_real_export_is_known(what: What, name: str, title: str) -> None:
    others = [other for other in NEEDED[what].split(",") if default_field(what, other) != name]
    assert default_map([title, *others], what, file="f.csv").recipes[name].columns == (title,)


@pytest.mark.parametrize("title", ["Customer Name", "Meter No.", "customer id", " Bill\u3000Month ", "表 号", "*户号"])
def test_spaces_and_signs_do_not_count(title: str) -> None:
    known = {loose_key(name) for what in WHATS for field in FIELDS[what] for name in field.titles}
    assert loose_key(title) in known


def default_field(what: What, title: str) -> str:
    return next(known.name for known in FIELDS[what] if title in known.titles)


@pytest.mark.parametrize(
    ("what", "header", "field", "columns"),
    [
        ("customers", "客户编号,姓名,手机号,手机", "mobile", ("手机", "手机号")),
        ("customers", "户号,用户编号,户名", "account_no", ("户号", "用户编号")),
        ("bills", "户号,账期,到期日,金额(含税),金额(不含税)", "principal", ("金额(含税)", "金额(不含税)")),
        ("settlements", "账单号,缴费日期,销账日期,金额", "settled_on", ("销账日期", "缴费日期")),
    ],
)
def test_two_columns_for_one_field_are_both_named(
    tmp_path: Path, what: What, header: str, field: str, columns: tuple[str, ...]
) -> None:
    with opened(tmp_path) as hall, pytest.raises(Refused) as caught:
        run_import(hall, "system", what, written(tmp_path, f"{header}\n{'x,' * header.count(',')}x\n"))
    assert caught.value.refusal == ColumnsUnclear("file.csv", field, columns)


def test_the_same_title_twice_is_no_choice(tmp_path: Path) -> None:
    with opened(tmp_path) as hall, pytest.raises(Refused) as caught:
        run_import(hall, "system", "bills", written(tmp_path, "户号,账期,到期日,金额,金额\nA1,x,x,1,1\n"))
    assert caught.value.refusal == ColumnTwice("file.csv", "金额")


def test_a_phone_is_told_apart_by_its_shape(tmp_path: Path) -> None:
    text = "客户编号,姓名,联系电话\nC1,张伟,13800000013\nC2,李雷,0571-88001234\nC3,韩梅,+86 138 0000 0021/88001235\n"
    with opened(tmp_path) as hall:
        bring(hall, "customers", text)
        assert rows(hall, "SELECT customer_id, kind, value FROM contacts") == [
            (1, "mobile", "13800000013"),
            (2, "landline", "0571-88001234"),
            (3, "mobile", "+86 138 0000 0021"),
            (3, "landline", "88001235"),
        ]
        assert run_import(hall, "system", "customers", written(hall.folder, text)).is_known


@pytest.mark.parametrize("title", ["户号", "客户编号"])
def test_one_number_is_enough_for_customer_and_account(tmp_path: Path, title: str) -> None:
    text = f"{title},户名,电表号\n1001,张伟,M1\n1002,李雷,\n"
    with opened(tmp_path) as hall:
        bring(hall, "customers", text)
        bring(hall, "bills", f"{title},账期,到期日,欠费\n1001,2026-10,2026-11-20,5\n")
        assert rows(
            hall, "SELECT customer_no, account_no FROM customers JOIN accounts ON customer_id = customers.id"
        ) == [
            ("1001", "1001"),
            ("1002", "1002"),
        ]
        assert rows(hall, "SELECT number, meter_no FROM services") == [("1001", "M1")]
        assert rows(hall, "SELECT account_id, principal_fen FROM bills") == [(1, 500)]
        assert run_import(hall, "system", "customers", written(hall.folder, text)).is_known


def test_one_number_moves_no_account_and_makes_none_beside(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        bring(hall, "customers", CUSTOMERS)
        held = rows(hall, "SELECT id, account_no, customer_id FROM accounts ORDER BY id")
        bring(hall, "customers", "户号,户名\nA1,张玮\n")
        bring(hall, "customers", "客户编号,姓名\nC1,张炜\nA2,王五\n")
        assert rows(hall, "SELECT id, account_no, customer_id FROM accounts ORDER BY id") == held
        assert rows(hall, "SELECT customer_no, name FROM customers WHERE id = 1") == [("C1", "张炜")]


def test_a_day_with_a_time_is_that_day(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        bring(hall, "customers", CUSTOMERS)
        bring(hall, "bills", "账单号,户号,账期,到期日,应收金额（元）\nB1,A1,2026-10,2026-11-20 23:59:59,5\n")
        bring(hall, "settlements", "账单号,缴费时间,实收金额\nB1,2026-11-01 9:30,5\n")
        assert rows(hall, "SELECT due_on FROM bills") == [("2026-11-20",)]
        assert rows(hall, "SELECT settled_on, principal_fen FROM settlements") == [("2026-11-01", 500)]
