"""`counter-app report`: tables of the hall for those who read on, as lines or as JSON."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

_KINDS = ("retention-reasons",)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser("report", help="报表 · tables of the hall")
    parser.add_argument("what", choices=_KINDS, help="退网原因 · why customers left")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出 · print JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print how often each reason for leaving stands in the libraries of the hall of `args.data`.

    Raises:
        StoreTrouble, FileNotFoundError: for the program's edge to say.
    """
    from counter_app.services.retention_lists import all_reasons
    from counter_app.storage.beside import open_beside

    store = open_beside(args.data)
    try:
        with store.reading() as reading:
            rows = all_reasons(reading)
    finally:
        store.close()
    if args.json:
        print(json.dumps({"rows": [asdict(row) for row in rows]}, ensure_ascii=False, indent=2))
        return 0
    for row in rows:
        words = f" ({row.source_reason})" if row.source_reason else ""
        print(f"{row.count}\t{row.reason or '—'}{words}")
    return 0
