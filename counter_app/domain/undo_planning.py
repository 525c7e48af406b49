"""What undoing a payment, or moving it to another account, does: decided from facts, the same for look and commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.shifts import DrawerTooLow
from counter_app.domain.undo import (
    CHEQUE,
    OLD_CHEQUE,
    TO_BANK,
    TRANSFER,
    Desk,
    OrderBack,
    Outcome,
    PaidFacts,
    PaidOrder,
    PaidTender,
    Since,
    TenderAnswer,
    TenderBack,
    UndoPlan,
    UndoWay,
    UndoWish,
    Unrestorable,
    WhyThisWay,
)
from counter_app.domain.undo_reasons import OTHER
from counter_app.domain.undo_refusals import (
    AlreadyUndone,
    BookSpent,
    CreditMadeOfIt,
    LaterPaymentUsedIt,
    NothingToMove,
    ReasonUnknown,
    RedNoteMissing,
    TaskOpenOnIt,
    WayNeedsReference,
)

_NEEDED: Mapping[str, str] = {"card": "reference", "qr": "reference", TO_BANK: "document_no"}
"""What makes money traceable that goes back otherwise than by hand."""


def plan_undo(paid: PaidFacts, since: Since, desk: Desk, wish: UndoWish | None = None) -> UndoPlan:
    """What undoing the payment would do now; without a wish it is the look before anything was typed.

    Raises:
        Refused: `AlreadyUndone`, `CreditMadeOfIt`, `TaskOpenOnIt`, `LaterPaymentUsedIt`, `BookSpent`, `DrawerTooLow`;
            with a wish also `ReasonUnknown`, `WayNeedsReference`, `RedNoteMissing`.
    """
    if refusal := _why_not(paid, since):
        raise Refused(refusal)
    way, why = _way(paid, desk)
    answers = {answer.line: answer for answer in wish.answers} if wish else {}
    tenders = tuple(_back(tender, answers.get(tender.line), desk) for tender in paid.tenders)
    orders, lost = _lost(paid, wish)
    made = UndoPlan(paid, way, why, desk.on, desk.shift_id, tenders, orders, lost)
    if made.cash_fen > desk.drawer_fen:
        raise Refused(DrawerTooLow(made.cash_fen))
    if wish is not None:
        _check_wish(made, wish, desk.reasons)
    return made


def plan_move(paid: PaidFacts, since: Since, desk: Desk, wish: UndoWish | None = None) -> UndoPlan:
    """What moving the payment's money to another account (串户) would undo here: as `plan_undo`, but the money stays in
    the house, as one transfer.

    Raises:
        Refused: as `plan_undo`, without those of the drawer and of references; `NothingToMove`.
    """
    if refusal := _why_not(paid, since):
        raise Refused(refusal)
    if not paid.tendered_fen:
        raise Refused(NothingToMove(paid.receipt_no))
    orders, lost = _lost(paid, wish)
    tenders = (TenderBack(1, TRANSFER, TRANSFER, paid.tendered_fen),)
    made = UndoPlan(paid, "move", _way(paid, desk)[1], desk.on, desk.shift_id, tenders, orders, lost)
    if wish is not None:
        _check_wish(made, wish, desk.reasons)
    return made


def _why_not(paid: PaidFacts, since: Since) -> Refusal | None:
    if since.undone is not None:
        return AlreadyUndone(paid.receipt_no, *since.undone)
    if since.credit is not None:
        return CreditMadeOfIt(paid.receipt_no, *since.credit)
    if since.task is not None:
        return TaskOpenOnIt(paid.receipt_no, *since.task)
    if since.later:
        last = max(since.later, key=lambda part: (part.on, part.receipt_no))
        return LaterPaymentUsedIt(paid.receipt_no, last.bill_no, last.receipt_no, last.on, last.channel)
    for book in paid.books:
        needed_fen = paid.filled_fen(book.book_id)
        if needed_fen > book.left_fen:
            used_by = since.used_by.get(book.book_id, "")
            return BookSpent(paid.receipt_no, book.book_id, book.name, book.left_fen, needed_fen, used_by)
    return None


def _way(paid: PaidFacts, desk: Desk) -> tuple[UndoWay, WhyThisWay]:
    if paid.shift_id == desk.shift_id:
        return "reverse", "same_shift"
    is_over = (paid.business_date.year, paid.business_date.month) < (desk.on.year, desk.on.month)
    return "refund", "month_over" if is_over else "shift_closed"


def _back(tender: PaidTender, answer: TenderAnswer | None, desk: Desk) -> TenderBack:
    """How one tender goes back: the way it came, or by transfer where that is not possible."""
    to, why = tender.kind, "moved" if tender.came_as else ""
    if tender.kind == "bank_slip":
        to, why = TO_BANK, "came_by_bank"
    elif tender.kind == CHEQUE and answer is not None and answer.is_banked:
        to, why = TO_BANK, "cheque_banked"
    elif tender.kind == CHEQUE and tender.shift_id != desk.shift_id:
        # that shift has handed it in: whoever counts today's drawer has no paper the fewer
        to = OLD_CHEQUE
    needs = _NEEDED.get(to, "")
    made = TenderBack(tender.line, tender.came_as or tender.kind, to, tender.amount_fen, needs, why)
    if to in (CHEQUE, OLD_CHEQUE):
        # the cheque itself goes back, and is known by what is written on it
        return made._replace(bank=tender.bank, document_no=tender.document_no, document_on=tender.document_on)
    if answer is not None and needs:
        return made._replace(reference=answer.reference.strip(), document_no=answer.document_no.strip())
    return made


def _lost(paid: PaidFacts, wish: UndoWish | None) -> tuple[tuple[OrderBack, ...], tuple[Unrestorable, ...]]:
    """The orders that are taken back, and all that is not as before afterwards."""
    orders, lost = _orders(paid.orders)
    lost += [Unrestorable("book_expired", book.name) for book in paid.books if book.is_expired and book.amount_fen < 0]
    if wish is not None and not wish.is_receipt_returned:
        lost.append(Unrestorable("receipt_kept", paid.receipt_no))
    return orders, tuple(lost)


def _orders(orders: Sequence[PaidOrder]) -> tuple[tuple[OrderBack, ...], list[Unrestorable]]:
    back, lost = [], list[Unrestorable]()
    for order in orders:
        if order.state != "sent":
            lost.append(Unrestorable("service_runs", order.number))
            continue
        is_waiting = order.service_state == "restoring"
        outcome: Outcome = "countered" if order.is_sent_on else "withdrawn"
        if not is_waiting:
            lost.append(Unrestorable("service_moved_on", order.number))
        elif order.is_sent_on:
            lost.append(Unrestorable("network_told", order.number))
        back.append(
            OrderBack(order.order_id, order.service_id, order.number, outcome, order.before if is_waiting else None)
        )
    return tuple(back), lost


def _check_wish(made: UndoPlan, wish: UndoWish, reasons: Sequence[str]) -> None:
    if wish.reason_code not in reasons or (wish.reason_code == OTHER and not wish.reason.strip()):
        raise Refused(ReasonUnknown(wish.reason_code))
    for back in made.tenders:
        if back.needs and not getattr(back, back.needs):
            raise Refused(WayNeedsReference(back.line, back.to, back.needs))
    if made.paid.invoice_no and wish.red_no.strip() in ("", made.paid.invoice_no):
        raise Refused(RedNoteMissing(made.paid.receipt_no, made.paid.invoice_no))
