"""The safe as it is looked at: a day to be closed, a slip that is missing, money for the bank, papers of before."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from PySide6.QtWidgets import QWidget

from counter_app.clock import new_intent_id
from counter_app.domain.payments import Tender
from counter_app.domain.safe import Deposit, DepositLine
from counter_app.domain.shift_close import Declared, SlipCount
from counter_app.domain.shifts import CashCount
from counter_app.domain.staff import Role
from counter_app.services import approvals, days, deposits, floats, proofs, shift_close
from counter_app.services.hall import OpenHall
from counter_app.ui.frame import Frame
from counter_app.ui.shifts.room import ShiftRoom
from tests.halls import NOW, PASSWORD, a_hall, an_open_shift, cash, pay, teller, three_months_behind
from tests.ui.counter.rooms import a_desk, a_folder
from tests.ui.demonstration import words

SUPERVISOR = teller("2001", Role.SUPERVISOR)


@cache
def safe_hall() -> OpenHall:
    """A hall whose first shift is on a day report and half banked, and whose second lacks a card's slip."""
    hall, who, today = a_hall(a_folder()), teller(), NOW.date()
    floats.put_in(hall, SUPERVISOR, CashCount({10_000: 6}), "从银行领", new_intent_id())
    someone = three_months_behind(hall)
    an_open_shift(hall)
    pay(hall, someone, cash(120))
    shift_close.count(hall, who, Declared(CashCount({10_000: 6, 1_000: 2})), new_intent_id())
    first = shift_close.close(hall, who, "", new_intent_id()).shift.shift_id
    days.close(hall, SUPERVISOR, today, new_intent_id())
    slip = Deposit("工商银行城东支行", "JK-20261121-0007", today, (DepositLine(first, "cash", 10_000),))
    deposits.deposit(hall, SUPERVISOR, slip, new_intent_id())
    an_open_shift(hall)
    pay(hall, someone, Tender("card", 3_000, reference="118817"))
    pay(hall, someone, Tender("cheque", 9_000, bank="城东支行", document_no="00418827"))
    declared = Declared(CashCount({10_000: 5}), (SlipCount("cheque", 1, 9_000, (9_000,)),))
    shift_close.count(hall, who, declared, new_intent_id())
    gone = frozenset((proofs.of_shift(hall, who)[0].key,))
    case = shift_close.look(hall, who, "少一张刷卡单", gone)
    signed = approvals.sign(hall, who, case, staff_no="2001", password=PASSWORD)
    shift_close.close(hall, who, "少一张刷卡单", "", signed, gone)
    return hall


def shift_room() -> tuple[Frame, ShiftRoom]:
    """The 班结 room before a supervisor."""
    frame = Frame()
    room = ShiftRoom(a_desk(safe_hall(), Role.SUPERVISOR, "2001"), frame)
    frame.add_room("payments", words("收费", "Payments"), "cash", QWidget())
    frame.add_room("shifts", words("班结", "Shift"), "calculator", room)
    frame.set_who(words("赵敏", "Zhao Min"), words("3 号台", "Counter 3"))
    frame.show()
    frame.show_room("shifts")
    return frame, room


def safe() -> QWidget:
    """Everything that waits."""
    frame, room = shift_room()
    room.safe.open()
    return frame


def deposit() -> QWidget:
    """What goes to the bank."""
    frame, room = shift_room()
    room.safe.open()
    room.safe.deposit()
    return frame


SAFE_PAGES: dict[str, Callable[[], QWidget]] = {"shifts-safe": safe}
