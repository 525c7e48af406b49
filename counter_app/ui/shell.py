"""The bare window: the frame and a waiting page, light enough to be painted before the hall's file is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget
from shiboken6 import isValid

from counter_app.ui.background import Busy, Step, Task
from counter_app.ui.blocks import SPACE, TONE_ICONS, Button, Label, PrimaryButton
from counter_app.ui.cover_page import CoverPage
from counter_app.ui.frame import Frame
from counter_app.ui.icons import IconView
from counter_app.ui.keys import Action
from counter_app.ui.language import tr

if TYPE_CHECKING:
    from counter_app.logs import ProgramFault

SMALLEST = (1180, 680)
"""The smallest screen (1366 × 768) less a task bar and a window's own border, in pixels."""

_NOTICE_PX = 520


class Shell(QMainWindow):
    """The one window of the program; `on_close` lets the counter end its work before the window goes."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(tr("营业柜台"))
        self.setMinimumSize(*SMALLEST)
        self.on_close: Callable[[], object] = lambda: None
        self.above = _Above()
        whole = QWidget()
        self._column = QVBoxLayout(whole)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.above)
        self.frame = Frame()
        self.busy = BusyHere(self)
        self._column.addWidget(self.frame, 1)
        self.setCentralWidget(whole)
        self.wait(tr("正在打开本厅数据……"))

    def wait(self, words: str) -> None:
        """Cover everything with one sentence while something has to come first."""
        self._cover(Notice(tr("营业柜台"), words))

    def stop_with(self, heading: str, words: str, *ways: Way) -> None:
        """Say why the counter cannot be opened, and the ways on; the last one is always to close."""
        self._cover(Notice(heading, words, (*ways, Way(tr("关闭程序"), "", self.close))))

    def say_above(self, words: str) -> None:
        """A line over every room that stays; empty takes it away."""
        self.above.say(words)

    def say_bug(self, fault: ProgramFault) -> None:
        """The last resort: the program has failed somewhere, and the person is told, whatever covers the window."""
        from counter_app.ui.wording import trouble_sentences

        words = trouble_sentences(fault)
        if self.frame.is_covered():
            self.say_above(words)
        else:
            self.frame.toast.say(words, tone="bad")

    def strip(self) -> Busy:
        """Where work shows itself now: on the page that covers the window, else under the search box."""
        page = next((page for page in self.frame.findChildren(CoverPage) if page.isVisible()), None)
        return self.frame.busy if page is None else page.busy

    def renew_frame(self) -> None:
        """A new, empty frame in place of the old one, in the language and text size in use."""
        old, self.frame = self.frame, Frame()
        self.setWindowTitle(tr("营业柜台"))
        self._column.replaceWidget(old, self.frame)
        old.hide()
        old.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.on_close()
        super().closeEvent(event)

    def _cover(self, notice: Notice) -> None:
        self.frame.cover(notice, notice.key_actions())


class Way:
    """A way on from a notice: its word, its key, what it does."""

    def __init__(self, word: str, key: str, go: Callable[[], object]) -> None:
        self.word, self.key, self.go = word, key, go


class Notice(CoverPage):
    """A heading, its sentences, and one button for each way on; the first is the filled one."""

    def __init__(self, heading: str, words: str, ways: Sequence[Way] = ()) -> None:
        super().__init__(_NOTICE_PX)
        self.ways = tuple(ways)
        self.words = Label(words, is_wrapped=True)
        self.card.body.addWidget(Label(heading, role="heading", is_wrapped=True))
        self.card.body.addWidget(self.words)
        self.buttons: list[Button] = []
        for place, way in enumerate(self.ways):
            button = PrimaryButton(way.word, way.key) if place == 0 else Button(way.word, key=way.key)
            button.clicked.connect(lambda _checked=False, way=way: way.go())
            self.card.body.addWidget(button)
            self.buttons.append(button)

    def key_actions(self) -> tuple[Action, ...]:
        """The keys of the ways that have one."""
        return tuple(Action(way.word, way.word, way.key, way.go) for way in self.ways if way.key)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.buttons:
            self.buttons[0].setFocus()


class BusyHere:
    """The `busy` of the program's background: each job is shown where the person looked when it began."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._shown: dict[int, tuple[Task, Busy]] = {}

    def began(self, task: Task) -> None:
        """A job was started."""
        strip = self._shell.strip()
        self._shown[id(task)] = (task, strip)
        strip.began(task)

    def stepped(self, task: Task, step: Step) -> None:
        """A long job told how far it is."""
        strip = self._shown[id(task)][1]
        if isValid(strip):
            strip.stepped(task, step)

    def ended(self, task: Task) -> None:
        """The job is over."""
        strip = self._shown.pop(id(task))[1]
        if isValid(strip):
            strip.ended(task)

    def stop_all(self) -> None:
        """The window closes: what can be stopped is not waited for."""
        for task, _strip in self._shown.values():
            if task.can_stop:
                task.stop()


class _Above(QFrame):
    """The line over every room."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("block", "top")
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        row.setSpacing(SPACE)
        row.addWidget(IconView(TONE_ICONS["bad"], "bad"), 0, Qt.AlignmentFlag.AlignTop)
        self.label = Label(tone="bad", is_wrapped=True)
        row.addWidget(self.label, 1)
        self.hide()

    def say(self, words: str) -> None:
        self.label.setText(words)
        self.setVisible(bool(words))
