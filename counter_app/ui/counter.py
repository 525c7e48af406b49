"""The counter at work in its window: who may be where, what covers what, and the parts that every room shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from counter_app.deferred import deferred
from counter_app.domain.staff import Right, Session
from counter_app.ui.cover_page import CoverPage
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.presence import Presence
from counter_app.ui.scan import ScanFilter
from counter_app.ui.sign_in.page import SignInPage
from counter_app.ui.sign_in.presenter import AnswerScreen, SignInPresenter, SignInScreen

if TYPE_CHECKING:
    from counter_app.ui import wording
    from counter_app.ui.payments.room import PaymentsRoom
    from counter_app.ui.retention.room import RetentionRoom
    from counter_app.ui.retention.signoffs_room import SignoffsRoom
    from counter_app.ui.rooms import Rooms
    from counter_app.ui.second_screen import SecondScreen
    from counter_app.ui.settings.room import SettingsRoom
    from counter_app.ui.shifts.room import ShiftRoom
    from counter_app.ui.status import Status
else:
    wording = deferred("counter_app.ui.wording")

IDLE_LOCK_MS = 3 * 60 * 1000
"""Idle time at a counter after which the screen locks (reliability 4.4)."""

_CLOCK_MS = 5_000
_BREATH_MS = 5
"""Between two parts that are built behind the sign-in page: whatever somebody types there comes first."""

_ROOM_RIGHTS = {
    "payments": Right.SEE_CUSTOMERS,
    "retention": Right.SEE_RETENTION,
    "signoffs": Right.SIGN_OFF,
    "shifts": Right.RUN_SHIFT,
    "settings": Right.SETTINGS,
    "tasks": Right.RUN_SHIFT,
    "reports": Right.SEE_REPORTS,
}


class Counter(QObject):
    """Everything behind the window once a hall is open; `start` shows the sign-in page, `close` ends the work.

    The rooms come when that page stands: what they import is loaded on the writer's lane, so that a sign-in waits
    behind it, and each part is built in a turn of its own while somebody types; `is_furnished` when all are. Whoever
    asks for a room earlier gets it then.
    `on_signed_out` is called when the counter is free for the next person, `on_shut_out` when the hall turns out to be
    another device's: nobody signs in.
    """

    def __init__(
        self,
        desk: Desk,
        frame: Frame,
        screen: SignInScreen,
        *,
        idle_ms: int = IDLE_LOCK_MS,
        on_signed_out: Callable[[], object] = lambda: None,
        on_shut_out: Callable[[Exception], object] | None = None,
    ) -> None:
        super().__init__(frame)
        self.desk, self.frame, self._on_signed_out = desk, frame, on_signed_out
        self._on_shut_out = on_shut_out
        self.sign_in = SignInPresenter(desk, self._signed_in)
        self.sign_in_page = SignInPage(self.sign_in, screen)
        self._second_screen: SecondScreen | None = None
        self._rooms: Rooms | None = None
        self.page: CoverPage | None = None
        self.is_paused = self._is_closed = self.is_furnished = False
        self._add_keys()
        self._presence = Presence(frame, idle_ms, self.lock)
        self._clock = QTimer(self)
        self._clock.setInterval(_CLOCK_MS)
        self._clock.timeout.connect(self._tick)
        self.scanner = ScanFilter(parent=self)
        self.scanner.scanned.connect(self._scanned)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.scanner.watch(app)

    @property
    def payments(self) -> PaymentsRoom:
        """The room 收费."""
        return self._furnished().payments

    @property
    def retention(self) -> RetentionRoom:
        """The room 挽留."""
        return self._furnished().retention

    @property
    def signoffs(self) -> SignoffsRoom:
        """The room 审批."""
        return self._furnished().signoffs

    @property
    def shifts(self) -> ShiftRoom:
        """The room 班结."""
        return self._furnished().shifts

    @property
    def settings(self) -> SettingsRoom:
        """The room 设置."""
        return self._furnished().settings

    @property
    def second_screen(self) -> SecondScreen:
        """The customer's window; hidden without a monitor of its own."""
        if self._second_screen is None:
            from counter_app.ui.second_screen import SecondScreen

            self._second_screen = SecondScreen()
            self._show_idle()
        return self._second_screen

    def start(self) -> None:
        """Show the sign-in page over everything, and the hall on the customer's monitor; then bring the rooms."""
        self._cover(self.sign_in_page)
        self.place_second_screen()
        # behind the first paint of the page
        QTimer.singleShot(0, self, self._bring_rooms)

    def place_second_screen(self) -> None:
        """Put the customer's window on the monitor that this machine keeps for it."""
        name = self.desk.looks.look.second_screen
        # a monitor without a name is never the one that was chosen
        if (name or self._second_screen is not None) and not (name and self.second_screen.place(name)):
            self.second_screen.hide()

    def lock(self) -> None:
        """F12, or three idle minutes: cover everything until the same person gives the password."""
        from counter_app.ui.sign_in.lock import LockPage

        if self.desk.session is None or isinstance(self.page, LockPage):
            return
        page = LockPage(self.sign_in, self.desk.session.name)
        page.opened.connect(self._unlocked)
        page.signed_out.connect(self.sign_out)
        self._presence.end()
        self._cover(page)

    def pause(self) -> None:
        """F11: the customer's screen says 暂停服务 until F11 is pressed again (004-41)."""
        if self.desk.session is None or self.frame.is_covered():
            return
        self.is_paused = True
        self.second_screen.show_paused(self.desk.hall.hall.counter_name)
        self._cover_paused()

    def resume(self) -> None:
        """The window is open again."""
        self.is_paused = False
        self._show_idle()
        self._uncover()

    def sign_out(self) -> None:
        """Leave the counter to the next person; held customers are let go of."""
        from counter_app.services import staff

        session, hall = self.desk.session, self.desk.hall
        self.retention.keep_typed()
        self._presence.end()
        if session is not None and hall.store.is_writable:
            self._write(lambda: staff.sign_out(hall, session))
        self.desk.session = None
        self.is_paused = False
        self._furnished().let_go()
        self.frame.panels.let_go()
        self.sign_in_page.clear()
        self._cover(self.sign_in_page)
        self._show_idle()
        self._on_signed_out()

    def change_password(self) -> None:
        """The person who is signed in wants another password."""
        self._ask_password(is_forced=False, then=self._uncover, back=self._uncover)

    def close(self) -> None:
        """Let go of the second screen, the timers and the keys; the lanes end first, and the caller closes them."""
        self._presence.end()
        self.scanner.end()
        self._clock.stop()
        self._is_closed = True
        if self._second_screen is not None:
            self._second_screen.close()
            self._second_screen.deleteLater()

    def _signed_in(self, session: Session) -> None:
        if session.must_change_password:
            self._ask_password(is_forced=True, then=self._read_answers, back=self.sign_out)
        else:
            self._read_answers()

    def _ask_password(self, *, is_forced: bool, then: Callable[[], object], back: Callable[[], object]) -> None:
        from counter_app.ui.sign_in.password import PasswordPage

        def changed() -> None:
            then()
            self.frame.toast.say(tr("密码已修改。"))

        self._cover(PasswordPage(self.sign_in, is_forced=is_forced, on_changed=changed, on_back=back))

    def _read_answers(self) -> None:
        self.sign_in.answers(self._answered, self._answers_failed)

    def _answers_failed(self, words: str) -> None:
        # without the answers nobody works here: money may be on the table
        self.desk.session = None
        self._cover(self.sign_in_page)
        self.sign_in_page.fail(words)

    def _answered(self, answers: Sequence[AnswerScreen]) -> None:
        from counter_app.ui.sign_in.answers import AnswersPage

        def seen() -> None:
            for answer in answers:
                self.sign_in.see(answer.intent_id)
            self._enter()

        if answers:
            self._cover(AnswersPage(answers, seen))
        else:
            self._enter()

    def _enter(self) -> None:
        session = self.desk.who
        self._furnished()
        self._uncover()
        self.sign_in_page.clear()
        self.frame.set_who(session.name, self.desk.hall.hall.counter_name)
        self.frame.search.setEnabled(session.may(Right.SEE_CUSTOMERS))
        for key, right in _ROOM_RIGHTS.items():
            if self.frame.has_room(key):
                self.frame.enable_room(key, session.may(right))
        self._furnished().count()
        first = next(key for key, right in _ROOM_RIGHTS.items() if session.may(right))
        self.frame.show_room(first)
        self._presence.begin()
        self._read_status()
        if first == "payments":
            self.frame.go_to_search()

    def _unlocked(self) -> None:
        self._presence.begin()
        if self.is_paused:
            self._cover_paused()
        else:
            self._uncover()

    def _cover_paused(self) -> None:
        from counter_app.ui.sign_in.lock import PausePage

        page = PausePage()
        page.ended.connect(self.resume)
        self._cover(page)

    def _cover(self, page: CoverPage) -> None:
        before, self.page = self.page, page
        self.frame.cover(page, page.key_actions())
        self._drop(before)

    def _uncover(self) -> None:
        before, self.page = self.page, None
        self.frame.uncover()
        self._drop(before)

    def _drop(self, page: CoverPage | None) -> None:
        if page is not None and page is not self.sign_in_page and page is not self.page:
            page.deleteLater()

    def _bring_rooms(self) -> None:
        if self._is_closed:
            return
        hall = self.desk.hall

        def job() -> None:
            from counter_app.ui.rooms import bring

            bring(hall)

        self.desk.lanes.run(
            "writer",
            job,
            lambda _none: self._add_next_room(),
            lambda refusal: self.sign_in_page.fail(wording.sentences(refusal)),
            self._not_brought,
        )

    def _not_brought(self, trouble: Exception) -> None:
        from counter_app.services.hall import NotThisKey

        if self._on_shut_out is not None and isinstance(trouble, NotThisKey):
            self._on_shut_out(trouble)
        else:
            self.sign_in_page.fail(wording.trouble_sentences(trouble))

    def _add_next_room(self) -> None:
        if self._is_closed:
            return
        if self._rooms is None:
            self.frame.furnish()
            self._with_rooms()
        elif not self._rooms.add_next():
            self.is_furnished = True
            return
        QTimer.singleShot(_BREATH_MS, self, self._add_next_room)

    def _furnished(self) -> Rooms:
        rooms = self._with_rooms()
        # the last of them; their pages come while nobody waits, or when they are gone to
        _last = rooms.settings
        return rooms

    def _with_rooms(self) -> Rooms:
        if self._rooms is None:
            from counter_app.ui.rooms import Rooms

            self._rooms = Rooms(self.desk, self.frame)
            self._rooms.payments.open_shift_wanted.connect(self._go_to_shift)
            self._rooms.payments.second_screen_wanted.connect(self._show_second)
            self._rooms.payments.retention_wanted.connect(self._rooms.retention.open_customer)
            self._rooms.retention.customer_wanted.connect(self._rooms.payments.open_customer)
            self.desk.listen(self._read_status)
            self._clock.start()
        return self._rooms

    @property
    def _status(self) -> Status:
        return self._with_rooms().status

    def _add_keys(self) -> None:
        for action in (
            Action("lock", tr("锁屏"), "F12", self.lock, is_above_panels=True),
            Action("pause", tr("暂停服务"), "F11", self.pause, is_above_panels=True),
            Action("look", tr("外观与语言"), "", self._choose_look),
            Action("password", tr("修改密码"), "", self.change_password),
            Action("sign-out", tr("换人登录"), "", self.sign_out),
        ):
            self.frame.keys.add(action)

    def _choose_look(self) -> None:
        from counter_app.ui.settings.look_fields import LookPanel

        self.frame.panels.open(LookPanel(self.desk.looks), actions=())

    def _go_to_shift(self) -> None:
        self.frame.show_room("shifts")
        self.shifts.read()

    def _show_idle(self) -> None:
        self.second_screen.show_idle(self.desk.hall.hall.name, self.desk.hall.hall.counter_name)

    def _show_second(self, paying: object) -> None:
        from counter_app.ui.second_screen import Paying

        if isinstance(paying, Paying):
            self.second_screen.show_paying(paying)
        else:
            self._show_idle()

    def _scanned(self, text: str) -> None:
        session = self.desk.session
        if session is None or self.frame.is_covered() or not session.may(Right.SEE_CUSTOMERS):
            return
        self.frame.show_room("payments")
        self.payments.open_scan(text)

    def _tick(self) -> None:
        if self.desk.session is not None and self._status.line is not None:
            # what waits to go up changes with nobody at the counter doing anything
            self._read_status()
        else:
            self._show_status()

    def _read_status(self) -> None:
        self.desk.lanes.run("reader", self._status.read, self._status_read, lambda _r: None, lambda _t: None)

    def _status_read(self, _nothing: None) -> None:
        self._show_status()

    def _show_status(self) -> None:
        self._status.ask_printer(self._show_status)
        self.frame.status.show_status(self._status.items(), self._status.clock(self.desk.hall.clock.now()))

    def _write(self, job: Callable[[], object]) -> None:
        self.desk.lanes.run("writer", job, lambda _done: None, lambda _r: None, lambda _t: None)
