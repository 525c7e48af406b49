"""Another password: asked for after a first password was given out, and whenever somebody wants it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent

from counter_app.ui.blocks import Button, Label, PrimaryButton
from counter_app.ui.cover_page import CoverPage
from counter_app.ui.fields import TextField
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.sign_in.presenter import PasswordField, PasswordWish, SignInPresenter


class PasswordPage(CoverPage):
    """`is_forced`: the first password has to be replaced before anything else; the way back is to sign out."""

    def __init__(
        self,
        presenter: SignInPresenter,
        *,
        is_forced: bool,
        on_changed: Callable[[], object],
        on_back: Callable[[], object],
    ) -> None:
        super().__init__()
        self._presenter, self._on_changed, self._on_back = presenter, on_changed, on_back
        words = (
            tr("现在的密码是管理员发的初始密码。换成只有自己知道的密码，才能开始工作。")
            if is_forced
            else tr("新密码至少 10 位，不含工号。")
        )
        body = self.card.body
        body.addWidget(Label(tr("修改密码"), role="heading"))
        body.addWidget(Label(words, is_wrapped=True))
        self.fields: dict[PasswordField, TextField] = {
            "old": TextField(tr("现在的密码"), is_secret=True),
            "new": TextField(tr("新密码（至少 10 位）"), is_secret=True),
            "again": TextField(tr("再输一遍新密码"), is_secret=True),
        }
        self.button = PrimaryButton(tr("修改密码"), "F9")
        self.back = Button(tr("换人登录") if is_forced else tr("返回"), key="Esc", kind="quiet")
        for widget in (*self.fields.values(), self.button, self.back):
            body.addWidget(widget)
        self.fields["old"].entry.entered.connect(self.fields["new"].entry.setFocus)
        self.fields["new"].entry.entered.connect(self.fields["again"].entry.setFocus)
        self.fields["again"].entry.entered.connect(self.change)
        self.button.clicked.connect(self.change)
        self.back.clicked.connect(on_back)

    def key_actions(self) -> tuple[Action, ...]:
        """F9 changes it, Esc goes back."""
        return (
            Action("password", tr("修改密码"), "F9", self.change),
            Action("password-back", self.back.accessibleName(), "Escape", self._on_back),
        )

    def change(self) -> None:
        """Try what stands in the fields."""
        if not self.button.isEnabled():
            return
        self.button.setEnabled(False)
        texts = {key: field.entry.text() for key, field in self.fields.items()}
        for field in self.fields.values():
            field.show_error("")
        self._presenter.change_password(PasswordWish(**texts), self._on_changed, self._failed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fields["old"].entry.setFocus()

    def _failed(self, field: PasswordField, sentences: str) -> None:
        self.button.setEnabled(True)
        self.fields[field].show_error(sentences)
        self.fields[field].entry.setFocus()
        self.fields[field].entry.selectAll()
