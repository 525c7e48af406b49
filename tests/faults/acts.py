"""Acts of a shift that are no payments: opening it, cash in, cash out, undoing a payment, closing it with a count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import CashCount
from counter_app.domain.undo import KIND_OF, TenderAnswer, UndoPlan, UndoWish
from counter_app.services import approvals, shifts, undo
from counter_app.services.undo_recording import request
from counter_app.storage.hall import OpenHall
from counter_app.storage.sql import Sql
from counter_app.storage.trouble import CommitUncertain
from tests import halls
from tests.undoing import signatures

OPEN, CASH_IN, CASH_OUT, CLOSE = "shift.open", "cash.in", "cash.out", "shift.close"
UNDO = "payment.reverse"
_REASON = "换零钱"
_WISH = UndoWish("wish", answers=tuple(TenderAnswer(line, reference="R", document_no="D") for line in range(1, 4)))
_LAST = Sql("SELECT payment_id FROM payments ORDER BY entry DESC LIMIT 4")


@dataclass(frozen=True)
class Did:
    """What the program told the teller about such an act: the float, what was moved, or what was counted."""

    decision: int
    intent: str
    kind: str
    amount_fen: int


@dataclass(frozen=True)
class Act:
    """One act, decided before it is carried out, so that it can be asked for again."""

    kind: str
    amount_fen: int
    shown: UndoPlan | None = None


def decide_act(hall: OpenHall, chance: Random, *, kind: str = "") -> Act:
    """What the shift's state allows; without a shift it is opened, whatever `kind` says."""
    sheet = shifts.sheet(hall)
    if sheet is None:
        return Act(OPEN, chance.randrange(1, 9) * 10_000)
    kind = kind or chance.choice((CASH_IN, CASH_IN, CASH_OUT, UNDO, UNDO, CLOSE))
    shown = _undoable(hall, chance) if kind == UNDO else None
    if shown is not None:
        return Act(KIND_OF[shown.way], shown.back_fen, shown)
    if kind == CLOSE:
        return Act(CLOSE, sheet.expected_cash_fen)
    if kind == CASH_OUT and sheet.expected_cash_fen > 1:
        # above that a second person signs
        return Act(CASH_OUT, chance.randrange(1, min(sheet.expected_cash_fen, 20_000)))
    return Act(CASH_IN, chance.randrange(1, 50_000))


def carry_out(hall: OpenHall, act: Act, decision: int, intent: str) -> Did:
    """Do it under its intent; what was told is read from the program's answer where it says a figure."""
    who, told_fen = halls.teller(), act.amount_fen
    count = CashCount({10_000: act.amount_fen // 10_000}, act.amount_fen % 10_000)
    if act.shown is not None:
        done = _undo(hall, act.shown, intent)
        return Did(decision, intent, KIND_OF[done.way], done.back_fen)
    if act.kind == OPEN:
        told_fen = shifts.open_shift(hall, who, count, intent).float_fen
    elif act.kind == CLOSE:
        told_fen = halls.close_shift(hall, who, count, "", intent).counted_fen
    else:
        moved_fen = act.amount_fen if act.kind == CASH_IN else -act.amount_fen
        case = shifts.ask_cash(hall, who, moved_fen, _REASON, intent)
        # a day of many such acts goes above what one moves alone
        needs = case.need.signatures > 0
        signed = approvals.sign(hall, who, case, staff_no="2001", password=halls.PASSWORD) if needs else None
        shifts.move_cash(hall, who, moved_fen, _REASON, intent, signed)
    return Did(decision, intent, act.kind, told_fen)


def _undoable(hall: OpenHall, chance: Random) -> UndoPlan | None:
    """One of the last payments that nothing stands in the way of, as it would be undone."""
    with hall.reading() as reading:
        rows = [row[0] for row in reading.rows(_LAST)]
    chance.shuffle(rows)
    for payment_id in rows:
        try:
            return undo.look(hall, halls.teller(), payment_id, _WISH)
        except Refused:
            continue
    return None


def _undo(hall: OpenHall, shown: UndoPlan, intent: str) -> undo.UndoDone:
    """A second person signs under this very intent, and it is done; pressed again, both are as before."""
    who = halls.teller()
    signed = signatures(hall, who, request(shown, _WISH), intent_id=intent)
    return undo.undo(hall, who, shown, _WISH, signed)


@contextmanager
def nobody_asks(is_planted: bool) -> Iterator[None]:
    """The planted defect of acts that do not look their intent up after a failed COMMIT; nothing unless planted."""
    honest = vars(shifts)["once"]

    def hasty(hall: OpenHall, _intent_id: str, act: Any, _recorded: Any, *, is_money: bool = True) -> Any:
        try:
            with hall.writing(money=is_money) as work:
                return act(work)
        except CommitUncertain:
            hall.store.let_go_of_uncertain()
            raise

    if is_planted:
        vars(shifts)["once"] = hasty
    try:
        yield
    finally:
        vars(shifts)["once"] = honest
