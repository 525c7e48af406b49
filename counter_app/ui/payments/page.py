"""One customer's page: who it is, what is owed, and the money panel beside it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from counter_app.domain.deductions import is_deduction_no
from counter_app.domain.payments import Position
from counter_app.domain.staff import Right
from counter_app.services import customer_about, customers
from counter_app.services.customers import CustomerPage
from counter_app.services.payments import Taken
from counter_app.ui.ask import Answer, Asked, Choice, Question
from counter_app.ui.blocks import SPACE, page
from counter_app.ui.books.presenter import Whose
from counter_app.ui.deductions.deduction_panel import DeductionPanel
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from counter_app.ui.payments.book_flow import Books
from counter_app.ui.payments.data_card import DataCard
from counter_app.ui.payments.header import HeaderCard
from counter_app.ui.payments.invoice_note import InvoiceNotes
from counter_app.ui.payments.money_panel import MoneyPanel
from counter_app.ui.payments.money_view import Till
from counter_app.ui.payments.presenter_about import about_screen
from counter_app.ui.payments.presenter_customer import best_account, customer_screen, marked, position_of
from counter_app.ui.payments.presenter_figures import Confirmation
from counter_app.ui.payments.presenter_money import MoneyPresenter
from counter_app.ui.payments.presenter_working import working_screen
from counter_app.ui.payments.receipt_panel import ReceiptPanel
from counter_app.ui.payments.reveal_panel import RevealPanel
from counter_app.ui.payments.screen import CustomerScreen, MoneyScreen, PayingValue
from counter_app.ui.printing import Printing, PrintState
from counter_app.ui.undo.flow import Undoing
from counter_app.ui.wording import sentences, trouble_sentences

_REVEALS = ("name", "id_number", "contacts", "address")


_POLISHED_AT_ONCE = 16


class CustomerView(QWidget):
    """The page of one customer, built in steps and then begun.

    `titled` carries the masked title, `money_taken` tells that a payment is recorded, `paying_changed` what the
    customer's monitor may show (None: nothing).
    """

    titled = Signal(str)
    money_taken = Signal()
    paying_changed = Signal(object)
    open_shift_wanted = Signal()

    def __init__(self, desk: Desk, frame: Frame, till: Till) -> None:
        super().__init__()
        self.customer_id = 0
        self._desk, self._frame, self._till = desk, frame, till
        self._read_count = 0
        self._is_open = True
        self._page: CustomerPage | None = None
        self._screen: CustomerScreen | None = None
        self._account = self._pointed = 0
        self._is_pointed = False
        self._receipt_no = ""
        self.paying: PayingValue | None = None
        self.title = ""
        # every part is made where it will stand: whatever moves with all that is in it is styled all anew
        self._ground, self._column = page(parent=self)
        self._body = QHBoxLayout()
        self._body.setSpacing(SPACE + 4)
        self._column.addLayout(self._body, 1)
        self._polished = 0
        self._steps = [self._build_data, self._build_money, self._fill_money, self._build_header, self._polish]
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._ground)

    def build_step(self) -> bool:
        """Build a part of the page ahead of its customer, some milliseconds long; False when all of it stands."""
        if self._steps and not self._steps[0]():
            del self._steps[0]
        return bool(self._steps)

    def begin(self, customer_id: int) -> None:
        """Become the page of a customer; an amount may be typed before the answer is there."""
        while self.build_step():
            pass
        self.customer_id = customer_id
        self.money = MoneyPresenter(self._desk, customer_id, self, self._till)
        self.money_panel.attach(self.money)
        self._invoices = InvoiceNotes(self._desk, self._frame, beside=self.money_panel)
        self.books = Books(self._desk, self._frame, self._whose, beside=self.money_panel)
        self._connect()
        self.read()

    def _build_data(self) -> bool:
        self.data = DataCard(self._ground)
        self._body.addWidget(self.data, 1)
        return False

    def _build_money(self) -> bool:
        # a page may end half built: what is in it ends with it, before Python forgets what hangs on it
        self.money_panel = MoneyPanel(self._ground)
        return False

    def _fill_money(self) -> bool:
        if self.money_panel.build_step():
            return True
        self._body.addWidget(self.money_panel)
        return False

    def _build_header(self) -> bool:
        self.header = HeaderCard(self._ground)
        self._column.insertWidget(0, self.header)
        return False

    def _polish(self) -> bool:
        """Styles some of the page's parts, which would otherwise all be done when it is first shown."""
        # asked for anew each time: PySide6 does not keep what it handed out for Qt's own parts valid between turns
        parts, begin = self.findChildren(QWidget), self._polished
        self._polished = begin + _POLISHED_AT_ONCE
        for widget in parts[begin : self._polished]:
            widget.ensurePolished()
        return self._polished < len(parts)

    def stops(self) -> list[QWidget]:
        """Everything that takes the focus, in reading order."""
        return [self.header.accounts, *self.data.stops(), *self.money_panel.stops()]

    def read(self) -> None:
        """Read the customer beside the window; an older answer that comes late is dropped."""
        self._read_count += 1
        hall, who, count = self._desk.hall, self._desk.who, self._read_count
        self._desk.lanes.run(
            "reader",
            lambda: customers.open_customer(hall, who, self.customer_id),
            lambda found: self._show_page(found) if count == self._read_count else None,
            lambda refusal: self._say(sentences(refusal)),
            lambda trouble: self._say(trouble_sentences(trouble)),
            word=tr("正在读取客户……"),
        )

    def show_money(self, screen: MoneyScreen) -> None:
        """The panel, and the marks that the payment would leave on the bills."""
        self.money_panel.show_money(screen)
        if self._screen is not None:
            self.data.open_bills.show_bills(marked(self._screen.open_bills, dict(screen.marks)))
            self.data.open_bills.show_redirect(is_possible=screen.can_redirect, is_redirected=screen.is_redirected)
        paying = screen.done.paying if screen.done is not None and screen.phase == "done" else screen.paying
        if paying != self.paying:
            self.paying = paying
            self.paying_changed.emit(paying)

    def confirm(self, question: Confirmation) -> None:
        """Asks beside the money panel; Esc goes back to the amount."""
        choices = (Choice("yes", tr("没错，收下"), "primary", "Ctrl+Return", is_money=True), Choice("no", tr("改金额")))
        self._frame.ask(Question(question.heading, question.text, choices), self._confirmed, beside=self.money_panel)

    def taken(self, taken: Taken) -> None:
        """The money is recorded: print, and make ready for the next customer."""
        is_cash = any(tender.kind == "cash" for tender in taken.facts.tenders) or bool(taken.facts.change_fen)
        Printing(self._desk).start(taken.receipt_no, self._printed, is_drawer_opened=is_cash)
        self.money_taken.emit()

    def read_again(self) -> None:
        """What is shown is out of date."""
        self.read()

    def show_receipt(self, receipt_no: str) -> None:
        """Opens a receipt beside the page, or a deduction, which has none."""
        if is_deduction_no(receipt_no):
            self._show_deduction(receipt_no)
            return

        def undo(is_void: bool) -> None:
            self._frame.panels.close_panel(panel)
            panel.presenter.close()
            if is_void:
                self._undoing().print_slip(receipt_no)
            else:
                self._undoing().begin(receipt_no)

        def invoice() -> None:
            self._frame.panels.close_panel(panel)
            panel.presenter.close()
            self._invoices.ask(receipt_no, lambda: self.show_receipt(receipt_no))

        panel = ReceiptPanel(self._desk, receipt_no, heard=self._printed, on_undo=undo, on_invoice=invoice)
        self._frame.panels.open(
            panel, beside=self.money_panel, actions=panel.shortcuts(), on_back=panel.presenter.close
        )
        panel.presenter.open()

    def _show_deduction(self, number: str) -> None:
        def undo(is_void: bool) -> None:
            self._frame.panels.close_panel(panel)
            (self._undoing().print_slip if is_void else self._undoing().begin)(number)

        panel = DeductionPanel(self._desk, number, undo)
        self._frame.panels.open(panel, beside=self.money_panel, actions=panel.shortcuts())

    def point_at_receipt(self, receipt_no: str) -> None:
        """The list of payments, with the payment of that receipt pointed at as soon as it is read."""
        self._receipt_no = receipt_no
        if self._screen is not None:
            self._show_pointed_receipt()

    def _show_pointed_receipt(self) -> None:
        wanted, page = self._receipt_no, self._page
        if not wanted or page is None:
            return
        of_account = next((p.account_id for p in page.payments if p.receipt_no == wanted), self._account)
        if of_account != self._account:
            self._choose_account(str(of_account))
        elif self.data.show_payment(wanted):
            self._receipt_no = ""

    def print_last(self) -> None:
        """Ctrl+P: the receipt just taken again, or the one pointed at in the list of payments."""
        if self.money.phase == "done":
            Printing(self._desk).start(self.money_panel.done.receipt_no, self._printed)
            return
        row = self.data.payments.table.current_row()
        if row is not None:
            self.show_receipt(row.receipt_no)

    def undo_last(self) -> None:
        """Ctrl+F8: undo the payment just taken, or the one pointed at in the list of payments."""
        if self.money.phase == "done":
            self._undoing().begin(self.money_panel.done.receipt_no)
            return
        row = self.data.payments.table.current_row()
        if row is None:
            self._say(tr("请先在“缴费记录”里选一笔。"))
        elif row.void:
            self.show_receipt(row.receipt_no)
        else:
            self._undoing().begin(row.receipt_no)

    def _undoing(self) -> Undoing:
        return Undoing(self._desk, self._frame, self._undone, beside=self.money_panel)

    def _undone(self) -> None:
        """The payment on the card no longer stands: the panel takes money anew."""
        if self._is_open and self.money.phase == "done":
            self.money.again()

    def close_page(self) -> None:
        """The page is closed for good; answers that still come find nobody."""
        self._is_open = False
        self._read_count = -1
        self.money.close()

    def _connect(self) -> None:
        self.header.account_chosen.connect(self._choose_account)
        self.data.open_bills.bill_pointed.connect(self._point_at)
        self.data.receipt_wanted.connect(self.show_receipt)
        self.data.open_bills.redirect_wanted.connect(self.redirect)
        self.data.reveal_wanted.connect(self.reveal)
        self.data.about_wanted.connect(self._read_about)
        self.books.attach(self.data, self.show_receipt)
        self.data.note_written.connect(self._write_note)
        self.money_panel.open_shift_wanted.connect(self.open_shift_wanted)
        self.money_panel.done.print_again.clicked.connect(self.print_last)
        self.money_panel.done.undo.clicked.connect(self.undo_last)

    def redirect(self) -> None:
        """Pay the marked bills first: a reason is asked for; pressed again, the oldest comes first again."""
        chosen = self.data.open_bills.chosen_bills()
        if self.money.is_redirected:
            self.money.redirect((), "")
        elif not self._desk.who.may(Right.REDIRECT_PAYMENT):
            self._say(tr("须从最早的账单缴起；改变顺序须主管登录操作。"))
        elif chosen:
            question = Question(
                tr("不从最早的账单缴起？"),
                tr("须写明原因，会记入日志。"),
                (Choice("yes", tr("先缴所选账单"), "primary"),),
                Asked(tr("原因")),
            )
            self._frame.ask(
                question, lambda answer: self.money.redirect(chosen, answer.text), beside=self.data.open_bills
            )

    def reveal(self) -> None:
        """Show one masked thing in full, for a purpose, for a minute."""
        words = (tr("姓名"), tr("证件号"), tr("联系方式"), tr("地址"))
        choices = tuple(Choice(key, word) for key, word in zip(_REVEALS, words, strict=True))
        question = Question(
            tr("显示哪一项？"),
            tr("谁、何时、为何查看会记入日志。用途里不写姓名、电话、证件号。"),
            choices,
            Asked(tr("用途")),
        )
        self._frame.ask(question, self._reveal, beside=self.money_panel)

    def _reveal(self, answer: Answer) -> None:
        hall, who = self._desk.hall, self._desk.who
        self._desk.lanes.run(
            "writer",
            lambda: customers.reveal(hall, who, self.customer_id, answer.choice, answer.text),
            self._show_revealed,
            lambda refusal: self._say(sentences(refusal)),
            lambda trouble: self._say(trouble_sentences(trouble)),
        )

    def _show_revealed(self, value: str) -> None:
        if self._is_open:
            RevealPanel.show_value(self._frame.panels, value, beside=self.money_panel)

    def _read_about(self) -> None:
        hall, who, count = self._desk.hall, self._desk.who, self._read_count
        # while this is answered the page may be read anew, or closed
        self._desk.lanes.run(
            "reader",
            lambda: about_screen(customer_about.about(hall, who, self.customer_id)),
            lambda screen: self.data.contacts.show_about(screen) if count == self._read_count else None,
            lambda refusal: self._say(sentences(refusal)),
            lambda trouble: self._say(trouble_sentences(trouble)),
        )

    def _whose(self) -> Whose:
        return Whose(self.customer_id, self._account)

    def _show_page(self, found: CustomerPage) -> None:
        self._page = found
        if self._account not in {p.account.id for p in found.positions}:
            self._account = best_account(found)
        self._draw()

    def _draw(self) -> None:
        found = self._page
        assert found is not None
        hall = self._desk.hall
        screen = customer_screen(found, self._account, hall.hall.trade, hall.clock.now().tzinfo)
        self._screen = screen
        self.header.show_customer(screen)
        self.data.show_customer(screen)
        self.title = screen.title
        self.titled.emit(screen.title)
        self._is_pointed = False
        self.money.set_page(found, int(screen.account))
        if not self._is_pointed:
            # the same rows as before: the table has nothing to tell
            self._point_at(self._pointed)
        self._show_pointed_receipt()

    def _choose_account(self, key: str) -> None:
        self._account = int(key)
        self._draw()

    def position(self) -> Position | None:
        """The account that is on the screen, as it was read."""
        return None if self._page is None else position_of(self._page, self._account)

    def _point_at(self, bill_id: int) -> None:
        self._pointed, self._is_pointed = bill_id, True
        position = self.position()
        bills = position.open_bills if position is not None else ()
        found = next((o for o in bills if o.bill.bill_id == bill_id), bills[0] if bills else None)
        self.data.open_bills.show_working(None if found is None else working_screen(found))

    def _confirmed(self, answer: Answer) -> None:
        if answer.choice == "yes":
            self.money.confirmed()

    def _printed(self, state: PrintState) -> None:
        if self._is_open:
            self.money_panel.done.show_print(state)
        if state.state == "failed" and not (self._is_open and self.money.phase == "done"):
            self._say(tr("收据 {no} 没有打印：{why}", no=state.receipt_no, why=state.why))

    def _write_note(self, text: str) -> None:
        hall, who = self._desk.hall, self._desk.who

        def wrong(words: str) -> None:
            if self._is_open:
                self.data.notes.note.show_error(words)

        def done(_: None) -> None:
            if self._is_open:
                self.data.notes.note.entry.clear()
                self.read()

        self._desk.lanes.run(
            "writer",
            partial(customers.add_note, hall, who, self.customer_id, text),
            done,
            lambda refusal: wrong(sentences(refusal)),
            lambda trouble: wrong(trouble_sentences(trouble)),
        )

    def _say(self, words: str) -> None:
        self._frame.toast.say(words, tone="bad")
