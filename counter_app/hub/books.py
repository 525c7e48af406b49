"""Prepaid books at the hub: moves of all counters, in the hub's order; a book below nothing asks for a person."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from counter_app.domain.prepaid import BookOpened
from counter_app.hub import guests
from counter_app.hub import tables as t
from counter_app.hub.accounts import PREPAID, WAITING
from counter_app.hub.batch import Batch
from counter_app.hub.calls import json_text
from counter_app.hub.entries import Arrived, Unfit
from counter_app.hub.rows import BOOKS, MOVES, SUSPENSE, BookMove, BookSum, Guest, MasterRow, Suspense
from counter_app.hub.slate import Slate
from counter_app.hub.sql import find
from counter_app.hub.tasks import OVERDRAWN, Work, close_task, open_task
from counter_app.hub.tasks import SUSPENSE as WAITS_FOR_BOOK

GENERAL = BookOpened("预存", "cash", (), 9)
"""What an account's first book for money of its own is."""
UNDONE = "undone"
"""What the hub's own move against a counter's begins with: no counter knows it by its own entry."""


class Whose(NamedTuple):
    """The account that an entry moves money for, by its id and by its number (empty where the entry has none)."""

    account_id: int
    account_no: str = ""

    @classmethod
    def said_in(cls, body: Mapping[str, Any], account_id: int) -> Whose:
        """An account of this id with the number that a body says; entries of before say none.

        Raises:
            Unfit: `unreadable`: it is no text.
        """
        account_no = body.get("account_no", "")
        if type(account_no) is not str:
            raise Unfit("unreadable")
        return cls(account_id, account_no)


def move(
    slate: Slate,
    batch: Batch,
    entry: Arrived,
    line: int,
    book_id: int,
    fen: int,
    *,
    whose: Whose,
    opened: BookOpened = GENERAL,
) -> bool:
    """Move money into a book (positive) or out of it; whether the book is known.

    Money for a book that nobody knows opens it, as the counter did: an account's first cash book, or what `opened`
    says. A book of an account of another number is another one: the hub has lost the one that was meant, and gave its
    id again.
    """
    home_id, home_book = guests.home_of(slate, batch.hall_id, "book", book_id)
    held = slate.find(BOOKS, home_id, home_book)
    is_new = held is None and fen > 0
    if held is not None and not _is_of(slate, held, whose.account_no):
        held = None
    elif is_new:
        held = _open(slate, batch, entry, book_id, whose, opened)
    row = (f"{entry.entry_id}:{line}", fen, entry.counter_id, entry.at, entry.entry_id)
    if held is None:
        _suspend(slate, batch, entry, book_id, row, whose.account_no)
        return False
    guests.post_between(slate, batch.hall_id, held.hall_id, fen)
    apply_move(slate, batch.at, held, row)
    if is_new and home_id == batch.hall_id:
        _clear(slate, batch, book_id)
    return True


def _clear(slate: Slate, batch: Batch, book_id: int) -> None:
    """Make the moves that waited for a book which a counter has opened: the hub had forgotten it, or heard of what was
    taken out before it heard of what was put in.
    """
    rows = find(slate.ground.connection, t.suspense, "subject_id", [book_id], hall_id=batch.hall_id, kind="book")
    for row in sorted(Suspense(*kept) for kept in rows if kept[-1] is None):
        waiting = slate.need(SUSPENSE, batch.hall_id, row.suspense_id)
        if waiting.cleared_by is None:
            try_again(slate, batch, waiting)


def known(slate: Slate, hall_id: str, book_id: int, whose: Whose) -> BookSum | None:
    """A book of the hall's own account; None where the hub does not know it, or another account has its id."""
    held = slate.find(BOOKS, hall_id, book_id)
    return held if held is not None and _is_of(slate, held, whose.account_no) else None


def move_and_back(
    slate: Slate, batch: Batch, entry: Arrived, moved: Sequence[tuple[int, int]], *, whose: Whose
) -> None:
    """Money that a counter moved and that was not there to move: its moves (book, fen), one a line, and the hub's own
    against them, so that the book of the counter that has the entry is the hub's, too, without any row being changed.
    """
    for line, (book_id, fen) in enumerate(moved, 1):
        name = f"{UNDONE}:{entry.entry_id}" if line == 1 else f"{UNDONE}:{entry.entry_id}:{line}"
        home_id, home_book = guests.home_of(slate, batch.hall_id, "book", book_id)
        held = slate.find(BOOKS, home_id, home_book) or _open(slate, batch, entry, book_id, whose)
        if held is None or not _is_of(slate, held, whose.account_no):
            continue
        its_own = (f"{entry.entry_id}:{line}", fen, entry.counter_id, entry.at, entry.entry_id)
        back = (name, -fen, entry.counter_id, batch.at, entry.entry_id)
        is_there = slate.find(MOVES, held.hall_id, its_own[0]) is not None
        # what goes in comes first: no book is below nothing only for a moment
        for row in sorted([back] if is_there else [its_own, back], key=lambda row: -row[1]):
            apply_move(slate, batch.at, slate.need(BOOKS, held.hall_id, held.book_id), row)


def put_in(slate: Slate, batch: Batch, entry: Arrived, book_id: int, fen: int, *, whose: Whose) -> BookSum | None:
    """Money in a book whose other side stands elsewhere; the book afterwards, None where nobody knows it."""
    home_id, home_book = guests.home_of(slate, batch.hall_id, "book", book_id)
    held = slate.find(BOOKS, home_id, home_book) or _open(slate, batch, entry, book_id, whose)
    if held is None or not _is_of(slate, held, whose.account_no):
        return None
    apply_move(slate, batch.at, held, (f"{entry.entry_id}:1", fen, entry.counter_id, entry.at, entry.entry_id))
    return slate.need(BOOKS, held.hall_id, held.book_id)


def is_put_in(slate: Slate, hall_id: str, entry: Arrived) -> bool:
    """Whether an entry's money is in its book already."""
    return slate.find(MOVES, hall_id, f"{entry.entry_id}:1") is not None


def apply_move(slate: Slate, at: str, held: BookSum, row: tuple[str, int, str, str, str | None]) -> None:
    """Write a move: (its id, fen, counter, moment, entry)."""
    move_id, fen, counter_id, moved_at, entry_id = row
    made = BookMove(held.hall_id, move_id, held.book_id, fen, counter_id, moved_at, entry_id)
    slate.put(MOVES, made)
    slate.tell_row(held.hall_id, "book_move", body_of(made))
    slate.post(held.hall_id, PREPAID, "", -fen)
    now = held._replace(moved_fen=held.moved_fen + fen)
    slate.put(BOOKS, now)
    left_fen = now.opening_fen + now.moved_fen
    if left_fen < 0 and fen < 0:
        facts = {"book_id": held.book_id, "entry_id": entry_id, "balance_fen": left_fen}
        work = Work(OVERDRAWN, move_id, counter_id, max(fen, left_fen), facts, account_id=held.account_id)
        open_task(slate, held.hall_id, at, work)


def body_of(row: BookMove) -> dict[str, Any]:
    """The row of a move as a feed and a snapshot bring it."""
    return {
        "move_id": row.move_id,
        "book_id": row.book_id,
        "amount_fen": row.amount_fen,
        "counter_id": row.counter_id,
        "at": row.at,
    }


def try_again(slate: Slate, batch: Batch, waiting: Suspense) -> bool:
    """Make a move that waited for its book; whether the book is known now."""
    assert waiting.subject_id is not None, "a move waits for a book"
    home_id, home_book = guests.home_of(slate, batch.hall_id, "book", waiting.subject_id)
    # a guest's home has to be held, or nobody there would hear of it
    held = slate.find(BOOKS, home_id, home_book) if home_id in slate.ground.ends else None
    facts = json.loads(waiting.facts)
    if held is None or not _is_of(slate, held, facts.get("account_no", "")):
        return False
    slate.post(batch.hall_id, WAITING, "", waiting.amount_fen)
    guests.post_between(slate, batch.hall_id, held.hall_id, waiting.amount_fen)
    apply_move(slate, batch.at, held, tuple(facts["row"]))
    slate.put(SUSPENSE, waiting._replace(cleared_by=waiting.suspense_id))
    close_task(slate, batch.hall_id, waiting.task_id, batch.at, book_id=held.book_id)
    return True


def open_for(slate: Slate, batch: Batch, waiting: Suspense, account: MasterRow) -> None:
    """Open the first book of a guest's account at the guest's home for money that went into one at this hall."""
    assert waiting.subject_id is not None, "a move waits for a book"
    if waiting.amount_fen > 0 and slate.guest(batch.hall_id, "book", waiting.subject_id) is None:
        home_book = slate.ground.next_guest_id(account.hall_id)
        slate.put_guest(Guest(batch.hall_id, "book", waiting.subject_id, account.hall_id, home_book))
        on = json.loads(waiting.facts)["row"][3][:10]
        open_book(slate, account.hall_id, account, home_book, GENERAL, on, source="counter")


def _is_of(slate: Slate, held: BookSum, account_no: str) -> bool:
    if not account_no:
        return True
    account = slate.master(held.hall_id, "account", held.account_id)
    return account is not None and account.key == account_no


def _open(
    slate: Slate, batch: Batch, entry: Arrived, book_id: int, whose: Whose, opened: BookOpened = GENERAL
) -> BookSum | None:
    home_id, home_account = guests.home_of(slate, batch.hall_id, "account", whose.account_id)
    account = slate.master(home_id, "account", home_account)
    if account is None or whose.account_no not in ("", account.key):
        return None
    home_book = book_id
    if home_id != batch.hall_id:
        home_book = slate.ground.next_guest_id(home_id)
        slate.put_guest(Guest(batch.hall_id, "book", book_id, home_id, home_book))
    return open_book(slate, home_id, account, home_book, opened, entry.business_date, source="counter")


def open_book(
    slate: Slate, hall_id: str, account: MasterRow, book_id: int, opened: BookOpened, on: str, *, source: str
) -> BookSum:
    """A new, empty book of an account of a hall, told to the hall."""
    assert account.id is not None, "an account has an id"
    body = {
        "id": book_id,
        "account_id": account.id,
        "name": opened.name,
        "kind": opened.kind,
        "items": list(opened.items),
        "priority": opened.priority,
        "valid_to": None,
        "opening_fen": 0,
        "opening_source": source,
        "opened_on": on,
    }
    made = BookSum(hall_id, book_id, account.id, 0, 0)
    slate.put(BOOKS, made)
    text = json_text(body)
    slate.put_master(MasterRow(hall_id, "book", f"id:{book_id}", book_id, account.customer_id, text))
    slate.tell(hall_id, "book", text)
    return made


def _suspend(
    slate: Slate, batch: Batch, entry: Arrived, book_id: int, row: tuple[str, int, str, str, str], account_no: str
) -> None:
    move_id, fen, *_ = row
    waits = {"row": list(row), "account_no": account_no} if account_no else {"row": list(row)}
    slate.post(batch.hall_id, WAITING, "", -fen)
    facts = {"book_id": book_id, "entry_id": entry.entry_id}
    work = Work(WAITS_FOR_BOOK, move_id, entry.counter_id, fen, facts, customer_id=entry.customer_id)
    task_id = open_task(slate, batch.hall_id, batch.at, work)
    slate.put(
        SUSPENSE,
        Suspense(batch.hall_id, move_id, entry.entry_id, "book", book_id, fen, json_text(waits), task_id, None),
    )
