"""The customer's own monitor: the hall when idle, three figures while paying, never a name."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Label
from counter_app.ui.formats import amount, total
from counter_app.ui.language import tr


@dataclass(frozen=True, slots=True)
class Paying:
    """What the customer may see of a payment: sums in fen, and the spoken line. There is no room for a name."""

    due_fen: int
    received_fen: int | None = None
    change_fen: int | None = None
    spoken: str = ""


class SecondScreen(QWidget):
    """A window without frame that never takes the focus. `place` puts it on its monitor."""

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setObjectName("frame")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWindowTitle(tr("客户屏"))
        self._headline = Label(role="giant", is_wrapped=True)
        self._subline = Label(role="banner", tone="muted", is_wrapped=True)
        self._due, self._received, self._change = (Label(role="giant") for _ in range(3))
        self._change.set_tone("good")
        self._spoken = Label(role="banner", tone="muted", is_wrapped=True)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._message_page())
        self._stack.addWidget(self._paying_page())
        column = QVBoxLayout(self)
        column.setContentsMargins(8 * SPACE, 6 * SPACE, 8 * SPACE, 6 * SPACE)
        column.addWidget(self._stack)

    def place(self, screen_name: str) -> bool:
        """Fills the monitor of that name; without it the window hides and the answer is False."""
        screen = next((s for s in QGuiApplication.screens() if s.name() == screen_name), None)
        if screen is None:
            self.hide()
            return False
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.show()
        return True

    def show_idle(self, hall: str, desk: str) -> None:
        """The hall's name and the desk's number."""
        self._say(hall, desk)

    def show_paused(self, desk: str) -> None:
        """The window is closed for now."""
        self._say(tr("暂停服务"), desk)

    def show_paying(self, paying: Paying) -> None:
        """What is due, received and given back, and the spoken line."""
        self._due.setText(total(paying.due_fen))
        self._received.setText(amount(paying.received_fen))
        self._change.setText(amount(paying.change_fen))
        self._spoken.setText(paying.spoken)
        self._stack.setCurrentIndex(1)

    def texts(self) -> tuple[str, ...]:
        """Everything that stands on the screen now."""
        return tuple(label.text() for label in self.findChildren(Label) if label.isVisibleTo(self) and label.text())

    def _say(self, headline: str, subline: str) -> None:
        self._headline.setText(headline)
        self._subline.setText(subline)
        self._stack.setCurrentIndex(0)

    def _message_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setSpacing(4 * SPACE)
        column.addStretch(1)
        for label in (self._headline, self._subline):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addStretch(1)
        return page

    def _paying_page(self) -> QWidget:
        page = QWidget()
        grid = QGridLayout(page)
        grid.setHorizontalSpacing(4 * SPACE)
        words = (tr("应收"), tr("实收"), tr("找零"))
        for line, (word, figure) in enumerate(zip(words, (self._due, self._received, self._change), strict=True)):
            grid.addWidget(Label(word, role="banner", tone="muted"), line, 0)
            figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(figure, line, 1)
        grid.addWidget(self._spoken, 3, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        return page
