"""Tasks: what a person has to finish, told to the hall's counters whenever it opens or closes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from counter_app.hub.calls import json_text
from counter_app.hub.rows import TASKS, Task
from counter_app.hub.slate import Slate

OPEN, DONE = "open", "done"

DUPLICATE = "duplicate_payment"
BILL_CHANGED = "bill_changed"
SUSPENSE = "suspense"
OVERDRAWN = "book_overdrawn"
QUARANTINED = "quarantined"
PARKED = "parked"
"""What an entry waits for has not come for a day."""
GIVEN_TWICE = "given_twice"
"""Money of one payment that went back twice: as a credit, and when the payment was undone."""
PROOF_MISSING = "proof_missing"
"""A slip, a cheque or a bank slip that was not there when its shift ended: no cash is short for that."""
ALARM = "alarm"
"""A fork, a second copy of a device, an entry that its device did not sign."""
CREDITED = frozenset((DUPLICATE, BILL_CHANGED))
"""Tasks with a credit: settling the credit closes them, and nothing else does."""

DAYS = {
    PROOF_MISSING: 3,
    DUPLICATE: 3,
    BILL_CHANGED: 3,
    SUSPENSE: 1,
    OVERDRAWN: 3,
    QUARANTINED: 1,
    PARKED: 1,
    GIVEN_TWICE: 1,
    ALARM: 0,
}
"""How many days a task may take."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a task is about; `facts` holds codes, amounts and numbers of receipts, never a name or an address."""

    kind: str
    subject: str
    counter_id: str
    amount_fen: int
    facts: dict[str, Any]
    customer_id: int | None = None
    account_id: int | None = None


def task_name(kind: str, subject: str) -> str:
    """The id of a task: the same thing twice is one task, whoever finds it."""
    return f"{kind}:{hashlib.sha256(subject.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"


def open_task(slate: Slate, hall_id: str, at: str, work: Work) -> str:
    """Open a task, unless it is there already; returns its id."""
    task_id = task_name(work.kind, work.subject)
    if slate.find(TASKS, hall_id, task_id) is None:
        due_on = date.fromisoformat(at[:10]) + timedelta(days=DAYS[work.kind])
        _put(
            slate,
            Task(
                hall_id,
                task_id,
                work.kind,
                OPEN,
                work.subject,
                work.customer_id,
                work.account_id,
                work.amount_fen,
                work.counter_id,
                at,
                due_on.isoformat(),
                None,
                json_text(work.facts),
            ),
        )
    return task_id


def close_task(slate: Slate, hall_id: str, task_id: str, at: str, **said: Any) -> None:
    """Close an open task with what is said of it; one that is closed stays as it was closed."""
    found = slate.find(TASKS, hall_id, task_id)
    if found is not None and found.state == OPEN:
        facts = f"{found.facts[:-1]}{',' if len(found.facts) > 2 else ''}{json_text({'closed': said})[1:]}"
        _put(slate, found._replace(state=DONE, closed_at=at, facts=facts))


def tell_anew(slate: Slate, task: Task, facts: dict[str, Any]) -> None:
    """What a task says is another thing by now."""
    _put(slate, task._replace(facts=json_text(facts)))


def _put(slate: Slate, task: Task) -> None:
    slate.put(TASKS, task)
    slate.tell_row(task.hall_id, "task", body_of(task))


def body_of(task: Task) -> dict[str, Any]:
    """The row of a task as a feed and a snapshot bring it."""
    return {
        **{name: value for name, value in task._asdict().items() if name != "hall_id"},
        "facts": json.loads(task.facts),
    }
