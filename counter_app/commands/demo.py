"""`counter-app demo`: a realistic hall to try the counter on."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from counter_app.domain.hall import TRADES


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser("demo", help="演示营业厅 · make a realistic demo hall and open it")
    parser.add_argument("--trade", choices=TRADES, default="telecom", help="行业 · the hall's trade")
    parser.add_argument("--customers", type=int, default=2000, metavar="N", help="客户数 · how many customers")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="随机种子 · the same seed makes the same hall")
    parser.add_argument("--no-open", action="store_true", help="只生成，不打开窗口 · make it and open no window")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make the hall; opening the window afterwards is for whoever called, unless `args.no_open`."""
    make(args)
    return 0


def make(args: argparse.Namespace) -> Path:
    """Make a demo hall in `args.data`, or leave the hall that is there alone; returns the folder.

    Raises:
        Refused: `BadHallSetting` for a trade or number that cannot be.
        HallInUse: another program makes or uses the hall.
    """
    from counter_app.clock import SystemClock
    from counter_app.services.demo import has_hall, make_demo

    folder: Path = args.data
    if has_hall(folder):
        print(f"{folder}: 已有营业厅 · there is a hall already", file=sys.stderr)
        return folder
    said_at = time.monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal said_at
        if time.monotonic() - said_at >= 1:
            said_at = time.monotonic()
            print(f"{done} / {total}", file=sys.stderr, flush=True)

    clock = SystemClock.of_this_machine()
    hall = make_demo(folder, trade=args.trade, customers=args.customers, seed=args.seed, clock=clock, progress=progress)
    hall.close()
    print(f"{folder}: 演示营业厅已生成 · demo hall made", file=sys.stderr)
    return folder
