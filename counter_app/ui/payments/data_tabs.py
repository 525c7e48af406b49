"""The pages behind the tabs of a customer, each made when it is first looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Button, Label
from counter_app.ui.books.screen import HistoryRow
from counter_app.ui.fields import TextField
from counter_app.ui.flow import Flow
from counter_app.ui.ground import lay_ground
from counter_app.ui.language import tr
from counter_app.ui.payments import columns
from counter_app.ui.payments.presenter_about import AboutScreen
from counter_app.ui.payments.screen import CustomerScreen, OpenBillRow, WorkingScreen
from counter_app.ui.payments.working_card import WorkingCard
from counter_app.ui.table import Table
from counter_app.ui.theme import LARGEST_SCALE, px, scale_in_use

_LEAST_WORKING_PX = 42
_MOST = 1000


class DataTab(QWidget):
    """One page: a column of tables and what belongs to them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # it paints all of its ground: card and page below it are not painted each time that the bills need another room
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._rows: dict[Table[Any], Sequence[object]] = {}
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(SPACE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        lay_ground(painter, event.rect(), "raised")
        painter.end()

    def show_customer(self, screen: CustomerScreen) -> None:
        """Fills the page."""

    def stops(self) -> list[QWidget]:
        """Everything that takes the focus, in reading order."""
        return []

    def fill(self, table: Table[Any], rows: Sequence[object]) -> None:
        """Fills a table; one whose rows have not changed keeps the row pointed at."""
        if self._rows.get(table) != rows:
            self._rows[table] = rows
            table.show_rows(rows)

    def add_indented(self, *parts: QWidget) -> None:
        """A row with the tables' own indent; the last part takes the room."""
        row = QHBoxLayout()
        row.setContentsMargins(SPACE + 4, 0, SPACE + 4, 0)
        for part in parts:
            row.addWidget(part, int(part is parts[-1]))
        self.column.addLayout(row)


class OpenBillsTab(DataTab):
    """What is owed, and how the late fee of the bill pointed at came about."""

    bill_pointed = Signal(int)
    redirect_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table: Table[OpenBillRow] = Table(
            columns.open_bill_columns(), name=tr("欠费账单"), empty=tr("没有欠费。收款会存入预存。")
        )
        self.redirect = Button(tr("先缴所选账单…"), kind="quiet")
        self.redirect.hide()
        self.working = WorkingCard()
        # few bills leave their room to the working; many take all there is
        self.column.addWidget(self.table, _MOST)
        self.column.addWidget(self.redirect, 0, Qt.AlignmentFlag.AlignRight)
        self.column.addSpacing(4)
        self.add_indented(self.working)
        if scale_in_use() == LARGEST_SCALE:
            # it scrolls: the bills get their room first, and it gets what they leave
            self.working.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
            self.working.setMinimumHeight(px(_LEAST_WORKING_PX))
            self.column.setStretch(self.column.count() - 1, _MOST)
        self.column.addStretch(1)
        self.table.current_changed.connect(lambda row: self.bill_pointed.emit(row.bill_id if row else 0))
        self.redirect.clicked.connect(self.redirect_wanted)

    def stops(self) -> list[QWidget]:
        return [self.table, self.redirect]

    def show_bills(self, rows: tuple[OpenBillRow, ...]) -> None:
        """The open bills with their marks, the same one pointed at."""
        pointed = self.table.current_row()
        is_other = self._rows.get(self.table) != rows
        self.fill(self.table, rows)
        # at the largest text a small screen has room for one whole row, the working below it, and everything above
        self.table.fit_rows(at_least=1 if scale_in_use() == LARGEST_SCALE else 3)
        if is_other and pointed is not None:
            place = next((i for i, row in enumerate(self.table.rows()) if row.bill_id == pointed.bill_id), 0)
            if place:
                # the first one is pointed at already
                self.table.selectRow(place)

    def show_working(self, working: WorkingScreen | None) -> None:
        """The late fee of the bill pointed at."""
        if self.working.show_working(working):
            # bills and working share the height: settled now, or Qt paints both before they are laid out and after
            self.column.activate()

    def show_redirect(self, *, is_possible: bool, is_redirected: bool) -> None:
        """Whether another bill than the oldest may be paid first, and whether it is so now."""
        self.redirect.setVisible(is_possible)
        self.redirect.set_word(tr("恢复从最早缴起") if is_redirected else tr("先缴所选账单…"))

    def chosen_bills(self) -> tuple[int, ...]:
        """The open bills that are marked."""
        return tuple(row.bill_id for row in self.table.chosen_rows())


class BillsTab(DataTab):
    """Every bill of the account."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = Table(columns.bill_columns(), name=tr("全部账单"), empty=tr("这个户号还没有账单。"))
        self.column.addWidget(self.table, 1)

    def show_customer(self, screen: CustomerScreen) -> None:
        self.fill(self.table, screen.bills)

    def stops(self) -> list[QWidget]:
        return [self.table]


class PaymentsTab(DataTab):
    """Payments of the past; `receipt_wanted` carries the number of the one that Enter opens."""

    receipt_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = Table(
            columns.payment_columns(), name=tr("缴费记录"), empty=tr("在本厅还没有缴过费。收款后自动出现在这里。")
        )
        self.column.addWidget(self.table, 1)
        self.add_indented(Label(tr("按回车看收据、补打、撤销。"), role="note"))
        self.table.activated_row.connect(lambda row: self.receipt_wanted.emit(row.receipt_no))

    def show_customer(self, screen: CustomerScreen) -> None:
        self.fill(self.table, screen.payments)

    def point_at(self, receipt_no: str) -> bool:
        """The payment of a receipt pointed at; False where it is not in the list."""
        place = next((i for i, row in enumerate(self.table.rows()) if row.receipt_no == receipt_no), None)
        if place is not None:
            self.table.selectRow(place)
        return place is not None

    def stops(self) -> list[QWidget]:
        return [self.table]


class PrepaidTab(DataTab):
    """Prepaid books, and what became of the money; `row_opened` carries the line that Enter opens, `history_wanted` is
    told when the page is looked at.
    """

    history_wanted = Signal()
    row_opened = Signal(object)
    move_wanted = Signal()
    refund_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.books = Table(columns.book_columns(), name=tr("预存账本"), empty=tr("没有预存。多缴的钱会存入这里。"))
        self.moves = Table(columns.history_columns(), name=tr("预存变动"), empty=tr("还没有预存变动。"))
        self.move_button = Button(tr("转用途…"), kind="quiet")
        self.refund_button = Button(tr("销户退款…"), kind="quiet")
        self.column.addWidget(self.books, 1)
        buttons = QWidget()
        acts = Flow(buttons)
        for button in (self.move_button, self.refund_button):
            acts.addWidget(button)
        self.column.addWidget(buttons)
        self.add_indented(Label(tr("预存变动（按回车看收据或补打凭证）"), role="note", is_wrapped=True))
        self.column.addWidget(self.moves, 2)
        self.moves.activated_row.connect(self.row_opened)
        self.move_button.clicked.connect(self.move_wanted)
        self.refund_button.clicked.connect(self.refund_wanted)

    def show_customer(self, screen: CustomerScreen) -> None:
        self.fill(self.books, screen.books)
        self.move_button.setVisible(bool(screen.books))
        self.refund_button.setVisible(bool(screen.books))
        self.history_wanted.emit()

    def show_history(self, rows: tuple[HistoryRow, ...]) -> None:
        """What became of the money, the newest first."""
        self.fill(self.moves, rows)

    def stops(self) -> list[QWidget]:
        return [self.books, self.move_button, self.refund_button, self.moves]


class ContactsTab(DataTab):
    """Ways to reach the customer, masked; above them what the record says, asked for by `about_wanted` when the page
    is looked at.
    """

    reveal_wanted = Signal()
    about_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = Table(columns.contact_columns(), name=tr("联系人"), empty=tr("没有登记联系方式。"))
        self.reveal = Button(tr("显示完整资料…"))
        self.stage = Label(is_wrapped=True)
        self.signs, self.missing = Label(role="note", is_wrapped=True), Label(role="note", is_wrapped=True)
        for label in (self.stage, self.signs, self.missing):
            label.hide()
            self.add_indented(label)
        self.column.addWidget(self.table, 1)
        words = Label(tr("须写明用途；一分钟后自动遮住，并记入日志。"), role="note", is_wrapped=True)
        self.add_indented(self.reveal, words)
        self.reveal.clicked.connect(self.reveal_wanted)

    def show_customer(self, screen: CustomerScreen) -> None:
        self.fill(self.table, screen.contacts)
        self.about_wanted.emit()

    def show_about(self, screen: AboutScreen) -> None:
        """The stage with its signs, and what is missing; what there is nothing to say of takes no room."""
        lines = ((self.stage, screen.stage), (self.signs, screen.signs), (self.missing, screen.missing))
        for label, text in lines:
            label.setText(text)
            label.setVisible(bool(text))

    def stops(self) -> list[QWidget]:
        return [self.table, self.reveal]


class NotesTab(DataTab):
    """What colleagues wrote, and a line to write."""

    note_written = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = Table(
            columns.note_columns(), name=tr("备注"), empty=tr("还没有备注。写在下面一行。"), stretch="body"
        )
        self.note = TextField(tr("新备注"))
        self.column.addWidget(self.table, 1)
        self.add_indented(self.note)
        self.note.entry.entered.connect(lambda: self.note_written.emit(self.note.entry.text()))

    def show_customer(self, screen: CustomerScreen) -> None:
        self.fill(self.table, screen.notes)

    def stops(self) -> list[QWidget]:
        return [self.table, self.note.entry]
