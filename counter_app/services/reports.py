"""The reports of the counter: made once, shown on the screen, on paper, in a file and as JSON from the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from counter_app.documents.report_table import report_pdf, report_table
from counter_app.domain.hall import Hall
from counter_app.domain.report_exceptions import CAP, ExceptionEntry, exceptions_of, said_by, words_of
from counter_app.domain.report_wording import title_of
from counter_app.domain.reports import (
    FIGURES,
    Asked,
    IssuedReceipt,
    Report,
    ReportKind,
    ReportNote,
    ReportRow,
    ShiftFacts,
    figure_rows,
    receipt_rows,
    share_of,
)
from counter_app.domain.rules import RulePack
from counter_app.domain.shifts import Shift
from counter_app.domain.staff import Right, Session
from counter_app.domain.undo_reasons import UndoReason, UndoReasons
from counter_app.domain.z_report import FiguresDiffer
from counter_app.services.table_files import check_place, write_file
from counter_app.storage import reports as rows
from counter_app.storage.beside import open_beside
from counter_app.storage.hall import OpenHall, read_hall
from counter_app.storage.rules import pack_of_hall
from counter_app.storage.shift_counts import counts_of
from counter_app.storage.sql import Reading
from counter_app.storage.staff import all_staff
from counter_app.storage.trouble import FileIsOlder
from counter_app.storage.verify_seals import file_version
from counter_app.storage.version import SCHEMA_VERSION

__all__ = ["FILE_KINDS", "OpenedEntry", "beside", "entries_behind", "make", "pdf_of", "save"]

FILE_KINDS = (".pdf", ".xlsx", ".csv")
"""How the name of a report's file ends."""
_EVERYBODY = "*"
Progress = Callable[[int, int], object]
"""Hears how much is done, of how much; what it raises ends the work."""


class _Scope(NamedTuple):
    """Whose report it is: `hall` and `pack` of the file, and from whom the sums of an open shift are kept until its
    drawer was counted: from its own teller, or from everybody (`*`).
    """

    hall: Hall
    pack: RulePack
    blind: str


class OpenedEntry(NamedTuple):
    """An entry behind a figure: `fen` is its share of the figure, `no` its receipt or paper."""

    entry_id: str
    kind: str
    at: datetime
    staff_no: str
    no: str
    words: str | UndoReason
    fen: int
    receipt_no: str
    customer_id: int | None


def make(hall: OpenHall, session: Session, asked: Asked, progress: Progress = lambda done, total: None) -> Report:
    """A report for somebody: of the whole counter for whoever reads its journal, else of the own shifts only. For the
    long lane: it goes shift by shift or day by day, and `progress` hears after each how many it has read.

    Raises:
        Refused: `NoRight`.
    """
    asked = _allowed(session, asked)
    with hall.reading() as reading:
        return _made(reading, _Scope(hall.hall, hall.pack, session.staff_no), asked, hall.clock.now(), progress)


def beside(folder: Path, asked: Asked) -> Report:
    """The same report for a command on the hall's machine, beside an open counter; nothing of an open shift whose
    drawer was not counted is in it, whoever asks.

    Raises:
        NoHall, StoreTrouble: as they say; `FileIsOlder`: the counter has not brought its file up to this program yet.
    """
    store = open_beside(folder)
    try:
        with store.reading() as reading:
            if (version := file_version(reading)) < SCHEMA_VERSION:
                raise FileIsOlder(f"version {version}")
            hall = read_hall(reading)
            scope = _Scope(hall, pack_of_hall(reading, hall.trade), _EVERYBODY)
            return _made(reading, scope, asked, datetime.now().astimezone())
    finally:
        store.close()


def _made(
    reading: Reading, scope: _Scope, asked: Asked, now: datetime, progress: Progress = lambda done, total: None
) -> Report:
    """The report as the file has it: the one computation behind the window, the files and the command. One of a single
    shift is about its day, whatever days are asked for.
    """
    if asked.shift_no and (day := rows.day_of_shift(reading, asked.shift_no)):
        asked = replace(asked, from_on=day, to_on=day)
    if asked.kind in FIGURES:
        return _figures(reading, scope, asked, now, progress)
    if asked.kind is ReportKind.RECEIPTS:
        return _receipts(reading, scope, asked, now, progress)
    found: list[ReportRow] = []
    days = list(_days(reading, asked))
    for done, day in enumerate(days):
        progress(done, len(days))
        found += (
            _exceptions(reading, scope, asked, day)
            if asked.kind is ReportKind.EXCEPTIONS
            else _reveals(reading, asked, day)
        )
    if asked.kind is ReportKind.EXCEPTIONS:
        given = rows.exceptions_given_back(reading, asked.from_on, asked.to_on)
        reasons = scope.pack.undo_reasons(asked.to_on)
        found += [row for entry in given if _is_asked(entry, asked) for row in _exception_rows(entry, reasons)]
    progress(len(days), len(days))
    return Report(asked, now, tuple(found))


def entries_behind(hall: OpenHall, session: Session, row: ReportRow) -> tuple[OpenedEntry, ...]:
    """The entries that a row opens to, in its order, each with its share of the figure; whoever does not read the
    journal sees the own ones.

    Raises:
        Refused: `NoRight`.
    """
    only = _allowed(session, Asked(ReportKind.EXCEPTIONS, date.min, date.max)).staff_no
    reasons = hall.pack.undo_reasons(hall.clock.now().date())
    with hall.reading() as reading:
        found = rows.entries_by_id(reading, dict.fromkeys(row.entries))
        return tuple(
            _opened(entry, row.figure, reasons) for entry in found if only in ("", entry.staff_no, entry.shift_staff_no)
        )


def pdf_of(hall: OpenHall, report: Report, staff_name: str) -> bytes:
    """The report on A4; the same report gives the same bytes."""
    return report_pdf(hall.hall, report, staff_name)


def save(hall: OpenHall, session: Session, report: Report, path: Path) -> None:
    """Write a report that was made for this person to a new file that only its owner reads; for the long lane.

    Raises:
        Refused: `NoRight`, `KindUnknown`, `FolderMissing`, `FileExists`.
        OSError: the disk failed; nothing is left of the file.
    """
    _allowed(session, report.asked)
    check_place(path, FILE_KINDS)
    suffix = path.suffix.lower()
    content = (
        pdf_of(hall, report, session.name)
        if suffix == ".pdf"
        else report_table(report, is_book=suffix == ".xlsx", note=f"{hall.hall.name} {title_of(report)}")
    )
    write_file(path, content)


def _allowed(session: Session, asked: Asked) -> Asked:
    session.need(Right.SEE_REPORTS)
    if session.may(Right.SEE_JOURNAL):
        return asked
    return replace(asked, staff_no=session.staff_no)


def _figures(reading: Reading, scope: _Scope, asked: Asked, now: datetime, progress: Progress) -> Report:
    notes: list[ReportNote] = []
    facts: list[ShiftFacts] = []
    for shift in _open_to(reading, scope, asked, notes, progress):
        found = rows.shift_facts(reading, shift)
        if isinstance(found, FiguresDiffer):
            notes.append(ReportNote("differs", shift.shift_no))
        else:
            facts.append(found)
    names = {one.staff_no: one.name for one in all_staff(reading)}
    return Report(asked, now, figure_rows(asked.kind, facts, names), tuple(notes))


def _receipts(reading: Reading, scope: _Scope, asked: Asked, now: datetime, progress: Progress) -> Report:
    notes: list[ReportNote] = []
    issued: list[IssuedReceipt] = []
    for shift in _open_to(reading, scope, asked, notes, progress):
        issued += rows.receipts_of(reading, shift.shift_id)
    issued.sort(key=lambda one: (one.counter_id, one.year, one.serial))
    is_whole = not asked.shift_no and not asked.staff_no and not notes
    hall, reasons = scope.hall, scope.pack.undo_reasons(asked.to_on)
    missing = rows.missing_serials(reading, issued, f"{hall.hall_code}-{hall.counter_code}-") if is_whole else []
    return Report(asked, now, receipt_rows(issued, missing, reasons), tuple(notes))


def _open_to(
    reading: Reading, scope: _Scope, asked: Asked, notes: list[ReportNote], progress: Progress
) -> Iterator[Shift]:
    """The shifts that are asked for; one whose sums are not shown yet is a note."""
    found = [
        shift
        for shift in rows.shifts_between(reading, asked.from_on, asked.to_on)
        if asked.shift_no in ("", shift.shift_no) and asked.staff_no in ("", shift.staff_no)
    ]
    for done, shift in enumerate(found):
        progress(done, len(found))
        is_blind = scope.blind in (_EVERYBODY, shift.staff_no)
        # a drawer is counted before anything is said of it (decision 17)
        if is_blind and shift.closed_at is None and not counts_of(reading, shift.shift_id):
            notes.append(ReportNote("uncounted", shift.shift_no))
        else:
            yield shift
    progress(len(found), len(found))


def _days(reading: Reading, asked: Asked) -> Iterator[date]:
    ends = rows.days_of_journal(reading)
    if ends is None:
        return
    day, last = max(asked.from_on, ends[0]), min(asked.to_on, ends[1])
    while day <= last:
        yield day
        day += timedelta(days=1)


def _is_asked(entry: ExceptionEntry, asked: Asked) -> bool:
    return asked.shift_no in ("", entry.shift_no) and asked.staff_no in ("", entry.staff_no, entry.shift_staff_no)


def _exceptions(reading: Reading, scope: _Scope, asked: Asked, day: date) -> list[ReportRow]:
    listed = [entry for entry in rows.exceptions_on(reading, day) if _is_asked(entry, asked)]
    listed.sort(key=lambda entry: entry.at)
    reasons = scope.pack.undo_reasons(day)
    found = [row for entry in listed for row in _exception_rows(entry, reasons)]
    if asked.shift_no:
        return found
    cap, by = scope.pack.thresholds(day).reveals_per_day, dict[str, list[ExceptionEntry]]()
    for entry in rows.reveals_on(reading, day):
        if _is_asked(entry, asked):
            by.setdefault(entry.staff_no, []).append(entry)
    for staff_no, reveals in sorted(by.items()):
        if len(reveals) >= cap:
            cells = (reveals[-1].at, CAP, staff_no, "", "", f"{len(reveals)} / {cap}", None)
            found.append(ReportRow(cells, tuple(entry.entry_id for entry in reveals)))
    return found


def _exception_rows(entry: ExceptionEntry, reasons: UndoReasons) -> Iterator[ReportRow]:
    for told in exceptions_of(entry):
        cells = (
            entry.at,
            told.code,
            entry.staff_no,
            said_by(entry.approvers),
            told.no or entry.no,
            words_of(entry, reasons),
            told.fen,
        )
        yield ReportRow(cells, (entry.entry_id,), receipt_no=told.no or entry.receipt_no, customer_id=entry.customer_id)


def _reveals(reading: Reading, asked: Asked, day: date) -> list[ReportRow]:
    return [
        ReportRow(
            (
                *(entry.at, entry.staff_no, str(entry.body["field"])),
                *(rows.customer_no_of(reading, entry.customer_id), entry.words),
            ),
            (entry.entry_id,),
            customer_id=entry.customer_id,
        )
        for entry in rows.reveals_on(reading, day)
        if _is_asked(entry, asked)
    ]


def _opened(entry: ExceptionEntry, figure: str, reasons: UndoReasons) -> OpenedEntry:
    return OpenedEntry(
        entry_id=entry.entry_id,
        kind=entry.kind,
        at=entry.at,
        staff_no=entry.staff_no,
        no=entry.no,
        words=words_of(entry, reasons),
        fen=share_of(entry, figure),
        receipt_no=entry.receipt_no,
        customer_id=entry.customer_id,
    )
