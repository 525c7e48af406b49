"""A layout that sets widgets like words: side by side, and on to the next line where the room ends."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QPoint, QRect, QSize
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

_GAP = 6


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
