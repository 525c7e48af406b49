"""What came from elsewhere is sealed by its entry: an imported hall verifies clean, and every later edit is found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from counter_app.clock import FixedClock
from counter_app.domain.imports import ImportReport, What
from counter_app.services.demo import make_demo
from counter_app.services.imports import run_import
from counter_app.storage import seals
from counter_app.storage.books import add_cash_book, books_of_account
from counter_app.storage.driver import find_driver
from counter_app.storage.hall import OpenHall
from counter_app.storage.verify import verify_folder
from tests.services.importing import BILLS, CUSTOMERS, NOON, SETTLEMENTS, opened, rows, state, written
from tests.storage.conftest import Worked

PREPAID = "户号,户名,预存余额,赠款余额(元)\nA1,张伟,50.00,8\nA2,龚𬭎㛃,,\nA3,青禾食品有限公司,0,20.5\n"
COLUMNS = "settlement_id, bill_id, settled_on, principal_fen, late_fee_fen, source, channel"
HEAD = "流水号,账单号,缴费日期,金额,违约金\n"


def bring(hall: OpenHall, what: What, text: str) -> ImportReport:
    return run_import(hall, "system", what, written(hall.folder, text))


def imported(folder: Path, *, settled: int = 0) -> Worked:
    """A hall with two imports of settlements and one of openings; nobody has it open."""
    with opened(folder) as hall:
        for what, text in (("customers", CUSTOMERS), ("bills", BILLS), ("settlements", SETTLEMENTS)):
            assert bring(hall, what, text).is_written  # type: ignore[arg-type]  # a loop forgets the literals
        assert bring(hall, "customers", PREPAID).is_written
        if settled:
            lines = "".join(f"S{n},B2,2026-11-{1 + n % 20:02d},0.{n % 90 + 10},0\n" for n in range(settled))
            assert bring(hall, "settlements", HEAD + lines).new_count == settled
    return Worked(folder, find_driver(), None)


def places(worked: Worked) -> list[str]:
    return [finding.where.split(") ")[-1] for finding in worked.look().findings]


def test_an_imported_hall_is_clean(tmp_path: Path) -> None:
    assert imported(tmp_path, settled=30).look().findings == ()


@pytest.mark.parametrize(
    ("statements", "where"),
    [
        (["UPDATE settlements SET principal_fen = principal_fen - 1 WHERE id = 2"], ["settlements id 2"]),
        (["UPDATE settlements SET channel = 'x' WHERE id = 7"], ["settlements id 7"]),
        (["DELETE FROM settlements WHERE id = 5"], ["settlements id 5"]),
        (["DELETE FROM settlements WHERE id > 20"], ["settlements ids 21…32"]),
        (["DELETE FROM settlements WHERE id = 1"], ["settlements id 1"]),
        (["UPDATE settlements SET id = 90 WHERE id = 4"], ["settlements id 90", "settlements id 4"]),
        (
            [
                f"INSERT INTO settlements ({COLUMNS}, entry)"
                " SELECT 'planted', bill_id, settled_on, 100, 0, source, channel, entry FROM settlements WHERE id = 1"
            ],
            ["settlements id 33"],
        ),
        (
            [f"INSERT INTO settlements ({COLUMNS}) VALUES ('planted', 2, '2026-11-21', 100, 0, 'import', 'x')"],
            ["settlements entry (planted)"],
        ),
        (["UPDATE books SET opening_fen = opening_fen + 1 WHERE id = 1"], ["books id 1"]),
        (["UPDATE books SET account_id = 2 WHERE id = 3"], ["books id 3"]),
        (["DELETE FROM books WHERE id = 2"], ["books id 2"]),
        (
            [
                "INSERT INTO books (account_id, name, kind, items, priority, opening_fen, opening_source, opened_on)"
                " VALUES (2, '预存', 'cash', '[]', 9, 100, 'import', '2026-11-22')"
            ],
            ["books opening_entry (4)"],
        ),
        (["UPDATE books SET opening_source = 'counter' WHERE id = 1"], ["books id 1", "books 1 opening_fen"]),
        (
            ["UPDATE books SET opening_fen = 0, opening_source = 'counter', opening_entry = NULL WHERE id = 1"],
            ["books id 1"],
        ),
    ],
)
def test_a_planted_edit_is_found_and_its_row_is_named(
    tmp_path: Path, statements: Sequence[str], where: list[str]
) -> None:
    worked = imported(tmp_path, settled=30)
    worked.harm(*statements)
    found = places(worked)
    assert len(found) == len(where), found
    assert [w for w in where if not any(place.endswith(w) for place in found)] == [], found


def test_a_big_import_names_the_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "MOST_BLOCKS", 8)
    worked = imported(tmp_path, settled=45)
    assert worked.look().findings == ()
    worked.harm("UPDATE settlements SET principal_fen = 1 WHERE id = 30", "DELETE FROM settlements WHERE id = 44")
    found = places(worked)
    # the blocks hold eight rows each, and the first row of this import is the third of the table
    assert [place.split("settlements ")[1] for place in found] == ["id 44", "ids 27…34"]


def test_whichever_row_of_a_demo_is_edited_it_is_found(tmp_path: Path) -> None:
    make_demo(tmp_path, customers=60, seed=3, clock=FixedClock(NOON)).close()
    worked = Worked(tmp_path, find_driver(), None)
    assert worked.look().findings == ()
    worked.harm(
        "UPDATE settlements SET late_fee_fen = 0 WHERE id = (SELECT min(id) FROM settlements WHERE late_fee_fen)"
    )
    worked.harm("UPDATE books SET opening_fen = opening_fen * 2 WHERE id = (SELECT max(id) FROM books)")
    assert [place.split()[0] for place in places(worked)] == ["settlements", "books"]


def test_a_hall_of_before_may_have_rows_that_no_entry_seals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worked = imported(tmp_path)
    worked.harm(
        "INSERT INTO settlements (settlement_id, bill_id, settled_on, principal_fen, late_fee_fen, source, channel)"
        " VALUES ('old', 2, '2026-01-21', 100, 0, 'import', 'x')"
    )
    assert [finding.what for finding in verify_folder(tmp_path).findings] == ["row without its entry"]
    monkeypatch.setattr("counter_app.storage.verify_folds.SEALED_SINCE", 99)
    assert verify_folder(tmp_path).findings == ()


def test_an_opening_is_a_book_of_its_kind(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        bring(hall, "customers", CUSTOMERS)
        report = bring(hall, "customers", PREPAID)
        assert (report.new_count, report.changed_count, report.unchanged_count) == (0, 2, 1)
        kept = rows(hall, "SELECT account_id, kind, opening_fen, opening_source, opened_on FROM books ORDER BY id")
        assert kept == [
            (1, "cash", 5_000, "import", "2026-11-22"),
            (1, "benefit", 800, "import", "2026-11-22"),
            (3, "benefit", 2_050, "import", "2026-11-22"),
        ]
        with hall.reading() as reading:
            held = [(book.name, book.book.balance_fen) for book in books_of_account(reading, 1)]
        assert held == [("赠款", 800), ("预存", 5_000)]


def test_an_opening_that_exists_never_changes(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        bring(hall, "customers", CUSTOMERS)
        bring(hall, "customers", PREPAID)
        before = state(hall)
        books = rows(hall, "SELECT * FROM books")
        assert bring(hall, "customers", PREPAID).is_known
        report = bring(hall, "customers", PREPAID.replace("50.00", "60.00"))
        assert [(f.row, f.column, f.value, f.fault, f.expected) for f in report.errors] == [
            (2, "预存余额", "60.00", "opening_fixed", "50.00")
        ]
        assert (state(hall), rows(hall, "SELECT * FROM books")) == (before, books)
        assert bring(hall, "customers", "户号,户名\nA1,张伟\n").unchanged_count == 1
        assert rows(hall, "SELECT * FROM books") == books


def test_a_book_that_the_counter_opened_is_not_opened_again(tmp_path: Path) -> None:
    with opened(tmp_path) as hall:
        bring(hall, "customers", CUSTOMERS)
        with hall.writing() as work:
            add_cash_book(work, 1, NOON.date())
        report = bring(hall, "customers", PREPAID)
        assert [(f.row, f.fault, f.expected) for f in report.errors] == [(2, "opening_fixed", "0.00")]


def test_rows_of_one_account_must_agree_about_its_opening(tmp_path: Path) -> None:
    head = "客户编号,姓名,户号,业务号码,预存款\n"
    with opened(tmp_path, "telecom") as hall:
        two = head + "C1,张伟,A1,13800000013,50\nC1,张伟,A1,13800000014,{}\n"
        report = bring(hall, "customers", two.format(51))
        assert [(f.row, f.column, f.fault, f.expected) for f in report.errors] == [(3, "预存款", "disagrees", "row 2")]
        assert bring(hall, "customers", two.format(50)).is_written
        assert rows(hall, "SELECT opening_fen FROM books") == [(5_000,)]
        assert bring(hall, "customers", two.format(50)).is_known
        report = bring(hall, "customers", head + "C2,李雷,,,5\n")
        assert [(f.row, f.column, f.fault) for f in report.errors] == [(2, "户号", "blank")]
        report = bring(hall, "customers", head + "C2,李雷,A2,,-5\n")
        assert [(f.row, f.column, f.fault) for f in report.errors] == [(2, "预存款", "negative")]
    assert verify_folder(tmp_path).findings == ()


def test_the_entry_keeps_sums_and_names_nobody(tmp_path: Path) -> None:
    worked = imported(tmp_path)
    content = worked.ask("SELECT content FROM entries WHERE content LIKE '%\"settlements\":{%'")
    assert '"count":2' in str(content)
    assert '"principal_fen":18800' in str(content)
    assert "K1" not in str(content)
