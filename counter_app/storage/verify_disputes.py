"""Disputes against the entries that wrote them: a decision leaves nothing frozen, and two people stand for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, literal_column, or_, select

from counter_app.domain.bills import DISPUTE, LOWERED, TAKEN_BACK
from counter_app.domain.disputes import DECIDE, DISPUTED, KINDS, OPEN
from counter_app.storage import tables as t
from counter_app.storage import tables_disputes as d
from counter_app.storage.books import PREPAID
from counter_app.storage.sql import Reading, compiled
from counter_app.storage.trouble import Finding, FoundInFile
from counter_app.storage.verify_rows import differences, tell
from counter_app.storage.verify_seals import file_version

SOURCES = (DISPUTE, LOWERED, TAKEN_BACK)
"""The sources of settlements that an entry about a dispute writes."""

_e, _s = t.entries.c, t.settlements.c
_NAMES = ("one", "two", "three")
_ENTRIES = compiled(
    select(_e.id, _e.epoch, _e.seq, _e.entry_id, _e.kind, _e.content)
    .where(_e.kind.in_([bindparam(name) for name in _NAMES]))
    .order_by(_e.id)
)
_ROWS = compiled(
    select(
        _s.settlement_id,
        _s.bill_id,
        _s.principal_fen,
        _s.late_fee_fen,
        _s.cost_fen,
        _s.settled_on,
        _s.source,
        _s.channel,
    )
    .where(_s.entry == bindparam("of_entry"))
    .order_by(_s.id)
)
_OPENED = compiled(select(d.disputes).where(d.disputes.c.dispute_id == bindparam("dispute")))
_DECIDED = compiled(select(d.dispute_decisions).where(d.dispute_decisions.c.dispute_id == bindparam("dispute")))
_FROZEN = compiled(
    select(func.sum(_s.principal_fen)).where(
        _s.bill_id == bindparam("bill"),
        func.substr(_s.settlement_id, literal_column("1"), func.length(bindparam("name"))) == bindparam("name"),
        or_(
            _s.source == bindparam("frozen"),
            func.substr(_s.source, literal_column("1"), literal_column("11")) == bindparam("down"),
        ),
    )
)
_own: list[Any] = [literal_column(f"'{source}'") for source in SOURCES]
_kinds: list[Any] = [literal_column(f"'{kind}'") for kind in KINDS]


def _without(key: Any, entry: Any, *more: Any) -> Any:
    """Rows that no entry about a dispute leads to."""
    return compiled(
        select(key, _e.kind)
        .select_from(key.table.outerjoin(t.entries, _e.id == entry))
        .where(or_(_e.kind.is_(None), _e.kind.not_in(_kinds)), *more)
    )


_ALONE = (
    ("settlements", _without(_s.settlement_id, _s.entry, _s.source.in_(_own))),
    ("disputes", _without(d.disputes.c.dispute_id, d.disputes.c.entry)),
    ("dispute_decisions", _without(d.dispute_decisions.c.dispute_id, d.dispute_decisions.c.entry)),
)


def disputed(reading: Reading) -> Iterator[Finding]:
    """Every dispute stands as its entries say; a decision leaves nothing frozen, moves what it says, and was signed by
    somebody who neither opened nor decided it; nothing stands alone.
    """
    if file_version(reading) < d.SINCE_VERSION:
        return
    openers: dict[str, str] = {}
    for rows in reading.stream(_ENTRIES, dict(zip(_NAMES, KINDS, strict=True))):
        for entry, epoch, seq, entry_id, kind, text in rows:
            where, content = f"entries epoch {epoch} seq {seq} ({entry_id})", json.loads(text)
            body = content["body"]
            found = [list(row[:7]) for row in reading.rows(_ROWS, {"of_entry": entry})]
            yield from _same("settlement", f"{where} settlements", body["settlements"], found)
            if kind == OPEN:
                openers[body["dispute_id"]] = content["staff_no"]
                yield from _opened(reading, where, entry, content)
            elif kind == DECIDE:
                yield from _decided(reading, where, entry, content, openers.get(body["dispute_id"], ""))
    for name, question in _ALONE:
        for rows in reading.stream(question):
            for key, kind in rows:
                yield Finding("row without its entry", f"{name} ({key})", "an entry about a dispute", tell(kind))


def _opened(reading: Reading, where: str, entry: int, content: Mapping[str, Any]) -> Iterator[Finding]:
    body = content["body"]
    expected = {name: body[name] for name in ("bill_id", "line", "item", "disputed_fen", "reason_code")}
    expected |= {"entry": entry, "opened_on": body["settlements"][0][5], "staff_no": content["staff_no"]}
    yield from _row(reading, f"{where} disputes", _OPENED, d.disputes, body["dispute_id"], expected)
    if [row[2:5] for row in body["settlements"]] != [[body["disputed_fen"], 0, 0]]:
        yield Finding("settlement", f"{where} body", tell(body["disputed_fen"]), tell(body["settlements"]))


def _decided(reading: Reading, where: str, entry: int, content: Mapping[str, Any], opener: str) -> Iterator[Finding]:
    body, approver_no = content["body"], content["approver_no"]
    expected = {name: body[name] for name in ("bill_id", "outcome", "lowered_fen")}
    back_fen = sum(fen for _, fen in body["books"])
    expected |= {"entry": entry, "back_fen": back_fen, "staff_no": content["staff_no"], "approver_no": approver_no}
    yield from _row(reading, f"{where} dispute_decisions", _DECIDED, d.dispute_decisions, body["dispute_id"], expected)
    posted = sorted([account, subject, fen] for account, subject, fen in content["postings"])
    yield from _same("posting", f"{where} postings", _postings(body), posted)
    if not approver_no or approver_no in (content["staff_no"], opener):
        yield Finding("column", f"{where} approver_no", "a second person who did not open it", tell(approver_no))
    asked = {"bill": body["bill_id"], "name": f"{body['dispute_id']}/", "frozen": DISPUTE, "down": f"hub:{DISPUTE}"}
    still = reading.one(_FROZEN, asked)
    if still is None or still[0]:
        yield Finding("settlement", f"{where} settlements", "nothing frozen any more", tell(still and still[0]))


def _postings(body: Mapping[str, Any]) -> list[list[Any]]:
    """What a decision moves, by its own settlements: what was never due off the bill, what was paid of it to a book."""
    bill, lowered_fen = str(body["bill_id"]), sum(row[2] for row in body["settlements"] if row[6] == LOWERED)
    back = [row for row in body["settlements"] if row[6] == TAKEN_BACK]
    receivable_fen = -lowered_fen - sum(row[2] for row in back)
    lines = [[DISPUTED, bill, lowered_fen], ["receivable", bill, receivable_fen]]
    lines += [["late_fee", bill, -sum(row[3] for row in back)]]
    lines += [[PREPAID, str(book_id), -fen] for book_id, fen in body["books"]]
    return sorted(line for line in lines if line[2])


def _row(
    reading: Reading, where: str, question: Any, table: Any, dispute_id: str, expected: Mapping[str, Any]
) -> Iterator[Finding]:
    row = reading.one(question, {"dispute": dispute_id})
    if row is None:
        yield Finding("row missing", where, dispute_id, "nothing")
        return
    yield from differences(where, expected, dict(zip([column.name for column in table.c], row, strict=True)))


def _same(what: FoundInFile, where: str, expected: Sequence[Any], found: Sequence[Any]) -> Iterator[Finding]:
    for line in range(max(len(expected), len(found))):
        wanted = expected[line] if line < len(expected) else None
        kept = found[line] if line < len(found) else None
        if wanted != kept:
            yield Finding(what, f"{where} line {line + 1}", tell(wanted), tell(kept))
