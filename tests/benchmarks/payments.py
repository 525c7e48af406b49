"""Taking a payment of three bills against a script that writes the same rows with the same settings and driver."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from counter_app.clock import SystemClock, new_intent_id
from counter_app.domain.payments import Tender, Wish, plan
from counter_app.domain.shifts import CashCount
from counter_app.domain.staff import Role, Session
from counter_app.services import payments, shifts
from counter_app.services.passwords import make_verifier
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.shifts import open_shift_of
from counter_app.storage.sql import DriverConnection, Sql
from counter_app.storage.staff import add_staff
from counter_app.storage.store import FILE_NAME
from tests.benchmarks.big_hall import BILLS, big_hall, raw_connection
from tests.benchmarks.measuring import Line, Scene, alternate
from tests.benchmarks.payments_bare import Known, Script, known_of

OPEN_BILLS = 3
DAY = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
TELLER = Session("1001", "王芳", Role.TELLER, DAY)
WRITTEN = ("entries", "postings", "payments", "payment_tenders", "settlements", "receipts", "intents")

Job = payments.Order | Known


@dataclass(frozen=True)
class MovedClock:
    """The machine's own clock, moved so that the bills of the big hall are some weeks old."""

    by: timedelta
    system: SystemClock
    boot_id: str

    @classmethod
    def to(cls, moment: datetime) -> MovedClock:
        """A clock that shows that moment now and goes on from there."""
        system = SystemClock.of_this_machine()
        return cls(moment - system.now(), system, system.boot_id)

    def now(self) -> datetime:
        """This moment of the moved clock."""
        return self.system.now() + self.by

    def monotonic_ms(self) -> int:
        """Milliseconds since the machine started."""
        return self.system.monotonic_ms()


def payment_lines(scene: Scene) -> list[Line]:
    """Median and p99 by the wall, and the median of CPU."""
    count, warm = scene.count(1000, 2), scene.count(100, 1)
    folder = big_hall(scene.data / f"hall-{scene.customers}", scene.customers)
    customers = random.Random(11).sample(range(1, scene.customers + 1), count + warm + 1)
    mine = copy_of(folder, scene.data / "payments-ours", customers)
    other = copy_of(folder, scene.data / "payments-bare", customers)
    hall = opened_with_teller(mine)
    shift = shifts.open_shift(hall, TELLER, CashCount({10_000: 5}), new_intent_id())
    script = Script(other, shift.shift_id)
    pattern, *orders = [order_of(hall, customer) for customer in customers]
    texts = _texts(hall, payments.take(hall, TELLER, pattern))
    pairs: list[tuple[Job, Job]] = [(order, known_of(order, *texts)) for order in orders]
    for order in orders:
        payments.begin(hall, TELLER, order.intent_id, order.customer_id, order.previewed.due_before_fen)
        script.begin(known_of(order, *texts))
    before = _counts(hall.store.path), _counts(other / FILE_NAME)

    def take(job: Job) -> None:
        assert isinstance(job, payments.Order)
        payments.take(hall, TELLER, job)

    def write(job: Job) -> None:
        assert isinstance(job, Known)
        script.pay(job)

    alternate(take, write, pairs[:warm])
    ours, bare = alternate(take, write, pairs[warm:], block=50)
    script.connection.close()
    hall.close()
    after = _counts(mine / FILE_NAME), _counts(other / FILE_NAME)
    grown = [[b - a for a, b in zip(*pair, strict=True)] for pair in zip(before, after, strict=True)]
    assert grown[0] == grown[1], f"not the same rows: {grown}"
    p99 = ours.p99_ms()
    name = f"payment commit, {OPEN_BILLS} bills of {scene.customers * BILLS:,}"
    is_reached = ours.wall_ms <= 1.6 * bare.wall_ms and p99 <= 10
    return [
        Line(name, "ms", ours.wall_ms, "≤ 1.6×, p99 ≤ 10 ms", is_reached, p99, bare.wall_ms),
        Line("payment commit, CPU", "ms", ours.cpu_ms, "", None, ours.p99_ms(of_cpu=True), bare.cpu_ms),
        Line("payment commit, p99 of the bare script", "ms", bare.p99_ms()),
    ]


def opened_with_teller(folder: Path) -> OpenHall:
    """The hall open for writing, with `TELLER` among its staff."""
    hall = open_hall(folder, clock=MovedClock.to(DAY))
    with hall.writing() as work:
        add_staff(work, TELLER.staff_no, TELLER.name, TELLER.role, make_verifier("benchmark-1", is_cheap=True))
    return hall


def copy_of(folder: Path, target: Path, customers: Sequence[int] = ()) -> Path:
    """A copy of a big hall to write into; the chosen customers get a bill more, `OPEN_BILLS` open ones."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    connection = raw_connection(target / FILE_NAME)
    connection.execute("BEGIN")
    added = [(f"N{customer:010d}", customer, 4000 + customer % 9000) for customer in customers]
    connection.executemany(
        "INSERT INTO bills (bill_no, account_id, service_id, month, issued_on, due_on, principal_fen)"
        " VALUES (?1, ?2, ?2, '2026-11', '2026-11-05', '2026-11-20', ?3)",
        added,
    )
    connection.execute("COMMIT")
    connection.close()
    return target


def order_of(hall: OpenHall, customer_id: int) -> payments.Order:
    """All that the customer owes, in cash, as previewed now."""
    with hall.reading() as reading:
        shift = open_shift_of(reading, hall.hall.counter_id)
        _, position = payments.position_of(hall, reading, customer_id, customer_id, shift)
    wish = Wish((Tender("cash", position.due_fen),))
    previewed = plan(position, wish)
    assert len(previewed.lines) == OPEN_BILLS
    return payments.Order(new_intent_id(), customer_id, customer_id, wish, previewed)


def _texts(hall: OpenHall, taken: payments.Taken) -> tuple[str, str]:
    """The entry and the facts of a payment, as the file holds them."""
    with hall.reading() as reading:
        content = reading.one(Sql("SELECT content FROM entries WHERE id = :id"), {"id": taken.entry})
        facts = reading.one(Sql("SELECT facts FROM receipts WHERE entry = :id"), {"id": taken.entry})
    assert content is not None
    assert facts is not None
    return str(content[0]), str(facts[0])


def _counts(path: Path) -> list[int]:
    connection: DriverConnection = raw_connection(path)
    rows = [connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in WRITTEN]
    connection.close()
    return [int(row[0]) for row in rows if row]
