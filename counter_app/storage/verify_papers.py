"""Numbered papers against the entries that issued and printed them, and their facts as they were sealed.

Side records of the kinds `paper.*` are held here; those of the case itself are held by `verify_retention`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, bindparam, cast, func, literal_column, or_, select
from sqlalchemy.types import Text

from counter_app.domain.book_slips import HEADINGS as BOOK_SLIPS
from counter_app.domain.book_slips import book_slip_of_text
from counter_app.domain.credit_slips import CREDIT_SLIP, slip_of_text
from counter_app.domain.day_report import DAY_REPORT, day_of_text
from counter_app.domain.papers import facts_text
from counter_app.domain.retention_papers import facts_of_text, text_of_facts
from counter_app.domain.topup_receipts import TOPUP_RECEIPT, topup_receipt_of_text
from counter_app.domain.undo_slips import HEADINGS as UNDO_SLIPS
from counter_app.domain.undo_slips import undo_slip_of_text
from counter_app.domain.z_papers import Z_REPORT, z_of_text
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage.sql import Reading, Sql, compiled
from counter_app.storage.trouble import Finding
from counter_app.storage.verify_rows import differences, tell
from counter_app.storage.verify_seals import file_version

ISSUED, PRINTED, REPRINTED = "paper.issued", "paper.print", "paper.print.copy"
_PREFIX = "paper."
_ABOUT: dict[str, tuple[str, Callable[[str], Any]]] = {
    CREDIT_SLIP: ("task_id", slip_of_text),
    Z_REPORT: ("shift_id", z_of_text),
    DAY_REPORT: ("day", day_of_text),
    **dict.fromkeys(UNDO_SLIPS, ("payment_id", undo_slip_of_text)),
    **dict.fromkeys(BOOK_SLIPS, ("act_id", book_slip_of_text)),
    TOPUP_RECEIPT: ("act_id", topup_receipt_of_text),
}
"""What a kind of paper is about, as its entry and its facts call it, and how its facts are read; the papers of cases,
which say it in their head, are all others.
"""
_p, _e, _j, _s = r.papers.c, t.entries.c, r.paper_jobs.c, r.side_records.c

_ENTRIES = compiled(
    select(_e.id, _e.epoch, _e.seq, _e.kind, _e.staff_no, _e.content)
    .where(_e.kind.in_([bindparam("issued"), bindparam("printed"), bindparam("reprinted")]))
    .order_by(_e.id)
)
_OF_PAPERS = func.substr(_s.kind, literal_column("1"), literal_column(str(len(_PREFIX)))) == bindparam("prefix")
_PAPER = compiled(select(r.papers).where(_p.entry == bindparam("of_entry")).order_by(_p.paper_no))
_JOB = compiled(select(r.paper_jobs).where(_j.entry == bindparam("of_entry")).order_by(_j.id))
_RECORD = compiled(select(r.side_records).where(_s.entry == bindparam("of_entry"), _OF_PAPERS).order_by(_s.record_id))
_KINDS = {"issued": ISSUED, "printed": PRINTED, "reprinted": REPRINTED}


def _without(key: Column[str] | Column[int], entry: Column[int], *conditions: ColumnElement[bool]) -> Sql:
    """Rows that no entry of the two kinds that write such rows leads to."""
    question = (
        select(cast(key, Text), _e.kind)
        .select_from(key.table.outerjoin(t.entries, _e.id == entry))
        .where(or_(_e.kind.is_(None), _e.kind.not_in([bindparam("one"), bindparam("other")])), *conditions)
    )
    return compiled(question)


_BY_ISSUE, _BY_PRINT = {"one": ISSUED, "other": ISSUED}, {"one": PRINTED, "other": REPRINTED}
_ALONE: tuple[tuple[str, Sql, dict[str, str]], ...] = (
    ("papers", _without(_p.paper_no, _p.entry), _BY_ISSUE),
    ("paper_jobs", _without(_j.id, _j.entry), _BY_PRINT),
    ("side_records", _without(_s.record_id, _s.entry, _OF_PAPERS), {**_BY_ISSUE, "prefix": _PREFIX}),
)


def papers(reading: Reading) -> Iterator[Finding]:
    """Every paper was issued by its entry and says what was sealed; every print has its entry; nothing stands alone."""
    if file_version(reading) < r.SINCE_VERSION:
        return
    for rows in reading.stream(_ENTRIES, _KINDS):
        for entry, epoch, seq, kind, staff_no, text in rows:
            where, content = f"entry {epoch}/{seq}", json.loads(text)
            if kind == ISSUED:
                yield from _issued(reading, where, entry, content)
            else:
                yield from _printed(reading, where, entry, staff_no, content["body"])
    for name, question, more in _ALONE:
        for rows in reading.stream(question, more):
            for key, found in rows:
                yield Finding("row without its entry", f"{name} ({key})", "an entry about a paper", tell(found))


def _issued(reading: Reading, where: str, entry: int, content: Mapping[str, Any]) -> Iterator[Finding]:
    body, sealed = content["body"], content["body"]["sealed"]
    row, findings = _only(reading, _PAPER, {"of_entry": entry}, r.papers, where, body["paper_no"])
    yield from findings
    if row is None:
        return
    expected = {name: body[name] for name in ("paper_no", "kind", "year", "serial")}
    expected |= {"counter_id": content["counter_id"], "subject": _subject(body), "entry": entry}
    expected |= {"facts_record": body["record"], "facts_sha256": sealed["sha256"]}
    yield from differences(f"{where} papers", expected, row)
    yield from _facts(reading, where, entry, body)


def _facts(reading: Reading, where: str, entry: int, body: Mapping[str, Any]) -> Iterator[Finding]:
    sealed, place = body["sealed"], f"{where} side_records"
    asked: dict[str, str | int] = {"of_entry": entry, "prefix": _PREFIX}
    row, findings = _only(reading, _RECORD, asked, r.side_records, where, body["record"])
    yield from findings
    if row is None:
        return
    expected = {"record_id": body["record"], "subject": _subject(body), "kind": sealed["kind"], "size": sealed["size"]}
    yield from differences(place, {**expected, "sha256": bytes.fromhex(sealed["sha256"])}, row)
    data = row["content"]
    if data is None:
        if row["erased_at"] is None:
            yield Finding("paper facts", place, "content, or the moment of its erasure", "nothing")
        return
    digest = hashlib.sha256(data).hexdigest()
    if digest != sealed["sha256"] or len(data) != sealed["size"]:
        yield Finding("paper facts", place, sealed["sha256"], digest)
        return
    if row["erased_at"] is not None:
        yield Finding("paper facts", f"{place} erased_at", "nothing", tell(row["erased_at"]))
    yield from _read(place, body, data)


def _read(place: str, body: Mapping[str, Any], data: bytes) -> Iterator[Finding]:
    """The facts can be read, and carry the number under which they were issued."""
    try:
        canonical, said = _told_by(body["kind"], data.decode("utf-8"))
    except ValueError as error:
        yield Finding("paper facts", place, "the facts of a paper", str(error))
        return
    wanted = (body["paper_no"], body["kind"], body["serial"], _subject(body))
    if said != wanted or canonical.encode("utf-8") != data:
        yield Finding("paper facts", place, tell(wanted), tell(said))


def _subject(body: Mapping[str, Any]) -> str:
    """What a paper is about: a case, or what its kind says; nothing where a damaged entry names an unknown kind."""
    return str(body.get(_ABOUT[body["kind"]][0] if body["kind"] in _ABOUT else "case_id", ""))


def _told_by(kind: str, text: str) -> tuple[str, tuple[str, str, int, str]]:
    """The facts written once more, and what they say of number, kind, serial and subject."""
    if kind in _ABOUT:
        about, read = _ABOUT[kind]
        told = read(text)
        return facts_text(told), (told.paper_no, getattr(told, "kind", kind), told.serial, getattr(told, about))
    facts = facts_of_text(text)
    head = facts.head
    return text_of_facts(facts), (head.paper_no, head.kind, head.serial, head.case_id)


def _printed(reading: Reading, where: str, entry: int, staff_no: str, body: Mapping[str, Any]) -> Iterator[Finding]:
    wanted = f"{body['paper_no']} copy {body['copy_no']}"
    row, findings = _only(reading, _JOB, {"of_entry": entry}, r.paper_jobs, where, wanted)
    yield from findings
    if row is None:
        return
    expected = {name: body[name] for name in ("paper_no", "copy_no", "paper", "printer")}
    yield from differences(f"{where} paper_jobs", {**expected, "staff_no": staff_no}, row)


def _only(
    reading: Reading, question: Sql, asked: dict[str, str | int], table: Table, where: str, wanted: str
) -> tuple[dict[str, Any] | None, list[Finding]]:
    """The one row that an entry wrote; none or a second one is a finding."""
    rows = reading.rows(question, asked)
    place = f"{where} {table.name}"
    if not rows:
        return None, [Finding("row missing", place, wanted, "nothing")]
    more = [Finding("row without its entry", place, wanted, tell(row[0])) for row in rows[1:]]
    return dict(zip((column.name for column in table.c), rows[0], strict=True)), more
