"""The counter at work in its window: who may be where, what covers what, and the parts that every room shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from counter_app.domain.shifts import ShiftSheet
from counter_app.domain.staff import Right, Session
from counter_app.services import staff
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.payments.room import PaymentsRoom
from counter_app.ui.scan import ScanFilter
from counter_app.ui.second_screen import Paying, SecondScreen
from counter_app.ui.settings.room import SettingsRoom
from counter_app.ui.shifts.room import ShiftRoom
from counter_app.ui.sign_in.page import AnswersPage, LockPage, PausePage, SignInPage
from counter_app.ui.sign_in.presenter import AnswerScreen, SignInPresenter, SignInScreen
from counter_app.ui.status import Status

IDLE_LOCK_MS = 3 * 60 * 1000
"""Idle time at a counter after which the screen locks (reliability 4.4)."""

_ROOM_RIGHTS = {"payments": Right.SEE_CUSTOMERS, "shifts": Right.RUN_SHIFT, "settings": Right.SETTINGS}


class Counter(QObject):
    """Everything behind the window once a hall is open; `start` shows the sign-in page, `close` ends the work."""

    def __init__(self, desk: Desk, frame: Frame, screen: SignInScreen) -> None:
        super().__init__(frame)
        self.desk, self.frame = desk, frame
        self.sign_in = SignInPresenter(desk, self._signed_in)
        self.sign_in_page = SignInPage(self.sign_in, screen)
        self.second_screen = SecondScreen()
        self.payments = PaymentsRoom(desk, frame)
        self.shifts = ShiftRoom(desk, frame)
        self.settings = SettingsRoom(desk, frame)
        self.lock_page: LockPage | None = None
        self._is_paused = False
        self._status = Status(desk)
        self._add_rooms()
        self._add_keys()
        self._idle = QTimer(self)
        self._idle.setInterval(IDLE_LOCK_MS)
        self._idle.timeout.connect(self.lock)
        self._clock = QTimer(self)
        self._clock.setInterval(5_000)
        self._clock.timeout.connect(self._show_status)
        self._clock.start()
        desk.listen(self._read_status)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.installEventFilter(self)
        self.scanner = ScanFilter(parent=self)
        self.scanner.scanned.connect(self._scanned)
        self.scanner.watch(app)

    def start(self) -> None:
        """Show the sign-in page over everything."""
        self.frame.cover(self.sign_in_page)
        self.second_screen.show_idle(self.desk.hall.hall.name, self.desk.hall.hall.counter_name)

    def lock(self) -> None:
        """F12, or three idle minutes: cover everything until the same person gives the password."""
        if self.desk.session is None or self.lock_page is not None:
            return
        page = LockPage(self.sign_in, self.desk.session.name)
        page.opened.connect(self._unlocked)
        page.signed_out.connect(self.sign_out)
        self.lock_page = page
        self.frame.cover(page)

    def pause(self) -> None:
        """F11: the customer's screen says 暂停服务 until F11 is pressed again (004-41)."""
        if self.desk.session is None or self.lock_page is not None or self._is_paused:
            return
        self._is_paused = True
        page = PausePage()
        page.ended.connect(self.resume)
        self.second_screen.show_paused(self.desk.hall.hall.counter_name)
        self.frame.cover(page)

    def resume(self) -> None:
        """The window is open again."""
        self._is_paused = False
        self.frame.uncover()
        self.second_screen.show_idle(self.desk.hall.hall.name, self.desk.hall.hall.counter_name)

    def sign_out(self) -> None:
        """Leave the counter to the next person; held customers are let go of."""
        session = self.desk.session
        self.lock_page = None
        self._idle.stop()
        if session is not None:
            hall = self.desk.hall
            self._run(lambda: staff.sign_out(hall, session))
        self.desk.session = None
        self.payments.let_go()
        self.sign_in_page.clear()
        self.frame.cover(self.sign_in_page)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # any key or mouse press counts as being there
        if isinstance(event, QKeyEvent | QMouseEvent) and self._idle.isActive():
            self._idle.start()
        return super().eventFilter(watched, event)

    def close(self) -> None:
        """Let go of the second screen and the timers; what runs on the lanes ends first, the caller closes them."""
        self._idle.stop()
        self._clock.stop()
        self.second_screen.close()

    def _signed_in(self, session: Session) -> None:
        self.sign_in.answers(lambda answers: self._answered(session, answers))

    def _answered(self, session: Session, answers: Sequence[AnswerScreen]) -> None:
        if answers:

            def seen() -> None:
                for answer in answers:
                    self.sign_in.see(answer.intent_id)
                self._enter(session)

            self.frame.cover(AnswersPage(answers, seen))
        else:
            self._enter(session)

    def _enter(self, session: Session) -> None:
        self.frame.uncover()
        self.sign_in_page.clear()
        self.frame.set_who(session.name, self.desk.hall.hall.counter_name)
        for key, right in _ROOM_RIGHTS.items():
            self.frame.enable_room(key, session.may(right))
        first = next((key for key, right in _ROOM_RIGHTS.items() if session.may(right)), "payments")
        self.frame.show_room(first)
        self._idle.start()
        self._read_status()
        if first == "payments":
            self.frame.go_to_search()

    def _unlocked(self) -> None:
        self.lock_page = None
        self.frame.uncover()

    def _add_rooms(self) -> None:
        self.frame.add_room("payments", tr("收费"), "cash", self.payments)
        self.frame.add_room("shifts", tr("班结"), "calculator", self.shifts)
        self.frame.add_room("settings", tr("设置"), "settings", self.settings, is_at_foot=True)
        self.payments.open_shift_wanted.connect(self._go_to_shift)
        self.payments.second_screen_wanted.connect(self._show_second)

    def _add_keys(self) -> None:
        for action in (
            Action("lock", tr("锁屏"), "F12", self.lock, is_above_panels=True),
            Action("pause", tr("暂停服务"), "F11", self._pause_or_resume, is_above_panels=True),
            Action("sign-out", tr("换人登录"), "", self.sign_out),
        ):
            self.frame.keys.add(action)

    def _pause_or_resume(self) -> None:
        if self._is_paused:
            self.resume()
        else:
            self.pause()

    def _go_to_shift(self) -> None:
        self.frame.show_room("shifts")
        self.shifts.begin_opening()

    def _show_second(self, paying: object) -> None:
        if isinstance(paying, Paying):
            self.second_screen.show_paying(paying)
        else:
            self.second_screen.show_idle(self.desk.hall.hall.name, self.desk.hall.hall.counter_name)

    def _scanned(self, text: str) -> None:
        if self.desk.session is not None and self.lock_page is None and not self._is_paused:
            self.frame.show_room("payments")
            self.payments.open_scan(text)

    def _read_status(self) -> None:
        def show(sheet: ShiftSheet | None) -> None:
            self._status.sheet = sheet
            self._show_status()

        self.desk.lanes.run("reader", self._status.read, show, lambda _r: None, lambda _t: None)

    def _show_status(self) -> None:
        self.frame.status.show_status(self._status.items(), self._status.clock(self.desk.hall.clock.now()))

    def _run(self, job: Callable[[], object]) -> None:
        self.desk.lanes.run("writer", job, lambda _done: None, lambda _r: None, lambda _t: None)
