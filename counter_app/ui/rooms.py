"""The rooms of the counter, put into its frame one after the other behind the page that signs people in."""

from __future__ import annotations

from importlib import import_module

from PySide6.QtCore import QTimer

from counter_app.domain.rights import Right
from counter_app.services.hall import OpenHall
from counter_app.ui.deductions.panel import deductions_action
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from counter_app.ui.line_panel import line_action
from counter_app.ui.payments.room import PaymentsRoom
from counter_app.ui.reports.room import ReportsRoom
from counter_app.ui.retention.room import RetentionRoom
from counter_app.ui.retention.signoffs_room import SignoffsRoom
from counter_app.ui.settings.room import SettingsRoom
from counter_app.ui.shifts.room import ShiftRoom
from counter_app.ui.status import Status
from counter_app.ui.tasks.room import TasksRoom

_AT_SIGN_IN = (
    "counter_app.services.passwords",
    "counter_app.storage.hall_sql",
    "counter_app.storage.journal_sql",
    "counter_app.storage.staff_sql",
    "counter_app.ui.settings.look_fields",
    "counter_app.ui.sign_in.answers",
    "counter_app.ui.sign_in.lock",
    "counter_app.ui.sign_in.password",
    "counter_app.ui.wording",
)
"""What the first sign-in needs beside the rooms, and what imports it only then."""


def bring(hall: OpenHall) -> None:
    """Load, on a lane, what the first person who signs in will need.

    Raises:
        NotThisKey: the hall's file knows this device by another key; nobody signs in.
        Refused, FileNotFoundError: the rules of the hall's trade cannot be read.
    """
    _key = hall.device
    for name in _AT_SIGN_IN:
        import_module(name)
    hall.journal.clock.now()


class Rooms:
    """收费, 班结, 报表 and 设置 of one counter, 挽留 and 审批 where the trade keeps that form, 待办 where there is a
    hub or something found against the file, and the status below them.

    `add_next` builds one part: first the rooms of the rail, with the page that each begins with, then their other
    pages. No part holds the window for long.
    """

    def __init__(self, desk: Desk, frame: Frame) -> None:
        self._desk, self._frame = desk, frame
        self._payments: PaymentsRoom | None = None
        self._retention: RetentionRoom | None = None
        self._signoffs: SignoffsRoom | None = None
        self._shifts: ShiftRoom | None = None
        self._reports: ReportsRoom | None = None
        self._tasks: TasksRoom | None = None
        self._settings: SettingsRoom | None = None
        self.status = Status(desk)
        frame.keys.add(line_action(desk, frame, self.status))
        desk.listen(self._add_tasks)

    def add_next(self) -> bool:
        """Add the next room or page; False when all are there."""
        desk, frame = self._desk, self._frame
        if self._payments is None:
            self._payments = PaymentsRoom(desk, frame)
            frame.add_room("payments", tr("收费"), "cash", self._payments)
        elif self._retention is None:
            self._retention = RetentionRoom(desk, frame)
            if self._retention.has_form:
                frame.add_room("retention", tr("挽留"), "heart-handshake", self._retention)
        elif self._signoffs is None:
            self._signoffs = SignoffsRoom(desk, frame)
            if self._retention.has_form:
                frame.add_room("signoffs", tr("审批"), "checks", self._signoffs)
        elif self._shifts is None:
            self._shifts = ShiftRoom(desk, frame)
            self._shifts.is_serving = self._payments.is_serving
            self._shifts.customer_wanted.connect(self._payments.open_customer)
            frame.keys.add(deductions_action(desk, frame, self._payments.open_customer))
            frame.add_room("shifts", tr("班结"), "calculator", self._shifts)
        elif self._tasks is None and self._has_tasks():
            self._tasks = TasksRoom(desk, frame)
            frame.add_room("tasks", tr("待办"), "clipboard-list", self._tasks)
        elif self._reports is None:
            self._reports = ReportsRoom(desk, frame)
            self._reports.customer_wanted.connect(self.payments.open_customer)
            frame.add_room("reports", tr("报表"), "chart-bar", self._reports)
        elif self._settings is None:
            self._settings = SettingsRoom(desk, frame)
            frame.add_room("settings", tr("设置"), "settings", self._settings, is_at_foot=True)
        else:
            return self._shifts.build_next() or self._retention.build_next() or self._settings.build_next()
        return True

    def _has_tasks(self) -> bool:
        return self._desk.line.is_enrolled or self._desk.hall.is_behind_mark

    def _add_tasks(self) -> None:
        """A hall that joins a hub in front of everybody gets the room that comes with one."""
        if self._settings is not None and self._tasks is None and self._has_tasks():
            session = self._desk.session
            self._tasks = TasksRoom(self._desk, self._frame)
            may = session is not None and session.may(Right.RUN_SHIFT)
            self._frame.add_room("tasks", tr("待办"), "clipboard-list", self._tasks, is_enabled=may)

    def count(self) -> None:
        """Somebody sits down: the rail says how much waits in each room."""
        self.signoffs.count()
        self.retention.count()
        # behind the room that is shown first: one that was forgotten takes its place
        QTimer.singleShot(0, self.shifts, self.shifts.catch_forgotten)
        if self._tasks is not None:
            self._tasks.count()

    def let_go(self) -> None:
        """The person leaves the counter."""
        for room in (
            self.payments,
            self.retention,
            self.signoffs,
            self.shifts,
            self.reports,
            self._tasks,
            self.settings,
        ):
            if room is not None:
                room.let_go()

    @property
    def tasks(self) -> TasksRoom | None:
        """待办; None where nothing can be in it."""
        return self._tasks

    @property
    def payments(self) -> PaymentsRoom:
        """收费."""
        while self._payments is None:
            self.add_next()
        return self._payments

    @property
    def retention(self) -> RetentionRoom:
        """挽留; not in the rail where the trade keeps no such form."""
        while self._retention is None:
            self.add_next()
        return self._retention

    @property
    def signoffs(self) -> SignoffsRoom:
        """审批; not in the rail where the trade keeps no such form."""
        while self._signoffs is None:
            self.add_next()
        return self._signoffs

    @property
    def shifts(self) -> ShiftRoom:
        """班结."""
        while self._shifts is None:
            self.add_next()
        return self._shifts

    @property
    def reports(self) -> ReportsRoom:
        """报表."""
        while self._reports is None:
            self.add_next()
        return self._reports

    @property
    def settings(self) -> SettingsRoom:
        """设置."""
        while self._settings is None:
            self.add_next()
        return self._settings
