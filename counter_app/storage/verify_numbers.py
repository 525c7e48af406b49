"""The serials of numbered documents without a gap: receipts (domain_rules 2.5), and the papers of retention cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Table, select

from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage import tables_sync as s
from counter_app.storage.recovery import Serials, serials_given_back
from counter_app.storage.sql import Reading, compiled
from counter_app.storage.trouble import Finding, FoundInFile
from counter_app.storage.verify_rows import tell
from counter_app.storage.verify_seals import file_version


class _Numbered:
    """The documents of a table, named by a column of it, and the table that keeps the last serial of each series."""

    def __init__(self, number: Column[str], series: Table, wrong: FoundInFile, gap: FoundInFile) -> None:
        rows, keys = number.table, [column.name for column in series.primary_key.columns]
        of_series = [rows.c[name] for name in keys]
        self._serials = compiled(select(*of_series, rows.c.serial, number).order_by(*of_series, rows.c.serial))
        self._series = compiled(select(*(series.c[name] for name in keys), series.c.last_serial))
        self._rows_name, self._series_name = rows.name, series.name
        self._wrong, self._gap = wrong, gap

    def findings(self, reading: Reading, given: Serials) -> Iterator[Finding]:
        """Serials run 1..n in each series, and its row knows n; `given` are those of entries that the hub gave back."""
        ends: dict[tuple[Any, ...], int] = {}
        for rows in reading.stream(self._serials):
            for *parts, serial, number in rows:
                key = tuple(parts)
                last = _on(ends.get(key, 0), given.get(key, set()), before=serial)
                if serial != last + 1:
                    where = f"{self._rows_name} counter {key[0]} year {key[1]} {number}"
                    yield Finding(self._gap, where, f"serial {last + 1}", f"serial {serial}")
                ends[key] = max(serial, last)
        for key, serials in given.items():
            ends[key] = _on(ends.get(key, 0), serials, before=max(serials) + 1)
        known = {tuple(parts): last for *parts, last in reading.rows(self._series)}
        for key in sorted(known.keys() | ends.keys()):
            if known.get(key, 0) != ends.get(key, 0):
                where = " ".join((f"{self._series_name} counter {key[0]} year {key[1]}", *map(str, key[2:])))
                yield Finding(self._wrong, where, tell(ends.get(key)), tell(known.get(key)))


def _on(last: int, given: set[int], *, before: int) -> int:
    """The last serial without a gap, over those that lie on entries which the hub gave back."""
    while last + 1 < before and last + 1 in given:
        last += 1
    return last


_RECEIPTS = _Numbered(t.receipts.c.receipt_no, t.receipt_series, "receipt numbers", "receipt numbers have a gap")
_PAPERS = _Numbered(r.papers.c.paper_no, r.paper_series, "paper numbers", "paper numbers have a gap")


def receipt_numbers(reading: Reading) -> Iterator[Finding]:
    """Receipts are numbered without a gap per counter and year."""
    return _RECEIPTS.findings(reading, _given(reading)[0])


def paper_numbers(reading: Reading) -> Iterator[Finding]:
    """Papers are numbered without a gap per counter, year and kind; an older file has none."""
    return _PAPERS.findings(reading, _given(reading)[1]) if file_version(reading) >= r.SINCE_VERSION else iter(())


def _given(reading: Reading) -> tuple[Serials, Serials]:
    return serials_given_back(reading) if file_version(reading) >= s.SINCE_VERSION else ({}, {})
