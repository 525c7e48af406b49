"""Asking for a late fee to be let off or put off in tests, and deciding it, as the window does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.relief_planning import ReliefWish
from counter_app.domain.staff import Role, Session
from counter_app.services import approvals, reliefs
from counter_app.services.approvals import Signed
from counter_app.services.reliefs import ReliefView
from counter_app.storage.hall import OpenHall
from tests import halls
from tests.halls import Someone


def wish(hall: OpenHall, someone: Someone, way: Any = "waive", count: int = 1, **more: Any) -> ReliefWish:
    """A wish for the oldest bills of somebody; a deferral by thirty days."""
    owing = halls.position(hall, someone).open_bills[:count]
    until = hall.clock.now().date() + timedelta(30) if way == "defer" else None
    return ReliefWish(way, tuple(one.bill.bill_id for one in owing), "hardship", **{"until": until, **more})


def ask(hall: OpenHall, someone: Someone, wanted: ReliefWish, session: Session | None = None) -> str:
    """Look and ask; returns the relief's id."""
    who, ids = session or halls.teller(), (someone.customer_id, someone.account_id)
    return reliefs.ask(hall, who, *ids, wanted, reliefs.look(hall, who, *ids, wanted), new_intent_id())


def signed(hall: OpenHall, relief_id: str, session: Session | None = None, by: str = "2001") -> Signed:
    """Somebody signs what was asked for, at the screen of whoever is signed in."""
    who = session or halls.teller()
    case = reliefs.case_of(hall, who, relief_id)
    return approvals.sign(hall, who, case, staff_no=by, password=halls.PASSWORD)


def grant(hall: OpenHall, someone: Someone, wanted: ReliefWish) -> ReliefView:
    """Ask and approve at the teller's screen."""
    relief_id = ask(hall, someone, wanted)
    return reliefs.approve(hall, halls.teller(), relief_id, signed(hall, relief_id))


def supervisor() -> Session:
    """The supervisor under the own sign-in."""
    return halls.teller("2001", Role.SUPERVISOR)


def go_to(hall: OpenHall, days: int) -> date:
    """The clock of the hall, some days on."""
    assert isinstance(hall.clock, FixedClock)
    hall.clock.moment += timedelta(days)
    return hall.clock.now().date()
