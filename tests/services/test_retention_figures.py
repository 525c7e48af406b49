"""What counts of an ended case is read from its rows; it is what a replay of all its entries says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.retention import ENDED, Result
from counter_app.domain.retention_figures import EndedCase
from counter_app.services import retention, retention_after, retention_lists
from counter_app.storage.hall import OpenHall
from counter_app.storage.retention import CaseRow, cases_ended, left_on, load_case
from counter_app.storage.retention_figures import ended_case
from counter_app.storage.sql import Reading
from counter_app.storage.visits import visits_of
from tests import halls, leaving
from tests.leaving import MANAGER, TELLER

ALWAYS = (date(2026, 1, 1), date(2028, 12, 31))
KEPT = leaving.KEPT[:-2]
"""A valued customer who stays; nothing was checked or asked since."""


class Stopped(Exception):
    """What a person's stop raises."""


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenHall]:
    """Cases of every end, written once; read by every test."""
    opened = leaving.a_hall(tmp_path_factory.mktemp("figures") / "hall")
    halls.an_open_shift(opened)
    _write(opened)
    yield opened
    opened.close()


def _write(hall: OpenHall) -> None:
    def line(no: int, *, is_vip: bool = True) -> leaving.Line:
        return leaving.a_line(hall, no=f"1000300{no}", is_vip=is_vip)

    leaving.tell(hall, line(0), leaving.LEFT)
    leaving.left_at_once(hall, "10003001", "NETWORK")
    leaving.tell(hall, line(2), leaving.KEPT)
    visited = leaving.tell(hall, line(3), KEPT)
    gone = line(4)
    leaving.tell(hall, gone, KEPT)
    again = leaving.open_case(hall, line(5), leaving.COLLEAGUE).case.case_id
    story = (*leaving.RECEIVED, *leaving.RECEIVED[4:6], *leaving.RECEIVED[4:5], *leaving.KEPT[7:8])
    for _name, do in story:
        do(hall, again, gone)
    # the same offer three times: declined, then left open and taken, and the second above changed its answer
    for number, is_yes in ((3, False), (3, True), (4, False)):
        retention.answer(hall, TELLER, again, number, new_intent_id(), is_yes=is_yes)
    retention.keep(hall, TELLER, again, new_intent_id())
    withdrawn = leaving.open_case(hall, line(6, is_vip=False)).case.case_id
    retention.withdraw(hall, TELLER, withdrawn, new_intent_id())
    leaving.tell(hall, line(7), leaving.LEFT[:-3])
    leaving.open_case(hall, line(8))
    leaving.later(hall, days=40)
    for number in range(1, 5):
        retention_after.visit(hall, TELLER, visited, number, "content", new_intent_id())
    with hall.writing() as work:
        work.driver.execute(
            "UPDATE services SET state = 'closed', state_since_on = '2026-12-05' WHERE id = ?", (gone.service_id,)
        )


def _replayed(reading: Reading, row: CaseRow) -> EndedCase | None:
    """The same by every entry of the case, as the rule of the figures has it."""
    case = load_case(reading, row.case_id)
    assert case is not None
    assert row.ended_on is not None
    if case.result is None or case.desk not in ENDED:
        return None
    made = [visit.done_on for visit in visits_of(reading, row.case_id) if visit.done_on is not None]
    is_visited = bool(case.visits) and all(visit.is_done for visit in case.visits)
    return EndedCase(
        case_id=case.case_id,
        staff_no=case.opened_by,
        ended_on=row.ended_on,
        result=case.result,
        is_valued=case.is_valued,
        reasons=case.reasons[:1],
        measures=tuple((measure.offer, measure.is_accepted is True) for measure in case.measures),
        left_on=left_on(reading, case.service_id) if case.result is Result.KEPT else None,
        last_visit_on=max(made) if is_visited else None,
        last_due_on=max((visit.due_on for visit in case.visits), default=None),
    )


def test_the_rows_say_what_a_replay_of_the_entries_says(hall: OpenHall) -> None:
    with hall.reading() as reading:
        rows = cases_ended(reading, *ALWAYS)
        found = [ended_case(reading, row) for row in rows]
        assert found == [_replayed(reading, row) for row in rows]
    cases = [case for case in found if case is not None]
    assert len(cases) == len(rows)
    # the comparison has something to compare
    assert {case.result for case in cases} == {Result.KEPT, Result.LEFT, Result.REFUSED_TALK, Result.WITHDRAWN}
    assert {case.staff_no for case in cases} == {"1001", "1002"}
    assert {len(case.measures) for case in cases} == {0, 2, 4}
    assert {case.left_on for case in cases} == {None, date(2026, 12, 5)}
    assert [case.last_visit_on for case in cases if case.last_visit_on] == [date(2026, 12, 31)]
    assert sum(case.last_due_on is not None for case in cases) > 1


def test_the_rates_tell_how_many_cases_they_have_read_and_stop_there(
    hall: OpenHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention_lists, "_STEP", 3)
    told: list[tuple[int, int]] = []
    retention_lists.rates(hall, MANAGER, *ALWAYS, lambda done, total: told.append((done, total)))
    (last,) = {total for _done, total in told}
    assert [done for done, _total in told] == [*range(0, last, 3), last]

    def stop(done: int, _total: int) -> None:
        if done >= 3:
            raise Stopped

    with pytest.raises(Stopped):
        retention_lists.rates(hall, MANAGER, *ALWAYS, stop)


def test_silent_leavers_tell_how_many_lines_they_have_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = leaving.a_hall(tmp_path / "hall")
    for number in range(3):
        leaving.a_line(opened, no=f"1000240{number}")
    leaving.a_line(opened, no="10002404", months=())
    monkeypatch.setattr(retention_lists, "_SLICE", 2)
    told: list[tuple[int, int]] = []
    retention_lists.silent(opened, MANAGER, lambda done, total: told.append((done, total)))
    opened.close()
    assert told == [(2, 4), (3, 4), (4, 4)], "a line without a bill is looked at with the last of them"
