"""The locked screen and the paused window: both keep everything that lies beneath."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent

from counter_app.ui.blocks import Button, Label, PrimaryButton
from counter_app.ui.cover_page import CoverPage
from counter_app.ui.fields import TextField
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.sign_in.presenter import SignInPresenter


class LockPage(CoverPage):
    """Only the person who is signed in opens it, or somebody else signs in instead."""

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
        self.leave = Button(tr("换人登录（放弃没有录完的内容）"), kind="quiet")
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
        self.password.show_error("")
        self._presenter.unlock(self.password.entry.text(), self.opened.emit, self._failed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.password.entry.setFocus()

    def _failed(self, sentences: str) -> None:
        self.button.setEnabled(True)
        self.password.show_error(sentences)
        self.password.entry.setFocus()
        self.password.entry.selectAll()


class PausePage(CoverPage):
    """The window is closed for a while (暂停服务, 004-41); the customer's screen says so."""

    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.card.body.addWidget(Label(tr("暂停服务"), role="heading"))
        self.card.body.addWidget(Label(tr("客户屏正显示“暂停服务”。没有录完的内容都还在。"), is_wrapped=True))
        self.button = PrimaryButton(tr("继续服务"), "F11")
        self.button.clicked.connect(self.ended)
        self.card.body.addWidget(self.button)

    def key_actions(self) -> tuple[Action, ...]:
        """F11 again goes on."""
        return (Action("resume", tr("继续服务"), "F11", self.ended.emit),)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.button.setFocus()
