"""`counter-app enrol URL CODE`: this counter joins its hub, with everything it has, or is made anew from there."""

from __future__ import annotations

import argparse
import json
import sys

from counter_app.storage.store import FILE_NAME


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser("enrol", help="接入上游 · join the hub, with the one-time code it printed")
    parser.add_argument("url", metavar="URL", help="上游地址 · the hub's address, https://…")
    parser.add_argument("code", metavar="CODE", nargs="+", help="接入码，整行 · the code with its fingerprint")
    parser.add_argument(
        "--counter", metavar="CODE", help="柜台编号，本机还没有营业厅时用 · the counter's code, where no hall is yet"
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON · answer as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Join; 0 when the hub has taken the counter in, 1 when nothing was changed."""
    from counter_app.clock import SystemClock
    from counter_app.domain.refusals import Refused
    from counter_app.storage.hall import open_hall
    from counter_app.sync.enrolment import join, join_new
    from counter_app.sync.hub_line import LineDown
    from counter_app.sync.one_time_code import address_of

    clock, printed = SystemClock.of_this_machine(), "".join(args.code)
    try:
        address_of(args.url)
    except Refused:
        print("地址须以 https:// 开头 · the address begins with https://", file=sys.stderr)
        return 2
    has_hall = (args.data / FILE_NAME).exists()
    if not has_hall and not args.counter:
        print(
            "本机还没有营业厅，请加 --counter 柜台编号 · there is no hall here yet: name the --counter", file=sys.stderr
        )
        return 2
    try:
        if has_hall:
            hall = open_hall(args.data, clock=clock)
            try:
                joined = join(hall, args.url, printed)
            finally:
                hall.close()
        else:
            joined = join_new(args.data, args.url, printed, args.counter, clock=clock)
    except LineDown as down:
        print(f"{args.url}: 上游没有应答，没有登记 · no answer, nothing was changed ({down})", file=sys.stderr)
        return 1
    answer = {
        "url": joined.enrolment.url,
        "ordinal": joined.enrolment.ordinal,
        "epoch": joined.epoch,
        "waiting": joined.waiting,
        "wants_master": joined.enrolment.wants_master,
    }
    if args.json:
        print(json.dumps(answer, ensure_ascii=False, indent=1))
        return 0
    print(f"已接入上游，柜台序号 {joined.enrolment.ordinal} · joined the hub as its counter {joined.enrolment.ordinal}")
    if has_hall:
        print(f"{joined.waiting} 条流水待上传，打开柜台后自动进行 · {joined.waiting} entries wait for the open counter")
    else:
        print("打开柜台后先取回本厅数据 · once it is open, the counter fetches the hall's data")
    return 0
