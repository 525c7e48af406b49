"""What takes long in the retention room tells how far it is, is stopped by a key, and ends with its page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt

from counter_app.services.hall import OpenHall
from counter_app.storage.trouble import StoreTrouble
from counter_app.ui.background import InlineBackground, Lane, Step, Task
from counter_app.ui.retention.rates_page import RatesPage
from counter_app.ui.retention.room import ROOM
from counter_app.ui.retention.silent_page import SilentPage
from tests import leaving
from tests.ui.counter.whole import Whole, rest, whole
from tests.ui.retention import lists

ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
CASES, SILENT, RATES = Qt.Key.Key_1, Qt.Key.Key_5, Qt.Key.Key_7


class Watched:
    """What the strip of the window is told."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.steps: list[Step] = []

    def began(self, task: Task) -> None:
        if task.can_stop:
            self.tasks.append(task)

    def stepped(self, _task: Task, step: Step) -> None:
        self.steps.append(step)

    def ended(self, task: Task) -> None:
        if task.can_stop:
            self.tasks.remove(task)


class Busy(InlineBackground):
    """The lane for long work is busy with something else until `free` is called; all others work at once."""

    def __init__(self) -> None:
        self.watched = Watched()
        super().__init__(trouble=(OSError, StoreTrouble), busy=self.watched)
        self._waiting: list[Callable[[], None]] = []

    def free(self) -> None:
        """What waited has its turn."""
        waiting, self._waiting = self._waiting, []
        for work in waiting:
            work()
        rest()

    def _submit(self, lane: Lane, work: Callable[[], None]) -> None:
        if lane == "long":
            self._waiting.append(work)
        else:
            work()


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenHall]:
    """Lines whose bills fall, and cases that ended; read by every test, written by none."""
    opened = leaving.a_hall(tmp_path_factory.mktemp("long") / "hall")
    lists.silent(opened, "")
    lists.ended(opened, "")
    yield opened
    opened.close()


@pytest.fixture
def lanes() -> Busy:
    return Busy()


@pytest.fixture
def window(hall: OpenHall, lanes: Busy) -> Iterator[Whole]:
    made = whole(hall)
    made.counter.desk.lanes = lanes
    made.sign_in("2001")
    made.counter.frame.show_room(ROOM)
    rest()
    yield made
    made.close()


def silent(window: Whole) -> SilentPage:
    found = window.counter.retention.page("silent")
    assert isinstance(found, SilentPage)
    return found


def rates(window: Whole) -> RatesPage:
    found = window.counter.retention.page("rates")
    assert isinstance(found, RatesPage)
    return found


def toast(window: Whole) -> str:
    return window.shell.frame.toast.label.text()


def test_the_strip_hears_how_many_cases_were_read(window: Whole, lanes: Busy) -> None:
    window.press(RATES, ALT)
    assert rates(window).table._empty.label.text() == "正在计算成功率"
    lanes.free()
    assert lanes.watched.steps == [
        Step(0, 0, "正在计算成功率"), Step(0, 3, "正在计算成功率"), Step(3, 3, "正在计算成功率"),
    ]  # fmt: skip
    assert len(rates(window).table.rows()) == 1


def test_the_strip_hears_how_many_lines_were_looked_at(window: Whole, lanes: Busy) -> None:
    window.press(SILENT, ALT)
    lanes.free()
    steps = [(step.done, step.total) for step in lanes.watched.steps]
    assert steps[0] == (0, 0)
    (total,) = {total for _done, total in steps[1:]}
    assert steps[-1] == (total, total)
    assert total >= 3


def test_esc_stops_the_rates_and_the_page_stays_as_it_was(window: Whole, lanes: Busy) -> None:
    window.press(RATES, ALT)
    lanes.free()
    page = rates(window)
    before = page.told.text(), page.table.rows(), page.period.choice()
    window.press(Qt.Key.Key_F7)
    assert page.period.choice() != before[2]
    window.press(Qt.Key.Key_Escape)
    lanes.free()
    assert (page.told.text(), page.table.rows(), page.period.choice()) == before
    assert toast(window) == "计算已停止，页面上还是原来的数字。按 Ctrl+R 再算一次。"
    window.press(Qt.Key.Key_R, CTRL)
    lanes.free()
    assert page.told.text() == before[0]
    assert lanes.watched.tasks == []


def test_rates_that_were_never_computed_say_that_they_were_stopped(window: Whole, lanes: Busy) -> None:
    window.press(RATES, ALT)
    window.press(Qt.Key.Key_Escape)
    lanes.free()
    page = rates(window)
    assert page.table.rows() == ()
    assert page.table._empty.label.text() == toast(window) == "计算已停止。按 Ctrl+R 再算一次。"
    window.press(Qt.Key.Key_R, CTRL)
    lanes.free()
    assert len(page.table.rows()) == 1


def test_esc_stops_a_search_and_what_was_found_before_stays(window: Whole, lanes: Busy) -> None:
    window.press(SILENT, ALT)
    window.press(Qt.Key.Key_Escape)
    lanes.free()
    page = silent(window)
    assert page.table._empty.label.text() == "查找已停止。按 Ctrl+R 再查一次。"
    window.press(Qt.Key.Key_R, CTRL)
    lanes.free()
    found = page.table.rows()
    assert len(found) == 3
    window.press(Qt.Key.Key_R, CTRL)
    window.press(Qt.Key.Key_Escape)
    lanes.free()
    assert page.table.rows() == found
    assert toast(window) == "查找已停止，下面还是上次找到的号码。按 Ctrl+R 再查一次。"


@pytest.mark.parametrize("key", [SILENT, RATES])
def test_who_goes_to_another_page_ends_it_without_words_and_coming_back_begins_anew(
    window: Whole, lanes: Busy, key: Qt.Key
) -> None:
    window.press(key, ALT)
    (first,) = lanes.watched.tasks
    window.press(CASES, ALT)
    assert first.is_stopping()
    window.press(key, ALT)
    (_first, second) = lanes.watched.tasks
    lanes.free()
    page = window.counter.retention.page("silent" if key == SILENT else "rates")
    assert isinstance(page, SilentPage | RatesPage)
    assert len(page.table.rows()) == (3 if key == SILENT else 1)
    assert not second.is_stopping()
    assert "已停止" not in toast(window)


def test_of_two_that_wait_for_the_lane_only_the_one_that_is_looked_at_reads(window: Whole, lanes: Busy) -> None:
    window.press(SILENT, ALT)
    window.press(RATES, ALT)
    window.press(Qt.Key.Key_F7)
    window.press(Qt.Key.Key_F7)
    assert [task.is_stopping() for task in lanes.watched.tasks] == [True, True, True, False]
    lanes.free()
    assert {step.doing for step in lanes.watched.steps} == {"正在计算成功率"}
    assert [step.done for step in lanes.watched.steps if step.total] == [0, 3]
    assert silent(window).table.rows() == ()


def test_another_room_and_the_end_of_a_session_end_it_too(window: Whole, lanes: Busy) -> None:
    window.press(SILENT, ALT)
    window.counter.frame.show_room("payments")
    rest()
    (first,) = lanes.watched.tasks
    assert first.is_stopping()
    window.counter.frame.show_room(ROOM)
    rest()
    (_first, second) = lanes.watched.tasks
    assert not second.is_stopping()
    window.counter.sign_out()
    assert second.is_stopping()
    lanes.free()
    assert silent(window).table.rows() == ()


def test_esc_means_nothing_here_while_nothing_runs(window: Whole, lanes: Busy) -> None:
    window.press(RATES, ALT)
    lanes.free()
    assert "rates-stop" not in {action.key for action in window.shell.frame.keys.available()}
