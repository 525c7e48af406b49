"""The close of a business date: every shift closed, the same sums on two paths, one numbered paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from counter_app.clock import FixedClock, new_intent_id
from counter_app.documents.day_report import day_pdf
from counter_app.domain.day_report import DayBefore, DayDiffers, DayHasOpenShift, DayIsEmpty, OtherCounter
from counter_app.domain.print_marks import PrintMark
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.shifts import CashCount
from counter_app.domain.staff import Role
from counter_app.services import days, z_reports
from counter_app.storage.hall import OpenHall
from counter_app.storage.verify import verify
from tests import halls

SUPERVISOR = halls.teller("2001", Role.SUPERVISOR)
TODAY = halls.NOW.date()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path)
    yield opened
    opened.close()


def refusal_of(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.refusal


def a_day(hall: OpenHall, *, no: str) -> None:
    """Two shifts, one of which is short by a yuan."""
    someone = halls.three_months_behind(hall, no=no)
    for off in (0, 100):
        halls.an_open_shift(hall)
        halls.pay(hall, someone, halls.cash(50))
        halls.close_shift(hall, halls.teller(), CashCount({}, 55_000 - off), "少一元" if off else "", new_intent_id())


def test_a_day_is_closed_once_all_its_shifts_are_and_what_comes_later_is_on_a_further_paper(hall: OpenHall) -> None:
    assert refusal_of(lambda: days.close(hall, SUPERVISOR, TODAY, new_intent_id())) == DayIsEmpty(TODAY)
    a_day(hall, no="10002345")
    late = halls.an_open_shift(hall)
    refusal = DayHasOpenShift(TODAY, late.shift_no)
    assert refusal_of(lambda: days.close(hall, SUPERVISOR, TODAY, new_intent_id())) == refusal
    halls.close_shift(hall, halls.teller(), CashCount({10_000: 5}), "", new_intent_id())
    sheets = z_reports.issued(hall)
    intent_id = new_intent_id()
    done = days.close(hall, SUPERVISOR, TODAY, intent_id)
    assert days.close(hall, SUPERVISOR, TODAY, intent_id) == done, "pressed again"
    assert (done.paper_no, done.part_no, done.closed_by.staff_no) == ("HZ01-03-2026-RJ000001", 1, "2001")
    assert [shift.z_no for shift in done.shifts] == [facts.paper_no for facts in reversed(sheets)]
    for figure in done.figures:
        assert figure.fen == sum(facts.fen(figure.name) for facts in sheets)
    assert (done.tenders[0].difference_fen, done.shifts[1].difference_fen) == (-100, -100)
    assert done.in_safe_fen == 9_900
    assert refusal_of(lambda: days.close(hall, SUPERVISOR, TODAY, new_intent_id())) == DayIsEmpty(TODAY)
    # who comes after it is served: the date goes on, and its next paper has only that shift
    halls.an_open_shift(hall)
    halls.close_shift(hall, halls.teller(), CashCount({10_000: 5}), "", new_intent_id())
    (waiting,) = days.waiting(hall, SUPERVISOR)
    assert len(waiting.shift_ids) == 1
    second = days.close(hall, SUPERVISOR, TODAY, new_intent_id())
    assert (second.part_no, len(second.shifts), second.serial) == (2, 1, 2)
    assert [facts.paper_no for facts in days.issued(hall)] == [second.paper_no, done.paper_no]
    mark = PrintMark(1, halls.NOW, "赵敏")
    assert day_pdf(done, mark=mark) == day_pdf(days.facts_of(hall, done.paper_no), mark=mark)
    assert verify(hall.store).findings == ()


def test_a_forgotten_day_is_caught_and_comes_first_and_figures_that_differ_close_nothing(hall: OpenHall) -> None:
    a_day(hall, no="10002345")
    assert days.forgotten(hall) is None
    clock = hall.clock
    assert isinstance(clock, FixedClock)
    clock.moment += timedelta(days=2)
    later = TODAY + timedelta(days=2)
    a_day(hall, no="10002346")
    assert days.forgotten(hall) == TODAY
    assert refusal_of(lambda: days.close(hall, SUPERVISOR, later, new_intent_id())) == DayBefore(TODAY)
    with hall.writing() as work:
        work.driver.execute("DROP TRIGGER payment_tenders_no_update")
        work.driver.execute("DROP TRIGGER postings_no_update")
        first = "(SELECT min(id) FROM entries WHERE kind = 'payment.take')"
        work.driver.execute(f"UPDATE postings SET amount_fen = amount_fen + 100 WHERE entry = {first}")
        work.driver.execute("UPDATE payment_tenders SET amount_fen = amount_fen + 100 WHERE line = 1")
    refused = refusal_of(lambda: days.close(hall, SUPERVISOR, TODAY, new_intent_id()))
    assert isinstance(refused, DayDiffers)
    assert refused.papers_fen != refused.journal_fen


def test_what_the_hub_told_of_other_counters_is_shown_and_not_waited_for(hall: OpenHall) -> None:
    a_day(hall, no="10002345")
    with hall.writing() as work:
        for n, kind in enumerate(("shift.open", "shift.close", "shift.open", "day.close")):
            line = (f"e{n}", "other", 1, n + 1, kind, "1003", TODAY.isoformat(), None, None)
            work.driver.execute("INSERT INTO ledger_lines VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", line)
    (waiting,) = days.waiting(hall, SUPERVISOR)
    assert waiting.others == (OtherCounter("other", "other", 2, 1, 1),)
    assert days.close(hall, SUPERVISOR, TODAY, new_intent_id()).part_no == 1
