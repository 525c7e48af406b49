"""Rows of master data as a file brings them, and a hall that has some."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from counter_app.hub import masters
from counter_app.hub import tables as t
from counter_app.hub.calls import stamp
from counter_app.hub.masters import Taken
from tests.hub.kit import HubHall

Rows = Sequence[tuple[str, dict[str, Any]]]


def customer(no: str, **more: Any) -> list[tuple[str, dict[str, Any]]]:
    """A customer with an account and a mobile line of the same number."""
    return [
        ("customer", {"customer_no": no, "name": "张伟", "id_kind": "resident_id", "id_number": f"ID{no}", **more}),
        ("account", {"account_no": no, "customer_no": no, "address": "某街 1 号"}),
        (
            "service",
            {"account_no": no, "kind": "mobile", "number": f"139{no}", "state": "cut", "state_since_on": "2026-11-01"},
        ),
    ]


def bill(bill_no: str, account_no: str, principal_fen: int, **more: Any) -> tuple[str, dict[str, Any]]:
    """A bill of an account."""
    body = {
        "bill_no": bill_no,
        "account_no": account_no,
        "month": "2026-10",
        "issued_on": "2026-11-01",
        "due_on": "2026-11-15",
        "principal_fen": principal_fen,
        **more,
    }
    return "bill", body


def paid_elsewhere(settlement_id: str, bill_no: str, principal_fen: int) -> tuple[str, dict[str, Any]]:
    """What another channel took."""
    body = {"settlement_id": settlement_id, "bill_no": bill_no, "settled_on": "2026-11-20", "channel": "bank"}
    return "settlement", {**body, "source": "import", "principal_fen": principal_fen}


def take(hall: HubHall, rows: Rows, *, is_offer: bool = False) -> Taken:
    """Bring rows into a hall."""
    with hall.database.transaction() as connection:
        return masters.take(connection, hall.hall_id, stamp(hall.now), rows, is_offer=is_offer)


def ids(hall: HubHall, kind: str) -> dict[str, int]:
    """The ids that the hub gave, by natural key."""
    return {key: row_id for of, key, row_id in hall.rows(t.master_rows, "kind", "key", "id") if of == kind}
