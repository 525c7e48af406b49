"""The page 成功率: both rates of the whole and of each group, with the cases and the interval beside each bar."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout

from counter_app.ui.blocks import SPACE, Button, Card, Label
from counter_app.ui.choice import DropDown, SegmentedChoice
from counter_app.ui.desk import Desk
from counter_app.ui.export_panel import open_export
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.retention.presenter_rates import DIMENSIONS, PERIODS, RatePresenter, RateRow, RatesScreen
from counter_app.ui.retention.rate_chart import RateBar, RateTable
from counter_app.ui.retention.room_page import RoomPage
from counter_app.ui.table import Column
from counter_app.ui.theme import LARGEST_SCALE, px, scale_in_use


class RatesPage(RoomPage):
    """F6 groups in another way, F7 takes another period, Ctrl+E makes a file of all groups; Esc stops a computation
    and Ctrl+R begins it anew. Who goes to another page ends it.
    """

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__(desk, frame)
        self.presenter = RatePresenter(desk, self._show, self._failed, self._stopped)
        self.period = DropDown([(key, tr(word)) for key, word in PERIODS.items()], name=tr("期间"))
        self.period.choose(self.presenter.months)
        self.dimension = SegmentedChoice([(key, tr(word)) for key, word in DIMENSIONS.items()], name=tr("分组"))
        self.export_button = Button(tr("导出"), key="Ctrl+E")
        self.told = Label(role="muted", is_wrapped=True)
        self.explanation = Label(role="note", is_wrapped=True)
        self.whole = tuple((Label(), RateBar(), Label(is_wrapped=True)) for _ in range(2))
        self.table = RateTable(
            (
                Column("group", tr("组"), lambda r: r.group, 170, sort=lambda r: r.group),
                Column(
                    "success", tr("成功率"), lambda r: r.success.rate, 90, align="right", sort=lambda r: r.success.share
                ),
                Column("success_chart", tr("0 — 50 — 100%"), lambda _row: "", 150),
                Column("success_cases", tr("件数，区间"), lambda r: r.success.cases, 230, sort=_success_cases),
                Column(
                    "keep", tr("四个月保有率"), lambda r: r.keep.rate, 130, align="right", sort=lambda r: r.keep.share
                ),
                Column("keep_chart", tr("0 — 50 — 100%"), lambda _row: "", 150),
                Column("keep_cases", tr("件数，区间"), lambda r: r.keep.cases, 230, sort=lambda r: r.keep.count),
            ),
            name=tr("成功率"),
            empty="",
            stretch="group",
        )
        self._lay_out()
        reading = self.presenter.reading
        self.setFocusProxy(self.dimension)
        self.period.chosen.connect(self.presenter.choose_period)
        self.dimension.chosen.connect(self.presenter.choose_dimension)
        self.export_button.clicked.connect(self.export)
        for action in (
            Action("rates-group", tr("换分组"), "F6", self.dimension.next_choice),
            Action("rates-period", tr("换期间"), "F7", self._next_period),
            Action("rates-export", tr("导出"), "Ctrl+E", self.export),
            Action("rates-again", tr("重新计算"), "Ctrl+R", self.read),
            Action("rates-stop", tr("停止计算"), "Escape", reading.stop, is_possible=lambda: reading.is_running),
        ):
            frame.keys.add(action, page=self)

    def read(self) -> None:
        if not self.presenter.has_figures:
            self.table.show_empty_text(tr("正在计算成功率"))
        self.presenter.read()

    def let_go(self) -> None:
        self.presenter.let_go()
        self.table.show_rows(())

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        # a window that is only minimised is still waited for
        if not event.spontaneous():
            self.presenter.reading.give_up()

    def export(self) -> None:
        """Ctrl+E: all groups as a file; it counts cases, and names no customer."""
        rows = self.presenter.exported()
        if rows:
            lead = tr("文件里是各组的成功率和件数，没有客户资料。")
            open_export(self.desk, self.frame, name=tr("挽留成功率"), lead=lead, rows_of=lambda: rows)

    def _show(self, screen: RatesScreen) -> None:
        self.told.setText(screen.period)
        self.explanation.setText(screen.explanation)
        for (figure, bar, cases), cell in zip(self.whole, (screen.whole.success, screen.whole.keep), strict=True):
            figure.setText(cell.rate)
            bar.show_rate(cell)
            cases.setText(cell.cases)
        self.table.show_empty_text(tr("这个期间没有办结的挽留单。案件办结以后，这里按组显示成功率。"))
        self.table.show_rows(screen.rows)

    def _stopped(self) -> None:
        self.period.choose(self.presenter.months)
        words = tr("计算已停止。按 Ctrl+R 再算一次。")
        if self.presenter.has_figures:
            words = tr("计算已停止，页面上还是原来的数字。按 Ctrl+R 再算一次。")
        self._failed(words)

    def _failed(self, words: str) -> None:
        if not self.presenter.has_figures:
            self.table.show_empty_text(words)
        self.say(words)

    def _next_period(self) -> None:
        keys = list(PERIODS)
        key = keys[(keys.index(self.period.choice()) + 1) % len(keys)]
        self.period.choose(key)
        self.presenter.choose_period(key)

    def _lay_out(self) -> None:
        card = Card()
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        # with the largest text the chosen word above is heading enough
        if scale_in_use() < LARGEST_SCALE:
            head.addWidget(Label(tr("成功率"), role="heading"))
        head.addWidget(self.told, 1)
        head.addWidget(self.period)
        head.addWidget(self.export_button)
        card.body.addLayout(head)
        card.body.addLayout(self._sums())
        row = QHBoxLayout()
        row.addWidget(self.dimension)
        row.addStretch(1)
        card.body.addLayout(row)
        card.body.addWidget(self.table, 1)
        self.table.setMinimumHeight(px(80))
        card.body.addWidget(self.explanation)
        self.put_card(card)

    def _sums(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(SPACE // 2)
        for line, (word, (figure, bar, cases)) in enumerate(
            zip((tr("挽留成功率"), tr("四个月保有率")), self.whole, strict=True)
        ):
            for place, widget in enumerate((Label(word, role="muted"), figure, bar, cases)):
                grid.addWidget(widget, line, place)
        grid.setColumnStretch(2, 1)
        grid.setColumnStretch(3, 1)
        return grid


def _success_cases(row: RateRow) -> int:
    return row.success.count
