"""Follow-ups that are due: the rail tells whose they are, and a few keys write one down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from counter_app.services import retention_lists
from counter_app.services.hall import OpenHall
from counter_app.storage.sql import Sql
from counter_app.ui.blocks import Label
from counter_app.ui.payments.reveal_panel import RevealPanel
from counter_app.ui.retention.presenter_visits import typed_day
from counter_app.ui.retention.visit_panel import VisitPanel
from counter_app.ui.retention.visits_page import VisitsPage
from counter_app.ui.retention.whole_panel import WholePanel
from tests import halls, leaving
from tests.ui.counter.whole import Whole, rest
from tests.ui.retention.desks import a_hall, go_to


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = a_hall(tmp_path)
    halls.an_open_shift(opened)
    yield opened
    opened.close()


def kept(hall: OpenHall) -> str:
    """A customer who stayed; the first two of four follow-ups are late now."""
    case_id = leaving.tell(hall, leaving.a_line(hall, is_vip=True), leaving.KEPT[:-1])
    leaving.later(hall, days=70)
    return case_id


def page_of(window: Whole) -> VisitsPage:
    found = window.counter.retention.page("visits")
    assert isinstance(found, VisitsPage)
    return found


def go(window: Whole, staff_no: str = "1001") -> VisitsPage:
    window.sign_in(staff_no)
    go_to(window, "visits")
    return page_of(window)


def panel_of(window: Whole) -> VisitPanel:
    found = window.shell.frame.panels.current()
    assert isinstance(found, VisitPanel)
    return found


def test_the_owner_is_told_at_sign_in_and_the_rail_counts(hall: OpenHall, window: Whole) -> None:
    kept(hall)
    window.sign_in()
    rest()
    assert window.shell.frame._rooms["retention"][0].shown_text() == "挽留 2"
    assert window.shell.frame.toast.label.text() == "您有 2 次回访已逾期。在“挽留”里按 Alt+2 查看。"
    assert window.counter.retention.choice._buttons["visits"].text() == "回访 2"


def test_somebody_else_is_told_nothing_and_finds_them_behind_the_own(hall: OpenHall, window: Whole) -> None:
    kept(hall)
    page = go(window, "1002")
    assert window.shell.frame._rooms["retention"][0].shown_text() == "挽留"
    assert [(line.is_mine, line.which) for line in page.table.rows()] == [
        (False, "第 1 次，共 4 次"),
        (False, "第 2 次，共 4 次"),
    ]
    assert page.note.text() == "我的 0 次，其中逾期 0 次；全厅 2 次。Enter 登记，F4 打开客户页，Ctrl+I 看联系方式。"


def test_the_contact_that_was_left_is_shown_for_a_purpose_before_the_call(hall: OpenHall, window: Whole) -> None:
    leaving.left_at_once(
        hall, "10002347", "NETWORK", is_contact_agreed=True, agreed_at=hall.clock.now(), later_contact="13987654321"
    )
    leaving.later(hall, days=100)
    go(window)
    window.press(Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    window.type("回访")
    window.press(Qt.Key.Key_F9)
    panel = window.shell.frame.panels.current()
    assert isinstance(panel, RevealPanel)
    assert panel.value.text() == "13987654321"


def test_a_teller_hands_nothing_over_and_is_told_who_does(hall: OpenHall, window: Whole) -> None:
    kept(hall)
    go(window)
    window.press(Qt.Key.Key_F7)
    assert window.shell.frame.panels.current() is None
    assert "班长" in window.shell.frame.toast.label.text()


def test_a_supervisor_hands_follow_ups_over_by_key(hall: OpenHall, window: Whole) -> None:
    kept(hall)
    page = go(window, "2001")
    for typed, told in (("8001", "另一个工号"), ("1002", "回访已移交给工号 1002。")):
        window.press(Qt.Key.Key_F7)
        window.type(typed)
        window.press(Qt.Key.Key_F9)
        assert window.shell.frame.panels.current() is None
        assert told in window.shell.frame.toast.label.text()
    assert {line.owner_no for line in page.table.rows()} == {"1002"}


def test_a_follow_up_is_written_down_by_a_few_keys(hall: OpenHall, window: Whole) -> None:
    case_id = kept(hall)
    page = go(window)
    first = page.table.rows()[0]
    assert (first.which, first.late, first.who, first.number) == (
        "第 1 次，共 4 次",
        "逾期 40 天",
        "张*",
        "138****2345",
    )
    window.press(Qt.Key.Key_Return)
    words = " ".join(label.text() for label in panel_of(window).findChildren(Label))
    assert "号码在用" in words
    assert "138****2345" in words
    assert "13810002345" not in words
    window.type("1")
    window.press(Qt.Key.Key_Return)
    window.type("2027-03-01")
    window.press(Qt.Key.Key_Return)
    assert window.shell.frame.panels.current() is None
    visits = retention_lists.visits_of_case(hall, leaving.TELLER, case_id)
    assert [(v.line, v.outcome, v.is_line_alive) for v in visits if v.done_on] == [(1, "content", True)]
    assert (visits[-1].line, visits[-1].due_on) == (5, date(2027, 3, 1))
    assert [line.line for line in page.table.rows()] == [2]
    assert window.shell.frame._rooms["retention"][0].shown_text() == "挽留 1"


@pytest.mark.parametrize(
    ("outcome", "next_on", "why"),
    [
        ("9", "", "1 到 5"),
        ("", "", "1 到 5"),
        ("1", "2027-02-30", "2026-12-31 这样"),
        ("1", "2026-11-01", "应在今天之后"),
        ("5", "2027-06-01", "不愿再被回访，不能再约"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    hall: OpenHall, window: Whole, outcome: str, next_on: str, why: str
) -> None:
    kept(hall)
    page = go(window)
    window.press(Qt.Key.Key_Return)
    window.type(outcome)
    window.press(Qt.Key.Key_Return)
    window.type(next_on)
    window.press(Qt.Key.Key_F9)
    panel = panel_of(window)
    said = (panel.outcome.error.text(), panel.next_on.error.text(), panel.error.text())
    assert sum(bool(words) for words in said) == 1
    assert why in "".join(said)
    assert panel.outcome.entry.text() == outcome, "what was typed stays"
    assert len(page.table.rows()) == 2


def test_f4_shows_the_customer_whose_number_is_to_be_called(hall: OpenHall, window: Whole) -> None:
    kept(hall)
    page = go(window)
    window.press(Qt.Key.Key_F4)
    view = window.counter.payments.current()
    assert view is not None
    assert view.customer_id == page.table.rows()[0].customer_id
    assert window.shell.frame.room() == "payments"


def test_an_auditor_reads_the_whole_case_instead(hall: OpenHall, window: Whole) -> None:
    kept(hall)
    go(window, "8001")
    window.press(Qt.Key.Key_Return)
    panel = window.shell.frame.panels.current()
    assert isinstance(panel, WholePanel)
    words = " ".join(label.text() for label in panel.findChildren(Label))
    assert "第 4 次，共 4 次" in words
    window.press(Qt.Key.Key_Escape)
    assert window.shell.frame.panels.current() is None


def test_nothing_of_a_customer_stays_when_the_person_leaves(hall: OpenHall, window: Whole) -> None:
    kept(hall)
    page = go(window)
    assert page.table.rows()
    window.counter.sign_out()
    assert page.table.rows() == ()
    assert window.shell.frame._rooms["retention"][0].shown_text() == "挽留"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-31", date(2026, 12, 31)),
        ("2026/1/5", date(2026, 1, 5)),
        ("２０２６１２３１", date(2026, 12, 31)),
        ("2026115", None),
        ("2026-13-01", None),
        ("明天", None),
        ("", None),
    ],
)
def test_a_day_as_it_is_typed(text: str, day: date | None) -> None:
    assert typed_day(text) == day


def test_an_answer_that_comes_after_esc_is_still_said(
    hall: OpenHall, window: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(hall)
    page = go(window)
    held: list[Callable[[str, str], object]] = []
    monkeypatch.setattr(page._presenter, "save", lambda *_asked: held.append(_asked[-1]))
    window.press(Qt.Key.Key_Return)
    window.press(Qt.Key.Key_F9)
    window.press(Qt.Key.Key_Escape)
    assert window.shell.frame.panels.current() is None
    (answer,) = held
    answer("", "磁盘报错")
    assert window.shell.frame.toast.label.text() == "磁盘报错"


def test_a_panel_of_the_person_before_is_gone_for_the_next(hall: OpenHall, window: Whole) -> None:
    kept(hall)
    go(window)
    window.press(Qt.Key.Key_Return)
    window.press(Qt.Key.Key_F12)
    window.counter.sign_out()
    window.sign_in("1002")
    assert window.shell.frame.panels.current() is None
    written = entries(hall)
    window.press(Qt.Key.Key_F9)
    assert entries(hall) == written, "nor do its keys write anything"


def entries(hall: OpenHall) -> int:
    """How many entries the journal has."""
    with hall.reading() as reading:
        return len(reading.rows(Sql("SELECT id FROM entries")))
