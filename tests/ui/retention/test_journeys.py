"""Customers who want to leave, from F8 to the end of the case, by keyboard alone on a real hall."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from counter_app.clock import FixedClock
from counter_app.domain.retention import Result, Signer, Stage
from counter_app.services import retention, retention_after
from counter_app.services.hall import OpenHall
from counter_app.storage import tables as t
from counter_app.storage.search_index import index_customers
from counter_app.ui.blocks import Label
from counter_app.ui.numbered import NumberedLine
from counter_app.ui.retention.signoff_panel import SignoffPanel
from tests import halls, leaving
from tests.ui.counter.whole import rest, whole
from tests.ui.retention.desks import AtDesk, at_desk


@pytest.fixture
def plain(hall: OpenHall) -> Iterator[AtDesk]:
    made = at_desk(hall)
    yield made
    made.close()


@pytest.fixture
def valued(hall: OpenHall) -> Iterator[AtDesk]:
    made = at_desk(hall, is_vip=True)
    yield made
    made.close()


def test_a_customer_is_kept_with_an_offer(plain: AtDesk) -> None:
    plain.open()
    assert plain.page == "talk"
    plain.talk()
    assert plain.page == "offers"
    plain.next()
    plain.answer("y")
    plain.next()
    assert plain.page == "end"
    case = plain.case.case
    assert (case.result, case.desk) == (Result.KEPT, Stage.KEPT)
    assert case.reasons == ("PRICE_PLAN_UNUSED", "COMPETITOR")
    assert [visit.line for visit in case.visits] == [1, 2, 3, 4]


def test_a_plain_customer_leaves_through_signature_and_gates(plain: AtDesk) -> None:
    plain.open()
    plain.talk()
    plain.enter("1")
    plain.answer("n")
    plain.next()
    assert plain.page == "customer"
    plain.next()
    assert "还没有签名" in plain.message, "an empty pad is no signature"
    plain.draw()
    plain.next()
    assert plain.page == "gates"
    plain.gates()
    assert plain.page == "order"
    plain.next()
    plain.next()
    assert plain.page == "end"
    case = plain.case.case
    assert (case.result, case.desk) == (Result.LEFT, Stage.CLOSED)
    assert case.held_until is not None
    plain.next()
    assert plain.page == "feedback", "the hall manager is told before the case is left"
    plain.next()
    assert plain.page == "end"
    plain.next()
    assert plain.window.counter.retention.view is None, "back at the list"


def test_leave_now_skips_the_talk_and_no_gate(plain: AtDesk) -> None:
    plain.open()
    plain.leave_now()
    assert plain.page == "talk", "the reason is still asked for"
    plain.talk("11")
    assert plain.page == "customer"
    plain.draw()
    plain.next()
    plain.gates()
    case = plain.case.case
    assert (case.result, case.desk, case.measures) == (Result.REFUSED_TALK, Stage.PROCESSING, ())


def test_a_valued_customer_is_received_by_the_manager_and_signed_for(valued: AtDesk) -> None:
    valued.open()
    assert valued.page == "manager"
    valued.next()
    valued.next()
    valued.sign_by("2001")
    assert valued.page == "talk"
    valued.talk("1")
    valued.enter("1")
    valued.answer("n")
    valued.next()
    assert valued.page == "sign"
    valued.next()
    valued.next()
    valued.sign_by("1002")
    assert valued.page == "customer"
    signed = {s.signer: s.staff_no for s in valued.case.case.signatures}
    assert signed == {Signer.MANAGER: "2001", Signer.RECEPTIONIST: "1002"}
    assert valued.window.counter.desk.who.staff_no == "1001", "the teller's session is never raised"


def test_the_teller_and_a_wrong_password_sign_nothing(valued: AtDesk) -> None:
    valued.open()
    valued.next()
    valued.next()
    valued.sign_by("1001")
    assert "1001" in valued.panel.error.text()
    valued.panel.staff_no.entry.setText("2001")
    valued.enter("not-the-password")
    assert "工号或密码不对" in valued.panel.error.text()
    assert valued.case.case.signatures == ()


def test_a_supervisor_refuses_with_a_reason_and_the_case_comes_back(valued: AtDesk) -> None:
    valued.open()
    for _ in range(2):
        valued.next()
    valued.sign_by("2001")
    valued.talk("1")
    valued.enter("1")
    valued.answer("n")
    valued.next()
    for _ in range(2):
        valued.next()
    panel = valued.panel
    valued.enter("2001")
    valued.type(halls.PASSWORD)
    panel.refuse_button.click()
    assert "还没有填写" in panel.words.error.text(), "a refusal needs its reason"
    valued.type("方案还可以谈")
    panel.refuse_button.click()
    rest()
    case = valued.case.case
    assert (case.desk, case.result) == (Stage.TALKING, None)
    assert valued.page == "offers"


def test_sixty_seconds_end_the_panel(valued: AtDesk) -> None:
    valued.open()
    valued.next()
    valued.next()
    for _ in range(60):
        valued.panel.tick()
    assert valued.window.shell.frame.panels.current() is None


def test_nobody_comes_and_that_stands_in_with_a_reason(valued: AtDesk, hall: OpenHall) -> None:
    valued.open()
    valued.next()
    assert [button.text() for button in valued.view.signing.lines.cards[0].buttons] == ["在此签字"]
    clock = hall.clock
    assert isinstance(clock, FixedClock)
    clock.moment += timedelta(minutes=11)
    valued.view.presenter.draw()
    stand_in = valued.view.signing.lines.cards[0].buttons[-1]
    assert stand_in.text() == "无人可签"
    stand_in.click()
    rest()
    valued.type("经理外出")
    valued.next()
    assert [s.not_available for s in valued.case.case.signatures] == ["经理外出"]
    assert valued.page == "talk"


def test_port_out_offers_nothing_and_shows_what_blocks_the_transfer(hall: OpenHall) -> None:
    desk = at_desk(hall, is_paid=False)
    desk.open()
    desk.type("15")
    assert "不作挽留" in desk.view.lead.text()
    desk.next()
    assert desk.page == "customer"
    desk.draw()
    desk.next()
    case = desk.case.case
    assert (case.measures, case.is_port_out) == ((), True)
    desk.next()
    assert desk.view.side.next.text().startswith("去收费"), "what is owed is named and leads to where it is paid"
    desk.next()
    assert desk.window.shell.frame.room() == "payments"
    view = desk.window.counter.payments.current()
    assert view is not None
    assert view.customer_id == desk.line.customer_id
    desk.close()


def test_the_customer_withdraws(plain: AtDesk) -> None:
    plain.open()
    plain.talk()
    plain.view.side.withdraw.click()
    rest()
    plain.next()
    assert (plain.case.case.result, plain.page) == (Result.WITHDRAWN, "end")


def test_a_window_that_closes_loses_nothing_and_a_colleague_goes_on(hall: OpenHall) -> None:
    plain = at_desk(hall)
    plain.open()
    plain.enter("2.1")
    plain.type("家里没信号")
    case_id = plain.view.presenter.case_id
    plain.close()
    again = whole(hall)
    again.sign_in("1002")
    desk = AtDesk(hall, plain.line, again)
    again.counter.frame.show_room("retention")
    rest()
    desk.press(Qt.Key.Key_Return)
    assert desk.view.presenter.case_id == case_id
    assert desk.view.form.lines["reasons"].entry.text() == "2.1"
    assert desk.view.form.lines["former_use"].entry.text() == "家里没信号"
    desk.next()
    assert desk.page == "offers"
    desk.close()


def test_typing_that_rests_is_in_the_file(plain: AtDesk) -> None:
    plain.open()
    plain.type("3")
    plain.view.presenter.keep_typed()
    assert plain.case.form.reason == "SERVICE"


def test_what_is_wrong_is_said_beside_its_line_and_stays_typed(plain: AtDesk) -> None:
    plain.open()
    plain.next()
    lines = plain.view.form.lines
    assert "还没有填" in lines["reasons"].error.text(), "no case goes on without a reason"
    plain.type("99")
    plain.next()
    assert "没有编号 99" in lines["reasons"].error.text()
    assert lines["reasons"].entry.text() == "99"
    lines["reasons"].entry.clear()
    plain.type("16")
    plain.next()
    assert lines["other_words"].error.text()
    assert lines["other_words"].isVisible()
    assert plain.page == "talk"


def test_an_offer_above_the_teller_is_signed_at_this_screen(plain: AtDesk) -> None:
    plain.open()
    plain.talk("7")
    plain.enter("1")
    assert plain.panel.heading.text() == "方案审批"
    plain.sign_by("2001")
    (measure,) = plain.case.case.measures
    assert measure.approver_no == "2001"
    assert plain.window.counter.desk.who.staff_no == "1001"


def test_f8_takes_up_the_case_that_is_open(plain: AtDesk) -> None:
    plain.open()
    first = plain.view.presenter.case_id
    plain.talk()
    plain.window.counter.frame.show_room("payments")
    rest()
    plain.press(Qt.Key.Key_F8)
    assert plain.view.presenter.case_id == first
    assert plain.page == "offers"


def test_f8_in_a_trade_without_the_form_says_so(tmp_path: Path) -> None:
    hall = halls.a_hall(tmp_path, trade="electricity")
    someone = halls.three_months_behind(hall)
    window = whole(hall)
    window.sign_in()
    window.counter.payments.open_customer(someone.customer_id)
    rest()
    window.press(Qt.Key.Key_F8)
    assert "没有离网挽留登记" in window.shell.frame.toast.label.text()
    assert not window.shell.frame.has_room("retention")
    window.close()
    hall.close()


def test_several_services_are_chosen_by_number(plain: AtDesk, hall: OpenHall) -> None:
    second = _second(hall, plain.line)
    plain.open()
    panel = plain.window.shell.frame.panels.current()
    assert panel is not None
    assert panel.findChildren(QLineEdit)
    plain.enter("2")
    assert plain.case.case.service_id == second


def _second(hall: OpenHall, line: leaving.Line) -> int:
    with hall.writing() as work:
        return halls.put(
            work,
            t.services,
            {
                "account_id": line.account_id,
                "kind": "broadband",
                "number": "0571-88880000",
                "plan": "300M",
                "state": "active",
                "state_since_on": "2022-01-01",
                "state_reason": "",
            },
        )


def as_supervisor(desk: AtDesk) -> SignoffPanel:
    """The teller signs out, the supervisor signs in and opens what waits."""
    desk.window.counter.sign_out()
    rest()
    desk.window.sign_in("2001")
    frame = desk.window.shell.frame
    assert frame._rooms["signoffs"][0].shown_text() == "审批 1"
    frame.show_room("signoffs")
    rest()
    desk.press(Qt.Key.Key_Return)
    return desk.panel


def back_to_the_case(desk: AtDesk) -> None:
    """The teller signs in again and takes the case up where it was."""
    desk.window.counter.sign_out()
    rest()
    desk.window.sign_in()
    desk.window.counter.frame.show_room("retention")
    rest()
    desk.press(Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    desk.press(Qt.Key.Key_Return)


def test_a_supervisor_reads_the_whole_case_and_signs_at_the_own_desk(valued: AtDesk, hall: OpenHall) -> None:
    valued.open()
    valued.next()
    case_no, case_id = valued.case.case.case_no, valued.view.presenter.case_id
    panel = as_supervisor(valued)
    words = " ".join(label.text() for label in panel.findChildren(Label))
    assert case_no in words
    assert "58.00" in words, "what the customer is worth, and the bills"
    assert not panel.staff_no.isVisible(), "nobody else signs at this desk"
    valued.enter("not-the-password")
    assert "工号或密码不对" in panel.error.text()
    valued.enter(halls.PASSWORD)
    assert valued.window.shell.frame.panels.current() is None
    case = retention.view(hall, leaving.MANAGER, case_id).case
    assert [(s.staff_no, s.signer) for s in case.signatures] == [("2001", Signer.MANAGER)]
    assert valued.window.shell.frame._rooms["signoffs"][0].shown_text() == "审批"
    back_to_the_case(valued)
    assert valued.page == "talk"


def test_a_supervisor_declines_at_the_own_desk_with_the_reason_that_the_teller_reads(valued: AtDesk) -> None:
    valued.open()
    valued.next()
    panel = as_supervisor(valued)
    valued.type(halls.PASSWORD)
    panel.refuse_button.click()
    assert "还没有填写" in panel.words.error.text()
    valued.type("请先谈积分")
    panel.refuse_button.click()
    rest()
    back_to_the_case(valued)
    assert valued.page == "manager"
    assert "请先谈积分" in " ".join(label.text() for label in valued.view.signing.findChildren(Label))


def test_an_offer_above_the_teller_waits_while_the_queue_goes_on(plain: AtDesk) -> None:
    plain.open()
    plain.talk("7")
    plain.enter("1")
    plain.press(Qt.Key.Key_F6)
    assert plain.window.shell.frame.panels.current() is None
    (waiting,) = plain.case.case.open_offers
    assert waiting.measure.offer == "EXTEND"
    assert plain.view.screen_shown is not None
    assert (plain.view.screen_shown.next.act, plain.view.screen_shown.can_leave_now) == ("", True)
    assert "已送审" in " ".join(label.text() for label in plain.view.offers.findChildren(Label))
    panel = as_supervisor(plain)
    assert panel.heading.text() == "方案审批"
    plain.enter(halls.PASSWORD)
    back_to_the_case(plain)
    plain.answer("y")
    plain.next()
    (measure,) = plain.case.case.measures
    assert (measure.approver_no, plain.case.case.result) == ("2001", Result.KEPT)


def test_a_click_on_a_reason_writes_its_number(plain: AtDesk) -> None:
    plain.open()
    reasons = plain.view.form.lines["reasons"]
    assert isinstance(reasons, NumberedLine)
    reasons.lists[0].buttons[1].click()
    reasons.lists[1].buttons[1].click()
    assert reasons.entry.text() == "2.2"
    assert plain.view.form.chosen.text() == "网速慢"


def test_a_leaver_is_found_with_the_days_that_the_number_is_kept_and_comes_back(plain: AtDesk, hall: OpenHall) -> None:
    plain.open()
    plain.leave_now()
    plain.talk("11")
    plain.draw()
    plain.next()
    plain.gates()
    plain.next()
    plain.next()
    plain.next()
    case_id = retention_after.holds_of(hall, leaving.TELLER, customer_ids=(plain.line.customer_id,))[0].case_id
    with hall.writing() as work:
        index_customers(work)
    frame = plain.window.shell.frame
    plain.press(Qt.Key.Key_F2)
    plain.type("13810002345")
    assert [row.note for row in frame.search.results._rows.rows] == ["号码保留，还有 182 天"]
    plain.press(Qt.Key.Key_Return)
    plain.press(Qt.Key.Key_F8)
    question = frame.panels.current()
    assert question is not None
    words = " ".join(label.text() for label in question.findChildren(Label))
    assert "182" in words
    assert "期内回来免收" in words
    plain.next()
    assert "重新入网" in frame.toast.label.text()
    assert retention.view(hall, leaving.TELLER, case_id).case.came_back_at is not None
    plain.press(Qt.Key.Key_F8)
    assert "没有可以离网的号码" in frame.toast.label.text()
