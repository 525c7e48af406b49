"""What a teller waits for a payment while the counter's line is busy: a long queue going up, a hub that is silent."""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from socket import socket

from counter_app.clock import SystemClock, new_intent_id
from counter_app.domain.journal import Draft
from counter_app.domain.payments import Tender, Wish, plan
from counter_app.domain.shifts import CashCount
from counter_app.services import payments, shifts
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.shifts import open_shift_of
from counter_app.sync.engine import Engine
from counter_app.sync.enrolment import join
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import HttpLine
from counter_app.sync.snapshots import Snapshots
from counter_app.sync.worker import Gate, Worker
from tests import halls
from tests.benchmarks.hub_ground import HubGround, a_hub_ground
from tests.benchmarks.measuring import Line, Scene, percentile, without_collector
from tests.sync.tls_server import Manner, an_authority, drip, serving

BILLS = 3
MOST_MS, OUR_MS = 100, 10
_TURNS = ("alone", "uploads", "alone", "silent", "alone", "drips")
_FILL = (
    "INSERT INTO customers (id, customer_no, name, kind, customer_class)"
    " VALUES (?1, 'C' || ?1, '张伟', 'person', 'resident')",
    "INSERT INTO accounts (id, account_no, customer_id, address, facts) VALUES (?1, 'A' || ?1, ?1, '', '{}')",
)
_BILL = (
    "INSERT INTO bills (bill_no, account_id, month, issued_on, due_on, principal_fen)"
    " VALUES (?1 || '-' || ?2, ?1, '2026-0' || ?2, '2026-0' || ?2 || '-05', '2026-0' || ?2 || '-20', 9800)"
)


def pay_meanwhile_lines(scene: Scene) -> list[Line]:
    """Median and p99 by the wall, beside the same payments with no line at all, in turn."""
    count, queue = scene.count(300, 2), scene.count(30_000, 450)
    folder = scene.data / "meanwhile"
    shutil.rmtree(folder, ignore_errors=True)
    took: dict[str, list[float]] = {name: [] for name in dict.fromkeys(_TURNS)}
    with a_hub_ground(scene) as ground, ThreadPoolExecutor(1, "writer") as writer:
        hall = writer.submit(_joined, folder, count * len(_TURNS), ground).result()
        customers = iter(range(1, count * len(_TURNS) + 1))
        for turn in _TURNS:
            if turn == "uploads":
                writer.submit(_write, hall, queue).result()
            with _line(turn, ground) as line, _teller(hall, writer, line) as take:
                took[turn] += [take(next(customers)) for _ in range(count)]
            if turn == "uploads":
                assert writer.submit(_waiting, hall).result() > 0, "the queue was empty before the last payment"
        writer.submit(hall.close).result()
    alone = percentile(took["alone"], 0.5)
    names = {"uploads": f"{queue:,} entries go up", "silent": "the hub takes all and says nothing", "drips": "it drips"}
    p99_ms = percentile(took["alone"], 0.99)
    return [Line(f"payment of {BILLS} bills, no line", "ms", alone, p99=p99_ms)] + [
        _line_of(f"payment while {words}", took[turn], alone) for turn, words in names.items()
    ]


def _line_of(name: str, took: list[float], alone: float) -> Line:
    p99_ms = percentile(took, 0.99)
    return Line(name, "ms", percentile(took, 0.5), f"p99 ≤ {MOST_MS} ms", p99_ms <= MOST_MS, p99_ms, alone)


def _joined(folder: Path, customers: int, ground: HubGround) -> OpenHall:
    """A hall with open bills that has its hub, and an open shift."""
    # the clock of this machine, as the hub's is: with another one no shift is opened
    clock = SystemClock.of_this_machine()
    halls.a_hall(folder, at=clock.now()).close()
    hall = open_hall(folder, clock=clock)
    with hall.writing() as work:
        numbers = [(n,) for n in range(1, customers + 1)]
        for statement in _FILL:
            work.driver.executemany(statement, numbers)
        work.driver.executemany(_BILL, [(n, month) for (n,) in numbers for month in range(6, 6 + BILLS)])
    join(hall, ground.url, ground.printed(hall.hall.counter_code))
    line = ground.line()
    engine = Engine(Ground(hall), lambda _enrolment: line, Snapshots(), Random(1))
    while (done := engine.round()).is_more or done.sent or done.taken:
        assert not done.why, done
    shifts.open_shift(hall, halls.teller(), CashCount({10_000: 5}), new_intent_id())
    return hall


@contextmanager
def _teller(hall: OpenHall, writer: ThreadPoolExecutor, line: HttpLine | None) -> Iterator[Callable[[int], float]]:
    """Payments on the writer's lane, and beside them, where there is one, the line."""
    gate = Gate(writer)
    worker = None
    if line is not None:
        engine = Engine(Ground(hall, gate), lambda _enrolment: line, Snapshots(), Random(1))
        worker = Worker(engine, gate, lambda _status: None)
        worker.lend(line)
        hall.on_grown = worker.wake
        worker.start()

    def take(customer: int) -> float:
        # as a teller does it: now and then, in no step with the line
        time.sleep(random.uniform(0.005, 0.025))
        order = writer.submit(_order, hall, customer).result()
        begun = time.perf_counter()
        writer.submit(payments.take, hall, halls.teller(), order).result()
        return (time.perf_counter() - begun) * 1e3

    with without_collector():
        yield take
    if worker is not None:
        hall.on_grown = lambda: None
        worker.stop()


def _order(hall: OpenHall, customer: int) -> payments.Order:
    with hall.reading() as reading:
        shift = open_shift_of(reading, hall.hall.counter_id)
        _, position = payments.position_of(hall, reading, customer, customer, shift)
    wish = Wish((Tender("cash", position.due_fen),))
    previewed = plan(position, wish)
    assert len(previewed.lines) == BILLS
    return payments.Order(new_intent_id(), customer, customer, wish, previewed)


@contextmanager
def _line(turn: str, ground: HubGround) -> Iterator[HttpLine | None]:
    if turn == "alone":
        yield None
    elif turn == "uploads":
        yield ground.line()
    else:
        is_over = threading.Event()

        def silent(spoken: socket, head: bytes) -> None:
            is_over.wait()

        manner: Manner = silent if turn == "silent" else drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        authority = an_authority()
        with serving(manner, authority.issue(ground.folder)) as url:
            line = HttpLine(url, authority.pem)
            yield line
            line.close()
            is_over.set()


def _write(hall: OpenHall, count: int) -> None:
    on = hall.clock.now().date()
    with hall.writing() as work:
        for number in range(count):
            body = {"field": "name", "purpose": f"核对 {number}"}
            hall.journal.append(work, Draft(kind="reveal", body=body, staff_no="1001", business_date=on))


def _waiting(hall: OpenHall) -> int:
    ground = Ground(hall)
    acked = ground.state().acked
    return ground.end().seq - (acked.seq if acked else 0)
