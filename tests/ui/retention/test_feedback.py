"""The hall manager is told by two keys, hears of it at the sign-in, answers by keyboard; the case shows the answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt

from counter_app.clock import new_intent_id
from counter_app.domain.retention import Result, Stage
from counter_app.domain.staff import Role, Session
from counter_app.services import retention, retention_feedback
from counter_app.services.hall import OpenHall
from counter_app.services.passwords import make_verifier
from counter_app.storage.staff import add_staff
from counter_app.ui.blocks import Label
from counter_app.ui.desk import Desk
from counter_app.ui.retention.audits_page import AuditsPage
from counter_app.ui.retention.feedback_panel import FeedbackPanel
from counter_app.ui.retention.feedbacks_page import FeedbacksPage
from counter_app.ui.retention.presenter_feedbacks import FeedbacksPresenter
from counter_app.ui.retention.whole_panel import WholePanel
from tests import leaving
from tests.halls import PASSWORD
from tests.ui.counter.rooms import lanes
from tests.ui.counter.whole import Whole, rest
from tests.ui.retention.desks import AtDesk, at_desk, go_to

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def plain(hall: OpenHall) -> Iterator[AtDesk]:
    made = at_desk(hall)
    yield made
    made.close()


def kept(desk: AtDesk) -> None:
    """A customer who stays, up to the result."""
    desk.open()
    desk.talk()
    desk.next()
    desk.answer("y")
    desk.next()
    assert desk.page == "end"


def page_of(window: Whole, staff_no: str) -> FeedbacksPage:
    window.sign_in(staff_no)
    go_to(window, "feedback")
    found = window.counter.retention.page("feedback")
    assert isinstance(found, FeedbacksPage)
    return found


def panel_of(window: Whole) -> FeedbackPanel:
    found = window.shell.frame.panels.current()
    assert isinstance(found, FeedbackPanel)
    return found


def state_of_step(desk: AtDesk) -> tuple[str, str]:
    assert desk.view.screen_shown is not None
    (line,) = (line for line in desk.view.screen_shown.steps if line.page == "feedback")
    return line.state, line.note


def a_problem(hall: OpenHall, *, no: str = "10002345", words: str = "流量用不完", by: Session = leaving.TELLER) -> str:
    case_id = leaving.open_case(hall, leaving.a_line(hall, no=no)).case.case_id
    retention.talk(hall, leaving.TELLER, case_id, new_intent_id())
    leaving.with_reason(hall, case_id, "PRICE_PLAN_UNUSED")
    retention_feedback.feed_back(hall, by, case_id, words, new_intent_id())
    return case_id


# --- the step on the case ---


def test_the_plain_case_is_told_by_two_keys_with_the_words_of_the_talk(plain: AtDesk) -> None:
    kept(plain)
    assert plain.view.screen_shown is not None
    assert list(plain.view.screen_shown.missing) == ["反馈厅经理"]
    assert state_of_step(plain) == ("open", "还没有反馈")
    plain.next()
    assert plain.page == "feedback"
    assert plain.view.feedback.words.entry.hasFocus()
    assert plain.view.feedback.talk.text() == "套餐用不完、竞争对手优惠"
    plain.next()
    assert plain.page == "end"
    assert plain.case.problems == ("套餐用不完、竞争对手优惠",)
    (given,) = plain.case.case.feedbacks
    assert (given.by, given.reasons) == ("1001", ("PRICE_PLAN_UNUSED", "COMPETITOR"))
    assert state_of_step(plain) == ("done", "等厅经理答复")
    assert not plain.view.screen_shown.missing
    plain.next()
    assert plain.window.counter.retention.view is None, "back at the list"


def test_the_customers_own_words_are_in_it_and_more_can_be_said(plain: AtDesk) -> None:
    plain.open()
    view = plain.view
    plain.press(Qt.Key.Key_B, CONTROL)
    assert (plain.page, "请先谈" in plain.message) == ("talk", True), "before the talk there is nothing to tell"
    for name, text in (("reasons", "1.2"), ("rating", "2"), ("rating_words", "排队久"), ("suggestions", "周末也开门")):
        view.presenter.type_line(name, text)
    plain.next()
    plain.press(Qt.Key.Key_B, CONTROL)
    assert plain.page == "feedback", "during the talk, too"
    assert view.feedback.talk.text() == "套餐用不完；服务评价 2 星 排队久；周末也开门"
    plain.type("请回 13812345678")
    plain.next()
    assert plain.page == "offers", "the customer's case goes on where it stood"
    assert plain.case.problems == ("套餐用不完；服务评价 2 星 排队久；周末也开门；请回 138****5678",)


def test_what_was_added_stays_until_it_is_sent(plain: AtDesk) -> None:
    plain.open()
    plain.talk()
    plain.press(Qt.Key.Key_B, CONTROL)
    plain.type("信号差")
    plain.view.presenter.go("offers")
    plain.press(Qt.Key.Key_B, CONTROL)
    assert plain.view.feedback.words.entry.text() == "信号差"
    case_id = plain.case.case.case_id
    plain.press(Qt.Key.Key_Escape)
    assert plain.window.counter.retention.view is None
    plain.window.counter.retention.open_case(case_id)
    rest()
    plain.press(Qt.Key.Key_B, CONTROL)
    assert plain.view.feedback.words.entry.text() == "信号差", "the list was looked at in between"
    plain.next()
    assert plain.case.problems == ("套餐用不完、竞争对手优惠；信号差",)
    plain.press(Qt.Key.Key_B, CONTROL)
    assert plain.view.feedback.words.entry.text() == ""


def test_a_problem_that_is_too_long_is_refused_in_words_and_a_case_without_it_is_left_freely(plain: AtDesk) -> None:
    kept(plain)
    plain.next()
    plain.view.presenter.type_problem("长" * 500)
    plain.next()
    assert plain.message == "现在是 513 个字，最多 500 个字。请缩短。"
    assert plain.page == "feedback"
    plain.press(Qt.Key.Key_Escape)
    assert plain.window.counter.retention.view is None
    assert retention_feedback.fed_back(plain.hall, leaving.MANAGER) == ()


def test_a_withdrawn_request_is_not_asked_for(plain: AtDesk) -> None:
    plain.open()
    plain.talk()
    plain.view.presenter.act("withdraw")
    rest()
    assert plain.case.case.desk is Stage.WITHDRAWN
    assert state_of_step(plain) == ("skipped", "")
    assert plain.view.screen_shown is not None
    assert plain.view.screen_shown.next.act == "back"


def test_the_answer_stands_on_the_case(hall: OpenHall, window: Whole) -> None:
    case_id = a_problem(hall)
    retention_feedback.take_up(hall, leaving.MANAGER, case_id, 1, "下月有小流量套餐", new_intent_id())
    window.sign_in()
    window.counter.retention.open_case(case_id)
    rest()
    view = window.counter.retention.view
    assert view is not None
    view.presenter.go("feedback")
    (line,) = view.presenter.screen().feedback.given
    assert line.words == "流量用不完"
    assert "工号 2001 答复：下月有小流量套餐" in line.state
    assert view.feedback.words.isVisible(), "what is new can be told again"


# --- the hall manager ---


def test_the_manager_hears_of_it_at_the_sign_in_and_answers_by_keys(hall: OpenHall, window: Whole) -> None:
    case_id = a_problem(hall)
    window.sign_in("2001")
    assert "有 1 个客户问题等您答复。在“挽留”里按 Alt+9 查看。" in window.shell.frame.toast.label.text()
    room = window.counter.retention
    go_to(window, "feedback")
    assert room.choice._buttons["feedback"].text() == "反馈 1"
    page = room.page("feedback")
    assert isinstance(page, FeedbacksPage)
    (row,) = page.table.rows()
    assert (row.cause, row.words, row.state, row.staff_no) == ("套餐用不完", "流量用不完", "等您答复", "1001")
    assert "张伟" not in row.who
    window.press(Qt.Key.Key_Return)
    panel = panel_of(window)
    assert panel.words.entry.hasFocus()
    window.press(Qt.Key.Key_F9)
    assert "须写明理由" in panel.words.error.text()
    window.type("下月有小流量套餐")
    window.press(Qt.Key.Key_Return)
    assert window.shell.frame.panels.current() is None
    (row,) = page.table.rows()
    assert row.state == "工号 2001 答复：下月有小流量套餐"
    assert room.choice._buttons["feedback"].text() == "反馈"
    (given,) = retention.view(hall, leaving.TELLER, case_id).case.feedbacks
    assert (given.taken_by, given.answer) == ("2001", "下月有小流量套餐")
    window.press(Qt.Key.Key_Return)
    assert isinstance(window.shell.frame.panels.current(), WholePanel), "what is answered is read"


def test_a_teller_reads_problems_and_answers_none(hall: OpenHall, window: Whole) -> None:
    a_problem(hall)
    page = page_of(window, "1001")
    assert "客户问题" not in window.shell.frame.toast.label.text()
    assert [row.state for row in page.table.rows()] == ["等厅经理答复"]
    window.press(Qt.Key.Key_Return)
    assert isinstance(window.shell.frame.panels.current(), WholePanel)


def test_what_a_supervisor_told_herself_waits_for_another_one_and_the_list_says_so(hall: OpenHall) -> None:
    a_problem(hall)
    a_problem(hall, no="10002346", by=leaving.MANAGER)
    seen: list[str] = []

    def states() -> list[str]:
        presenter = FeedbacksPresenter(Desk(hall, lanes(), leaving.MANAGER))
        presenter.lines(lambda rows: seen.extend(row.state for row in rows), seen.append)
        return sorted(seen[-2:])

    assert states() == ["您反馈的，本厅还没有另一位班长答复", "等您答复"]
    with hall.writing() as work:
        add_staff(work, "2002", "周敏", Role.SUPERVISOR, make_verifier(PASSWORD, is_cheap=True))
    assert states() == ["您反馈的，由另一位班长答复", "等您答复"]


def test_the_next_person_sees_nothing_of_the_last_ones_list(hall: OpenHall, window: Whole) -> None:
    a_problem(hall)
    page = page_of(window, "2001")
    assert len(page.table.rows()) == 1
    window.counter.sign_out()
    rest()
    assert page.table.rows() == ()
    assert window.counter.retention._late["feedback"] == 0


def test_an_answer_that_somebody_else_gave_first_is_refused_in_words(hall: OpenHall, window: Whole) -> None:
    case_id = a_problem(hall)
    page_of(window, "2001")
    window.press(Qt.Key.Key_Return)
    retention_feedback.take_up(hall, leaving.MANAGER, case_id, 1, "别处已答复", new_intent_id())
    window.type("看过了")
    window.press(Qt.Key.Key_F9)
    assert "已不在等待" in panel_of(window).words.error.text()
    assert panel_of(window).words.entry.text() == "看过了"


# --- the audit ---


def test_the_audit_names_the_ended_case_without_it(plain: AtDesk) -> None:
    kept(plain)
    assert plain.case.case.result is Result.KEPT
    plain.press(Qt.Key.Key_Escape)
    window = plain.window
    window.counter.sign_out()
    rest()
    window.sign_in("8001")
    go_to(window, "audits")
    page = window.counter.retention.page("audits")
    assert isinstance(page, AuditsPage)
    (row,) = page.table.rows()
    assert row.notes == "没有反馈厅经理"
    window.press(Qt.Key.Key_Return)
    panel = window.shell.frame.panels.current()
    assert panel is not None
    words = [label.text() for label in panel.findChildren(Label)]
    assert words[words.index("反馈厅经理") + 1] == "没有反馈"
