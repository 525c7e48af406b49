"""What is put right at a counter: payments undone or moved to another account, tenders corrected, invoices noted."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from random import Random

from counter_app.clock import new_intent_id
from counter_app.domain.payments import CASH, Tender
from counter_app.domain.retenders import RetenderWish
from counter_app.domain.undo import KIND_OF, NOTE, RETENDER, TenderAnswer, UndoPlan, UndoWish
from counter_app.services import invoices, moves, retenders, shifts
from counter_app.services import undo as undoing
from counter_app.services.approvals import Signed
from counter_app.services.undo_recording import request
from counter_app.storage.hall import OpenHall
from tests.simulation.chance import happens
from tests.simulation.tellers import Teller
from tests.simulation.truth import PAYMENT, Told, told_of
from tests.undoing import signatures

_LATELY = "SELECT payment_id, receipt_no FROM payments ORDER BY entry DESC LIMIT 8"
_SAME = (
    "SELECT payment_id, receipt_no FROM payments WHERE payment_id NOT IN (SELECT payment_id FROM payments_undone)"
    " ORDER BY payment_id LIMIT 1"
)
_OTHERS = "SELECT id FROM accounts ORDER BY id LIMIT 40"
_SIGNERS = ("2001", "9001")
"""Who signs first, and who for what is refunded of a month that is over."""


def put_right(teller: Teller, hall: OpenHall, chance: Random) -> str:
    """One of the payments lately taken here was a mistake of some kind, or its customer wants an invoice."""
    with hall.reading() as reading:
        lately = reading.driver.execute(_LATELY).fetchall()
    if not lately:
        return "nothing paid"
    of = chance.choice(lately)
    act = chance.choice((_undo, _undo, _undo, _move, _retender, _note))
    return teller.answered("", lambda: act(teller, hall, chance, of))


def undo_the_same(teller: Teller, hall: OpenHall, chance: Random) -> str:
    """One payment is undone, or moved, that every copy of the file would choose as well."""
    with hall.reading() as reading:
        found = reading.driver.execute(_SAME).fetchall()
    if not found:
        return "nothing paid"
    act = chance.choice((_undo, _undo, _move))
    return teller.answered("", lambda: act(teller, hall, chance, found[0]))


def _undo(teller: Teller, hall: OpenHall, chance: Random, of: tuple[str, str]) -> str:
    session = teller.session
    looked = undoing.look(hall, session, of[0])
    wish = _wish(looked, chance, hall.pack.undo_reasons(looked.on).codes)
    shown = undoing.look(hall, session, of[0], wish)
    signed = signatures(hall, session, request(shown, wish), by=_SIGNERS)

    def act() -> str:
        done = undoing.undo(hall, session, shown, wish, signed)
        told = Told(_tried(teller, signed), teller.machine, KIND_OF[done.way], done.undo_id, *_undone_of(shown))
        teller.truth.hear(told)
        _taken_back(teller, of[0])
        return f"undone: {done.way}"

    return _with_drawer(teller, hall, signed, -shown.cash_fen, act)


def _move(teller: Teller, hall: OpenHall, chance: Random, of: tuple[str, str]) -> str:
    session = teller.session
    with hall.reading() as reading:
        to_id = chance.choice(reading.driver.execute(_OTHERS).fetchall())[0]
    looked = moves.look(hall, session, of[0], to_id).undone
    wish = _wish(looked, chance, hall.pack.undo_reasons(looked.on).codes)
    shown = moves.look(hall, session, of[0], to_id, wish)
    signed = signatures(hall, session, request(shown.undone, wish, to_account_id=to_id), by=_SIGNERS)

    def act() -> str:
        done = moves.move(hall, session, shown, wish, signed)
        intent = _tried(teller, signed)
        teller.truth.hear(Told(intent, teller.machine, KIND_OF["move"], done.move_id, *_undone_of(shown.undone)))
        # its receipt is of no use to anybody without the slip of the move: nobody enters it again
        teller.truth.hear(told_of(teller.machine, _intent_of_payment(intent), done.taken))
        _taken_back(teller, of[0])
        return "undone: move"

    nonce = _tried(teller, signed)
    teller.truth.tried[_intent_of_payment(nonce)] = teller.machine
    return _with_drawer(teller, hall, signed, 0, act)


def _retender(teller: Teller, hall: OpenHall, chance: Random, of: tuple[str, str]) -> str:
    session = teller.session
    wrong = chance.choice(retenders.tenders_of(hall, session, of[0]) or (None,))
    if wrong is None:
        return "no tender"
    kind = "card" if wrong.kind == CASH else CASH
    fen = wrong.amount_fen if happens(chance, 0.7) else (wrong.amount_fen + 1) // 2
    tender = Tender(kind, fen, reference="" if kind == CASH else f"T{chance.randrange(10**6)}")
    wish = RetenderWish(wrong.line, (tender,), "刷错了")
    shown = retenders.look(hall, session, of[0], wish)
    signed = signatures(hall, session, retenders.request(shown, wish), by=_SIGNERS)

    def act() -> str:
        done = retenders.correct(hall, session, shown, wish, signed[0])
        intent = _tried(teller, signed)
        teller.truth.hear(Told(intent, teller.machine, RETENDER, done.entry_id, (done.amount_fen,), done.receipt_no))
        return "tender corrected"

    return _with_drawer(teller, hall, signed, shown.drawer_fen, act)


def _note(teller: Teller, hall: OpenHall, chance: Random, of: tuple[str, str]) -> str:
    intent, invoice_no = new_intent_id(), f"{chance.randrange(10**8):020}"
    teller.truth.tried[intent] = teller.machine

    def act() -> str:
        noted = invoices.note(hall, teller.session, of[1], invoice_no, hall.clock.now().date(), intent)
        words = f"{noted.receipt_no} {noted.invoice_no}"
        teller.truth.hear(Told(intent, teller.machine, NOTE, teller.entry_of(hall, intent), (), words))
        return "invoice noted"

    return teller.answered(intent, act)


def _wish(plan: UndoPlan, chance: Random, reasons: tuple[str, ...]) -> UndoWish:
    """What is typed for an undo: a reason, and whatever the way back of each tender needs."""
    typed = f"{chance.randrange(10**12):012}"
    answers = [
        TenderAnswer(back.line, reference=typed, document_no=typed, is_banked=happens(chance, 0.5))
        for back in plan.tenders
    ]
    red_no = f"R{typed}" if plan.paid.invoice_no else ""
    return UndoWish(chance.choice(reasons), "收错了", happens(chance, 0.7), tuple(answers), red_no)


def _with_drawer(teller: Teller, hall: OpenHall, signed: list[Signed], fen: int, act: Callable[[], str]) -> str:
    """Carry something out under its signatures; the drawer holds as much more afterwards as was said before (I9)."""
    intent, before = _tried(teller, signed), shifts.sheet(hall)

    def carried() -> str:
        done, after = act(), shifts.sheet(hall)
        if before and after and after.expected_cash_fen != before.expected_cash_fen + fen:
            teller.truth.wrong("I9 drawer", f"{teller.machine}: {before} and {fen} give {after}")
        return done

    return teller.answered(intent, carried)


def _tried(teller: Teller, signed: list[Signed]) -> str:
    """The intent of what is signed."""
    intent = signed[-1].challenge.nonce
    teller.truth.tried[intent] = teller.machine
    return intent


def _intent_of_payment(move: str) -> str:
    return str(uuid.uuid5(uuid.UUID(move), PAYMENT))


def _undone_of(shown: UndoPlan) -> tuple[tuple[int, ...], str, tuple[tuple[str, int, int, int], ...]]:
    """What an undo tells: what goes back by tenders, of which receipt, and of which bills how much."""
    parts = tuple((part.bill_no, part.principal_fen, part.late_fee_fen, part.cost_fen) for part in shown.paid.parts)
    return (shown.back_fen,), shown.paid.receipt_no, parts


def _taken_back(teller: Teller, payment_id: str) -> None:
    """The customer has the slip now, and gives no receipt for it any more."""
    truth = teller.truth
    for intent in [told.intent for told in truth.told.values() if told.entry_id == payment_id]:
        truth.papers.pop(intent, None)


def told_of_undo(machine: str, said: Mapping[str, object]) -> Told | None:
    """What the teller must have been told of an entry that puts a payment right; None where it is none of them."""
    kind, body, intent = str(said["kind"]), said["body"], said["intent_id"]
    assert isinstance(body, dict), "an entry has a body"
    if not isinstance(intent, str):
        return None
    if kind in KIND_OF.values():
        parts = tuple((bill_no_of(row[0]), *(-fen for fen in row[2:5])) for row in body["settlements"])
        back_fen = -sum(row[1] for row in body["tenders"])
        return Told(intent, machine, kind, str(said["entry_id"]), (back_fen,), body["receipt_no"], parts)
    if kind == RETENDER:
        return Told(intent, machine, kind, str(said["entry_id"]), (body["from"][1],), body["receipt_no"])
    if kind == NOTE:
        words = f"{body['receipt_no']} {body['invoice_no']}"
        return Told(intent, machine, kind, str(said["entry_id"]), (), words)
    return None


def bill_no_of(settlement_id: str) -> str:
    """The number of the bill that a settlement's name ends with, be it one that takes back another."""
    return settlement_id.split(":", 2)[1]
