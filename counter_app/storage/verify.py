"""Whether a hall's file is honest: every page, every entry, every row of money against the entry that wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import bindparam, func, select

from counter_app.storage import tables as t
from counter_app.storage import (
    verify_books,
    verify_close,
    verify_deductions,
    verify_disputes,
    verify_feed,
    verify_file,
    verify_folds,
    verify_journal,
    verify_months,
    verify_numbers,
    verify_papers,
    verify_recovery,
    verify_reliefs,
    verify_retention,
    verify_safe,
    verify_undo,
)
from counter_app.storage.beside import data_key, open_beside
from counter_app.storage.driver import Driver, find_driver
from counter_app.storage.keys import KeyPlace
from counter_app.storage.mark import Mark, read_mark
from counter_app.storage.master_seals import master_findings
from counter_app.storage.sql import Reading, compiled
from counter_app.storage.store import FILE_NAME, Store
from counter_app.storage.trouble import Finding, NotThisKey, StoreTrouble
from counter_app.storage.verify_rows import tell

MOST_FINDINGS = 1000
"""More are counted, not listed: a file without its journal would fill the memory with findings."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, and how many of how many parts are done."""

FILE_CHECKS: tuple[tuple[str, Callable[[Store], Iterator[Finding]]], ...] = (
    ("pages", verify_file.pages),
    ("schema", verify_file.objects),
)
ROW_CHECKS: tuple[tuple[str, Callable[[Reading], Iterator[Finding]]], ...] = (
    ("journal", verify_journal.journal),
    ("recovered journals", verify_recovery.recovered),
    ("balances", verify_folds.balances),
    ("receipt numbers", verify_numbers.receipt_numbers),
    ("rows without owner", verify_folds.owners),
    ("rows without entry", verify_folds.written_by),
    ("intents", verify_folds.intents),
    ("prepaid books", verify_folds.books),
    ("prepaid moved", verify_books.book_acts),
    ("automatic deductions", verify_deductions.deducted),
    ("restore orders", verify_folds.restores),
    ("payments put right", verify_undo.put_right),
    ("late fees let off", verify_reliefs.reliefs),
    ("disputes", verify_disputes.disputed),
    ("closed shifts", verify_close.closed_shifts),
    ("the safe", verify_safe.safe),
    ("roles", verify_folds.roles),
    ("rows from the hub", verify_feed.feed),
    ("master rows", master_findings),
    ("retention cases", verify_retention.retention),
    ("signed months", verify_months.signed_months),
    ("papers", verify_papers.papers),
    ("paper numbers", verify_numbers.paper_numbers),
)
COUNTED = (t.entries, t.postings, t.payments, t.settlements, t.receipts, t.customers, t.bills)

_COUNTS = tuple((table.name, compiled(select(func.count()).select_from(table))) for table in COUNTED)
_AT = compiled(
    select(t.entries.c.hash).where(t.entries.c.epoch == bindparam("epoch"), t.entries.c.seq == bindparam("seq"))
)


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was found, and how many rows were looked at; `more` findings were counted but not kept."""

    findings: tuple[Finding, ...]
    counts: Mapping[str, int]
    more: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


class FileIsDamaged(StoreTrouble):
    """A file, or a copy of it, does not pass `verify`; it is not used."""

    def __init__(self, name: str, report: VerifyReport) -> None:
        super().__init__(f"{name}: {len(report.findings) + report.more} findings, first: {report.findings[0]}")
        self.report = report


def verify(store: Store, *, mark: Mark | None = None, progress: Progress | None = None) -> VerifyReport:
    """Look at the whole file, in one snapshot and in bounded memory; nothing is changed and nothing is thrown.

    `mark` is the high-water mark beside the file, read before this is called; a copy elsewhere has none.
    """
    found = _Findings()
    total = len(FILE_CHECKS) + len(ROW_CHECKS) + 1
    tell_progress = progress or (lambda what, done, of: None)
    for done, (name, file_check) in enumerate(FILE_CHECKS):
        tell_progress(name, done, total)
        found.take(name, store, partial(file_check, store))
    try:
        with store.reading() as reading:
            for done, (name, row_check) in enumerate(ROW_CHECKS, len(FILE_CHECKS)):
                tell_progress(name, done, total)
                found.take(name, store, partial(row_check, reading))
            found.take("mark", store, partial(_behind, reading, mark))
            tell_progress("counts", total - 1, total)
            found.take("counts", store, partial(_count, reading, found.counts))
    except StoreTrouble as error:
        found.add(Finding("unreadable", store.path.name, "a file that can be read", error.why))
    tell_progress("done", total, total)
    return VerifyReport(tuple(found.kept), found.counts, found.more)


def verify_folder(
    folder: Path, *, driver: Driver | None = None, keys: KeyPlace | None = None, progress: Progress | None = None
) -> VerifyReport:
    """`verify` for the hall of a folder, beside an open counter.

    Raises:
        FileNotFoundError: the folder holds no hall.
        NotThisKey: the key does not fit, or the file's first page is damaged.
        StoreTrouble: the file cannot be opened now; the fallback driver cannot read beside an open counter.
    """
    mark = read_mark(folder)  # before the snapshot: an open counter moves both on
    try:
        store = open_beside(folder, driver=driver, keys=keys)
    except NotThisKey:
        raise
    except StoreTrouble as error:
        if "malformed" not in error.why:
            raise
        return _unopened(folder / FILE_NAME, error, driver or find_driver(), data_key(folder, keys))
    try:
        return verify(store, mark=mark, progress=progress)
    finally:
        store.close()


def _unopened(path: Path, error: StoreTrouble, driver: Driver, key: bytes | None) -> VerifyReport:
    pages = tuple(verify_file.seals(driver, path, key)) if key is not None else ()
    return VerifyReport((Finding("unreadable", path.name, "a file that opens", error.why), *pages), {})


class _Findings:
    """What the checks found, at most `MOST_FINDINGS` of it."""

    def __init__(self) -> None:
        self.kept: list[Finding] = []
        self.more = 0
        self.counts: dict[str, int] = {}

    def add(self, finding: Finding) -> None:
        if len(self.kept) < MOST_FINDINGS:
            self.kept.append(finding)
        else:
            self.more += 1

    def take(self, name: str, store: Store, check: Callable[[], Iterator[Finding]]) -> None:
        """Run one check; a file that cannot be read further is a finding of that check."""
        try:
            for finding in check():
                self.add(finding)
        except (store.driver.module.Error, StoreTrouble, ValueError, TypeError, LookupError, OverflowError) as error:
            # a flipped bit may also have changed what a key of an entry is called
            self.add(Finding("unreadable", f"{store.path.name} while checking {name}", "rows", str(error)))


def _behind(reading: Reading, mark: Mark | None) -> Iterator[Finding]:
    if mark is None:
        return
    row = reading.one(_AT, {"epoch": mark.epoch, "seq": mark.seq})
    found = tell(row[0]) if row else "no such entry"
    if found != mark.hash:
        yield Finding("journal behind its mark", f"hall.mark epoch {mark.epoch} seq {mark.seq}", mark.hash, found)


def _count(reading: Reading, counts: dict[str, int]) -> Iterator[Finding]:
    for name, question in _COUNTS:
        row = reading.one(question)
        counts[name] = row[0] if row else 0
    yield from ()
