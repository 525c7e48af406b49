"""`counter-app hub import`: master data of a hall into the hub; tried as a whole first, then taken chunk by chunk."""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from counter_app.commands.imports import Progress, lines_of
from counter_app.domain.imports import Faults, ImportReport, RowFault

if TYPE_CHECKING:
    from counter_app.hub.database import Database
    from counter_app.hub.imports import HubHall
    from counter_app.hub.masters import Taken
    from counter_app.services.imports_slices import Slice
    from counter_app.storage.sheets import FileFacts

WHATS = ("customers", "bills", "settlements", "topups", "staff", "packs")
Table = Literal["customers", "bills", "settlements"]


class _Target(NamedTuple):
    """Whither, and when."""

    database: Database
    hall: HubHall
    now: datetime


class _Counts(NamedTuple):
    """What became of the rows of one run over a file."""

    rows: int
    new: int
    changed: int
    unchanged: int
    unused: tuple[str, ...] = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("what", choices=WHATS, help="客户、账单、销账、充值、人员、规则包 · what the file holds")
    parser.add_argument("file", type=Path, help="CSV 或 XLSX；规则包为 TOML · CSV or XLSX, a pack is TOML")
    parser.add_argument("--hall", required=True, metavar="CODE", help="营业厅代码 · the hall's short code")
    parser.add_argument("--map", type=Path, metavar="MAP.toml", help="列对应表 · which column is which field")
    parser.add_argument("--check", action="store_true", help="只检查，不写入 · change nothing, say what would change")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出 · print JSON")


def run(args: argparse.Namespace, database: Database, now: datetime) -> int:
    """Import; 1 when the file has errors, and then nothing of it is taken.

    Raises:
        Refused: the file or the map cannot be read, for the program's edge to say.
    """
    from counter_app.hub.imports import hall_of

    hall = hall_of(database, args.hall)
    if hall is None:
        print(f"{args.hall}: 还没有终端接入的营业厅 · no device of such a hall has enrolled yet", file=sys.stderr)
        return 1
    if args.what in ("topups", "staff", "packs"):
        return _few(args, _Target(database, hall, now))
    report = _import(args, _Target(database, hall, now))
    if args.json:
        print(json.dumps(dataclasses.asdict(report), ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines_of(report)))
    return 1 if report.error_count else 0


def _import(args: argparse.Namespace, target: _Target) -> ImportReport:
    from counter_app.storage.sheets import examine

    what: Table = args.what
    given = _map(args.map, what)
    facts = examine(args.file, encoding=given.encoding if given else None)
    faults = Faults()
    counts = _read(args, target, facts, faults, is_trial=True)
    is_changing = counts.new or counts.changed
    is_written = False
    if is_changing and not faults.error_count and not args.check:
        # what was tried is read again: a file of a million rows is not held in memory
        counts = _read(args, target, facts, faults, is_trial=False)
        is_written = True
    digest = hashlib.sha256(args.map.read_bytes()).hexdigest() if args.map else ""
    return ImportReport(
        what=what,
        file_name=args.file.name,
        file_sha256=facts.sha256,
        map_sha256=digest,
        is_check=args.check,
        row_count=counts.rows,
        new_count=counts.new,
        changed_count=counts.changed,
        unchanged_count=counts.unchanged,
        error_count=faults.error_count,
        errors=tuple(faults.errors),
        warning_count=faults.warning_count,
        warnings=tuple(faults.warnings),
        unused_columns=counts.unused,
        entry_id=args.hall if is_written else None,
    )


def _read(args: argparse.Namespace, target: _Target, facts: FileFacts, faults: Faults, *, is_trial: bool) -> _Counts:
    """Go through the file once: tried, every chunk is undone again; else every chunk is a commit of its own."""
    from counter_app.domain.imports import BadImportFile
    from counter_app.domain.imports_map import default_map, places
    from counter_app.domain.refusals import Refused
    from counter_app.hub.imports import Ground, bring
    from counter_app.services.imports_slices import Slicer
    from counter_app.storage.sheets import open_sheet

    database, hall_id, today = target.database, target.hall.hall_id, target.now.date()
    given = _map(args.map, args.what)
    said = Progress()
    rows = new = changed = unchanged = 0
    with open_sheet(facts, sheet=given.sheet if given else None, delimiter=given.delimiter if given else None) as sheet:
        of = given or default_map(sheet.header, args.what, file=args.file.name)
        found = places(of, sheet.header, file=args.file.name)
        slicer = Slicer(of, found, today=today, faults=faults if is_trial else Faults())
        maker = _maker(args.what, of, slicer, target.hall, today)
        for part in slicer.slices(sheet):
            with database.transaction() as connection:
                made = list(maker(Ground(connection, hall_id), part))
            bodies = [(kind, body) for _, kind, body in made]
            taken = bring(database, hall_id, target.now, bodies, is_trial=is_trial)
            _note(faults, taken, part, [place for place, _, _ in made])
            rows, new = rows + len(part), new + taken.new
            changed, unchanged = changed + taken.changed, unchanged + taken.unchanged
            said.read(rows)
        unused = tuple(t for at, t in enumerate(sheet.header) if at not in set(found.values()) and t.strip())
    if not rows and not faults.error_count:
        raise Refused(BadImportFile(args.file.name, "header_only"))
    if not facts.is_as_before():
        raise Refused(BadImportFile(args.file.name, "changed_while_read"))
    return _Counts(rows, new, changed, unchanged, () if given else unused)


def _maker(
    what: Table, of: Any, slicer: Any, hall: HubHall, today: date
) -> Callable[[Any, Slice], Iterator[tuple[int, str, dict[str, Any]]]]:
    from counter_app.services.upstream_rows import BillRows, CustomerRows, SettlementRows
    from counter_app.storage.rules import load_pack

    if what == "customers":
        trade = hall.facts.get("trade", "telecom")
        states = load_pack(trade).service_states(today)
        return CustomerRows(of, slicer, trade=trade, states=states, today=today).bodies
    return BillRows(of, slicer).bodies if what == "bills" else SettlementRows(of, slicer).bodies


def _note(faults: Faults, taken: Taken, part: Slice, places: list[int]) -> None:
    """What the hub's own rules found, beside what was found in the file."""
    for at, why, key in taken.faults:
        faults.add(RowFault(part.rows[places[at]], "", key[:200], why))


def _map(path: Path | None, what: Table) -> Any:
    from counter_app.services.imports import read_map

    return read_map(path, what)[0]


# --- top-ups, staff and rule packs: tried as a whole, a commit for each chunk ---


def _few(args: argparse.Namespace, target: _Target) -> int:
    read = {"staff": _staff, "packs": _pack, "topups": _topups}[args.what]
    rows, faults = read(args.file)
    taken = None
    for is_trial in (True, False) if not args.check else (True,):
        if not faults:
            taken = _bring_all(target, rows, is_trial=is_trial)
            faults = [f"{key}: {why}" for _, why, key in taken.faults]
    if faults or taken is None:
        print("\n".join([*faults, "没有写入任何数据 · nothing was written"]), file=sys.stderr)
        return 1
    answer = {"new": taken.new, "changed": taken.changed, "unchanged": taken.unchanged, "is_check": args.check}
    if args.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        print(f"新增 {taken.new} · 变更 {taken.changed} · 不变 {taken.unchanged} / new · changed · unchanged")
    return 0


def _bring_all(target: _Target, rows: Sequence[tuple[str, dict[str, Any]]], *, is_trial: bool) -> Taken:
    """All rows, no more in one commit than the hub takes at once; what a record of a channel brought stays brought."""
    from counter_app.hub.imports import bring
    from counter_app.hub.masters import CHUNK, Taken

    whole = Taken()
    for first in range(0, len(rows), CHUNK):
        chunk = rows[first : first + CHUNK]
        taken = bring(target.database, target.hall.hall_id, target.now, chunk, is_trial=is_trial)
        whole.new, whole.changed = whole.new + taken.new, whole.changed + taken.changed
        whole.unchanged += taken.unchanged
        whole.faults += taken.faults
    return whole


def _topups(path: Path) -> tuple[list[tuple[str, dict[str, Any]]], list[str]]:
    from counter_app.services.upstream_topups import read_topups
    from counter_app.storage.sheets import examine, open_sheet

    with open_sheet(examine(path)) as sheet:
        rows, faults = read_topups(sheet.header, sheet.rows)
    return [("topup", row) for row in rows], faults


def _staff(path: Path) -> tuple[list[tuple[str, dict[str, Any]]], list[str]]:
    from counter_app.services.upstream_staff import read_staff
    from counter_app.storage.sheets import examine, open_sheet

    facts = examine(path)
    with open_sheet(facts) as sheet:
        rows, faults = read_staff(sheet.header, list(sheet.rows))
    return [("staff", row) for row in rows], faults


def _pack(path: Path) -> tuple[list[tuple[str, dict[str, Any]]], list[str]]:
    import tomllib

    from counter_app.storage.rules import pack_fault

    try:
        text = path.read_text(encoding="utf-8")
        trade = str(tomllib.loads(text).get("trade", ""))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return [], [f"{path.name}: {error}"]
    if fault := pack_fault(trade, text):
        return [], [f"{path.name}: {fault}"]
    version = hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]
    return [("pack", {"trade": trade, "version": version, "text": text})], []
