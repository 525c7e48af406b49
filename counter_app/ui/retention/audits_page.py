"""The room's page 稽核: ended cases that wait to be checked, and the month's errors by teller below them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from counter_app.services.retention_lists import TellerErrors
from counter_app.ui.blocks import SPACE, Button, Card, Label
from counter_app.ui.desk import Desk
from counter_app.ui.export_panel import open_export
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.retention.audit_panel import AuditPanel
from counter_app.ui.retention.presenter_audits import AuditLine, AuditPresenter, AuditScreen
from counter_app.ui.retention.presenter_whole import MISSES
from counter_app.ui.retention.room_page import RoomPage
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px

_LAST = 11
"""Months back whose errors can be looked at."""


class AuditsPage(RoomPage):
    """Enter audits a case; Ctrl+PgUp and Ctrl+PgDown go through the months of the errors."""

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__(desk, frame)
        self.presenter = AuditPresenter(desk)
        self.table: Table[AuditLine] = Table(
            (
                Column("ended", tr("办结"), lambda r: r.ended, 120, sort=lambda r: r.ended),
                Column("case_no", tr("单号"), lambda r: r.case_no, 210, sort=lambda r: r.case_no),
                Column("who", tr("姓名"), lambda r: r.who, 110),
                Column("number", tr("号码"), lambda r: r.number, 140),
                Column("result", tr("结果"), lambda r: r.result, 170, sort=lambda r: r.result),
                Column(
                    "notes",
                    tr("先看什么"),
                    lambda r: r.notes,
                    190,
                    sort=lambda r: (r.unavailable, r.is_valued),
                    tone=lambda r: "warn" if r.unavailable else "ink",
                ),
                Column("staff_no", tr("经办"), lambda r: r.staff_no, 100, sort=lambda r: r.staff_no),
            ),
            name=tr("待稽核的挽留单"),
            empty=tr("没有待稽核的挽留单。客户留下或离网办结后，会出现在这里。"),
            stretch="notes",
        )
        self.errors_word = Label(role="heading")
        self.earlier = Button(tr("上一月"), key="Ctrl+PgUp")
        self.later = Button(tr("下一月"), key="Ctrl+PgDown")
        self.export_button = Button(tr("导出"), key="Ctrl+E")
        self.errors: Table[TellerErrors] = Table(
            (
                Column("staff_no", tr("营业员"), lambda r: r.staff_no, 160, sort=lambda r: r.staff_no),
                _count("audited", tr("稽核件数"), lambda r: r.audited),
                _count("faulty", tr("有差错"), lambda r: r.faulty),
                *(_count(miss, tr(word), partial(_missed, miss)) for miss, word in MISSES.items()),
                _count("total", tr("差错合计"), lambda r: r.total),
            ),
            name=tr("营业员差错"),
            empty=tr("这个月还没有稽核过的挽留单。稽核以后，差错会按营业员列在这里。"),
            stretch="staff_no",
        )
        self._lay_out()
        self._connect()

    def read(self) -> None:
        self.presenter.lines(self.table.show_rows, self.say)
        self._read_errors()

    def let_go(self) -> None:
        self.presenter.back = 0
        self.table.show_rows(())
        self.errors.show_rows(())

    def go_back(self, months: int) -> None:
        """Look at the errors of an earlier month, or of a later one."""
        self.presenter.back = min(_LAST, max(0, self.presenter.back + months))
        self._read_errors()

    def export(self) -> None:
        """Ctrl+E: a year's errors by month and teller as a file."""
        lead = tr("近十二个月每位营业员的稽核件数和差错，没有客户资料。")
        name = tr("营业员差错")
        open_export(self.desk, self.frame, name=name, lead=lead, rows_of=self.presenter.error_rows())

    def open(self, line: AuditLine) -> None:
        """Audit a case."""
        self.presenter.open(line, self._ask, self.say)

    def _ask(self, screen: AuditScreen) -> None:
        def save(misses: str, words: str) -> None:
            failed = partial(self.not_saved, panel, panel.fail)
            self.presenter.save(screen, misses, words, partial(self.saved, panel), failed)

        panel = AuditPanel(screen, save)
        self.frame.panels.open(panel, actions=panel.shortcuts())

    def _read_errors(self) -> None:
        back = self.presenter.back
        self.errors_word.setText(tr("营业员差错 {month}", month=self.presenter.month_word))
        self.earlier.setEnabled(back < _LAST)
        self.later.setEnabled(back > 0)
        self.presenter.errors(self.errors.show_rows, self.say)

    def _connect(self) -> None:
        self.setFocusProxy(self.table)
        self.table.activated_row.connect(self.open)
        self.earlier.clicked.connect(lambda: self.go_back(1))
        self.later.clicked.connect(lambda: self.go_back(-1))
        self.export_button.clicked.connect(self.export)
        for action in (
            Action("audit-earlier", tr("上一月"), "Ctrl+PgUp", lambda: self.go_back(1)),
            Action("audit-later", tr("下一月"), "Ctrl+PgDown", lambda: self.go_back(-1)),
            Action("audit-export", tr("导出"), "Ctrl+E", self.export),
        ):
            self.frame.keys.add(action, page=self)

    def _lay_out(self) -> None:
        queue, below = Card(), Card()
        queue.body.addWidget(self.table, 1)
        self.table.setMinimumHeight(px(76))
        head = QHBoxLayout()
        head.addWidget(self.errors_word)
        head.addStretch(1)
        head.addWidget(self.earlier)
        head.addWidget(self.later)
        head.addWidget(self.export_button)
        below.body.addLayout(head)
        below.body.addWidget(self.errors, 1)
        self.errors.setMinimumHeight(px(76))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2 * SPACE)
        whole.addWidget(queue, 3)
        whole.addWidget(below, 2)


def _count(key: str, word: str, of: Callable[[TellerErrors], int]) -> Column[TellerErrors]:
    return Column(
        key, word, lambda row: str(of(row)), 155, align="right", sort=of, tone=lambda row: "ink" if of(row) else "muted"
    )


def _missed(miss: str, row: TellerErrors) -> int:
    return row.count(miss)
