"""`counter-app migrate`: the hall's file is brought to this program's version, on a verified copy."""

from __future__ import annotations

import argparse
import json
import sys

from counter_app.commands.progress import ProgressLines
from counter_app.commands.verify import say_findings


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser("migrate", help="升级本厅数据 · bring the hall's file to this program's version")
    parser.add_argument("--json", action="store_true", help="输出 JSON · answer as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Migrate; 0 when the file is of this version now, 1 when it stays as it was."""
    from counter_app.storage.migrate import migrate_folder
    from counter_app.storage.verify import FileIsDamaged

    try:
        result = migrate_folder(args.data, progress=ProgressLines())
    except FileIsDamaged as damaged:
        say_findings(damaged.report)
        print("数据有问题，没有升级，原数据未动 · the data has findings; nothing was changed", file=sys.stderr)
        return 1
    if args.json:
        answer = {
            "is_migrated": result is not None,
            "from_version": result.from_version if result else None,
            "to_version": result.to_version if result else None,
            "kept": str(result.kept) if result else None,
        }
        print(json.dumps(answer, ensure_ascii=False, indent=1))
    elif result is None:
        print("已是当前版本 · the file is of this version already")
    else:
        print(f"已升级 {result.from_version} → {result.to_version}，并核对 · migrated and verified")
        print(f"原数据保留在 · the file before is kept as: {result.kept}")
    return 0
