"""A plain file tells when a master row was changed: each table, each column, and a row more or less, with its place."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from counter_app.clock import FixedClock
from counter_app.services.demo import make_demo
from counter_app.services.imports import run_import
from counter_app.storage.hall import open_hall
from counter_app.storage.verify import verify_folder
from tests import halls
from tests.halls import NOW
from tests.services.importing import BILLS, CUSTOMERS, written

CHANGES = {
    "bills": "UPDATE bills SET principal_fen = principal_fen - 1 WHERE id = 40",
    "bill_items": "UPDATE bill_items SET amount_fen = amount_fen + 1 WHERE bill_id = 40 AND line = 1",
    "customers": "UPDATE customers SET name = name || 'x' WHERE id = 7",
    "customer_flags": "DELETE FROM customer_flags WHERE customer_id = (SELECT min(customer_id) FROM customer_flags)",
    "contacts": "UPDATE contacts SET value = '13900000000' WHERE customer_id = 3 AND line = 1",
    "accounts": "UPDATE accounts SET address = '' WHERE id = 5",
    "services": "UPDATE services SET plan = 'free' WHERE id = 6",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo hall, closed."""
    folder = tmp_path_factory.mktemp("sealed") / "hall"
    make_demo(folder, trade="telecom", customers=40, seed=5, clock=FixedClock(NOW))
    return folder


@pytest.fixture
def changed(demo: Path, tmp_path: Path) -> Callable[[str], list[str]]:
    """What `verify` names after a statement on a copy of the file."""

    def places(statement: str) -> list[str]:
        folder = tmp_path / "hall"
        shutil.copytree(demo, folder)
        with closing(sqlite3.connect(folder / "hall.db")) as raw, raw:
            assert raw.execute(statement).rowcount == 1
        return [f.where for f in verify_folder(folder).findings if f.what == "master row"]

    return places


def test_a_hall_that_nobody_touched_is_clean(demo: Path) -> None:
    assert verify_folder(demo).findings == ()


@pytest.mark.parametrize("table", CHANGES)
def test_a_changed_row_is_found_in_its_table(changed: Callable[[str], list[str]], table: str) -> None:
    places = changed(CHANGES[table])
    assert [place.split(" ")[0] for place in places] == [table]


def test_the_place_is_a_block_of_rows_around_the_change(changed: Callable[[str], list[str]]) -> None:
    (place,) = changed("UPDATE bills SET due_on = '2030-01-01' WHERE id = 100")
    _table, first, _dots, last = place.split(" ")
    assert int(first) <= 100 <= int(last) < int(first) + 64


def test_a_removed_and_an_added_row_are_found(changed: Callable[[str], list[str]]) -> None:
    assert changed("DELETE FROM bills WHERE id = (SELECT max(id) FROM bills)")


def test_what_the_counter_itself_changes_is_no_finding(changed: Callable[[str], list[str]]) -> None:
    assert changed("UPDATE services SET state = 'restoring', state_reason = 'paid' WHERE id = 6") == []


def test_an_import_seals_anew(demo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "hall"
    shutil.copytree(demo, folder)
    with closing(open_hall(folder, clock=FixedClock(NOW))) as hall:
        assert run_import(hall, "system", "customers", written(folder, CUSTOMERS)).is_written
        assert run_import(hall, "system", "bills", written(folder, BILLS)).is_written
    assert verify_folder(folder).findings == ()
    with closing(sqlite3.connect(folder / "hall.db")) as raw, raw:
        raw.execute("UPDATE bills SET principal_fen = 1 WHERE bill_no = 'B1'")
    assert [f.where.split(" ")[0] for f in verify_folder(folder).findings if f.what == "master row"] == ["bills"]


def test_an_encrypted_file_needs_none(tmp_path: Path) -> None:
    """Its pages carry a check of their own; an import spends no time on a second one."""
    with closing(halls.a_hall(tmp_path / "hall", is_demo=False)) as hall:
        assert run_import(hall, "system", "customers", written(tmp_path, CUSTOMERS)).is_written
        with hall.reading() as reading:
            kinds = reading.driver.execute("SELECT kind FROM entries").fetchall()
    assert ("import.done",) in kinds
    assert ("master.sealed",) not in kinds
