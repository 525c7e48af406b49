"""Shows that work is going on: a moving line after 150 ms, what is done and a way to stop it after 2 s."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from counter_app.ui.background import Step, Task
from counter_app.ui.blocks import SPACE, Button, Label
from counter_app.ui.language import tr

SHOW_AFTER_MS = 150
EXPLAIN_AFTER_MS = 2000


class BusyStrip(QWidget):
    """Lies over the page, just under `below`; the `busy` of a `Background`. It speaks of the oldest job that runs."""

    def __init__(self, below: QWidget, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._below = below
        below.installEventFilter(self)
        self._tasks: list[Task] = []
        self.line = QProgressBar()
        self.line.setTextVisible(False)
        self.line.setRange(0, 0)
        self.line.setAccessibleName(tr("进度"))
        self.words = QFrame()
        self.words.setProperty("block", "top")
        row = QHBoxLayout(self.words)
        row.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        self.label = Label(role="muted")
        self.stop = Button(tr("停止"))
        self.stop.clicked.connect(self._stop)
        row.addWidget(self.label, 1)
        row.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.line)
        column.addWidget(self.words)
        self._soon, self._later = QTimer(self), QTimer(self)
        for timer, call in ((self._soon, self._show_line), (self._later, self._show_words)):
            timer.setSingleShot(True)
            timer.timeout.connect(call)
        self.words.hide()
        self.hide()

    def began(self, task: Task) -> None:
        """A job was started."""
        self._tasks.append(task)
        if len(self._tasks) == 1:
            self._soon.start(SHOW_AFTER_MS)
            self._later.start(EXPLAIN_AFTER_MS)

    def stepped(self, task: Task, step: Step) -> None:
        """Shows how far the oldest job is."""
        if self._tasks and task is self._tasks[0]:
            self.line.setRange(0, step.total)
            self.line.setValue(step.done)
            self.label.setText(f"{step.doing} {step.done} / {step.total}" if step.total else step.doing)

    def ended(self, task: Task) -> None:
        """The job is over; the next oldest, if any, gets its own 2 s before words are shown."""
        was_spoken_of = bool(self._tasks) and self._tasks[0] is task
        self._tasks.remove(task)
        if not was_spoken_of:
            return
        self.words.hide()
        self.line.setRange(0, 0)
        if self._tasks:
            self._place()
            self._later.start(EXPLAIN_AFTER_MS)
            return
        self._soon.stop()
        self._later.stop()
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        # it lies over the page: nothing may move under a hand that is about to click
        below = self._below
        corner = below.mapTo(self.parentWidget() or below, QPoint(0, below.height()))
        self.setGeometry(corner.x(), corner.y(), below.width(), self.sizeHint().height())
        self.show()
        self.raise_()

    def _show_line(self) -> None:
        if self._tasks:
            self._place()

    def _show_words(self) -> None:
        if self._tasks:
            task = self._tasks[0]
            if not self.label.text() or self.line.maximum() == 0:
                self.label.setText(task.word or tr("正在处理……"))
            self.stop.setVisible(task.can_stop)
            self.words.show()
            self._place()

    def _stop(self) -> None:
        if self._tasks:
            self._tasks[0].stop()
            self.label.setText(tr("正在停止……"))
