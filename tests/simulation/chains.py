"""What lies in a counter's journal, read without the program's own folds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from counter_app.storage.hall import OpenHall
from tests.simulation.cases import told_of_step
from tests.simulation.truth import CASH_IN, CASH_OUT, CLOSE, CREDIT, DEED, OPEN, PAYMENT, Told
from tests.simulation.undoing import told_of_undo

_CHAIN = (
    "SELECT epoch, seq, entry_id, intent_id, kind, content, prev_hash, hash, signature, device_id"
    " FROM entries WHERE id > ? ORDER BY epoch, seq"
)


@dataclass(frozen=True)
class Kept:
    """One entry as a file holds it."""

    epoch: int
    seq: int
    entry_id: str
    intent: str | None
    kind: str
    content: str
    prev_hash: bytes
    hash: bytes
    signature: bytes
    device_id: str

    @property
    def said(self) -> dict[str, Any]:
        """The entry's text, read."""
        found: dict[str, Any] = json.loads(self.content)
        return found


def chain_of(hall: OpenHall, after: int = 0) -> list[Kept]:
    """The journal of a file, behind a row."""
    with hall.reading() as reading:
        return [Kept(*row) for row in reading.driver.execute(_CHAIN, (after,)).fetchall()]


def wrongs_of(chain: list[Kept]) -> Iterator[str]:
    """I5: numbers without gaps, each entry tied to the one before by its hash; one intent is one entry (I3)."""
    seq: dict[int, int] = {}
    last: dict[int, bytes] = {}
    intents: set[str] = set()
    for entry in chain:
        if entry.seq != seq.get(entry.epoch, 0) + 1:
            yield f"epoch {entry.epoch}: {entry.seq} comes after {seq.get(entry.epoch, 0)}"
        if entry.prev_hash != last.get(entry.epoch, bytes(32)):
            yield f"epoch {entry.epoch} entry {entry.seq} does not follow the one before"
        text = b"counter-entry/1\n" + entry.prev_hash + entry.content.encode()
        if hashlib.sha256(text).digest() != entry.hash:
            yield f"epoch {entry.epoch} entry {entry.seq} has not the hash of its text"
        seq[entry.epoch], last[entry.epoch] = entry.seq, entry.hash
        if entry.intent is not None and entry.intent in intents:
            yield f"intent {entry.intent} stands twice"
        intents.add(entry.intent or "")


def as_told(machine: str, said: dict[str, Any]) -> Told | None:
    """What the teller must have been told of an entry; None for kinds that nobody tells."""
    body, kind, intent = said["body"], said["kind"], said["intent_id"]
    if kind == PAYMENT:
        stored_fen = body["prepaid_stored_fen"]
        amounts = (
            body["received_fen"],
            body["change_fen"],
            body["prepaid_used_fen"],
            stored_fen,
            body["settled_fen"] + stored_fen,
        )
        bills = tuple((row[0].split(":", 1)[1], *row[2:5]) for row in body["settlements"])
        return Told(intent, machine, kind, said["entry_id"], amounts, body["receipt"]["receipt_no"], bills)
    key = {
        OPEN: "float_fen",
        CLOSE: "counted_fen",
        CASH_IN: "amount_fen",
        CASH_OUT: "amount_fen",
        CREDIT: "amount_fen",
        DEED: "amount_fen",
    }.get(kind)
    if key is None:
        return told_of_undo(machine, said) or told_of_step(machine, said)
    return Told(intent, machine, kind, said["entry_id"], (body[key],))
