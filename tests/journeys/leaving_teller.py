"""Somebody at the real window with a customer who wants to leave: each method is what hands do on a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from counter_app.ui.panels import Panel
from counter_app.ui.retention.page import RetentionView
from counter_app.ui.retention.signoff_panel import SignoffPanel
from tests.halls import PASSWORD
from tests.journeys.window import CTRL, Key, Window

KEY_S, THINK_S = 0.28, 1.35
"""A key of an average typist, and the thought before each field or step (keystroke-level model)."""


@dataclass
class Teller:
    """Somebody at the real window; counts steps, for each of them is a thought."""

    window: Window
    steps: int = 0
    after_step: Callable[[str], object] = field(default=lambda _name: None)

    @property
    def view(self) -> RetentionView:
        """The case on the screen."""
        found = self.window.counter.retention.view
        assert found is not None, "no case is open"
        return found

    @property
    def page(self) -> str:
        """The step on the screen, once nothing is under way."""
        shown = self.view.screen_shown
        return "" if shown is None or shown.is_working else shown.page

    @property
    def seconds(self) -> float:
        """How long it takes a person, by the keys and steps so far."""
        return self.window.keys * KEY_S + self.steps * THINK_S

    def panel(self) -> Panel | None:
        """What is open beside the page."""
        return self.window.counter.frame.panels.current()

    def open(self, digits: str, page: str = "talk") -> None:
        """F2, the last digits, Enter, F8."""
        window = self.window
        self.window.keys, self.steps = 0, 1
        window.press(Key.Key_F2)
        window.at(window.counter.frame.search)
        window.type(digits)
        window.press(Key.Key_Return)
        window.wait(lambda: window.counter.frame.search.text() == "" and window.counter.payments.current() is not None)
        window.wait(lambda: window.view.money.phase == "paying")
        window.press(Key.Key_F8)
        window.wait(lambda: window.counter.retention.view is not None and self.page == page)
        self.after_step("opened")

    def on(self, page: str, key: Key = Key.Key_F9) -> None:
        """A key that leads to the next page."""
        self.steps += 1
        self.window.press(key)
        self.window.wait(lambda: self.page == page)
        self.after_step(page)

    def write(self, text: str, *, ends: bool = False) -> None:
        """Type where the cursor is, and Enter if that ends it."""
        self.steps += 1
        self.window.type(text)
        if ends:
            self.window.press(Key.Key_Return)

    def reasons(self, text: str) -> None:
        """The reasons by their numbers."""
        self.window.at(self.view.form.lines["reasons"].entry)
        self.write(text)

    def offer(self, text: str, answer: str) -> None:
        """An offer by its number, and the answer by its letter."""
        self.window.at(self.view.offers.number.entry)
        self.write(text, ends=True)
        self.window.wait(lambda: self.view.screen_shown and self.view.screen_shown.offers.waiting)
        self.after_step("offered")
        self.write(answer)
        self.window.wait(lambda: self.view.screen_shown and not self.view.screen_shown.offers.waiting)
        self.after_step("answered")

    def ask(self) -> None:
        """Call whoever has to sign; the button then says that it is signed here."""
        self.steps += 1
        self.window.press(Key.Key_F9)
        self.window.wait(lambda: "在此签字" in self.view.side.next.text())
        self.after_step("asked")

    def sign_here(self, staff_no: str, page: str) -> None:
        """A second person: F9, number, Enter, password, Enter."""
        self.window.press(Key.Key_F9)
        panel = self.panel()
        assert isinstance(panel, SignoffPanel)
        self.window.at(panel.staff_no.entry)
        self.write(staff_no, ends=True)
        self.window.at(panel.password.entry)
        self.write(PASSWORD, ends=True)
        self.window.wait(lambda: self.panel() is None and self.page == page)
        self.after_step("signed")

    def gates(self) -> None:
        """All three, the order, the equipment, the end."""
        for done in (1, 2, 3):
            self.steps += 1
            self.window.press(Key.Key_F9)
            self.window.wait(partial(self._has_checked, done))
            self.after_step(f"gate {done}")
        self.on("order")
        self.steps += 1
        self.window.press(Key.Key_F9)
        self.window.wait(lambda: "办结" in self.view.side.next.text())
        self.after_step("equipment")
        self.on("end")

    def tell(self, words: str = "") -> None:
        """From the result to the step that tells the hall manager, and there: two keys, and what one adds."""
        self.on("feedback")
        self.window.at(self.view.feedback.words.entry)
        if words:
            self.write(words)
        self.on("end")

    def leave_now(self) -> None:
        """Ctrl+L, and F9."""
        self.steps += 1
        self.window.press(Key.Key_L, CTRL)
        self.window.wait(lambda: self.panel() is not None)
        self.window.press(Key.Key_F9)
        self.window.wait(lambda: self.panel() is None and self.page == "talk")
        self.after_step("leaves now")

    def _has_checked(self, count: int) -> bool:
        shown = self.view.screen_shown
        return shown is not None and not shown.is_working and sum(g.tone == "good" for g in shown.gates) == count


def leaves(window: Window) -> None:
    """Ctrl+K, a part of the command's name, Enter."""
    window.press(Key.Key_K, CTRL)
    window.type("换人")
    window.press(Key.Key_Return)
    window.wait(lambda: window.counter.page is window.counter.sign_in_page)
