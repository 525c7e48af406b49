"""A retention case at the counter: one commit for each step, guards in the commit, nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.refusals import Refused
from counter_app.domain.retention import Act, Gate, Result, Signer, Stage
from counter_app.domain.retention_form import FieldMissing, OtherCaseOpen, ServiceNotActive
from counter_app.domain.retention_refusals import (
    EquipmentOpen,
    GateUnmet,
    ManagerFirst,
    NotAtThisStage,
    NumberNotHeld,
    OffersLocked,
    SignatureStillAwaited,
    SignerAtTheDesk,
    SignerWorkedOnCase,
    WordsNeeded,
)
from counter_app.domain.retention_rules import OfferAboveRole
from counter_app.domain.signoffs import SignoffByWorker, SignoffExpired, SignoffForOther
from counter_app.domain.staff import Role, StaffState
from counter_app.domain.staff_refusals import NoRight, SignedOut
from counter_app.services import restores, retention, retention_after, retention_signing, staff
from counter_app.services.retention_after import MissNeeded, VisitTooEarly, WordUnknown
from counter_app.services.retention_desk import CaseUnknown, DoneAsAnotherStep, NoRetentionForm
from counter_app.storage.cancellations import order_of
from counter_app.storage.hall import OpenHall
from counter_app.storage.side_records import find_record
from counter_app.storage.verify import verify
from counter_app.storage.visits import visits_of
from tests import halls, leaving
from tests.leaving import COLLEAGUE, MANAGER, TELLER


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = leaving.a_hall(tmp_path / "hall")
    halls.an_open_shift(opened)
    yield opened
    opened.close()


def entries(hall: OpenHall) -> int:
    with hall.reading() as reading:
        row = reading.driver.execute("SELECT count(*) FROM entries").fetchone()
    assert row is not None
    return int(row[0])


def state_of(hall: OpenHall, line: leaving.Line) -> str:
    with hall.reading() as reading:
        row = reading.driver.execute("SELECT state FROM services WHERE id = ?", (line.service_id,)).fetchone()
    assert row is not None
    return str(row[0])


def gone(hall: OpenHall, line: leaving.Line) -> str:
    """An ordinary customer who goes at once, up to the signature of the customer."""
    case_id = leaving.open_case(hall, line).case.case_id
    retention.leave_now(hall, TELLER, case_id, new_intent_id())
    leaving.with_reason(hall, case_id)
    retention.sign_customer(hall, TELLER, case_id, leaving.DRAWING, new_intent_id())
    return case_id


# --- the whole way ---


def test_a_case_opens_with_the_value_check_and_the_form_from_the_bills(hall: OpenHall) -> None:
    shown = leaving.open_case(hall, leaving.a_line(hall, months=(9_000, 6_000, 3_000)))
    assert shown.case.stage is Stage.VALUE_CHECKED
    assert (shown.form.average_fen, [m.total_fen for m in shown.form.used]) == (6_000, [9_000, 6_000, 3_000])
    assert (shown.form.name, shown.form.id_number) == ("张伟", "11010519491231002X")
    assert shown.facts.owed_fen == 18_000
    assert shown.case.case_no == "HZ01-03-20261121-0001"
    with hall.reading() as reading:
        kept = find_record(reading, shown.case.form)
    assert kept is not None
    assert (kept.subject, kept.kind, kept.is_whole) == (shown.case.case_id, "retention.form", True)


def test_a_valued_customer_stays_and_four_visits_are_planned(hall: OpenHall) -> None:
    case_id = leaving.tell(hall, leaving.a_line(hall, is_vip=True), leaving.KEPT)
    case = retention.view(hall, TELLER, case_id).case
    assert (case.result, case.stage) == (Result.KEPT, Stage.FOLLOW_UP)
    assert [visit.due_on.month for visit in case.visits] == [12, 1, 2, 3]
    assert [m.approver_no for m in case.measures] == ["", "2001"]
    with hall.reading() as reading:
        assert [v.outcome for v in visits_of(reading, case_id)] == ["content", None, None, None]
        assert [v.is_line_alive for v in visits_of(reading, case_id)] == [True, None, None, None]


def test_a_valued_customer_goes_and_the_number_is_kept(hall: OpenHall) -> None:
    line = leaving.a_line(hall, is_vip=True)
    case_id = leaving.tell(hall, line, leaving.LEFT)
    case = retention.view(hall, TELLER, case_id).case
    assert (case.result, case.is_audit_passed, case.misses) == (Result.LEFT, False, ("id",))
    assert (case.held_until, state_of(hall, line)) == (date(2027, 5, 21), "closed")
    assert (case.waived_by, case.waived_fen) == ("2001", 12_000)
    with hall.reading() as reading:
        order = order_of(reading, case_id)
        assert order is not None
        assert (order.state, order.equipment) == ("closed", (("modem", "recovered"),))
        assert [v.outcome for v in visits_of(reading, case_id)] == ["not_reached", None]
    back = retention_after.reentry_of(hall, TELLER, line.customer_id, 2_000)
    assert back is not None
    assert (back.number, back.fee_fen) == ("13810002345", 0)
    (hold,) = retention_after.holds_of(hall, TELLER, "13810002345")
    assert hold.days_left(date(2027, 5, 21)) == 1
    assert retention_after.holds_of(hall, TELLER, customer_ids=(line.customer_id,)) == (hold,)
    leaving.later(hall, days=182)
    assert retention_after.reentry_of(hall, TELLER, line.customer_id, 2_000) is None
    assert retention_after.holds_of(hall, TELLER, "13810002345") == ()


def test_who_comes_back_takes_the_number_once_and_no_fee_is_asked(hall: OpenHall) -> None:
    case_id = leaving.left_at_once(hall, "10002345", "PRICE")
    leaving.later(hall, days=100)
    intent = new_intent_id()
    for _ in range(2):
        shown = retention_after.come_back(hall, COLLEAGUE, case_id, intent)
    assert shown.case.came_back_at is not None
    assert shown.case.workers == {"1001"}
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT content FROM entries WHERE kind = 'retention.reenter'").fetchall()
    assert [json.loads(content)["body"]["is_yes"] for (content,) in rows] == [True]
    assert retention_after.holds_of(hall, TELLER, "13810002345") == ()
    with pytest.raises(Refused) as refused:
        retention_after.come_back(hall, COLLEAGUE, case_id, new_intent_id())
    assert refused.value.refusal == NumberNotHeld(shown.case.case_no)
    assert verify(hall.store).findings == ()


def test_after_half_a_year_nothing_is_kept(hall: OpenHall) -> None:
    case_id = leaving.left_at_once(hall, "10002345", "PRICE")
    leaving.later(hall, days=182)
    with pytest.raises(Refused) as refused:
        retention_after.come_back(hall, TELLER, case_id, new_intent_id())
    assert isinstance(refused.value.refusal, NumberNotHeld)


def test_a_leaver_without_consent_is_not_visited(hall: OpenHall) -> None:
    line = leaving.a_line(hall)
    case_id = gone(hall, line)
    leaving.pay_all(hall, line)
    for gate in Gate:
        retention.check_gate(hall, TELLER, case_id, gate, new_intent_id())
    retention_after.process(hall, TELLER, case_id, new_intent_id())
    assert state_of(hall, line) == "frozen"
    with pytest.raises(Refused) as refused:
        retention_after.close(hall, TELLER, case_id, new_intent_id())
    assert isinstance(refused.value.refusal, EquipmentOpen)
    retention_after.recover(hall, TELLER, case_id, [], new_intent_id())
    assert retention_after.close(hall, TELLER, case_id, new_intent_id()).case.visits == ()


# --- nothing twice, nothing under a wrong name ---


def test_an_intent_that_was_carried_out_changes_nothing_again(hall: OpenHall) -> None:
    line = leaving.a_line(hall)
    intent_id = new_intent_id()
    first = retention.open_case(hall, TELLER, line.service_id, line.customer_id, intent_id)
    case_id = first.case.case_id
    before = entries(hall)
    again = retention.open_case(hall, TELLER, line.service_id, line.customer_id, intent_id)
    assert (again.case, entries(hall)) == (first.case, before)
    talked = retention.talk(hall, TELLER, case_id, talking := new_intent_id())
    before = entries(hall)
    assert retention.talk(hall, TELLER, case_id, talking).case == talked.case
    assert entries(hall) == before
    for act in (retention.withdraw, retention_after.process):
        with pytest.raises(Refused) as refused:
            act(hall, TELLER, case_id, talking)
        assert refused.value.refusal == DoneAsAnotherStep("retention.talk")
    with pytest.raises(Refused) as refused:
        retention.open_case(hall, TELLER, line.service_id, line.customer_id, talking)
    assert refused.value.refusal == DoneAsAnotherStep("retention.talk")


def test_a_service_has_one_open_case_and_a_closed_one_none(hall: OpenHall) -> None:
    line = leaving.a_line(hall)
    case = leaving.open_case(hall, line).case
    with pytest.raises(Refused) as refused:
        leaving.open_case(hall, line, COLLEAGUE)
    assert refused.value.refusal == OtherCaseOpen(case.case_no)
    retention.withdraw(hall, COLLEAGUE, case.case_id, new_intent_id())
    assert leaving.open_case(hall, line).case.case_no == "HZ01-03-20261121-0002"
    other = leaving.a_line(hall, no="10002346")
    with hall.writing() as work:
        work.driver.execute("UPDATE services SET state = 'closed' WHERE id = ?", (other.service_id,))
    with pytest.raises(Refused) as refused:
        leaving.open_case(hall, other)
    assert isinstance(refused.value.refusal, ServiceNotActive)


def test_a_case_that_nobody_opened_is_unknown(hall: OpenHall) -> None:
    for look in (retention.view, lambda h, w, c: retention.talk(h, w, c, new_intent_id())):
        with pytest.raises(Refused) as refused:
            look(hall, TELLER, "no such")
        assert refused.value.refusal == CaseUnknown("no such")


def test_another_trade_keeps_no_form(tmp_path: Path) -> None:
    hall = halls.a_hall(tmp_path / "water", trade="water")
    line = leaving.a_line(hall)
    with pytest.raises(Refused) as refused:
        leaving.open_case(hall, line)
    assert refused.value.refusal == NoRetentionForm("water")
    hall.close()


# --- gates ---


def test_the_gates_are_asked_again_in_the_commit_that_cancels(hall: OpenHall) -> None:
    line = leaving.a_line(hall)
    case_id = gone(hall, line)
    with pytest.raises(Refused) as refused:
        retention.check_gate(hall, TELLER, case_id, Gate.SETTLED, new_intent_id())
    assert refused.value.refusal == GateUnmet(Gate.SETTLED, owed_fen=17_400)
    leaving.pay_all(hall, line)
    for gate in Gate:
        retention.check_gate(hall, TELLER, case_id, gate, new_intent_id())
    halls.a_bill(hall, line.account_id, "2026-11", 1_234, due_on=date(2026, 12, 20))
    before = entries(hall)
    with pytest.raises(Refused) as refused:
        retention_after.process(hall, TELLER, case_id, new_intent_id())
    assert refused.value.refusal == GateUnmet(Gate.SETTLED, owed_fen=1_234)
    assert (entries(hall), state_of(hall, line)) == (before, "active")
    leaving.pay_all(hall, line)
    assert retention_after.process(hall, TELLER, case_id, new_intent_id()).case.stage is Stage.PROCESSING


def test_late_fee_of_the_day_is_owed_at_the_gate(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    with hall.reading() as reading:
        (service_id,) = reading.driver.execute("SELECT id FROM services").fetchone() or (0,)
    shown = leaving.open_case(hall, leaving.Line(someone.customer_id, someone.account_id, service_id))
    assert shown.facts.owed_fen == halls.position(hall, someone).due_fen > 30_000


def test_a_restored_line_that_was_given_up_stays_frozen(hall: OpenHall) -> None:
    line = leaving.a_line(hall)
    with hall.writing() as work:
        work.driver.execute("UPDATE services SET state = 'stopped', state_reason = 'arrears'")
    case_id = gone(hall, line)
    leaving.pay_all(hall, line)
    (running,) = restores.running(hall)
    for gate in Gate:
        retention.check_gate(hall, TELLER, case_id, gate, new_intent_id())
    retention_after.process(hall, TELLER, case_id, new_intent_id())
    restores.confirm(hall, TELLER, running.order_id)
    assert state_of(hall, line) == "frozen"


def test_the_customer_signs_a_whole_form_with_something(hall: OpenHall) -> None:
    line = leaving.a_line(hall)
    case_id = leaving.open_case(hall, line).case.case_id
    retention.leave_now(hall, TELLER, case_id, new_intent_id())
    with pytest.raises(Refused) as refused:
        retention.sign_customer(hall, TELLER, case_id, leaving.DRAWING, new_intent_id())
    assert refused.value.refusal == FieldMissing("reason")
    leaving.with_reason(hall, case_id)
    with pytest.raises(Refused) as refused:
        retention.sign_customer(hall, TELLER, case_id, b"", new_intent_id())
    assert refused.value.refusal == FieldMissing("customer_signature")
    signed = retention.sign_customer(hall, TELLER, case_id, b"on paper", new_intent_id(), how="paper")
    with hall.reading() as reading:
        kept = find_record(reading, signed.case.customer_signature)
    assert kept is not None
    assert (kept.subject, kept.kind, kept.content) == (case_id, "retention.signature.paper", b"on paper")
    again = retention.correct(hall, TELLER, case_id, new_intent_id())
    assert (again.case.stage, again.case.customer_signature) == (Stage.REFUSED, "")


# --- signatures ---


def test_leaving_at_once_asks_for_the_missing_signatures_and_a_stand_in_waits(hall: OpenHall) -> None:
    case_id = leaving.open_case(hall, leaving.a_line(hall, is_vip=True)).case.case_id
    shown = retention.leave_now(hall, TELLER, case_id, new_intent_id())
    assert {asked.signer for asked in shown.case.asked} == set(Signer)
    assert shown.missing == (Signer.MANAGER, Signer.RECEPTIONIST)
    with pytest.raises(Refused) as refused:
        retention_signing.stand_in(hall, TELLER, case_id, Signer.MANAGER, "不在厅", new_intent_id())
    assert isinstance(refused.value.refusal, SignatureStillAwaited)
    leaving.later(hall, minutes=10)
    shown = retention_signing.stand_in(hall, TELLER, case_id, Signer.MANAGER, "不在厅", new_intent_id())
    assert [s.not_available for s in shown.case.unavailable] == ["不在厅"]


def test_no_talk_with_a_valued_customer_before_the_manager(hall: OpenHall) -> None:
    case_id = leaving.open_case(hall, leaving.a_line(hall, is_vip=True)).case.case_id
    with pytest.raises(Refused) as refused:
        retention.talk(hall, TELLER, case_id, new_intent_id())
    assert isinstance(refused.value.refusal, ManagerFirst)


def test_a_decline_says_why_and_brings_the_case_back_to_the_talk(hall: OpenHall) -> None:
    line = leaving.a_line(hall, is_vip=True)
    names = [name for name, _ in leaving.LEFT]
    case_id = leaving.tell(hall, line, leaving.LEFT[: names.index("reception signs")])
    no = leaving.signed(hall, case_id, Act.DECLINE, Signer.RECEPTIONIST, by="1002")
    with pytest.raises(Refused) as refused:
        retention_signing.decline(hall, TELLER, case_id, Signer.RECEPTIONIST, " ", no)
    assert refused.value.refusal == WordsNeeded(Act.DECLINE)
    words = "电话 13800138000 未核实"
    with pytest.raises(Refused) as refused:
        retention_signing.decline(hall, TELLER, case_id, Signer.RECEPTIONIST, words, no)
    assert refused.value.refusal == SignoffForOther("words"), "the reason is a part of what was signed"
    no = leaving.signed(hall, case_id, Act.DECLINE, Signer.RECEPTIONIST, by="1002", words=words)
    shown = retention_signing.decline(hall, TELLER, case_id, Signer.RECEPTIONIST, words, no)
    assert (shown.case.stage, shown.case.result) == (Stage.TALKING, None)
    with hall.reading() as reading:
        (content,) = reading.driver.execute(
            "SELECT content FROM entries WHERE kind = 'retention.decline'"
        ).fetchone() or ("",)
    assert "13800138000" not in str(content)


def test_a_signature_is_for_one_case_as_it_was_shown_and_for_a_minute(hall: OpenHall) -> None:
    case_id = leaving.open_case(hall, leaving.a_line(hall, is_vip=True)).case.case_id
    retention_signing.ask_signature(hall, TELLER, case_id, Signer.MANAGER, new_intent_id())
    signed = leaving.signed(hall, case_id, signer=Signer.MANAGER)
    with pytest.raises(Refused) as refused:
        retention_signing.sign(hall, TELLER, case_id, Signer.RECEPTIONIST, signed)
    assert refused.value.refusal == SignoffForOther("action")
    leaving.with_reason(hall, case_id)
    with pytest.raises(Refused) as refused:
        retention_signing.sign(hall, TELLER, case_id, Signer.MANAGER, signed)
    assert refused.value.refusal == SignoffForOther("shown")
    signed = leaving.signed(hall, case_id, signer=Signer.MANAGER)
    leaving.later(hall, seconds=60)
    with pytest.raises(Refused) as refused:
        retention_signing.sign(hall, TELLER, case_id, Signer.MANAGER, signed)
    assert refused.value.refusal == SignoffExpired(60)
    signed = leaving.signed(hall, case_id, signer=Signer.MANAGER)
    retention_signing.sign(hall, TELLER, case_id, Signer.MANAGER, signed)
    before = entries(hall)
    retention_signing.sign(hall, TELLER, case_id, Signer.MANAGER, signed)
    assert entries(hall) == before


def test_who_signs_has_the_right_and_did_nothing_of_the_case(hall: OpenHall) -> None:
    case_id = leaving.open_case(hall, leaving.a_line(hall, is_vip=True)).case.case_id
    retention_signing.ask_signature(hall, TELLER, case_id, Signer.MANAGER, new_intent_id())
    for by, refusal in (("1002", NoRight), ("1001", SignoffByWorker)):
        with pytest.raises(Refused) as refused:
            leaving.signed(hall, case_id, signer=Signer.MANAGER, by=by)
        assert isinstance(refused.value.refusal, refusal)
    # the teller's colleague took over: neither of them signs, whoever is at the screen
    leaving.later(hall, minutes=1)
    form = replace(retention.view(hall, MANAGER, case_id).form, reason="PRICE")
    retention.save_form(hall, MANAGER, case_id, form, new_intent_id())
    with pytest.raises(Refused) as refused:
        leaving.signed(hall, case_id, signer=Signer.MANAGER, session=COLLEAGUE)
    assert refused.value.refusal == SignoffByWorker("2001")


def test_who_was_locked_or_moved_within_the_minute_has_not_signed(hall: OpenHall) -> None:
    case_id = leaving.open_case(hall, leaving.a_line(hall, is_vip=True)).case.case_id
    retention_signing.ask_signature(hall, TELLER, case_id, Signer.MANAGER, new_intent_id())
    signed = leaving.signed(hall, case_id, signer=Signer.MANAGER)
    admin = halls.teller("9001", Role.ADMIN)
    staff.change(hall, admin, "2001", name="赵敏", role=Role.SUPERVISOR, state=StaffState.LOCKED)
    with pytest.raises(Refused) as refused:
        retention_signing.sign(hall, TELLER, case_id, Signer.MANAGER, signed)
    assert refused.value.refusal == SignedOut("2001", "locked")
    staff.change(hall, admin, "2001", name="赵敏", role=Role.TELLER, state=StaffState.ACTIVE)
    with pytest.raises(Refused) as refused:
        retention_signing.sign(hall, TELLER, case_id, Signer.MANAGER, signed)
    assert isinstance(refused.value.refusal, NoRight)


def test_who_signed_does_no_desk_work_but_may_send_it_back(hall: OpenHall) -> None:
    names = [name for name, _ in leaving.LEFT]
    case_id = leaving.tell(hall, leaving.a_line(hall, is_vip=True), leaving.LEFT[: names.index("customer")])
    with pytest.raises(Refused) as refused:
        retention.sign_customer(hall, MANAGER, case_id, leaving.DRAWING, new_intent_id())
    assert refused.value.refusal == SignerAtTheDesk("2001")
    assert retention.correct(hall, MANAGER, case_id, new_intent_id()).case.workers == {"1001"}


# --- offers ---


def test_an_offer_costs_what_the_pack_says_and_above_the_role_somebody_else_gives_it(hall: OpenHall) -> None:
    case_id = leaving.open_case(hall, leaving.a_line(hall)).case.case_id
    retention.talk(hall, TELLER, case_id, new_intent_id())
    with pytest.raises(Refused) as refused:
        retention_signing.offer(hall, TELLER, case_id, "GIFT_FEE", 40, 3, new_intent_id())
    assert refused.value.refusal == OfferAboveRole("GIFT_FEE", 12_000, Role.TELLER, (Role.SUPERVISOR, Role.ADMIN))
    measure = retention_signing.measure_of(retention.view(hall, TELLER, case_id), "GIFT_FEE", 40, 3)
    assert measure.cost_fen == 12_000
    signed = leaving.signed(hall, case_id, Act.OFFER, measure=measure)
    with pytest.raises(Refused) as refused:
        retention_signing.offer_signed(hall, TELLER, case_id, "GIFT_FEE", 50, 3, signed)
    assert refused.value.refusal == SignoffForOther("outcome")
    shown = retention_signing.offer_signed(hall, TELLER, case_id, "GIFT_FEE", 40, 3, signed)
    assert [(m.cost_fen, m.approver_no) for m in shown.case.measures] == [(12_000, "2001")]


def test_an_offer_of_the_hall_admin_is_signed_by_an_admin_alone(hall: OpenHall) -> None:
    case_id = leaving.open_case(hall, leaving.a_line(hall)).case.case_id
    retention.talk(hall, TELLER, case_id, new_intent_id())
    measure = retention_signing.measure_of(retention.view(hall, TELLER, case_id), "DEVICE", 200, 0)
    by_supervisor = leaving.signed(hall, case_id, Act.OFFER, measure=measure)
    with pytest.raises(Refused) as refused:
        retention_signing.offer_signed(hall, TELLER, case_id, "DEVICE", 200, 0, by_supervisor)
    assert refused.value.refusal == OfferAboveRole("DEVICE", 20_000, Role.SUPERVISOR, (Role.ADMIN,))
    by_admin = leaving.signed(hall, case_id, Act.OFFER, measure=measure, by="9001")
    assert retention_signing.offer_signed(hall, TELLER, case_id, "DEVICE", 200, 0, by_admin).case.measures


def test_a_contract_that_asks_more_than_was_waived_asks_again(hall: OpenHall) -> None:
    line = leaving.a_line(hall)
    leaving.pay_all(hall, line)

    def asks(yuan: str) -> None:
        with hall.writing() as work:
            work.driver.execute("UPDATE accounts SET facts = json_object('合约违约金', ?)", (yuan,))

    asks("120.00")
    case_id = gone(hall, line)
    why = "设备已退"
    for yuan, fen in (("120.00", 12_000), ("150.00", 15_000)):
        asks(yuan)
        with pytest.raises(Refused) as refused:
            retention.check_gate(hall, TELLER, case_id, Gate.SETTLED, new_intent_id())
        assert refused.value.refusal == GateUnmet(Gate.SETTLED, 0, fen)
        signed = leaving.signed(hall, case_id, Act.WAIVE_CONTRACT, words=why)
        shown = retention_signing.waive_contract(hall, TELLER, case_id, why, signed)
        assert shown.case.waived_fen == fen
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT content FROM entries WHERE kind = 'retention.waive_contract'").fetchall()
    assert [json.loads(content)["body"]["amount_fen"] for (content,) in rows] == [12_000, 15_000]
    assert retention.check_gate(hall, TELLER, case_id, Gate.SETTLED, new_intent_id()).case.gates == {Gate.SETTLED}


def test_after_a_port_out_nothing_is_offered(hall: OpenHall) -> None:
    case_id = leaving.open_case(hall, leaving.a_line(hall)).case.case_id
    retention.talk(hall, TELLER, case_id, new_intent_id())
    leaving.with_reason(hall, case_id, "PORT_OUT")
    with pytest.raises(Refused) as refused:
        retention_signing.offer(hall, TELLER, case_id, "FIX", 1, 0, new_intent_id())
    assert isinstance(refused.value.refusal, OffersLocked)
    assert retention.leave(hall, TELLER, case_id, new_intent_id()).case.stage is Stage.REFUSED


def test_a_number_that_moves_to_another_operator_is_not_kept(hall: OpenHall) -> None:
    line = leaving.a_line(hall)
    case_id = leaving.open_case(hall, line).case.case_id
    leaving.with_reason(hall, case_id, "PORT_OUT")
    retention.leave_now(hall, TELLER, case_id, new_intent_id())
    first = next(at for at, (name, _do) in enumerate(leaving.LEFT) if name == "customer")
    for name, do in leaving.LEFT[first:]:
        if name not in ("audit", "visit"):
            do(hall, case_id, line)
    assert retention_after.holds_of(hall, TELLER, "13810002345") == ()
    assert retention.view(hall, TELLER, case_id).case.held_until is None
    assert verify(hall.store).findings == ()


# --- audit and visits ---


def test_an_audit_names_its_misses_and_is_by_somebody_else(hall: OpenHall) -> None:
    case_id = leaving.tell(hall, leaving.a_line(hall, is_vip=True), leaving.KEPT[:-2])
    for words, misses, refusal in (
        ("证件不清", (), MissNeeded()),
        ("", ("hat",), WordUnknown("miss", "hat", retention_after.MISSES)),
        ("", ("id",), WordsNeeded(Act.AUDIT)),
    ):
        with pytest.raises(Refused) as refused:
            retention_after.audit(hall, leaving.AUDITOR, case_id, new_intent_id(), misses=misses, words=words)
        assert refused.value.refusal == refusal
    with pytest.raises(Refused) as refused:
        retention_after.audit(hall, MANAGER, case_id, new_intent_id())
    assert refused.value.refusal == SignerWorkedOnCase("2001")
    assert retention_after.audit(hall, leaving.AUDITOR, case_id, new_intent_id()).case.is_audit_passed


def test_a_visit_may_plan_the_next_one_after_today(hall: OpenHall) -> None:
    case_id = leaving.tell(hall, leaving.a_line(hall, is_vip=True), leaving.KEPT)
    with pytest.raises(Refused) as refused:
        retention_after.visit(hall, TELLER, case_id, 2, "unhappy", new_intent_id(), next_on=date(2026, 11, 21))
    assert refused.value.refusal == VisitTooEarly(date(2026, 11, 21))
    with pytest.raises(Refused) as refused:
        retention_after.visit(hall, TELLER, case_id, 2, "13800138000", new_intent_id())
    assert isinstance(refused.value.refusal, WordUnknown)
    shown = retention_after.visit(hall, TELLER, case_id, 2, "unhappy", new_intent_id(), next_on=date(2026, 12, 1))
    assert [(v.line, v.is_done) for v in shown.case.visits] == [
        (1, True),
        (2, True),
        (3, False),
        (4, False),
        (5, False),
    ]


def test_equipment_has_an_outcome_that_the_hall_knows(hall: OpenHall) -> None:
    case_id = leaving.open_case(hall, leaving.a_line(hall)).case.case_id
    with pytest.raises(Refused) as refused:
        retention_after.recover(hall, TELLER, case_id, [("modem", "sold")], new_intent_id())
    with pytest.raises(Refused) as unknown:
        retention_after.recover(hall, TELLER, case_id, [("ONT", "kept")], new_intent_id())
    assert isinstance(unknown.value.refusal, WordUnknown)
    assert unknown.value.refusal.field == "equipment"
    assert isinstance(refused.value.refusal, WordUnknown)
    with pytest.raises(Refused) as refused:
        retention_after.recover(hall, TELLER, case_id, [("modem", "kept")], new_intent_id())
    assert isinstance(refused.value.refusal, NotAtThisStage)


# --- the journal names nobody ---


def test_no_entry_of_a_case_holds_a_name_a_number_or_words_of_the_customer(hall: OpenHall) -> None:
    line = leaving.a_line(hall, is_vip=True)
    case_id = leaving.tell(hall, line, leaving.RECEIVED)
    leaving.with_reason(
        hall, case_id, later_contact="13911112222", suggestions="多开窗口", is_contact_agreed=True, agreed_at=halls.NOW
    )
    names = [name for name, _ in leaving.LEFT]
    for _name, do in leaving.LEFT[names.index("no again") :]:
        do(hall, case_id, line)
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT content FROM entries WHERE kind LIKE 'retention.%'").fetchall()
        (form,) = reading.driver.execute(
            "SELECT content FROM side_records WHERE kind = 'retention.form' ORDER BY entry DESC"
        ).fetchone() or (b"",)
    text = "".join(str(content) for (content,) in rows)
    for word in ("张伟", "13810002345", "11010519491231002X", "13911112222", "多开窗口", "幸福路"):
        assert word not in text
    assert "多开窗口" in form.decode("utf-8")
