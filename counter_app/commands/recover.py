"""`counter-app recover RECEIPT…`: payments whose journal is lost are entered again from their printed receipts."""

from __future__ import annotations

import argparse
import getpass
import sys
from dataclasses import asdict
from json import dumps
from pathlib import Path
from typing import Any


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser("recover", help="按收据补录丢失的缴费 · enter payments again from their receipts")
    parser.add_argument("receipts", nargs="+", metavar="RECEIPT", help="二维码文字，或每行一张的文件 · text or file")
    parser.add_argument("--staff", required=True, metavar="NO", help="班长工号 · the supervisor's staff number")
    parser.add_argument("--account", default="", metavar="NO", help="户号，收据未列账单时用 · where no bill is named")
    parser.add_argument(
        "--prepaid", metavar="YUAN", help="收据上用预存款支付的金额，一次一张 · paid out of prepaid, of one receipt"
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON · answer as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Enter each receipt; 0 when all of them are recorded now, 1 when one was refused.

    Raises:
        Refused: the supervisor's password is wrong, or the hall does not let them.
        HallInUse: a counter has the hall open.
    """
    from counter_app.clock import SystemClock
    from counter_app.domain.money import parse_fen
    from counter_app.services.hall import open_hall
    from counter_app.services.staff import sign_in

    texts = [text for given in args.receipts for text in _texts(given)]
    if args.prepaid is not None and len(texts) != 1:
        print("--prepaid 一次只补录一张收据 · --prepaid is of one receipt", file=sys.stderr)
        return 2
    prepaid_used_fen = None if args.prepaid is None else parse_fen(args.prepaid)
    hall = open_hall(args.data, clock=SystemClock.of_this_machine())
    try:
        session = sign_in(hall, args.staff, _password())
        answers = [_enter(hall, session, text, args.account, prepaid_used_fen) for text in texts]
    finally:
        hall.close()
    if args.json:
        print(dumps(answers, ensure_ascii=False, indent=1))
    return 0 if all(answer["is_recorded"] for answer in answers) else 1


def _enter(hall: Any, session: Any, text: str, account_no: str, prepaid_used_fen: int | None) -> dict[str, Any]:
    from counter_app.domain.refusals import Refused
    from counter_app.domain.sync_refusals import ReceiptHeld
    from counter_app.services.lost_receipts import reenter
    from counter_app.ui.wording import sentences

    try:
        done = reenter(hall, session, text, account_no, prepaid_used_fen=prepaid_used_fen)
    except Refused as refused:
        print(sentences(refused.refusal), file=sys.stderr)
        # what is recorded already needs nothing more: the same list can be given twice
        return {"is_recorded": isinstance(refused.refusal, ReceiptHeld), "why": refused.refusal.code}
    print(f"{done.receipt_no}: 已补录 · recorded again", file=sys.stderr)
    return {"is_recorded": True, **asdict(done)}


def _texts(given: str) -> list[str]:
    path = Path(given)
    # a QR text is no path, and may be longer than one can be
    if "|" in given or not path.is_file():
        return [given]
    return [line.strip() for line in path.read_text("utf-8-sig").splitlines() if line.strip()]


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("班长密码 · the supervisor's password: ")
    return sys.stdin.readline().rstrip("\n")
