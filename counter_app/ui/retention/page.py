"""The page of one case: the steps, the form of the present one, and what to do next."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from counter_app.services.retention_desk import CaseView
from counter_app.services.retention_signing import Wanted
from counter_app.ui.ask import Answer, Asked, Choice, Question
from counter_app.ui.blocks import SPACE, Card, Label, page
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.payments.tab_order import order_tabs
from counter_app.ui.retention.customer_page import CustomerPage
from counter_app.ui.retention.feedback_page import FeedbackPage
from counter_app.ui.retention.form_page import FormPage
from counter_app.ui.retention.pages import EndPage, GatesPage, OffersPage, OrderPage, SigningPage
from counter_app.ui.retention.papers_panel import open_papers
from counter_app.ui.retention.presenter import RetentionPresenter
from counter_app.ui.retention.presenter_feedback import TypedFeedback
from counter_app.ui.retention.reveal import ask_reveal
from counter_app.ui.retention.screen import Page, RetentionScreen
from counter_app.ui.retention.side import SideCard, StepsCard
from counter_app.ui.retention.signoff_panel import open_signoff

REST_MS = 2_000
"""Hands that have not typed for so long rest: what was typed is kept in the file."""


class RetentionView(QWidget):
    """`left` carries where the person wants to go from here: `pay` or `back`; `titled` the masked title."""

    left = Signal(str)
    titled = Signal(str)

    def __init__(self, desk: Desk, frame: Frame, problem: TypedFeedback) -> None:
        super().__init__()
        self._desk, self._frame = desk, frame
        self.presenter = RetentionPresenter(desk, self, problem)
        self.screen_shown: RetentionScreen | None = None
        self.steps, self.side = StepsCard(), SideCard()
        self.heading, self.lead = Label(role="heading"), Label(role="muted", is_wrapped=True)
        self.form, self.offers, self.signing = FormPage(), OffersPage(), SigningPage()
        self.customer, self.gates, self.order, self.end = CustomerPage(), GatesPage(), OrderPage(), EndPage()
        self.feedback = FeedbackPage()
        self._stack = QStackedWidget()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.presenter.keep_typed)
        self._lay_out()
        self._connect()
        for action in (
            Action("retention-papers", tr("打印单据"), "Ctrl+P", self.open_papers),
            Action("retention-reveal", tr("看完整资料"), "Ctrl+I", self.reveal),
            Action("retention-paper", tr("签在纸上"), "F7", self._sign_paper, is_possible=self._can_sign),
        ):
            frame.keys.add(action, page=self)

    def show_case(self, screen: RetentionScreen) -> None:
        """Draws the case; a page that comes up takes the cursor."""
        before, self.screen_shown = self.screen_shown, screen
        self.heading.setText(screen.heading)
        self.lead.setText(screen.lead)
        self.lead.setVisible(bool(screen.lead))
        self.steps.show_steps(screen)
        self.side.show_side(screen)
        self._draw_page(screen)
        shown = self._pages()[screen.page]
        self._stack.setCurrentWidget(shown)
        if before is None or before.title != screen.title:
            self.titled.emit(screen.title)
        if before is None or before.page != screen.page or screen.page != "talk":
            self._order_tabs(shown)
        if before is None or before.page != screen.page or len(before.form.errors) < len(screen.form.errors):
            self._begin_page()

    def ask_signoff(self, shown: CaseView, wanted: Wanted) -> None:
        """The panel for a second person, beside what is signed."""
        presenter = self.presenter
        open_signoff(
            self._desk,
            self._frame,
            shown,
            wanted,
            presenter.signed,
            on_wait=lambda: presenter.ask_offer(wanted),
            beside=self.side,
        )

    def open_papers(self) -> None:
        """Ctrl+P: the papers of the case; what is typed goes into them."""
        if self.screen_shown is not None:
            self.presenter.keep_typed()
            open_papers(self._desk, self._frame, self.screen_shown.case_id, beside=self.side)

    def reveal(self) -> None:
        """Ctrl+I: something personal of the kept form in full, for a purpose."""
        if self.screen_shown is not None:
            ask_reveal(self._desk, self._frame, self.presenter.view, self.presenter.say)

    def go_to(self, way: str) -> None:
        """Somewhere else than on this page."""
        self.left.emit(way)

    def leave_now(self) -> None:
        """Ctrl+L: asked once, for afterwards nothing can be offered any more."""
        if self.screen_shown is not None and self.screen_shown.can_leave_now:
            question = Question(
                tr("现在离网？"),
                tr("客户不愿再谈。跳过谈话和方案，直接去签字和核对；缺的签字会马上去请。"),
                (Choice("yes", tr("现在离网"), "danger", "F9"), Choice("no", tr("再谈谈"))),
            )
            self._frame.ask(question, lambda answer: self._answered(answer, "leave_now"), beside=self.side)

    def withdraw(self) -> None:
        """The customer takes the request back."""
        question = Question(
            tr("客户撤回申请？"),
            tr("这张挽留单就此结束，服务照常；不算挽留成功。"),
            (Choice("yes", tr("撤回申请"), "primary", "F9"), Choice("no", tr("不撤回"))),
        )
        self._frame.ask(question, lambda answer: self._answered(answer, "withdraw"), beside=self.side)

    def correct(self) -> None:
        """The signed form is opened again."""
        question = Question(
            tr("改登记表？"),
            tr("接待人和客户的签字作废，改好后要重新签。"),
            (Choice("yes", tr("打开登记表"), "primary", "F9"), Choice("no", tr("不改"))),
        )
        self._frame.ask(question, lambda answer: self._answered(answer, "correct"), beside=self.side)

    def press(self) -> None:
        """F9, or the filled button."""
        screen = self.screen_shown
        if screen is None or screen.is_working:
            return
        if screen.next.act == "sign_customer":
            self.presenter.sign_customer(self.customer.pad.png(), "drawing")
        else:
            self.presenter.press()

    def close_page(self) -> None:
        """The page is closed; what was typed is kept."""
        self._rest.stop()
        self.presenter.close()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.presenter.keep_typed()

    def _answered(self, answer: Answer, act: str) -> None:
        if answer.choice == "yes":
            self.presenter.act(act)

    def _ask_stand_in(self, signer: str) -> None:
        question = Question(
            tr("无人可签？"),
            tr("写明为什么没有人能签。这会交给稽核。"),
            (Choice("yes", tr("记下，继续"), "primary", "F9"),),
            Asked(tr("原因"), hint=tr("不写姓名、电话、证件号")),
        )
        self._frame.ask(question, lambda answer: self.presenter.stand_in(signer, answer.text), beside=self.side)

    def _draw_page(self, screen: RetentionScreen) -> None:
        if screen.page == "talk":
            self.form.show_form(screen.form)
        elif screen.page == "offers":
            is_open = screen.next.act in ("offer", "", "keep", "leave")
            self.offers.show_offers(screen.offers, screen.form.errors.get("offer", ""), is_open=is_open)
        elif screen.page in ("manager", "sign"):
            self.signing.show_signatures(screen.signatures)
        elif screen.page == "customer":
            self.customer.show_signing(is_open=screen.next.act == "sign_customer", is_signed=screen.is_signed)
        elif screen.page == "gates":
            self.gates.show_gates(screen.gates)
        elif screen.page == "order":
            self.order.show_items(screen.items)
        elif screen.page == "feedback":
            self.feedback.show_feedback(screen.feedback)
        else:
            self.end.show_end(screen)

    def _order_tabs(self, shown: QWidget) -> None:
        # cards are made anew: Tab still reads down the page, and then on to what comes next
        stops: list[QWidget] = self.form.stops() if shown is self.form else shown.findChildren(QWidget)
        order_tabs([*(w for w in stops if w.focusPolicy() & Qt.FocusPolicy.TabFocus), *self.side.stops()])

    def _begin_page(self) -> None:
        shown = self._stack.currentWidget()
        if not self.isVisible():
            return
        if isinstance(shown, FormPage | OffersPage) or (shown is self.feedback and self.feedback.words.isVisible()):
            shown.begin()
        else:
            self.side.next.setFocus()

    def _pages(self) -> dict[Page, QWidget]:
        return {
            "manager": self.signing,
            "talk": self.form,
            "offers": self.offers,
            "sign": self.signing,
            "customer": self.customer,
            "gates": self.gates,
            "order": self.order,
            "feedback": self.feedback,
            "end": self.end,
        }

    def _lay_out(self) -> None:
        ground, row = page("across")
        for shown in dict.fromkeys(self._pages().values()):
            self._stack.addWidget(shown)
        middle = Card()
        middle.body.addWidget(self.heading)
        middle.body.addWidget(self.lead)
        middle.body.addSpacing(SPACE)
        middle.body.addWidget(self._stack, 1)
        row.addWidget(self.steps)
        row.addWidget(middle, 1)
        row.addWidget(self.side)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(ground)

    def _connect(self) -> None:
        presenter = self.presenter
        self.form.typed.connect(self._typed)
        self.form.picked.connect(presenter.toggle)
        self.form.agreed.connect(presenter.agree)
        self.offers.offered.connect(presenter.offer)
        self.offers.answered.connect(lambda is_yes: presenter.answer(is_yes=is_yes))
        self.offers.all_wanted.connect(presenter.show_all_offers)
        self.signing.ask_wanted.connect(lambda signer: presenter.act(f"ask:{signer}"))
        self.signing.sign_wanted.connect(presenter.sign)
        self.signing.stand_in_wanted.connect(self._ask_stand_in)
        self.customer.paper_wanted.connect(self._sign_paper)
        self.customer.scanned.connect(lambda content: presenter.sign_customer(content, "scan"))
        self.gates.checked.connect(lambda gate: presenter.act(f"gate:{gate}"))
        self.gates.way_wanted.connect(presenter.go_way)
        self.order.chosen.connect(presenter.choose_item)
        self.feedback.typed.connect(presenter.type_problem)
        self.feedback.entered.connect(self.side.next.setFocus)
        self.steps.wanted.connect(presenter.go)
        self.side.next.clicked.connect(self.press)
        self.side.leave.clicked.connect(self.leave_now)
        self.side.withdraw.clicked.connect(self.withdraw)
        self.side.correct.clicked.connect(self.correct)
        self.side.waive.clicked.connect(presenter.waive)
        self.side.papers.clicked.connect(self.open_papers)

    def _can_sign(self) -> bool:
        screen = self.screen_shown
        return screen is not None and screen.page == "customer" and screen.next.act == "sign_customer"

    def _sign_paper(self) -> None:
        self.presenter.sign_customer(b"paper", "paper")

    def _typed(self, name: str, text: str) -> None:
        self.presenter.type_line(name, text)
        self._rest.start()
