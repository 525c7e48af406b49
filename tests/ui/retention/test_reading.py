"""The room's pages read beside the window, and what comes late is shown to nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from counter_app.domain.refusals import Refused
from counter_app.services.hall import OpenHall
from counter_app.ui.background import Progress, Step, Stopped, Task
from counter_app.ui.desk import Desk
from counter_app.ui.retention.presenter_audits import AuditPresenter
from counter_app.ui.retention.presenter_feedbacks import FeedbacksPresenter
from counter_app.ui.retention.presenter_library import LibraryPresenter
from counter_app.ui.retention.presenter_mailing import MailingPresenter
from counter_app.ui.retention.presenter_silent import SilentPresenter
from counter_app.ui.retention.presenter_visits import VisitPresenter
from tests import leaving
from tests.ui.retention import lists


class Held:
    """Lanes that keep their work until it is let go, in the order in which it was asked for."""

    def __init__(self) -> None:
        self.work: list[tuple[str, Callable[[], object]]] = []
        self.told: list[Step] = []
        self.tasks: list[Task] = []

    def run(
        self,
        lane: str,
        job: Callable[[], Any],
        on_done: Callable[[Any], object],
        on_refused: Callable[[Any], object],
        _on_trouble: Callable[[Exception], object],
        *,
        word: str = "",
    ) -> None:
        def work() -> None:
            try:
                found = job()
            except Refused as refused:
                on_refused(refused.refusal)
            else:
                on_done(found)

        self.work.append((lane, work))

    def run_long(
        self,
        job: Callable[[Any], Any],
        on_done: Callable[[Any], object],
        on_refused: Callable[[Any], object],
        on_trouble: Callable[[Exception], object],
        *,
        word: str,
        on_stopped: Callable[[], object] = lambda: None,
    ) -> Any:
        task = Task(word, can_stop=True)

        def work() -> None:
            try:
                on_done(job(Progress(task, self.told.append)))
            except Stopped:
                on_stopped()

        self.work.append(("long", work))
        self.tasks.append(task)
        return task

    def let_go(self) -> list[str]:
        work, self.work = self.work, []
        for _lane, one in work:
            one()
        return [lane for lane, _one in work]


class Counted:
    """A hall that counts how often its file is read."""

    def __init__(self, hall: OpenHall) -> None:
        self._hall, self.count = hall, 0

    def reading(self) -> Any:
        self.count += 1
        return self._hall.reading()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hall, name)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenHall]:
    folder: Path = tmp_path_factory.mktemp("reading")
    opened = leaving.a_hall(folder)
    lists.silent(opened, "")
    lists.ended(opened, "")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def later_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenHall]:
    opened = leaving.a_hall(tmp_path_factory.mktemp("later"))
    lists.ended(opened, "")
    lists.late(opened, "")
    yield opened
    opened.close()


Ask = Callable[[Desk, Callable[[Any], object], Callable[[str], object]], object]
ASKS: dict[str, tuple[str, Ask]] = {
    "visits": ("reader", lambda desk, show, say: VisitPresenter(desk).lines(show, say)),
    "library": ("reader", lambda desk, show, say: LibraryPresenter(desk).lines(show, say)),
    "audits": ("reader", lambda desk, show, say: AuditPresenter(desk).lines(show, say)),
    "errors": ("reader", lambda desk, show, say: AuditPresenter(desk).errors(show, say)),
    "problems": ("reader", lambda desk, show, say: FeedbacksPresenter(desk).lines(show, say)),
    "mailing": ("reader", lambda desk, show, say: MailingPresenter(desk).lines(show, say)),
    "silent": ("long", lambda desk, show, say: SilentPresenter(desk).rows(show, say)),
}


@pytest.mark.parametrize("name", ASKS)
def test_nothing_is_read_on_the_windows_thread(hall: OpenHall, later_hall: OpenHall, name: str) -> None:
    lane, ask = ASKS[name]
    counted, lanes = Counted(later_hall if name == "visits" else hall), Held()
    shown: list[tuple[object, ...]] = []
    ask(Desk(counted, lanes, leaving.MANAGER), shown.append, pytest.fail)  # type: ignore[arg-type]  # the hall, counted
    assert (counted.count, shown) == (0, [])
    assert lanes.let_go() == [lane]
    assert counted.count > 0
    assert shown[0], "the story left nothing to show"


@pytest.mark.parametrize("name", [name for name, (lane, _ask) in ASKS.items() if lane == "reader"])
def test_what_comes_after_the_person_has_left_is_shown_to_nobody(hall: OpenHall, name: str) -> None:
    lanes = Held()
    desk = Desk(hall, lanes, leaving.MANAGER)
    ASKS[name][1](desk, lambda _lines: pytest.fail("shown to whoever came next"), pytest.fail)
    desk.session = leaving.COLLEAGUE
    assert lanes.let_go()


@pytest.mark.parametrize("name", ASKS)
def test_where_nobody_is_signed_in_nothing_is_asked(hall: OpenHall, name: str) -> None:
    lanes = Held()
    ASKS[name][1](Desk(hall, lanes), pytest.fail, pytest.fail)
    assert lanes.let_go() == []


def test_an_answer_about_another_period_is_not_shown(hall: OpenHall) -> None:
    lanes, shown = Held(), list[object]()
    presenter = LibraryPresenter(Desk(hall, lanes, leaving.MANAGER))
    presenter.lines(shown.append, pytest.fail)
    presenter.library = "kept"
    presenter.lines(shown.append, pytest.fail)
    lanes.let_go()
    assert len(shown) == 1


def test_a_long_search_tells_how_far_it_is_and_stops(hall: OpenHall) -> None:
    lanes, ends = Held(), list[str]()
    presenter = SilentPresenter(Desk(hall, lanes, leaving.MANAGER))
    presenter.rows(lambda _rows: ends.append("shown"), pytest.fail, lambda: ends.append("stopped"))
    lanes.let_go()
    assert ends == ["shown"]
    assert len(lanes.told) > 1
    assert lanes.told[-1].done == lanes.told[-1].total > 0
    presenter.rows(lambda _rows: ends.append("shown"), pytest.fail, lambda: ends.append("stopped"))
    lanes.tasks[-1].stop()  # as the strip below the search box does
    lanes.let_go()
    assert ends == ["shown", "stopped"]


def test_a_search_that_nobody_waits_for_any_more_ends_and_says_nothing(hall: OpenHall) -> None:
    lanes, ends = Held(), list[str]()
    presenter = SilentPresenter(Desk(hall, lanes, leaving.MANAGER))
    presenter.rows(lambda _rows: ends.append("first"), pytest.fail, lambda: ends.append("stopped"))
    presenter.rows(lambda _rows: ends.append("second"), pytest.fail, lambda: ends.append("stopped"))
    lanes.let_go()
    assert ends == ["second"]
    presenter.rows(lambda _rows: ends.append("third"), pytest.fail, lambda: ends.append("stopped"))
    presenter.reading.give_up()
    lanes.let_go()
    assert ends == ["second"]
