"""Shifts that were counted and closed: the sums of a count, the close on the last one, and its Z report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from counter_app.domain.payments import CASH
from counter_app.domain.z_papers import Z_REPORT
from counter_app.domain.z_report import CLOSE, DRAWER
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage.shift_counts import COUNTED
from counter_app.storage.sql import Reading, compiled
from counter_app.storage.trouble import Finding
from counter_app.storage.verify_rows import tell

_e, _p = t.entries.c, r.papers.c
_ENTRIES = compiled(
    select(_e.id, _e.epoch, _e.seq, _e.kind, _e.shift_id, _e.content)
    .where(_e.kind.in_([bindparam("counted"), bindparam("closed")]))
    .order_by(_e.id)
)
_Z = compiled(select(_p.subject, _p.kind, _p.facts_sha256).where(_p.paper_no == bindparam("paper")))


def closed_shifts(reading: Reading) -> Iterator[Finding]:
    """Every count adds up; every shift was closed on its last count, off by what was posted, with its own Z report.

    A close of before there were counts says nothing of tenders.
    """
    last: dict[str, Mapping[str, Any]] = {}
    for rows in reading.stream(_ENTRIES, {"counted": COUNTED, "closed": CLOSE}):
        for _, epoch, seq, kind, shift_id, text in rows:
            where, content = f"entry {epoch}/{seq}", json.loads(text)
            if kind == COUNTED:
                last[shift_id] = content["body"]
                yield from _count(where, content["body"])
            elif "tenders" in content["body"]:
                yield from _close(reading, where, content, last.pop(shift_id, None))


def _count(where: str, body: Mapping[str, Any]) -> Iterator[Finding]:
    cash_fen = sum(fen * pieces for fen, pieces in body["cash"])
    if cash_fen != body["cash_fen"]:
        yield Finding("shift close", f"{where} cash", str(cash_fen), str(body["cash_fen"]))
    for tender, pieces, fen, each in body["slips"]:
        if each and (sum(each) != fen or len(each) != pieces):
            yield Finding("shift close", f"{where} {tender}", f"{len(each)} {sum(each)}", f"{pieces} {fen}")


def _close(
    reading: Reading, where: str, content: Mapping[str, Any], counted: Mapping[str, Any] | None
) -> Iterator[Finding]:
    body, shift_id = content["body"], content["shift_id"]
    if counted is None:
        yield Finding("shift close", where, "a count of the shift before it", "nothing")
        return
    said = {CASH: counted["cash_fen"], **{tender: fen for tender, _, fen, _ in counted["slips"]}}
    off = {}
    for tender, expected_fen, counted_fen, _, _ in body["tenders"]:
        if counted_fen != said.get(tender, 0):
            yield Finding("shift close", f"{where} {tender}", str(said.get(tender, 0)), str(counted_fen))
        off[DRAWER if tender == CASH else tender] = counted_fen - expected_fen
    # what was counted leaves the drawer with the close; of slips only what is off moves
    off[DRAWER] -= said[CASH]
    posted: dict[str, int] = {}
    for account, subject, fen in content["postings"]:
        if subject == shift_id and account in off:
            posted[account] = posted.get(account, 0) + fen
    for account, fen in off.items():
        if posted.get(account, 0) != fen:
            yield Finding("shift close", f"{where} postings {account}", str(fen), str(posted.get(account, 0)))
    yield from _z(reading, where, shift_id, body["z"])


def _z(reading: Reading, where: str, shift_id: str, said: Mapping[str, Any]) -> Iterator[Finding]:
    row = reading.one(_Z, {"paper": said["paper_no"]})
    wanted = (shift_id, Z_REPORT, said["facts_sha256"])
    if row is None or tuple(row) != wanted:
        yield Finding("shift close", f"{where} papers {said['paper_no']}", tell(wanted), tell(row))
