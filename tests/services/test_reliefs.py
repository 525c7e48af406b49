"""Late fees let off or put off: nobody decides what they asked for, no figure changes but what is due, days end it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.approvals import ApprovalMissing
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.relief_planning import ReliefWish
from counter_app.domain.relief_refusals import (
    DeferralDayWrong,
    DeferredAlready,
    NothingToRelieve,
    ReliefAsked,
    ReliefMovedOn,
    ReliefOwnAsking,
    ReliefReasonMissing,
    ReliefUsed,
    WaiverAboveDue,
)
from counter_app.domain.shifts import CashCount, ReasonMissing
from counter_app.domain.signoffs import SignoffByWorker
from counter_app.domain.staff import Role, Session
from counter_app.services import approvals, reliefs
from counter_app.services.relief_recording import DOCUMENT
from counter_app.storage.hall import OpenHall
from counter_app.storage.side_records import record_of_subject
from counter_app.storage.staff import add_staff
from tests import halls
from tests.halls import Someone
from tests.reliefs import ask, go_to, grant, supervisor, wish
from tests.sync.feeds import ask as rows
from tests.undoing import findings, state, undo


def refused(act: object, *args: object, **more: object) -> Refusal:
    """Why an act is refused."""
    assert callable(act)
    with pytest.raises(Refused) as no:
        act(*args, **more)
    return no.value.refusal


def fees(hall: OpenHall, someone: Someone) -> list[tuple[int, int]]:
    """What was computed of each open bill's late fee, and what of it is still due."""
    return [(one.working.computed_fen, one.working.due_fen) for one in halls.position(hall, someone).open_bills]


def third(hall: OpenHall, someone: Someone) -> ReliefWish:
    """The wish that the third open bill's late fee is let off."""
    return replace(wish(hall, someone), bill_ids=(halls.position(hall, someone).open_bills[2].bill.bill_id,))


def test_a_waiver_lessens_what_is_due_and_nothing_else_and_can_be_taken_back(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    before, untouched = fees(hall, someone), state(hall, someone.account_id)
    due_fen = before[0][1] + before[1][1]
    wanted = wish(hall, someone, count=2, amount_fen=due_fen - 10, document="低保证 330106199001011234")
    view = grant(hall, someone, wanted)
    assert [(x.step, x.approvers, x.asked_by) for x in view.reliefs] == [("approved", ("2001",), "1001")] * 2
    after = fees(hall, someone)
    assert [fee for fee, _ in after] == [fee for fee, _ in before]
    # the oldest bill first; what was asked for conserves to the fen
    assert [due for _, due in after] == [0, 10, before[2][1]]
    assert rows(
        hall, "SELECT account, sum(balance_fen) FROM balances WHERE account IN ('waived', 'late_fee') GROUP BY 1"
    ) == [
        ("late_fee", 10 - due_fen),
        ("waived", due_fen - 10),
    ]
    # what was shown names a person: it lies beside the journal, which has its hash
    assert not [text for (text,) in rows(hall, "SELECT content FROM entries") if "3301061990" in text]
    with hall.reading() as reading:
        kept = record_of_subject(reading, view.first.relief_id, DOCUMENT)
    assert kept is not None
    assert kept.content == "低保证 330106199001011234".encode()
    assert findings(hall) == []

    # a payment reckons with it; undone, it leaves the waiver as it was
    waived = state(hall, someone.account_id)
    _, paid = halls.pay(hall, someone, halls.cash(500))
    assert paid.facts.footer[0] == f"2 张账单的违约金已减免 {(due_fen - 10) // 100}.{(due_fen - 10) % 100:02}"
    assert refused(reliefs.case_of_end, hall, halls.teller(), view.first.relief_id, "不符合条件") == ReliefUsed(
        view.first.bill_no, paid.receipt_no, halls.NOW.date()
    )
    undo(hall, paid.payment_id)
    assert state(hall, someone.account_id) == waived

    # taken back by two people: every day's late fee is as before
    assert isinstance(refused(reliefs.case_of_end, hall, halls.teller(), view.first.relief_id, " "), ReasonMissing)
    case = reliefs.case_of_end(hall, halls.teller(), view.first.relief_id, "不符合条件")
    by = approvals.sign(hall, halls.teller(), case, staff_no="2001", password=halls.PASSWORD)
    ended = reliefs.end_waiver(hall, halls.teller(), view.first.relief_id, "不符合条件", by)
    assert ended.first.step == "ended"
    assert reliefs.end_waiver(hall, halls.teller(), view.first.relief_id, "不符合条件", by) == ended
    assert state(hall, someone.account_id) == untouched
    assert findings(hall) == []


def test_a_payment_before_a_waiver_is_undone_and_the_waiver_stays(hall: OpenHall) -> None:
    someone, twin = halls.three_months_behind(hall), halls.three_months_behind(hall, no="10002346", name="王五")
    halls.an_open_shift(hall)
    _, paid = halls.pay(hall, someone, halls.cash(50))
    for one in (someone, twin):
        bill = halls.position(hall, one).open_bills[2].bill
        view = grant(hall, one, third(hall, one))
        assert view.first.bill_no == bill.bill_no
    undo(hall, paid.payment_id)
    assert fees(hall, someone) == fees(hall, twin)
    assert findings(hall) == []


def test_nobody_decides_what_they_asked_for_whoever_is_signed_in(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    relief_id = ask(hall, someone, wish(hall, someone), session=supervisor())
    sessions: tuple[Session, ...] = (supervisor(), halls.teller(), halls.teller("1002"))
    for session in sessions:
        case = reliefs.case_of(hall, session, relief_id)
        assert not case.challenge.is_own_desk
        no = refused(approvals.sign, hall, session, case, staff_no="2001", password=halls.PASSWORD)
        assert no == SignoffByWorker("2001")
    assert refused(reliefs.decline, hall, supervisor(), relief_id, "不行", new_intent_id()) == ReliefOwnAsking("2001")
    # withdrawn, it can be asked for by the teller; the supervisor then decides it under the own sign-in
    reliefs.withdraw(hall, supervisor(), relief_id, new_intent_id())
    assert isinstance(refused(reliefs.case_of, hall, halls.teller(), relief_id), ReliefMovedOn)
    asked = ask(hall, someone, wish(hall, someone))
    assert isinstance(refused(ask, hall, someone, wish(hall, someone)), ReliefAsked)
    case = reliefs.case_of(hall, supervisor(), asked)
    assert (case.challenge.is_own_desk, case.challenge.asked_by, case.request.hands) == (
        True,
        "1001",
        frozenset({"1001"}),
    )
    by = approvals.sign(hall, supervisor(), case, staff_no="2001", password=halls.PASSWORD)
    # what was signed at the own desk is carried out there, and nowhere else
    assert isinstance(refused(reliefs.approve, hall, halls.teller(), asked, by), SignoffByWorker)
    view = reliefs.approve(hall, supervisor(), asked, by)
    assert reliefs.approve(hall, supervisor(), asked, by) == view, "asked again it is answered, and not done again"
    assert isinstance(refused(reliefs.decline, hall, supervisor(), asked, "晚了", new_intent_id()), ReliefMovedOn)
    assert {x.step for x in halls.position(hall, someone).open_bills[0].bill.reliefs} == {"withdrawn", "approved"}
    other = ask(hall, someone, third(hall, someone))
    declined = reliefs.decline(hall, supervisor(), other, "已经减免过", new_intent_id())
    assert (declined.first.step, declined.first.decided_by) == ("declined", "2001")
    assert findings(hall) == []


def test_a_deferral_is_a_question_of_the_day_and_a_lapsed_one_equals_none(hall: OpenHall) -> None:
    someone, twin = halls.three_months_behind(hall), halls.three_months_behind(hall, no="10002346", name="王五")
    wanted = wish(hall, someone, "defer")
    view = grant(hall, someone, wanted)
    position, other = halls.position(hall, someone), halls.position(hall, twin)
    assert position.debts[0].is_late_fee_deferred
    assert position.due_fen == other.due_fen - other.debts[0].late_fee_fen
    assert fees(hall, someone) == fees(hall, twin), "a deferral never changes the figure"
    assert refused(ask, hall, someone, wanted) == DeferredAlready(view.first.bill_no, halls.NOW.date() + timedelta(30))
    # what is paid meanwhile is the principal; the late fee stays owed, and comes back by itself
    halls.an_open_shift(hall)
    made, paid = halls.pay(hall, someone, halls.cash(97, 99), settle_fen=9_799)
    assert [(line.share.principal_fen, line.share.late_fee_fen) for line in made.lines] == [(9_799, 0)]
    assert paid.facts.footer == ("2026-06 违约金已暂缓，本次未收",)
    halls.close_shift(hall, halls.teller(), CashCount({10_000: 5}, 9_799), "", new_intent_id())
    last = go_to(hall, 30)
    assert (last, halls.position(hall, someone).debts[0].is_late_fee_deferred) == (view.first.until, True)
    on = go_to(hall, 1)
    lapsed = halls.position(hall, someone).debts[0]
    assert not lapsed.is_late_fee_deferred
    assert reliefs.view(hall, halls.teller(), view.first.relief_id).first.state(on) == "lapsed"
    assert lapsed.late_fee_fen > 0
    assert isinstance(
        refused(reliefs.end_deferral, hall, halls.teller(), view.first.relief_id, "客户现在缴", new_intent_id()),
        ReliefMovedOn,
    )
    assert findings(hall) == []


def test_a_deferral_ends_before_its_day_when_the_customer_pays_now(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    before = halls.position(hall, someone).debts
    view = grant(hall, someone, wish(hall, someone, "defer", count=3))
    assert halls.position(hall, someone).late_fee_fen == 0
    assert isinstance(
        refused(reliefs.end_deferral, hall, halls.teller(), view.first.relief_id, "", new_intent_id()), ReasonMissing
    )
    reliefs.end_deferral(hall, halls.teller(), view.first.relief_id, "客户现在缴", new_intent_id())
    assert halls.position(hall, someone).debts == before
    # what the pack, the day or the bill does not allow is refused before anything is written
    today = halls.NOW.date()
    bad = {
        DeferralDayWrong: wish(hall, someone, "defer", until=today),
        WaiverAboveDue: wish(hall, someone, amount_fen=before[0].late_fee_fen + 1),
        ReliefReasonMissing: replace(wish(hall, someone), reason_code="other"),
    }
    for kind, wanted in bad.items():
        assert isinstance(refused(ask, hall, someone, wanted), kind)
    grant(hall, someone, wish(hall, someone))
    assert refused(ask, hall, someone, wish(hall, someone)) == NothingToRelieve(f"{someone.account_id}-2026-06")
    assert findings(hall) == []


def test_a_large_waiver_takes_two_people_and_nobody_signs_it_alone_at_the_own_desk(hall: OpenHall) -> None:
    someone = halls.a_customer(hall)
    halls.a_bill(hall, someone.account_id, "2026-06", 50_000_000, due_on=date(2026, 7, 15))
    with hall.writing() as work:
        add_staff(work, "2002", "周敏", Role.SUPERVISOR, halls.verifier())
    relief_id = ask(hall, someone, wish(hall, someone))
    case = reliefs.case_of(hall, supervisor(), relief_id)
    assert (case.need.signatures, case.challenge.is_own_desk) == (2, False)
    teller = halls.teller()
    case = reliefs.case_of(hall, teller, relief_id)
    one = approvals.sign(hall, teller, case, staff_no="2001", password=halls.PASSWORD)
    assert isinstance(refused(reliefs.approve, hall, teller, relief_id, one), ApprovalMissing)
    both = approvals.sign(hall, teller, case, staff_no="2002", password=halls.PASSWORD, first=one)
    assert reliefs.approve(hall, teller, relief_id, both).first.approvers == ("2001", "2002")
    assert findings(hall) == []
