"""Correcting a tender after the fact: cash that was a card, a card that was cash; money moves, the payment does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from counter_app.domain.money import Fen
from counter_app.domain.payments import CASH, PREPAID, Tender, check_tenders, without_card_number
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import DrawerTooLow, ReasonMissing
from counter_app.domain.undo import Desk, PaidFacts, PaidTender, Undone
from counter_app.domain.undo_refusals import AlreadyUndone, TenderAsItWas, TenderNotThere


@dataclass(frozen=True, slots=True)
class RetenderWish:
    """What was really paid: the tender that is wrong by its line, and those that stand for it, or for a part of it."""

    line: int
    to: tuple[Tender, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class RetenderPlan:
    """A correction before anybody presses: less of one tender, more of others, in today's shift."""

    paid: PaidFacts
    wrong: PaidTender
    to: tuple[Tender, ...]
    shift_id: str

    @property
    def amount_fen(self) -> Fen:
        """What changes its tender."""
        return sum(tender.amount_fen for tender in self.to)

    @property
    def drawer_fen(self) -> Fen:
        """What the drawer must hold more afterwards, or less."""
        cash_fen = sum(tender.amount_fen for tender in self.to if tender.kind == CASH)
        return cash_fen - (self.amount_fen if self.wrong.kind == CASH else 0)

    @property
    def digest(self) -> tuple[object, ...]:
        """Two plans with the same digest move the same money; it is compared, never kept."""
        return self.paid.payment_id, self.wrong, self.to, self.shift_id


def plan_retender(
    paid: PaidFacts, undone: Undone | None, desk: Desk, allowed: tuple[str, ...], wish: RetenderWish
) -> RetenderPlan:
    """What correcting the tender would do. `allowed` are the tenders of the pack; prepaid money is in the books, and is
    corrected by an undo.

    Raises:
        Refused: `AlreadyUndone`, `TenderNotThere`, `TenderAsItWas`, `ReasonMissing`, `DrawerTooLow`, and those of
            `check_tenders`.
    """
    if undone is not None:
        raise Refused(AlreadyUndone(paid.receipt_no, *undone))
    wrong = next((tender for tender in paid.tenders if tender.line == wish.line), None)
    to = tuple(without_card_number(tender) for tender in wish.to if tender.amount_fen > 0)
    check_tenders(to, tuple(kind for kind in allowed if kind != PREPAID))
    if wrong is None or wrong.came_as or sum(tender.amount_fen for tender in to) > wrong.amount_fen:
        raise Refused(TenderNotThere(paid.receipt_no, wish.line))
    if any(_is_same(wrong, tender) for tender in to):
        raise Refused(TenderAsItWas(wrong.kind))
    if not wish.reason.strip():
        raise Refused(ReasonMissing("retender"))
    made = RetenderPlan(paid, wrong, to, desk.shift_id)
    if desk.drawer_fen + made.drawer_fen < 0:
        raise Refused(DrawerTooLow(-made.drawer_fen))
    return made


def lines_of(plan: RetenderPlan) -> Sequence[tuple[str, Fen, str, str, str, str | None]]:
    """The correction as lines of tenders: less of the wrong one first, then what stands for it."""
    wrong = plan.wrong
    less = Tender(wrong.kind, -plan.amount_fen, wrong.reference, wrong.bank, wrong.document_no, wrong.document_on)
    return [
        (x.kind, x.amount_fen, x.reference, x.bank, x.document_no, x.document_on.isoformat() if x.document_on else None)
        for x in (less, *plan.to)
    ]


def _is_same(wrong: PaidTender, tender: Tender) -> bool:
    named = (tender.reference, tender.bank, tender.document_no, tender.document_on)
    return wrong.kind == tender.kind and named == wrong[3:7]
