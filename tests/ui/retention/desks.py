"""A telecom hall with somebody who wants to leave, driven by keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt

from counter_app.services import retention
from counter_app.services.hall import OpenHall
from counter_app.services.retention_desk import CaseView
from counter_app.ui.retention.page import RetentionView
from counter_app.ui.retention.signoff_panel import SignoffPanel
from tests import halls, leaving
from tests.ui.counter.whole import Whole, rest, whole


@dataclass
class AtDesk:
    """A counter at work, and the line that its customer wants to give up."""

    hall: OpenHall
    line: leaving.Line
    window: Whole

    @property
    def view(self) -> RetentionView:
        """The case on the screen."""
        found = self.window.counter.retention.view
        assert found is not None, "no case is open"
        return found

    @property
    def case(self) -> CaseView:
        """The case as the file has it."""
        return retention.view(self.hall, leaving.TELLER, self.view.presenter.case_id)

    @property
    def page(self) -> str:
        """The step on the screen."""
        assert self.view.screen_shown is not None
        return self.view.screen_shown.page

    @property
    def message(self) -> str:
        """Why the last step was not taken."""
        return self.view.side.message.text()

    @property
    def panel(self) -> SignoffPanel:
        """The panel for the second person."""
        found = self.window.shell.frame.panels.current()
        assert isinstance(found, SignoffPanel), "nobody is asked to sign"
        return found

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key, wherever the cursor is."""
        self.window.press(key, modifiers)

    def next(self) -> None:
        """F9."""
        self.press(Qt.Key.Key_F9)

    def type(self, text: str) -> None:
        """A text, wherever the cursor is."""
        self.window.type(text)
        rest()

    def enter(self, text: str) -> None:
        """A text, and Enter."""
        self.type(text)
        self.press(Qt.Key.Key_Return)

    def open(self) -> None:
        """The customer's page, and F8."""
        self.window.counter.payments.open_customer(self.line.customer_id)
        rest()
        self.press(Qt.Key.Key_F8)

    def answer(self, letter: str) -> None:
        """The customer's answer, typed."""
        self.type(letter)

    def sign_by(self, staff_no: str, password: str = halls.PASSWORD) -> None:
        """A second person: number, Enter, password, Enter."""
        self.enter(staff_no)
        self.enter(password)

    def draw(self) -> None:
        """The customer signs on the pad."""
        pad = self.view.customer.pad
        pad.begin_stroke(QPointF(30, 60))
        for step in range(40):
            pad.go_on(QPointF(30 + step * 5, 60 + (step % 7) * 9))
        pad.end_stroke()

    def talk(self, reasons: str = "1.2 5") -> None:
        """The reasons by number, then the offers."""
        self.type(reasons)
        self.next()

    def leave_now(self) -> None:
        """Ctrl+L, and yes."""
        self.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        self.next()

    def gates(self) -> None:
        """All three, and the order."""
        for _ in range(4):
            self.next()

    def close(self) -> None:
        """The window is closed and gone: nothing of it listens to the keys any more."""
        self.window.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def at_desk(hall: OpenHall, *, is_vip: bool = False, is_paid: bool = True) -> AtDesk:
    """The teller signed in at a hall with one customer; `is_paid` leaves nothing owed."""
    line = leaving.a_line(hall, is_vip=is_vip)
    if is_paid:
        halls.an_open_shift(hall)
        leaving.pay_all(hall, line)
    window = whole(hall)
    window.sign_in()
    return AtDesk(hall, line, window)


def a_hall(folder: Path) -> OpenHall:
    """A telecom hall."""
    return leaving.a_hall(folder)


_KEYS = {
    "cases": Qt.Key.Key_1,
    "visits": Qt.Key.Key_2,
    "library": Qt.Key.Key_3,
    "audits": Qt.Key.Key_4,
    "silent": Qt.Key.Key_5,
    "months": Qt.Key.Key_6,
    "rates": Qt.Key.Key_7,
    "mailing": Qt.Key.Key_8,
    "feedback": Qt.Key.Key_9,
}


def go_to(window: Whole, key: str) -> None:
    """To a page of the room, by its key."""
    window.shell.frame.show_room("retention")
    rest()
    window.press(_KEYS[key], Qt.KeyboardModifier.AltModifier)
