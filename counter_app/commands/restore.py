"""`counter-app restore FILE`: a verified backup takes the place of the hall's file, which is kept."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from counter_app.commands.progress import ProgressLines
from counter_app.commands.verify import report_as_json, say_findings


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser("restore", help="用备份恢复本厅数据 · put a backup in the place of the hall's file")
    parser.add_argument("file", type=Path, metavar="FILE", help="备份文件 · the backup")
    parser.add_argument("--json", action="store_true", help="输出 JSON · answer as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Put the backup back; 0 when it is in place, 1 when nothing was changed."""
    from counter_app.clock import SystemClock
    from counter_app.storage.backup import AnotherHall, restore
    from counter_app.storage.trouble import NotThisKey
    from counter_app.storage.verify import FileIsDamaged

    try:
        result = restore(args.data, args.file, now=SystemClock.of_this_machine().now(), progress=ProgressLines())
    except FileIsDamaged as damaged:
        say_findings(damaged.report)
        print("备份有问题，没有恢复，原数据未动 · the backup has findings; nothing was changed", file=sys.stderr)
        return 1
    except AnotherHall as other:
        print(
            f"这是另一个营业厅的备份（{other.found}），没有恢复 · the backup is of another hall; nothing was changed",
            file=sys.stderr,
        )
        return 1
    except NotThisKey:
        print(
            f"{args.file}: 不是营业厅备份，或本机没有它的密钥，没有恢复 · "
            "no backup of a hall, or its key is not on this machine; nothing was changed",
            file=sys.stderr,
        )
        return 1
    if args.json:
        answer = {
            "file": str(result.path),
            "kept": [str(path) for path in result.kept],
            "from_version": result.from_version,
            "last_at": result.last_at,
            "heads": [{"epoch": head.epoch, "seq": head.seq, "hash": head.hash} for head in result.heads],
            "is_behind_mark": result.is_behind_mark,
            "report": report_as_json(result.report),
        }
        print(json.dumps(answer, ensure_ascii=False, indent=1))
        return 0
    print(f"{result.path}: 已恢复并核对，数据到 {result.last_at} · restored and verified, up to {result.last_at}")
    for path in result.kept:
        print(f"原数据保留在 · the file before is kept as: {path}")
    if result.is_behind_mark and result.mark is not None:
        head = result.heads[0].seq if result.heads else 0
        print(
            f"备份比本机最后的记录旧：流水到 {head}，本机曾到 {result.mark.seq}。在主管确认之前，程序不收款。\n"
            f"The backup is older than what this machine has recorded: journal up to {head}, it had been at "
            f"{result.mark.seq}. No money is taken until a supervisor has confirmed."
        )
    return 0
