"""`counter-app report`: tables of the hall for those who read on, as lines or as JSON."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

from counter_app.domain.reports import Asked, ReportKind

REASONS = "retention-reasons"
_WORDS = (
    "日报 day、班次 shift、营业员 teller、收款方式 tender、收据 receipts、例外 exceptions、查看原文 reveals；"
    "退网原因 retention-reasons · why customers left"
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser("report", help="报表 · tables of the hall")
    parser.add_argument("what", choices=[*(kind.value for kind in ReportKind), REASONS], help=_WORDS)
    parser.add_argument("--from", dest="from_on", type=_day, metavar="DAY", help="起始营业日，默认今天 · first day")
    parser.add_argument("--to", dest="to_on", type=_day, metavar="DAY", help="终止营业日 · last day")
    parser.add_argument("--shift", default="", metavar="NO", help="只要这一班 · only this shift")
    parser.add_argument("--staff", default="", metavar="NO", help="只要这个工号 · only this person")
    parser.add_argument(
        "--json", action="store_true", help="以 JSON 输出，金额为整数分 · print JSON, sums in whole fen"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a report of the hall of `args.data`, or how often each reason for leaving stands in its libraries.

    Raises:
        StoreTrouble, FileNotFoundError: for the program's edge to say.
    """
    if args.what == REASONS:
        return _reasons(args.data, as_json=args.json)
    from counter_app.domain.report_wording import head_name, note_text, row_texts
    from counter_app.services.reports import beside

    from_on = args.from_on or args.to_on or datetime.now().astimezone().date()
    asked = Asked(ReportKind(args.what), from_on, args.to_on or from_on, args.shift, args.staff)
    report = beside(args.data, asked)
    if args.json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        return 0
    columns = report.columns
    print("\t".join(map(head_name, columns)))
    for row in report.rows:
        print("\t".join(row_texts(row, columns)))
    for note in report.notes:
        print(note_text(note))
    return 0


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _reasons(data: Path, *, as_json: bool) -> int:
    from counter_app.services.retention_lists import all_reasons
    from counter_app.storage.beside import open_beside

    store = open_beside(data)
    try:
        with store.reading() as reading:
            rows = all_reasons(reading)
    finally:
        store.close()
    if as_json:
        print(json.dumps({"rows": [asdict(row) for row in rows]}, ensure_ascii=False, indent=2))
        return 0
    for row in rows:
        words = f" ({row.source_reason})" if row.source_reason else ""
        print(f"{row.count}\t{row.reason or '—'}{words}")
    return 0
