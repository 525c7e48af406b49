"""Rows of the feed on their way into the tables: a run of one kind at once, and one by one where one does not fit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Column, bindparam, func, select

from counter_app.storage.driver import Driver
from counter_app.storage.sql import Reading, Row, Sql, Writing, compiled

_SAVE, _KEEP, _BACK = Sql("SAVEPOINT fed"), Sql("RELEASE fed"), Sql("ROLLBACK TO fed")


@dataclass(frozen=True, slots=True)
class Own:
    """What entries of ours changed that the hub has not acknowledged: it stays over what comes down (the overlay)."""

    services: frozenset[int]
    passwords: frozenset[str]


_MOVED = Sql(
    "SELECT json_extract(content, '$.body.service_id') FROM entries"
    " WHERE id > :acked AND kind IN ('restore.sent', 'restore.confirmed')"
    " UNION SELECT json_extract(back.value, '$[0]') FROM entries, json_each(content, '$.body.services') back"
    " WHERE entries.id > :acked AND entries.kind IN ('payment.reverse', 'payment.refund', 'payment.move')"
    " UNION SELECT c.service_id FROM entries e JOIN retention_steps s ON s.entry = e.id"
    " JOIN retention_cases c ON c.case_id = s.case_id"
    " WHERE e.id > :acked AND e.kind IN ('retention.process', 'retention.close')"
    " UNION SELECT json_extract(s.value, '$[0]') FROM entries e, json_each(e.content, '$.body.services') s"
    " WHERE e.id > :acked AND e.kind IN ('payment.reverse', 'payment.refund', 'payment.move')"
)
_PASSWORDS = Sql(
    "SELECT json_extract(content, '$.body.staff_no') FROM entries"
    " WHERE id > :acked AND kind IN ('staff.password', 'staff.reset')"
)


def own_since(reading: Reading, acked: int) -> Own:
    """What the entries after this row changed."""
    services, passwords = (reading.rows(question, {"acked": acked}) for question in (_MOVED, _PASSWORDS))
    return Own(frozenset(row[0] for row in services), frozenset(row[0] for row in passwords))


@dataclass(slots=True)
class Taking:
    """What one commit gathers while it takes rows.

    `counter_id` and `device_id` are our own; `at` is when, by our clock; `acked` is the row id of the last entry that
    the hub acknowledged. `shown` are customers whose search must be read again; `is_pack_new` and `is_hall_new` say
    that what the program holds in memory is older than the file now.
    """

    driver: Driver
    counter_id: str
    device_id: str
    at: str
    acked: int
    shown: set[int] = field(default_factory=set)
    is_pack_new: bool = False
    is_hall_new: bool = False
    _own: Own | None = None

    def own_of(self, reading: Reading) -> Own:
        """What is ours for now, whatever comes down."""
        if self._own is None:
            self._own = own_since(reading, self.acked)
        return self._own


Whys = dict[int, str]
"""Rows of a run that do not fit, by their place in it, each with its reason."""

Take = Callable[[Writing, Sequence[Row], Taking], Whys]


def take_run(work: Writing, take: Take, rows: Sequence[Row], taking: Taking) -> Whys:
    """Take rows of one kind that follow one another; returns those that do not fit, of which nothing is written."""
    try:
        return _taken(work, take, rows, taking)
    except (taking.driver.module.IntegrityError, OverflowError, UnicodeEncodeError) as error:
        if len(rows) == 1:
            return {0: _why(error)}
    whys: Whys = {}
    for place, row in enumerate(rows):
        found = take_run(work, take, [row], taking)
        if found:
            whys[place] = found[0]
    return whys


def _taken(work: Writing, take: Take, rows: Sequence[Row], taking: Taking) -> Whys:
    work.run(_SAVE)
    try:
        whys = take(work, rows, taking)
    except BaseException:
        work.run(_BACK)
        work.run(_KEEP)
        raise
    work.run(_KEEP)
    return whys


def _why(error: Exception) -> str:
    # SQLite names the columns, never their values
    return "a text that cannot be kept" if isinstance(error, UnicodeEncodeError) else str(error)[:200]


ASKED = func.json_each(bindparam("keys")).table_valued("value", name="asked")
"""The keys that a question asks for; `keys_of` gives them."""


def missing_from(column: Column[int] | Column[str]) -> Sql:
    """Which of the keys stand in no row of the column."""
    return compiled(select(ASKED.c.value).where(ASKED.c.value.not_in(select(column))))


def found_in(column: Column[int] | Column[str], *more: Column[int] | Column[str]) -> Sql:
    """The rows of the keys that the column has: the key first, then the columns asked for."""
    return compiled(select(column, *more).where(column.in_(select(ASKED.c.value))))


def keys_of(values: Iterable[int | str | None]) -> Mapping[str, str]:
    """The parameter of these questions."""
    return {"keys": json.dumps([value for value in values if value is not None], ensure_ascii=False)}


def without(rows: Sequence[Row], whys: Whys) -> Sequence[Row]:
    """The rows that fit."""
    return [row for place, row in enumerate(rows) if place not in whys] if whys else rows


def awaited(kind: str, key: int | str) -> str:
    """The reason of a row that waits for another one."""
    return f"no {kind} {key}"


def orphans(work: Writing, question: Sql, rows: Sequence[Row], at: int, what: str, whys: Whys) -> None:
    """Note the rows whose reference at this place leads nowhere."""
    missing = {row[0] for row in work.rows(question, keys_of({row[at] for row in rows}))}
    if missing:
        for place, row in enumerate(rows):
            if row[at] in missing:
                whys[place] = awaited(what, row[at])
