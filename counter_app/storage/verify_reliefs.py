"""Late fees let off or put off, held to the entries that did it: to the fen, and by somebody who did not ask."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, literal_column, or_, select

from counter_app.domain.reliefs import ASK, DECIDE, END, WAIVED, WAIVER, StepName, settlement_id, step_id
from counter_app.domain.undo import UNDONE_END
from counter_app.storage import tables as t
from counter_app.storage import tables_reliefs as r
from counter_app.storage import tables_retention
from counter_app.storage.reliefs import approvers_text
from counter_app.storage.sql import Reading, Sql, compiled
from counter_app.storage.trouble import Finding
from counter_app.storage.verify_rows import differences, tell
from counter_app.storage.verify_seals import file_version

_e, _r = t.entries.c, tables_retention.side_records
_KINDS = {"one": ASK, "two": DECIDE, "three": END}
_IN_KINDS = ", ".join(f"'{kind}'" for kind in _KINDS.values())
_ENTRIES = compiled(
    select(_e.id, _e.epoch, _e.seq, _e.content).where(_e.kind.in_([bindparam(name) for name in _KINDS])).order_by(_e.id)
)
_STEPS = compiled(
    select(r.relief_steps).where(r.relief_steps.c.entry == bindparam("of_entry")).order_by(r.relief_steps.c.step_id)
)
_SETTLED = compiled(
    select(t.settlements).where(t.settlements.c.entry == bindparam("of_entry")).order_by(t.settlements.c.id)
)
_RECORDS = compiled(select(_r).where(_r.c.entry == bindparam("of_entry")))
_DAY = compiled(select(t.settlements.c.settled_on).where(t.settlements.c.settlement_id == bindparam("name")))
_NOT_OURS = or_(_e.kind.is_(None), literal_column(f"entries.kind NOT IN ({_IN_KINDS})"))
_ALONE = (
    (
        "relief_steps",
        compiled(
            select(r.relief_steps.c.step_id, _e.kind)
            .select_from(r.relief_steps.outerjoin(t.entries, _e.id == r.relief_steps.c.entry))
            .where(_NOT_OURS)
        ),
    ),
    (
        "settlements",
        compiled(
            select(t.settlements.c.settlement_id, _e.kind)
            .select_from(t.settlements.outerjoin(t.entries, _e.id == t.settlements.c.entry))
            .where(_NOT_OURS, literal_column(f"settlements.source = '{WAIVER}'"))
        ),
    ),
)
_PART = ("settlement_id", "bill_id", "principal_fen", "late_fee_fen", "cost_fen", "settled_on", "source", "channel")


def reliefs(reading: Reading) -> Iterator[Finding]:
    """Every step stands in its entry and nowhere else; what was let off is settled exactly so, posted exactly so, and
    taken back under its own day; whoever asked has not signed.
    """
    if file_version(reading) < r.SINCE_VERSION:
        return
    asked_by: dict[str, str] = {}
    for rows in reading.stream(_ENTRIES, _KINDS):
        for entry, epoch, seq, text in rows:
            content = json.loads(text)
            where = f"entries epoch {epoch} seq {seq} ({content['entry_id']})"
            body = content["body"]
            if content["kind"] == ASK:
                asked_by[body["relief_id"]] = content["staff_no"]
                yield from _document(reading, where, entry, body)
            else:
                yield from _people(where, content, asked_by.get(body["relief_id"], body["asked_by"]))
            yield from _steps(reading, where, entry, content)
            yield from _settled(reading, where, entry, content)
    for name, question in _ALONE:
        for rows in reading.stream(question):
            for key, found in rows:
                yield Finding("row without its entry", f"{name} ({key})", f"an entry of {_IN_KINDS}", tell(found))


def _steps(reading: Reading, where: str, entry: int, content: Mapping[str, Any]) -> Iterator[Finding]:
    body = content["body"]
    step: StepName = "asked" if content["kind"] == ASK else body["outcome"]
    said = {
        step_id(body["relief_id"], step, bill_no): (bill_id, bill_no, fen) for bill_id, bill_no, fen in body["bills"]
    }
    rows = {row["step_id"]: row for row in _rows(reading, _STEPS, r.relief_steps, entry)}
    for name in sorted(said.keys() | rows.keys()):
        if name not in rows or name not in said:
            kept, wanted = ("nothing", name) if name in said else (name, "nothing")
            yield Finding("row missing", f"{where} relief_steps", wanted, kept)
            continue
        bill_id, bill_no, fen = said[name]
        expected = {
            "entry_id": content["entry_id"],
            "relief_id": body["relief_id"],
            "step": step,
            "account_id": body["account_id"],
            "bill_id": bill_id,
            "bill_no": bill_no,
            "way": body["way"],
            "amount_fen": fen,
            "until": body["until"],
            "reason_code": body["reason_code"],
            "staff_no": content["staff_no"],
            "approvers": approvers_text(body.get("approvers", [])),
            "business_date": content["business_date"],
        }
        yield from differences(f"{where} relief_steps {name}", expected, rows[name])


def _settled(reading: Reading, where: str, entry: int, content: Mapping[str, Any]) -> Iterator[Finding]:
    """What the entry settles is what it says, what its bills come to, and what it posts."""
    body = content["body"]
    said = body.get("settlements", [])
    found = [[row[name] for name in _PART] for row in _rows(reading, _SETTLED, t.settlements, entry)]
    yield from _same("settlement", f"{where} settlements", [[*row, WAIVER, "counter"] for row in said], found)
    outcome = body.get("outcome")
    sign = {"approved": 1, "ended": -1}.get(outcome or "", 0) if body["way"] == "waive" else 0
    due = [_due(reading, content, bill, sign) for bill in body["bills"]] if sign else []
    yield from _same("settlement", f"{where} body settlements", due, said)
    fen = sum(row[3] for row in said)
    lines = [[WAIVED, body["relief_id"], fen], *(["late_fee", str(row[1]), -row[3]] for row in said)] if said else []
    yield from _same("settled as posted", f"{where} postings", lines, [list(line) for line in content["postings"]])


def _due(reading: Reading, content: Mapping[str, Any], bill: Sequence[Any], sign: int) -> list[Any]:
    bill_id, bill_no, fen = bill
    name, on = settlement_id(content["body"]["relief_id"], bill_no), content["business_date"]
    if sign > 0:
        return [name, bill_id, 0, fen, 0, on]
    row = reading.one(_DAY, {"name": name})
    return [f"{name}{UNDONE_END}", bill_id, 0, -fen, 0, row[0] if row else on]


def _people(where: str, content: Mapping[str, Any], asked_by: str) -> Iterator[Finding]:
    """What gives something away is signed by people who did not ask: at the screen of somebody else, or one alone under
    the own sign-in (invariants I13, I14).
    """
    body, maker = content["body"], content["staff_no"]
    by = body["approvers"]
    if body["outcome"] == "approved" or (body["outcome"] == "ended" and body["way"] == "waive"):
        is_own = by == [maker] and body["outcome"] == "approved"
        is_right = by and len(set(by)) == len(by) and asked_by not in by and (maker not in by or is_own)
        if not is_right or content["approver_no"] != by[0]:
            yield Finding("column", f"{where} approver_no", "second persons who did not ask for it", tell(by))
    elif by or content["approver_no"] is not None:
        yield Finding("column", f"{where} approver_no", "nobody", tell(by))
    elif body["outcome"] == "declined" and maker == asked_by:
        yield Finding("column", f"{where} staff_no", "somebody who did not ask for it", tell(maker))


def _document(reading: Reading, where: str, entry: int, body: Mapping[str, Any]) -> Iterator[Finding]:
    rows = _rows(reading, _RECORDS, _r, entry)
    if len(rows) != ("record" in body):
        yield Finding("row missing", f"{where} side_records", tell(body.get("record")), f"{len(rows)} rows")
        return
    for row in rows:
        sealed = body["sealed"]
        expected = {"record_id": body["record"], "kind": sealed["kind"], "size": sealed["size"]}
        yield from differences(f"{where} side_records", {**expected, "subject": body["relief_id"]}, row)
        content = row["content"]
        digest = row["sha256"].hex() if content is None else hashlib.sha256(content).hexdigest()
        if {digest, row["sha256"].hex()} != {sealed["sha256"]}:
            yield Finding("side record", f"{where} side_records", sealed["sha256"], digest)


def _rows(reading: Reading, question: Sql, table: Table, entry: int) -> list[dict[str, Any]]:
    names = [column.name for column in table.c]
    return [dict(zip(names, row, strict=True)) for row in reading.rows(question, {"of_entry": entry})]


def _same(what: Any, where: str, expected: Sequence[Any], found: Sequence[Any]) -> Iterator[Finding]:
    for line in range(max(len(expected), len(found))):
        wanted = expected[line] if line < len(expected) else None
        kept = found[line] if line < len(found) else None
        if wanted != kept:
            yield Finding(what, f"{where} line {line + 1}", tell(wanted), tell(kept))
