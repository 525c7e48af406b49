"""Prepaid money moved to another use, and the rest given back at closing, as counters tell of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from counter_app.domain.book_moves import MOVE, REFUND
from counter_app.domain.prepaid import BookKind, BookOpened
from counter_app.domain.rights import Right
from counter_app.domain.topups import NOTE, TOPUP, noted_id
from counter_app.hub import books, guests
from counter_app.hub.accounts import PREPAID
from counter_app.hub.batch import Batch
from counter_app.hub.books import Whose
from counter_app.hub.entries import Arrived, Unfit, number, whole, words
from counter_app.hub.rows import MOVES, BookMove
from counter_app.hub.slate import Slate

OTHER_SUM = "not_what_it_says"
"""Why an entry is kept apart that moves something else than it says."""
_DRAWER = "drawer"
_BOOK_KINDS = ("cash", "earmarked")
_MOST_ITEMS = 40


def act(slate: Slate, batch: Batch, entry: Arrived) -> None:
    """Move what an entry moves in books, and out of the drawer what a refund gave back.

    Raises:
        Unfit: `unreadable`, `out_of_bounds`, `no_right`, `unknown_staff`, `no_approver`; `not_what_it_says`: its
            postings are not its books, or they do not come to what they must.
    """
    body = entry.body
    try:
        moved = [(number(book_id), whole(fen)) for book_id, fen in body["books"]]
        people = [words(staff_no) for staff_no in body["approvers"]]
        accounts = [_whose(body, "account_id", "account_no")]
        opened = books.GENERAL
        if entry.kind == MOVE:
            accounts.append(_whose(body, "to_account_id", "to_account_no"))
            opened = _opened(body["to"])
        amount_fen = whole(body["amount_fen"])
    except (KeyError, TypeError, ValueError) as error:
        raise Unfit("unreadable", type(error).__name__) from error
    _check(entry, moved, amount_fen)
    _check_people(batch, entry, people)
    for line, (book_id, fen) in enumerate(moved, 1):
        books.move(slate, batch, entry, line, book_id, fen, whose=accounts[fen > 0], opened=opened)
    for account, subject, fen in entry.postings:
        if account == _DRAWER:
            slate.post(batch.hall_id, account, subject, fen)


def note(slate: Slate, batch: Batch, entry: Arrived) -> None:
    """A receipt was given for money that another channel took: once, which every counter hears of as a move of nothing.

    Raises:
        Unfit: `unreadable`, `no_right`, `unknown_staff`; `no_such_move`: the hub knows of no such money, or of another
            sum; `noted_already`: another counter gave one before.
    """
    body = entry.body
    try:
        move_id, amount_fen = words(body["move_id"]), whole(body["amount_fen"])
    except (KeyError, TypeError) as error:
        raise Unfit("unreadable", type(error).__name__) from error
    batch.need(entry, Right.TAKE_PAYMENT)
    home_id, _ = guests.home_of(slate, batch.hall_id, "book", number(body.get("book_id")))
    noted = slate.find(MOVES, home_id, move_id)
    if noted is None or not move_id.startswith(TOPUP) or noted.amount_fen != amount_fen:
        raise Unfit("no_such_move", move_id)
    before = slate.find(MOVES, home_id, noted_id(move_id))
    if before is not None:
        raise Unfit("noted_already", before.entry_id or "")
    made = BookMove(home_id, noted_id(move_id), noted.book_id, 0, entry.counter_id, entry.at, entry.entry_id)
    slate.put(MOVES, made)
    slate.tell_row(home_id, "book_move", books.body_of(made))


def _whose(body: Mapping[str, Any], account: str, account_no: str) -> Whose:
    return Whose(number(body[account]), words(body[account_no]))


def _opened(said: Mapping[str, Any]) -> BookOpened:
    kind, items, priority = said["kind"], said["items"], said["priority"]
    is_right = kind in _BOOK_KINDS and type(items) is list and len(items) <= _MOST_ITEMS
    if not is_right or type(priority) is not int or not 0 <= priority < 100:
        raise Unfit("unreadable")
    return BookOpened(words(said["name"]), cast("BookKind", kind), tuple(map(words, items)), priority)


def _check(entry: Arrived, moved: Sequence[tuple[int, int]], amount_fen: int) -> None:
    """Hold an act to its form: a move takes out of one book what it puts into another, a refund takes out of books
    what it gives out of the drawer of its shift.
    """
    expected = [(PREPAID, str(book_id), -fen) for book_id, fen in moved]
    if entry.kind == MOVE:
        ids, sums = zip(*moved, strict=True) if moved else ((), ())
        is_right = len(set(ids)) == 2 and sums == (-amount_fen, amount_fen)
    else:
        is_right = bool(moved) and all(fen < 0 for _, fen in moved) and -sum(fen for _, fen in moved) == amount_fen
        expected.append((_DRAWER, entry.shift_id or "", -amount_fen))
    if not is_right or amount_fen <= 0 or sorted(entry.postings) != sorted(expected):
        raise Unfit(OTHER_SUM)


def _check_people(batch: Batch, entry: Arrived, people: Sequence[str]) -> None:
    """Whoever makes it does not sign it; a small move is left to one person by the pack, cash given back never is."""
    batch.need(entry, Right.TAKE_PAYMENT)
    is_missing = not people and entry.kind == REFUND
    first = people[0] if people else ""
    if is_missing or first != entry.approver_no or entry.staff_no in people or len(set(people)) < len(people):
        raise Unfit("no_approver")
    for staff_no in people:
        batch.need(entry, Right.SIGN_OFF, staff_no=staff_no)


HANDLERS = {MOVE: act, REFUND: act, NOTE: note}
"""What each of these kinds does."""
