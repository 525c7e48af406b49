"""The pictures of the 挽留 and 审批 rooms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

from PySide6.QtCore import QPointF, QTimer
from PySide6.QtWidgets import QWidget

from counter_app.clock import new_intent_id
from counter_app.domain.retention import Act, Gate, Signer
from counter_app.domain.staff import Role, Session
from counter_app.services import retention, retention_after, retention_signing
from counter_app.services.hall import OpenHall
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.retention.months_page import MonthsPage
from counter_app.ui.retention.papers_panel import PapersPanel
from counter_app.ui.retention.room import ROOM, RetentionRoom
from counter_app.ui.retention.signoffs_room import ROOM as SIGNOFFS
from counter_app.ui.retention.signoffs_room import SignoffsRoom
from tests import halls, leaving
from tests.ui.counter.rooms import lanes
from tests.ui.demonstration import words
from tests.ui.retention import feedbacks, figures, lists
from tests.ui.told import Told, told

Story = Callable[[OpenHall, str], object]
_SUGGESTION = "希望营业厅周末也能办理。"


def _reasons(hall: OpenHall, case_id: str) -> None:
    form = retention.view(hall, leaving.TELLER, case_id).form
    chosen = replace(
        form, reason="PRICE_PLAN_UNUSED", further=("NETWORK_SLOW", "OTHER"), other_words="家里信号时好时坏"
    )
    full = replace(chosen, interests=("MORE_DATA", "FAMILY"), rating=2, next_tool="RIVAL", suggestions=_SUGGESTION)
    retention.save_form(hall, leaving.TELLER, case_id, full, new_intent_id())


def _asked(hall: OpenHall, case_id: str) -> None:
    retention_signing.ask_signature(hall, leaving.TELLER, case_id, Signer.MANAGER, new_intent_id())


def _received(hall: OpenHall, case_id: str) -> None:
    _asked(hall, case_id)
    proof = leaving.signed(hall, case_id, signer=Signer.MANAGER)
    retention_signing.sign(hall, leaving.TELLER, case_id, Signer.MANAGER, proof)
    _reasons(hall, case_id)


def _talking(hall: OpenHall, case_id: str) -> None:
    _received(hall, case_id)
    retention.talk(hall, leaving.TELLER, case_id, new_intent_id())


def _offered(hall: OpenHall, case_id: str) -> None:
    _talking(hall, case_id)
    retention_signing.offer(hall, leaving.TELLER, case_id, "GIFT_FEE", 10, 3, new_intent_id())
    retention.answer(hall, leaving.TELLER, case_id, 1, new_intent_id(), is_yes=False)
    retention_signing.offer(hall, leaving.TELLER, case_id, "FIX", 1, 0, new_intent_id())


def _asked_offer(hall: OpenHall, case_id: str) -> None:
    _talking(hall, case_id)
    for code, value, months in (("DISCOUNT", 20, 3), ("EXTEND", 1, 6)):
        retention_signing.ask_offer(hall, leaving.TELLER, case_id, code, value, months, new_intent_id())
    asked = retention.view(hall, leaving.MANAGER, case_id).case.open_offers[0].measure
    why = "先谈一年的合约"
    proof = leaving.signed(
        hall,
        case_id,
        Act.DECLINE_OFFER,
        session=leaving.MANAGER,
        measure=asked,
        words=why,
        is_own_desk=True,
    )
    retention_signing.decline_offer(hall, leaving.MANAGER, case_id, asked, why, proof)


def _answered(hall: OpenHall, case_id: str) -> None:
    _talking(hall, case_id)
    feedbacks.answered(hall, case_id)


def _leaving(hall: OpenHall, case_id: str) -> None:
    _offered(hall, case_id)
    retention.answer(hall, leaving.TELLER, case_id, 2, new_intent_id(), is_yes=False)
    retention.leave(hall, leaving.TELLER, case_id, new_intent_id())
    retention_signing.ask_signature(hall, leaving.TELLER, case_id, Signer.RECEPTIONIST, new_intent_id())


def _signed(hall: OpenHall, case_id: str) -> None:
    _leaving(hall, case_id)
    proof = leaving.signed(hall, case_id, signer=Signer.RECEPTIONIST, by="1002")
    retention_signing.sign(hall, leaving.TELLER, case_id, Signer.RECEPTIONIST, proof)


def _at_gates(hall: OpenHall, case_id: str) -> None:
    _signed(hall, case_id)
    retention.sign_customer(hall, leaving.TELLER, case_id, leaving.DRAWING, new_intent_id())
    retention.check_gate(hall, leaving.TELLER, case_id, Gate.ID, new_intent_id())


def _ordered(hall: OpenHall, case_id: str) -> None:
    _at_gates(hall, case_id)
    view = retention.view(hall, leaving.TELLER, case_id)
    halls.an_open_shift(hall)
    leaving.pay_all(hall, leaving.Line(view.case.customer_id, view.service.account_id, view.service.id))
    for gate in (Gate.SETTLED, Gate.SIGNATURE):
        retention.check_gate(hall, leaving.TELLER, case_id, gate, new_intent_id())
    retention_after.process(hall, leaving.TELLER, case_id, new_intent_id())


def _port_out(hall: OpenHall, case_id: str) -> None:
    leaving.with_reason(hall, case_id, "PORT_OUT")


def _on(
    story: Story, act: Callable[[RetentionRoom], object], *, is_vip: bool = True, session: Session = leaving.TELLER
) -> Callable[[], QWidget]:
    """A picture's page: the case as far as the story goes, opened, and then whatever `act` does."""

    def make() -> Frame:
        hall, end_with = _told(story, is_vip=is_vip).copy()
        frame = _framed(hall, session)
        room = frame.findChild(RetentionRoom)
        assert isinstance(room, RetentionRoom)
        end_with(frame)
        frame.show_room(ROOM)
        # shown once, so that the page is laid out before anything is done on it
        QTimer.singleShot(0, frame, lambda: act(room))
        return frame

    return make


@cache
def _told(story: Story, *, is_vip: bool) -> Told:
    def tell(folder: Path) -> OpenHall:
        hall = leaving.a_hall(folder)
        line = leaving.a_line(hall, is_vip=is_vip)
        story(hall, leaving.open_case(hall, line).case.case_id)
        return hall

    return told(tell)


def _framed(hall: OpenHall, session: Session) -> Frame:
    frame = Frame()
    desk = Desk(hall, lanes(), session)
    frame.add_room("payments", words("收费", "Payments"), "cash", QWidget())
    frame.add_room(ROOM, words("挽留", "Retention"), "heart-handshake", RetentionRoom(desk, frame))
    frame.add_room(SIGNOFFS, words("审批", "Sign-offs"), "checks", SignoffsRoom(desk, frame))
    frame.set_who(words("王芳", "Wang Fang"), words("3 号台", "Counter 3"))
    return frame


def _open(room: RetentionRoom) -> None:
    row = next(iter(room.cases.table.rows()), None)
    assert row is not None, "no case is at the desk"
    room.open_case(row.case_id)


def _close(room: RetentionRoom) -> None:
    _open(room)
    assert room.view is not None
    room.view.presenter.press()
    room.view.presenter.press()


def _come_back(room: RetentionRoom) -> None:
    _close(room)
    assert room.view is not None
    customer_id = room.view.presenter.view.case.customer_id
    room.back()
    room.open_customer(customer_id)


def _draw(room: RetentionRoom) -> None:
    _open(room)
    assert room.view is not None
    pad = room.view.customer.pad
    pad.begin_stroke(QPointF(40, 60))
    for step in range(40):
        pad.go_on(QPointF(40 + step * 6, 60 + (step % 7) * 9))
    pad.end_stroke()


def _wrong(room: RetentionRoom) -> None:
    _open(room)
    assert room.view is not None
    presenter = room.view.presenter
    presenter.type_line("reasons", "1.2 99")
    presenter.type_line("rating", "7")
    presenter.type_line("contract", "12x")
    presenter.press()


def _documents(hall: OpenHall, case_id: str) -> None:
    with hall.writing() as work:
        work.driver.execute("UPDATE customers SET id_kind = NULL, id_number = NULL")
        work.driver.execute("UPDATE accounts SET facts = ?", ('{"合约违约金": "240.00", "合约到期日": "2027-03-31"}',))
    _received(hall, case_id)


def _asked_documents(room: RetentionRoom) -> None:
    _open(room)
    assert room.view is not None
    room.view.presenter.type_line("agent_name", "John Smith")
    room.view.presenter.type_line("agent_id_kind", "3")
    form = room.view.form
    form.ensureWidgetVisible(form.lines["id_number"])


def _all_offers(room: RetentionRoom) -> None:
    _open(room)
    assert room.view is not None
    room.view.presenter.show_all_offers()


def _signing(room: RetentionRoom) -> None:
    _open(room)
    assert room.view is not None
    room.view.presenter.sign(Signer.RECEPTIONIST.value)


def _above(room: RetentionRoom) -> None:
    _open(room)
    assert room.view is not None
    room.view.presenter.show_all_offers()
    lines = room.view.presenter.screen().offers.fitting
    extend = next(line for line in lines if line.code == "EXTEND")
    room.view.presenter.offer(extend.number)


def _papers(room: RetentionRoom) -> None:
    _open(room)
    assert room.view is not None
    room.view.open_papers()
    panel = room._frame.panels.current()
    assert isinstance(panel, PapersPanel)
    panel.presenter.press()
    panel.presenter.press()


def _months(room: RetentionRoom) -> None:
    room.show_page("months")


def _signing_month(room: RetentionRoom) -> None:
    room.show_page("months")
    page = room.page("months")
    assert isinstance(page, MonthsPage)
    page.open_signing()


def _month_review(room: RetentionRoom) -> None:
    room.show_page("months")
    page = room.page("months")
    assert isinstance(page, MonthsPage)
    page.open_review()


def _rates(room: RetentionRoom) -> None:
    room.show_page("rates")


def _waiting() -> QWidget:
    make = _on(_leaving, lambda room: room._frame.show_room(SIGNOFFS), session=halls.teller("2001", Role.SUPERVISOR))
    return make()


def _read_case() -> QWidget:
    def act(room: RetentionRoom) -> None:
        room._frame.show_room(SIGNOFFS)
        waiting = room._frame.findChild(SignoffsRoom)
        assert isinstance(waiting, SignoffsRoom)
        waiting.open_case(waiting.table.rows()[0])

    return _on(_leaving, act, session=halls.teller("2001", Role.SUPERVISOR))()


RETENTION_PAGES: dict[str, Callable[[], QWidget]] = {
    "retention-list": _on(_offered, lambda _room: None),
    "retention-manager": _on(_asked, _open),
    "retention-talk": _on(_received, _open),
    "retention-wrong": _on(_received, _wrong),
    "retention-documents": _on(_documents, _asked_documents),
    "retention-offers": _on(_offered, _open),
    "retention-all-offers": _on(_offered, _all_offers),
    "retention-asked": _on(_asked_offer, _open),
    "retention-sign": _on(_leaving, _open),
    "retention-signing": _on(_leaving, _signing),
    "retention-customer": _on(_signed, _draw),
    "retention-gates": _on(_at_gates, _open),
    "retention-order": _on(_ordered, _open),
    "retention-above": _on(_talking, _above),
    "retention-papers": _on(_signed, _papers),
    "retention-end": _on(_ordered, _close),
    "retention-reentry": _on(_ordered, _come_back),
    "retention-port-out": _on(_port_out, _open, is_vip=False),
    "retention-month": _on(figures.changed, _months),
    "retention-month-signing": _on(figures.unsigned, _signing_month, session=leaving.MANAGER),
    "retention-month-review": _on(figures.signed, _month_review),
    "retention-rates": _on(figures.ended, _rates),
    "retention-visits": _on(lists.late, lists.visits),
    "retention-visit": _on(lists.late, lists.visit),
    "retention-library": _on(lists.ended, lists.library),
    "retention-mailing": _on(lists.agreed, lists.mailing),
    "retention-taking": _on(lists.agreed, lists.taking),
    "retention-noting": _on(lists.agreed, lists.noting, session=leaving.MANAGER),
    "retention-whole": _on(lists.ended, lists.whole),
    "retention-export": _on(lists.ended, lists.export),
    "retention-audits": _on(lists.ended, lists.audits, session=leaving.AUDITOR),
    "retention-audit": _on(lists.ended, lists.audit, session=leaving.AUDITOR),
    "retention-feedback": _on(_answered, feedbacks.step),
    "retention-problems": _on(feedbacks.told, feedbacks.problems, session=leaving.MANAGER),
    "retention-problem": _on(feedbacks.told, feedbacks.answering, session=leaving.MANAGER),
    "retention-silent": _on(lists.silent, lists.silent_lines),
    "signoffs": _waiting,
    "signoffs-case": _read_case,
}
