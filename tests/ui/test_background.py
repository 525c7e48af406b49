"""Work beside the window: where it runs, where its end is told, and who hears of a bug."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from counter_app.domain.refusals import Refusal, Refused
from counter_app.logs import ProgramFault, fault_number
from counter_app.ui.background import LANES, Background, InlineBackground, Lane, Progress, Step, Task
from counter_app.ui.busy import BusyStrip
from counter_app.ui.watchdog import Watchdog


@dataclass(frozen=True, slots=True)
class TooLittle(Refusal):
    """A refusal for these tests."""

    missing_fen: int


@dataclass
class Ends:
    """Notes which end a job took, and on which thread."""

    seen: list[tuple[str, Any]] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)

    def note(self, kind: str) -> Callable[[Any], None]:
        """A callback that notes its value."""

        def noted(value: Any) -> None:
            self.seen.append((kind, value))
            self.threads.add(threading.get_ident())

        return noted

    def run(self, background: Background, job: Callable[[], Any], lane: Lane = "writer") -> None:
        """Runs a job with all three callbacks."""
        background.run(lane, job, self.note("done"), self.note("refused"), self.note("trouble"))


@pytest.fixture
def ends() -> Ends:
    """An empty note book."""
    return Ends()


@pytest.fixture
def background(ends: Ends, qapp: QApplication) -> Iterator[Background]:
    """Real lanes; bugs are noted."""
    lanes = Background(on_bug=ends.note("bug"))
    yield lanes
    lanes.close()


def _refuse() -> None:
    raise Refused(TooLittle(5))


def _trouble() -> None:
    message = "disk full"
    raise OSError(message)


def _bug() -> None:
    message = "a slip"
    raise KeyError(message)


def test_each_end_is_told_once_on_the_windows_thread(background: Background, ends: Ends, qtbot: QtBot) -> None:
    for job in (lambda: 7, _refuse, _trouble, _bug):
        ends.run(background, job)
    qtbot.waitUntil(lambda: len(ends.seen) == 5)
    assert [kind for kind, _value in ends.seen] == ["done", "refused", "trouble", "bug", "trouble"]
    assert ends.seen[0][1] == 7
    assert ends.seen[1][1] == TooLittle(5)
    assert isinstance(ends.seen[2][1], OSError)
    assert isinstance(ends.seen[3][1], KeyError)
    assert isinstance(ends.seen[4][1], ProgramFault), "the page gets its button back"
    assert ends.threads == {threading.get_ident()}


def test_a_lane_runs_one_job_at_a_time_in_order_on_its_own_thread(
    background: Background, ends: Ends, qtbot: QtBot
) -> None:
    for lane in LANES:
        for _ in range(3):
            ends.run(background, threading.get_ident, lane)
    qtbot.waitUntil(lambda: len(ends.seen) == 3 * len(LANES))
    assert len({value for _kind, value in ends.seen}) == len(LANES) == 5
    assert threading.get_ident() not in {value for _kind, value in ends.seen}


def test_a_bug_in_a_callback_reaches_the_last_resort(background: Background, ends: Ends, qtbot: QtBot) -> None:
    def broken(_value: int) -> None:
        raise ZeroDivisionError

    background.run("reader", lambda: 1, broken, ends.note("refused"), ends.note("trouble"))
    qtbot.waitUntil(lambda: len(ends.seen) == 2)
    assert [kind for kind, _value in ends.seen] == ["bug", "trouble"]
    assert isinstance(ends.seen[0][1], ZeroDivisionError)
    assert isinstance(ends.seen[1][1], ProgramFault)


def test_a_bug_while_trouble_is_told_is_told_once_and_no_second_time(
    background: Background, ends: Ends, qtbot: QtBot
) -> None:
    told: list[Exception] = []

    def broken(trouble: Exception) -> None:
        told.append(trouble)
        raise ZeroDivisionError

    background.run("reader", _trouble, ends.note("done"), ends.note("refused"), broken)
    ends.run(background, lambda: 7, "reader")
    qtbot.waitUntil(lambda: len(ends.seen) == 2)
    assert [kind for kind, _value in ends.seen] == ["bug", "done"]
    assert len(told) == 1


def test_the_same_slip_has_the_same_number_whatever_it_was_about() -> None:
    def slip(about: str, error: type[Exception] = KeyError) -> str:
        try:
            raise error(about)
        except error as found:
            return fault_number(type(found), found.__traceback__)

    assert slip("张伟") == slip("李静")
    assert slip("张伟") != slip("张伟", ValueError)


def test_five_thousand_jobs_all_come_back(background: Background, ends: Ends, qtbot: QtBot) -> None:
    for number in range(5000):
        ends.run(background, partial(int, number), LANES[number % 3])
    qtbot.waitUntil(lambda: len(ends.seen) == 5000, timeout=30_000)
    assert sorted(value for _kind, value in ends.seen) == list(range(5000))


def test_nothing_is_told_after_the_end(ends: Ends, qapp: QApplication) -> None:
    background = Background(on_bug=ends.note("bug"))
    gate = threading.Event()
    ends.run(background, lambda: gate.wait(5))
    gate.set()
    background.close()
    qapp.processEvents()
    assert ends.seen == []


def test_inline_work_is_done_when_run_returns(ends: Ends, qapp: QApplication) -> None:
    background = InlineBackground(on_bug=ends.note("bug"))
    for job in (threading.get_ident, _refuse, _trouble, _bug):
        ends.run(background, job)
    assert [kind for kind, _value in ends.seen] == ["done", "refused", "trouble", "bug", "trouble"]
    assert ends.seen[0][1] == threading.get_ident()
    background.close()


@dataclass
class BusyNotes:
    """Who is told that work goes on."""

    notes: list[tuple[str, object]] = field(default_factory=list)

    def began(self, task: Task) -> None:
        """Notes a beginning."""
        self.notes.append(("began", task.word))

    def stepped(self, task: Task, step: Step) -> None:
        """Notes a step."""
        self.notes.append(("stepped", step.done))

    def ended(self, task: Task) -> None:
        """Notes an end."""
        self.notes.append(("ended", task.word))


def _count(progress: Progress) -> int:
    for number in range(3):
        progress.step(number, 3, "正在导入")
    return 3


def test_long_work_tells_its_steps(ends: Ends, qapp: QApplication) -> None:
    busy = BusyNotes()
    background = InlineBackground(busy=busy)
    background.run_long(_count, ends.note("done"), ends.note("refused"), ends.note("trouble"), word="导入")
    assert busy.notes == [("began", "导入"), ("stepped", 0), ("stepped", 1), ("stepped", 2), ("ended", "导入")]
    assert ends.seen == [("done", 3)]
    background.close()


def test_long_work_can_be_stopped(background: Background, ends: Ends, qtbot: QtBot) -> None:
    started = threading.Event()

    def endless(progress: Progress) -> None:
        while True:
            progress.step(0, 0, "正在导入")
            started.set()
            time.sleep(0.001)

    stopped: list[bool] = []
    task = background.run_long(
        endless,
        ends.note("done"),
        ends.note("refused"),
        ends.note("trouble"),
        word="导入",
        on_stopped=lambda: stopped.append(True),
    )
    assert started.wait(10)
    task.stop()
    qtbot.waitUntil(lambda: stopped == [True])
    assert ends.seen == []


def _strip(qtbot: QtBot) -> tuple[QWidget, BusyStrip]:
    window, top = QWidget(), QWidget()
    column = QVBoxLayout(window)
    column.addWidget(top)
    column.addStretch(1)
    qtbot.addWidget(window)
    window.show()
    return window, BusyStrip(top, parent=window)


def test_the_busy_strip_shows_itself_late_explains_later_and_stops(qtbot: QtBot) -> None:
    _window, strip = _strip(qtbot)
    task = Task("导入客户", can_stop=True)
    strip.began(task)
    assert not strip.isVisible()
    qtbot.waitUntil(strip.isVisible)
    assert not strip.words.isVisible()
    qtbot.waitUntil(strip.words.isVisible)
    assert strip.label.text() == "导入客户"
    strip.stepped(task, Step(3, 10, "正在导入"))
    assert (strip.label.text(), strip.line.value(), strip.line.maximum()) == ("正在导入 3 / 10", 3, 10)
    strip.stop.click()
    assert task.is_stopping()
    strip.ended(task)
    assert not strip.isVisible()


def test_quick_work_never_flickers(qtbot: QtBot) -> None:
    _window, strip = _strip(qtbot)
    first, second = Task("一"), Task("二")
    strip.began(first)
    strip.began(second)
    strip.ended(second)
    strip.ended(first)
    qtbot.wait(200)
    assert not strip.isVisible()


def test_the_watchdog_finds_a_held_thread_and_where(qtbot: QtBot) -> None:
    def hold() -> None:
        until = time.thread_time() + 0.12
        while time.thread_time() < until or not watchdog.held().where:
            pass

    with Watchdog() as watchdog:
        qtbot.wait(20)
        hold()
        qtbot.wait(20)
    held = watchdog.held()
    assert held.longest_ms >= 100
    assert held.longest_cpu_ms >= 100
    assert "in hold" in held.where


def test_the_watchdog_counts_no_pause(qtbot: QtBot) -> None:
    with Watchdog() as watchdog:
        qtbot.wait(20)
        with watchdog.pause():
            until = time.thread_time() + 0.12
            while time.thread_time() < until:
                pass
        qtbot.wait(20)
    assert watchdog.held().longest_cpu_ms < 100
