"""The first page of the day: staff number and password; a demo hall shows its own sign-ins."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout

from counter_app.ui.blocks import Button, Label, PrimaryButton, rule
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.cover_page import CoverPage
from counter_app.ui.fields import TextField
from counter_app.ui.keys import Action
from counter_app.ui.language import language_in_use, tr
from counter_app.ui.sign_in.presenter import DemoSignIn, SignInPresenter, SignInScreen


class SignInPage(CoverPage):
    """Enter goes from the number to the password and from there in.

    `language_chosen` carries the language that the person wants to read.
    """

    language_chosen = Signal(str)

    def __init__(self, presenter: SignInPresenter, screen: SignInScreen) -> None:
        super().__init__()
        self._presenter = presenter
        body = self.card.body
        body.addWidget(Label(screen.hall_name, role="heading", is_wrapped=True))
        body.addWidget(Label(screen.counter_name, role="muted"))
        # digits never go through an input method
        self.staff_no = TextField(tr("工号"), is_number=True, is_early=True)
        self.password = TextField(tr("密码"), is_secret=True, is_early=True)
        self.button = PrimaryButton(tr("登录"), "Enter")
        for widget in (self.staff_no, self.password, self.button):
            body.addWidget(widget)
        self.staff_no.entry.entered.connect(self.password.entry.setFocus)
        self.password.entry.entered.connect(self.sign_in)
        self.button.clicked.connect(self.sign_in)
        self.demo: list[Button] = []
        if screen.demo:
            body.addWidget(rule())
            body.addWidget(Label(tr("演示营业厅的登录，选一个填入，再按 Enter："), role="note", is_wrapped=True))
        self._demo_sign_ins = screen.demo
        for place, demo in enumerate(screen.demo, 1):
            button = Button(demo.words, kind="quiet", key=f"Alt+{place}")
            button.clicked.connect(partial(self._fill_demo, demo))
            body.addWidget(button)
            self.demo.append(button)
        body.addWidget(rule())
        self.language = SegmentedChoice((("zh", "中文"), ("en", "English")), name="语言 Language")
        self.language.choose(language_in_use())
        self.language.chosen.connect(self.language_chosen)
        languages = QHBoxLayout()
        languages.addStretch(1)
        languages.addWidget(self.language)
        body.addLayout(languages)

    def key_actions(self) -> tuple[Action, ...]:
        """A key for each of the demo's sign-ins."""
        return tuple(
            Action(f"demo-{place}", demo.words, f"Alt+{place}", partial(self._fill_demo, demo))
            for place, demo in enumerate(self._demo_sign_ins, 1)
        )

    def fill(self, staff_no: str, password: str) -> None:
        """Put a sign-in into the fields; signing in stays a key of its own."""
        self.staff_no.entry.setText(staff_no)
        self.password.entry.setText(password)
        self.password.show_error("")
        self.password.entry.setFocus()

    def sign_in(self) -> None:
        """Try what stands in the fields; the button is inert until there is an answer."""
        if not self.button.isEnabled():
            return
        self.button.setEnabled(False)
        self.password.show_error("")
        self._presenter.sign_in(self.staff_no.entry.text(), self.password.entry.text(), self.fail)

    def clear(self) -> None:
        """Ready for the next person: nothing of the last one is left."""
        self.staff_no.entry.clear()
        self.password.entry.clear()
        self.password.show_error("")
        self.button.setEnabled(True)

    def fail(self, sentences: str) -> None:
        """Say why nobody is signed in; the fields keep what was typed."""
        self.button.setEnabled(True)
        self.password.show_error(sentences)
        self.password.entry.setFocus()
        self.password.entry.selectAll()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.staff_no.entry.setFocus()

    def _fill_demo(self, demo: DemoSignIn) -> None:
        self.fill(demo.staff_no, demo.password)
