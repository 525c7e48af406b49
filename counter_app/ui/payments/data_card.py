"""The card with everything known of the customer: open bills first, the rest behind tabs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Button, Card, Label
from counter_app.ui.fields import TextField
from counter_app.ui.language import tr
from counter_app.ui.payments import columns
from counter_app.ui.payments.screen import CustomerScreen, OpenBillRow, PaymentRow, WorkingScreen
from counter_app.ui.payments.working_card import WorkingCard
from counter_app.ui.table import Table
from counter_app.ui.theme import ROW_PX, px


class DataCard(Card):
    """Tables behind tabs.

    `bill_pointed` carries the id of the open bill pointed at (0: none), `receipt_wanted` a receipt number,
    `redirect_wanted` that the marked bills are to be paid first (or the oldest again), `reveal_wanted` the field to
    show in full, `note_written` a new note.
    """

    bill_pointed = Signal(int)
    receipt_wanted = Signal(str)
    redirect_wanted = Signal()
    reveal_wanted = Signal()
    note_written = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.body.setContentsMargins(1, 4, 1, SPACE + 4)
        self.tabs = _Tabs()
        self.tabs.setAccessibleName(tr("客户资料"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self._stack = QStackedWidget()
        self._rows: dict[Table[Any], Sequence[object]] = {}
        self.open_bills: Table[OpenBillRow] = Table(
            columns.open_bill_columns(), name=tr("欠费账单"), empty=tr("没有欠费。收款会存入预存。")
        )
        self.open_bills.setMinimumHeight(px(3 * ROW_PX))
        self.bills = Table(columns.bill_columns(), name=tr("全部账单"), empty=tr("这个户号还没有账单。"))
        self.payments: Table[PaymentRow] = Table(
            columns.payment_columns(), name=tr("缴费记录"), empty=tr("在本厅还没有缴过费。收款后自动出现在这里。")
        )
        self.books = Table(columns.book_columns(), name=tr("预存账本"), empty=tr("没有预存。多缴的钱会存入这里。"))
        self.moves = Table(columns.move_columns(), name=tr("预存变动"), empty=tr("在本厅还没有预存变动。"))
        self.contacts = Table(columns.contact_columns(), name=tr("联系人"), empty=tr("没有登记联系方式。"))
        self.notes = Table(
            columns.note_columns(), name=tr("备注"), empty=tr("还没有备注。写在下面一行。"), stretch="body"
        )
        self.note = TextField(tr("新备注"))
        self.working = WorkingCard()
        self.redirect = Button(tr("先缴所选账单…"), kind="quiet")
        self.reveal = Button(tr("显示完整资料…"))
        self._add_pages()
        self.body.addWidget(self.tabs)
        self.body.addWidget(self._stack, 1)
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)
        self.open_bills.current_changed.connect(lambda row: self.bill_pointed.emit(row.bill_id if row else 0))
        self.payments.activated_row.connect(lambda row: self.receipt_wanted.emit(row.receipt_no))
        self.redirect.clicked.connect(self.redirect_wanted)
        self.reveal.clicked.connect(self.reveal_wanted)
        self.note.entry.entered.connect(self._write_note)

    def show_customer(self, screen: CustomerScreen) -> None:
        """Fills every table; a table whose rows have not changed keeps the row pointed at."""
        count = len(screen.open_bills)
        self.tabs.setTabText(0, tr("欠费账单 {count}", count=count) if count else tr("欠费账单"))
        self._fill(self.open_bills, screen.open_bills)
        self._fill(self.bills, screen.bills)
        self._fill(self.payments, screen.payments)
        self._fill(self.books, screen.books)
        self._fill(self.moves, screen.moves)
        self._fill(self.contacts, screen.contacts)
        self._fill(self.notes, screen.notes)

    def show_open_bills(self, rows: tuple[OpenBillRow, ...]) -> None:
        """The open bills with other marks, the same one pointed at."""
        if self._rows.get(self.open_bills) == rows:
            return
        pointed = self.open_bills.current_row()
        self._fill(self.open_bills, rows)
        if pointed is not None:
            place = next((i for i, row in enumerate(self.open_bills.rows()) if row.bill_id == pointed.bill_id), 0)
            self.open_bills.selectRow(place)

    def show_working(self, working: WorkingScreen | None) -> None:
        """The late fee of the bill pointed at."""
        self.working.show_working(working)

    def show_redirect(self, *, is_possible: bool, is_redirected: bool) -> None:
        """Whether another bill than the oldest may be paid first, and whether it is so now."""
        self.redirect.setVisible(is_possible)
        self.redirect.set_word(tr("恢复从最早缴起") if is_redirected else tr("先缴所选账单…"))

    def chosen_bills(self) -> tuple[int, ...]:
        """The open bills that are marked."""
        return tuple(row.bill_id for row in self.open_bills.chosen_rows())

    def stops(self) -> list[QWidget]:
        """Everything that takes the focus, in reading order."""
        first = [self.tabs, self.open_bills, self.redirect, self.bills, self.payments]
        return [*first, self.books, self.moves, self.contacts, self.reveal, self.notes, self.note.entry]

    def next_tab(self) -> None:
        """Goes on to the next tab, from the last to the first."""
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + 1) % self.tabs.count())

    def _fill(self, table: Table[Any], rows: Sequence[object]) -> None:
        if self._rows.get(table) != rows:
            self._rows[table] = rows
            table.show_rows(rows)

    def _write_note(self) -> None:
        self.note_written.emit(self.note.entry.text())

    def _add_pages(self) -> None:
        below = QHBoxLayout()
        below.setContentsMargins(SPACE + 4, 0, SPACE + 4, 0)
        below.addWidget(self.working, 1)
        tools = QHBoxLayout()
        tools.setContentsMargins(SPACE, 0, SPACE, 0)
        tools.addStretch(1)
        tools.addWidget(self.redirect)
        self._add(tr("欠费账单"), (self.open_bills, tools, below))
        self._add(tr("全部账单"), (self.bills,))
        self._add(tr("缴费记录"), (self.payments, _note(tr("按回车看收据、补打。"))))
        self._add(tr("预存"), (self.books, _note(tr("预存变动")), self.moves))
        show = QHBoxLayout()
        show.setContentsMargins(SPACE + 4, 0, SPACE + 4, 0)
        show.addWidget(self.reveal)
        show.addWidget(Label(tr("须写明用途；一分钟后自动遮住，并记入日志。"), role="note", is_wrapped=True), 1)
        self._add(tr("联系人"), (self.contacts, show))
        write = QHBoxLayout()
        write.setContentsMargins(SPACE + 4, 0, SPACE + 4, 0)
        write.addWidget(self.note)
        self._add(tr("备注"), (self.notes, write))

    def _add(self, word: str, parts: tuple[QWidget | QHBoxLayout, ...]) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        for part in parts:
            if isinstance(part, QWidget):
                column.addWidget(part, 1 if isinstance(part, Table) else 0)
            else:
                column.addLayout(part)
        self.tabs.addTab(word)
        self._stack.addWidget(page)


class _Tabs(QTabBar):
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def _note(text: str) -> Label:
    label = Label(text, role="note")
    label.setContentsMargins(SPACE + 4, 0, SPACE + 4, 0)
    label.setAlignment(Qt.AlignmentFlag.AlignLeft)
    return label
