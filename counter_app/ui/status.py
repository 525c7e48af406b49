"""The truth at the bottom of the window: shift, float, money, the line to the hub, printer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from counter_app.domain.shifts import Lateness, ShiftSheet
from counter_app.services import printing, receipts, shifts
from counter_app.services.hall import scarce_bytes
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount, day_and_clock
from counter_app.ui.language import later, tr
from counter_app.ui.status_bar import Light, StatusItem
from counter_app.ui.wording_line import line_value, line_words

if TYPE_CHECKING:
    from counter_app.sync.status import SyncStatus

_PRINTER: dict[str, tuple[str, Light]] = {
    "ready": ("", "good"),
    "paused": (later("已暂停"), "warn"),
    "needs_hand": (later("请看一下纸和机盖"), "warn"),
    "offline": (later("没有联机"), "bad"),
    "missing": (later("找不到"), "bad"),
    "no_right": (later("没有权限"), "bad"),
    "unknown": (later("状态未知"), "off"),
}
_LATE: dict[Lateness, tuple[str, Light | None, str]] = {
    "": ("", None, ""),
    "after_midnight": (
        later("（已过零点）"),
        "warn",
        later("班次的账期不变，收款仍记在开班那一天。请尽快班结，新的一天另开新班。"),
    ),
    "forgotten": (
        later("（昨日未结）"),
        "bad",
        later("这个班次是以前的账期，早就该结了。请班结；开班的人不在，请班长来结。"),
    ),
}
_ASKED_AGAIN = timedelta(minutes=1)


class Status:
    """Keeps the status bar true: read anew whenever something changed.

    What the drawer should hold is not among it: the drawer is counted blind.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.sheet: ShiftSheet | None = None
        self.line: SyncStatus | None = None
        self.scarce_bytes: int | None = None
        self.failed_prints = 0
        self.printer = "unknown"
        self._asked_at: datetime | None = None

    def read(self) -> None:
        """Read shift, prints, and how the line to the hub stands; for the reader's lane."""
        hall = self._desk.hall
        self.line = self._desk.line.standing(hall)
        self.sheet = shifts.sheet(hall)
        self.scarce_bytes = scarce_bytes(hall)
        self.failed_prints = sum(job.state == "failed" for job in receipts.unfinished(hall))

    def ask_printer(self, on_answer: Callable[[], object]) -> None:
        """Ask the printer how it stands, once a minute while somebody is signed in; it may take seconds, on a lane."""
        hall = self._desk.hall
        now = hall.clock.now()
        is_known = self._asked_at is not None and now - self._asked_at < _ASKED_AGAIN
        if is_known or self._desk.session is None:
            return
        self._asked_at = now

        def answered(standing: str) -> None:
            self.printer = standing if standing in _PRINTER else "unknown"
            on_answer()

        self._desk.lanes.run(
            "long",
            lambda: printing.state(hall).standing,
            answered,
            lambda _refusal: answered("unknown"),
            lambda _trouble: answered("unknown"),
        )

    def items(self) -> tuple[StatusItem, ...]:
        """What the bar shows now."""
        return (*self._shift(), *self._money(), *self._disk(), *self._line(), self._printer())

    def clock(self, now: datetime) -> str:
        """The clock at the right."""
        return day_and_clock(now)

    def _shift(self) -> tuple[StatusItem, ...]:
        if self.sheet is None:
            return (StatusItem(tr("班次"), tr("未开班"), "off"),)
        shift = self.sheet.shift
        late = shifts.lateness(self._desk.hall, shift)
        mark, light, hint = _LATE[late]
        number = StatusItem(tr("班次"), f"{shift.shift_no}{tr(mark) if mark else ''}", light, tr(hint) if hint else "")
        return (number, StatusItem(tr("备用金"), amount(shift.float_fen)))

    def _money(self) -> tuple[StatusItem, ...]:
        store = self._desk.hall.store
        if not store.is_writable:
            return (StatusItem(tr("收款"), tr("暂停，数据只能查看"), "bad"),)
        if store.money_off:
            return (StatusItem(tr("收款"), tr("暂停，自检未通过"), "bad"),)
        return ()

    def _disk(self) -> tuple[StatusItem, ...]:
        if self.scarce_bytes is None:
            return ()
        left = tr("只剩 {megabytes} MB", megabytes=self.scarce_bytes // 1024**2)
        hint = tr("磁盘快满了。开着的班次可以做完；不足 200 MB 时不能开新班。请管理员清理磁盘。")
        return (StatusItem(tr("磁盘"), left, "warn", hint),)

    def _line(self) -> tuple[StatusItem, ...]:
        line = self.line
        if line is None:
            return ()
        now = self._desk.hall.clock.now()
        words = line_words(line, now)
        waiting = StatusItem(tr("待上传"), str(line.waiting), hint=words)
        # before the first answer nothing is known to be well
        light = "off" if line.light == "good" and line.answered_at is None else line.light
        return (waiting, StatusItem(tr("上游"), line_value(line, now), light, words))

    def _printer(self) -> StatusItem:
        if self.failed_prints:
            return StatusItem(tr("打印机"), tr("{count} 张未打出", count=self.failed_prints), "warn")
        word, light = _PRINTER[self.printer]
        return StatusItem(tr("打印机"), tr(word) if word else "", light)
