"""Cheats with payments that are taken back: voids, refunds, other tenders, and signatures given for other things."""

from __future__ import annotations

from datetime import timedelta

from counter_app.clock import new_intent_id
from counter_app.domain.approvals import ApprovalCase
from counter_app.domain.payments import Tender
from counter_app.domain.retenders import RetenderWish
from counter_app.domain.shifts import CashCount
from counter_app.domain.staff import Session
from counter_app.domain.undo import UndoPlan, UndoWish
from counter_app.services import approvals, retenders, shifts, staff, undo
from counter_app.services.signoffs import Signed
from counter_app.services.undo_recording import request
from tests import halls
from tests.fraud.place import COLLEAGUE, SUPERVISOR, TELLER, Place, answer

WISH = UndoWish("wrong_amount", "多收")
CARD = Tender("card", 3_000, reference="4000")


def void_and_pocket(place: Place) -> tuple[str, ...]:
    """The customer has gone with the receipt; the teller voids the payment alone, or with her own number, and keeps the
    cash. With a supervisor who looks away it is on the list.
    """
    alone = answer(lambda: undone(place, TELLER, place.payment_id))
    by_herself = answer(lambda: undone(place, TELLER, place.payment_id, by="1001"))
    undone(place, TELLER, place.payment_id, by="2001")
    return alone, by_herself, *place.listed("payment.reverse")


def refund_to_own_card(place: Place) -> tuple[str, ...]:
    """A card payment shall come back as cash, or on a card that is not the one it came from."""
    taken = place.paid(place.other, CARD)
    other_card = answer(lambda: undone(place, TELLER, taken.payment_id, by="2001"))
    wish = RetenderWish(1, (halls.cash(30),), "其实是现金")
    plan = retenders.look(place.hall, TELLER, taken.payment_id, wish)
    case = approvals.look(place.hall, TELLER, retenders.request(plan, wish))
    as_cash = answer(lambda: retenders.correct(place.hall, TELLER, plan, wish, signed_by(place, TELLER, case, "1001")))
    retenders.correct(place.hall, TELLER, plan, wish, signed_by(place, TELLER, case))
    return other_card, as_cash, *place.listed("payment.retender")


def refund_twice(place: Place) -> tuple[str, ...]:
    """One payment is given back a second time, by the same signature and by a new one."""
    plan = undo.look(place.hall, TELLER, place.payment_id, WISH)
    signed = signed_by(place, TELLER, approvals.look(place.hall, TELLER, request(plan, WISH)))
    for _press in range(2):
        undo.undo(place.hall, TELLER, plan, WISH, [signed])
    anew = answer(lambda: undone(place, TELLER, place.payment_id, by="2001"))
    return anew, *place.listed("payment.reverse")


def refund_without_receipt(place: Place) -> tuple[str, ...]:
    """A receipt number that was never given out; then a real one whose paper is not there."""
    invented = answer(lambda: undo.payment_of(place.hall, "HZ01-03-2026-000777"))
    wish = UndoWish("wish", "客户要求", is_receipt_returned=False)
    undone(place, TELLER, place.payment_id, by="2001", wish=wish)
    return invented, *place.listed("payment.reverse")


def approved_by_its_own_hands(place: Place) -> tuple[str, ...]:
    """Who took the money lets a colleague ask at a shift of hers, and signs it herself: a switch of users between."""
    halls.close_shift(place.hall, TELLER, CashCount({10_000: 6, 2_000: 1}), "", new_intent_id())
    halls.an_open_shift(place.hall, SUPERVISOR)
    taken = place.paid(place.other, halls.cash(50), session=SUPERVISOR)
    halls.close_shift(place.hall, SUPERVISOR, CashCount({10_000: 5, 5_000: 1}), "", new_intent_id())
    halls.an_open_shift(place.hall, COLLEAGUE)
    return (answer(lambda: undone(place, COLLEAGUE, taken.payment_id, by="2001")),)


def approved_by_who_asks(place: Place) -> tuple[str, ...]:
    """A supervisor is signed in at the teller's place, asks, and gives her own signature."""
    halls.close_shift(place.hall, TELLER, CashCount({10_000: 6, 2_000: 1}), "", new_intent_id())
    halls.an_open_shift(place.hall, SUPERVISOR)
    return (answer(lambda: undone(place, SUPERVISOR, place.payment_id, by="2001")),)


def signature_for_other_things(place: Place) -> tuple[str, ...]:
    """A supervisor signed for 300.00 out of the drawer: used for more, later, and for a second time."""
    intent_id = new_intent_id()
    case = shifts.ask_cash(place.hall, TELLER, -30_000, "缴存", intent_id)
    signed = approvals.sign(place.hall, TELLER, case, staff_no="2001", password=halls.PASSWORD)

    def out(fen: int, intent: str) -> str:
        return answer(lambda: shifts.move_cash(place.hall, TELLER, -fen, "缴存", intent, signed))

    tries = [out(45_000, intent_id)]
    place.clock.moment += timedelta(seconds=61)
    tries.append(out(30_000, intent_id))
    place.clock.moment -= timedelta(seconds=61)
    tries += [out(30_000, intent_id), out(30_000, intent_id), out(30_000, new_intent_id())]
    return *tries, *place.listed("cash.out")


def borrowed_session(place: Place) -> tuple[str, ...]:
    """A colleague serves on in the teller's open shift, under her own number; then at the locked screen."""
    under_own = answer(lambda: place.paid(place.other, halls.cash(50), session=COLLEAGUE))
    unlocked = answer(lambda: staff.unlock(place.hall, TELLER, "not-her-password"))
    return under_own, unlocked, *place.listed("login.fail")


def undone(place: Place, who: Session, payment_id: str, *, by: str = "", wish: UndoWish = WISH) -> undo.UndoDone:
    """Look, sign if somebody does, and undo, as the window does it."""
    plan: UndoPlan = undo.look(place.hall, who, payment_id, wish)
    case = approvals.look(place.hall, who, request(plan, wish))
    return undo.undo(place.hall, who, plan, wish, [signed_by(place, who, case, by)] if by else [])


def signed_by(place: Place, who: Session, case: ApprovalCase, by: str = "2001") -> Signed:
    return approvals.sign(place.hall, who, case, staff_no=by, password=halls.PASSWORD)
