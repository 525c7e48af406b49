"""The figures of shifts on the screen, the open one's and those closed; each opens to its records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout

from counter_app.domain.z_papers import ZFacts
from counter_app.domain.z_report import Figure, ShiftReport
from counter_app.services import shift_close, shifts, z_reports
from counter_app.ui.blocks import SPACE, Button, Label, PrimaryButton
from counter_app.ui.desk import Desk
from counter_app.ui.formats import day_and_clock
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.shifts.presenter import OnError, answers_no
from counter_app.ui.shifts.presenter_close import EntryRow, entry_row, signed_amount
from counter_app.ui.shifts.preview_panel import open_z_preview
from counter_app.ui.shifts.z_prints import print_z
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import Tone, px
from counter_app.ui.wording_shifts import figure_word

_WIDTH_PX, _LIST_PX = 820, 220


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One shift in the list; `z_no` is empty for the one that is still open."""

    shift_id: str
    shift_no: str
    z_no: str
    who: str
    at: str
    off: str


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure, with the entries it opens to."""

    name: str
    count: str
    amount: str
    ids: tuple[str, ...]


class Reports:
    """Reads shifts, figures and the rows behind them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def shifts(self, show: Callable[[tuple[ShiftRow, ...]], object], on_error: OnError) -> None:
        """The open shift, then those closed last."""
        hall = self._desk.hall

        def job() -> tuple[ShiftRow, ...]:
            sheet, zone = shifts.sheet(hall), hall.clock.now().tzinfo
            now: tuple[ShiftRow, ...] = ()
            if sheet is not None:
                one = sheet.shift
                opened = day_and_clock(one.opened_at.astimezone(zone))
                now = (ShiftRow(one.shift_id, one.shift_no, "", one.staff_no, opened, tr("进行中")),)
            closed = (
                _closed(facts, day_and_clock(facts.closed_at.astimezone(zone))) for facts in z_reports.issued(hall)
            )
            return (*now, *closed)

        self._desk.lanes.run("reader", job, show, *answers_no(on_error))

    def figures(self, shift_id: str, show: Callable[[tuple[FigureRow, ...]], object], on_error: OnError) -> None:
        """The figures of one shift."""
        desk, who = self._desk, self._desk.who

        def job() -> tuple[FigureRow, ...]:
            return _figures(shift_close.x_report(desk.hall, who, shift_id))

        desk.lanes.run("reader", job, show, *answers_no(on_error))

    def rows(self, shift_id: str, ids: tuple[str, ...], show: Callable[[tuple[EntryRow, ...]], object]) -> None:
        """The entries behind a figure."""
        desk, who = self._desk, self._desk.who

        def job() -> tuple[EntryRow, ...]:
            zone = desk.hall.clock.now().tzinfo
            found = shift_close.entries_behind(desk.hall, who, shift_id, ids)
            return tuple(entry_row(entry, day_and_clock(entry.at.astimezone(zone))) for entry in found)

        desk.lanes.run("reader", job, show, *answers_no(lambda _words: show(())))


class FiguresPanel(Panel):
    """The figures of one shift, and below them the records of the one pointed at."""

    def __init__(
        self, reports: Reports, row: ShiftRow, figures: tuple[FigureRow, ...], go: Callable[[EntryRow | None], object]
    ) -> None:
        super().__init__(tr("班次 {no}", no=row.shift_no), width_px=_WIDTH_PX)
        self._reports, self._shift_id = reports, row.shift_id
        self.table: Table[FigureRow] = Table(
            (
                Column("name", tr("项目"), lambda r: r.name, 260),
                Column("count", tr("笔数"), lambda r: r.count, 90, align="right"),
                Column("amount", tr("金额"), lambda r: r.amount, 150, align="right"),
            ),
            name=tr("本班合计"),
            empty=tr("本班还没有记录。"),
            stretch="name",
        )
        self.records: Table[EntryRow] = Table(
            (
                Column("at", tr("时间"), lambda r: r.at, 150),
                Column("kind", tr("事项"), lambda r: r.kind, 110),
                Column("words", tr("收据 / 原因"), lambda r: r.words, 220),
                Column("amount", tr("金额"), lambda r: r.amount, 120, align="right"),
            ),
            name=tr("相关记录"),
            empty=tr("选一项看它的记录。"),
            stretch="words",
        )
        for table in (self.table, self.records):
            table.setMinimumHeight(min(px(_LIST_PX), _LIST_PX))
            self.body.addWidget(table, 1)
        self.body.addWidget(Label(tr("Tab 到记录，回车到客户，Esc 返回"), role="note"))
        self.records.activated_row.connect(go)
        self.first = self.table
        self.table.current_changed.connect(self._point)
        self.table.show_rows(figures)
        self._point(self.table.current_row())

    def _point(self, row: FigureRow | None) -> None:
        if row is None:
            self.records.show_rows(())
        else:
            self._reports.rows(self._shift_id, row.ids, self.records.show_rows)


class ReportsPanel(Panel):
    """The shifts of this counter, the open one first; Enter opens the figures, F9 prints the Z report again."""

    def __init__(self, desk: Desk, frame: Frame, go: Callable[[EntryRow | None], object]) -> None:
        super().__init__(tr("班结单与班中报告"), width_px=_WIDTH_PX)
        self._go = go
        self._frame, self._desk, self._reports = frame, desk, Reports(desk)
        self.table: Table[ShiftRow] = Table(
            (
                Column("no", tr("班次"), lambda r: r.shift_no, 150),
                Column("z", tr("班结单"), lambda r: r.z_no, 210),
                Column("who", tr("营业员"), lambda r: r.who, 100),
                Column("at", tr("时间"), lambda r: r.at, 150),
                Column("off", tr("现金差异"), lambda r: r.off, 110, align="right"),
            ),
            name=tr("班结单与班中报告"),
            empty=tr("还没有班次。"),
            stretch="z",
        )
        self.table.setMinimumHeight(min(px(_LIST_PX), _LIST_PX))
        self.words = Label(is_wrapped=True)
        self.look_button = Button(tr("看纸样"), key="F6")
        self.button = PrimaryButton(tr("补打班结单"), "F9")
        self.first = self.table
        self.table.activated_row.connect(self.open_figures)
        self.button.clicked.connect(self.press)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.words, 1)
        row.addWidget(self.look_button)
        row.addWidget(self.button)
        self.look_button.clicked.connect(self.look)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(row)
        self.body.addWidget(Label(tr("回车看各项合计和记录，Esc 返回"), role="note"))
        self._reports.shifts(self.table.show_rows, self._fail)

    def open_figures(self, row: ShiftRow | None) -> None:
        """Show the figures of a shift in the place of the list."""
        if row is None:
            return

        def show(figures: tuple[FigureRow, ...]) -> None:
            self._frame.panels.close_panel(self)
            self._frame.panels.open(FiguresPanel(self._reports, row, figures, self._go))

        self._reports.figures(row.shift_id, show, self._fail)

    def press(self) -> None:
        """Print the report of the chosen shift."""
        row = self.table.current_row()
        if row is None or not self.button.isEnabled():
            return
        if not row.z_no:
            self._fail(tr("这一班还没有班结，没有班结单。按回车看班中合计。"))
            return
        self.button.setEnabled(False)
        print_z(self._desk, row.z_no, self._printed)

    def look(self) -> None:
        """F6: the report of the chosen shift on the screen, before paper is used."""
        row = self.table.current_row()
        if row is None or not row.z_no:
            self._fail(tr("这一班还没有班结，没有班结单。按回车看班中合计。"))
            return
        open_z_preview(self._desk, self._frame, row.z_no, self._again, self._fail)

    def _again(self) -> None:
        panel = ReportsPanel(self._desk, self._frame, self._go)
        self._frame.panels.open(panel, actions=panel.shortcuts())

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (
            Action("z-print", tr("补打班结单"), "F9", self.press),
            Action("z-look", tr("看纸样"), "F6", self.look),
        )

    def _printed(self, words: str, tone: Tone | None) -> None:
        self.button.setEnabled(True)
        self.words.set_tone(tone)
        self.words.setText(words)

    def _fail(self, words: str) -> None:
        self._printed(words, "warn")


def _closed(facts: ZFacts, at: str) -> ShiftRow:
    off = facts.tenders[0].difference_fen
    return ShiftRow(facts.shift_id, facts.shift_no, facts.paper_no, facts.teller.staff_no, at, signed_amount(off))


def _figures(report: ShiftReport) -> tuple[FigureRow, ...]:
    return tuple(_figure(figure) for figure in report.figures)


def _figure(figure: Figure) -> FigureRow:
    words = "" if figure.name == "receipts" else signed_amount(figure.fen)
    return FigureRow(figure_word(figure.name), str(figure.count), words, figure.rows)
