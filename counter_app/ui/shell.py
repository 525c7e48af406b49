"""The bare window: the frame and a waiting page, light enough to be painted before the hall's file is opened."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Button, Card, Label
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from counter_app.ui.theme import px

SMALLEST = (1180, 680)
"""The smallest screen (1366 × 768) less a task bar and a window's own border, in pixels."""


class Shell(QMainWindow):
    """The one window of the program; `on_close` lets the counter end its work before the window goes."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(tr("营业柜台"))
        self.setMinimumSize(*SMALLEST)
        self.frame = Frame()
        self.setCentralWidget(self.frame)
        self.on_close: Callable[[], object] = lambda: None
        self.wait(tr("正在打开本厅数据……"))

    def wait(self, words: str) -> None:
        """Cover everything with one sentence while something has to come first."""
        self.frame.cover(Notice(tr("营业柜台"), words))

    def stop_with(self, heading: str, words: str) -> None:
        """Say why the counter cannot be opened, with the one thing left to do: close."""
        notice = Notice(heading, words)
        button = Button(tr("关闭程序"))
        button.clicked.connect(self.close)
        notice.card.body.addWidget(button)
        self.frame.cover(notice)
        button.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.on_close()
        super().closeEvent(event)


class Notice(QWidget):
    """One card in the middle: a heading and its sentences."""

    def __init__(self, heading: str, words: str) -> None:
        super().__init__()
        self.setObjectName("frame")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.card = Card()
        self.card.setFixedWidth(px(480))
        self.card.body.setSpacing(2 * SPACE)
        self.card.body.addWidget(Label(heading, role="heading"))
        self.card.body.addWidget(Label(words, is_wrapped=True))
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self.card, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
