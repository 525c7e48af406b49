"""A customer that the hall does not hold, by one exact word: found in every hall, and a guest from then on."""

from __future__ import annotations

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
            rows += _as_guest(connection, caller, home_id, customer_id)
    return FoundRows(hub=state_of(connection, caller), rows=tuple(rows))


def _own(connection: Connection, hall_id: str, customer_id: int) -> list[tuple[str, str]]:
    """A customer of the hall itself, whom the counter does not have yet: its feed brings them soon."""
    known = [Guest(hall_id, row.kind, row.id, hall_id, row.id) for row in _masters(connection, hall_id, customer_id)]
    found = away.rows_for(connection, hall_id, known)
    return [row for kind in away.KINDS for row in found[kind]]


def _as_guest(connection: Connection, caller: Caller, home_id: str, customer_id: int) -> list[tuple[str, str]]:
    hall_id = caller.hall_id

    def look() -> list[Guest]:
        # the home's feed is held with the hall's: nothing of the customer changes while it becomes a guest
        return [*guests.everywhere(connection, home_id), Guest(hall_id, "customer", 0, home_id, customer_id)]

    ends, held = guests.hold(connection, hall_id, look, look())
    known = {(guest.kind, guest.home_id): guest for guest in held if guest.hall_id == hall_id and guest.id}
    slate = Slate(Ground(connection, ends))
    mine: list[Guest] = []
    for row in _masters(connection, home_id, customer_id):
        guest = known.get((row.kind, row.id))
        if guest is None:
            guest = Guest(hall_id, row.kind, slate.ground.next_id(hall_id), home_id, row.id)
            slate.put_guest(guest)
        mine.append(guest)
    found = away.rows_for(connection, hall_id, mine)
    rows = [row for kind in away.KINDS for row in found[kind]]
    if slate.guests:
        for kind, body in rows:
            slate.tell(hall_id, kind, body)
    slate.write()
    return rows


class _Row(MasterRow):
    """A master row that has an id."""

    id: int


def _masters(connection: Connection, hall_id: str, customer_id: int) -> list[_Row]:
    row = t.master_rows
    question = select(row).where(row.c.hall_id == hall_id, row.c.customer_id == customer_id, row.c.id.isnot(None))
    order = {kind: place for place, kind in enumerate(away.KINDS)}
    found = [_Row(*kept) for kept in connection.execute(question)]
    return sorted(found, key=lambda kept: (order[kept.kind], kept.id))
