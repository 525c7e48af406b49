"""The figures of a shift (X 报告, Z 报告): each computed twice, from the postings and from the rows, and compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from counter_app.domain.book_moves import REFUND as BOOK_REFUND
from counter_app.domain.money import Fen
from counter_app.domain.payments import CASH
from counter_app.domain.refusals import Refusal
from counter_app.domain.safe import DROP
from counter_app.domain.shifts import Shift
from counter_app.domain.tasks import SETTLED
from counter_app.domain.undo import OLD_CHEQUE, TO_BANK, TRANSFER

DRAWER = "drawer"
TAKE, OPEN, CLOSE = "payment.take", "shift.open", "shift.close"
IN, OUT, RECOVERED = "cash.in", "cash.out", "recover.chain"
RETENDER = "payment.retender"
UNDO_WAYS: Mapping[str, str] = {"payment.reverse": "reverse", "payment.refund": "refund", "payment.move": "move"}
"""The kinds of entries that undo a payment, and the way that the row of the undo names."""

NOT_HELD = frozenset((TRANSFER, TO_BANK, OLD_CHEQUE))
"""Tenders of which nothing lies in the drawer: money between two payments, what the bank is told to send back, and
cheques that earlier shifts have handed in.
"""

_PARTS: Mapping[str, str] = {"receivable": "principal", "late_fee": "late_fee", "cost": "cost"}
_BOOKS = "prepaid"
_ERRANDS: Mapping[str, str] = {
    OPEN: "float",
    IN: "cash_in",
    OUT: "cash_out",
    SETTLED: "given_back",
    BOOK_REFUND: "book_refund",
    DROP: "dropped",
}
_IN_HAND: Mapping[str, str] = {"recovered": CASH, **dict.fromkeys(_ERRANDS.values(), CASH)}
"""Which tender a figure without one in its name is held in."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: fen, how many, and the entries it opens to, by their ids in the order of the journal.

    Out of the counter is negative. The names: `float`, `cash_in`, `cash_out`, `dropped`, `given_back`, `book_refund`,
    `recovered`, `receipts`; `taken.T`, `back.T`, `retender.T` and `expected.T` for a tender T; `settled.P` and
    `open_again.P` for principal, late_fee and cost; `prepaid.used`, `prepaid.stored`, `prepaid.undone`; `undone.W` for
    a way of undoing.
    """

    name: str
    fen: Fen
    count: int
    rows: tuple[str, ...]


Figures = Mapping[str, Figure]


class PostedLine(NamedTuple):
    """A posting of an entry of the shift, or one that moves the shift's drawer."""

    entry_id: str
    kind: str
    account: str
    subject: str
    amount_fen: Fen


class PaidRow(NamedTuple):
    """A payment of the shift as its rows have it."""

    payment_id: str
    receipt_no: str
    change_fen: Fen
    prepaid_used_fen: Fen
    prepaid_stored_fen: Fen


class TenderRow(NamedTuple):
    """A tender of a payment as handed over; or, for an undo or a corrected tender, what moved by it."""

    entry_id: str
    tender: str
    amount_fen: Fen


class SettledRow(NamedTuple):
    """What an entry settled of one bill; taken back is negative."""

    entry_id: str
    principal_fen: Fen
    late_fee_fen: Fen
    cost_fen: Fen


class ToldRow(NamedTuple):
    """What an entry of the shift says itself that it moved in the drawer: it has no rows of its own."""

    entry_id: str
    kind: str
    amount_fen: Fen


@dataclass(frozen=True, slots=True)
class ShiftRows:
    """Everything that the rows say of a shift: the second path. `undone` are undo and way, and the fen in books that
    it moved back; `float_of` is the entry that opened the shift.
    """

    float_of: tuple[str, Fen]
    payments: tuple[PaidRow, ...]
    tenders: tuple[TenderRow, ...]
    settled: tuple[SettledRow, ...]
    undone: tuple[tuple[str, str, Fen], ...]
    moved: tuple[TenderRow, ...]
    told: tuple[ToldRow, ...]


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """The figures of a shift on which both paths agree."""

    shift: Shift
    figures: tuple[Figure, ...]
    receipt_nos: tuple[str, ...]

    def fen(self, name: str) -> Fen:
        """The fen of a figure; nothing where the shift has none of it."""
        return next((figure.fen for figure in self.figures if figure.name == name), 0)

    def count(self, name: str) -> int:
        """How many a figure has."""
        return next((figure.count for figure in self.figures if figure.name == name), 0)

    def rows(self, name: str) -> tuple[str, ...]:
        """The entries a figure opens to."""
        return next((figure.rows for figure in self.figures if figure.name == name), ())

    @property
    def expected_fen(self) -> dict[str, Fen]:
        """What there must be by each tender: cash in the drawer, slips of the others."""
        return {
            figure.name.removeprefix("expected."): figure.fen
            for figure in self.figures
            if figure.name.startswith("expected.")
        }


@dataclass(frozen=True, slots=True)
class FiguresDiffer(Refusal):
    """A figure of the shift is one thing by the postings and another by the rows: nothing is closed on it."""

    figure: str
    posted_fen: Fen
    posted_count: int
    kept_fen: Fen
    kept_count: int


def report_of(shift: Shift, posted: Iterable[PostedLine], rows: ShiftRows) -> ShiftReport | FiguresDiffer:
    """The figures of a shift, or the first on which the two paths do not agree."""
    by_postings, by_rows = figures_of_postings(shift.shift_id, posted), figures_of_rows(rows)
    for name in sorted(by_postings.keys() | by_rows.keys()):
        nothing = Figure(name, 0, 0, ())
        one, other = by_postings.get(name, nothing), by_rows.get(name, nothing)
        if (one.fen, one.count, set(one.rows)) != (other.fen, other.count, set(other.rows)):
            return FiguresDiffer(name, one.fen, one.count, other.fen, other.count)
    return ShiftReport(shift, tuple(by_postings.values()), tuple(row.receipt_no for row in rows.payments))


def figures_of_postings(shift_id: str, posted: Iterable[PostedLine]) -> Figures:
    """The first path: a fold of the postings, which knows the rows of no payment."""
    made = _Sums()
    for line in posted:
        entry_id, kind, account, _, fen = line
        if kind == CLOSE:
            # the figures are those on which a shift is closed
            continue
        is_undo = kind in UNDO_WAYS
        if account in _PARTS or account == _BOOKS:
            if kind == TAKE or is_undo:
                made.add(_of_other_side(account, fen, is_undo=is_undo), abs(fen) if kind == TAKE else -fen, entry_id)
        elif name := _of_tender(line, shift_id):
            made.add(name, fen, entry_id)
            if is_undo:
                made.add(f"undone.{UNDO_WAYS[kind]}", fen, entry_id)
        if kind == TAKE:
            made.add("receipts", 0, entry_id)
    return made.figures()


def _of_other_side(account: str, fen: Fen, *, is_undo: bool) -> str:
    """The figure of what a payment or its undo did to bills and books."""
    if account in _PARTS:
        return f"{'open_again' if is_undo else 'settled'}.{_PARTS[account]}"
    return "prepaid.undone" if is_undo else "prepaid.used" if fen > 0 else "prepaid.stored"


def _of_tender(line: PostedLine, shift_id: str) -> str:
    """The figure of a posting in the drawer or of another tender; empty for the other side of it."""
    tender = CASH if line.account == DRAWER else line.account
    if line.kind == TAKE:
        return f"taken.{tender}"
    if line.kind in UNDO_WAYS:
        return f"back.{tender}"
    if line.kind == RETENDER:
        return f"retender.{tender}"
    if line.account != DRAWER or line.subject != shift_id:
        return ""
    return _ERRANDS.get(line.kind, "recovered" if line.kind == RECOVERED else f"other.{line.kind}")


def figures_of_rows(rows: ShiftRows) -> Figures:
    """The second path: payments, tenders, settlements and undo as their rows have them, errands as entries say them."""
    made = _Sums()
    made.add("float", rows.float_of[1], rows.float_of[0])
    for paid in rows.payments:
        made.add("receipts", 0, paid.payment_id)
        made.add("prepaid.used", paid.prepaid_used_fen, paid.payment_id)
        made.add("prepaid.stored", paid.prepaid_stored_fen, paid.payment_id)
        made.add(f"taken.{CASH}", -paid.change_fen, paid.payment_id)
    undone = {undo_id: way for undo_id, way, _ in rows.undone}
    for undo_id, _, books_fen in rows.undone:
        made.add("prepaid.undone", books_fen, undo_id)
    for tender in rows.tenders:
        made.add(f"taken.{tender.tender}", tender.amount_fen, tender.entry_id)
    for moved in rows.moved:
        made.add(
            f"{'back' if moved.entry_id in undone else 'retender'}.{moved.tender}", moved.amount_fen, moved.entry_id
        )
        if moved.entry_id in undone:
            made.add(f"undone.{undone[moved.entry_id]}", moved.amount_fen, moved.entry_id)
    for settled in rows.settled:
        what = "open_again" if settled.entry_id in undone else "settled"
        for part, fen in zip(_PARTS.values(), settled[1:], strict=True):
            made.add(f"{what}.{part}", fen, settled.entry_id)
    for told in rows.told:
        made.add(_ERRANDS.get(told.kind, "recovered"), told.amount_fen, told.entry_id)
    return made.figures()


class _Sums:
    """Figures in the making."""

    def __init__(self) -> None:
        self._fen: dict[str, Fen] = {}
        self._rows: dict[str, dict[str, None]] = {}

    def add(self, name: str, fen: Fen, entry_id: str) -> None:
        """Add to a figure; nothing added is no row of it, but for what is counted only."""
        if fen or name == "receipts":
            self._fen[name] = self._fen.get(name, 0) + fen
            self._rows.setdefault(name, {})[entry_id] = None

    def figures(self) -> Figures:
        """All of them, and what must be there of each tender."""
        made = {
            name: Figure(name, fen, len(self._rows[name]), tuple(self._rows[name])) for name, fen in self._fen.items()
        }
        return {**made, **{figure.name: figure for figure in _expected(made)}}


def _expected(made: Figures) -> Iterator[Figure]:
    held: dict[str, list[Figure]] = {CASH: []}
    for figure in made.values():
        first, _, tender = figure.name.partition(".")
        if first in ("taken", "back", "retender") and tender not in NOT_HELD:
            held.setdefault(tender, []).append(figure)
        elif figure.name in _IN_HAND:
            held[CASH].append(figure)
    for tender, figures in held.items():
        rows = tuple(dict.fromkeys(row for figure in figures for row in figure.rows))
        yield Figure(f"expected.{tender}", sum(figure.fen for figure in figures), len(rows), rows)
