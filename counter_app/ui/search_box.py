"""The search box at the top of every room, and its results below it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Label
from counter_app.ui.icons import IconView
from counter_app.ui.language import tr

if TYPE_CHECKING:
    from counter_app.ui.result_list import ResultList, ResultRow

_MOST_ROWS = 9


class SearchBox(QLineEdit):
    """One box for everything.

    `wanted` carries the text at each change; answer with `show_results` for that same text. `chosen` carries the key of
    the row that Enter or a click took. Enter before the answer has come waits for it, and takes its best row.
    """

    wanted = Signal(str)
    chosen = Signal(str)

    def __init__(self, frame: QWidget) -> None:
        super().__init__(frame)
        self._frame = frame
        self._is_enter_waiting = False
        self._answered: str | None = None
        self.setProperty("role", "search")
        self.setMaxLength(2000)
        self.setPlaceholderText(tr("手机号 / 户号 / 姓名 / 拼音 / 证件号 / 地址      F2"))
        self.setAccessibleName(tr("查找客户"))
        self._glass = IconView("search", "muted", parent=self)
        self._has_drop = False
        self.textEdited.connect(self._edited)
        frame.installEventFilter(self)

    @property
    def results(self) -> ResultList:
        """The rows below the box."""
        return self._below[1]

    @property
    def drop(self) -> QFrame:
        """What lies over the page below the box: the rows, or what was tried."""
        return self._below[0]

    @cached_property
    def _below(self) -> tuple[QFrame, ResultList, Label]:
        # made when somebody searches: the list alone is a tenth of a window's start
        from counter_app.ui.result_list import ResultList

        drop, results = QFrame(self._frame), ResultList(name=tr("查找结果"))
        drop.setProperty("block", "floating")
        nothing = Label(role="muted", is_wrapped=True)
        nothing.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        column = QVBoxLayout(drop)
        column.setContentsMargins(1, 4, 1, 4)
        column.addWidget(results)
        column.addWidget(nothing)
        drop.hide()
        results.chosen.connect(self._take)
        self._has_drop = True
        return drop, results, nothing

    def show_results(self, text: str, rows: Sequence[ResultRow], *, nothing: str = "") -> None:
        """The answer for `text`, best row first; without rows `nothing` says what was tried. A late one is dropped."""
        if text != self.text():
            return
        self._answered = text
        self.results.show_rows(rows)
        self.results.setVisible(bool(rows))
        self._below[2].setText(nothing)
        self._below[2].setVisible(not rows and bool(nothing))
        if self._is_enter_waiting and rows:
            self._is_enter_waiting = False
            self.results.take()
            return
        self._is_enter_waiting = False
        self._show_drop(bool(rows) or bool(nothing))

    def search_for(self, text: str) -> None:
        """Searches a text as if it had been typed and entered, for a scan."""
        self.setText(text)
        self._edited(text)
        self._is_enter_waiting = True

    def clear_search(self) -> None:
        """Empties the box and closes the results."""
        self.clear()
        self._answered = None
        self._is_enter_waiting = False
        self.drop.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.results.walk(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self._enter()
        else:
            super().keyPressEvent(event)

    def step_back(self) -> bool:
        """Esc: closes the results, then empties the box; False when there was nothing to take back."""
        if self.drop.isVisible():
            self.drop.hide()
            return True
        if self.hasFocus() and self.text():
            self.clear_search()
            return True
        return False

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._has_drop:
            self.drop.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._glass.resize(self._glass.sizeHint())
        self.setTextMargins(self._glass.width() + 6, 0, 0, 0)
        self._glass.move(12, (self.height() - self._glass.height()) // 2)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._has_drop and self.drop.isVisible():
            self._show_drop(True)
        return False

    def _edited(self, text: str) -> None:
        self._is_enter_waiting = False
        if not text.strip():
            self._answered = None
            self.drop.hide()
            return
        self.wanted.emit(text)

    def _enter(self) -> None:
        if not self.text().strip():
            return
        if self._answered == self.text():
            self.results.take()
        else:
            self._is_enter_waiting = True

    def _take(self, key: str) -> None:
        self.drop.hide()
        self.chosen.emit(key)

    def _show_drop(self, is_wanted: bool) -> None:
        if not is_wanted:
            self.drop.hide()
            return
        frame = self._frame
        below = self.mapTo(frame, QPoint(0, self.height() + 4))
        if self.results.isVisibleTo(self.drop):
            height = self.results.height_for(_MOST_ROWS) + 10
        else:
            height = self._below[2].heightForWidth(self.width() - 2) + 10
        self.drop.setGeometry(below.x(), below.y(), self.width(), min(height, frame.height() - below.y() - SPACE))
        self.drop.show()
        self.drop.raise_()
