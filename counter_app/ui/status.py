"""The truth at the bottom of the window: shift, float, drawer, uploads, hub, printer."""

from __future__ import annotations

from datetime import datetime

from counter_app.domain.shifts import ShiftSheet
from counter_app.services import shifts
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount, day_and_clock
from counter_app.ui.language import tr
from counter_app.ui.status_bar import StatusItem


class Status:
    """Keeps the status bar true: read anew whenever something changed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.sheet: ShiftSheet | None = None
        self.failed_prints = 0

    def read(self) -> ShiftSheet | None:
        """The running sums of the open shift; for the reader's lane."""
        return shifts.sheet(self._desk.hall)

    def items(self) -> tuple[StatusItem, ...]:
        """What the bar shows now."""
        if self.sheet is None:
            shift: tuple[StatusItem, ...] = (StatusItem(tr("班次"), tr("未开班"), "off"),)
        else:
            shift = (
                StatusItem(tr("班次"), self.sheet.shift.shift_no),
                StatusItem(tr("备用金"), amount(self.sheet.shift.float_fen)),
            )
        money = StatusItem(tr("收款"), tr("暂停，自检未通过"), "bad") if self._desk.hall.store.money_off else None
        printer = (
            StatusItem(tr("打印机"), tr("{count} 张未打出", count=self.failed_prints), "warn")
            if self.failed_prints
            else StatusItem(tr("打印机"), light="good")
        )
        return (*shift, *((money,) if money else ()), printer)

    def clock(self, now: datetime) -> str:
        """The clock at the right."""
        return day_and_clock(now)
