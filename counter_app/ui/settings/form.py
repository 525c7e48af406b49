"""What the settings pages with one button share: inert until there is an answer, and every answer in its place."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from counter_app.ui.blocks import Label, PrimaryButton
from counter_app.ui.fields import TextField
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr


class SavingPage(QWidget):
    """A page of fields and one button; what is wrong stands beside its field, or above the button."""

    def __init__(
        self, frame: Frame, fields: dict[str, TextField], parent: QWidget | None = None, *, word: str = ""
    ) -> None:
        super().__init__(parent)
        self._frame, self.fields = frame, fields
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.save_button = PrimaryButton(word or tr("保存"), "F9")
        self.save_button.clicked.connect(self.save)

    def read(self) -> None:
        """Show what is kept."""
        raise NotImplementedError

    def keep(self) -> None:
        """Hand what stands in the page to its presenter, with `saved` and `wrong` for the answer."""
        raise NotImplementedError

    def save(self) -> None:
        """Keep what stands in the page; the button is inert until there is an answer."""
        if not self.save_button.isEnabled():
            return
        self.save_button.setEnabled(False)
        self.say("")
        for field in self.fields.values():
            field.show_error("")
        self.keep()

    def saved(self, words: str) -> None:
        """It is kept: say so, and show what was kept."""
        self.save_button.setEnabled(True)
        self._frame.toast.say(words)
        self.read()

    def wrong(self, key: str, words: str) -> None:
        """It is not kept: say why beside the field, or above the button when it is about none of them."""
        self.save_button.setEnabled(True)
        if key in self.fields:
            self.fields[key].show_error(words)
            self.fields[key].entry.setFocus()
        else:
            self.say(words)

    def say(self, words: str) -> None:
        """A line above the button; empty takes it away."""
        self.error.setText(words)
        self.error.setVisible(bool(words))
