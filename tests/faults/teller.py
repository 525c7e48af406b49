"""A teller in a process of its own: she pays in a loop and says aloud, line by line, what the program told her."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import create_engine

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.hall import TRADES
from counter_app.domain.payments import CASH, PREPAID, Plan, Position, Tender, Wish, plan
from counter_app.domain.refusals import Refused
from counter_app.services import hall as services
from counter_app.services import payments, shifts
from counter_app.storage import driver
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.rules import load_pack
from tests import halls
from tests.faults.acts import carry_out, decide_act

DEFECTS = (
    "acknowledges before the commit",
    "pays again under a new intent",
    "synchronous=NORMAL",
    "alters a receipt",
    "moves cash again under a new intent",
)
"""Faults that are planted to see whether the harness finds them."""
EARLY, TWICE, NORMAL, ALTERED, CASH_TWICE = DEFECTS
REPEATS = (TWICE, CASH_TWICE)

ACT_EVERY = 6
"""One decision of so many is no payment: cash in, cash out, closing the shift, and opening the next."""


@dataclass(frozen=True)
class Task:
    """What one process does: pay `payments` times from decision `first` on.

    `open_intent` is what the teller before left without an answer that says "recorded": the same decision is carried
    out under the same intent.
    """

    folder: str
    seed: int
    first: int
    payments: int = 1_000_000
    open_intent: str = ""
    defect: str = ""

    def to_json(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Heard:
    """What the program told the teller about a payment: everything that may never be lost, doubled or altered."""

    decision: int
    intent: str
    receipt_no: str
    entry: int
    entry_hash: str
    total_fen: int
    received_fen: int
    change_fen: int
    prepaid_used_fen: int
    prepaid_stored_fen: int

    @classmethod
    def of(cls, decision: int, intent: str, taken: payments.Taken) -> Heard:
        facts = taken.facts
        return cls(
            decision,
            intent,
            taken.receipt_no,
            taken.entry,
            facts.entry_hash,
            facts.total_fen,
            facts.received_fen,
            facts.change_fen,
            facts.prepaid_used_fen,
            facts.prepaid_stored_fen,
        )


@dataclass
class Ground:
    """A hall that a campaign works on: its folder, its customers, its moment."""

    folder: Path
    customers: list[halls.Someone]

    def save(self) -> None:
        rows = [[someone.customer_id, someone.account_id] for someone in self.customers]
        (self.folder / "customers.json").write_text(json.dumps(rows))

    @classmethod
    def load(cls, folder: Path) -> Ground:
        rows = json.loads((folder / "customers.json").read_text())
        return cls(folder, [halls.Someone(*row) for row in rows])


def make_ground(
    folder: Path, *, customers: int = 12, is_demo: bool = True, has_shift: bool = True, at: datetime = halls.NOW
) -> Ground:
    """A closed hall with customers who owe three months, one of them with a stopped line, and an open shift."""
    hall = halls.a_hall(folder, is_demo=is_demo, at=at)
    people = [halls.three_months_behind(hall, no=str(10_002_345 + number)) for number in range(customers)]
    with hall.writing() as work:
        stopped = "UPDATE services SET state = 'stopped', state_reason = 'arrears' WHERE account_id = ?"
        work.driver.execute(stopped, (people[0].account_id,))
    if has_shift:
        halls.an_open_shift(hall)
    hall.close()
    ground = Ground(folder, people)
    ground.save()
    return ground


def open_ground(folder: Path, at: datetime = halls.NOW) -> OpenHall:
    """The hall as the program opens it."""
    return open_hall(folder, clock=FixedClock(at))


def decide(position: Position, chance: Random) -> tuple[Wish, Plan]:
    """One payment out of all shapes that the account allows."""
    due = position.due_fen
    if not due:
        wish = Wish((Tender(CASH, chance.randrange(10, 60) * 100),), is_change_stored=True)
        return wish, plan(position, wish)
    shapes: list[Callable[[], Wish]] = [
        lambda: Wish((Tender(CASH, (due + 9_999) // 10_000 * 10_000),)),
        lambda: Wish((Tender("card", due, reference="6222000011112222"),)),
        lambda: Wish((Tender(CASH, due + chance.randrange(1, 5_000)),), is_change_stored=True),
        lambda: Wish((Tender("qr", due // 3, reference="q1"), Tender(CASH, due - due // 3 + 100))),
        lambda: Wish((Tender(CASH, max(100, due * chance.randrange(30, 90) // 100)),)),
    ]
    if position.prepaid_fen:
        used = min(due, position.prepaid_fen)
        shapes.append(lambda: Wish((Tender(PREPAID, used), Tender(CASH, due - used + 200))))
    wish = chance.choice(shapes)()
    try:
        return wish, plan(position, wish)
    except Refused:
        wish = shapes[0]()
        return wish, plan(position, wish)


class Teller:
    """Pays, and says what she hears."""

    def __init__(self, task: Task, say: Callable[[dict[str, Any]], None]) -> None:
        self.task = task
        self.say = say
        self.ground = Ground.load(Path(task.folder))

    def work(self) -> None:
        with planted(self.task.defect):
            hall = open_ground(self.ground.folder)
            self.say({"say": "open"})
            intent = self.task.open_intent
            if self.task.defect in REPEATS and intent:
                intent = new_intent_id()
            for decision in range(self.task.first, self.task.first + self.task.payments):
                self.decide(hall, decision, intent or new_intent_id())
                intent = ""
            hall.close()
            self.say({"say": "closed"})

    def decide(self, hall: OpenHall, decision: int, intent: str) -> None:
        """A payment; at times, or when no shift is open, another act of the shift."""
        is_turn = decision % ACT_EVERY == ACT_EVERY - 1 and self.task.defect != TWICE
        if self.task.defect == CASH_TWICE or is_turn or shifts.sheet(hall) is None:
            self.say({"say": "try", "decision": decision, "intent": intent})
            chance = Random(f"{self.task.seed}/{decision}")
            did = carry_out(hall, decide_act(hall, chance), decision, intent)
            self.say({"say": "did", **asdict(did)})
        else:
            self.pay(hall, decision, intent)

    def pay(self, hall: OpenHall, decision: int, intent: str) -> payments.Taken:
        """One decision: kept as an intent, previewed, taken, heard, seen."""
        chance = Random(f"{self.task.seed}/{decision}")
        someone = chance.choice(self.ground.customers)
        self.say({"say": "try", "decision": decision, "intent": intent})
        payments.begin(hall, halls.teller(), intent, someone.customer_id, 1)
        wish, previewed = decide(halls.position(hall, someone), chance)
        order = payments.Order(intent, someone.customer_id, someone.account_id, wish, previewed)
        if self.task.defect == EARLY:
            with spoken_early(lambda taken: self.hear(decision, intent, taken)):
                return payments.take(hall, halls.teller(), order)
        taken = payments.take(hall, halls.teller(), order)
        self.hear(decision, intent, taken)
        services.seen(hall, intent)
        return taken

    def hear(self, decision: int, intent: str, taken: payments.Taken) -> None:
        heard = Heard.of(decision, intent, taken)
        told = asdict(heard)
        if self.task.defect == ALTERED:
            told["change_fen"] += 1
        self.say({"say": "ack", **told})


@contextmanager
def spoken_early(hear: Callable[[payments.Taken], None]) -> Iterator[None]:
    """The planted defect: success is told when the rows are written, not when they are committed."""
    honest = payments._take

    def hasty(*args: Any) -> payments.Taken:
        taken = honest(*args)
        hear(taken)
        return taken

    vars(payments)["_take"] = hasty
    try:
        yield
    finally:
        vars(payments)["_take"] = honest


@contextmanager
def planted(defect: str) -> Iterator[None]:
    """The planted defect of a store that is faster than safe; nothing for every other."""
    if defect != NORMAL:
        yield
        return
    honest, expected = driver._WRITER_PRAGMAS, dict(driver.EXPECTED)
    vars(driver)["_WRITER_PRAGMAS"] = tuple("synchronous=NORMAL" if "synchronous" in p else p for p in honest)
    driver.EXPECTED["synchronous"] = 1
    try:
        yield
    finally:
        vars(driver)["_WRITER_PRAGMAS"] = honest
        driver.EXPECTED.update(expected)


def warm_up() -> None:
    """Read once what every child needs, so that a child's life is spent with the hall; no file of a hall is opened."""
    for trade in TRADES:
        load_pack(trade)
    create_engine("sqlite://", module=driver.find_driver().module)
    gc.freeze()


@contextmanager
def log_of(pages: int) -> Iterator[None]:
    """A log that is emptied into the file when it is longer than so many pages."""
    honest = driver._WRITER_PRAGMAS
    kept = [p for p in honest if "autocheckpoint" not in p]
    vars(driver)["_WRITER_PRAGMAS"] = (*kept, f"wal_autocheckpoint={pages}")
    try:
        yield
    finally:
        vars(driver)["_WRITER_PRAGMAS"] = honest


def say_to(handle: int) -> Callable[[dict[str, Any]], None]:
    """Lines of JSON into a pipe or file; a line below 4096 bytes arrives whole or not at all."""

    def say(line: dict[str, Any]) -> None:
        os.write(handle, json.dumps(line).encode() + b"\n")

    return say
