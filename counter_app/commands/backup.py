"""`counter-app backup FILE`: a verified copy of the hall's file, made while the counter works."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from counter_app.commands.progress import ProgressLines
from counter_app.commands.verify import report_as_json, say_findings


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser("backup", help="备份本厅数据并核对 · copy the hall's file and verify the copy")
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="备份文件，不会覆盖已有文件 · where to; never overwritten"
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON · answer as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make the backup; 0 when it is made and verified, 1 when there is none."""
    from counter_app.storage.backup import backup
    from counter_app.storage.verify import FileIsDamaged

    try:
        made = backup(args.data, args.file, progress=ProgressLines())
    except FileExistsError:
        print(f"{args.file}: 已有同名文件，不覆盖 · there is such a file; nothing is overwritten", file=sys.stderr)
        return 1
    except FileIsDamaged as damaged:
        say_findings(damaged.report)
        print("数据有问题，没有生成备份 · the data has findings; no backup was made", file=sys.stderr)
        return 1
    if args.json:
        answer = {
            "file": str(made.path),
            "size_bytes": made.size_bytes,
            "is_encrypted": made.is_encrypted,
            "keys_in": made.keys_in,
            "heads": [{"epoch": head.epoch, "seq": head.seq, "hash": head.hash} for head in made.heads],
            "report": report_as_json(made.report),
        }
        print(json.dumps(answer, ensure_ascii=False, indent=1))
        return 0
    print(f"{made.path}: 已备份并核对 · made and verified, {made.size_bytes} bytes")
    for head in made.heads:
        print(f"流水到 · journal up to: {head.epoch}/{head.seq} {head.hash}")
    if made.is_encrypted:
        print(
            f"备份已加密，密钥不在备份里。请另外妥善保存密钥（{made.keys_in}），丢失密钥备份就打不开。\n"
            f"The backup is encrypted and the key is not in it. Keep the key ({made.keys_in}) in another safe place: "
            "without it nobody can open the backup."
        )
    return 0
