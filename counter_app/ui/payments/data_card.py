"""The card with everything known of the customer: open bills first, the rest behind tabs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QStackedWidget, QStyle, QStyleOption, QTabBar, QWidget

from counter_app.ui.blocks import SPACE, Card
from counter_app.ui.language import tr
from counter_app.ui.payments.data_tabs import (
    BillsTab,
    ContactsTab,
    DataTab,
    NotesTab,
    OpenBillsTab,
    PaymentsTab,
    PrepaidTab,
)
from counter_app.ui.payments.screen import CustomerScreen
from counter_app.ui.payments.tab_order import order_tabs
from counter_app.ui.shaped import Shapes
from counter_app.ui.theme import LARGEST_SCALE, scale_in_use, theme_in_use

_UNDERLINE_PX = 2
_EACH_DIGIT = str.maketrans("123456789", "000000000")
"""Words that differ in digits alone need the same room."""

_OPEN, _BILLS, _PAYMENTS, _PREPAID, _CONTACTS, _NOTES = range(6)


class DataCard(Card):
    """Tables behind tabs; a page is made when it is first looked at, for making all of them takes long.

    `receipt_wanted` carries a receipt number, `note_written` a new note; `about_wanted` asks for what the record says,
    `history_wanted` for the use of the books.
    """

    receipt_wanted = Signal(str)
    reveal_wanted = Signal()
    about_wanted = Signal()
    history_wanted = Signal()
    book_row_opened = Signal(object)
    book_move_wanted = Signal()
    book_refund_wanted = Signal()
    note_written = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.body.setContentsMargins(1, 4, 1, SPACE + 4)
        self.tabs = _Tabs(self)
        self.tabs.setProperty("is_tight", scale_in_use() == LARGEST_SCALE)
        self.tabs.setAccessibleName(tr("客户资料"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self._stack = QStackedWidget(self)
        self._screen: CustomerScreen | None = None
        self._stale: set[int] = set()
        self.open_bills = OpenBillsTab(self._stack)
        self._made: dict[int, DataTab] = {_OPEN: self.open_bills}
        self.body.addWidget(self.tabs)
        self.body.addWidget(self._stack, 1)
        self._stack.addWidget(self.open_bills)
        for word in (tr("欠费账单"), tr("全部账单"), tr("缴费记录"), tr("预存"), tr("资料"), tr("备注")):
            self.tabs.addTab(word)
        self.tabs.currentChanged.connect(self._show_tab)

    def show_customer(self, screen: CustomerScreen) -> None:
        """Fills the page that is looked at; the others are filled when they are."""
        self._screen = screen
        self._stale = set(self._made)
        count = len(screen.open_bills)
        self.tabs.show_first(tr("欠费账单 {count}", count=count) if count else tr("欠费账单"))
        self._tab(self.tabs.currentIndex())

    def show_payment(self, receipt_no: str) -> bool:
        """The payments of the past, one of them pointed at; False where it is not among them."""
        self.tabs.setCurrentIndex(_PAYMENTS)
        return self.payments.point_at(receipt_no)

    def pointed_bill(self) -> int:
        """The bill pointed at: in the list of all bills where that is looked at, else among those that are open."""
        tab = self._tab(self.tabs.currentIndex())
        row = (tab if isinstance(tab, BillsTab) else self.open_bills).table.current_row()
        return row.bill_id if row is not None else 0

    @property
    def payments(self) -> PaymentsTab:
        """The payments of the past."""
        tab = self._tab(_PAYMENTS)
        assert isinstance(tab, PaymentsTab)
        return tab

    @property
    def prepaid(self) -> PrepaidTab:
        """The prepaid books."""
        tab = self._tab(_PREPAID)
        assert isinstance(tab, PrepaidTab)
        return tab

    @property
    def contacts(self) -> ContactsTab:
        """The record: where the customer stands, and how to reach them."""
        tab = self._tab(_CONTACTS)
        assert isinstance(tab, ContactsTab)
        return tab

    @property
    def notes(self) -> NotesTab:
        """The notes."""
        tab = self._tab(_NOTES)
        assert isinstance(tab, NotesTab)
        return tab

    def stops(self) -> list[QWidget]:
        """Everything that takes the focus, in reading order."""
        return [self.tabs, *(stop for place in sorted(self._made) for stop in self._made[place].stops())]

    def next_tab(self) -> None:
        """Goes on to the next tab, from the last to the first, with the cursor in its list."""
        place = (self.tabs.currentIndex() + 1) % self.tabs.count()
        self.tabs.setCurrentIndex(place)
        self._made[place].stops()[0].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_tab(self, place: int) -> None:
        self._stack.setCurrentWidget(self._tab(place))

    def _tab(self, place: int) -> DataTab:
        if place not in self._made:
            tab = self._make(place)
            self._made[place] = tab
            self._stale.add(place)
            self._stack.addWidget(tab)
            order_tabs(self.stops())
        if place in self._stale and self._screen is not None:
            self._stale.discard(place)
            self._made[place].show_customer(self._screen)
        return self._made[place]

    def _make(self, place: int) -> DataTab:
        if place == _PAYMENTS:
            payments = PaymentsTab(self._stack)
            payments.receipt_wanted.connect(self.receipt_wanted)
            return payments
        if place == _CONTACTS:
            contacts = ContactsTab(self._stack)
            contacts.reveal_wanted.connect(self.reveal_wanted)
            contacts.about_wanted.connect(self.about_wanted)
            return contacts
        if place == _NOTES:
            notes = NotesTab(self._stack)
            notes.note_written.connect(self.note_written)
            return notes
        if place == _BILLS:
            return BillsTab(self._stack)
        prepaid = PrepaidTab(self._stack)
        prepaid.history_wanted.connect(self.history_wanted)
        prepaid.row_opened.connect(self.book_row_opened)
        prepaid.move_wanted.connect(self.book_move_wanted)
        prepaid.refund_wanted.connect(self.book_refund_wanted)
        return prepaid


class _Tabs(QTabBar):
    """Words in a row, painted in one go: the style sheet paints them, and all below them, for each number of bills."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shapes = Shapes()
        self._shapes.take_font(self.font())
        self._first = ""

    def show_first(self, word: str) -> None:
        """Another word on the first tab; of one that needs the same room Qt is not told, it would lay out the page."""
        if word == self.tabText(0):
            return
        self._first = word
        self.setAccessibleTabName(0, word)
        if self._is_qts_own() or word.translate(_EACH_DIGIT) != super().tabText(0).translate(_EACH_DIGIT):
            self.setTabText(0, word)
        else:
            self.update(self.tabRect(0))

    def tabText(self, index: int) -> str:
        return (index == 0 and self._first) or super().tabText(index)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.setTabText(0, self.tabText(0))
        super().enterEvent(event)

    def _is_qts_own(self) -> bool:
        """The word pointed at, and words that find no room, are the style sheet's to paint."""
        return self.underMouse() or self.tabRect(self.count() - 1).right() >= self.width()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._cover()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._shapes.take_font(self.font())
            self._cover()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), theme_in_use()
        painter.fillRect(event.rect(), theme.color("raised"))
        if self.hasFocus():
            # whoever covers the ground draws the ring too
            ring = QStyleOption()
            ring.initFrom(self)
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, ring, painter, self)
        if self._is_qts_own():
            painter.end()
            super().paintEvent(event)
            return
        painter.setFont(self.font())
        chosen = self.currentIndex()
        for place in range(self.count()):
            area, colour = self.tabRect(place), theme.color("accent" if place == chosen else "muted")
            if not area.intersects(event.rect()):
                continue
            text, width, height = self._shapes.shape(self.tabText(place))
            painter.setPen(colour)
            inner = area.height() - _UNDERLINE_PX
            left, top = area.left() + (area.width() - width) / 2, area.top() + (inner - height) / 2
            self._shapes.letters.draw(painter, left, top, text)
            if place == chosen:
                painter.fillRect(area.left(), area.top() + inner, area.width(), _UNDERLINE_PX, colour)
        painter.end()

    def _cover(self) -> None:
        # the style sheet takes it back whenever it styles the tabs
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
