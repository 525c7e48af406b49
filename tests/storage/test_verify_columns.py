"""Every column of every fact and projection is held to the journal, and an honest hall of any making is clean."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from counter_app.clock import FixedClock
from counter_app.services.demo import make_demo
from counter_app.storage import driver as driving
from counter_app.storage.columns import metadata
from counter_app.storage.hall import open_hall
from counter_app.storage.store import FILE_NAME
from counter_app.storage.trouble import StoreTrouble
from counter_app.storage.verify import verify_folder
from tests import halls
from tests.storage.conftest import Worked

HELD = (
    "entries",
    "postings",
    "journal_head",
    "balances",
    "settlements",
    "payments",
    "payment_tenders",
    "receipts",
    "receipt_series",
    "restore_orders",
    "shifts",
    "devices",
    "notes",
    "print_jobs",
)
NOT_FACTS = {
    "postings.id": "only a row's own number",
    "settlements.id": "only a row's own number",
    "notes.id": "only a row's own number",
    "print_jobs.id": "only a row's own number",
    "print_jobs.state": "how the paper went on",
    "print_jobs.why": "how the paper went on",
    "print_jobs.asked_at": "the entry's moment counts",
    "print_jobs.ended_at": "how the paper went on",
    "notes.written_at": "the entry's moment counts",
    "restore_orders.confirmed_at": "how the order went on",
    "restore_orders.archived_at": "how the order went on",
    "devices.enrolled_at": "the entry's moment counts",
    "devices.revoked_at": "told by the hub",
}
"""Columns that no entry speaks of, and why."""

COLUMNS = [f"{table}.{column.name}" for table in HELD for column in metadata.tables[table].c]


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in NOT_FACTS])
def test_an_edit_of_any_column_is_found(plain: Worked, column: str) -> None:
    table, name = column.split(".")
    change = {
        "INTEGER": f"{name} + 1000",
        "TEXT": f"replace({name}, substr({name}, 3, 1), '7') || '8'",
        "BLOB": f"zeroblob(length({name}))",
    }[str(metadata.tables[table].c[name].type)]
    key = next(iter(metadata.tables[table].primary_key.columns)).name
    # a column that is empty in the first row is edited where it is not, or filled
    where = f"{key} = (SELECT max({key}) FROM {table} WHERE {name} IS NOT NULL)"
    if not plain.ask(f"SELECT count(*) FROM {table} WHERE {name} IS NOT NULL"):
        change, where = "'2026-01-01'", f"{key} = (SELECT max({key}) FROM {table})"
    plain.harm(f"UPDATE {table} SET {name} = {change} WHERE {where}")
    assert plain.look().findings != ()


def test_the_columns_that_no_entry_speaks_of_exist() -> None:
    assert NOT_FACTS.keys() <= set(COLUMNS)


@pytest.mark.parametrize("trade", ["telecom", "water"])
def test_a_demo_hall_is_clean(tmp_path: Path, trade: str) -> None:
    make_demo(tmp_path, trade=trade, customers=60, seed=3, clock=FixedClock(halls.NOW)).close()
    report = verify_folder(tmp_path)
    assert report.findings == ()
    assert report.counts["customers"] == 60


def test_a_damaged_log_of_a_crashed_program_is_found(plain: Worked, tmp_path: Path) -> None:
    hall = open_hall(plain.folder, clock=FixedClock(halls.NOW))
    someone = halls.three_months_behind(hall, no="10009999")
    for _ in range(3):
        halls.pay(hall, someone, halls.cash(1))
    crashed = Worked(tmp_path / "crashed", plain.driver, None)
    shutil.copytree(plain.folder, crashed.folder)
    hall.close()
    assert crashed.look().findings == ()
    wal = crashed.path.with_name(f"{FILE_NAME}-wal")
    data = bytearray(wal.read_bytes())
    data[-2000] ^= 1
    wal.write_bytes(data)
    crashed.path.with_name(f"{FILE_NAME}-shm").unlink()
    assert [finding.what for finding in crashed.look().findings] == ["journal behind its mark"]


def test_the_fallback_driver_says_that_the_counter_must_be_closed(
    make_worked: Callable[[str], Worked], monkeypatch: pytest.MonkeyPatch
) -> None:
    worked = make_worked("stdlib")
    if worked.driver.is_race_free:
        pytest.skip("this driver reads beside an open counter")
    monkeypatch.setattr(driving, "_ALL_PRAGMAS", ("busy_timeout=50", *driving._ALL_PRAGMAS[1:]))
    hall = open_hall(worked.folder, clock=FixedClock(halls.NOW), driver=worked.driver)
    with pytest.raises(StoreTrouble, match="locked"):
        worked.look()
    hall.close()
    assert worked.look().is_clean
