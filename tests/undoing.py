"""Undoing in tests as the window does it, and all that a payment touches in one comparable value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from counter_app.domain.approvals import ApprovalRequest
from counter_app.domain.payments import open_bills
from counter_app.domain.staff import Session
from counter_app.domain.undo import UndoPlan, UndoWish
from counter_app.services import approvals
from counter_app.services import undo as undoing
from counter_app.services.signoffs import Signed
from counter_app.services.undo_recording import request
from counter_app.storage import restores
from counter_app.storage.accounts import load_account
from counter_app.storage.hall import OpenHall
from counter_app.storage.verify import verify
from tests import halls

SIGNERS = ("2001", "2002")
WISH = UndoWish("wrong_amount", "多收一笔")
LATER = (0, 1, 9, 40, 400)
"""Days after today on which late fees are compared: within the month and beyond any cap's first effect."""


def signatures(
    hall: OpenHall, who: Session, request: ApprovalRequest, *, by: Sequence[str] = SIGNERS, intent_id: str = ""
) -> list[Signed]:
    """The signatures that an act needs, given at the screen of whoever is signed in; each holds the ones before."""
    case, made = approvals.look(hall, who, request, intent_id), list[Signed]()
    for staff_no in by[: case.need.signatures]:
        first = made[0] if made else None
        made.append(approvals.sign(hall, who, case, staff_no=staff_no, password=halls.PASSWORD, first=first))
    return made


def signed(
    hall: OpenHall, plan: UndoPlan, wish: UndoWish, *, session: Session | None = None, by: Sequence[str] = SIGNERS
) -> list[Signed]:
    """The signatures that a plan needs."""
    return signatures(hall, session or halls.teller(), request(plan, wish), by=by)


def undo(
    hall: OpenHall,
    payment_id: str,
    wish: UndoWish = WISH,
    *,
    session: Session | None = None,
    by: Sequence[str] = SIGNERS,
) -> undoing.UndoDone:
    """Look, sign and undo."""
    who = session or halls.teller()
    shown = undoing.look(hall, who, payment_id, wish)
    return undoing.undo(hall, who, shown, wish, signed(hall, shown, wish, session=who, by=by))


def state(hall: OpenHall, account_id: int, *, on: date | None = None) -> dict[str, Any]:
    """What a payment touches, as it is read back from the file: what bills owe on several days, books, money by
    account, services, flags.
    """
    with hall.reading() as reading:
        loaded = load_account(reading, account_id)
        assert loaded is not None
        customer, _, services, bills, books = loaded
        begin = on or hall.clock.now().date()
        owed = {}
        for days in LATER:
            day = begin + timedelta(days)
            policy = hall.rules_on(day).late_fee_policy(customer.customer_class)
            owed[days] = [
                (one.debt, one.working.due_fen, one.working.computed_fen, one.working.days)
                for one in open_bills(bills, policy, day)
            ]
        money: dict[str, int] = dict(
            reading.driver.execute(
                "SELECT account || ' ' || subject, balance_fen FROM balances WHERE balance_fen <> 0"
            ).fetchall()
        )
        flags = reading.driver.execute("SELECT * FROM customer_flags ORDER BY 1, 2").fetchall()
        running = [
            order.order_id
            for order in restores.running_orders(reading)
            if order.state == "sent" and order.customer_id == customer.id
        ]
    return {
        "owed": owed,
        "books": [(held.id, held.book.balance_fen) for held in books if held.book.balance_fen],
        "services": [(s.id, s.state, s.state_since_on, s.state_reason) for s in services],
        "money": money,
        "flags": flags,
        "orders on their way": running,
    }


def findings(hall: OpenHall) -> list[str]:
    """What `verify` finds."""
    return [str(finding) for finding in verify(hall.store).findings]
