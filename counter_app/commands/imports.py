"""`counter-app import`: a hall's own CSV or XLSX file, checked whole, then all of it or nothing."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import time
from pathlib import Path

from counter_app.domain.imports import WHATS, ImportReport
from counter_app.ui.wording_imports import row_fault

_WHATS = {"customers": "客户", "bills": "账单", "settlements": "销账", "retention": "挽留资料"}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser("import", help="导入 CSV 或 XLSX · import a hall's own CSV or XLSX file")
    parser.add_argument("what", choices=WHATS, help="客户、账单、销账或挽留资料 · what the file holds")
    parser.add_argument("file", type=Path, help="CSV 或 XLSX 文件 · the file")
    parser.add_argument("--map", type=Path, metavar="MAP.toml", help="列对应表 · which column is which field")
    parser.add_argument("--check", action="store_true", help="只检查，不写入 · change nothing, say what would change")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出 · print JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Import the file into the hall of `args.data`; 1 when the file has errors.

    Where a counter has the hall open, it imports, with the rights of whoever is signed in there.

    Raises:
        Refused, HallInUse, StoreTrouble, FileNotFoundError: for the program's edge to say.
    """
    from counter_app.services.beside import import_through_counter
    from counter_app.storage.trouble import HallInUse

    said = Progress()
    try:
        report = _import(args, said)
    except HallInUse:
        through = import_through_counter(
            args.data, args.what, args.file, args.map, check=args.check, progress=said.read, writing=said.written
        )
        if through is None:
            raise
        report = through
    if args.json:
        print(json.dumps(dataclasses.asdict(report), ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines_of(report)))
    return 1 if report.error_count else 0


def _import(args: argparse.Namespace, said: Progress) -> ImportReport:
    from counter_app.clock import SystemClock
    from counter_app.services.imports import run_import
    from counter_app.storage.hall import SYSTEM, open_hall

    hall = open_hall(args.data, clock=SystemClock.of_this_machine())
    try:
        return run_import(
            hall, SYSTEM, args.what, args.file, args.map, check=args.check, progress=said.read, writing=said.written
        )
    finally:
        hall.close()


def lines_of(report: ImportReport) -> list[str]:
    """The report as lines for people, Chinese and English."""
    what = _WHATS[report.what]
    found = [
        f"{report.file_name}: {what} {report.row_count} 行 · {report.row_count} rows of {report.what}",
        f"新增 {report.new_count} · 变更 {report.changed_count} · 不变 {report.unchanged_count}"
        f" · 错误 {report.error_count} / new {report.new_count} · changed {report.changed_count}"
        f" · unchanged {report.unchanged_count} · errors {report.error_count}",
        *(row_fault(fault) for fault in report.errors),
        *(f"(提示 · note) {row_fault(fault)}" for fault in report.warnings),
    ]
    hidden = report.error_count - len(report.errors)
    if hidden:
        found.append(f"另有 {hidden} 个错误未列出 · {hidden} more errors")
    if report.unused_columns:
        found.append(f"未使用的列 · columns not used: {', '.join(report.unused_columns)}")
    return [*found, _outcome(report)]


def _outcome(report: ImportReport) -> str:
    if report.error_count and report.is_written:
        # at a hub, where each chunk is a commit: what was tried before had no fault yet
        return "前面的行已写入，改正后再导入一次 · the rows before are written: correct the rest and import again"
    if report.error_count:
        return "没有写入任何数据 · nothing was written"
    if report.is_known:
        return "此文件已导入过，没有变化 · already imported, nothing changed"
    if report.is_written:
        return "已导入 · imported"
    return "只检查，没有写入 · only checked, nothing was written" if report.is_check else "没有变化 · nothing changed"


class Progress:
    """Says once a second how far the reading is, then the writing."""

    def __init__(self) -> None:
        self._said_at = time.monotonic()

    def read(self, rows: int) -> None:
        """Hear of rows read."""
        self._say(f"{rows} 行 · rows")

    def written(self, done: int, total: int) -> None:
        """Hear how much of the last commit is done; the search over new customers comes after the rows."""
        self._say(f"仍在写入 · still writing… {done} / {total}")

    def _say(self, text: str) -> None:
        if time.monotonic() - self._said_at >= 1:
            self._said_at = time.monotonic()
            print(text, file=sys.stderr, flush=True)
