"""A line that takes numbers, and the list of what each number means: typed by hand, or clicked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from counter_app.ui.choice import Segment
from counter_app.ui.fields import TextField
from counter_app.ui.flow import Flow
from counter_app.ui.options import Option


class NumberedLine(TextField):
    """A `TextField` with its options below it; `picked` carries the number of an option that was clicked."""

    picked = Signal(str)

    def __init__(self, word: str, *, rows: int = 1) -> None:
        super().__init__(word, is_number=True)
        self.lists = [OptionList(self.picked.emit) for _ in range(rows)]
        column = self.layout()
        assert column is not None, "a field lays itself out"
        for options in self.lists:
            column.addWidget(options)

    def show_options(self, *options: Sequence[Option]) -> None:
        """Draws the lists, the first level and then the second."""
        for shown, given in zip(self.lists, options, strict=True):
            shown.show_options(given)


class OptionList(QWidget):
    """Options in lines as long as there is room; no stop for Tab, for the line above takes their numbers."""

    def __init__(self, on_pick: Callable[[str], object]) -> None:
        super().__init__()
        self._on_pick = on_pick
        self._shown: tuple[Option, ...] = ()
        self.buttons: list[Segment] = []
        self._flow = Flow(self)
        self.hide()

    def show_options(self, options: Sequence[Option]) -> None:
        """Draws the options; those that stay are not made anew."""
        wanted = tuple(options)
        if wanted == self._shown:
            return
        names = [(option.number, option.word) for option in wanted]
        if names != [(option.number, option.word) for option in self._shown]:
            self._build(wanted)
        self._shown = wanted
        for button, option in zip(self.buttons, wanted, strict=True):
            button.setChecked(option.is_chosen)
        self.setVisible(bool(wanted))

    def _build(self, options: tuple[Option, ...]) -> None:
        for button in self.buttons:
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        for option in options:
            button = Segment(f"{option.number}  {option.word}", self)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAccessibleName(option.word)
            button.clicked.connect(partial(self._pick, option.number))
            self._flow.addWidget(button)
            self.buttons.append(button)

    def _pick(self, number: str, _is_checked: bool = False) -> None:
        self._on_pick(number)
