"""What holds for all entries of one upload: the hall, the hub's time, the devices' keys, and who held which right."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from counter_app.domain.rights import Right, Role, may
from counter_app.domain.staff import StaffState
from counter_app.hub import tables as t
from counter_app.hub.entries import Arrived, Unfit
from counter_app.hub.sql import ask

_held, _device = t.staff_history.c, t.devices.c
_STAFF = select(_held.staff_no, _held.n, _held.role, _held.state).where(_held.hall_id == bindparam("hall"))
_DEVICES = select(_device.device_id, _device.public_key).where(_device.hall_id == bindparam("hall"))


class Held(NamedTuple):
    """The role and state that somebody had from row `n` of the feed on."""

    n: int
    role: str
    state: str


@dataclass(frozen=True, slots=True)
class Batch:
    """The circumstances of an upload: roles by staff number, public keys (hex) by device; `allowed` are entries that a
    supervisor accepted though nobody had the right. `generation` is the history in which they come, empty where old
    entries are driven again.
    """

    hall_id: str
    at: str
    roles: Mapping[str, tuple[Held, ...]]
    keys: Mapping[str, str] = field(default_factory=dict)
    allowed: frozenset[str] = frozenset()
    generation: str = ""

    def need(self, entry: Arrived, right: Right, *, staff_no: str | None = None) -> None:
        """Hold an entry to the right of who made it, by what its counter could know of the hall's staff.

        An entry from before the hub says nothing of the feed: any role that the hub knows of its maker counts.

        Raises:
            Unfit: `unknown_staff`, `no_right`.
        """
        who = entry.staff_no if staff_no is None else staff_no
        held = self.roles.get(who, ())
        if entry.entry_id in self.allowed:
            return
        if not held:
            raise Unfit("unknown_staff")
        if entry.seen_n is not None:
            place = bisect_right([row.n for row in held], entry.seen_n)
            held = held[max(place - 1, 0) : max(place, 1)]
            if held[0].state == StaffState.LEFT:
                raise Unfit("no_right", held[0].state)
        if not any(holds(row.role, right) for row in held):
            raise Unfit("no_right", right.value)


def batch_of(connection: Connection, hall_id: str, at: str, generation: str = "") -> Batch:
    """The circumstances of a hall's entries: its staff, which are few, and its devices."""
    rows: defaultdict[str, list[Held]] = defaultdict(list)
    for staff_no, n, role, state in ask(connection, _STAFF, hall=hall_id):
        rows[staff_no].append(Held(n, role, state))
    roles = {staff_no: tuple(sorted(found)) for staff_no, found in rows.items()}
    keys = dict(ask(connection, _DEVICES, hall=hall_id))
    return Batch(hall_id, at, roles, keys, generation=generation)


@lru_cache(maxsize=1024)
def holds(role: str, right: Right) -> bool:
    """Whether a role, as a row names it, holds a right; an unknown one holds none."""
    try:
        return may(Role(role), right)
    except ValueError:
        return False
