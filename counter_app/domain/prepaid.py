"""Prepaid money in books (账本): which book pays which item, and in what order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from counter_app.domain.money import Fen

BookKind = Literal["earmarked", "benefit", "cash"]
BOOK_ORDER: tuple[BookKind, ...] = ("earmarked", "benefit", "cash")
"""Earmarked money first, benefits next, cash last (domain_rules 7; 001-43, 001-44)."""


_USUAL = (1, 2, 9)
"""The priorities of books that have no order of their own, by the order of their kinds."""


@dataclass(frozen=True, slots=True)
class Book:
    """A book of prepaid money: `items` limits what it pays (空 = everything), `valid_to` is the last day it may be
    used.

    `priority` is the pack's or the contract's own order; without it the kind decides: earmarked, benefit, cash.
    """

    book: str
    balance_fen: Fen
    items: tuple[str, ...] = ()
    priority: int | None = None
    valid_to: date | None = None
    kind: BookKind | None = None

    @property
    def kind_of_money(self) -> BookKind:
        """The kind as given, or as the book's limits tell it."""
        if self.kind is not None:
            return self.kind
        if self.items:
            return "earmarked"
        return "cash" if self.valid_to is None else "benefit"

    def is_expired(self, on: date | None) -> bool:
        """Whether its last day is over; an expired benefit is neither used nor refunded."""
        return on is not None and self.valid_to is not None and self.valid_to < on


@dataclass(frozen=True, slots=True)
class BookOpened:
    """What a book is that a counter opens: empty, and without a last day."""

    name: str
    kind: BookKind
    items: tuple[str, ...]
    priority: int


@dataclass(frozen=True, slots=True)
class Purpose:
    """A use for which the pack lets money be set aside: the book's name, the items that it pays, its place in the order
    of use.
    """

    code: str
    name: str
    items: tuple[str, ...]
    priority: int


@dataclass(frozen=True, slots=True)
class BookRules:
    """What the pack says of books: kinds whose money is the customer's `own` (it may be moved, and comes back when the
    account is closed), and the `purposes` it may be set aside for.
    """

    own: tuple[BookKind, ...]
    purposes: tuple[Purpose, ...]


@dataclass(frozen=True, slots=True)
class BookUse:
    """What a book pays of one item, in fen."""

    book: str
    item: str
    amount_fen: Fen


@dataclass(frozen=True, slots=True)
class BooksUsed:
    """How a bill's items were paid from books: every use in order, taken and left of every book as given, and what
    stays unpaid.
    """

    uses: tuple[BookUse, ...]
    taken: tuple[tuple[str, Fen], ...]
    left: tuple[tuple[str, Fen], ...]
    unpaid: tuple[tuple[str, Fen], ...]

    @property
    def unpaid_fen(self) -> Fen:
        """What no book could pay."""
        return sum(amount_fen for _, amount_fen in self.unpaid)


def by_pack(book: Book, order: tuple[BookKind, ...]) -> Book:
    """The book with its place in the pack's order of kinds, where it has no order of its own: only that of its kind,
    under which files and counters open books.
    """
    kind = book.kind_of_money
    if order == BOOK_ORDER or book.priority != _USUAL[BOOK_ORDER.index(kind)]:
        return book
    return replace(book, priority=_USUAL[order.index(kind)])


def in_order_of_use(books: Sequence[Book], order: tuple[BookKind, ...] = BOOK_ORDER) -> list[int]:
    """The places of the books in the order in which they pay.

    By priority (or kind), then earmarked before general, then the soonest end date, then the narrower book, then as
    given.
    """

    def rank(i: int) -> tuple[int, bool, date, int, int]:
        book = books[i]
        priority = book.priority if book.priority is not None else order.index(book.kind_of_money) + 1
        return priority, not book.items, book.valid_to or date.max, len(book.items), i

    return sorted(range(len(books)), key=rank)


def use_books(
    items: Sequence[tuple[str, Fen]],
    books: Sequence[Book],
    on: date | None = None,
    *,
    order: tuple[BookKind, ...] = BOOK_ORDER,
) -> BooksUsed:
    """Pay a bill's items from books: an earmarked book pays its items only, an expired one pays nothing (001-44).

    Without `on` no book is taken as expired.
    """
    open_fen = [amount_fen for _, amount_fen in items]
    left = [book.balance_fen for book in books]
    uses: list[BookUse] = []
    for i in in_order_of_use(books, order):
        book = books[i]
        if book.is_expired(on):
            continue
        for j, (item, _) in enumerate(items):
            amount_fen = min(left[i], open_fen[j])
            if amount_fen > 0 and (not book.items or item in book.items):
                left[i] -= amount_fen
                open_fen[j] -= amount_fen
                uses.append(BookUse(book.book, item, amount_fen))
    return BooksUsed(
        uses=tuple(uses),
        taken=tuple((book.book, book.balance_fen - left[i]) for i, book in enumerate(books)),
        left=tuple((book.book, left[i]) for i, book in enumerate(books)),
        unpaid=tuple((item, open_fen[j]) for j, (item, _) in enumerate(items) if open_fen[j]),
    )
