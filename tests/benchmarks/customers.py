"""Opening a customer of sixty months: the data against fetching the same rows, and the page until it is painted."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from counter_app.clock import new_intent_id
from counter_app.domain.shifts import CashCount
from counter_app.services import customers, shifts
from counter_app.storage.driver import connect, find_driver
from counter_app.storage.sql import DriverConnection
from counter_app.storage.store import FILE_NAME
from tests.benchmarks.big_hall import BILLS, big_hall, raw_connection
from tests.benchmarks.measuring import Line, Scene, alternate
from tests.benchmarks.payments import TELLER, opened_with_teller

MONTHS = 60
_OF = "SELECT id FROM accounts WHERE customer_id = ?1"
_ROWS = (
    "SELECT id, customer_no, name, kind, customer_class, id_kind, id_number, group_name, manager FROM customers"
    " WHERE id = ?1",
    "SELECT flag FROM customer_flags WHERE customer_id = ?1",
    "SELECT * FROM accounts WHERE customer_id = ?1",
    f"SELECT * FROM services WHERE account_id IN ({_OF})",
    "SELECT id, bill_no, account_id, service_id, month, due_on, principal_fen, cost_fen, accrual_start_on,"
    f" accrual_stop_on, is_disputed, is_late_fee_deferred FROM bills WHERE account_id IN ({_OF}) ORDER BY month",
    "SELECT s.bill_id, s.settlement_id, s.settled_on, s.principal_fen, s.late_fee_fen, s.cost_fen, s.source"
    f" FROM bills b JOIN settlements s ON s.bill_id = b.id WHERE b.account_id IN ({_OF}) ORDER BY s.bill_id, s.id",
    "SELECT i.bill_id, i.item, i.amount_fen FROM bills b JOIN bill_items i ON i.bill_id = b.id"
    f" WHERE b.account_id IN ({_OF})",
    f"SELECT * FROM books WHERE account_id IN ({_OF})",
    "SELECT kind, value, person FROM contacts WHERE customer_id = ?1",
    "SELECT body, staff_no, written_at FROM notes WHERE customer_id = ?1",
    "SELECT * FROM payments WHERE customer_id = ?1 ORDER BY taken_at DESC",
    "SELECT * FROM shifts WHERE closed_at IS NULL AND ?1",
)


def customer_lines(scene: Scene) -> list[Line]:
    """CPU of the data, of the same rows fetched, and of the whole page."""
    count = scene.count(2_000, 60)
    folder = hall_of_sixty_months(scene.data, count)
    hall = opened_with_teller(folder)
    shifts.open_shift(hall, TELLER, CashCount({10_000: 5}), new_intent_id())
    rng = random.Random(2)
    chosen = [rng.randrange(1, count + 1) for _ in range(scene.count(300, 3))]
    connection = connect(find_driver(), folder / FILE_NAME, key=None, is_writer=False)

    def rows(customer_id: int) -> None:
        connection.execute("BEGIN")
        for sql in _ROWS:
            connection.execute(sql, (customer_id,)).fetchall()
        connection.execute("COMMIT")

    def ours(customer_id: int) -> None:
        customers.open_customer(hall, TELLER, customer_id)

    pairs = [(one, one) for one in chosen]
    alternate(ours, rows, pairs)
    mine, bare = alternate(ours, rows, pairs, block=20)
    page = customers.open_customer(hall, TELLER, chosen[0])
    assert len(page.record.bills) == MONTHS
    assert page.overdue
    connection.close()
    hall.close()
    painted_ms, table_ms = _painted_ms(folder, chosen[: scene.count(100, 3)])
    name = f"open a customer of {MONTHS} months"
    is_reached = mine.cpu_ms <= 1.3 * bare.cpu_ms
    # where the 5 ms were set, a bare table of the same bills took up to 4.5: a slower machine is held to the ratio
    is_painted = painted_ms <= 5 or painted_ms <= 1.1 * table_ms
    return [
        Line(f"{name}, data, CPU", "ms", mine.cpu_ms, "≤ 1.3×", is_reached, mine.p99_ms(of_cpu=True), bare.cpu_ms),
        Line(f"{name}, painted, CPU", "ms", painted_ms, "≤ 5 ms or ≤ 1.1×", is_painted, baseline=table_ms),
    ]


def hall_of_sixty_months(data: Path, customers: int) -> Path:
    """A hall whose customers have bills of sixty months: most paid in time, some late and in two parts, a few open."""
    target = data / f"months-{customers}"
    small = big_hall(data / f"hall-{customers}", customers)
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(small, target)
    connection = raw_connection(target / FILE_NAME)
    connection.execute("BEGIN")
    first = date(2026, 1, 15)
    for back in range(1, MONTHS - BILLS + 1):
        month = _months_before(first, back)
        _add_month(connection, month, customers, back)
    connection.execute("COMMIT")
    connection.close()
    return target


def _add_month(connection: DriverConnection, due_on: date, customers: int, back: int) -> None:
    base = 100_000_000 + back * customers
    # no two customers and no two months alike: a page that shows the same figures again has less to paint
    fen = {n: 6000 + (n * 7919 + back * 104_729) % 6000 for n in range(1, customers + 1)}
    connection.executemany(
        "INSERT INTO bills (id, bill_no, account_id, service_id, month, issued_on, due_on, principal_fen)"
        " VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?5, ?6)",
        [(base + n, f"M{base + n}", n, f"{due_on:%Y-%m}", due_on.isoformat(), fen[n]) for n in fen],
    )
    parts = []
    for n, whole in fen.items():
        if (n + back) % 3 == 0:
            first, second = due_on + timedelta(days=9), due_on + timedelta(days=30)
            parts += [(base + n, 0, first, 4000), (base + n, 1, second, whole - 4000)]
        else:
            parts += [(base + n, 0, due_on - timedelta(days=3), whole)]
    connection.executemany(
        "INSERT INTO settlements (settlement_id, bill_id, settled_on, principal_fen, late_fee_fen, cost_fen, source,"
        " channel) VALUES (?, ?, ?, ?, 0, 0, 'upstream', 'bank')",
        [(f"M{bill}-{part}", bill, on.isoformat(), fen) for bill, part, on, fen in parts],
    )


def _months_before(day: date, count: int) -> date:
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, day.day)


def _painted_ms(folder: Path, chosen: list[int]) -> tuple[float, float]:
    """The window has a process of its own: Qt stays out of this one."""
    command = [sys.executable, "-m", "tests.benchmarks.customers_painted", str(folder), *map(str, chosen)]
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    told = subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout.split()
    return float(told[0]), float(told[1])
