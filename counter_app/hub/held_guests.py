"""Guests whom a counter holds and whom the hub has forgotten with its tail: they are granted again from its masters."""

from __future__ import annotations

import json
from collections import Counter

from sqlalchemy import Connection, bindparam, literal_column, select

from counter_app.hub import applying, books, finding, guests
from counter_app.hub import tables as t
from counter_app.hub.batch import Batch
from counter_app.hub.calls import Caller, state_of
from counter_app.hub.finding import HeldIds, MadeGuest
from counter_app.hub.rows import SUSPENSE, Suspense
from counter_app.hub.sql import ask, find
from counter_app.hub.states import NO_SERVICE
from counter_app.sync.wire import Done
from counter_app.sync.wire_guests import HeldGuest, HeldGuests

_WAITING_FOR_BOOKS = select(t.suspense).where(
    t.suspense.c.hall_id == bindparam("hall"),
    t.suspense.c.kind == literal_column("'book'"),
    t.suspense.c.cleared_by.is_(None),
)


def grant_again(connection: Connection, caller: Caller, asked: HeldGuests) -> Done:
    """Make customers of other halls the hall's guests again, each by the number of an account, under the ids that the
    counter has as far as nothing else has them; told a second time, nothing changes. Whom no other hall has is nobody's
    guest, and stays as they are.
    """
    owners = [(guest, _owner(connection, caller.hall_id, guest)) for guest in asked.guests]
    for guest, owner in owners:
        if owner is not None:
            made = finding.as_guest(connection, caller, *owner, _free(connection, caller.hall_id, guest))
            _find_place(made, Batch(caller.hall_id, caller.stamp, {}))
            guests.mirror(made.slate)
            made.slate.write()
    if any(owner for _, owner in owners):
        applying.redrive(connection, caller.hall_id, caller.stamp, reasons=(NO_SERVICE,))
    return Done(hub=state_of(connection, caller))


def _owner(connection: Connection, hall_id: str, guest: HeldGuest) -> tuple[str, int] | None:
    """The one other hall that has the customer's account, and the customer there; by the customer's own number where
    the counter has let go of the accounts.
    """
    names = sorted((kind, name) for kind, name, _ in guest.rows if kind in ("account", "customer"))
    keys = t.find_keys.c
    found: list[tuple[str, int]] = []
    for kind, name in names[:1]:
        question = select(keys.hall_id, keys.customer_id).where(keys.kind == kind, keys.term == name)
        found = sorted((home_id, customer_id) for home_id, customer_id in connection.execute(question))
    if any(home_id == hall_id for home_id, _ in found):
        return None
    return found[0] if len(found) == 1 else None


def _free(connection: Connection, hall_id: str, guest: HeldGuest) -> HeldIds:
    """The ids under which rows may stand in the hall: those that neither the hall's own rows nor other guests have."""
    held: HeldIds = {}
    books: Counter[str] = Counter()
    for kind, name, row_id in guest.rows:
        if kind == "book":
            books[name] += 1
            held[kind, f"{name}:{books[name]}"] = row_id
        else:
            held[kind, name] = row_id
    for of in {kind for kind, _ in held}:
        ids = sorted(row_id for (kind, _), row_id in held.items() if kind == of)
        taken = {row[3] for row in find(connection, t.master_rows, "id", ids, hall_id=hall_id, kind=of)}
        taken |= {row[2] for row in find(connection, t.guests, "id", ids, hall_id=hall_id, kind=of)}
        held = {key: row_id for key, row_id in held.items() if key[0] != of or row_id not in taken}
    return held


def _find_place(made: MadeGuest, batch: Batch) -> None:
    """Put money that waited for a guest where it belongs, at the guest's home; a book that a counter has opened for a
    guest is opened there.
    """
    slate, mine = made.slate, made.mine
    bills = [guest.id for guest in mine if guest.kind == "bill"]
    applying.clear_suspense(slate, batch, bills=bills, books_=[guest.id for guest in mine if guest.kind == "book"])
    accounts = {}
    for guest in made.mine:
        account = slate.master(guest.home_hall_id, "account", guest.home_id) if guest.kind == "account" else None
        if account is not None:
            accounts[account.key] = account
    waiting = (Suspense(*row) for row in ask(slate.ground.connection, _WAITING_FOR_BOOKS, hall=batch.hall_id))
    # what goes in opens the book that the rest goes out of
    for row in sorted(waiting, key=lambda row: (-row.amount_fen, row.suspense_id)):
        facts = json.loads(row.facts)
        account = accounts.get(facts.get("account_no", ""))
        if account is not None and slate.need(SUSPENSE, batch.hall_id, row.suspense_id).cleared_by is None:
            books.open_for(slate, batch, row, account)
            books.try_again(slate, batch, row)
