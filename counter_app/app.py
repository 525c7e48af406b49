"""Puts the counter together: plain constructor calls, the only module that knows all parts."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from counter_app.ui.qt_guard import refuse_broken_qt

refuse_broken_qt()

from PySide6.QtCore import QTimer  # noqa: E402 - the guard stands before the first import of Qt
from PySide6.QtWidgets import QApplication  # noqa: E402

from counter_app.clock import Clock, SystemClock  # noqa: E402
from counter_app.storage.trouble import StoreTrouble  # noqa: E402
from counter_app.ui.background import Background, InlineBackground  # noqa: E402
from counter_app.ui.input_method import prepare_input_method  # noqa: E402
from counter_app.ui.language import Language, tr, use_language  # noqa: E402
from counter_app.ui.shell import Shell  # noqa: E402
from counter_app.ui.theme import Scale, ThemeName, apply_theme, load_rare_fonts  # noqa: E402

if TYPE_CHECKING:
    from counter_app.services.hall import OpenHall
    from counter_app.ui.counter import Counter
    from counter_app.ui.sign_in.presenter import SignInScreen


def open_counter(folder: Path, *, theme: ThemeName, scale: Scale, language: Language) -> int:
    """Open the counter's window on the hall of a folder; returns the exit code when it is closed."""
    os.environ.update(prepare_input_method(os.environ, platform=sys.platform))
    use_language(language)
    app = QApplication(sys.argv[:1])
    apply_theme(app, theme, scale)
    shell = Shell()
    assembly = Assembly(shell, folder)
    shell.on_close = assembly.close
    shell.showMaximized()
    # the window is painted first; everything heavy is imported and opened behind it
    QTimer.singleShot(0, assembly.begin)
    return app.exec()


def draw_page(folder: Path, picture: Path, page: str, *, theme: ThemeName, scale: Scale, language: Language) -> int:
    """Draw a page into a PNG file without a screen, signed in as the demo teller of the folder's demo hall.

    A folder without a hall gets a demo hall first. Returns the exit code.
    """
    from counter_app.services import hall as halls
    from counter_app.services.demo import make_demo
    from counter_app.ui.page_pictures import PAGES, go_to

    if page not in PAGES:
        print(f"{page}? {', '.join(PAGES)}", file=sys.stderr)
        return 2
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    use_language(language)
    if not halls.has_hall(folder):
        make_demo(folder, clock=SystemClock.of_this_machine()).close()
    app = QApplication(sys.argv[:1])
    apply_theme(app, theme, scale, fonts="packaged")
    shell = Shell()
    assembly = Assembly(shell, folder, InlineBackground(trouble=(OSError, StoreTrouble)))
    shell.on_close = assembly.close
    shell.resize(1366, 768)
    shell.show()
    assembly.begin()
    try:
        if assembly.counter is None or not assembly.counter.desk.hall.hall.is_demo:
            print("只画演示营业厅 · only a demo hall is drawn", file=sys.stderr)
            return 1
        go_to(assembly.counter, page)
        for _ in range(5):
            app.processEvents()
        if not shell.grab().save(str(picture), "PNG"):
            print(f"{picture}: 写不进去 · cannot be written", file=sys.stderr)
            return 1
    finally:
        shell.close()
    return 0


class Assembly:
    """Opens the hall behind the painted window and puts the counter into it."""

    def __init__(
        self, shell: Shell, folder: Path, background: Background | None = None, clock: Clock | None = None
    ) -> None:
        self.shell, self.folder = shell, folder
        self.clock: Clock = clock or SystemClock.of_this_machine()
        self.hall: OpenHall | None = None
        self.counter: Counter | None = None
        self._background = background

    def begin(self) -> None:
        """Open the hall on the writer's lane; without one, the first start asks for it."""
        from counter_app.logs import keep_log

        keep_log(self.folder)
        if self._background is None:
            self._background = Background(trouble=(OSError, StoreTrouble), busy=self.shell.frame.busy)
        self._background.run(
            "writer", self._open, self._opened, lambda _refusal: None, self._failed, word=tr("正在打开本厅数据")
        )

    def close(self) -> None:
        """End the work on the lanes, then let go of the file: one payment or none."""
        if self.counter is not None:
            self.counter.close()
        hall, self.hall = self.hall, None
        if self._background is not None:
            if hall is not None:
                self._background.lane("writer").submit(hall.close).result()
            self._background.close()

    def _open(self) -> tuple[OpenHall, SignInScreen] | None:
        # these imports cost more than a bare window (SQLAlchemy alone two): on this lane nobody waits for them
        import counter_app.ui.counter  # noqa: F401
        from counter_app.services import hall as halls
        from counter_app.ui.sign_in.presenter import sign_in_screen

        if not halls.has_hall(self.folder):
            return None
        opened = halls.open_for_counter(self.folder, clock=self.clock)
        return opened, sign_in_screen(opened)

    def _opened(self, found: tuple[OpenHall, SignInScreen] | None) -> None:
        if found is None:
            self._first_start()
            return
        hall, screen = found
        from counter_app.ui.counter import Counter
        from counter_app.ui.desk import Desk

        assert self._background is not None
        self.hall = hall
        self.shell.setWindowTitle(tr("{hall} · 营业柜台", hall=screen.hall_name))
        self.counter = Counter(Desk(hall, self._background), self.shell.frame, screen)
        self.counter.start()
        # rare characters need large fonts; they are loaded when the page already stands
        QTimer.singleShot(0, load_rare_fonts)

    def _first_start(self) -> None:
        from counter_app.ui.first_start.page import FirstStartPage

        assert self._background is not None
        page = FirstStartPage(self._background, self.folder, self.clock, self._made)
        self.shell.frame.cover(page)

    def _made(self) -> None:
        self.shell.wait(tr("正在打开本厅数据……"))
        self.begin()

    def _failed(self, trouble: Exception) -> None:
        from counter_app.ui.wording import trouble_sentences

        self.shell.stop_with(tr("打不开本厅"), trouble_sentences(trouble))
