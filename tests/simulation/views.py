"""Every counter's view of the hall against the hub's, once all is quiet: bills, books, services, tasks, ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from counter_app.storage.hall import OpenHall

View = dict[str, dict[Any, Any]]

_HERE: Mapping[str, str] = {
    "settled": "SELECT settlement_id, bill_id, principal_fen, late_fee_fen, cost_fen FROM settlements",
    "books": (
        "SELECT b.id, b.account_id, b.opening_fen - coalesce((SELECT sum(p.amount_fen) FROM postings p"
        " WHERE p.account = 'prepaid' AND p.subject = CAST(b.id AS TEXT)), 0)"
        " + coalesce((SELECT sum(m.amount_fen) FROM book_moves m WHERE m.book_id = b.id), 0) FROM books b"
    ),
    "bills": "SELECT bill_no, id, account_id, month, due_on, principal_fen, cost_fen FROM bills",
    "services": "SELECT number, id, state FROM services",
    "customers": "SELECT customer_no, id, name FROM customers",
    "tasks": "SELECT task_id, kind, state, amount_fen FROM tasks",
    "staff": "SELECT staff_no, name, role, state FROM staff",
}
_THERE: Mapping[str, str] = {
    "settled": "SELECT settlement_id, bill_id, principal_fen, late_fee_fen, cost_fen FROM settlements",
    "books": "SELECT book_id, account_id, opening_fen + moved_fen FROM book_sums",
    "tasks": "SELECT task_id, kind, state, amount_fen FROM tasks",
}
_MASTER = text("SELECT body FROM master_rows WHERE kind = :kind")
_KEYS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "bills": ("bill", ("bill_no", "id", "account_id", "month", "due_on", "principal_fen", "cost_fen")),
    "services": ("service", ("number", "id", "state")),
    "customers": ("customer", ("customer_no", "id", "name")),
    "staff": ("staff", ("staff_no", "name", "role", "state")),
}


def view_of_counter(hall: OpenHall) -> View:
    """What a counter's file says of the hall."""
    with hall.reading() as reading:
        return {
            name: {row[0]: tuple(row[1:]) for row in reading.driver.execute(sql).fetchall()}
            for name, sql in _HERE.items()
        }


def view_of_hub(connection: Connection) -> View:
    """What the hub's tables say of the same."""
    found: View = {
        name: {row[0]: tuple(row[1:]) for row in connection.execute(text(sql))} for name, sql in _THERE.items()
    }
    for name, (kind, keys) in _KEYS.items():
        bodies = [json.loads(body) for (body,) in connection.execute(_MASTER, {"kind": kind})]
        found[name] = {body[keys[0]]: tuple(body[key] for key in keys[1:]) for body in bodies}
    return found


def differences(here: View, there: View) -> list[str]:
    """Where they differ, the first few of each kind in words."""
    odd = []
    for name in here:
        a, b = here[name], there[name]
        wrong = [key for key in a.keys() | b.keys() if a.get(key) != b.get(key)]
        if wrong:
            first = sorted(wrong, key=str)[:2]
            odd.append(f"{len(wrong)} {name}: {[(key, a.get(key), b.get(key)) for key in first]}")
    return odd
