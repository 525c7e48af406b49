"""Another hall's customers as a hall has them: their rows under the hall's own ids."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, select

from counter_app.hub import books, guests, reliefs
from counter_app.hub import tables as t
from counter_app.hub.calls import json_text
from counter_app.hub.payments import settlement_text
from counter_app.hub.rows import BookMove, Guest, MasterRow, ReliefRow, Settlement
from counter_app.hub.sql import find

KINDS = ("customer", "account", "service", "bill", "settlement", "book", "book_move", "relief")
"""The kinds of a customer's rows, each after those it refers to."""


def rows_of(connection: Connection, hall_id: str) -> dict[str, list[tuple[str, str]]]:
    """All rows of a hall's guests by kind."""
    question = select(t.guests).where(t.guests.c.hall_id == hall_id)
    return rows_for(connection, hall_id, [Guest(*row) for row in connection.execute(question)])


def rows_for(connection: Connection, hall_id: str, known: Sequence[Guest]) -> dict[str, list[tuple[str, str]]]:
    """The rows of some guests by kind, with what was paid and moved, in the order of ids."""
    away = guests.away_of(known)
    found: dict[str, list[tuple[str, str]]] = {kind: [] for kind in KINDS}
    for home_id in sorted({guest.home_hall_id for guest in known}):
        ids: dict[str, list[int]] = {}
        for guest in known:
            if guest.home_hall_id == home_id:
                ids.setdefault(guest.kind, []).append(guest.home_id)
        for kind, body in bodies_of(connection, home_id, ids):
            found[kind].append((kind, json_text(guests.translated(kind, body, home_id, hall_id, away))))
    return found


def bodies_of(connection: Connection, home_id: str, ids: dict[str, list[int]]) -> list[tuple[str, dict[str, Any]]]:
    """Rows of a hall by kind and ids, settlements and moves by their bills and books, as they are at home."""
    made: list[tuple[str, dict[str, Any]]] = []
    for kind in ("customer", "account", "service", "bill", "book"):
        rows = find(connection, t.master_rows, "id", ids.get(kind, []), hall_id=home_id, kind=kind)
        made += [
            (kind, json.loads(row.body)) for row in sorted(map(MasterRow._make, rows), key=lambda row: row.id or 0)
        ]
    for row in _sorted(connection, t.settlements, "bill_id", ids.get("bill", []), home_id):
        made.append(("settlement", json.loads(settlement_text(Settlement(*row)))))
    for row in _sorted(connection, t.book_moves, "book_id", ids.get("book", []), home_id):
        made.append(("book_move", books.body_of(BookMove(*row))))
    for row in _sorted(connection, t.relief_steps, "bill_id", ids.get("bill", []), home_id):
        made.append(("relief", reliefs.body_of(ReliefRow(*row))))
    return made


def _sorted(connection: Connection, table: Table, column: str, ids: list[int], home_id: str) -> list[tuple[Any, ...]]:
    return sorted(find(connection, table, column, ids, hall_id=home_id))
