"""What nobody else has caught is written down and told to the person."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from counter_app.ui.shell import Shell


class LastResort:
    """What nobody else has caught: a log line without personal data, and a sentence for the person."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._let_go: Callable[[], None] | None = None
        self._logged = sys.excepthook

    def keep_log(self, folder: Path) -> None:
        """Write the log into the folder from now on; once."""
        if self._let_go is not None:
            return
        from counter_app.logs import keep_log

        self._let_go = keep_log(folder)
        self._logged = sys.excepthook
        sys.excepthook = self._caught

    def remove(self) -> None:
        """The window is gone."""
        if self._let_go is not None:
            self._let_go()
            self._let_go = None

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._logged(kind, error, trace)
        if threading.current_thread() is threading.main_thread():
            from counter_app.logs import ProgramFault, fault_number

            self._shell.say_bug(ProgramFault(fault_number(kind, trace)))
