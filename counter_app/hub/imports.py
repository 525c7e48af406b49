"""A hall's file at the hub: what the hub holds of the rows it names, and a chunk of rows taken or only tried."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from counter_app.hub import tables as t
from counter_app.hub.calls import stamp
from counter_app.hub.database import Database
from counter_app.hub.masters import Taken, take
from counter_app.hub.revisions import generation
from counter_app.hub.sql import find


@dataclass(frozen=True, slots=True)
class HubHall:
    """A hall of the hub; `facts` are its words (name, company, trade …)."""

    hall_id: str
    facts: dict[str, str]


def hall_of(database: Database, code: str) -> HubHall | None:
    """The hall of a code; None while no device of it has enrolled."""
    hall = t.halls.c
    with database.transaction() as connection:
        row = connection.execute(select(hall.hall_id, hall.facts).where(hall.hall_code == code)).one_or_none()
        if row is None:
            return None
        facts: dict[str, str] = json.loads(row.facts)
        words = find(connection, t.master_rows, "key", ["name", "company", "trade"], hall_id=row.hall_id, kind="hall")
        facts |= {key: json.loads(body)["value"] for _, _, key, _, _, body in words}
        return HubHall(row.hall_id, facts)


class Ground:
    """What the hub holds, asked for by the keys that a file names."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._connection, self._hall_id = connection, hall_id

    def known(self, kind: str, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The rows of one kind by their natural keys."""
        rows = find(self._connection, t.master_rows, "key", sorted(set(keys)), hall_id=self._hall_id, kind=kind)
        return {row[2]: json.loads(row[5]) for row in rows}

    def bills_of(self, customer_ids: Iterable[int]) -> list[dict[str, Any]]:
        """Every bill of some customers."""
        return self._of_customers("bill", customer_ids)

    def services_of(self, customer_ids: Iterable[int]) -> list[dict[str, Any]]:
        """Every service of some customers."""
        return self._of_customers("service", customer_ids)

    def settlements(self, ids: Iterable[str]) -> dict[str, tuple[Any, ...]]:
        """What is known of settlements: bill, day, the three amounts, channel."""
        rows = find(self._connection, t.settlements, "settlement_id", sorted(set(ids)), hall_id=self._hall_id)
        return {row[1]: (*row[2:7], row[8]) for row in rows}

    def _of_customers(self, kind: str, customer_ids: Iterable[int]) -> list[dict[str, Any]]:
        ids = sorted(set(customer_ids))
        rows = find(self._connection, t.master_rows, "customer_id", ids, hall_id=self._hall_id, kind=kind)
        return [json.loads(row[5]) for row in rows]


class _OnlyTried(Exception):
    """Leaves the transaction of a chunk that was only to be tried."""


def bring(
    database: Database, hall_id: str, at: datetime, rows: Sequence[tuple[str, dict[str, Any]]], *, is_trial: bool
) -> Taken:
    """Take a chunk of rows in one transaction; as a trial, everything is undone but what it says."""
    try:
        with database.transaction() as connection:
            taken = take(connection, hall_id, stamp(at), rows, generation=generation(database, connection))
            if is_trial or taken.faults:
                raise _OnlyTried
    except _OnlyTried:
        pass
    return taken
