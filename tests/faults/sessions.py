"""Scripted work at a hall, run in a process of its own while its system calls are recorded: NAME FOLDER SAID."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

from counter_app.clock import new_intent_id
from counter_app.domain.shifts import CashCount
from counter_app.services import payments, shifts
from counter_app.storage.backup import backup, restore
from counter_app.storage.hall import OpenHall
from counter_app.storage.migrate import migrate_folder
from tests import halls
from tests.faults import acts
from tests.faults.teller import NORMAL, Ground, Heard, decide, log_of, make_ground, open_ground, planted, say_to

PAYMENTS = 6
_ACTS = {1: acts.CASH_IN, 2: acts.UNDO, 4: acts.CASH_OUT}
"""What follows a payment, by its decision."""
Say = Callable[[dict[str, Any]], None]


def paying(folder: Path, say: Say) -> None:
    """A shift with payments, one undone, cash in and out, the file opened anew in the middle, and WAL resets."""
    ground = Ground.load(folder)
    hall = open_ground(folder)
    halls.an_open_shift(hall)
    say({"say": "open"})
    chance = Random(7)
    for decision in range(PAYMENTS):
        if decision == PAYMENTS // 2:
            hall.close()
            hall = open_ground(folder)
        pay_one(hall, ground, decision, chance, say)
        kind = _ACTS.get(decision)
        if kind is not None:
            did = acts.carry_out(hall, acts.decide_act(hall, chance, kind=kind), 100 + decision, new_intent_id())
            say({"say": "did", **asdict(did)})
    sheet = shifts.sheet(hall)
    assert sheet is not None
    notes, loose = divmod(sheet.expected_cash_fen, 10_000)
    halls.close_shift(hall, halls.teller(), CashCount({10_000: notes}, loose), "", new_intent_id())
    say({"say": "shift closed"})
    hall.close()


def pay_one(hall: OpenHall, ground: Ground, decision: int, chance: Random, say: Say) -> None:
    """One payment, begun, taken and said."""
    someone = ground.customers[decision % len(ground.customers)]
    intent = new_intent_id()
    payments.begin(hall, halls.teller(), intent, someone.customer_id, 1)
    wish, previewed = decide(halls.position(hall, someone), chance)
    order = payments.Order(intent, someone.customer_id, someone.account_id, wish, previewed)
    taken = payments.take(hall, halls.teller(), order)
    say({"say": "ack", **asdict(Heard.of(decision, intent, taken))})


def paying_small_log(folder: Path, say: Say) -> None:
    """`paying` with a log that is emptied into the file after every few payments."""
    with log_of(30):
        paying(folder, say)


def paying_unsafe(folder: Path, say: Say) -> None:
    """The planted defect: a store that syncs only when the log is emptied."""
    with planted(NORMAL):
        paying(folder, say)


def making(folder: Path, say: Say) -> None:
    """A new hall with its people, a customer, a shift and a payment."""
    ground = make_ground(folder / "hall", customers=1, is_demo=False)
    hall = open_ground(folder / "hall")
    say({"say": "open"})
    pay_one(hall, ground, 0, Random(7), say)
    hall.close()


def migrating(folder: Path, say: Say) -> None:
    """A file of version 1 brought up to this program's."""
    assert migrate_folder(folder) is not None
    say({"say": "migrated"})


def restoring(folder: Path, say: Say) -> None:
    """The backup that lies in the folder, put in the place of the file."""
    restore(folder, folder / "backup.db", now=halls.NOW)
    say({"say": "restored"})


def backing_up(folder: Path, say: Say) -> None:
    """A backup beside a counter that has the hall open."""
    hall = open_ground(folder)
    backup(folder, folder / "backup.db")
    say({"say": "backed up"})
    pay_one(hall, Ground.load(folder), 0, Random(7), say)
    hall.close()


SESSIONS = {
    session.__name__: session
    for session in (paying, paying_small_log, paying_unsafe, making, migrating, restoring, backing_up)
}


if __name__ == "__main__":
    handle = os.open(sys.argv[3], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    SESSIONS[sys.argv[1]](Path(sys.argv[2]), say_to(handle))
