"""Every counter's view of the hall against the hub's, once all is quiet: bills, books, services, tasks, ledger."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, text

from counter_app.hub import away
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
    # an undo of this counter that the hub keeps apart, for another one came first, is here under its own entry
    "undone": "SELECT payment_id FROM payments_undone UNION SELECT payment_id FROM undone_elsewhere",
}
_THERE: Mapping[str, str] = {
    "settled": (
        "SELECT settlement_id, bill_id, principal_fen, late_fee_fen, cost_fen FROM settlements WHERE hall_id = :hall"
    ),
    "books": "SELECT book_id, account_id, opening_fen + moved_fen FROM book_sums WHERE hall_id = :hall",
    "tasks": "SELECT task_id, kind, state, amount_fen FROM tasks WHERE hall_id = :hall",
    "undone": "SELECT payment_id FROM payments_undone WHERE hall_id = :hall",
}
_MASTER = text("SELECT body FROM master_rows WHERE kind = :kind AND hall_id = :hall")
_KEYS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "bills": ("bill", ("bill_no", "id", "account_id", "month", "due_on", "principal_fen", "cost_fen")),
    "services": ("service", ("number", "id", "state")),
    "customers": ("customer", ("customer_no", "id", "name")),
    "staff": ("staff", ("staff_no", "name", "role", "state")),
}


_MONEY = ("settled", "books", "undone")


def view_of_counter(hall: OpenHall) -> View:
    """What a counter's file says of the hall."""
    with hall.reading() as reading:
        return {
            name: {row[0]: tuple(row[1:]) for row in reading.driver.execute(sql).fetchall()}
            for name, sql in _HERE.items()
        }


def view_of_hub(connection: Connection, hall_id: str) -> View:
    """What the hub's tables say of the same; of customers of other halls what their home has, under the hall's ids."""
    found: View = {
        name: {row[0]: tuple(row[1:]) for row in connection.execute(text(sql), {"hall": hall_id})}
        for name, sql in _THERE.items()
    }
    guests = {kind: [json.loads(body) for _, body in rows] for kind, rows in away.rows_of(connection, hall_id).items()}
    for name, (kind, keys) in _KEYS.items():
        rows = connection.execute(_MASTER, {"kind": kind, "hall": hall_id})
        bodies = [json.loads(body) for (body,) in rows] + guests.get(kind, [])
        found[name] = {body[keys[0]]: tuple(body[key] for key in keys[1:]) for body in bodies}
    for paid in guests["settlement"]:
        fen = paid["principal_fen"], paid["late_fee_fen"], paid["cost_fen"]
        found["settled"][paid["settlement_id"]] = (paid["bill_id"], *fen)
    for book in guests["book"]:
        moved_fen = sum(move["amount_fen"] for move in guests["book_move"] if move["book_id"] == book["id"])
        found["books"][book["id"]] = (book["account_id"], book["opening_fen"] + moved_fen)
    return found


def differences(here: View, there: View, beside: Collection[Any] = ()) -> list[str]:
    """Where they differ, the first few of each kind in words. What a counter's own payments have moved that the hub
    keeps apart (`beside`) stands at that counter: its customer has the receipt.
    """
    odd = []
    for name in here:
        a, b = here[name], there[name]
        wrong = [
            key for key in a.keys() | b.keys() if a.get(key) != b.get(key) and not (name in _MONEY and key in beside)
        ]
        if wrong:
            first = sorted(wrong, key=str)[:2]
            odd.append(f"{len(wrong)} {name}: {[(key, a.get(key), b.get(key)) for key in first]}")
    return odd
