"""A line that takes numbers, and the list of what each number means: typed by hand, or clicked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from counter_app.ui.choice import Segment
from counter_app.ui.fields import TextField
from counter_app.ui.retention.screen import Option

_GAP = 6


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


class Flow(QLayout):
    """Lays widgets out like words: side by side, and on to the next line where the room ends."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(QMargins(0, 0, 0, 0))

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, place: int) -> QLayoutItem | None:
        return self._items[place] if 0 <= place < len(self._items) else None

    def takeAt(self, place: int) -> QLayoutItem | None:
        return self._items.pop(place) if 0 <= place < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), is_moved=False)

    def setGeometry(self, room: QRect) -> None:
        super().setGeometry(room)
        self._place(room, is_moved=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        return QSize(max((s.width() for s in sizes), default=0), max((s.height() for s in sizes), default=0))

    def _place(self, room: QRect, *, is_moved: bool) -> int:
        left, top, tall = room.left(), room.top(), 0
        for item in self._items:
            if item.isEmpty():
                continue
            wanted = item.sizeHint()
            if left > room.left() and left + wanted.width() > room.right() + 1:
                left, top, tall = room.left(), top + tall + _GAP, 0
            if is_moved:
                item.setGeometry(QRect(QPoint(left, top), wanted))
            left, tall = left + wanted.width() + _GAP, max(tall, wanted.height())
        return top + tall - room.top()
