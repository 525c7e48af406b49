"""What the master data of new customers lacks is named by row and column, and stops nothing (002-1)."""

from __future__ import annotations

from pathlib import Path

from counter_app.domain.imports import ImportReport
from tests.services.importing import opened
from tests.services.test_imports import bring

HEAD = "客户编号,姓名,身份证号,手机,联系电话,户号,地址,入网日期\n"
ID = "11010519491231002X"


def told(report: ImportReport) -> list[tuple[int, str, str, str]]:
    return [(w.row, w.column, w.value, w.fault) for w in report.warnings]


def test_each_blank_of_a_new_customer_is_named_by_row_and_column_and_the_file_is_written(tmp_path: Path) -> None:
    rows = (
        f"C1,张伟,{ID},13812345678,,A1,和平路 1 号,2020-05-01\n"
        f"C2,李娜,,,0731-88888888,A2,和平路 2 号,2020-05-01\n"
        f"C3,王芳,{ID},,,A3,,\n"
    )
    with opened(tmp_path) as hall:
        report = bring(hall, "customers", HEAD + rows)
    assert report.is_written
    assert report.errors == ()
    assert told(report) == [
        (3, "身份证号", "", "not_filled"),
        (4, "手机", "", "not_filled"),
        (4, "地址", "", "not_filled"),
        (4, "入网日期", "", "not_filled"),
    ]
    assert report.warning_count == 4


def test_a_check_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        report = bring(hall, "customers", HEAD + "C1,张伟,,,,A1,,\n", check=True)
    assert not report.is_written
    assert [fault for *_place, fault in told(report)] == ["not_filled"] * 4


def test_a_column_that_the_file_does_not_have_is_named_once(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        report = bring(hall, "customers", "客户编号,姓名,手机\nC1,张伟,13812345678\nC2,李娜,\n")
    assert told(report) == [
        (1, "证件号码", "", "column_absent"),
        (1, "地址", "", "column_absent"),
        (1, "入网日期", "", "column_absent"),
        (3, "手机", "", "not_filled"),
    ]


def test_customers_that_the_hall_knows_are_not_held_to_it_again(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        bring(hall, "customers", HEAD + "C1,张伟,,,,A1,,\n")
        report = bring(hall, "customers", "客户编号,姓名\nC1,张大伟\n")
    assert report.changed_count == 1
    assert report.warnings == ()


def test_a_customer_with_several_rows_is_named_by_the_first(tmp_path: Path) -> None:
    rows = f"C1,张伟,{ID},,,A1,和平路 1 号,2020-05-01\nC1,张伟,{ID},,,A2,和平路 2 号,2020-05-01\n"
    with opened(tmp_path) as hall:
        report = bring(hall, "customers", HEAD + rows)
    assert told(report) == [(2, "手机", "", "not_filled")]
