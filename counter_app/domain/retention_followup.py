"""After the outcome: the days of the follow-ups, how long a number is kept, and who comes back within that time."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from counter_app.domain.money import Fen
from counter_app.domain.retention import Visit
from counter_app.domain.retention_rules import RetentionRules


@dataclass(frozen=True, slots=True)
class NumberHold:
    """A number that is kept for the customer who gave it up, up to and with the day `until_on` (002-A22)."""

    number: str
    service_id: int
    customer_id: int
    until_on: date
    case_id: str = ""

    def days_left(self, on: date) -> int:
        """The days for which it is still kept, that day included; 0 when it is over."""
        return max(0, (self.until_on - on).days + 1)


@dataclass(frozen=True, slots=True)
class Reentry:
    """A customer who comes back in time: the old number, until when it is kept, and the handling fee in fen."""

    number: str
    until_on: date
    fee_fen: Fen
    case_id: str = ""


def months_later(day: date, months: int) -> date:
    """The same day of a later month; where that month is shorter, its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def planned_visits(
    rules: RetentionRules,
    *,
    ended_on: date,
    is_kept: bool,
    is_contact_agreed: bool,
    owner_no: str,
    first_line: int = 1,
) -> tuple[Visit, ...]:
    """The follow-ups of a case: a kept customer's by the pack, one for each month for four months (002-A16); a leaver's
    by the pack and only with consent (domain_rules 8).
    """
    if not is_kept and not is_contact_agreed:
        return ()
    months = rules.kept_visit_months if is_kept else rules.left_visit_months
    days = (months_later(ended_on, month) for month in months)
    return tuple(Visit(line, due_on, owner_no) for line, due_on in enumerate(days, start=first_line))


def held_until(rules: RetentionRules, ended_on: date) -> date:
    """The last day on which the number of a leaver is kept (002-A22)."""
    return months_later(ended_on, rules.hold_months)


def reentry(
    holds: Iterable[NumberHold], *, customer_id: int, on: date, rules: RetentionRules, fee_fen: Fen
) -> Reentry | None:
    """What a returning customer gets within the time of the hold: the old number, the one kept longest first, and no
    handling fee where the pack says so (002-A21); None for anybody else or later.
    """
    mine = [hold for hold in holds if hold.customer_id == customer_id and hold.days_left(on)]
    if not mine:
        return None
    hold = max(mine, key=lambda hold: (hold.until_on, hold.number))
    return Reentry(hold.number, hold.until_on, 0 if rules.is_reentry_free else fee_fen, hold.case_id)
