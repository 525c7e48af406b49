"""Prepaid money that was moved or given back: each entry moves what it says, and two people stand for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from counter_app.domain.book_moves import MOVE, REFUND
from counter_app.domain.topups import NOTE
from counter_app.storage import tables as t
from counter_app.storage.books import PREPAID
from counter_app.storage.shifts import DRAWER
from counter_app.storage.sql import Reading, compiled
from counter_app.storage.trouble import Finding
from counter_app.storage.verify_rows import tell

_e = t.entries.c
_ENTRIES = compiled(
    select(_e.epoch, _e.seq, _e.entry_id, _e.content)
    .where(_e.kind.in_([bindparam("one"), bindparam("two")]))
    .order_by(_e.id)
)
_NOTES = compiled(select(_e.epoch, _e.seq, _e.entry_id, _e.content).where(_e.kind == bindparam("kind")).order_by(_e.id))
_KINDS = {"one": MOVE, "two": REFUND}
_OPENED = ("name", "kind", "items", "priority")


def book_acts(reading: Reading) -> Iterator[Finding]:
    """A move takes out of one book what it puts into another, a refund gives out of the drawer what it takes out of
    books; the entry's postings are what it says, and whoever signed it did not make it. For money that another channel
    took a receipt is given once.
    """
    noted: dict[str, str] = {}
    for rows in reading.stream(_NOTES, {"kind": NOTE}):
        for epoch, seq, entry_id, text in rows:
            where = f"entries epoch {epoch} seq {seq} ({entry_id})"
            first = noted.setdefault(json.loads(text)["body"]["move_id"], where)
            if first != where:
                yield Finding("prepaid", f"{where} body move_id", f"given once, at {first}", "given again")
    for rows in reading.stream(_ENTRIES, _KINDS):
        for epoch, seq, entry_id, text in rows:
            yield from _act(f"entries epoch {epoch} seq {seq} ({entry_id})", json.loads(text))


def opened_by_moves(reading: Reading) -> dict[int, dict[str, Any]]:
    """The books that moves have opened, and what each is: no more than a name, items and a place in the order."""
    found: dict[int, dict[str, Any]] = {}
    for rows in reading.stream(_ENTRIES, _KINDS):
        for *_, text in rows:
            body = json.loads(text)["body"]
            if body.get("is_opened"):
                items = json.dumps(body["to"]["items"], ensure_ascii=False)
                about = {name: body["to"][name] for name in _OPENED} | {"items": items}
                found[body["books"][-1][0]] = {**about, "valid_to": None, "opening_fen": 0}
    return found


def _act(where: str, content: Mapping[str, Any]) -> Iterator[Finding]:
    body = content["body"]
    lines = [[PREPAID, str(book_id), -fen] for book_id, fen in body["books"]]
    out_fen = -sum(fen for _, fen in body["books"])
    is_refund = content["kind"] == REFUND
    if is_refund:
        lines.append([DRAWER, content["shift_id"], -body["amount_fen"]])
    found = sorted(list(line) for line in content["postings"])
    if found != sorted(lines):
        yield Finding("posting", f"{where} postings", tell(sorted(lines)), tell(found))
    moved_fen = body["amount_fen"] if is_refund else 0
    if out_fen != moved_fen or body["amount_fen"] <= 0:
        yield Finding("prepaid", f"{where} body books", tell(moved_fen), tell(out_fen))
    people = body["approvers"]
    first = people[0] if people else None
    is_missing = is_refund and not people
    if is_missing or first != content["approver_no"] or content["staff_no"] in people or len({*people}) < len(people):
        yield Finding("column", f"{where} approver_no", "second persons who did not make it", tell(people))
