"""A counter of its own process for tests: `python -m tests.journeys.open_counter FOLDER [STAFF_NO]`.

The real window over the real folder. It says on stdout what the test waits for: `open` when its door is, `signed in`,
`raised` when somebody brings it to the front again after it was minimised; a line on stdin closes it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from counter_app import app as program
from counter_app.ui.look import MachineLook
from counter_app.ui.shell import Shell
from counter_app.ui.sign_in.page import SignInPage
from tests.halls import PASSWORD


class _Stdin(QObject):
    line = Signal()

    def wait(self) -> None:
        """A line closes the window."""
        sys.stdin.readline()
        self.line.emit()


class _Hands(QObject):
    """Does what somebody at the counter would do, step by step, and says so."""

    def __init__(self, folder: Path, staff_no: str) -> None:
        super().__init__()
        self._door = folder / "hall.door"
        self._left_behind = self._note()
        self._steps: list[tuple[Callable[[], bool], str]] = [(self._is_open, "open")]
        if staff_no:
            self._steps += [(lambda: self._sign_in(staff_no), ""), (self._is_in, "signed in")]
        self._steps += [(self._minimise, "minimised"), (lambda: not self._shell.isMinimized(), "raised")]
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(20)

    @property
    def _shell(self) -> Shell:
        return next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, Shell))

    def close(self) -> None:
        """The window is closed."""
        self._shell.close()

    def _look(self) -> None:
        if not self._steps or not any(isinstance(widget, Shell) for widget in QApplication.topLevelWidgets()):
            return
        is_done, word = self._steps[0]
        if is_done():
            self._steps.pop(0)
            if word:
                print(word, flush=True)

    def _is_open(self) -> bool:
        return self._note() not in ("", self._left_behind) and bool(self._shell.findChildren(SignInPage))

    def _note(self) -> str:
        return self._door.read_text("utf-8") if self._door.exists() else ""

    def _sign_in(self, staff_no: str) -> bool:
        page = self._shell.findChildren(SignInPage)[0]
        page.fill(staff_no, PASSWORD)
        page.sign_in()
        return True

    def _is_in(self) -> bool:
        return not self._shell.frame.is_covered()

    def _minimise(self) -> bool:
        self._shell.showMinimized()
        return self._shell.isMinimized()


def main() -> int:
    """Open the counter and wait."""
    folder, staff_no = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""

    def begin() -> None:
        # the application is the program's own: it stands when the first timer runs
        hands, stdin = _Hands(folder, staff_no), _Stdin()
        kept.extend((hands, stdin))
        stdin.line.connect(hands.close)
        threading.Thread(target=stdin.wait, daemon=True).start()

    kept: list[QObject] = []
    show = Shell.showMaximized

    def shown(shell: Shell) -> None:
        show(shell)
        begin()

    Shell.showMaximized = shown  # type: ignore[method-assign, assignment]  # hands come to the window when it is there
    return program.open_counter(folder, MachineLook())


if __name__ == "__main__":
    sys.exit(main())
