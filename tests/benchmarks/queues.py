"""A hundred thousand entries of one counter go up; then its disk is lost, and it is made anew from the hub."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

from counter_app.clock import SystemClock
from counter_app.domain.journal import Draft, Posting
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.sync.enrolment import join
from tests import halls
from tests.benchmarks.hub_counters import begin, come, drained
from tests.benchmarks.hub_ground import BILLS_EACH, LATE_FEE_FEN, PRINCIPAL_FEN, a_hub_ground
from tests.benchmarks.measuring import Line, Scene

CUSTOMERS = 100
UP_S, REBUILT_S = 300, 600
_ROWS = (
    "INSERT INTO customers (id, customer_no, name, kind, customer_class)"
    " VALUES (?1, 'C' || ?1, '张伟', 'person', 'resident')",
    "INSERT INTO accounts (id, account_no, customer_id, address, facts) VALUES (?1, 'A' || ?1, ?1, '', '{}')",
)
_BILL = (
    "INSERT INTO bills (id, bill_no, account_id, month, issued_on, due_on, principal_fen)"
    " VALUES (?1, 'B' || ?1, ?2, '2026-0' || ?3, '2026-06-05', '2026-06-20', ?4)"
)
_SETTLEMENT = "INSERT INTO settlements VALUES (NULL, ?1, ?2, ?3, ?4, ?5, 0, 'counter', 'counter', ?6)"


def queue_lines(scene: Scene) -> list[Line]:
    """By the wall, with the hub and its PostgreSQL on this machine, and the CPU of each side."""
    count = scene.count(100_000, 3)
    with a_hub_ground(scene) as ground:
        code = "03"
        hall = _with_queue(ground.folder / "queue", count)
        join(hall, ground.url, ground.printed(code))
        before, own, begun = ground.cpu_s(), time.process_time(), time.perf_counter()
        sent, taken = drained(hall, [])
        wall_s, own_s, hub_s = time.perf_counter() - begun, time.process_time() - own, ground.cpu_s() - before
        hall.close()
        assert sent > count, f"{sent} went up"
        anew = begin(scene, come, str(ground.folder / "anew"), ground.url, ground.printed(code, replaces=True), code)()
        rebuilt = anew["wall"]
    name = f"{count:,} payments of {BILLS_EACH} bills queued at one counter"
    lines = [
        Line(f"{name}, all up and {taken:,} rows down, by the wall", "s", wall_s, f"≤ {UP_S} s", wall_s <= UP_S),
        Line("of that the counter, CPU", "s", own_s),
        Line(
            "its disk lost, made anew from the hub, by the wall", "s", rebuilt, f"≤ {REBUILT_S} s", rebuilt <= REBUILT_S
        ),
    ]
    return [*lines, Line("of the queue hub and PostgreSQL, CPU", "s", hub_s)] if hub_s else lines


def _with_queue(folder: Path, count: int) -> OpenHall:
    """A hall that worked alone: few bills of which each was paid again and again, as far as the journal goes."""
    clock = SystemClock.of_this_machine()
    halls.a_hall(folder, at=clock.now()).close()
    hall = open_hall(folder, clock=clock)
    on = clock.now().date()
    with hall.writing() as work:
        for statement in _ROWS:
            work.driver.executemany(statement, [(n,) for n in range(1, CUSTOMERS + 1)])
        bills = range(1, CUSTOMERS * BILLS_EACH + 1)
        whole_fen = PRINCIPAL_FEN * (count // CUSTOMERS + 1)
        rows = [((n - 1) // BILLS_EACH + 1, (n - 1) % BILLS_EACH + 6) for n in bills]
        work.driver.executemany(_BILL, [(n, *row, whole_fen) for n, row in zip(bills, rows, strict=True)])
    for first in range(0, count, 1_000):
        with hall.writing() as work:
            for number in range(first, min(first + 1_000, count)):
                entry, draft = _payment(number, on)
                made = hall.journal.append(work, draft)
                work.driver.executemany(_SETTLEMENT, [(*row, made.id) for row in entry])
    return hall


def _payment(number: int, on: date) -> tuple[list[tuple[str, int, str, int, int]], Draft]:
    """A payment of all bills of one customer: its settlements, and its entry."""
    customer = number % CUSTOMERS + 1
    intent, shift = f"{number:08x}-0000-4000-8000-00000000beef", f"{number // 300:08x}-0000-4000-8000-0000000051f7"
    bills = range((customer - 1) * BILLS_EACH + 1, customer * BILLS_EACH + 1)
    total_fen = BILLS_EACH * (PRINCIPAL_FEN + LATE_FEE_FEN)
    postings = [Posting("drawer", shift, total_fen)]
    for bill in bills:
        postings += [Posting("receivable", str(bill), -PRINCIPAL_FEN), Posting("late_fee", str(bill), -LATE_FEE_FEN)]
    names = [f"{intent}:B{bill}" for bill in bills]
    body = {
        "account_id": customer,
        "books": [],
        "change_fen": 0,
        "receipt": {"receipt_no": f"HZ01-03-2026-{number:06}", "serial": number, "year": 2026},
        "received_fen": total_fen,
        "restore": [],
        "settlements": [[name, bill, PRINCIPAL_FEN, LATE_FEE_FEN, 0] for name, bill in zip(names, bills, strict=True)],
        "tenders": [["cash", total_fen, ""]],
    }
    rows = [(name, bill, on.isoformat(), PRINCIPAL_FEN, LATE_FEE_FEN) for name, bill in zip(names, bills, strict=True)]
    made = Draft(
        "payment.take", body, "1001", on, tuple(postings), shift_id=shift, intent_id=intent, customer_id=customer
    )
    return rows, made
