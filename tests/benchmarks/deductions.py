"""A batch of automatic deductions against the same rows as ready tuples, written with one `executemany` a table."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from counter_app.services import deductions
from counter_app.storage.hall import OpenHall
from counter_app.storage.store import FILE_NAME, Store
from tests import halls
from tests.benchmarks.big_hall import raw_connection
from tests.benchmarks.measuring import Line, Scene, once, percentile

_BILLS, _FEN, _EVEN = 3, 9_800, 10
"""Overdue bills of each account and what each asks; one account in ten holds just as much as it owes."""
_WRITTEN = ("entries", "postings", "balances", "settlements", "deductions", "deduction_skips", "restore_orders")


def deduction_lines(scene: Scene) -> list[Line]:
    """CPU of a batch over all accounts of a hall, and how long it keeps the writer at a time."""
    count, folder = scene.count(100_000, 20), scene.data / "deductions"
    shutil.rmtree(folder, ignore_errors=True)
    hall = _made(folder / "ours", count)
    before = {table: _rows_of(hall, table)[0] for table in _WRITTEN}
    slices: list[float] = []

    def on_writer(work: Callable[[], None]) -> None:
        begun = time.thread_time()
        work()
        slices.append(time.thread_time() - begun)

    ours_s = once(lambda: deductions.run(hall, on_writer=on_writer))[1]
    sums = deductions.look(hall).sums
    assert (sums.taken_count, dict(sums.left)) == (count - count // _EVEN, {"not_greater": count // _EVEN})
    rows = {table: _rows_of(hall, table, since=before[table]) for table in _WRITTEN}
    hall.close()
    bare_s = _bare(folder / "bare", {table: found for table, (_, found) in rows.items()})
    shutil.rmtree(folder, ignore_errors=True)
    each_ms, worst_ms = ours_s / count * 1e3, percentile(slices, 0.99) * 1e3
    name = f"deduct from {count:,} accounts, {_BILLS} bills each"
    return [
        Line(f"{name}, CPU", "s", ours_s, "≤ 15×", ours_s <= 15 * bare_s, baseline=bare_s),
        Line(f"{name}, an account, CPU", "ms", each_ms),
        Line(f"{name}, p99 of what it keeps the writer, CPU", "ms", worst_ms, "≤ 20 ms", worst_ms <= 20),
    ]


def _made(folder: Path, count: int) -> OpenHall:
    """A hall in which everybody is behind; their services are stopped, and books hold more, or just as much."""
    hall = halls.a_hall(folder)
    one = halls.three_months_behind(hall)
    owed_fen = 0
    on = hall.clock.now().date()
    with hall.writing() as work:
        add = work.driver.executemany
        numbers = range(10, count + 10)
        add(
            "INSERT INTO customers SELECT ?, 'C' || ?, name, kind, customer_class, NULL, NULL, NULL, NULL, NULL"
            " FROM customers WHERE id = ?",
            ((n, n, one.customer_id) for n in numbers),
        )
        add("INSERT INTO accounts VALUES (?, 'A' || ?, ?, '', '{}', NULL, NULL)", ((n, n, n) for n in numbers))
        add(
            "INSERT INTO services VALUES (?, ?, 'mobile', 'S' || ?, '', 'stopped_out', ?, 'arrears', NULL)",
            ((n, n, n, on.isoformat()) for n in numbers),
        )
        add(
            "INSERT INTO bills VALUES (?, 'B' || ?, ?, ?, ?, ?, ?, ?, 0, NULL, NULL, 0, 0)",
            (
                (
                    *(n * 10 + month, n * 10 + month, n, n, f"2026-{month + 6:02}"),
                    *(on.isoformat(), (on - timedelta(30 * month)).isoformat(), _FEN),
                )
                for n in numbers
                for month in range(1, _BILLS + 1)
            ),
        )
        work.driver.execute("DELETE FROM bills WHERE account_id = ?", (one.account_id,))
    owed_fen = halls.position(hall, halls.Someone(10, 10)).restore_fen
    with hall.writing() as work:
        work.driver.executemany(
            "INSERT INTO books VALUES (?, ?, '预存', 'cash', '[]', 9, NULL, ?, 'test', '2026-01-01', NULL)",
            ((n, n, owed_fen + (5_000 if n % _EVEN else 0)) for n in numbers),
        )
    return hall


def _rows_of(hall: OpenHall, table: str, *, since: int = 0) -> tuple[int, list[tuple[Any, ...]]]:
    """How many rows a table has, and those behind the first `since`."""
    with hall.reading() as reading:
        found = reading.driver.execute(f"SELECT * FROM {table}").fetchall()
    return len(found), found[since:]


def _bare(folder: Path, rows: dict[str, list[tuple[Any, ...]]]) -> float:
    """CPU seconds for the same rows, in one commit."""
    Store.create(folder / FILE_NAME).close()
    connection = raw_connection(folder / FILE_NAME)

    def write() -> None:
        connection.execute("BEGIN")
        for table, found in rows.items():
            if found:
                marks = ", ".join("?" * len(found[0]))
                connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", found)
        connection.execute("COMMIT")

    taken = once(write)[1]
    connection.close()
    return taken
