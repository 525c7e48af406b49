"""The lease nonce: which copy of a device is speaking, and whether the hub has answered this request before."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select, update

from counter_app.hub import evidence
from counter_app.hub import tables as t
from counter_app.hub.calls import Caller, No
from counter_app.hub.sql import put
from counter_app.sync.wire import Why


class Lease(NamedTuple):
    """The contact is good: the nonce that goes out with the reply, and whether this one is consumed only now."""

    next_nonce: str
    is_new: bool


def admit(connection: Connection, caller: Caller, digest: str) -> Lease | No:
    """Judge the nonce of an upload; the device's row is held from here on, so that its copies take turns.

    Refused: `stale` (a replay, or one that was replaced unconsumed), `cloned` (another live copy; with evidence).
    """
    device, contact = t.devices.c, t.contacts.c
    current = connection.execute(
        select(device.nonce)
        .where(device.hall_id == caller.hall_id, device.device_id == caller.device_id)
        .with_for_update()
    ).scalar_one()
    if caller.nonce == current:
        return Lease(caller.fresh_nonce(), is_new=True)
    mine = (contact.hall_id == caller.hall_id, contact.device_id == caller.device_id)
    used = connection.execute(
        select(contact.digest, contact.next_nonce).where(*mine, contact.nonce == caller.nonce)
    ).one_or_none()
    if used is None:
        issued = select(contact.nonce).where(*mine, contact.next_nonce == caller.nonce).limit(1)
        if connection.execute(issued).first() is not None:
            return No(Why.STALE)
        # issued in a history that the hub has lost: whoever signs for the device is taken at its word; nothing is
        # consumed, for a late copy of an old request must not take the lease from the counter that lives. The current
        # nonce may have been used in that history too, and a copy of that request be under way: it is given to nobody
        fresh = caller.fresh_nonce()
        connection.execute(
            update(t.devices)
            .where(device.hall_id == caller.hall_id, device.device_id == caller.device_id)
            .values(nonce=fresh)
        )
        return Lease(fresh, is_new=False)
    if used.digest != digest:
        facts = {"nonce": caller.nonce, "digests": sorted((used.digest, digest))}
        return No(Why.CLONED, evidence=(evidence.branch(caller, evidence.CLONED, 0, facts),))
    if used.next_nonce != current:
        return No(Why.STALE)
    return Lease(current, is_new=False)


def consume(connection: Connection, caller: Caller, digest: str, lease: Lease) -> None:
    """Write down that the contact has taken place."""
    if not lease.is_new:
        return
    put(
        connection,
        t.contacts,
        [(caller.hall_id, caller.device_id, caller.nonce, digest, lease.next_nonce, caller.stamp)],
    )
    device = t.devices
    connection.execute(
        update(device)
        .where(device.c.hall_id == caller.hall_id, device.c.device_id == caller.device_id)
        .values(nonce=lease.next_nonce)
    )
