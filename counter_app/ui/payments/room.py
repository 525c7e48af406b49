"""The 收费 room: search on top, the customers held open as tabs, one page each."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from counter_app.services import printing, shifts
from counter_app.ui.ask import Answer, Asked, Choice, Question
from counter_app.ui.desk import Desk
from counter_app.ui.disputes.flow import Disputing
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.payments.bill_acts import relieve
from counter_app.ui.payments.elsewhere import Elsewhere
from counter_app.ui.payments.home import HomePage
from counter_app.ui.payments.money_view import Till
from counter_app.ui.payments.page import CustomerView
from counter_app.ui.payments.presenter_room import Found, SearchPresenter, scanned_customer
from counter_app.ui.payments.screen import PayingValue
from counter_app.ui.payments.spare import Spare
from counter_app.ui.payments.tab_order import order_tabs
from counter_app.ui.reliefs.flow import Relieving
from counter_app.ui.result_list import ResultRow
from counter_app.ui.second_screen import Paying
from counter_app.ui.tabs import HeldTabs
from counter_app.ui.wording import sentences, trouble_sentences

ROOM = "payments"
"""The key under which the frame holds this room."""

MOST_HELD = 12
"""Customers held open at once; beyond it the oldest page on which nothing was typed makes room."""


class PaymentsRoom(QWidget):
    """Everything from the search box to the receipt.

    `open_shift_wanted` asks for the page that opens a shift; `second_screen_wanted` carries a `Paying`, or None when
    the customer's monitor shows the hall; `retention_wanted` a customer who wants to leave.
    """

    open_shift_wanted = Signal()
    retention_wanted = Signal(int)
    second_screen_wanted = Signal(object)

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__()
        self._desk, self._frame = desk, frame
        self._till = Till()
        self._found_receipt_no = ""
        self._search = SearchPresenter(desk, self._show_found)
        self._elsewhere = Elsewhere(desk, frame.search, self.open_customer)
        frame.keys.add(self._elsewhere.action())
        self.home = HomePage(desk)
        self.home.open_shift_wanted.connect(self.open_shift_wanted)
        self.tabs = HeldTabs(self.home)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.tabs)
        frame.search.wanted.connect(self._search.wanted)
        frame.search.chosen.connect(self._chosen)
        self.tabs.switched.connect(self._switched)
        desk.listen(self._read_all)
        self._spare = Spare(self._blank, self)
        self._add_keys()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.home.read()

    def open_customer(self, customer_id: int, receipt_no: str = "") -> None:
        """Opens a customer, or goes to the page that is open already; the cursor stands in the amount, and the list of
        payments at the receipt.
        """
        key = str(customer_id)
        self._frame.search.clear_search()
        with suppress(KeyError):
            self._frame.show_room(ROOM)
        if self.tabs.is_held(key):
            self._release_paid(but=key)
            view = self._view(key)
            if view.money.phase == "done":
                view.money.again()
            self.tabs.show_page(key)
        else:
            self._release_paid(but=key)
            self._make_room()
            view = self._spare.take()
            view.money_taken.connect(self._frame.go_to_search)
            view.open_shift_wanted.connect(self.open_shift_wanted)
            view.paying_changed.connect(lambda _paying: self._tell_second_screen())
            view.titled.connect(lambda title: self.tabs.set_title(key, title) if self.tabs.is_held(key) else None)
            view.begin(customer_id)
            self.tabs.hold(key, view.title or tr("正在打开……"), view)
        if receipt_no:
            view.point_at_receipt(receipt_no)
        view.money_panel.focus_amount()

    def _blank(self) -> CustomerView:
        view = CustomerView(self._desk, self._frame, self._till)
        self.tabs.take_in(view)
        return view

    def open_scan(self, text: str) -> None:
        """Opens the customer of a scanned paper; what is unclear goes to the search box."""
        hall = self._desk.hall

        def done(found: tuple[int | None, str]) -> None:
            customer_id, receipt_no = found
            if customer_id is not None:
                self.open_customer(customer_id, receipt_no)
                return
            self._frame.go_to_search()
            self._frame.search.search_for(text)

        self._desk.lanes.run(
            "reader",
            lambda: scanned_customer(hall, text),
            done,
            lambda refusal: self._say(sentences(refusal)),
            lambda trouble: self._say(trouble_sentences(trouble)),
        )

    def let_go(self) -> None:
        """The person leaves the counter: nothing of the customers stays on the screen."""
        self._frame.search.clear_search()
        for key in self.tabs.keys():  # noqa: SIM118 - the method of the tabs, no mapping
            self._release(key)

    def current(self) -> CustomerView | None:
        """The page on the screen."""
        key = self.tabs.current()
        return self._view(key) if key else None

    def is_serving(self) -> bool:
        """Whether a customer's payment has begun and has not come to its end."""
        return any(not self._view(key).money.is_untouched for key in self.tabs.keys())  # noqa: SIM118 - as above

    def close_current(self) -> None:
        """Closes the page on the screen; what was typed is asked about first, money on its way keeps it open."""
        view = self.current()
        if view is None or view.money.phase in ("taking", "uncertain"):
            return
        key = self.tabs.current()
        if view.money.is_untouched:
            self._release(key)
            return
        question = Question(
            tr("关闭这位客户？"),
            tr("已输入的金额还没有收款，关闭后就没有了。"),
            (Choice("yes", tr("关闭"), "danger"), Choice("no", tr("留着"))),
        )
        self._frame.ask(question, lambda answer: self._release(key) if answer.choice == "yes" else None, beside=view)

    def open_drawer(self) -> None:
        """The drawer without a payment: only with a reason, and as an entry (feature 63)."""
        question = Question(
            tr("打开钱箱？"),
            tr("没有收款而开钱箱，会记入日志。"),
            (Choice("yes", tr("打开"), "primary"),),
            Asked(tr("原因")),
        )
        self._frame.ask(question, self._kick_drawer, beside=self._frame.search)

    def show_reliefs(self) -> None:
        """What waits for a decision about late fees, in the whole hall."""
        Relieving(self._desk, self._frame, beside=self._frame.search).waiting(self.open_customer)

    def _kick_drawer(self, answer: Answer) -> None:
        hall, who = self._desk.hall, self._desk.who

        def job() -> None:
            shifts.open_drawer(hall, who, answer.text)
            printing.kick_drawer(hall)

        self._desk.lanes.run(
            "writer",
            job,
            lambda _: self._frame.toast.say(tr("钱箱已打开，已记入日志")),
            lambda refusal: self._say(sentences(refusal)),
            lambda trouble: self._say(trouble_sentences(trouble)),
        )

    def _chosen(self, key: str) -> None:
        self.open_customer(int(key), self._found_receipt_no)

    def _show_found(self, found: Found) -> None:
        self._found_receipt_no = found.receipt_no
        rows = [ResultRow(str(line.customer_id), line.title, line.detail, line.note) for line in found.lines]
        self._frame.search.show_results(found.text, rows, nothing=self._elsewhere.words(found))

    def _view(self, key: str) -> CustomerView:
        view = self.tabs.page(key)
        assert isinstance(view, CustomerView)
        return view

    def _release(self, key: str) -> None:
        if self.tabs.is_held(key):
            self._view(key).close_page()
            self.tabs.release(key)
            self._tell_second_screen()

    def _release_paid(self, *, but: str) -> None:
        """A paid customer has gone; the card stood until this moment."""
        for key in self.tabs.keys():  # noqa: SIM118 - the method of the tabs, no mapping
            if key != but and self._view(key).money.phase == "done":
                self._release(key)

    def _make_room(self) -> None:
        held = self.tabs.keys()
        if len(held) >= MOST_HELD:
            oldest = next((key for key in held if self._view(key).money.is_untouched), "")
            if oldest:
                self._release(oldest)

    def _read_all(self) -> None:
        self.home.read()
        if self._desk.session is not None:
            for key in self.tabs.keys():  # noqa: SIM118 - the method of the tabs, no mapping
                self._view(key).read()

    def _switched(self, key: str) -> None:
        if key:
            order_tabs([self._frame.search, self.tabs.strip, *self._view(key).stops()])
        self._tell_second_screen()

    def _tell_second_screen(self) -> None:
        view = self.current()
        self.second_screen_wanted.emit(_paying(view.paying) if view is not None else None)

    def _say(self, words: str) -> None:
        self._frame.toast.say(words, tone="bad")

    def _with(self, what: str) -> None:
        view = self.current()
        if view is None:
            return
        acts: dict[str, Callable[[], object]] = {
            "take": view.money_panel.press,
            "exact": view.money_panel.fill_exact,
            "tender": view.money_panel.tenders.next_choice,
            "add": view.money_panel.add_tender,
            "amount": view.money_panel.focus_amount,
            "restore": view.money_panel.fill_restore,
            "settle": view.money_panel.settle_part,
            "last-month": view.money_panel.fill_deposit,
            "top-up": view.money_panel.deposit_part,
            "print": view.print_last,
            "undo": view.undo_last,
            "relief": partial(relieve, self._desk, self._frame, view),
            "dispute": partial(self._dispute, view),
            "tab": view.data.next_tab,
            "reveal": view.reveal,
            "redirect": view.redirect,
            "book-move": view.books.move,
            "book-refund": view.books.refund,
            "retention": partial(self.retention_wanted.emit, view.customer_id),
        }
        acts[what]()

    def _dispute(self, view: CustomerView) -> None:
        Disputing(self._desk, self._frame, beside=view.money_panel).begin(view.customer_id, view.data.pointed_bill())

    def _add_keys(self) -> None:
        own = (
            ("take", tr("收费并打印"), "F9"),
            ("exact", tr("填入应收金额"), "F5"),
            ("tender", tr("换付款方式"), "F6"),
            ("add", tr("再加一种付款方式"), "F7"),
            ("restore", tr("只缴到可恢复服务"), "Ctrl+F5"),
            ("settle", tr("只缴一部分，多收的找零"), "Ctrl+J"),
            ("last-month", tr("按上月账单预存"), "Ctrl+F7"),
            ("top-up", tr("缴欠费另存预存"), "Ctrl+U"),
            ("print", tr("打印或补打收据"), "Ctrl+P"),
            ("undo", tr("撤销缴费（冲正、退费）"), "Ctrl+F8"),
            ("relief", tr("违约金减免、暂缓"), "Ctrl+G"),
            ("dispute", tr("账单争议（登记、处理）"), "Ctrl+F6"),
            ("tab", tr("下一类资料"), "Ctrl+Tab"),
            ("reveal", tr("显示完整资料"), ""),
            ("redirect", tr("先缴所选账单"), ""),
            ("book-move", tr("预存转用途"), ""),
            ("book-refund", tr("销户退预存"), ""),
            ("retention", tr("离网挽留"), "F8"),
        )
        for key, word, shortcut in own:
            action = Action(
                f"payment-{key}",
                word,
                shortcut,
                lambda key=key: self._with(key),  # type: ignore[misc]  # the default holds the loop's value
                is_possible=lambda: self.current() is not None,
            )
            self._frame.keys.add(action, page=self)
        self._add_other_keys()

    def _add_other_keys(self) -> None:
        """The keys of the room itself, with or without a customer."""
        self._frame.keys.add(
            Action(
                "payment-amount", tr("回到金额"), "Escape", partial(self._with, "amount"), is_possible=self._is_away
            ),
            page=self,
        )
        self._frame.keys.add(
            Action("held-next", tr("下一位已打开的客户"), "F4", self.tabs.next_held, is_possible=self._has_tabs),
            page=self,
        )
        self._frame.keys.add(
            Action("held-close", tr("关闭这位客户"), "Ctrl+W", self.close_current, is_possible=self._has_tabs),
            page=self,
        )
        is_offered = self.home.open_shift.isVisible
        self._frame.keys.add(
            Action("open-shift", tr("开班"), "F9", self.open_shift_wanted.emit, is_possible=is_offered), page=self
        )
        self._frame.keys.add(Action("drawer", tr("打开钱箱"), "", self.open_drawer), page=self)
        waiting = Action("reliefs-waiting", tr("待审批的违约金申请"), "", self.show_reliefs)
        self._frame.keys.add(waiting, page=self)

    def _is_away(self) -> bool:
        """Whether the cursor has left the money of the customer on the screen; a search is given up first."""
        view, search, focus = self.current(), self._frame.search, QApplication.focusWidget()
        if view is None or focus is None or search.drop.isVisible() or (search.hasFocus() and search.text()):
            return False
        return not view.money_panel.isAncestorOf(focus)

    def _has_tabs(self) -> bool:
        return bool(self.tabs.keys())


def _paying(value: PayingValue | None) -> Paying | None:
    return None if value is None else Paying(value.due_fen, value.received_fen, value.change_fen, value.spoken)
