"""Where a customer stands between joining and leaving (002-1), and the signs that say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from counter_app.domain.customers import Service
from counter_app.domain.retention_usage import Fading

CLOSED = "closed"
"""The state of a service whose customer has left."""
JOINING_DAYS = 30
"""Days from joining during which the record is still being completed. [house rule]"""


class LifeStage(StrEnum):
    """The stages of care and retention (002-1): before joining, on joining, after it; tending to leave, and left."""

    BEFORE = "before"
    JOINING = "joining"
    IN_SERVICE = "in_service"
    LEANING = "leaning"
    LEFT = "left"


SignKind = Literal[
    "no_service", "all_closed", "case", "idle", "falling", "joined", "tenure", "since_unknown", "valued", "ordinary"
]


@dataclass(frozen=True, slots=True)
class Sign:
    """One reason for a stage. `on` the day of joining, or since which all is closed; `count` days since joining, months
    of tenure, months without use, the fall in basis points, or the monthly average in fen; `words` a case or a number.
    """

    kind: SignKind
    on: date | None = None
    count: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True)
class LifeFacts:
    """What is known of a customer: the day of joining, all services, the case at the desk if there is one, the services
    in use that look as if they were being left, and what the customer is worth.
    """

    since_on: date | None
    services: tuple[Service, ...]
    case_no: str
    fading: tuple[tuple[str, Fading], ...]
    average_fen: int
    is_valued: bool


@dataclass(frozen=True, slots=True)
class Life:
    """A stage with the signs that say so, the strongest first."""

    stage: LifeStage
    signs: tuple[Sign, ...]


def life_of(facts: LifeFacts, on: date) -> Life:
    """The stage of a customer on a day. Who has no service is not here yet or has gone; who asks to leave or uses less
    and less tends to leave, whatever the tenure; for who stays, the value says how they are served.
    """
    if not facts.services:
        return Life(LifeStage.BEFORE, (Sign("no_service"),))
    if all(service.state == CLOSED for service in facts.services):
        last_on = max(service.state_since_on for service in facts.services)
        return Life(LifeStage.LEFT, (Sign("all_closed", last_on),))
    own = (_tenure(facts, on), _worth(facts))
    leaning = tuple(_leaning(facts))
    if leaning:
        return Life(LifeStage.LEANING, (*leaning, *own))
    is_new = facts.since_on is not None and 0 <= (on - facts.since_on).days < JOINING_DAYS
    return Life(LifeStage.JOINING if is_new else LifeStage.IN_SERVICE, own)


def _leaning(facts: LifeFacts) -> Iterator[Sign]:
    if facts.case_no:
        yield Sign("case", words=facts.case_no)
    for number, fading in facts.fading:
        count = len(fading.months) if fading.kind == "idle" else fading.share
        yield Sign(fading.kind, count=count, words=number)


def _tenure(facts: LifeFacts, on: date) -> Sign:
    since_on = facts.since_on
    if since_on is None or since_on > on:
        return Sign("since_unknown")
    days = (on - since_on).days
    if days < JOINING_DAYS:
        return Sign("joined", since_on, days)
    months = (on.year - since_on.year) * 12 + on.month - since_on.month - (on.day < since_on.day)
    return Sign("tenure", since_on, months)


def _worth(facts: LifeFacts) -> Sign:
    return Sign("valued" if facts.is_valued else "ordinary", count=facts.average_fen)


def strongest(averages_fen: Sequence[int]) -> int:
    """What a customer with several services is worth: the highest average of one of them; of none it is 0."""
    return max(averages_fen, default=0)
