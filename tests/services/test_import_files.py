"""Files that are no table, or too much of one, are refused by name; workbooks give what they show."""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import counter_app
from counter_app.clock import FixedClock
from counter_app.commands import imports as command
from counter_app.domain.imports import (
    BadImportFile,
    BadImportMap,
    ColumnMissing,
    ColumnsUnclear,
    ColumnTwice,
    ImportReport,
    RowFault,
)
from counter_app.domain.imports_titles import CUSTOMER_NO
from counter_app.domain.refusals import Refused
from counter_app.resources import resource
from counter_app.services.demo import make_demo
from counter_app.services.imports import run_import
from counter_app.storage import imports as storage_imports
from counter_app.storage import sheets_xlsx
from counter_app.storage.hall import OpenHall
from counter_app.ui.language import use_language
from counter_app.ui.wording import sentences
from counter_app.ui.wording_imports import MAP_FAULTS, ROW_FAULTS, row_fault
from tests.services.importing import BILLS, CUSTOMERS, opened, rows, state, written

xlsxwriter: Any = importlib.import_module("xlsxwriter")
"""It ships no types."""

FILE_FAULTS = (
    "missing", "empty", "header_only", "encoding", "not_a_table", "row_too_long", "too_many_columns", "bad_quotes",
    "zip_too_large", "damaged", "encrypted", "no_sheet", "changed_while_read",
)  # fmt: skip

CHURN = """CustomerID,Count,Country,State,City,Zip Code,Tenure Months,Phone Service,Internet Service,Contract,\
Payment Method,Monthly Charges,Total Charges,Churn Label,Churn Value,Churn Reason
3668-QPYBK,1,United States,California,Los Angeles,90003,2,Yes,DSL,Month-to-month,Mailed check,53.85,108.15,Yes,1,Price
9237-HQITU,1,United States,California,Los Angeles,90005,0,No,Fiber optic,Two year,Electronic check,70.7, ,No,0,
"""


def bring(hall: OpenHall, path: Path, what: str = "customers", map_path: Path | None = None) -> ImportReport:
    return run_import(hall, "system", what, path, map_path)  # type: ignore[arg-type]  # the tests name all three


def refused(folder: Path, content: bytes, name: str = "file.csv") -> BadImportFile:
    path = folder / name
    path.write_bytes(content)
    with opened(folder / "hall") as hall:
        before = state(hall)
        with pytest.raises(Refused) as caught:
            bring(hall, path)
        assert state(hall) == before
    assert isinstance(caught.value.refusal, BadImportFile)
    return caught.value.refusal


@pytest.mark.parametrize(
    ("content", "fault", "row"),
    [
        (b"", "empty", 0),
        (b"\n\n", "empty", 1),
        ("客户编号,姓名\n".encode(), "header_only", 0),
        (b"\x89PNG\r\n\x1a\n\0\0", "not_a_table", 0),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not_a_table", 0),
        (b"a\0b\0,\0", "not_a_table", 0),
        (b"PK\x03\x04 not a zip", "damaged", 0),
        ("客户编号,姓名\nC1,张伟\n".encode() + b"C2,\xff\xff\n", "encoding", 3),
        ("客户编号,姓名\nC1,张伟\n".encode() + "C2,龚伟\n".encode("gb18030") + b"C3,\x80\xff\n", "encoding", 2),
        ('客户编号,姓名\nC1,"张伟"x\n'.encode(), "bad_quotes", 2),
        ('客户编号,姓名\nC1,"张伟\n'.encode() + b"C2,b\n" * 40_000, "bad_quotes", 2),
        ("客户编号,姓名\nC1," .encode() + b"x" * 1_000_100, "row_too_long", 2),
        (b"," * 1500 + b"\n", "too_many_columns", 1),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, fault: str, row: int) -> None:
    refusal = refused(tmp_path, content)
    assert refusal.fault == fault
    if fault != "encoding" or row == 3:
        assert refusal.row == row


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as hall, pytest.raises(Refused, match="bad_import_file"):
        bring(hall, tmp_path / "nowhere.csv")


def test_a_column_that_must_be_there_is_named(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        with pytest.raises(Refused) as caught:
            bring(hall, written(tmp_path, "姓名,地址\n张伟,x\n"))
        assert caught.value.refusal == ColumnMissing("file.csv", "customer_no", CUSTOMER_NO, ("姓名", "地址"))
        with pytest.raises(Refused) as caught:
            bring(hall, written(tmp_path, "客户编号,姓名,姓名\nC1,a,b\n"))
        assert caught.value.refusal == ColumnTwice("file.csv", "姓名")


def workbook(path: Path, fill: Callable[[Any], None]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        fill(book)
    return path


def test_a_workbook_gives_what_it_shows(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("账单")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for column, title in enumerate(("账单号", "户号", "账期", "缴费期限", "金额")):
            sheet.write(0, column, title)
        for column, text in enumerate(("B1", "A1", "2026-10")):
            sheet.write_string(1, column, text)
        sheet.write_datetime(1, 3, datetime(2026, 11, 20), day)  # noqa: DTZ001 - a spreadsheet's day has no zone
        sheet.write_number(1, 4, 0.1 + 0.2)
        sheet.write_number(2, 0, 900012)
        sheet.write_string(2, 1, "A1")
        sheet.write_datetime(2, 2, datetime(2026, 9, 1), day)  # noqa: DTZ001 - a spreadsheet's day has no zone
        sheet.write_string(2, 3, "2026年10月20日")
        sheet.write_number(2, 4, 1234.5)
        sheet.write_formula(3, 6, "=1+1", value="")

    with opened(tmp_path / "hall") as hall:
        bring(hall, written(tmp_path, CUSTOMERS))
        report = bring(hall, workbook(tmp_path / "bills.xlsx", fill), "bills")
        assert report.errors == ()
        assert rows(hall, "SELECT bill_no, month, due_on, principal_fen FROM bills ORDER BY id") == [
            ("B1", "2026-10", "2026-11-20", 30),
            ("900012", "2026-09", "2026-10-20", 123_450),
        ]


def test_an_id_number_that_lost_its_digits_in_a_workbook_is_an_error(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        for column, title in enumerate(("客户编号", "姓名", "身份证号")):
            sheet.write(0, column, title)
        sheet.write_row(1, 0, ("C1", "张伟", 110101199003074514))
        sheet.write_row(2, 0, ("C2", "李娜"))
        sheet.write_string(2, 2, "110101199003074514")

    with opened(tmp_path / "hall") as hall:
        report = bring(hall, workbook(tmp_path / "people.xlsx", fill))
    assert [(f.row, f.column, f.fault) for f in report.errors] == [(2, "身份证号", "digits_lost")]


def test_the_sheet_of_the_map_is_read(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        book.add_worksheet("说明").write(0, 0, "nothing here")
        sheet = book.add_worksheet("客户")
        sheet.write_row(0, 0, ("编号", "名"))
        sheet.write_row(1, 0, ("C1", "𠮷田"))

    path = workbook(tmp_path / "book.xlsx", fill)
    text = '[file]\nsheet = "客户"\n[customers]\ncustomer_no = "编号"\nname = "名"\n'
    with opened(tmp_path / "hall") as hall:
        assert bring(hall, path, map_path=written(tmp_path, text, name="m.toml")).is_written
        with pytest.raises(Refused) as caught:
            bring(hall, path, map_path=written(tmp_path, text.replace('"客户"', '"没有"'), name="m.toml"))
    assert caught.value.refusal == BadImportFile("book.xlsx", "no_sheet", 0, "说明, 客户")


def hollow(path: Path, cells: bytes, *, extra: bytes = b"") -> bytes:
    with xlsxwriter.Workbook(str(path)) as empty:
        empty.add_worksheet()
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"<sheetData/>", b"<sheetData>" + cells + b"</sheetData>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
        book.writestr("xl/extra.bin", extra)
    return path.read_bytes()


def test_a_workbook_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    far = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="Z1048576"><v>1</v></c></row>'
    wide = b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>'
    assert refused(tmp_path, hollow(tmp_path / "a.xlsx", far), "a.xlsx").fault == "zip_too_large"
    (tmp_path / "hall").rename(tmp_path / "first")
    assert refused(tmp_path, hollow(tmp_path / "b.xlsx", wide), "b.xlsx").fault == "too_many_columns"
    (tmp_path / "hall").rename(tmp_path / "second")
    monkeypatch.setattr(sheets_xlsx, "MOST_BYTES", 10 * 1024 * 1024)
    bomb = hollow(tmp_path / "c.xlsx", b"", extra=bytes(11 * 1024 * 1024))
    assert len(bomb) < 100 * 1024
    assert refused(tmp_path, bomb, "c.xlsx").fault == "zip_too_large"


def test_a_workbook_that_lies_about_its_size_is_damaged(tmp_path: Path) -> None:
    content = hollow(tmp_path / "a.xlsx", b"", extra=bytes(5_000_000))
    lying = content.replace((5_000_000).to_bytes(4, "little"), (50).to_bytes(4, "little"))
    assert lying != content
    assert refused(tmp_path, lying, "lying.xlsx").fault == "damaged"


def test_a_public_table_becomes_customers_and_last_months_bills_by_its_map_alone(tmp_path: Path) -> None:
    churn_map = resource("maps", "public-telecom-churn.toml")
    path = written(tmp_path, CHURN)
    with opened(tmp_path / "hall", "telecom") as hall:
        assert bring(hall, path, "customers", churn_map).errors == ()
        assert bring(hall, path, "bills", churn_map).errors == ()
        assert rows(hall, "SELECT name, address FROM customers JOIN accounts ON customer_id = customers.id") == [
            ("3668-QPYBK", "United States California Los Angeles 90003"),
            ("9237-HQITU", "United States California Los Angeles 90005"),
        ]
        assert rows(hall, "SELECT kind, plan, state, state_reason FROM services") == [
            ("mobile", "Month-to-month", "closed", "Price"),
            ("broadband", "Two year", "active", ""),
        ]
        facts = [json.loads(text) for (text,) in rows(hall, "SELECT facts FROM accounts")]
        assert facts[0]["累计消费"] == "108.15"
        assert "累计消费" not in facts[1]
        assert rows(hall, "SELECT bill_no, month, issued_on, due_on, principal_fen FROM bills") == [
            ("3668-QPYBK-2026-10", "2026-10", "2026-11-01", "2026-11-25", 5_385),
            ("9237-HQITU-2026-10", "2026-10", "2026-11-01", "2026-11-25", 7_070),
        ]
        assert bring(hall, path, "customers", churn_map).is_known
        assert bring(hall, path, "bills", churn_map).is_known


def test_transforms(tmp_path: Path) -> None:
    text = """
[file]
delimiter = "|"
[bills]
bill_no = { join = ["acct", "ym"], with = "/" }
account_no = { column = "acct", split = ":", part = 2 }
month = { column = "ym", formats = ["%m/%Y", "%b %Y"] }
due_on = { column = "due", formats = "%d.%m.%Y", default = "20.11.2026" }
principal = { column = "fen", unit = "fen" }
is_disputed = { column = "row", table = { Yes = true, No = false }, default = "0" }
[bills.items]
"电度电费" = { column = "fen", unit = "fen" }
"""
    table = "acct|ym|due|fen|row\nx:A1|Oct 2026|15.11.2026|1205|Yes\nx:A2|09/2026||7|what\n"
    with opened(tmp_path / "hall") as hall:
        bring(hall, written(tmp_path, CUSTOMERS))
        report = bring(hall, written(tmp_path, table), "bills", written(tmp_path, text, name="m.toml"))
        assert report.errors == ()
        assert rows(hall, "SELECT bill_no, month, due_on, principal_fen, is_disputed FROM bills") == [
            ("x:A1/Oct 2026", "2026-10", "2026-11-15", 1205, 1),
            ("x:A2/09/2026", "2026-09", "2026-11-20", 7, 0),
        ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[customers", ""),
        ("[other]\n", "other"),
        ("[bills]\n", "customers"),
        ('[customers]\nnmae = "x"\n', "customers.nmae"),
        ('[customers]\nname = "x"\n', "customers.customer_no"),
        ('[customers]\nname = 3\ncustomer_no = "x"\n', "customers.name"),
        ('[customers]\nname = { columm = "x" }\n', "customers.name"),
        ('[customers]\nname = { column = "x", wiht = "y" }\n', "customers.name.wiht"),
        ('[customers]\nname = { join = "x" }\n', "customers.name.join"),
        ('[customers]\nname = { column = "x", split = "-", part = 0 }\n', "customers.name.part"),
        ('[customers]\nsince_on = { column = "x", formats = ["day"] }\n', "customers.since_on.formats"),
        ('[file]\nencoding = "latin-1"\n[customers]\n', "file.encoding"),
        ("[customers]\nfacts = 3\n", "customers.facts"),
    ],
)
def test_a_bad_map_is_refused_with_its_key(tmp_path: Path, text: str, key: str) -> None:
    with opened(tmp_path / "hall") as hall, pytest.raises(Refused) as caught:
        bring(hall, written(tmp_path, CUSTOMERS), map_path=written(tmp_path, text, name="m.toml"))
    refusal = caught.value.refusal
    assert isinstance(refusal, BadImportMap)
    assert (refusal.file, refusal.key) == ("m.toml", key)
    assert refusal.expected in MAP_FAULTS
    said = sentences(refusal)
    assert said.startswith("列对应表“m.toml”")
    assert not re.search("[A-Za-z]+ [a-z]+ [a-z]+", said.replace(refusal.detail, "")), "no English inside the Chinese"


def test_the_command_reports_and_exits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clock = FixedClock(datetime(2026, 11, 22, tzinfo=UTC))
    make_demo(tmp_path / "hall", trade="electricity", customers=3, clock=clock).close()
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    command.add_parser(parser.add_subparsers())

    def call(*words: str) -> int:
        args = parser.parse_args(["--data", str(tmp_path / "hall"), "import", *words])
        return int(args.run(args))

    people = str(written(tmp_path, CUSTOMERS, name="people.csv"))
    assert call("customers", people, "--check") == 0
    assert "没有写入" in capsys.readouterr().out
    assert call("customers", people) == 0
    assert "新增 4" in capsys.readouterr().out
    assert call("customers", people, "--json") == 0
    assert json.loads(capsys.readouterr().out)["is_known"] is True
    bad = str(written(tmp_path, BILLS + "B9,A9,x,,1\n", name="bills.csv"))
    assert call("bills", bad) == 1
    out = capsys.readouterr().out
    assert "第 6 行“账期”为“x”：不是账期" in out
    assert "没有写入任何数据" in out


def test_every_fault_and_refusal_of_an_import_has_words_in_both_languages() -> None:
    refusals = [
        *(BadImportFile("f.csv", fault, 7, "why") for fault in FILE_FAULTS),
        *(BadImportMap("m.toml", key, expected, "x") for key in ("", "key") for expected in MAP_FAULTS),
        ColumnMissing("f.csv", "name", ("a",), ("b",)),
        ColumnsUnclear("f.csv", "mobile", ("a", "b")),
        ColumnTwice("f.csv", "a"),
    ]
    try:
        for refusal in refusals:
            use_language("zh")
            chinese = sentences(refusal)
            use_language("en")
            assert "“" in chinese
            assert sentences(refusal) != chinese
    finally:
        use_language("zh")


def faults_in_the_program() -> set[str]:
    """Every stable word that the program says of a row."""
    at = {"fault": 3, "warn": 3, "Wrong": 2, "_Fault": 0, "RowFault": 3}
    found: set[str] = set()
    for path in Path(counter_app.__file__).parent.glob("*/imports*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                for part in node.args[at[name] : at[name] + 1] if name in at else ():
                    found |= {str(leaf.value) for leaf in results(part) if isinstance(leaf, ast.Constant)}
    return found


def results(node: ast.expr) -> list[ast.expr]:
    return [*results(node.body), *results(node.orelse)] if isinstance(node, ast.IfExp) else [node]


def test_every_fault_of_a_row_has_words_in_both_languages() -> None:
    words = faults_in_the_program() | {"too_many_cells", "too_few_cells"}
    assert words == set(ROW_FAULTS)
    try:
        for word in words:
            fault = RowFault(7, "金额", "x", word, "row 3")
            use_language("zh")
            assert row_fault(fault).startswith("第 7 行“金额”为“x”：")
            assert word not in row_fault(fault)
            use_language("en")
            assert row_fault(fault).startswith("Row 7, 金额 “x”: ")
        use_language("zh")
        assert row_fault(RowFault(7, "户号", "A1", "twice", "row 3")) == "第 7 行“户号”为“A1”：与第 3 行重复"
    finally:
        use_language("zh")


def test_the_last_commit_tells_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage_imports, "_PIECE_ROWS", 2)
    heard: list[tuple[int, int]] = []

    def hear(done: int, total: int) -> None:
        heard.append((done, total))

    with opened(tmp_path) as hall:
        assert run_import(hall, "system", "customers", written(tmp_path, CUSTOMERS), writing=hear).is_written
        # the last customer stands in row 4 of the file, its second account in row 5; the search reads three customers
        assert heard == [*((done, 9) for done in (0, 2, 4, 6, 8, 9)), (3, 3)]
        assert rows(hall, "SELECT count(*) FROM accounts") == [(4,)]


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300)
    | st.text(st.sampled_from('客户编号,姓名;\t"\n\r\0C1=\ufeff\ud7ff𠮷 '), max_size=200).map(
        lambda text: text.encode()
    )
    | st.text(max_size=200).map(lambda text: ("客户编号,姓名\n" + text).encode("utf-8", "replace"))
)
def test_whatever_the_bytes_there_is_a_report_or_a_refusal(
    whatever_hall: OpenHall, tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "whatever.csv"
    path.write_bytes(content)
    try:
        report = run_import(whatever_hall, "system", "customers", path, check=True)
    except Refused:
        pass  # said, and nothing written
    else:
        assert report.row_count + report.error_count > 0
    assert rows(whatever_hall, "SELECT count(*) FROM customers") == [(0,)]


@pytest.fixture(scope="module")
def whatever_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenHall]:
    with opened(tmp_path_factory.mktemp("whatever")) as hall:
        yield hall
