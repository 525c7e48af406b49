"""A counter of a hall with a hub, and things to finish as the hub sends them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from counter_app.domain.sync_state import Stop
from counter_app.storage import tables_sync as y
from counter_app.storage.hall import OpenHall
from counter_app.storage.sync_state import finding_of, keep
from counter_app.sync.status import LastRounds, SyncStatus
from counter_app.ui.desk import NoLine
from tests import halls
from tests.halls import NOW

FEN = 9_800
PAID = {"amount_fen": FEN, "settled_on": "2026-11-20", "channel": "counter", "counter_id": "c2", "entry_id": "e1"}
CREDIT: dict[str, Any] = {
    "credit_id": "s1:excess",
    "bill_no": "B202608-10002345",
    "month": "2026-08",
    "principal_fen": 9_000,
    "late_fee_fen": 800,
    "cost_fen": 0,
    "this": PAID | {"receipt_no": "HZ01-02-2026-000318"},
    "other": PAID | {"settled_on": "2026-11-19", "receipt_no": "HZ01-03-2026-000127"},
}
APART = {"reason": "no_right", "kind": "cash.out", "staff_no": "1002", "business_date": "2026-11-20", "seq": 7}


@dataclass
class Told(NoLine):
    """A line that stands as it is told."""

    status: SyncStatus | None
    is_enrolled: bool = True

    def standing(self, _hall: OpenHall) -> SyncStatus | None:
        """What it was told."""
        return self.status


def a_line(waiting: int = 0, refused: int = 0, lost: int = 0) -> Told:
    """A line that is well."""
    oldest_at = NOW if waiting else None
    return Told(SyncStatus("good", "", None, waiting, oldest_at, LastRounds(NOW), refused=refused, lost=lost))


def a_task(hall: OpenHall, kind: str = "duplicate_payment", *, no: int = 1, **other: Any) -> str:
    """A task about a customer of its own."""
    someone = halls.a_customer(hall, name="张伟", no=f"1000234{no}")
    values = {
        "task_id": f"t{no}",
        "kind": kind,
        "state": "open",
        "subject": "s1",
        "customer_id": someone.customer_id,
        "account_id": someone.account_id,
        "amount_fen": FEN,
        "counter_id": "c2",
        "opened_at": "2026-11-20T01:00:00+00:00",
        "due_on": f"2026-11-2{no}",
        "closed_at": None,
        "facts": json.dumps(CREDIT),
    }
    with hall.writing() as work:
        halls.put(work, y.tasks, values | other)
    return f"t{no}"


def all_kinds(hall: OpenHall) -> None:
    """One task of each kind that a hub opens."""
    a_task(hall, no=0)
    a_task(hall, "bill_changed", no=1, facts=json.dumps(CREDIT | {"credit_id": "s2:excess", "other": None}))
    a_task(hall, "suspense", no=2, facts=json.dumps({"receipt_no": "HZ01-03-2026-000009"}))
    a_task(hall, "book_overdrawn", no=3, facts="{}")
    a_task(hall, "quarantined", no=4, facts=json.dumps(APART), amount_fen=-20_000)
    a_task(hall, "parked", no=5, facts="{}")
    a_task(
        hall, "alarm", no=6, facts=json.dumps({"what": "cloned"}), customer_id=None, account_id=None, amount_fen=None
    )


def stopped(hall: OpenHall) -> None:
    """The hub has found that another copy of the file lives."""
    stop = Stop("cloned", NOW.isoformat(), "a", "b")
    with hall.writing() as work:
        keep(work, stop=stop)
    hall.store.refuse_money(finding_of(stop))


def lost_and_given_back(hall: OpenHall, count: int = 2) -> None:
    """Payments that the file has lost and the hub gave back, as a recovery leaves them."""
    someone = halls.three_months_behind(hall)
    for no in range(1, count + 1):
        content = {
            "entry_id": f"given-{no}",
            "kind": "payment.take",
            "at": "2026-11-20T09:12:00.000+08:00",
            "business_date": "2026-11-20",
            "staff_no": "1001",
            "body": {
                "account_id": someone.account_id,
                "receipt": {
                    "receipt_no": f"HZ01-03-2026-{no:06d}",
                    "serial": no,
                    "year": 2026,
                    "facts_sha256": "0" * 64,
                },
                "books": [],
                "received_fen": 15_000,
                "change_fen": 500,
                "settled_fen": 10_976,
                "prepaid_stored_fen": 3_524,
                "prepaid_used_fen": 0,
                "settlements": [[f"s{no}", 1, 9_800, 1_176, 0]],
                "tenders": [["cash", 5_000, "", "", "", None], ["card", 10_000, "尾号 6222", "", "", None]],
            },
        }
        row = {
            "id": no,
            "epoch": 1,
            "seq": 40 + no,
            "entry_id": content["entry_id"],
            "kind": "payment.take",
            "content": json.dumps(content),
            "prev_hash": b"a",
            "hash": bytes([no]) * 32,
            "signature": b"b",
            "fetched_at": "2026-11-21T01:00:00+00:00",
        }
        with hall.writing() as work:
            halls.put(work, y.foreign_entries, row)
