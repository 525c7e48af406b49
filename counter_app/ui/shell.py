"""The one window: bare at first, so that it is painted before anything is loaded, then furnished with the frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QMainWindow, QWidget
from shiboken6 import isValid

from counter_app.ui.language import tr
from counter_app.ui.theme import px

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QPaintEvent, QResizeEvent
    from PySide6.QtWidgets import QVBoxLayout

    from counter_app.logs import ProgramFault
    from counter_app.ui.background import Busy, Step, Task
    from counter_app.ui.frame import Frame
    from counter_app.ui.notice import Above, Notice, Way

SMALLEST = (1180, 680)
"""The smallest screen (1366 × 768) less a task bar and a window's own border, in pixels."""

_CARD_PX = (420, 360)
"""Where the sign-in page's card will stand, for the first paint."""


class Shell(QMainWindow):
    """The one window of the program; `on_close` lets the counter end its work before the window goes.

    `frame` and `above` come when they are first asked for; `on_painted` is called once, when the window was painted
    without them: it shows the ground and an empty card, where the sign-in page will be.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(tr("营业柜台"))
        self.setMinimumSize(*SMALLEST)
        self.on_close: Callable[[], object] = lambda: None
        self.on_painted: Callable[[], object] = lambda: None
        self.busy = BusyHere(self)
        self._above: Above | None = None
        self._frame: Frame | None = None
        self._column: QVBoxLayout | None = None
        self._ground: QWidget | None = None
        # filled by a role: a painter, or a palette of one colour, would make all of Qt's enumerations first
        self._card: QWidget | None = QWidget(self)
        self._card.setAutoFillBackground(True)
        self._card.setBackgroundRole(QPalette.ColorRole.Base)

    @property
    def frame(self) -> Frame:
        """Everything that a counter has in common."""
        if self._frame is None:
            self.furnish()
            self.wait(tr("正在打开本厅数据……"))
        assert self._frame is not None
        return self._frame

    @property
    def above(self) -> Above:
        """The line over every room."""
        if self._above is None:
            from counter_app.ui.notice import Above

            self._above = Above()
            self.furnish()
            assert self._column is not None
            self._column.insertWidget(0, self._above)
        return self._above

    def furnish(self) -> None:
        """Build the frame, covered by its ground until a page or a notice is there."""
        if self._frame is not None:
            return
        from PySide6.QtWidgets import QVBoxLayout

        from counter_app.ui.cover_page import plain_ground
        from counter_app.ui.frame import Frame

        whole = QWidget()
        column = self._column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._frame = Frame()
        column.addWidget(self._frame, 1)
        self.setCentralWidget(whole)
        if self._card is not None:
            self._card.hide()
            self._card.deleteLater()
            self._card = None
        self._ground = plain_ground()
        self._frame.cover(self._ground)
        # in a window that is shown already Qt would show it a turn later
        whole.show()

    def wait(self, words: str) -> None:
        """Cover everything with one sentence while something has to come first."""
        from counter_app.ui.notice import Notice

        self._cover(Notice(tr("营业柜台"), words))

    def stop_with(self, heading: str, words: str, *ways: Way) -> None:
        """Say why the counter cannot be opened, and the ways on; the last one is always to close."""
        from counter_app.ui.notice import Notice, Way

        self._cover(Notice(heading, words, (*ways, Way(tr("关闭程序"), "", self.close))))

    def say_above(self, words: str) -> None:
        """A line over every room that stays; empty takes it away."""
        if words or self._above is not None:
            self.above.say(words)

    def say_bug(self, fault: ProgramFault) -> None:
        """The last resort: the program has failed somewhere, and the person is told, whatever covers the window."""
        from counter_app.ui.wording import trouble_sentences

        words = trouble_sentences(fault)
        if self.frame.is_covered():
            self.say_above(words)
        else:
            self.frame.toast.say(words, tone="bad")

    def strip(self) -> Busy | None:
        """Where work shows itself now: on the page that covers the window, else under the search box, else nowhere."""
        if self._frame is None:
            return None
        from counter_app.ui.cover_page import CoverPage

        page = next((page for page in self._frame.findChildren(CoverPage) if page.isVisible()), None)
        if page is not None:
            return page.busy
        return None if self.is_waiting() else self._frame.busy

    def renew_frame(self) -> None:
        """A new, empty frame in place of the old one, in the language and text size in use."""
        from counter_app.ui.frame import Frame

        old, self._frame = self.frame, Frame()
        self.setWindowTitle(tr("营业柜台"))
        assert self._column is not None
        self._column.replaceWidget(old, self._frame)
        old.hide()
        old.deleteLater()

    def is_waiting(self) -> bool:
        """Whether the window still shows nothing but its ground."""
        if self._frame is None:
            return True
        return self._ground is not None and isValid(self._ground) and self._ground.isVisible()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._frame is None:
            painted, self.on_painted = self.on_painted, lambda: None
            painted()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_card()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.on_close()
        super().closeEvent(event)

    def _place_card(self) -> None:
        width, height = (px(side) for side in _CARD_PX)
        if self._card is not None:
            self._card.setGeometry((self.width() - width) // 2, (self.height() - height) * 2 // 5, width, height)

    def _cover(self, notice: Notice) -> None:
        self.frame.cover(notice, notice.key_actions())


class BusyHere:
    """The `busy` of the program's background: each job is shown where the person looked when it began."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._shown: dict[int, tuple[Task, Busy | None]] = {}

    def began(self, task: Task) -> None:
        """A job was started."""
        strip = self._shell.strip()
        self._shown[id(task)] = (task, strip)
        if strip is not None:
            strip.began(task)

    def stepped(self, task: Task, step: Step) -> None:
        """A long job told how far it is."""
        strip = self._shown[id(task)][1]
        if strip is not None and isValid(strip):
            strip.stepped(task, step)

    def ended(self, task: Task) -> None:
        """The job is over."""
        strip = self._shown.pop(id(task))[1]
        if strip is not None and isValid(strip):
            strip.ended(task)

    def stop_all(self) -> None:
        """The window closes: what can be stopped is not waited for."""
        for task, _strip in self._shown.values():
            if task.can_stop:
                task.stop()
