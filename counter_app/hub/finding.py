"""A customer that the hall does not hold, by one exact word: found in every hall, and a guest from then on."""

from __future__ import annotations

import json
from collections import Counter
from typing import NamedTuple

from sqlalchemy import Connection, select

from counter_app.domain.rights import Right
from counter_app.hub import away, guests
from counter_app.hub import tables as t
from counter_app.hub.calls import Caller, No, state_of
from counter_app.hub.epochs import is_allowed
from counter_app.hub.rows import Guest, MasterRow
from counter_app.hub.slate import Ground, Slate
from counter_app.sync.wire import Find, FoundRows, Why

MOST_FOUND = 3
"""Customers that one word may find: the same person in several halls."""


HeldIds = dict[tuple[str, str], int]
"""The ids of rows by their kind and what names them, under which a counter of the hall has them."""


class MadeGuest(NamedTuple):
    """A guest on a slate that holds the feeds of both halls: the rows by their ids here and at home, and as told."""

    slate: Slate
    mine: list[Guest]
    rows: list[tuple[str, str]]


def find_customer(connection: Connection, caller: Caller, asked: Find) -> FoundRows | No:
    """The customer's rows under the hall's own ids; they come by its feed as well, so that its other counters follow.

    Refused: `needs_supervisor`: who asks may not see customers.
    """
    if not is_allowed(connection, caller.hall_id, asked.staff_no, Right.SEE_CUSTOMERS):
        return No(Why.NEEDS_SUPERVISOR, {"staff_no": asked.staff_no})
    keys = t.find_keys.c
    question = select(keys.hall_id, keys.customer_id).where(keys.kind == asked.kind, keys.term == asked.term)
    owners = sorted((hall_id, customer_id) for hall_id, customer_id in connection.execute(question))[:MOST_FOUND]
    rows: list[tuple[str, str]] = []
    for home_id, customer_id in owners:
        if home_id == caller.hall_id:
            rows += _own(connection, home_id, customer_id)
        else:
            made = as_guest(connection, caller, home_id, customer_id)
            made.slate.write()
            rows += made.rows
    return FoundRows(hub=state_of(connection, caller), rows=tuple(rows))


def _own(connection: Connection, hall_id: str, customer_id: int) -> list[tuple[str, str]]:
    """A customer of the hall itself, whom the counter does not have yet: its feed brings them soon."""
    known = [Guest(hall_id, row.kind, row.id, hall_id, row.id) for row in _masters(connection, hall_id, customer_id)]
    found = away.rows_for(connection, hall_id, known)
    return [row for kind in away.KINDS for row in found[kind]]


def as_guest(
    connection: Connection, caller: Caller, home_id: str, customer_id: int, held: HeldIds | None = None
) -> MadeGuest:
    """A customer of another hall as the hall's guest, still to be written; what is in `held` gets that id."""
    hall_id = caller.hall_id

    def look() -> list[Guest]:
        # the home's feed is held with the hall's: nothing of the customer changes while it becomes a guest
        return [*guests.everywhere(connection, home_id), Guest(hall_id, "customer", 0, home_id, customer_id)]

    ends, held_now = guests.hold(connection, hall_id, look, look())
    known = {(guest.kind, guest.home_id): guest for guest in held_now if guest.hall_id == hall_id and guest.id}
    slate = Slate(Ground(connection, ends, [guest for guest in held_now if guest.id], at=caller.stamp))
    mine: list[Guest] = []
    names = _Names()
    for row in _masters(connection, home_id, customer_id):
        guest, name = known.get((row.kind, row.id)), names.of(row)
        if guest is None:
            row_id = held.get((row.kind, name)) if held else None
            guest = Guest(hall_id, row.kind, row_id or slate.ground.next_guest_id(hall_id), home_id, row.id)
            slate.put_guest(guest)
        mine.append(guest)
    found = away.rows_for(connection, hall_id, mine)
    rows = [row for kind in away.KINDS for row in found[kind]]
    if slate.guests:
        for kind, body in rows:
            slate.tell(hall_id, kind, body)
    return MadeGuest(slate, mine, rows)


class _Names:
    """What names rows in every hall; an account's books of one kind are told apart by their order."""

    def __init__(self) -> None:
        self._accounts: dict[object, str] = {}
        self._books: Counter[str] = Counter()

    def of(self, row: _Row) -> str:
        """The name of the next row, each after the one that it hangs on."""
        if row.kind == "account":
            self._accounts[row.id] = row.key
        if row.kind != "book":
            return row.key
        body = json.loads(row.body)
        name = f"{self._accounts.get(body['account_id'], '')}:{body['kind']}"
        self._books[name] += 1
        return f"{name}:{self._books[name]}"


class _Row(MasterRow):
    """A master row that has an id."""

    id: int


def _masters(connection: Connection, hall_id: str, customer_id: int) -> list[_Row]:
    row = t.master_rows
    question = select(row).where(row.c.hall_id == hall_id, row.c.customer_id == customer_id, row.c.id.isnot(None))
    order = {kind: place for place, kind in enumerate(away.KINDS)}
    found = [_Row(*kept) for kept in connection.execute(question)]
    return sorted(found, key=lambda kept: (order[kept.kind], kept.id))
