"""What a teller is told of a step of a retention case, and what its entry and the record beside it must say of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, text

from counter_app.storage.hall import OpenHall
from tests.simulation.truth import Told, Truth

STEP, ISSUED, WITHDRAWN = "retention.", "paper.issued", "consent.withdraw"
OPENED, OFFERED = "retention.open", "retention.offer"

_RECORD = "SELECT content, size, sha256, erased_at FROM side_records WHERE record_id = ?"
_PROMISED = text("SELECT record_id, size, sha256, content, erased_at FROM side_records")


def told_of_step(machine: str, said: dict[str, Any]) -> Told | None:
    """What the teller must have been told of a step: its case, what an offer costs, the number of a case or a paper."""
    body, kind = said["body"], said["kind"]
    if kind == ISSUED and "case_id" in body:
        return Told(said["intent_id"], machine, kind, said["entry_id"], (), body["paper_no"])
    if not kind.startswith(STEP) and kind != WITHDRAWN:
        return None
    amounts = (body["measure"]["cost_fen"],) if kind == OFFERED else ()
    place = body["case_no"] if kind == OPENED else body["case_id"]
    return Told(said["intent_id"], machine, kind, said["entry_id"], amounts, place)


def record_wrongs(hall: OpenHall, said: dict[str, Any], truth: Truth) -> Iterator[str]:
    """The record of an entry lies beside it in the file, as the entry seals it and with what the teller wrote in it.

    One that was erased has its size and hash still; so has one that only its entry came back of.
    """
    seal = said["body"].get("sealed")
    if not isinstance(seal, dict):
        return
    record_id = said["body"]["record"]
    with hall.reading() as reading:
        row = reading.driver.execute(_RECORD, (record_id,)).fetchone()
    if row is None:
        yield f"{said['kind']}: no record {record_id}"
        return
    content, size, sha256, erased_at = row
    if (size, sha256.hex()) != (seal["size"], seal["sha256"]):
        yield f"{said['kind']}: record {record_id} has another size or hash than its entry"
    if content is None:
        if erased_at is None:
            yield f"{said['kind']}: record {record_id} has lost its content"
    elif wrong := content_wrong(content, said, truth):
        yield f"{said['kind']}: record {record_id} {wrong}"


def content_wrong(content: bytes, said: dict[str, Any], truth: Truth) -> str:
    """What is wrong with a record's content, in words; empty when nothing is."""
    seal = said["body"]["sealed"]
    if (len(content), hashlib.sha256(content).hexdigest()) != (seal["size"], seal["sha256"]):
        return "is not what its entry seals"
    if truth.sealed.get(said["intent_id"] or "", b"") not in content:
        return "has not what the teller wrote"
    return ""


def records_at_hub(connection: Connection, facts: dict[str, dict[str, Any]], truth: Truth) -> Iterator[str]:
    """Every record that an entry seals is promised at the hub once, with that size and hash; its content is there,
    unless it lay on a lost disk alone, or was erased before it went up.
    """
    kept = {row[0]: row[1:] for row in connection.execute(_PROMISED)}
    sealed = {said["body"]["record"]: said for said in facts.values() if isinstance(said["body"].get("sealed"), dict)}
    for record_id in kept.keys() - sealed.keys():
        yield f"a record without an entry: {record_id}"
    for record_id, said in sealed.items():
        size, sha256, content, _ = kept.get(record_id, (None,) * 4)
        seal = said["body"]["sealed"]
        if (size, sha256) != (seal["size"], seal["sha256"]):
            yield f"{said['kind']}: record {record_id} is promised as {size}, {sha256}"
        elif content is None:
            if record_id in truth.held:
                yield f"{said['kind']}: record {record_id} never came to the hub"
        elif wrong := content_wrong(bytes(content), said, truth):
            yield f"{said['kind']}: record {record_id} at the hub {wrong}"


def contents_in_file(hall: OpenHall) -> set[str]:
    """The records whose content this file has."""
    with hall.reading() as reading:
        sql = "SELECT record_id FROM side_records WHERE content IS NOT NULL"
        return {row[0] for row in reading.driver.execute(sql).fetchall()}
