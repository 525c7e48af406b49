"""Which days a list is about: one of the usual periods, or any two days that are typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from counter_app.domain.retention_followup import months_later
from counter_app.ui.blocks import SPACE, Label
from counter_app.ui.choice import DropDown
from counter_app.ui.fields import TextEntry
from counter_app.ui.formats import day
from counter_app.ui.language import later, tr
from counter_app.ui.retention.presenter_visits import typed_day
from counter_app.ui.theme import px

OWN = "own"
PERIODS: Mapping[str, str] = {
    "month": later("本月"),
    "last": later("上个月"),
    "quarter": later("近三个月"),
    "year": later("近一年"),
    "all": later("全部"),
    OWN: later("自选日期"),
}
"""The periods by their keys; the days of the last are typed."""
_DAY_PX = 126


class PeriodChoice(QWidget):
    """A drop-down beside two days. `changed`: other days hold. A day that is typed makes the period one's own; it holds
    from Enter on, or when the cursor goes elsewhere. An empty day is open: the beginning, or today.
    """

    changed = Signal()

    def __init__(
        self, today: Callable[[], date], *, name: str, period: str = "quarter", periods: Mapping[str, str] = PERIODS
    ) -> None:
        super().__init__()
        self._today, self._words = today, periods
        self._own: tuple[date, date] | None = None
        self.periods = DropDown([(key, tr(word)) for key, word in periods.items()], name=name)
        self.periods.choose(period)
        self.from_on = TextEntry(name=tr("第一天"), is_number=True, hint=tr("最早"))
        self.to_on = TextEntry(name=tr("最后一天"), is_number=True, hint=tr("今天"))
        self.error = Label(role="field-error", is_wrapped=True)
        self._before = self.days()
        self._lay_out()
        self._write(self._before)
        self.periods.chosen.connect(self._chosen)
        for entry in (self.from_on, self.to_on):
            entry.typed.connect(self._typed)
            entry.editingFinished.connect(self.apply)
        self.from_on.entered.connect(self.to_on.setFocus)
        self.to_on.entered.connect(self.apply)

    def choice(self) -> str:
        """The key of the period."""
        return self.periods.choice()

    def days(self) -> tuple[date, date]:
        """First and last day, both included."""
        return self._own or period_days(self.choice(), self._today())

    def word(self) -> str:
        """The period in words."""
        from_on, to_on = self.days()
        if self._own is None:
            return tr(self._words[self.choice()])
        return tr("{from_on} 到 {to_on}", from_on=day(from_on) if from_on > date.min else tr("最早"), to_on=day(to_on))

    def next_choice(self) -> None:
        """The next of the usual periods, from the last to the first; whoever has typed days begins at the first."""
        usual = [key for key in self._words if key != OWN]
        place = usual.index(self.choice()) + 1 if self.choice() != OWN else 0
        self._take(usual[place % len(usual)])

    def apply(self) -> bool:
        """Let the days that are typed hold; False, with the reason beside the day, where they are none."""
        if self.choice() != OWN:
            return True
        found: list[date] = []
        for entry, empty in ((self.from_on, date.min), (self.to_on, self._today())):
            text = entry.text().strip()
            on = typed_day(text) if text else empty
            if on is None:
                self._say(tr("日期应写成 2026-12-31 这样。请改正。"))
                return False
            found.append(on)
        first, last = found
        if last < first:
            self._say(tr("最后一天早于第一天。请改正。"))
            return False
        self._say("")
        if self._own != (first, last):
            self._own = (first, last)
            self.changed.emit()
        return True

    def _chosen(self, key: str) -> None:
        if key == OWN:
            # the days of the period before stand there to be changed
            self._own = self._own or self._before
            self._write(self._own)
            self.from_on.setFocus()
            self.from_on.selectAll()
        else:
            self._take(key)

    def _take(self, key: str) -> None:
        self.periods.choose(key)
        self._own = None
        self._before = self.days()
        self._write(self._before)
        self._say("")
        self.changed.emit()

    def _typed(self, _text: str) -> None:
        if self.choice() != OWN:
            self._own = self.days()
            self.periods.choose(OWN)
        self._say("")

    def _write(self, days: tuple[date, date]) -> None:
        for entry, on in zip((self.from_on, self.to_on), days, strict=True):
            entry.setText("" if on == date.min else on.isoformat())

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.periods)
        for word, entry in ((tr("从"), self.from_on), (tr("到"), self.to_on)):
            entry.setFixedWidth(px(_DAY_PX))
            row.addWidget(Label(word, role="muted"))
            row.addWidget(entry)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addLayout(row)
        column.addWidget(self.error)
        self._say("")


def period_days(period: str, today: date) -> tuple[date, date]:
    """First and last day of a usual period."""
    first = today.replace(day=1)
    if period == "yesterday":
        return (today - timedelta(days=1),) * 2
    if period == "last":
        return months_later(first, -1), first - timedelta(days=1)
    starts = {"month": first, "quarter": months_later(today, -3), "year": months_later(today, -12), "all": date.min}
    starts["today"] = today
    return starts[period], today
