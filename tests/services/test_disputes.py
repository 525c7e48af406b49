"""Disputes as the window has them: frozen at once, released by the customer, decided by two people, to the fen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.approvals import ApprovalKind, ApprovalMissing
from counter_app.domain.bills import TAKEN_BACK
from counter_app.domain.disputes import (
    Decision,
    DisputeChanged,
    DisputeDecided,
    DisputeReasonMissing,
    DisputeTooLarge,
    is_in_dispute,
)
from counter_app.domain.late_fees import late_fee
from counter_app.domain.refusals import Refused
from counter_app.domain.signoffs import SignoffByWorker
from counter_app.domain.staff import Role
from counter_app.domain.undo_refusals import LaterPaymentUsedIt
from counter_app.services import disputes
from counter_app.services import undo as undoing
from counter_app.services.disputes import BillCase, DecisionWish, DisputeDone, DisputeWish
from counter_app.storage import tables as t
from counter_app.storage.hall import OpenHall
from counter_app.storage.staff import add_staff
from tests import halls
from tests.halls import Someone
from tests.undoing import findings, signatures, state

DUE = date(2026, 7, 15)
WISH = DisputeWish(1, 60_000, "not_used", "清单与通话不符", said="她说那天手机不在身边")


def a_quarrel(hall: OpenHall) -> tuple[Someone, int]:
    """The customer of the source's case: 670 yuan, of which 600 for calls."""
    someone = halls.a_customer(hall, name="张伟")
    bill_id = halls.a_bill(hall, someone.account_id, "2026-06", 67_000, due_on=DUE)
    with hall.writing() as work:
        for line, (item, fen) in enumerate((("calls", 60_000), ("rent", 7_000)), 1):
            halls.put(work, t.bill_items, {"bill_id": bill_id, "line": line, "item": item, "amount_fen": fen})
    return someone, bill_id


def case_of(hall: OpenHall, someone: Someone, bill_id: int) -> BillCase:
    return disputes.look(hall, halls.teller(), someone.customer_id, bill_id)


def freeze(hall: OpenHall, someone: Someone, bill_id: int, wish: DisputeWish = WISH) -> DisputeDone:
    return disputes.open_dispute(hall, halls.teller(), someone.customer_id, bill_id, wish, new_intent_id())


def settle(
    hall: OpenHall, someone: Someone, bill_id: int, wish: DecisionWish, *, by: str = "2001"
) -> tuple[Decision, DisputeDone]:
    """Look, sign and decide; asked again with the same signature it is the same decision."""
    who = halls.teller("1002")
    case = case_of(hall, someone, bill_id)
    shown = disputes.look_decision(hall, who, case, wish)
    (signed,) = signatures(hall, who, disputes.request(case, shown, wish), by=(by,))
    done = disputes.decide(hall, who, case, shown, wish, signed)
    assert disputes.decide(hall, who, case, shown, wish, signed) == done
    return shown, done


def due(hall: OpenHall, someone: Someone) -> int:
    return halls.position(hall, someone).due_fen


def test_a_line_is_frozen_the_rest_is_paid_and_what_stands_is_owed_as_ever(hall: OpenHall) -> None:
    someone, bill_id = a_quarrel(hall)
    halls.an_open_shift(hall)
    never = state(hall, someone.account_id)["owed"]
    before_fen = due(hall, someone)
    opened = freeze(hall, someone, bill_id)
    assert due(hall, someone) == before_fen - 60_000
    case = case_of(hall, someone, bill_id)
    (dispute,) = case.disputes
    assert (dispute.dispute_id, dispute.frozen_fen, is_in_dispute(case.bill)) == (opened.dispute_id, 60_000, True)
    assert case.known[dispute.dispute_id][4:] == ("calls", 60_000, case.on.isoformat(), "not_used", "1001")
    with hall.reading() as reading:
        ask = reading.driver.execute
        assert ask("SELECT body, customer_id FROM notes").fetchall() == [(WISH.said, someone.customer_id)]
        texts = ask("SELECT content FROM entries").fetchall()
        assert texts
        assert not [text for (text,) in texts if WISH.said in text]
        assert ask("SELECT count(*) FROM postings WHERE account = 'disputed'").fetchone() == (0,)
    shown, done = settle(hall, someone, bill_id, DecisionWish(opened.dispute_id, 0, "清单无误"))
    assert (shown.outcome, done.fen, done.back_fen, done.approver_no) == ("stands", 0, 0, "2001")
    # as if it had never been frozen, on every later day
    assert state(hall, someone.account_id)["owed"] == never
    assert not is_in_dispute(case_of(hall, someone, bill_id).bill)
    assert findings(hall) == []


def test_what_was_paid_under_protest_comes_back_when_the_line_is_lowered(hall: OpenHall) -> None:
    someone, bill_id = a_quarrel(hall)
    halls.an_open_shift(hall)
    opened = freeze(hall, someone, bill_id)
    released = disputes.release(hall, halls.teller(), someone.customer_id, bill_id, opened.dispute_id, new_intent_id())
    assert (released.fen, case_of(hall, someone, bill_id).disputes[0].frozen_fen) == (60_000, 0)
    fee_fen = halls.position(hall, someone).late_fee_fen
    _, taken = halls.pay(hall, someone, halls.cash(2_000))
    assert taken.facts.total_fen == 67_000 + fee_fen
    shown, done = settle(hall, someone, bill_id, DecisionWish(opened.dispute_id, 60_000, "系统计费错误"))
    lines = case_of(hall, someone, bill_id).bill.settlements
    (back,) = [row for row in lines if row.source == TAKEN_BACK]
    # of the late fee just as much comes back as had run on what was never due
    assert (back.principal_fen, back.late_fee_fen) == (-60_000, -shown.back_late_fee_fen)
    assert abs(shown.back_late_fee_fen - round(fee_fen * 60_000 / 67_000)) <= 1
    with hall.reading() as reading:
        money: dict[str, int] = dict(
            reading.driver.execute(
                "SELECT account, sum(balance_fen) FROM balances WHERE account <> 'drawer' GROUP BY 1"
            ).fetchall()
        )
    assert money["disputed"] == 60_000
    assert money["prepaid"] == -done.back_fen == -(60_000 + shown.back_late_fee_fen)
    assert money["receivable"] == -67_000
    owed = state(hall, someone.account_id)
    assert all(not bills for bills in owed["owed"].values())
    assert [fen for _, fen in owed["books"]] == [done.back_fen]
    assert findings(hall) == []
    # the payment is no longer whole: its undo says why
    with pytest.raises(Refused) as refused:
        undoing.look(hall, halls.teller(), taken.payment_id)
    assert isinstance(refused.value.refusal, LaterPaymentUsedIt)
    assert refused.value.refusal.channel == TAKEN_BACK


def test_nobody_decides_alone_and_what_changed_is_signed_anew(hall: OpenHall) -> None:
    someone, bill_id = a_quarrel(hall)
    with hall.writing() as work:
        add_staff(work, "2002", "周敏", Role.SUPERVISOR, halls.verifier())
    halls.an_open_shift(hall)
    who, customer_id = halls.teller("2001", Role.SUPERVISOR), someone.customer_id

    def why(act: Any, *given: Any, **more: Any) -> Any:
        with pytest.raises(Refused) as refused:
            act(*given, **more)
        return refused.value.refusal

    assert why(freeze, hall, someone, bill_id, DisputeWish(1, 60_001, "amount")) == DisputeTooLarge(
        "calls", 60_001, 60_000
    )
    assert why(freeze, hall, someone, bill_id, DisputeWish(1, 1, "other")) == DisputeReasonMissing()
    intent_id = new_intent_id()
    opened = disputes.open_dispute(hall, who, customer_id, bill_id, WISH, intent_id)
    assert disputes.open_dispute(hall, who, customer_id, bill_id, WISH, intent_id) == opened
    case, wish = case_of(hall, someone, bill_id), DecisionWish(opened.dispute_id, 500, "多算一次")
    asker = halls.teller("1002")
    shown = disputes.look_decision(hall, asker, case, wish)
    assert why(disputes.decide, hall, asker, case, shown, wish, None) == ApprovalMissing(
        ApprovalKind.DISPUTE, 500, 1, 0
    )
    asked = disputes.request(case, shown, wish)
    # 2001 opened it
    assert isinstance(why(signatures, hall, asker, asked, by=("2001",)), SignoffByWorker)
    (signed,) = signatures(hall, asker, asked, by=("2002",))
    halls.pay(hall, someone, halls.cash(10))
    assert why(disputes.decide, hall, asker, case, shown, wish, signed) == DisputeChanged(case.bill.bill_no)
    settle(hall, someone, bill_id, wish, by="2002")
    assert why(disputes.look_decision, hall, asker, case, wish) == DisputeDecided(case.bill.bill_no)
    assert case_of(hall, someone, bill_id).lines[1].room_fen == 60_000 - 500
    assert findings(hall) == []
    # what somebody changes beside the journal is found
    for change in (
        "INSERT INTO settlements (settlement_id, bill_id, settled_on, principal_fen, late_fee_fen, source, channel)"
        f" VALUES ('x/0/l1:B', {bill_id}, '2026-07-15', 5, 0, 'lowered', 'counter')",
        "INSERT INTO dispute_decisions VALUES ('x', 1, 1, 'lowered', 5, 0, '2026-07-15', '1001', '2001')",
        "DROP TRIGGER disputes_no_update; UPDATE disputes SET disputed_fen = 5",
    ):
        with hall.writing() as work:
            for one in change.split("; "):
                work.driver.execute(one)
    found = findings(hall)
    for part in ("settlements (x/0/l1:B)", "dispute_decisions (x)", "disputes disputed_fen"):
        assert any(part in finding for finding in found), part


def test_the_day_of_the_decision_restores_the_clock_for_part_of_a_line(hall: OpenHall) -> None:
    someone, bill_id = a_quarrel(hall)
    opened = freeze(hall, someone, bill_id, DisputeWish(0, 67_000, "service", "停机期间照收"))
    assert due(hall, someone) == halls.position(hall, someone).late_fee_fen
    shown, _ = settle(hall, someone, bill_id, DecisionWish(opened.dispute_id, 7_000, "月租退还"))
    bill = case_of(hall, someone, bill_id).bill
    on = shown.on + timedelta(30)
    policy = hall.rules_on(on).late_fee_policy("resident")
    plain = bill._replace(principal_fen=60_000, settlements=())
    assert late_fee(bill, policy, on).computed_fen == late_fee(plain, policy, on).computed_fen
    assert findings(hall) == []
