"""Bringing a hall's own file in: checked whole, staged in slices, swapped in with one commit or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from counter_app.clock import today
from counter_app.domain.imports import (
    WHATS,
    BadImportFile,
    BadImportMap,
    Faults,
    ImportReport,
    What,
)
from counter_app.domain.imports_map import ImportMap, default_map, parse_map, places
from counter_app.domain.journal import Draft
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right, Session
from counter_app.services import authority, upstream
from counter_app.services.imports_bills import Bills, Settlements, Staged
from counter_app.services.imports_customers import Customers, StagedCustomers
from counter_app.services.imports_retention import PastResults
from counter_app.services.imports_slices import Slice, Slicer
from counter_app.services.retention_desk import rules_of
from counter_app.storage.hall import OpenHall
from counter_app.storage.imports import (
    CHANGED,
    NEW,
    UNCHANGED,
    add_import,
    drop_stages,
    is_known,
    last_id,
    open_stages,
    swap_in,
)
from counter_app.storage.journal import stamp
from counter_app.storage.master_seals import BROUGHT, KIND, master_seal
from counter_app.storage.search_index import index_customers, is_filled
from counter_app.storage.sheets import FileFacts, Sheet, examine, open_sheet
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.trouble import StoreTrouble

Progress = Callable[[int], object]
WriteProgress = Callable[[int, int], object]
OnWriter = Callable[[Callable[[], None]], object]
"""Runs one unit of work on the writer's thread and returns when it is done."""
Taker = Bills | Settlements | Customers | PastResults
_OWN_TITLES_SHA256 = hashlib.sha256(b"own titles/1").hexdigest()


@dataclass(slots=True)
class _Run:
    """One import under way."""

    hall: OpenHall
    who: Session | str
    what: What
    facts: FileFacts
    map_sha256: str
    faults: Faults
    on_writer: OnWriter
    writing: WriteProgress
    entry_id: str | None = None
    row_count: int = 0
    unused: tuple[str, ...] = ()
    is_stopped: bool = False


def run_import(
    hall: OpenHall,
    who: Session | str,
    what: What,
    path: Path,
    map_path: Path | None = None,
    *,
    check: bool = False,
    progress: Progress = lambda rows: None,
    writing: WriteProgress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
    on_writer: OnWriter = lambda work: work(),
) -> ImportReport:
    """Bring a CSV or XLSX file of customers, bills, settlements or past retention results in; with `check` only say
    what would change.

    All or nothing: every row is read and compared first, in slices that let a payment pass between; with one error
    nothing is written. The same file a second time changes nothing. `progress` hears how many rows were read, `writing`
    how much of how much of the last commit is done; `should_stop` is asked between slices. What a map does not name
    stays as the hall has it, and nothing vanishes. The commit asks again whether the person's right still holds. A
    caller that is not on the writer's thread gives `on_writer`; everything else runs on its own.

    Raises:
        Refused: `NoRight`, `SignedOut`, `PasswordMustChange`; `OwnedUpstream`; `BadImportFile`, `BadImportMap`;
            `ColumnMissing`, `ColumnsUnclear`, `ColumnTwice`; `NoRetentionForm`.
        StoreTrouble, CommitUncertain: the hall's file cannot be written.
    """
    if isinstance(who, Session):
        who.need(Right.IMPORT)
    if what not in WHATS:
        raise ValueError(what)
    given, map_sha256 = read_map(map_path, what)
    facts = examine(path, encoding=given.encoding if given else None)
    run = _Run(hall, who, what, facts, map_sha256, Faults(), on_writer, writing)
    sheet_name, delimiter = (given.sheet, given.delimiter) if given else (None, None)
    with open_sheet(facts, sheet=sheet_name, delimiter=delimiter) as sheet:
        import_map = given or default_map(sheet.header, what, file=path.name)
        found = places(import_map, sheet.header, file=path.name)
        if given is None:
            used = set(found.values())
            run.unused = tuple(title for at, title in enumerate(sheet.header) if at not in used and title.strip())
        slicer = Slicer(import_map, found, today=today(hall.clock), faults=run.faults)
        with hall.reading() as reading:
            _refuse_hubs(reading, what)
            taker = _taker(hall, what, import_map, slicer, reading)
        try:
            on_writer(lambda: _open(hall, taker))
            _stage_all(run, taker, slicer, sheet, progress, should_stop)
            return _finish(run, taker, check=check)
        finally:
            on_writer(lambda: _drop(hall, taker))


def _refuse_hubs(reading: Reading, what: What) -> None:
    if what != "retention":
        # what became of those who wanted to leave is the counter's own
        upstream.refuse_with_hub(reading, what)


def read_map(map_path: Path | None, what: What) -> tuple[ImportMap | None, str]:
    """The map of a file (None: the titles themselves say it), and the digest that tells it from others.

    Raises:
        Refused: `BadImportMap`.
    """
    if map_path is None:
        return None, _OWN_TITLES_SHA256
    try:
        content = map_path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise Refused(BadImportMap(map_path.name, "", "readable", error.strerror or "")) from error
    except UnicodeDecodeError as error:
        raise Refused(BadImportMap(map_path.name, "", "utf8")) from error
    return parse_map(text, what, file=map_path.name), hashlib.sha256(content).hexdigest()


def _taker(hall: OpenHall, what: What, of: ImportMap, slicer: Slicer, reading: Reading) -> Taker:
    if what == "customers":
        return Customers(reading, of, slicer, pack=hall.pack, today=today(hall.clock))
    if what == "retention":
        return PastResults(of, slicer, rules=rules_of(hall, today(hall.clock)), today=today(hall.clock))
    return Bills(reading, of, slicer) if what == "bills" else Settlements(of, slicer)


def _stage_all(
    run: _Run, taker: Taker, slicer: Slicer, sheet: Sheet, progress: Progress, should_stop: Callable[[], bool]
) -> None:
    hall = run.hall
    last_row = 1
    for part in slicer.slices(sheet):
        if should_stop():
            run.is_stopped = True
            return
        with hall.reading() as reading:
            staged = taker.prepare(reading, part)
        run.on_writer(partial(_stage, hall, taker, part, staged))
        last_row = part.rows[-1]
        run.row_count += len(part)
        progress(last_row - 1)
    if not run.row_count and not run.faults.error_count:
        raise Refused(BadImportFile(run.facts.path.name, "header_only"))
    if not run.facts.is_as_before():
        raise Refused(BadImportFile(run.facts.path.name, "changed_while_read"))


def _finish(run: _Run, taker: Taker, *, check: bool) -> ImportReport:
    hall, counts = run.hall, taker.counts
    changes = counts[NEW] + counts[CHANGED]
    with hall.reading() as reading:
        known = is_known(reading, what=run.what, file_sha256=run.facts.sha256, map_sha256=run.map_sha256)
    if changes and not (check or run.faults.error_count or run.is_stopped):
        run.on_writer(lambda: _swap(run, taker))
    return ImportReport(
        what=run.what,
        file_name=run.facts.path.name,
        file_sha256=run.facts.sha256,
        map_sha256=run.map_sha256,
        is_check=check,
        row_count=run.row_count,
        new_count=counts[NEW],
        changed_count=counts[CHANGED],
        unchanged_count=counts[UNCHANGED],
        error_count=run.faults.error_count,
        errors=tuple(run.faults.errors),
        warning_count=run.faults.warning_count,
        warnings=tuple(run.faults.warnings),
        unused_columns=run.unused,
        is_known=known and not changes and not run.faults.error_count and not run.is_stopped,
        is_stopped=run.is_stopped,
        entry_id=run.entry_id,
    )


def _swap(run: _Run, taker: Taker) -> None:
    """The one commit: rows, search, the entry and the line in `imports`; by who may do it still."""
    hall, who, counts = run.hall, run.who, taker.counts
    on = today(hall.clock)
    with hall.writing() as work:
        _refuse_hubs(work, run.what)
        if isinstance(who, Session):
            authority.still(work, who, Right.IMPORT)
        staff_no = who.staff_no if isinstance(who, Session) else who
        # the entry first: the rows that it seals name it
        body = {
            "what": run.what,
            "file_sha256": run.facts.sha256,
            "map_sha256": run.map_sha256,
            "rows": run.row_count,
            "new": counts[NEW],
            "changed": counts[CHANGED],
            "unchanged": counts[UNCHANGED],
            **_sealed(work, taker),
        }
        entry = hall.journal.append(work, Draft(kind="import.done", body=body, staff_no=staff_no, business_date=on))
        _move(run, work, taker, on=on.isoformat(), entry=entry.id)
        if hall.hall.is_demo:
            # its file is plain: no page would tell that a row was changed
            sealed = {"tables": master_seal(work, BROUGHT.get(run.what, frozenset()))}
            hall.journal.append(work, Draft(kind=KIND, body=sealed, staff_no=staff_no, business_date=on))
        add_import(
            work,
            {
                "what": run.what,
                "file_name": run.facts.path.name,
                "file_sha256": run.facts.sha256,
                "map_sha256": run.map_sha256,
                "row_count": run.row_count,
                "changed_count": counts[NEW] + counts[CHANGED],
                "done_at": stamp(hall.clock.now()),
                "entry": entry.id,
            },
        )
    run.entry_id = entry.place.entry_id


def _sealed(work: Writing, taker: Taker) -> dict[str, Any]:
    return taker.seal.body(last_id(work, taker.seal.name) + 1) if taker.seal else {}


def _move(run: _Run, work: Writing, taker: Taker, *, on: str, entry: int) -> None:
    is_first = isinstance(taker, Customers) and not is_filled(work)
    swap_in(work, taker.stages, on=on, entry=entry, progress=run.writing)
    if isinstance(taker, Customers):
        index_customers(work, None if is_first else taker.touched, progress=run.writing)


def _open(hall: OpenHall, taker: Taker) -> None:
    with hall.store.writing() as work:
        open_stages(work, taker.stages)


def _stage(hall: OpenHall, taker: Taker, part: Slice, staged: Staged | StagedCustomers) -> None:
    # not `hall.writing()`: a stage is no entry, the mark beside the file need not move
    with hall.store.writing() as work:
        taker.stage(work, part, staged)  # type: ignore[arg-type]  # each taker stages what it prepared itself


def _drop(hall: OpenHall, taker: Taker) -> None:
    # a connection that is gone took its stages with it
    with suppress(StoreTrouble), hall.store.writing() as work:
        drop_stages(work, taker.stages)
