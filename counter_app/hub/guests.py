"""Customers of another hall: what is done for them here is done at their home as well, in the same commit."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, literal_column, or_, select

from counter_app.hub import feed
from counter_app.hub import tables as t
from counter_app.hub.accounts import BETWEEN
from counter_app.hub.rows import BILLS, BOOKS, Guest
from counter_app.hub.slate import Slate
from counter_app.hub.sql import ask, find

_LOOKS = 5
_guest = t.guests.c
_ANY = (
    select(_guest.id)
    .where(or_(_guest.hall_id == bindparam("hall"), _guest.home_hall_id == bindparam("hall")))
    .limit(literal_column("1"))
)


class HallsMoved(Exception):
    """Other halls got guests of this one again and again while it looked which of them it needs."""


SUBJECT = {
    "customer": ("customer", "id"),
    "account": ("account", "id"),
    "service": ("service", "id"),
    "bill": ("bill", "id"),
    "book": ("book", "id"),
    "settlement": ("bill", "bill_id"),
    "book_move": ("book", "book_id"),
    "relief": ("bill", "bill_id"),
}
"""Rows of a feed that concern a customer: of which kind their subject is, and which key holds its id."""

Away = dict[tuple[str, str, int], dict[str, int]]
"""Of a row at its home (hall, kind, id) the ids under which other halls know it."""

PARENTS = {
    "account": ("customer", "customer_id"),
    "service": ("account", "account_id"),
    "bill": ("account", "account_id"),
    "book": ("account", "account_id"),
}
"""What a row hangs on: a new row of a guest is the guest's, too."""
_REFERENCES = {
    "customer_id": "customer",
    "account_id": "account",
    "service_id": "service",
    "bill_id": "bill",
    "book_id": "book",
}


def home_of(slate: Slate, hall_id: str, kind: str, row_id: int) -> tuple[str, int]:
    """The hall and the id under which something is at home; its own, unless it is a guest's."""
    if kind == "bill" and slate.find(BILLS, hall_id, row_id) is not None:
        return hall_id, row_id
    if kind == "book" and slate.find(BOOKS, hall_id, row_id) is not None:
        return hall_id, row_id
    guest = slate.guest(hall_id, kind, row_id)
    return (hall_id, row_id) if guest is None else (guest.home_hall_id, guest.home_id)


def post_between(slate: Slate, hall_id: str, home_id: str, fen: int) -> None:
    """What one hall took for another stands between the two: the postings of each hall sum to zero by themselves."""
    if home_id != hall_id:
        slate.post(hall_id, f"{BETWEEN}{home_id}", "", -fen)
        slate.post(home_id, f"{BETWEEN}{hall_id}", "", fen)


def has_any(connection: Connection, hall_id: str) -> bool:
    """Whether a hall has guests, or customers who are guests elsewhere."""
    return bool(ask(connection, _ANY, hall=hall_id))


def touched(connection: Connection, hall_id: str, ids: Collection[int]) -> list[Guest]:
    """All guests' rows that belong to these ids of a hall: as guests here, and as guests elsewhere."""
    wanted = list(ids)
    here = [Guest(*row) for row in find(connection, t.guests, "id", wanted, hall_id=hall_id)]
    homes: dict[str, set[int]] = {hall_id: set(wanted)}
    for guest in here:
        homes.setdefault(guest.home_hall_id, set()).add(guest.home_id)
    found = {(guest.hall_id, guest.kind, guest.id): guest for guest in here}
    for home_id in sorted(homes):
        for row in find(connection, t.guests, "home_id", sorted(homes[home_id]), home_hall_id=home_id):
            guest = Guest(*row)
            found[guest.hall_id, guest.kind, guest.id] = guest
    return list(found.values())


def everywhere(connection: Connection, hall_id: str) -> list[Guest]:
    """All rows of the hall's own customers that are guests elsewhere."""
    rows = connection.execute(select(t.guests).where(t.guests.c.home_hall_id == hall_id))
    return [Guest(*row) for row in rows]


def hold(
    connection: Connection, hall_id: str, look: Callable[[], list[Guest]], first: list[Guest]
) -> tuple[dict[str, feed.FeedEnd], list[Guest]]:
    """Hold the feeds of a hall and of all others that share a customer in question with it.

    A customer becomes a guest under the feeds of both halls: once they are held, who is whose guest stands still.

    Raises:
        HallsMoved: other halls got guests again and again meanwhile.
    """
    halls = halls_of(hall_id, first)
    for _ in range(_LOOKS):
        point = connection.begin_nested()
        ends = feed.lock(connection, halls)
        found = look()
        wanted = halls_of(hall_id, found)
        if wanted <= halls:
            point.commit()
            return ends, found
        # let go of them: halls are held in their order, or two uploads may wait for each other
        point.rollback()
        halls = wanted
    raise HallsMoved(hall_id)


def halls_of(hall_id: str, rows: Iterable[Guest]) -> set[str]:
    """The halls whose feeds a change may reach."""
    return {hall_id, *(guest.hall_id for guest in rows), *(guest.home_hall_id for guest in rows)}


def mirror(slate: Slate) -> None:
    """Tell every hall that has a guest what was told to the guest's home, under the hall's own ids.

    A new row of a guest (a bill, a book) becomes a guest's row in each hall that has the one it hangs on.
    """
    known = {**slate.ground.guests, **slate.guests}
    if not known:
        return
    away = away_of(known.values())
    _look_up_references(slate, away)
    for home_id, kind, text in tuple(slate.told):
        if kind not in SUBJECT:
            continue
        body: dict[str, Any] = json.loads(text)
        subject, name = SUBJECT[kind]
        key = (home_id, subject, body[name])
        if kind in PARENTS:
            parent, parent_name = PARENTS[kind]
            for hall_id in away.get((home_id, parent, body[parent_name]), {}):
                if hall_id not in away.setdefault(key, {}):
                    away[key][hall_id] = slate.ground.next_guest_id(hall_id)
                    slate.put_guest(Guest(hall_id, subject, away[key][hall_id], home_id, body[name]))
        for hall_id in sorted(away.get(key, {})):
            slate.tell_row(hall_id, kind, translated(kind, body, home_id, hall_id, away))


def _look_up_references(slate: Slate, away: Away) -> None:
    """What a guest's row hangs on (the account of a service) need not be touched by any entry: its ids elsewhere are
    looked up, or the row would refer to nothing there.
    """
    wanted: dict[str, set[int]] = {}
    for home_id, kind, text in slate.told:
        body = json.loads(text) if kind in SUBJECT else {}
        if not body or (home_id, SUBJECT[kind][0], body[SUBJECT[kind][1]]) not in away:
            continue
        for reference, of in _REFERENCES.items():
            row_id = body.get(reference)
            if row_id is not None and (home_id, of, row_id) not in away:
                wanted.setdefault(home_id, set()).add(row_id)
    for home_id in sorted(wanted):
        for row in find(slate.ground.connection, t.guests, "home_id", sorted(wanted[home_id]), home_hall_id=home_id):
            guest = Guest(*row)
            away.setdefault((home_id, guest.kind, guest.home_id), {})[guest.hall_id] = guest.id


def away_of(rows: Iterable[Guest]) -> Away:
    """Where each row of a home is known as a guest's."""
    away: Away = {}
    for guest in rows:
        away.setdefault((guest.home_hall_id, guest.kind, guest.home_id), {})[guest.hall_id] = guest.id
    return away


def translated(kind: str, body: Mapping[str, Any], home_id: str, hall_id: str, away: Away) -> dict[str, Any]:
    """A row of a home as another hall has it, under that one's ids; what is not known there is null."""
    made = dict(body)
    own, name = SUBJECT[kind]
    for reference, of in {**_REFERENCES, name: own}.items():
        if made.get(reference) is not None:
            made[reference] = away.get((home_id, of, made[reference]), {}).get(hall_id)
    return made
