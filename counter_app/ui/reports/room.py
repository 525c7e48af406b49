"""The 报表 room: which report over which days, its rows, and below them the records behind the one pointed at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from counter_app.domain.reports import COLUMNS, FIGURES, Cell, Report, ReportColumn, ReportKind, ReportRow
from counter_app.domain.rights import Right
from counter_app.domain.undo_reasons import UndoReason
from counter_app.services.reports import FILE_KINDS
from counter_app.ui.blocks import SPACE, Button, Card, Label, PrimaryButton, page
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.desk import Desk
from counter_app.ui.export_panel import ExportPanel, suggested
from counter_app.ui.formats import clock
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import later, tr
from counter_app.ui.reports.presenter import RecordRow, ReportsPresenter
from counter_app.ui.retention.period_choice import OWN, PeriodChoice
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import Tone, px
from counter_app.ui.wording_reports import KINDS, cell_word, head_word, is_alarm, note_words
from counter_app.ui.wording_undo import undo_reason_word

ROOM = "reports"
"""The key under which the frame holds this room."""
_PERIODS: Mapping[str, str] = {
    "today": later("今天"),
    "yesterday": later("昨天"),
    "month": later("本月"),
    "last": later("上个月"),
    "year": later("近一年"),
    OWN: later("自选日期"),
}
_PX_OF_SHARE, _LEAST_PX = 96, 60
_ON_THE_RIGHT = frozenset(("count", "fen"))


class ReportsRoom(QWidget):
    """F6 goes through the reports, F7 through the days, Enter opens the records behind a figure and, from a record, the
    customer at the receipt; F9 writes the report to a file.
    """

    customer_wanted = Signal(int, str)
    """A customer whose page is wanted, and the receipt to point at, or nothing."""

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__()
        self._desk, self._frame = desk, frame
        self.presenter = ReportsPresenter(desk)
        self.report: Report | None = None
        self.kinds = SegmentedChoice(
            [(kind.value, tr(word)) for kind, word in KINDS.items()], name=tr("报表"), is_wrapped=True
        )
        self.period = PeriodChoice(self.presenter.today, name=tr("日期"), period="today", periods=_PERIODS)
        self.note = Label(role="muted", is_wrapped=True)
        self.warning = Label(is_wrapped=True)
        self.warning.set_tone("warn")
        self.save_button = PrimaryButton(tr("导出"), "F9")
        self.again_button = Button(tr("重新读取"), key="Ctrl+R")
        self.tables = QStackedWidget()
        self._by_kind: dict[ReportKind, Table[ReportRow]] = {}
        self.records = self._records_table()
        self._lay_out()
        self._connect()
        desk.listen(self._changed)

    @property
    def kind(self) -> ReportKind:
        """The report that is chosen."""
        return ReportKind(self.kinds.choice())

    @property
    def table(self) -> Table[ReportRow]:
        """The rows of the report that is chosen."""
        found = self._by_kind.get(self.kind)
        if found is None:
            found = self._by_kind[self.kind] = self._report_table(self.kind)
            self.tables.addWidget(found)
        return found

    def read(self) -> None:
        """Make the report that is chosen; what is on the screen of another one goes at once."""
        table = self.table
        self.tables.setCurrentWidget(table)
        if self.report is None or self.report.asked.kind is not self.kind:
            table.show_rows(())
        self.records.setVisible(self.kind in FIGURES or self.kind is ReportKind.RECEIPTS)
        self.records.show_rows(())
        table.show_empty_text(tr("正在做报表……"))
        self.report = None
        self.save_button.setEnabled(False)
        self.presenter.make(self.kind, self.period.days(), self._show, self._failed, self._failed)

    def open_row(self, row: ReportRow | None) -> None:
        """Enter on a row: the records behind a figure; from a single thing straight to its customer."""
        if row is None:
            return
        if row.customer_id is not None:
            self._open_customer(row.customer_id, row.receipt_no)
        elif row.entries and self.records.isVisibleTo(self):
            self.presenter.open(row, self._show_records, self._say)

    def open_record(self, row: RecordRow | None) -> None:
        """Enter on a record: its customer, at the receipt."""
        if row is not None and row.customer_id is not None:
            self._open_customer(row.customer_id, row.receipt_no)

    def save(self) -> None:
        """F9: ask where the report goes as a file."""
        report = self.report
        if report is None:
            return
        word = tr(KINDS[report.asked.kind])

        def saving(path: Path) -> None:
            self.presenter.save(report, path, partial(saved, path), failed)

        def saved(path: Path) -> None:
            self._frame.panels.close_panel(panel)
            self._frame.toast.say(tr("已导出到 {path}。", path=str(path)))

        def failed(words: str) -> None:
            # an answer that comes after Esc is still said
            if self._frame.panels.current() is panel:
                panel.fail(words)
            else:
                self._say(words)

        days = f"{report.asked.from_on}" + (
            f"_{report.asked.to_on}" if report.asked.to_on != report.asked.from_on else ""
        )
        panel = ExportPanel(
            tr("导出“{name}”", name=word),
            tr("与屏幕上的数字相同：PDF 用来打印，XLSX 和 CSV 用来计算。"),
            suggested(f"{word} {days}{FILE_KINDS[0]}"),
            saving,
            kinds=FILE_KINDS,
        )
        self._frame.panels.open(panel, actions=panel.shortcuts())

    def let_go(self) -> None:
        """The person leaves the counter: nothing of what was read stays on the screen."""
        self.presenter.let_go()
        self.report = None
        for table in self._by_kind.values():
            table.show_rows(())
        self.records.show_rows(())
        self._say_of(None)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._desk.session is not None:
            if self.report is None:
                self.read()
            self.table.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        # a window that is only minimised is still waited for
        if not event.spontaneous():
            self.presenter.let_go()

    def _changed(self) -> None:
        """Something was done at this counter: a report is made anew when somebody comes back to it, and stays as it is
        before whoever reads it.
        """
        if not self.isVisible():
            self.report = None

    def _show(self, report: Report) -> None:
        self.report = report
        table = self.table
        table.show_empty_text(tr("这几天没有记录。按 F7 换日期。"))
        table.show_rows(report.rows)
        self._say_of(report)
        self.save_button.setEnabled(True)

    def _say_of(self, report: Report | None) -> None:
        words = ""
        if report is not None:
            known = {"period": self.period.word(), "count": len(report.rows), "at": clock(report.made_at)}
            if report.asked.kind in FIGURES:
                words = tr("{period}，截至 {at}，{count} 行。回车看记录，从记录再回车到客户。", **known)
            else:
                words = tr("{period}，截至 {at}，{count} 行。回车看客户。", **known)
            if report.asked.staff_no:
                words = tr("只含本人的班次。") + words
        self.note.setText(words)
        self.warning.setText("\n".join(map(note_words, report.notes)) if report is not None else "")
        self.warning.setVisible(bool(report is not None and report.notes))

    def _show_records(self, rows: tuple[RecordRow, ...]) -> None:
        self.records.show_rows(rows)
        self.records.setFocus()

    def _open_customer(self, customer_id: int, receipt_no: str) -> None:
        if self._desk.who.may(Right.SEE_CUSTOMERS):
            self.customer_wanted.emit(customer_id, receipt_no)
        else:
            self._say(tr("您的角色不能查看客户。请由营业员、班长或稽核员查看。"))

    def _failed(self, words: str) -> None:
        self.table.show_empty_text(words)
        self._say(words)

    def _say(self, words: str) -> None:
        self._frame.toast.say(words, tone="warn")

    def _back(self) -> None:
        if self.presenter.reading.is_running:
            self.presenter.reading.stop()
        else:
            self.table.setFocus()

    def _connect(self) -> None:
        self.kinds.chosen.connect(lambda _key: self.read())
        self.period.changed.connect(self.read)
        self.records.activated_row.connect(self.open_record)
        self.save_button.clicked.connect(self.save)
        self.again_button.clicked.connect(self.read)
        for action in (
            Action("reports-kind", tr("下一种报表"), "F6", self.kinds.next_choice),
            Action("reports-days", tr("换日期"), "F7", self.period.next_choice),
            Action("reports-save", tr("导出"), "F9", self.save, is_possible=lambda: self.report is not None),
            Action("reports-again", tr("重新读取"), "Ctrl+R", self.read),
            Action("reports-back", tr("回到报表"), "Escape", self._back, is_possible=self._can_go_back),
        ):
            self._frame.keys.add(action, page=self)

    def _can_go_back(self) -> bool:
        return self.presenter.reading.is_running or self.records.hasFocus()

    def _report_table(self, kind: ReportKind) -> Table[ReportRow]:
        columns = COLUMNS[kind]
        table: Table[ReportRow] = Table(
            [_column(place, column) for place, column in enumerate(columns)],
            name=tr(KINDS[kind]),
            empty="",
            stretch=max(columns, key=lambda column: column.share).key,
        )
        table.activated_row.connect(self.open_row)
        return table

    def _records_table(self) -> Table[RecordRow]:
        table: Table[RecordRow] = Table(
            (
                Column("at", tr("时间"), lambda r: r.at, 150, sort=lambda r: r.at),
                Column("what", tr("事项"), lambda r: r.what, 120, sort=lambda r: r.what),
                Column("staff_no", tr("工号"), lambda r: r.staff_no, 80),
                Column("no", tr("凭证号"), lambda r: r.no, 200, sort=lambda r: r.no),
                Column("words", tr("原因 / 说明"), lambda r: r.words, 200),
                Column("amount", tr("金额"), lambda r: r.amount, 120, align="right"),
            ),
            name=tr("相关记录"),
            empty=tr("选一项按回车，看它由哪些记录合成。"),
            stretch="words",
        )
        return table

    def _lay_out(self) -> None:
        ground, column = page()
        column.addWidget(self.kinds)
        card = Card()
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(self.period, 1)
        head.addWidget(self.save_button, 0, Qt.AlignmentFlag.AlignTop)
        below = QHBoxLayout()
        below.setSpacing(SPACE)
        below.addWidget(self.note, 1)
        below.addWidget(self.again_button, 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(head)
        card.body.addLayout(below)
        card.body.addWidget(self.warning)
        card.body.addWidget(self.tables, 3)
        card.body.addWidget(self.records, 2)
        self.warning.hide()
        for widget in (self.tables, self.records):
            widget.setMinimumHeight(px(_LEAST_PX))
        column.addWidget(card, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(ground)
        self.setFocusProxy(self.kinds)


def _column(place: int, column: ReportColumn) -> Column[ReportRow]:
    def text(row: ReportRow) -> str:
        return cell_word(row.cells[place], column)

    def tone(row: ReportRow) -> Tone:
        return "bad" if is_alarm(row.cells[place]) else "ink"

    return Column(
        column.key,
        head_word(column),
        text,
        round(column.share * _PX_OF_SHARE),
        align="right" if column.form in _ON_THE_RIGHT else "left",
        sort=_sort_by(place),
        tone=tone,
    )


def _sort_by(place: int) -> Callable[[ReportRow], tuple[bool, Cell]]:
    """Nothing stands before everything, and is never compared with it."""

    def key(row: ReportRow) -> tuple[bool, Cell]:
        cell = row.cells[place]
        if isinstance(cell, UndoReason):
            # beside what was written in its place
            return (True, undo_reason_word(cell))
        return (cell is not None, cell if cell is not None else 0)

    return key
