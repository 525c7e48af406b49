"""The safe as the journal tells it: what is given out was asked for, what is banked was there, a day has its papers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, text

from counter_app.domain.day_report import CLOSED, DAY_REPORT
from counter_app.domain.proofs import FOUND, HANDED, MISSING
from counter_app.domain.safe import (
    ACCEPT,
    ASK,
    BANK,
    DEPOSIT,
    DROP,
    FUND,
    ISSUE,
    ISSUED,
    ON_THE_WAY,
    REFUSE,
    SAFE,
    TURNED_IN,
    account_of,
)
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage.shifts import DRAWER
from counter_app.storage.sql import Reading, compiled
from counter_app.storage.trouble import Finding
from counter_app.storage.verify_rows import tell
from counter_app.storage.verify_seals import file_version

SINCE_VERSION = 10
"""The version of the hall's file from which there is an index to these entries; older ones have none of them."""

_e, _p, _n = t.entries.c, r.papers.c, t.payment_tenders.c
_ENTRIES = compiled(select(_e.epoch, _e.seq, _e.kind, _e.content).where(text(t.OF_SAFE)).order_by(_e.id))
_PAPER = compiled(select(_p.kind, _p.facts_sha256).where(_p.paper_no == bindparam("paper")))
_TENDER = compiled(
    select(_n.tender, _n.amount_fen).where(_n.payment_id == bindparam("payment"), _n.line == bindparam("line"))
)
_Content = Mapping[str, Any]


def safe(reading: Reading) -> Iterator[Finding]:
    """Every float was asked for once, given out by a second person and is in a drawer or back; whatever was counted is
    what moved; no slip of a bank and no shift of a day stands twice; a found paper was missing.
    """
    if file_version(reading) < SINCE_VERSION:
        return
    seen = _Seen(reading)
    for rows in reading.stream(_ENTRIES):
        for epoch, seq, kind, content in rows:
            yield from seen.check(f"entry {epoch}/{seq} {kind}", kind, json.loads(content))


class _Seen:
    """What the entries before have said."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._asked: dict[str, tuple[str, int]] = {}
        self._slips: set[tuple[str, str]] = set()
        self._missing: set[tuple[str, int]] = set()
        self._reported: set[str] = set()
        self._checks: Mapping[str, Callable[[str, _Content], Iterator[Finding]]] = {
            **dict.fromkeys((ASK, ISSUE, ACCEPT, REFUSE), self._float),
            **dict.fromkeys((FUND, DROP), self._counted),
            DEPOSIT: self._deposit,
            HANDED: self._handed,
            FOUND: self._found,
            CLOSED: self._day,
        }

    def check(self, where: str, kind: str, content: _Content) -> Iterator[Finding]:
        """One entry against those before it."""
        yield from self._checks[kind](where, content)

    def _float(self, where: str, content: _Content) -> Iterator[Finding]:
        body, kind = content["body"], content["kind"]
        ask_id, fen, counter_id = body["ask_id"], body["amount_fen"], content["counter_id"]
        before = self._asked.get(ask_id)
        wanted = {ASK: (None,), ISSUE: (ASK,), ACCEPT: (ISSUE,), REFUSE: (ASK, ISSUE)}[kind]
        if (before[0] if before else None) not in wanted or (before and before[1] != fen):
            yield Finding("safe", where, f"{wanted} of {fen}", tell(before))
        self._asked[ask_id] = (kind, fen)
        yield from _adds_up(where, body)
        out = [[ON_THE_WAY, ask_id, -fen]]
        moves = {
            ASK: [],
            ISSUE: [[SAFE, counter_id, -fen], [ON_THE_WAY, ask_id, fen]],
            ACCEPT: [*out, [ISSUED, content["shift_id"], fen]],
            REFUSE: [*out, [SAFE, counter_id, fen]] if body.get("was") == "issued" else [],
        }
        yield from _posted(where, content, moves[kind])
        if kind == ISSUE and content["approver_no"] in (None, content["staff_no"], body["staff_no"]):
            yield Finding("safe", f"{where} approver_no", "a second person", tell(content["approver_no"]))

    def _counted(self, where: str, content: _Content) -> Iterator[Finding]:
        body, fen, shift_id = content["body"], content["body"]["amount_fen"], content["shift_id"]
        yield from _adds_up(where, body)
        if content["kind"] == FUND:
            counter_id = content["counter_id"]
            yield from _posted(where, content, [[SAFE, counter_id, fen], [FUND, counter_id, -fen]])
            return
        yield from _posted(where, content, [[DRAWER, shift_id, -fen], [TURNED_IN, shift_id, fen]])
        taker_no = content["approver_no"]
        if taker_no in (None, content["staff_no"]) or taker_no != body["to_staff_no"]:
            yield Finding("safe", f"{where} approver_no", "who has taken it over", tell(taker_no))

    def _deposit(self, where: str, content: _Content) -> Iterator[Finding]:
        body = content["body"]
        lines = [[account_of(tender), shift_id, -fen] for shift_id, tender, fen in body["lines"]]
        yield from _posted(where, content, [*lines, [BANK, content["counter_id"], body["amount_fen"]]])
        slip = (body["bank"], body["slip_no"])
        if slip in self._slips:
            yield Finding("safe", where, "a slip that stands once", tell(slip))
        self._slips.add(slip)

    def _handed(self, where: str, content: _Content) -> Iterator[Finding]:
        for entry_id, line, tender, fen, _, state in content["body"]["lines"]:
            row = self._reading.one(_TENDER, {"payment": entry_id, "line": line})
            if row is not None and tuple(row) != (tender, fen):
                yield Finding("safe", f"{where} {entry_id} {line}", tell(tuple(row)), tell((tender, fen)))
            if state == MISSING:
                self._missing.add((entry_id, line))

    def _found(self, where: str, content: _Content) -> Iterator[Finding]:
        entry_id, line = content["body"]["proof"]
        if (entry_id, line) not in self._missing:
            yield Finding("safe", where, "a paper that was missing", f"{entry_id} {line}")
        self._missing.discard((entry_id, line))

    def _day(self, where: str, content: _Content) -> Iterator[Finding]:
        body = content["body"]
        row = self._reading.one(_PAPER, {"paper": body["paper"]["paper_no"]})
        wanted = (DAY_REPORT, body["paper"]["facts_sha256"])
        if row is None or tuple(row) != wanted:
            yield Finding("safe", f"{where} papers {body['paper']['paper_no']}", tell(wanted), tell(row))
        for shift_id, shift_no, z_no in body["shifts"]:
            z = self._reading.one(_PAPER, {"paper": z_no}) if z_no else None
            if shift_id in self._reported or (z_no and z is None):
                yield Finding("safe", f"{where} {shift_no}", "a shift of one day report", z_no)
            self._reported.add(shift_id)


def _adds_up(where: str, body: _Content) -> Iterator[Finding]:
    counted_fen = sum(fen * pieces for fen, pieces in body["count"])
    if counted_fen != body["amount_fen"]:
        yield Finding("safe", f"{where} count", str(counted_fen), str(body["amount_fen"]))


def _posted(where: str, content: _Content, wanted: Sequence[Sequence[Any]]) -> Iterator[Finding]:
    if Counter(map(tuple, wanted)) != Counter(map(tuple, content["postings"])):
        yield Finding("safe", f"{where} postings", tell(wanted), tell(content["postings"]))
