"""`counter-app deduct`: pays what is overdue out of prepaid books on the batch day, and says what was left and why."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from counter_app.commands.progress import ProgressLines

if TYPE_CHECKING:
    from counter_app.services.deductions import BatchReport


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser("deduct", help="批量日自动扣款 · deduct what is overdue on the batch day")
    parser.add_argument(
        "--date",
        type=date.fromisoformat,
        metavar="DAY",
        help="批量日，默认现在该扣的 · by default the one that is due",
    )
    parser.add_argument("--here", action="store_true", help="改由本柜台扣 · here, though another counter is the first")
    parser.add_argument("--list", action="store_true", help="只看结果，不扣 · only say what became of it")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出，金额为分 · print JSON, sums in fen")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Deduct in the hall of `args.data`; cut short, it is run again and goes on.

    Where a counter has the hall open, that one deducts.

    Raises:
        Refused, HallInUse, StoreTrouble, FileNotFoundError: for the program's edge to say.
    """
    from counter_app.services.beside import deduct_through_counter
    from counter_app.storage.trouble import HallInUse

    said = ProgressLines()

    def progress(done: int, total: int) -> None:
        said("deductions", done, total)

    if not args.list:
        try:
            _deduct(args, progress)
        except HallInUse:
            if not deduct_through_counter(args.data, args.date, is_here=args.here, progress=progress):
                raise
    report = _report(args)
    print(json.dumps(_plain(report), ensure_ascii=False, indent=2) if args.json else "\n".join(lines_of(report)))
    return 0


def _deduct(args: argparse.Namespace, progress: Callable[[int, int], None]) -> None:
    from counter_app.clock import SystemClock
    from counter_app.services import deductions
    from counter_app.storage.hall import open_hall

    hall = open_hall(args.data, clock=SystemClock.of_this_machine())
    try:
        deductions.run(hall, asked=args.date, is_here=args.here, progress=progress)
    finally:
        hall.close()


def _report(args: argparse.Namespace) -> BatchReport:
    """What became of it, read beside whoever has the hall open."""
    from counter_app.clock import SystemClock
    from counter_app.services import deductions
    from counter_app.storage.hall import open_hall

    hall = open_hall(args.data, clock=SystemClock.of_this_machine(), for_writing=False)
    try:
        return deductions.report(hall, args.date or deductions.look(hall).batch_on)
    finally:
        hall.close()


def lines_of(report: BatchReport) -> list[str]:
    """The report as lines for people, Chinese and English: what was taken, account by account, then what was left."""
    from counter_app.domain.money import format_fen
    from counter_app.ui.wording_deductions import why_words

    sums = report.sums
    left = sum(count for _, count in sums.left)
    return [
        f"批量日 {report.batch_on} · batch day: 已扣 {sums.taken_count} 户 {format_fen(sums.taken_fen)} · taken"
        f" · 未扣 {left} 户 · left",
        *(
            f"{row.account_no}\t已扣 · taken\t{format_fen(row.settled_fen)}\t{row.deduction_no}"
            for row in report.deducted
        ),
        *(
            f"{row.account_no}\t未扣 · left\t{why_words(row.why)}\t欠 · owed {format_fen(row.arrears_fen)}"
            f"\t账本 · books {format_fen(row.balance_fen)}"
            for row in report.left
        ),
    ]


def _plain(report: BatchReport) -> dict[str, object]:
    """The same as JSON; names of customers stay in the file."""
    sums = report.sums
    return {
        "batch_on": report.batch_on.isoformat(),
        "taken": {"accounts": sums.taken_count, "amount_fen": sums.taken_fen},
        "left": dict(sums.left),
        "deducted": [
            {
                "account_no": row.account_no,
                "deduction_no": row.deduction_no,
                "amount_fen": row.settled_fen,
                "balance_fen": row.balance_fen,
            }
            for row in report.deducted
        ],
        "not_deducted": [
            {
                "account_no": row.account_no,
                "why": row.why,
                "arrears_fen": row.arrears_fen,
                "balance_fen": row.balance_fen,
            }
            for row in report.left
        ],
    }
