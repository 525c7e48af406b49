"""What is told to the hall manager, to look at: the step on a case, the list, an answer being written, a given one."""

from __future__ import annotations

from counter_app.clock import new_intent_id
from counter_app.services import retention_feedback
from counter_app.services.hall import OpenHall
from counter_app.ui.retention.feedbacks_page import FeedbacksPage
from counter_app.ui.retention.room import RetentionRoom
from tests import halls, leaving

PROBLEM = "流量每月用不完，家里信号时好时坏；服务评价 2 星；希望营业厅周末也能办理，电话里说的优惠到厅里办不了。"
_ANSWER = "信号已报网络部，周末值班下月开始；电话优惠的办法周会上说明。"


def told(hall: OpenHall, _case_id: str) -> None:
    """A problem that waits, one that waits again after an answer, and one that is answered."""
    halls.an_open_shift(hall)
    leaving.tell(hall, leaving.a_line(hall, no="10002346", is_vip=True), leaving.LEFT[:-2])
    answered = leaving.tell(hall, leaving.a_line(hall, no="10002347", is_vip=True), leaving.KEPT[:-2])
    retention_feedback.take_up(hall, leaving.MANAGER, answered, 1, _ANSWER, new_intent_id())
    waiting = leaving.a_line(hall, no="10002348", is_vip=True)
    case_id = leaving.tell(hall, waiting, leaving.RECEIVED)
    retention_feedback.feed_back(hall, leaving.COLLEAGUE, case_id, PROBLEM, new_intent_id())


def page_of(room: RetentionRoom) -> FeedbacksPage:
    """The page, gone to."""
    room.show_page("feedback")
    found = room.page("feedback")
    assert isinstance(found, FeedbacksPage)
    return found


def problems(room: RetentionRoom) -> None:
    """The page 反馈."""
    page_of(room)


def answering(room: RetentionRoom) -> None:
    """The longest problem while it is answered."""
    page = page_of(room)
    page.open(next(row for row in page.table.rows() if row.is_mine and row.words.startswith("流量每月")))


def step(room: RetentionRoom) -> None:
    """The step on the case, after a problem was answered and a new one is told."""
    room.open_case(next(iter(room.cases.table.rows())).case_id)
    assert room.view is not None
    room.view.presenter.go("feedback")


def answered(hall: OpenHall, case_id: str) -> None:
    """A case at the desk whose first problem was answered."""
    retention_feedback.feed_back(hall, leaving.TELLER, case_id, PROBLEM, new_intent_id())
    retention_feedback.take_up(hall, leaving.MANAGER, case_id, 1, _ANSWER, new_intent_id())
