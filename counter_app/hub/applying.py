"""Applying entries that were received: worked out together and written at once, under the feeds of their halls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection, bindparam, literal_column, select
from sqlalchemy.exc import DataError, IntegrityError

from counter_app.hub import books, guests, ledger, payments, reach, recover, waiting
from counter_app.hub import tables as t
from counter_app.hub.batch import Batch, batch_of
from counter_app.hub.entries import Arrived, Unfit
from counter_app.hub.rows import BILLS, BOOKS, LINES, SETTLEMENTS, SUSPENSE, Guest, Quarantined, Suspense
from counter_app.hub.slate import Ground, Slate
from counter_app.hub.sql import ask, find
from counter_app.sync.wire import Fate

_ITS_FAULT = (DataError, IntegrityError, OverflowError, ValueError, AssertionError)
"""What is said to rows that a data base cannot hold, or that break the ledger's law; all else is trouble of its own."""
_WAITING_FOR_BILLS = select(t.suspense).where(
    t.suspense.c.hall_id == bindparam("hall"),
    t.suspense.c.kind == literal_column("'bill'"),
    t.suspense.c.cleared_by.is_(None),
)
REDRIVEN = 200
"""Entries that are tried again in one transaction."""


def apply_all(connection: Connection, batch: Batch, entries: Sequence[Arrived]) -> list[Fate]:
    """Apply entries together, and one by one where the data base does not take them together."""
    try:
        with connection.begin_nested():
            return _apply(connection, batch, entries)
    except _ITS_FAULT:
        return [_apply_alone(connection, batch, entry) for entry in entries]


def redrive(connection: Connection, hall_id: str, at: str, *, reasons: Iterable[str] = ()) -> int:
    """Try entries again that were kept apart (those with one of these reasons, or all); how many are applied now.

    After an upgrade, or when what they lacked has come. Call it again until it says 0.
    """
    row = t.quarantine
    question = select(row).where(row.c.hall_id == hall_id, row.c.freed_at.is_(None))
    chosen = list(reasons)
    if chosen:
        question = question.where(row.c.reason.in_(chosen))
    kept = [Quarantined(*found) for found in connection.execute(question)]
    # an entry may lean on the one before it: in the order of their chains
    kept.sort(key=lambda one: (one.since_at, one.counter_id, one.epoch, one.seq))
    batch, freed = batch_of(connection, hall_id, at), 0
    for one in kept:
        if one.reason == ledger.NOT_UNDERSTOOD and not ledger.understands(one.kind):
            continue
        place = (one.counter_id, one.epoch, one.seq)
        try:
            entry = recover.entry_at(connection, batch, place, one.entry_id)
        except Unfit:
            continue
        if entry is None:
            continue
        try:
            with connection.begin_nested():
                slate = Slate(_ground(connection, batch, [entry]))
                freed += ledger.free(slate, batch, one)
                _write(slate)
        except _ITS_FAULT:
            continue
        if freed == REDRIVEN:
            break
    return freed


def clear_suspense(slate: Slate, batch: Batch, *, bills: Sequence[int], books_: Sequence[int]) -> None:
    """Put money that waited for these bills and books where it belongs: bills by their numbers, for one that the hub
    has lost and that is brought again may have another id.
    """
    connection, hall_id = slate.ground.connection, batch.hall_id
    if bills:
        ids, numbers = set(bills), {bill.bill_no for bill in slate.made(BILLS)}
        waiting = (Suspense(*kept) for kept in ask(connection, _WAITING_FOR_BILLS, hall=hall_id))
        for row in sorted(row for row in waiting if _number_in(row) in numbers or row.subject_id in ids):
            payments.try_again(slate, batch, row)
    rows = find(connection, t.suspense, "subject_id", list(books_), hall_id=hall_id, kind="book")
    for row in sorted(Suspense(*kept) for kept in rows if kept[-1] is None):
        books.try_again(slate, batch, row)


def _number_in(row: Suspense) -> str:
    return row.suspense_id.partition(":")[2]


def _apply(connection: Connection, batch: Batch, entries: Sequence[Arrived]) -> list[Fate]:
    slate = Slate(_ground(connection, batch, entries))
    fates = [ledger.receive(slate, batch, entry) for entry in entries]
    waiting.remind(slate, batch)
    _write(slate)
    return fates


def _write(slate: Slate) -> None:
    guests.mirror(slate)
    slate.write()


def _apply_alone(connection: Connection, batch: Batch, entry: Arrived) -> Fate:
    """One entry of a batch that the data base refused: apart, if it is the one; at last without its amounts."""
    try:
        with connection.begin_nested():
            return _apply(connection, batch, [entry])[0]
    except _ITS_FAULT as error:
        detail = type(error).__name__
    bare = replace(entry, problem=ledger.FAILED, postings=(), kind="?", staff_no="", business_date="", customer_id=None)
    for kept in (entry, bare):
        try:
            with connection.begin_nested():
                slate = Slate(_ground(connection, batch, [entry]))
                fate = ledger.keep_apart(slate, batch, kept, ledger.FAILED, detail)
                _write(slate)
                return fate
        except _ITS_FAULT:
            continue
    raise AssertionError("an entry without its facts can always be kept apart")


def _ground(connection: Connection, batch: Batch, entries: Sequence[Arrived]) -> Ground:
    """Hold the feeds of every hall that the entries may reach, and read what they are about in few statements."""
    hall_id = batch.hall_id
    all_entries = [inner for entry in entries for inner in reach.with_inner(batch, entry)]
    named = reach.named(all_entries)

    def look() -> list[Guest]:
        if not guests.has_any(connection, hall_id):
            return []
        return guests.touched(connection, hall_id, sorted(reach.behind(connection, batch, all_entries)))

    # few entries touch another hall: it is looked for once, under the hall's own feed
    ends, found = guests.hold(connection, hall_id, look, [])
    ground = Ground(connection, ends, found, at=batch.at)
    ground.load(LINES, hall_id, [entry.entry_id for entry in all_entries])
    ground.load(BILLS, hall_id, sorted(named.bills))
    ground.load(BOOKS, hall_id, sorted(named.books))
    ground.load(SETTLEMENTS, hall_id, sorted(named.settlements))
    ground.load(SUSPENSE, hall_id, sorted(named.settlements))
    return ground
