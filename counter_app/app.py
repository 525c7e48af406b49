"""Puts the counter together: plain constructor calls, the only module that knows all parts."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from counter_app.ui.qt_guard import refuse_broken_qt, spare_imports

refuse_broken_qt()

from PySide6.QtCore import QTimer  # noqa: E402 - the guard stands before the first import of Qt
from PySide6.QtWidgets import QApplication  # noqa: E402

spare_imports()

from counter_app.ui.input_method import prepare_input_method  # noqa: E402
from counter_app.ui.language import language_in_use, later, tr, use_language  # noqa: E402
from counter_app.ui.last_resort import LastResort  # noqa: E402
from counter_app.ui.look import Looks, MachineLook, keep_look  # noqa: E402
from counter_app.ui.shell import Shell  # noqa: E402
from counter_app.ui.theme import Fonts, apply_ground, apply_theme, load_rare_fonts, new_application, scale_in_use  # noqa: E402

if TYPE_CHECKING:
    from counter_app.clock import Clock
    from counter_app.services.hall import OpenHall
    from counter_app.storage.door import Door
    from counter_app.ui.background import Background, Progress
    from counter_app.ui.counter import Counter
    from counter_app.ui.sign_in.presenter import SignInScreen

_WARM_UP_MS = 500
"""After the sign-in page: by then somebody reads it, and nobody prints yet."""

_WORDS_MS = 400
"""A hall that takes longer to open is a reason to say so."""

_LOADED_MS = 3000
"""By then the program has loaded itself."""

_UPGRADE_STEPS = {
    "copy": later("正在复制"),
    "migrate": later("正在升级"),
    "search": later("正在建立查找索引"),
    "swap": later("正在换上新文件"),
}


def open_counter(folder: Path, look: MachineLook) -> int:
    """Open the counter's window on the hall of a folder; returns the exit code when it is closed."""
    os.environ.update(prepare_input_method(os.environ, platform=sys.platform))
    use_language(look.language)
    app = new_application(sys.argv[0])
    apply_ground(app, look.theme, look.scale)
    QTimer.singleShot(_LOADED_MS, _collect_again)
    shell = Shell()

    def go_on() -> None:
        apply_theme(app, look.theme, look.scale)
        assembly = Assembly(shell, folder, Looks(look), speaks=True)
        shell.on_close = assembly.close
        assembly.begin()
        QTimer.singleShot(_WORDS_MS, shell, assembly.say_it_opens)

    # the window is painted first; everything else is imported and opened behind it
    shell.on_painted = lambda: QTimer.singleShot(0, shell, go_on)
    shell.showMaximized()
    return app.exec()


def _collect_again() -> None:
    """Garbage is looked for once more; `cli` stopped that before anything was loaded."""
    gc.freeze()
    gc.enable()


def draw_page(folder: Path, picture: Path, page: str, look: MachineLook) -> int:
    """Draw a page into a PNG file without a screen, signed in as a demo person of the folder's demo hall.

    A folder without a hall gets a demo hall first. What a page needs (a shift, a payment) happens in a copy that is
    thrown away. Returns the exit code: 0 drawn, 1 not drawn, 2 no such page.
    """
    from counter_app.clock import SystemClock
    from counter_app.services import hall as halls
    from counter_app.services.demo import make_demo
    from counter_app.services.migrate import upgrade
    from counter_app.ui.page_pictures import PAGES

    if page not in PAGES:
        print(f"{page}? {', '.join(PAGES)}", file=sys.stderr)
        return 2
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    use_language(look.language)
    if not halls.has_hall(folder):
        make_demo(folder, clock=SystemClock.of_this_machine()).close()
    looked_at = halls.open_hall(folder, clock=SystemClock.of_this_machine(), for_writing=False)
    looked_at.close()
    if not looked_at.hall.is_demo:
        print("只画演示营业厅 · only a demo hall is drawn", file=sys.stderr)
        return 1
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    apply_theme(app, look.theme, look.scale, fonts="packaged")
    with TemporaryDirectory(prefix="counter-app-", ignore_cleanup_errors=True) as copy:
        left_out = shutil.ignore_patterns("logs", "*.lock", "*.door", "ballast")
        shutil.copytree(folder, copy, dirs_exist_ok=True, ignore=left_out)
        # a hall of an older program is brought up in the copy alone; its own file waits for the window to ask
        upgrade(Path(copy), lambda _what, _done, _total: None)
        return _draw(app, Path(copy), picture, page, look)


def _draw(app: QApplication, folder: Path, picture: Path, page: str, look: MachineLook) -> int:
    from PySide6.QtCore import QEvent

    from counter_app.ui.background import InlineBackground
    from counter_app.ui.page_pictures import go_to
    from counter_app.ui.pictures import settle

    shell = Shell()
    assembly = Assembly(shell, folder, Looks(look), background=InlineBackground(trouble=_trouble()), fonts="packaged")
    shell.on_close = assembly.close
    shell.resize(1366, 768)
    shell.show()
    shell.activateWindow()
    assembly.begin()
    try:
        if assembly.counter is None:
            print("演示营业厅打不开 · the demo hall does not open", file=sys.stderr)
            return 1
        go_to(assembly.counter, page)
        settle(app)
        if not shell.grab().save(str(picture), "PNG"):
            print(f"{picture}: 写不进去 · cannot be written", file=sys.stderr)
            return 1
    finally:
        shell.close()
        shell.deleteLater()
        # gone before the application is: what is left of a window makes every later look slower
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return 0


class Assembly:
    """Opens the hall behind the painted window and puts the counter into it; `speaks` with its hub."""

    def __init__(
        self,
        shell: Shell,
        folder: Path,
        looks: Looks | None = None,
        *,
        background: Background | None = None,
        clock: Clock | None = None,
        fonts: Fonts = "system",
        speaks: bool = False,
    ) -> None:
        from counter_app.clock import SystemClock
        from counter_app.sync.keeper import LineKeeper
        from counter_app.ui.background import Background

        self.shell, self.folder, self.looks = shell, folder, looks or Looks()
        self.looks.on_chosen = self._look_chosen
        self.clock: Clock = clock or SystemClock.of_this_machine()
        self.hall: OpenHall | None = None
        self.counter: Counter | None = None
        self.background = background or Background(trouble=_trouble(), busy=shell.busy)
        self._fonts: Fonts = fonts
        self._door: Door | None = None
        self._line = LineKeeper(speaks=speaks)
        self._last_resort = LastResort(shell)

    def begin(self) -> None:
        """Open the hall on the writer's lane; without one, the first start asks for it."""
        self.background.run(
            "writer", self._open, self._opened, lambda _refusal: None, self._failed, word=tr("正在打开本厅数据")
        )

    def say_it_opens(self) -> None:
        """A sentence where the opening takes its time and nothing else is to be seen."""
        if self.counter is None and self.shell.is_waiting():
            self.shell.wait(tr("正在打开本厅数据……"))

    def close(self) -> None:
        """End the work on the lanes, then let go of the file: one payment or none."""
        if self.counter is not None:
            self.counter.close()
        self.shell.busy.stop_all()
        # gone before the hall is let go of: the next program makes its own door in the same place
        self.background.lane("long").submit(self._close_door).result()
        # behind everything that is queued: even a hall that was just being opened is let go of
        self.background.lane("writer").submit(self._let_go).result()
        self.background.close()
        self._last_resort.remove()

    def _let_go(self) -> None:
        hall, self.hall = self.hall, None
        if hall is not None:
            hall.close()

    def _open(self) -> SignInScreen | None:
        # on this lane nobody waits for imports; what costs more (SQLAlchemy alone two windows) comes behind the page
        import counter_app.ui.counter  # noqa: F401
        from counter_app.services import hall as halls
        from counter_app.ui.sign_in.presenter import sign_in_screen

        self._last_resort.keep_log(self.folder)
        if not halls.has_hall(self.folder):
            return None
        self.hall = halls.open_for_counter(self.folder, clock=self.clock)
        self._line.look(self.hall)
        return sign_in_screen(self.hall)

    def _opened(self, screen: SignInScreen | None) -> None:
        if screen is None:
            self._first_start()
            return
        self._put_counter(screen)
        # rare characters need large fonts; they are loaded when the page already stands
        QTimer.singleShot(0, load_rare_fonts)
        QTimer.singleShot(_WARM_UP_MS, self.shell, self._warm_up)
        QTimer.singleShot(0, self.shell, self._open_door)

    def _open_door(self) -> None:
        """Let a second program speak with this one; whoever knocks earlier hears that the hall is in use."""
        hall = self.hall
        if hall is None or self._door is not None:
            return  # the window was closed before, or looks another way now

        def job() -> None:
            from counter_app.services.beside import open_door
            from counter_app.ui.doorkeeper import Doorkeeper

            self._door = open_door(hall, Doorkeeper(self.background, self.shell, lambda: self.counter).answer)

        self.background.lane("long").submit(job)

    def _close_door(self) -> None:
        door, self._door = self._door, None
        if door is not None:
            door.close()
        self._line.end()

    def _warm_up(self) -> None:
        """What is behind the page that stands: the first receipt, and the line to the hub where the hall has one."""
        hall = self.hall
        if hall is None:
            return  # the window was closed before
        from counter_app.ui.warm_up import warm_up

        warm_up(hall, self.background)
        self._line.begin(hall, self.background.lane("long"), self.background.lane("writer"))

    def _put_counter(self, screen: SignInScreen) -> None:
        from counter_app.ui.counter import Counter
        from counter_app.ui.desk import Desk

        assert self.hall is not None
        self.shell.furnish()
        self.shell.setWindowTitle(tr("{hall} · 营业柜台", hall=screen.hall_name))
        self.shell.say_above(screen.warning)
        desk = Desk(self.hall, self.background, looks=self.looks, line=self._line)
        self.counter = Counter(desk, self.shell.frame, screen, on_signed_out=self._signed_out, on_shut_out=self._failed)
        self.counter.sign_in_page.language_chosen.connect(self.looks.choose_language)
        self.counter.start()

    def _first_start(self) -> None:
        from counter_app.ui.first_start.page import FirstStartPage

        page = FirstStartPage(self.background, self.folder, self.clock, self._made)
        page.language_chosen.connect(self.looks.choose_language)
        self.shell.frame.cover(page, page.key_actions())

    def _made(self) -> None:
        self.shell.wait(tr("正在打开本厅数据……"))
        self.begin()

    def _look_chosen(self, look: MachineLook) -> None:
        folder = self.folder
        self.background.run(
            "long", lambda: keep_look(folder, look), lambda _none: None, lambda _r: None, self._look_not_kept
        )
        # what is typed stays: text size and words wait until nobody is signed in
        self._apply(look.theme != self._applied_theme())
        if self.counter is not None:
            self.counter.place_second_screen()
        if self.counter is None or self.counter.desk.session is None:
            self._signed_out()

    def _applied_theme(self) -> str:
        from counter_app.ui.theme import theme_name

        return theme_name()

    def _apply(self, is_wanted: bool) -> None:
        app = QApplication.instance()
        if is_wanted and isinstance(app, QApplication):
            apply_theme(app, self.looks.look.theme, scale_in_use(), fonts=self._fonts)

    def _look_not_kept(self, trouble: Exception) -> None:
        from counter_app.ui.wording import trouble_sentences

        self.shell.frame.toast.say(trouble_sentences(trouble), tone="warn")

    def _signed_out(self) -> None:
        look = self.looks.look
        if (look.scale, look.language) == (scale_in_use(), language_in_use()):
            return
        # behind everything that still reports to the old pages
        self.background.run("writer", lambda: None, self._read_again, lambda _r: None, lambda _t: None)

    def _read_again(self, _none: None) -> None:
        from counter_app.ui.sign_in.presenter import sign_in_screen

        use_language(self.looks.look.language)
        hall = self.hall
        self.background.run(
            "reader",
            lambda: None if hall is None else sign_in_screen(hall),
            self._renew,
            lambda _refusal: None,
            self._failed,
        )

    def _renew(self, screen: SignInScreen | None) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        if self.counter is not None:
            self.counter.close()
            self.counter = None
        apply_theme(app, self.looks.look.theme, self.looks.look.scale, fonts=self._fonts)
        self.shell.renew_frame()
        if screen is None:
            self._first_start()
        else:
            self._put_counter(screen)

    def _failed(self, trouble: Exception) -> None:
        from counter_app.storage.trouble import FileIsOlder, HallInUse, NotThisKey
        from counter_app.ui.notice import Way
        from counter_app.ui.wording import trouble_sentences

        again = Way(tr("再试一次"), "F5", self._made)
        if isinstance(trouble, FileIsOlder):
            words = tr("数据由旧版本的程序写成。升级在副本上进行，核对无误才换上，原文件保留。升级时请不要关闭电脑。")
            self.shell.stop_with(tr("本厅数据要先升级"), words, Way(tr("现在升级"), "F9", self.upgrade))
        elif isinstance(trouble, HallInUse):
            self.shell.stop_with(tr("本厅正在别处使用"), trouble_sentences(trouble), again)
        elif isinstance(trouble, NotThisKey):
            self.shell.stop_with(tr("打不开本厅"), trouble_sentences(trouble))
        else:
            self.shell.stop_with(tr("打不开本厅"), trouble_sentences(trouble), again)

    def upgrade(self) -> None:
        """Bring the hall's file to this version on a verified copy, with progress, and open it then."""
        from counter_app.storage.trouble import FileIsOlder

        folder = self.folder

        def job(progress: Progress) -> Path | None:
            from counter_app.services.migrate import upgrade

            def step(what: str, done: int, total: int) -> None:
                progress.step(done, total, tr(_UPGRADE_STEPS.get(what, later("正在核对"))))

            return upgrade(folder, step)

        self.shell.wait(tr("正在升级本厅数据……"))
        self.background.run_long(
            job,
            lambda _kept: self._made(),
            lambda _refusal: None,
            self._not_upgraded,
            word=tr("正在升级本厅数据……"),
            on_stopped=lambda: self._failed(FileIsOlder("stopped")),
        )

    def _not_upgraded(self, trouble: Exception) -> None:
        from counter_app.services.migrate import FileIsDamaged
        from counter_app.ui.notice import Way
        from counter_app.ui.wording import trouble_sentences

        words = trouble_sentences(trouble)
        if isinstance(trouble, FileIsDamaged):
            words = tr(
                "核对发现 {count} 处问题，没有升级，原数据未动。请联系管理员。",
                count=len(trouble.report.findings) + trouble.report.more,
            )
        self.shell.stop_with(tr("没有升级"), words, Way(tr("再试一次"), "F5", self.upgrade))


def _trouble() -> tuple[type[Exception], ...]:
    from counter_app.storage.trouble import StoreTrouble

    return (OSError, StoreTrouble)
