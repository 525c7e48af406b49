"""What a person has to finish (待办): opened by the hub, finished at a counter by an entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refusal

WITH_CREDIT = frozenset(("duplicate_payment", "bill_changed"))
"""Kinds of tasks in which the customer has money to get back; settling it finishes them, and nothing else does."""

CreditWay = Literal["prepaid", "cash"]
"""How a customer gets it: into a prepaid book of the account, or in cash out of the drawer."""

SETTLED = "credit.settled"
DONE = "task.done"


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that nobody has finished; `customer_name` and `account_no` are empty where it is about none.
    `facts` is what the hub says of it, as docs/sync.md names it.
    """

    task_id: str
    kind: str
    customer_id: int | None
    account_id: int | None
    amount_fen: Fen | None
    counter_id: str | None
    opened_at: datetime
    due_on: date | None
    facts: Mapping[str, Any]
    customer_name: str = ""
    account_no: str = ""

    @property
    def has_credit(self) -> bool:
        """Whether a customer gets money back."""
        return self.kind in WITH_CREDIT


@dataclass(frozen=True, slots=True)
class TaskGone(Refusal):
    """Somebody has finished it already, here or at another counter."""

    task_id: str


@dataclass(frozen=True, slots=True)
class TaskHasCredit(Refusal):
    """A customer's money is in it: it is finished by giving that back."""

    task_id: str


@dataclass(frozen=True, slots=True)
class TaskHasNoCredit(Refusal):
    """There is nothing to give back in it, or it does not say what."""

    task_id: str


@dataclass(frozen=True, slots=True)
class TaskWordsMissing(Refusal):
    """Whoever finishes a task says what was done."""
