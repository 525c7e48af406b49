"""Cheats with rights, with what belongs to customers, and with what is known about them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from counter_app.clock import new_intent_id
from counter_app.domain.book_moves import MoveWish
from counter_app.domain.staff import Role, Session, StaffState
from counter_app.services import approvals, book_moves, book_refunds, customers, disputes, reliefs, staff, tasks
from counter_app.services.book_refunds import BookRefundWish
from counter_app.services.disputes import DecisionWish, DisputeWish
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as y
from tests import halls
from tests.fraud.place import ADMIN, SUPERVISOR, TELLER, Place, answer
from tests.fraud.with_undo import undone
from tests.reliefs import ask, signed, wish
from tests.services.test_book_moves import a_book, closed

FEN = 9_800


def _paid_twice(place: Place) -> str:
    """What the hub owes a customer who paid a bill at two counters, as its feed tells it; gives the task's id."""
    facts: dict[str, Any] = {"credit_id": "s1:excess", "bill_no": "B31", "month": "2026-08", "this": {}, "other": {}}
    row = {
        "task_id": "t1",
        "kind": "duplicate_payment",
        "state": "open",
        "subject": "s1",
        "customer_id": place.other.customer_id,
        "account_id": place.other.account_id,
        "amount_fen": FEN,
        "counter_id": "c2",
        "opened_at": "2026-11-20T01:00:00+00:00",
        "due_on": "2026-11-23",
        "closed_at": None,
        "facts": json.dumps(facts),
    }
    with place.hall.writing() as work:
        halls.put(work, y.tasks, row)
    return "t1"


def credit_in_cash(place: Place) -> tuple[str, ...]:
    """Money that a customer does not know of is taken out in cash: signed by oneself, a colleague, a supervisor."""
    task_id, hall = _paid_twice(place), place.hall
    case = tasks.ask(hall, TELLER, task_id, "cash")

    def settled(by: str) -> str:
        return answer(
            lambda: tasks.settle(
                hall,
                TELLER,
                task_id,
                "cash",
                approvals.sign(hall, TELLER, case, staff_no=by, password=halls.PASSWORD),
            )
        )

    return settled("1001"), settled("1002"), settled("2001"), settled("2001"), *place.listed("credit.settled")


def role_change(place: Place) -> tuple[str, ...]:
    """A teller makes herself a supervisor; an admin makes one of her alone, where there are two admins."""
    hall = place.hall

    def promoted(who: Any, approver: str = "") -> str:
        return answer(
            lambda: staff.change(
                hall, who, "1001", name="王芳", role=Role.SUPERVISOR, state=StaffState.ACTIVE, approver=approver
            )
        )

    by_herself, by_supervisor = promoted(TELLER), promoted(SUPERVISOR)
    staff.add(hall, ADMIN, "9002", "周杰", Role.ADMIN, "a-long-Password-1", approver="")
    alone = promoted(ADMIN)
    acted = answer(lambda: place.paid(place.other, halls.cash(50), session=halls.teller("1001", Role.SUPERVISOR)))
    return by_herself, by_supervisor, alone, acted, *place.listed("staff.add")


def bulk_lookups(place: Place) -> tuple[str, ...]:
    """Numbers and addresses are looked up one after the other, to be sold."""
    hall, who = place.hall, place.other.customer_id
    silent = answer(lambda: customers.reveal(hall, TELLER, who, "id_number", " "))
    cap = hall.pack.thresholds(halls.NOW.date()).reveals_per_day
    tries = [answer(lambda: customers.reveal(hall, TELLER, who, "id_number", "核对证件")) for _ in range(cap + 1)]
    return silent, f"{tries.count('done')} done", tries[-1], *place.listed("reveals.cap")


def own_account(place: Place) -> tuple[str, ...]:
    """The teller pays on an account in her own name and takes the money back; then one in the name of who signs."""
    own = halls.three_months_behind(place.hall, no="10002347", name="王芳")
    undone(place, TELLER, place.paid(own, halls.cash(50)).payment_id, by="2001")
    signers = halls.three_months_behind(place.hall, no="10002348", name="赵敏")
    undone(place, TELLER, place.paid(signers, halls.cash(30)).payment_id, by="2001")
    return place.listed("own.account")


def waived_for_a_friend(place: Place) -> tuple[str, ...]:
    """A late fee is let off for a friend: decided by who asked, by a colleague, by a supervisor who asked herself."""
    hall, friend = place.hall, place.other
    relief_id = ask(hall, friend, wish(hall, friend))

    def granted(relief: str, who: Session, by: str) -> str:
        return answer(lambda: reliefs.approve(hall, who, relief, signed(hall, relief, who, by)))

    tries = [granted(relief_id, TELLER, by) for by in ("1001", "1002")]
    another = halls.three_months_behind(hall, no="10002350", name="何芳")
    tries.append(granted(ask(hall, another, wish(hall, another), SUPERVISOR), SUPERVISOR, "2001"))
    return *tries, granted(relief_id, TELLER, "2001"), *place.listed("relief.decide.waive")


def dispute_for_a_friend(place: Place) -> tuple[str, ...]:
    """A line is contested for a friend, and decided in her favour by whoever contested it."""
    hall, friend = place.hall, halls.a_customer(place.hall, no="10002351", name="何芳")
    bill_id = halls.a_bill(hall, friend.account_id, "2026-06", FEN, due_on=date(2026, 7, 15))
    with hall.writing() as work:
        halls.put(work, t.bill_items, {"bill_id": bill_id, "line": 1, "item": "calls", "amount_fen": FEN})
    contested = DisputeWish(1, FEN, "not_used", "清单与通话不符")
    disputes.open_dispute(hall, TELLER, friend.customer_id, bill_id, contested, new_intent_id())
    case = disputes.look(hall, TELLER, friend.customer_id, bill_id)
    decision = DecisionWish(case.disputes[0].dispute_id, FEN, "客户说得对")
    made = disputes.look_decision(hall, TELLER, case, decision)
    asked = approvals.look(hall, TELLER, disputes.request(case, made, decision))

    def decided(by: str) -> str:
        return answer(
            lambda: disputes.decide(
                hall,
                TELLER,
                case,
                made,
                decision,
                approvals.sign(hall, TELLER, asked, staff_no=by, password=halls.PASSWORD),
            )
        )

    return decided("1001"), decided("1002"), decided("2001"), *place.listed("dispute.decide")


def gift_to_cash(place: Place) -> tuple[str, ...]:
    """Money that the house gave is made the customer's own, to be paid out when the account is closed."""
    hall, who = place.hall, halls.a_customer(place.hall, no="10002349", name="何芳")
    halls.pay(hall, who, halls.cash(100), is_change_stored=True)
    (own,) = halls.position(hall, who).books
    gift = a_book(hall, who.account_id, "缴费赠送", "benefit", 3_000)
    to = MoveWish(gift, str(own.id), 3_000, "客户要求")
    moved = answer(lambda: book_moves.look(hall, TELLER, who.customer_id, who.account_id, to))
    closed(hall, who)
    closing = BookRefundWish(who.customer_id, who.account_id, "销户")
    plan = book_refunds.look(hall, TELLER, closing)
    case = book_refunds.ask(hall, TELLER, plan, closing)
    by = approvals.sign(hall, TELLER, case, staff_no="2001", password=halls.PASSWORD)
    book_refunds.refund(hall, TELLER, plan, closing, by)
    return moved, f"{plan.kept_fen} fen stay", *place.listed("book.refund")
