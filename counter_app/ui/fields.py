"""The fields that take money and text, with their errors beside them."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Literal

from PySide6 import QtCore
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from counter_app.deferred import deferred
from counter_app.domain.refusals import Refusal, Refused
from counter_app.ui.blocks import Label
from counter_app.ui.formats import plain

if TYPE_CHECKING:
    from counter_app.domain import money
else:
    # a sign-in page has lines for words alone
    money = deferred("counter_app.domain.money")

_POINTS = str.maketrans({"。": ".", "．": ".", "｡": "."})


class AmountEntry(QLineEdit):
    """A line for money: input method off, digits of any width, `.` or `。`, read to fen by the hall's own rule.

    `typed` carries the text after each change by hand, `exact_wanted` is the keypad's `+`, and `entered` is Enter, sent
    only when something was typed or set with `put_fen`. What is typed stays, right or wrong, until it is cleared.
    """

    typed = Signal(str)
    exact_wanted = Signal()
    entered = Signal()

    def __init__(self, *, name: str, role: Literal["amount-entry", "body"] = "amount-entry") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setProperty("role", role)
        self.setAlignment(QtCore.Qt.AlignmentFlag.AlignRight)
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setInputMethodHints(QtCore.Qt.InputMethodHint.ImhFormattedNumbersOnly)
        self.setMaxLength(24)
        self.textEdited.connect(self._normalise)

    def fen(self) -> int | Refusal | None:
        """What is typed, in fen; the refusal when it is no amount; None when nothing is typed."""
        if not self.text():
            return None
        try:
            return money.parse_fen(self.text())
        except Refused as refused:
            return refused.refusal

    def put_fen(self, amount_fen: int) -> None:
        """Writes an amount as if it had been typed, ready to be overtyped."""
        self.setText(money.format_fen(amount_fen, grouping=False))
        self.selectAll()
        self.typed.emit(self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter):
            if self.text() and not event.isAutoRepeat():
                self.entered.emit()
            return
        if event.text() == "+":
            self.exact_wanted.emit()
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def _normalise(self, text: str) -> None:
        digits = "".join(c for c in amount_characters(text) if c in "0123456789.,")
        if digits != text:
            place = self.cursorPosition() - (len(text) - len(digits))
            self.setText(digits)
            self.setCursorPosition(max(0, place))
        self.typed.emit(self.text())


class TextEntry(QLineEdit):
    """A line for words: the input method is on, but for secrets and numbers. `entered` is Enter.

    `is_early`: it stands on a page that does not wait for the names of Qt by which the input method is turned off; that
    is done in the turn behind the page, ahead of every key.
    """

    typed = Signal(str)
    entered = Signal()

    def __init__(
        self,
        *,
        name: str,
        is_secret: bool = False,
        is_number: bool = False,
        is_early: bool = False,
        hint: str = "",
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(plain(hint))
        self.setMaxLength(2000)
        if is_secret:
            self.setEchoMode(QLineEdit.EchoMode.Password)
        if is_early and (is_number or is_secret):
            QTimer.singleShot(0, self, self._leave_input_method)
        elif is_number or is_secret:
            self._leave_input_method()
        self.textEdited.connect(self.typed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.entered.emit()
            return
        super().keyPressEvent(event)

    def _leave_input_method(self) -> None:
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_InputMethodEnabled, False)


class Field(QWidget):
    """A word above, an entry, and room for what is wrong below it; the error goes when the person types on."""

    def __init__(self, word: str, entry: AmountEntry | TextEntry) -> None:
        super().__init__()
        self.entry = entry
        self.label = Label(word, role="muted")
        self.label.setBuddy(entry)
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self._wrong = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.label, entry, self.error):
            column.addWidget(widget)
        entry.typed.connect(lambda _text: self.show_error(""))

    def show_error(self, sentences: str) -> None:
        """Shows what is wrong, why, and what to do now; empty takes it away. The text of the field is never touched."""
        if sentences == self._wrong:
            return
        self._wrong = sentences
        self.error.setText(sentences)
        self.error.setVisible(bool(sentences))
        self.entry.setAccessibleDescription(sentences)
        if bool(self.entry.property("is_wrong")) != bool(sentences):
            self.entry.setProperty("is_wrong", bool(sentences))
            self.entry.style().unpolish(self.entry)
            self.entry.style().polish(self.entry)


class AmountField(Field):
    """A `Field` around an `AmountEntry`."""

    entry: AmountEntry

    def __init__(self, word: str, *, role: Literal["amount-entry", "body"] = "amount-entry") -> None:
        super().__init__(word, AmountEntry(name=word, role=role))


class TextField(Field):
    """A `Field` around a `TextEntry`."""

    entry: TextEntry

    def __init__(
        self,
        word: str,
        *,
        is_secret: bool = False,
        is_number: bool = False,
        is_early: bool = False,
        hint: str = "",
    ) -> None:
        entry = TextEntry(name=word, is_secret=is_secret, is_number=is_number, is_early=is_early, hint=hint)
        super().__init__(word, entry)


def amount_characters(text: str) -> str:
    """Full-width digits and points as the plain ones, other characters as they are."""
    return unicodedata.normalize("NFKC", text.translate(_POINTS)).translate(_POINTS)
