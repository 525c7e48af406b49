"""What every call of the hub's rules is given from the edge, and how the hub says no."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from counter_app.domain.journal import as_kept
from counter_app.hub import tables as t
from counter_app.hub.sql import ask
from counter_app.sync.wire import NO_HASH, HubState, Mark, Why

_head, _end = t.chain_heads.c, t.hall_feed.c
_HEAD = select(_head.n, _head.hash).where(
    _head.hall_id == bindparam("hall"), _head.counter_id == bindparam("counter"), _head.epoch == bindparam("of_epoch")
)
_FEED = select(_end.n, _end.hash).where(_end.hall_id == bindparam("hall"))
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def json_text(value: Mapping[str, Any]) -> str:
    """The canonical JSON text of a row's body or of facts: sorted keys, no spaces."""
    return as_kept(_ENCODER.encode(value))


@dataclass(frozen=True, slots=True)
class Caller:
    """A recognised device, and what the rules cannot know by themselves: time, the hub's history, fresh nonces."""

    hall_id: str
    counter_id: str
    device_id: str
    epoch: int
    nonce: str
    generation: str
    at: datetime
    fresh_nonce: Callable[[], str]

    @property
    def stamp(self) -> str:
        """The hub's time as rows keep it: UTC, milliseconds, with zone."""
        return stamp(self.at)


class Evidence(NamedTuple):
    """Something that must not be forgotten though what was asked is refused; it is written in a commit of its own."""

    kind: str
    counter_id: str
    device_id: str
    epoch: int
    seq: int
    facts: str

    @property
    def id(self) -> str:
        """The digest of what it says: the same thing seen twice is one evidence."""
        return hashlib.sha256("\n".join(map(str, self)).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class No:
    """The hub does not do it; nothing was written. `evidence` is to be kept by `evidence.keep` in a second commit.

    With a `next_nonce` what was asked was met all the same: the nonce is consumed, and its transaction commits.
    """

    why: Why
    facts: Mapping[str, str] = field(default_factory=dict)
    hub: HubState | None = None
    evidence: tuple[Evidence, ...] = ()
    next_nonce: str | None = None


def stamp(at: datetime) -> str:
    """A moment as the hub keeps it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def head_of(connection: Connection, hall_id: str, counter_id: str, epoch: int) -> Mark:
    """The end of a chain; (0, no hash) before its first entry."""
    return _mark(ask(connection, _HEAD, hall=hall_id, counter=counter_id, of_epoch=epoch))


def feed_of(connection: Connection, hall_id: str) -> Mark:
    """The end of a hall's feed."""
    return _mark(ask(connection, _FEED, hall=hall_id))


def _mark(found: list[tuple[Any, ...]]) -> Mark:
    return Mark(n=found[0][0], hash=found[0][1]) if found else Mark(n=0, hash=NO_HASH)


def state_of(connection: Connection, caller: Caller) -> HubState:
    """What every reply says about the hub and about the chain that asked."""
    return HubState(
        generation=caller.generation,
        feed=feed_of(connection, caller.hall_id),
        head=head_of(connection, caller.hall_id, caller.counter_id, caller.epoch),
        hub_time=caller.stamp,
    )
