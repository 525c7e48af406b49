"""The ways through prepaid books: the lines of their use, a move, a refund; each Esc goes one step back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from counter_app.domain.book_moves import BookRefundPlan
from counter_app.services import book_slips, printing, settings
from counter_app.services.book_moves import BookMoved
from counter_app.services.book_refunds import BookRefunded
from counter_app.services.book_slips import BookSlipOrder
from counter_app.ui.approvals.flow import open_approval
from counter_app.ui.ask import Answer, Choice, Question
from counter_app.ui.books.move_panel import BookMovePanel
from counter_app.ui.books.presenter import (
    BooksPresenter,
    MoveToSign,
    RefundToSign,
    Whose,
    move_facts,
    refund_facts,
    what_is_refunded,
    what_moves,
)
from counter_app.ui.books.refund_panel import BookRefundPanel
from counter_app.ui.books.screen import HistoryRow, MoveScreen, TypedMove
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount
from counter_app.ui.frame import Frame
from counter_app.ui.language import later, tr
from counter_app.ui.papers import PrintWords, bring
from counter_app.ui.payments.data_card import DataCard
from counter_app.ui.payments.invoice_note import InvoiceNotes
from counter_app.ui.theme import Tone

_WORDS = PrintWords(
    sent=later("凭证 {no} 已送到打印机，请客户签收。"),
    saved=later("凭证已存为 PDF 文件：{name}，请客户签收。"),
    failed=later("凭证 {no} 没有打印：{why}。排除后在“预存”里按回车补打。"),
)
_SHEETS = ("a5", "a4")


class Books:
    """The prepaid books of the customer on a page: `whose` says which account is on the screen."""

    def __init__(self, desk: Desk, frame: Frame, whose: Callable[[], Whose], *, beside: QWidget) -> None:
        self._desk, self._frame, self._whose, self._beside = desk, frame, whose, beside
        self._invoices = InvoiceNotes(desk, frame, beside=beside)
        self._presenter = BooksPresenter(desk)

    def attach(self, data: DataCard, open_receipt: Callable[[str], object]) -> None:
        """Answer what the page of the books asks for."""
        data.history_wanted.connect(lambda: self._read(data))
        data.book_row_opened.connect(lambda row: self.open_row(row, open_receipt))
        data.book_move_wanted.connect(self.move)
        data.book_refund_wanted.connect(self.refund)

    def open_row(self, row: HistoryRow, open_receipt: Callable[[str], object]) -> None:
        """Enter on a line: its receipt, a further print of its slip, the receipt of a top-up, or where its paper is."""
        about = f"{row.at} {row.book} {row.what} {amount(row.amount_fen)}"
        if row.opens == "receipt":
            open_receipt(row.no)
        elif row.opens in ("slip", "topup_receipt"):
            more = (Choice("invoice", tr("登记发票号…")),) if row.opens == "topup_receipt" else ()
            choices = (Choice("yes", tr("打印"), "primary"), *more, Choice("no", tr("不打")))
            question = Question(tr("补打凭证 {no}？", no=row.no), about, choices)
            self._frame.ask(question, lambda answer: self._answered(answer, row), beside=self._beside)
        elif row.opens == "topup":
            words = tr("{about}。这笔钱是别的渠道收的，收据只开一次，以后都是补打。", about=about)
            choices = (Choice("yes", tr("开收据"), "primary"), Choice("no", tr("不开")))
            question = Question(tr("给这笔充值开收据？"), words, choices)
            self._frame.ask(question, lambda answer: self._give_receipt(answer, row), beside=self._beside)
        elif row.opens == "elsewhere":
            self._say(tr("这一笔在{where}办的，单据在那里。", where=row.who))

    def move(self) -> None:
        """Choose what is moved; what the pack leaves to one person is done, the rest is signed."""
        self._presenter.choices(self._whose(), lambda screen: self._show_move(screen, TypedMove()), self._say)

    def refund(self) -> None:
        """Look what closing would give back; a refusal says why not."""
        self._presenter.look_refund(self._whose(), lambda plan: self._show_refund(plan, ""), self._say)

    def _read(self, data: DataCard) -> None:
        """The use of the account's books; an answer that comes after another account was chosen is dropped."""
        whose = self._whose()
        self._presenter.history(
            whose.account_id,
            lambda rows: data.prepaid.show_history(rows) if whose == self._whose() else None,
            self._say,
        )

    def _show_move(self, screen: MoveScreen, typed: TypedMove) -> None:
        def go(given: TypedMove) -> None:
            self._presenter.check_move(self._whose(), given, lambda asked: ready(asked, given), panel.fail)

        def ready(asked: MoveToSign, given: TypedMove) -> None:
            if asked.case is None:
                self._presenter.move_alone(asked, done, panel.fail)
                return
            self._frame.panels.close_panel(panel)
            open_approval(
                self._desk,
                self._frame,
                asked.case,
                lambda signed: self._presenter.move(asked, signed),
                self._moved,
                what=what_moves(asked.plan),
                facts=move_facts(asked),
                beside=self._beside,
                on_back=lambda: self._show_move(screen, given),
            )

        def done(moved: BookMoved) -> None:
            self._frame.panels.close_panel(panel)
            self._moved(moved)

        panel = BookMovePanel(screen, typed, go)
        self._frame.panels.open(panel, beside=self._beside, actions=panel.shortcuts())

    def _show_refund(self, plan: BookRefundPlan, reason: str) -> None:
        def go(given: str) -> None:
            self._presenter.check_refund(self._whose(), given, ready, panel.fail)

        def ready(asked: RefundToSign) -> None:
            self._frame.panels.close_panel(panel)
            open_approval(
                self._desk,
                self._frame,
                asked.case,
                lambda signed: self._presenter.refund(asked, signed),
                self._refunded,
                what=what_is_refunded(asked.plan),
                facts=refund_facts(asked.plan),
                beside=self._beside,
                on_back=lambda: self._show_refund(asked.plan, asked.wish.reason),
            )

        panel = BookRefundPanel(plan, reason, go)
        self._frame.panels.open(panel, beside=self._beside, actions=panel.shortcuts())

    def _moved(self, done: BookMoved) -> None:
        by = tr("、").join(done.approvers)
        words = tr("已转用途 {sum}。", sum=amount(done.amount_fen))
        self._done(f"{words}{tr('{by} 签字。', by=by)}" if by else words, done.slip_no)

    def _refunded(self, done: BookRefunded) -> None:
        by = tr("、").join(done.approvers)
        words = tr("请退还客户现金 {sum}，{by} 签字。", sum=amount(done.amount_fen), by=by)
        self._done(words, done.slip_no)

    def _done(self, words: str, slip_no: str) -> None:
        self._frame.toast.say(words)
        self._desk.changed()
        self._print(slip_no, words)

    def _answered(self, answer: Answer, row: HistoryRow) -> None:
        if answer.choice == "yes":
            self._print(row.no)
        elif answer.choice == "invoice":
            self._invoices.ask(row.no, lambda: None)

    def _give_receipt(self, answer: Answer, row: HistoryRow) -> None:
        def given(paper_no: str) -> None:
            self._desk.changed()
            self._print(paper_no)

        if answer.choice == "yes":
            self._presenter.give_receipt(self._whose(), row.move_id, given, self._say)

    def _print(self, paper_no: str, before: str = "") -> None:
        """The first print is the original, every further one says that it is none; a receipt printer gets no sheets."""
        hall, who = self._desk.hall, self._desk.who

        def order() -> BookSlipOrder:
            sheet, printer = printing.chosen(hall)
            if sheet not in _SHEETS:
                sheet, printer = "a5", settings.get(hall, "printer.a5", printing.TO_FILE)
            return book_slips.order_print(hall, who, paper_no, paper=sheet, printer=printer)

        def send(made: BookSlipOrder) -> str:
            return printing.print_sheet(hall, made.job, book_slips.render(made))

        def said(words: str, tone: Tone | None) -> None:
            self._frame.toast.say(f"{before}{words}", tone="good" if tone is None else "warn")

        bring(self._desk, order, send, _WORDS, said)

    def _say(self, words: str) -> None:
        self._frame.toast.say(words, tone="warn")
