"""What the hub has received, read from its tables without its own folds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from counter_app.storage.device import is_signed

_INBOX = text(
    "SELECT counter_id, epoch, seq, entry_id, hash, content, signature FROM inbox"
    " ORDER BY hall_id, counter_id, epoch, seq"
)
_KEYS = text("SELECT device_id, public_key FROM devices")
CARRIERS = "recover.rechain"


@dataclass(frozen=True)
class Received:
    """One entry in the hub's inbox, and what it says; one that carries an older entry says that one's words."""

    counter_id: str
    epoch: int
    seq: int
    entry_id: str
    hash: str
    content: str
    signature: str
    said: dict[str, Any]


def received(connection: Connection) -> list[Received]:
    """Everything, in the order of chains."""
    return [
        Received(counter_id, epoch, seq, entry_id, digest, content, signature, _said(content))
        for counter_id, epoch, seq, entry_id, digest, content, signature in connection.execute(_INBOX)
    ]


def chain_wrongs(connection: Connection, inbox: list[Received]) -> Iterator[str]:
    """I2 and I5 at the hub: whole chains, each entry tied to the one before and signed by a device it knows."""
    keys = {device_id: bytes.fromhex(key) for device_id, key in connection.execute(_KEYS)}
    place: tuple[str, int] | None = None
    seq, last = 0, bytes(32)
    for entry in inbox:
        if (entry.counter_id, entry.epoch) != place:
            place, seq, last = (entry.counter_id, entry.epoch), 0, bytes(32)
        digest = hashlib.sha256(b"counter-entry/1\n" + last + entry.content.encode()).digest()
        if entry.seq != seq + 1:
            yield f"{place}: {entry.seq} comes after {seq}"
        if digest.hex() != entry.hash:
            yield f"{place}: {entry.seq} does not follow the one before"
        device = json.loads(entry.content)["device_id"]
        if device not in keys or not is_signed(keys[device], digest, bytes.fromhex(entry.signature)):
            yield f"{place}: {entry.seq} is not signed by {device}"
        seq, last = entry.seq, digest


def facts_of(inbox: list[Received]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """What the halls did, each once under its own entry id; and ids that came with different words (I4)."""
    facts: dict[str, dict[str, Any]] = {}
    odd = []
    for entry in inbox:
        said = entry.said
        before = facts.setdefault(said["entry_id"], said)
        if before != said:
            odd.append(said["entry_id"])
    return facts, odd


def is_carried(entry: Received) -> bool:
    """Whether another entry brought it, in place of the chain in which it was written."""
    return f'"kind":"{CARRIERS}"' in entry.content


def _said(content: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(content)
    if said["kind"] == CARRIERS:
        carried: dict[str, Any] = json.loads(said["body"]["content"])
        return carried
    return said
