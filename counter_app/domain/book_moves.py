"""Prepaid money moved to another use (预存转用途, 预收转负控购电), and the rest given back at closing (销户退款)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from counter_app.domain.book_refusals import (
    AccountOwes,
    AccountStillOpen,
    BookExpired,
    BookHoldsLess,
    BookMoneyStays,
    BookReasonMissing,
    BookSumMissing,
    NothingToGiveBack,
    SameBook,
)
from counter_app.domain.customers import HeldBook
from counter_app.domain.money import Fen
from counter_app.domain.payments import Position
from counter_app.domain.prepaid import BookKind, BookRules
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import DrawerTooLow

MOVE, REFUND = "book.move", "book.refund"
"""The kinds of their entries."""

CLOSED = "closed"
"""The state of a service that is no more."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where money may go: a book of an account; `book_id` None: it is opened for it. `number` is 0 for the general book
    and the place of its purpose in the pack for the others.
    """

    account_id: int
    account_no: str
    book_id: int | None
    name: str
    kind: BookKind
    items: tuple[str, ...]
    priority: int
    balance_fen: Fen = 0
    number: int = 0

    @property
    def key(self) -> str:
        """What one target is told from another by, before it is opened and after."""
        return f"{self.account_id}:{self.kind}:{','.join(self.items)}"


@dataclass(frozen=True, slots=True)
class MoveWish:
    """What the teller is about to move: out of which book, to which target (its key), how much, and why."""

    book_id: int
    target: str
    amount_fen: Fen
    reason: str


@dataclass(frozen=True, slots=True)
class BookMovePlan:
    """What a move does, to the fen; `signatures` is what the pack asks for."""

    account_no: str
    source: HeldBook
    target: Target
    amount_fen: Fen
    signatures: int = 0

    @property
    def source_left_fen(self) -> Fen:
        """What the book holds afterwards."""
        return self.source.book.balance_fen - self.amount_fen

    @property
    def target_left_fen(self) -> Fen:
        """What the other one holds afterwards."""
        return self.target.balance_fen + self.amount_fen

    @property
    def digest(self) -> tuple[object, ...]:
        """Two plans with the same digest do the same; it is compared, never kept."""
        return self.source.id, self.source.book.balance_fen, self.target, self.amount_fen


@dataclass(frozen=True, slots=True)
class BookRefundPlan:
    """What closing an account's books gives back in cash: all of the customer's own money, book by book; `kept` are the
    books whose money was a gift or is for a purpose only: it is not given back, and stays where it is.
    """

    account_no: str
    books: tuple[HeldBook, ...]
    kept: tuple[HeldBook, ...]
    signatures: int = 1

    @property
    def amount_fen(self) -> Fen:
        """What goes out of the drawer."""
        return sum(held.book.balance_fen for held in self.books)

    @property
    def kept_fen(self) -> Fen:
        """What does not come back."""
        return sum(held.book.balance_fen for held in self.kept)

    @property
    def digest(self) -> tuple[object, ...]:
        """Two plans with the same digest do the same; it is compared, never kept."""
        return tuple((held.id, held.book.balance_fen) for held in (*self.books, *self.kept))


def targets(
    accounts: Iterable[tuple[int, str]], books: Sequence[HeldBook], rules: BookRules, on: date
) -> tuple[Target, ...]:
    """Where money may go: into the general book of each of the customer's accounts (id and number), and into those of
    the pack's purposes, whether they are there yet or not; of several for the same, into the one that is used first.
    """
    purposes = enumerate(rules.purposes, 1)
    general = Target(0, "", None, "预存", "cash", (), 9)
    wanted = [general, *(Target(0, "", None, p.name, "earmarked", p.items, p.priority, 0, n) for n, p in purposes)]
    found: list[Target] = []
    for account_id, account_no in accounts:
        usable = [held for held in books if held.account_id == account_id and not held.book.is_expired(on)]
        for one in wanted:
            there = [_target(held, account_no) for held in usable if _is_for(held, one)]
            found += there[:1] or [replace(one, account_id=account_id, account_no=account_no)]
    return tuple(found)


def plan_move(position: Position, to: Sequence[Target], rules: BookRules, wish: MoveWish) -> BookMovePlan:
    """What moving money between two books would do.

    Raises:
        Refused: `BookMoneyStays`, `BookExpired`, `SameBook`, `BookSumMissing`, `BookHoldsLess`, `BookReasonMissing`.
    """
    source = next((held for held in position.books if held.id == wish.book_id), None)
    if source is None or source.book.kind_of_money not in rules.own:
        raise Refused(BookMoneyStays(source.name if source else "", source.book.kind_of_money if source else "cash"))
    if source.book.is_expired(position.on):
        assert source.book.valid_to is not None
        raise Refused(BookExpired(source.name, source.book.valid_to))
    target = next((one for one in to if one.key == wish.target), None)
    if target is None or target.book_id == source.id:
        raise Refused(SameBook(source.name))
    if wish.amount_fen <= 0:
        raise Refused(BookSumMissing())
    if wish.amount_fen > source.book.balance_fen:
        raise Refused(BookHoldsLess(source.name, source.book.balance_fen, wish.amount_fen))
    if not wish.reason.strip():
        raise Refused(BookReasonMissing())
    return BookMovePlan(position.account.account_no, source, target, wish.amount_fen)


def plan_refund(position: Position, rules: BookRules, *, in_drawer_fen: Fen) -> BookRefundPlan:
    """What closing the books of an account would give back: after all bills, own money only, out of the drawer.

    Raises:
        Refused: `AccountStillOpen`, `AccountOwes`, `NothingToGiveBack`, `DrawerTooLow`.
    """
    running = tuple(service.number for service in position.services if service.state != CLOSED)
    if running:
        raise Refused(AccountStillOpen(position.account.account_no, len(running)))
    if position.open_bills:
        owed_fen = sum(one.debt.total_fen for one in position.open_bills)
        raise Refused(AccountOwes(position.account.account_no, len(position.open_bills), owed_fen))
    filled = [held for held in position.books if held.book.balance_fen > 0]
    own = tuple(held for held in filled if held.book.kind_of_money in rules.own)
    made = BookRefundPlan(position.account.account_no, own, tuple(held for held in filled if held not in own))
    if not made.amount_fen:
        raise Refused(NothingToGiveBack(position.account.account_no, made.kept_fen))
    if made.amount_fen > in_drawer_fen:
        raise Refused(DrawerTooLow(made.amount_fen))
    return made


def _is_for(held: HeldBook, wanted: Target) -> bool:
    book = held.book
    return book.kind_of_money == wanted.kind and set(book.items) == set(wanted.items)


def _target(held: HeldBook, account_no: str) -> Target:
    book = held.book
    return Target(
        *(held.account_id, account_no, held.id, held.name),
        *(book.kind_of_money, book.items, book.priority or 0, book.balance_fen),
    )
