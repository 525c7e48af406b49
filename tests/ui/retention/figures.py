"""Months and rates to look at: exits of the hall and from before it, signed tables, and a late import."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from counter_app.clock import new_intent_id
from counter_app.domain.journal import Draft
from counter_app.domain.retention import Result
from counter_app.domain.retention_months import Review
from counter_app.services import retention, retention_after, retention_months, retention_signing
from counter_app.services.hall import OpenHall
from counter_app.storage.past_retentions import PastRetention
from tests import halls, leaving

OCTOBER = date(2026, 10, 1)
_LEFT, _REFUSED = Result.LEFT, Result.REFUSED_TALK
_EXITS = (
    (10, "PRICE_FEE_HIGH", _LEFT, 4),
    (10, "PRICE_PLAN_UNUSED", _LEFT, 2),
    (10, "PRICE", _REFUSED, 1),
    (10, "NETWORK_SLOW", _LEFT, 3),
    (10, "RELOCATE", _REFUSED, 2),
    (10, "", _LEFT, 1),
    (9, "PRICE_FEE_HIGH", _LEFT, 2),
    (9, "NETWORK_SLOW", _LEFT, 4),
    (9, "NO_NEED", _REFUSED, 2),
)
"""Month, reason, result, and how many."""


def exits(hall: OpenHall, counts: Sequence[tuple[int, str, Result, int]] = _EXITS) -> None:
    """Exits from before this program, as an import brings them."""
    records = [
        PastRetention(new_intent_id(), "13900000001", "王芳", reason, None, "", result, date(2026, month, 7))
        for month, reason, result, count in counts
        for _ in range(count)
    ]
    with hall.writing() as work:
        entry = hall.journal.append(work, Draft("a test's own", {}, "9001", halls.NOW.date()))
        for record in records:
            leaving.a_past_result(work, record, entry.id)


def sign_october(hall: OpenHall) -> None:
    """The supervisor signs what stands there."""
    shown = retention_months.read(hall, leaving.TELLER, OCTOBER)
    retention_months.sign(
        hall,
        leaving.TELLER,
        OCTOBER,
        shown.table.digest,
        staff_no="2001",
        password=halls.PASSWORD,
        intent_id=new_intent_id(),
        review=Review("月费高的客户最多", "先推降档和保号套餐", "降档 6 户，回访都在用", "十一月把降档放到第一个方案"),
    )


def unsigned(hall: OpenHall, _case_id: str) -> None:
    """A month to be signed."""
    exits(hall)


def signed(hall: OpenHall, case_id: str) -> None:
    """A month that was signed, and nothing changed."""
    unsigned(hall, case_id)
    sign_october(hall)


def changed(hall: OpenHall, case_id: str) -> None:
    """A month that was signed, and then more came."""
    signed(hall, case_id)
    exits(hall, ((10, "PRICE_FEE_HIGH", _LEFT, 1), (10, "SERVICE", _REFUSED, 1)))


def ended(hall: OpenHall, _case_id: str) -> None:
    """Cases that ended three months ago, or just now: kept and left, by two tellers, for several reasons."""
    halls.an_open_shift(hall)
    kept = [
        _keep(hall, f"2000{place:04d}", _REASONS[place % len(_REASONS)], _OFFERS[place % len(_OFFERS)])
        for place in range(_KEPT)
    ]
    for place, reason in enumerate(("PRICE", "NETWORK", "RELOCATE")):
        leaving.left_at_once(hall, f"2100{place:04d}", reason)
    leaving.later(hall, days=130)
    for case_id in kept[:-2]:
        for line in range(1, 5):
            retention_after.visit(hall, leaving.TELLER, case_id, line, "content", new_intent_id())
    _keep(hall, "22000000", "PRICE", "FIX")


_KEPT = 6
_REASONS = ("PRICE", "NETWORK", "PRICE_FEE_HIGH")
_OFFERS = ("FIX", "ADDON")


def _keep(hall: OpenHall, no: str, reason: str, offer: str) -> str:
    """A customer who takes an offer and stays; returns the case."""
    case_id = leaving.open_case(hall, leaving.a_line(hall, no=no)).case.case_id
    leaving.with_reason(hall, case_id, reason)
    retention.talk(hall, leaving.TELLER, case_id, new_intent_id())
    retention_signing.offer(hall, leaving.TELLER, case_id, offer, 1, 0 if offer == "FIX" else 3, new_intent_id())
    retention.answer(hall, leaving.TELLER, case_id, 1, new_intent_id(), is_yes=True)
    retention.keep(hall, leaving.TELLER, case_id, new_intent_id())
    return case_id
