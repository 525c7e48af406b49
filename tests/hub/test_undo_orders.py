"""Payments of one bill, their undo, and credits given back: in every order of arrival each fen is where it belongs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations
from typing import NamedTuple

from counter_app.domain.journal import Posting
from counter_app.hub import tables as t
from counter_app.hub.database import Database
from counter_app.hub.revisions import migrate
from tests.hub.folds import check
from tests.hub.kit import Desk, HubHall
from tests.hub.test_undo import said_of, settle, undo

ASKED = 100


class Deed(NamedTuple):
    """What is done with a bill under a name of its own: `pay`, `undo` or `give` (back what was too much); `of` whom."""

    name: str
    what: str
    fen: int = 0
    of: str = ""


class World(NamedTuple):
    """Deeds in the order in which they were done; what the bill has in the end, what is missing, what is owed still."""

    deeds: tuple[Deed, ...]
    settled_fen: int
    missing_fen: int = 0
    owed: tuple[int, ...] = ()


A, B, C = Deed("A", "pay", 100), Deed("B", "pay", 100), Deed("C", "pay", 100)
PART = Deed("A", "pay", 60)
UNDO_A, UNDO_B, AGAIN_A = Deed("U", "undo", of="A"), Deed("V", "undo", of="B"), Deed("W", "undo", of="A")
WORLDS = {
    "one of two": World((A, B, UNDO_A), 100),
    "the one too many": World((A, B, UNDO_B), 100),
    "both": World((A, B, UNDO_A, UNDO_B), 0),
    "one of three": World((A, B, C, UNDO_A), 100, owed=(100,)),
    "given back and undone": World((A, B, Deed("G", "give", 100, "B"), UNDO_A), 0),
    "given back twice": World((A, B, Deed("G", "give", 100, "B"), UNDO_B), 100, 100),
    "in parts": World((PART, B, UNDO_A), 100),
    "in parts and given": World((PART, B, Deed("G", "give", 60, "B"), UNDO_A), 40),
    "in parts and given twice": World((PART, B, Deed("G", "give", 60, "B"), UNDO_B), 60, 60),
    "undone twice": World((A, UNDO_A, AGAIN_A, B), 100, 100),
    "paid anew": World((A, UNDO_A, B, C), 100, owed=(100,)),
}


def test_whatever_comes_first_every_fen_is_where_it_belongs() -> None:
    database = Database.open("sqlite://")
    migrate(database)
    hall = HubHall(database)
    orders = list(every_order())
    for bill_id, _, _, _ in orders:
        hall.bill(bill_id, ASKED)
    desk = hall.desk("A")
    # what an undo is about may come after it: it was written somewhere before
    written = replace(desk, sent=[])
    for bill_id, _, world, order in orders:
        for deed in world.deeds:
            if deed.what == "pay":
                name = f"{bill_id}-{deed.name}"
                written.pay((bill_id, deed.fen), intent=f"i-{name}", entry_id=name)
        for deed in order:
            do(desk, written, bill_id, deed)
    desk.sent_all()

    check(hall)
    bills = {row["bill_id"]: row for row in hall.rows(t.bill_sums)}
    credits_, waiting = hall.rows(t.credits_), hall.rows(t.suspense)
    seen = [str(task["facts"].get("undo_id") or task["facts"].get("entry_id")) for task in hall.tasks()]
    for bill_id, what, world, order in orders:
        told = f"{what}: {'-'.join(deed.name for deed in order)}"
        begins = f"{bill_id}-"
        assert bills[bill_id]["settled_principal_fen"] == world.settled_fen, told
        owed = tuple(c["amount_fen"] for c in credits_ if c["bill_id"] == bill_id and c["spent_by"] is None)
        assert owed == world.owed, told
        missing = [w for w in waiting if w["entry_id"].startswith(begins) and w["cleared_by"] is None]
        assert -sum(w["amount_fen"] for w in missing) == world.missing_fen, told
        assert any(entry_id.startswith(begins) for entry_id in seen) is (world.missing_fen > 0), told
    database.close()


def every_order() -> Iterator[tuple[int, str, World, Sequence[Deed]]]:
    """Each order of each world, with a bill of its own."""
    bill_id = 0
    for name, world in WORLDS.items():
        for order in permutations(world.deeds):
            bill_id += 1
            yield bill_id, name, world, order


def do(desk: Desk, written: Desk, bill_id: int, deed: Deed) -> None:
    """Write a deed behind a chain; what it is about stands in `written`."""
    entry_id, of = f"{bill_id}-{deed.name}", f"{bill_id}-{deed.of}"
    if deed.what == "pay":
        said = said_of(written, entry_id)
        lines = [Posting(*line) for line in said["postings"]]
        desk.write(said["kind"], said["body"], lines, shift_id=said["shift_id"], entry_id=entry_id)
    elif deed.what == "undo":
        undo(desk, written, of, entry_id=entry_id, staff_no="1002")
    else:
        settle(desk, f"i-{of}:B{bill_id}:excess", deed.fen, entry_id=entry_id)
