"""`counter-app hub approve`: consent to what a hall asks, by somebody elsewhere who may sign it; prints the code."""

from __future__ import annotations

import argparse
import secrets
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from counter_app.domain.money import format_fen

if TYPE_CHECKING:
    from counter_app.hub.database import Database

_WHY = {
    "not_found": "没有这个编号的请求 · nothing was asked under this name",
    "told": "已经用过了 · it was used already",
    "too_old": "请求已过期，请柜台重新发起 · it was asked too long ago; let the counter ask anew",
    "no_right": "这个人不能批 · this person may not sign it",
    "own_hand": "申请人自己不能批 · whoever asks does not sign",
}
_KINDS = {
    "reverse": "冲正 · a payment is reversed",
    "refund": "退费 · a payment is refunded",
    "refund_after_month": "跨月退费 · a payment of a month that is over is refunded",
    "move": "串户调账 · a payment's money is moved to another account",
    "retender": "更正支付方式 · the tender of a payment is corrected",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("approval", metavar="ID", help="柜台报来的编号 · the name that the counter reads out")
    parser.add_argument("--hall", required=True, metavar="CODE", help="申请的营业厅代码 · the hall that asks")
    parser.add_argument(
        "--by",
        required=True,
        metavar="HALL/STAFF",
        help="批准人：营业厅代码/工号 · who consents: hall and staff number",
    )


def run(args: argparse.Namespace, database: Database, now: datetime) -> int:
    """Give the code; 1 when it may not be given.

    Raises:
        DatabaseBusy: it does not answer.
    """
    from counter_app.hub.approvals import Given, give

    hall_code, _, staff_no = args.by.partition("/")
    with database.transaction() as connection:
        given = give(connection, args.hall, args.approval, by=(hall_code, staff_no), at=now, secret=secrets.token_bytes)
    if not isinstance(given, Given):
        print(f"{args.approval}: {_WHY[given]}", file=sys.stderr)
        return 1
    # what it is for comes first: whoever reads the code out has seen it
    print(f"{_KINDS[given.kind]}: {format_fen(given.amount_fen)} 元 · yuan", file=sys.stderr)
    print(f"{given.subject_no}，工号 · asked by {given.staff_no}，柜台 · counter {given.counter_id}", file=sys.stderr)
    print(f"{given.code[:4]}-{given.code[4:]}")
    print("15 分钟内在柜台输入，只能用一次 · to be typed at the counter within 15 minutes, once", file=sys.stderr)
    return 0
