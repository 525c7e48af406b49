"""Numbered papers of cases and tasks: one unbroken series per counter, year and kind, each with its facts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, insert, literal_column, select

from counter_app.storage import tables_retention as r
from counter_app.storage.series import Series
from counter_app.storage.sql import Reading, Writing, compiled

_p = r.papers.c
_SERIES = Series(r.paper_series)
_ADD = compiled(insert(r.papers).values({c.name: bindparam(c.name) for c in r.papers.c}))
_COLUMNS = (_p.paper_no, _p.kind, _p.year, _p.serial, _p.subject, _p.facts_record, _p.facts_sha256)
_ONE = compiled(select(*_COLUMNS).where(_p.paper_no == bindparam("paper")))
_OF_SUBJECT = compiled(select(*_COLUMNS).where(_p.subject == bindparam("of_subject")).order_by(_p.entry))
_OF_KIND = compiled(
    select(*_COLUMNS)
    .where(_p.kind == bindparam("of_kind"))
    .order_by(_p.entry.desc())
    .limit(bindparam("most"))
    .offset(literal_column("0"))
)


@dataclass(frozen=True, slots=True)
class Paper:
    """A numbered paper; its facts lie in a side record, for they name the customer."""

    paper_no: str
    kind: str
    year: int
    serial: int
    subject: str
    facts_record: str
    facts_sha256: str


def next_serial(work: Writing, counter_id: str, year: int, kind: str) -> int:
    """The next serial of a kind of paper, from 1 without a gap; it is taken by the same commit or not."""
    return _SERIES.next(work, counter_id, year, kind)


def keep_serial(work: Writing, counter_id: str, year: int, kind: str, serial: int) -> None:
    """This serial is on paper already, and no earlier one is given again."""
    _SERIES.raise_to(work, serial, counter_id, year, kind)


def add_paper(work: Writing, paper: Paper, counter_id: str, entry: int) -> None:
    """Write a paper in the commit of the entry that issues it."""
    work.insert(
        _ADD,
        {
            "paper_no": paper.paper_no,
            "kind": paper.kind,
            "counter_id": counter_id,
            "year": paper.year,
            "serial": paper.serial,
            "subject": paper.subject,
            "facts_record": paper.facts_record,
            "facts_sha256": paper.facts_sha256,
            "entry": entry,
        },
    )


def find_paper(reading: Reading, paper_no: str) -> Paper | None:
    """One paper, or None."""
    row = reading.one(_ONE, {"paper": paper_no})
    return None if row is None else Paper(*row)


def papers_of_kind(reading: Reading, kind: str, most: int) -> tuple[Paper, ...]:
    """The papers of a kind that were issued last, the newest first."""
    return tuple(Paper(*row) for row in reading.rows(_OF_KIND, {"of_kind": kind, "most": most}))


def papers_of(reading: Reading, subject: str) -> tuple[Paper, ...]:
    """All papers of a case or a task, the oldest first."""
    return tuple(Paper(*row) for row in reading.rows(_OF_SUBJECT, {"of_subject": subject}))
