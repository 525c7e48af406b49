"""The lease nonce: which copy of a device is speaking, and whether the hub has answered this request before.

Each nonce begins with its number, so that the hub knows one that it has long forgotten from one of another history.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, update

from counter_app.hub import evidence
from counter_app.hub import tables as t
from counter_app.hub.calls import Caller, No
from counter_app.hub.schema import KEPT_CONTACTS
from counter_app.hub.sql import ask, put
from counter_app.sync.wire import Why

_device = t.devices.c
_MINE = (_device.hall_id == bindparam("hall"), _device.device_id == bindparam("device"))
_HOLD = select(_device.nonce).where(*_MINE).with_for_update()
_RENEW = update(t.devices).where(*_MINE).values(nonce=bindparam("fresh"))

_LOST = "lost "
"""Before the name of a history: the digest of a nonce that was put away because a history before it is lost."""

FORGETS_EACH = 100
"""Contacts after which a device's oldest ones are forgotten."""


class Lease(NamedTuple):
    """The contact is good: the nonce that goes out with the reply, and whether this one is consumed only now."""

    next_nonce: str
    is_new: bool


def following(nonce: str, fresh: str) -> str:
    """The nonce behind another one of the same device."""
    return f"{_serial(nonce) + 1}-{fresh}"


def admit(connection: Connection, caller: Caller, digest: str) -> Lease | No:
    """Judge the nonce of an upload; the device's row is held from here on, so that its copies take turns.

    Refused: `stale` (a replay, or one that was replaced unconsumed), `cloned` (another live copy; with evidence).
    """
    contact = t.contacts.c
    [(current,)] = ask(connection, _HOLD, hall=caller.hall_id, device=caller.device_id)
    if caller.nonce == current:
        return Lease(following(current, caller.fresh_nonce()), is_new=True)
    mine = (contact.hall_id == caller.hall_id, contact.device_id == caller.device_id)
    used = connection.execute(
        select(contact.digest, contact.next_nonce).where(
            *mine, contact.serial == _serial(caller.nonce), contact.nonce == caller.nonce
        )
    ).one_or_none()
    if used is None:
        if _serial(caller.nonce) <= _serial(current) - KEPT_CONTACTS:
            # long forgotten, and no request is on its way for so long: an old copy of the file speaks
            return _cloned(caller, {"nonce": caller.nonce, "digests": [digest]})
        issued = select(contact.nonce).where(*mine, contact.next_nonce == caller.nonce).limit(1)
        if connection.execute(issued).first() is not None:
            return No(Why.STALE)
    if used is None or used.digest.startswith(_LOST):
        return Lease(_of_this_history(connection, caller, current), is_new=False)
    if used.digest != digest:
        return _cloned(caller, {"nonce": caller.nonce, "digests": sorted((used.digest, digest))})
    if used.next_nonce != current:
        put_away = select(contact.digest).where(
            *mine, contact.serial == _serial(used.next_nonce), contact.nonce == used.next_nonce
        )
        if not (connection.execute(put_away).scalar_one_or_none() or "").startswith(_LOST):
            return No(Why.STALE)
    return Lease(current, is_new=False)


def _of_this_history(connection: Connection, caller: Caller, current: str) -> str:
    """A nonce of this history for whoever brings one of a history that the hub has lost, and signs for the device.

    Nothing is consumed: a late copy of an old request must not take the lease from the counter that lives. The nonce
    that was current may have been used in that history, and a copy of that request be under way: once in each history
    it is put away for a fresh one, and counts as lost, too.
    """
    contact = t.contacts.c
    lost = f"{_LOST}{caller.generation}"
    is_fresh = select(contact.nonce).where(
        contact.hall_id == caller.hall_id, contact.device_id == caller.device_id, contact.digest == lost
    )
    if connection.execute(is_fresh.limit(1)).first() is not None:
        return current
    fresh = following(current, caller.fresh_nonce())
    _write(connection, caller, current, lost, fresh)
    return fresh


def consume(connection: Connection, caller: Caller, digest: str, lease: Lease) -> None:
    """Write down that the contact has taken place, and now and then forget those that no late request can bring."""
    if not lease.is_new:
        return
    _write(connection, caller, caller.nonce, digest, lease.next_nonce)
    serial = _serial(caller.nonce)
    if serial % FORGETS_EACH == 0:
        contact = t.contacts.c
        connection.execute(
            delete(t.contacts).where(
                contact.hall_id == caller.hall_id,
                contact.device_id == caller.device_id,
                contact.serial <= serial - KEPT_CONTACTS,
                # one for each lost history: it says that this one was entered already
                contact.digest.not_like(f"{_LOST}%"),
            )
        )


def _write(connection: Connection, caller: Caller, nonce: str, digest: str, following_nonce: str) -> None:
    row = (caller.hall_id, caller.device_id, _serial(nonce), nonce, digest, following_nonce, caller.stamp)
    put(connection, t.contacts, [row])
    ask(connection, _RENEW, hall=caller.hall_id, device=caller.device_id, fresh=following_nonce)


def _cloned(caller: Caller, facts: dict[str, object]) -> No:
    return No(Why.CLONED, evidence=(evidence.branch(caller, evidence.CLONED, 0, facts),))


def _serial(nonce: str) -> int:
    """The number before a nonce; the one with which a device was enrolled has none and is the first of all."""
    number, dash, _ = nonce.partition("-")
    return int(number) if dash and number.isascii() and number.isdigit() and len(number) < 16 else 0
