"""Which bill a settlement of a file pays: by the bill's number, or by account and month."""

from __future__ import annotations

from pathlib import Path

import pytest

from counter_app.domain.imports import BadImportMap
from counter_app.domain.refusals import Refused
from tests.services.importing import BILLS, CUSTOMERS, SETTLEMENTS, opened, rows, state
from tests.services.test_imports import bring, faults

MAP = '[settlements]\nsettled_on = "缴费日期"\nprincipal = "金额"\n'
BY_MONTH = """户号,账期,缴费日期,金额,违约金,渠道,凭证号
A1,2026-09,2026-10-25,100.00,0.60,银行代扣,K1
A2,2026年9月,2026-10-20,88.00,,微信缴费,K2
"""


def test_a_settlement_finds_its_bill_by_account_and_month(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        bring(hall, "customers", CUSTOMERS)
        bring(hall, "bills", BILLS)
        assert bring(hall, "settlements", BY_MONTH).new_count == 2
        asked = "SELECT bill_no, s.principal_fen, late_fee_fen FROM settlements s JOIN bills b ON b.id = s.bill_id"
        assert rows(hall, asked) == [("B1", 10_000, 60), ("B3", 8_800, 0)]
        # the same money by the bills' numbers is no further money
        assert bring(hall, "settlements", SETTLEMENTS).unchanged_count == 2
        assert len(rows(hall, asked)) == 2


def test_a_settlement_that_may_be_of_two_bills_or_of_none_is_named(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        bring(hall, "customers", CUSTOMERS)
        bring(hall, "bills", BILLS + "B5,A1,2026-09,2026-10-20,7.00\n")
        before = state(hall)
        head = "户号,账期,缴费日期,金额\n"
        days = ("A1,2026-09", "A2,2026-12", "A9,2026-09", ",2026-09", "A3,", "A3,2026-10")
        report = bring(hall, "settlements", head + "".join(f"{day},2026-10-25,1.00\n" for day in days))
        assert state(hall) == before
    assert [(*found, fault.expected) for found, fault in zip(faults(report), report.errors, strict=True)] == [
        (2, "账期", "2026-09", "several_bills", "B1, B5"),
        (3, "账期", "2026-12", "no_bill_of_month", "A2 2026-12"),
        (4, "户号", "A9", "unknown_account", ""),
        (5, "户号", "", "blank", "a value"),
        (6, "账期", "", "blank", "a value"),
    ]


def test_beside_bill_numbers_account_and_month_count_only_where_a_map_names_them(tmp_path: Path) -> None:
    both = "账单号,户号,账期,缴费日期,金额\nB1,A2,whenever,2026-10-25,1.00\n"
    with opened(tmp_path) as hall:
        bring(hall, "customers", CUSTOMERS)
        bring(hall, "bills", BILLS)
        report = bring(hall, "settlements", both)
        assert (report.is_written, report.unused_columns) == (True, ("户号", "账期"))
        path = tmp_path / "map.toml"
        fields = {
            "bill_no": "账单号",
            "account_no": "户号",
            "month": "账期",
            "settled_on": "缴费日期",
            "principal": "金额",
        }
        path.write_text("[settlements]\n" + "".join(f'{name} = "{title}"\n' for name, title in fields.items()), "utf-8")
        text = "账单号,户号,账期,缴费日期,金额\n,A2,2026-09,2026-10-25,2.00\nB2,A2,,2026-10-25,3.00\n"
        assert bring(hall, "settlements", text, map_path=path).new_count == 2
        asked = "SELECT bill_no, s.principal_fen FROM settlements s JOIN bills b ON b.id = s.bill_id"
        assert rows(hall, asked) == [("B1", 100), ("B3", 200), ("B2", 300)]
        path.write_text(f'{MAP}account_no = "户号"\n', "utf-8")
        with pytest.raises(Refused) as refused:
            bring(hall, "settlements", text, map_path=path)
        expected = "column_or_account_and_month"
        assert refused.value.refusal == BadImportMap("map.toml", "settlements.bill_no", expected)
        with pytest.raises(Refused, match="column_missing"):
            bring(hall, "settlements", "户号,缴费日期,金额\nA1,2026-10-25,1.00\n")
