"""The pages that cover the window: sign-in, lock, pause, and the answers after a restart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Button, Card, Chip, Label, PrimaryButton, ScrollColumn
from counter_app.ui.fields import TextField
from counter_app.ui.language import tr
from counter_app.ui.sign_in.presenter import AnswerScreen, SignInPresenter, SignInScreen
from counter_app.ui.theme import px

_CARD_WIDTH = 420


class _CoverPage(QWidget):
    """One card in the middle of an empty ground."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("frame")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.card = Card()
        self.card.setFixedWidth(px(_CARD_WIDTH))
        self.card.body.setSpacing(2 * SPACE)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self.card, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)


class SignInPage(_CoverPage):
    """Staff number and password; a demo hall shows its own sign-ins below."""

    def __init__(self, presenter: SignInPresenter, screen: SignInScreen) -> None:
        super().__init__()
        self._presenter = presenter
        body = self.card.body
        body.addWidget(Label(screen.hall_name, role="heading", is_wrapped=True))
        body.addWidget(Label(screen.counter_name, role="muted"))
        if screen.warning:
            body.addWidget(Label(screen.warning, tone="bad", is_wrapped=True))
        self.staff_no = TextField(tr("工号"))
        # digits never go through an input method
        self.staff_no.entry.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.password = TextField(tr("密码"), is_secret=True)
        self.button = PrimaryButton(tr("登录"), "Enter")
        for widget in (self.staff_no, self.password, self.button):
            body.addWidget(widget)
        self.staff_no.entry.entered.connect(self.password.entry.setFocus)
        self.password.entry.entered.connect(self.sign_in)
        self.button.clicked.connect(self.sign_in)
        self.demo: list[Button] = []
        if screen.demo:
            body.addWidget(Label(tr("演示营业厅的登录，点选即可填入："), role="note", is_wrapped=True))
            for demo in screen.demo:
                button = Button(demo.words, kind="quiet")
                button.clicked.connect(lambda _checked=False, d=demo: self.fill(d.staff_no, d.password))
                body.addWidget(button)
                self.demo.append(button)

    def fill(self, staff_no: str, password: str) -> None:
        """Put a demo sign-in into the fields; signing in stays a key of its own."""
        self.staff_no.entry.setText(staff_no)
        self.password.entry.setText(password)
        self.button.setFocus()

    def sign_in(self) -> None:
        """Try what stands in the fields; the button is inert until there is an answer."""
        if not self.button.isEnabled():
            return
        self.button.setEnabled(False)
        self.password.show_error("")
        self._presenter.sign_in(self.staff_no.entry.text(), self.password.entry.text(), self._failed)

    def clear(self) -> None:
        """Ready for the next person: nothing of the last one is left."""
        self.staff_no.entry.clear()
        self.password.entry.clear()
        self.password.show_error("")
        self.button.setEnabled(True)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.staff_no.entry.setFocus()

    def _failed(self, sentences: str) -> None:
        self.button.setEnabled(True)
        self.password.show_error(sentences)
        self.password.entry.setFocus()
        self.password.entry.selectAll()


class LockPage(_CoverPage):
    """The locked screen: only the person who is signed in opens it, or signs out."""

    opened = Signal()
    signed_out = Signal()

    def __init__(self, presenter: SignInPresenter, who: str) -> None:
        super().__init__()
        self._presenter = presenter
        body = self.card.body
        body.addWidget(Label(tr("屏幕已锁定"), role="heading"))
        body.addWidget(Label(tr("{who} 正在使用本台。输入密码继续，没有录完的内容都还在。", who=who), is_wrapped=True))
        self.password = TextField(tr("密码"), is_secret=True)
        self.button = PrimaryButton(tr("解锁"), "Enter")
        self.leave = Button(tr("换人登录"), kind="quiet")
        for widget in (self.password, self.button, self.leave):
            body.addWidget(widget)
        self.password.entry.entered.connect(self.unlock)
        self.button.clicked.connect(self.unlock)
        self.leave.clicked.connect(self.signed_out)

    def unlock(self) -> None:
        """Try the password."""
        if not self.button.isEnabled():
            return
        self.button.setEnabled(False)
        self._presenter.unlock(self.password.entry.text(), self.opened.emit, self._failed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.password.entry.setFocus()

    def _failed(self, sentences: str) -> None:
        self.button.setEnabled(True)
        self.password.show_error(sentences)
        self.password.entry.selectAll()


class PausePage(_CoverPage):
    """The window is closed for a while (暂停服务, 004-41); the customer's screen says so."""

    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.card.body.addWidget(Label(tr("暂停服务"), role="heading"))
        self.card.body.addWidget(Label(tr("客户屏正显示“暂停服务”。没有录完的内容都还在。"), is_wrapped=True))
        self.button = PrimaryButton(tr("继续服务"), "F11")
        self.button.clicked.connect(self.ended)
        self.card.body.addWidget(self.button)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.button.setFocus()


class AnswersPage(_CoverPage):
    """What became of money that was on the table when the program ended: the first thing anybody sees."""

    def __init__(self, answers: Sequence[AnswerScreen], on_seen: Callable[[], object]) -> None:
        super().__init__()
        body = self.card.body
        self.card.setFixedWidth(px(_CARD_WIDTH + 120))
        body.addWidget(Label(tr("上次没有收完的款"), role="heading"))
        column = ScrollColumn()
        for answer in answers:
            card = Card(is_inset=True)
            card.body.addWidget(Chip("good" if answer.is_recorded else "warn", answer.headline))
            card.body.addWidget(Label(answer.words, is_wrapped=True))
            column.body.addWidget(card)
        column.body.addStretch(1)
        column.setMinimumHeight(px(min(360, 120 * len(answers))))
        body.addWidget(column, 1)
        self.button = PrimaryButton(tr("知道了"), "F9")
        self.button.clicked.connect(on_seen)
        body.addWidget(self.button)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.button.setFocus()
