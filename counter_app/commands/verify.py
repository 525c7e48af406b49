"""`counter-app verify`: whether the hall's file is honest, or whether one receipt is genuine."""

from __future__ import annotations

import argparse
import io
import json
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counter_app.commands.progress import ProgressLines

if TYPE_CHECKING:
    from counter_app.storage.verify import VerifyReport
    from counter_app.storage.verify_proof import ProofAnswer

LONGEST_PROOF = 4000
_LONGEST_SHOWN = 200

WORDS = {
    "unreadable": "无法读取",
    "integrity": "数据页损坏",
    "sealed page": "加密页损坏",
    "schema": "表结构被改动",
    "entry missing": "流水缺失",
    "journal has a gap": "流水断号",
    "link to the entry before": "流水链断开",
    "entry hash": "流水哈希不符",
    "signature": "设备签名不符",
    "entry carried over": "转入的旧流水不符",
    "entry given back": "取回的流水不符",
    "device": "设备未登记",
    "content": "流水内容不可读",
    "end of the journal": "流水末尾不符",
    "journal behind its mark": "流水落后于标记",
    "column": "字段与流水不符",
    "row missing": "缺少记录",
    "row from elsewhere": "导入的记录被改动",
    "row without its entry": "记录没有对应流水",
    "row without its owner": "记录没有归属",
    "posting": "分录不符",
    "postings sum": "分录不平",
    "balance": "余额不符",
    "settlement": "销账不符",
    "settled as posted": "销账与分录不符",
    "payment undone": "冲正或退费与原缴费不符",
    "undo slip": "撤销与凭证不符",
    "shift close": "班结与清点或班结单不符",
    "safe": "金库、解款或日结与流水不符",
    "tender": "支付方式不符",
    "receipt facts": "收据内容不符",
    "receipt numbers": "收据号不符",
    "receipt numbers have a gap": "收据断号",
    "intent": "意向不符",
    "prepaid": "预存账本透支",
    "restore order": "复机工单状态不符",
    "role": "角色被改动",
    "retention case": "挽留单与流水不符",
    "side record": "附件与流水不符",
    "signed month": "已签月报与流水不符",
    "paper facts": "单据内容不符",
    "paper numbers": "单据号不符",
    "paper numbers have a gap": "单据断号",
    "master row": "客户资料被改动",
    "note": "备注被改动",
    "changed by a step": "升级改动了数据",
}
"""What a finding is, in the words of the hall."""
_VERDICTS = {
    "genuine": "真实：由本厅设备签名，与流水一致 · genuine: signed by this hall, and the journal says the same",
    "genuine_not_held": "真实，但本机没有这笔流水 · genuine: signed by this hall; the entry is not held here",
    "altered": "被改动：与流水不一致，签名不符 · altered: not what was signed, and not what the journal says",
    "differs": "签名真实，但本机数据与之不一致 · the signature is genuine, but the data held here says otherwise",
    "signature_wrong": "签名不符：不是本厅设备签的原文 · the signature is wrong: this hall did not sign this text",
    "unknown_device": "未知设备：本厅没有登记这个柜台的设备 · unknown device: none of that counter is enrolled here",
}
_FIELDS = {
    "hall": "营业厅",
    "counter": "柜台",
    "entry": "流水",
    "receipt_no": "收据号",
    "time": "时间",
    "amount_fen": "金额（分）",
    "bills": "账单",
    "entry_hash": "流水哈希",
    "facts_sha256": "收据内容",
}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser("verify", help="核对本厅数据，或验证一张收据 · check the hall's file, or a receipt")
    parser.add_argument("--receipt", metavar="TEXT|FILE", help="收据二维码的文字，或含有它的文件 · a receipt's QR text")
    parser.add_argument("--json", action="store_true", help="输出 JSON · answer as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Say what was found; 0 when there is nothing, 1 with findings or when the receipt is not genuine."""
    if args.receipt is not None:
        return _receipt(args.data, args.receipt, is_json=args.json)
    from counter_app.storage.verify import verify_folder

    report = verify_folder(args.data, progress=ProgressLines())
    _say_report(report, is_json=args.json)
    return 0 if report.is_clean else 1


def report_as_json(report: VerifyReport) -> dict[str, Any]:
    """A report as `--json` gives it."""
    return {
        "is_clean": report.is_clean,
        "findings": [finding._asdict() for finding in report.findings],
        "more": report.more,
        "counts": dict(report.counts),
    }


def say_findings(report: VerifyReport) -> None:
    """The findings on stdout, one to a line: what, where, expected, found."""
    for finding in report.findings:
        print(f"{WORDS.get(finding.what, '')} · {finding}".removeprefix(" · "))
    if report.more:
        print(f"…… 另有 {report.more} 处 · and {report.more} more")


def _say_report(report: VerifyReport, *, is_json: bool) -> None:
    if is_json:
        print(json.dumps(report_as_json(report), ensure_ascii=False, indent=1))
        return
    say_findings(report)
    counted = ", ".join(f"{name} {count}" for name, count in report.counts.items())
    found = len(report.findings) + report.more
    print("没有发现问题 · nothing found" if not found else f"发现 {found} 处问题 · {found} findings")
    print(f"已核对 · looked at: {counted}")


def _receipt(folder: Path, given: str, *, is_json: bool) -> int:
    from counter_app.storage.beside import open_beside
    from counter_app.storage.verify_proof import check_proof

    text = _proof_text(given)
    store = open_beside(folder)
    try:
        with store.reading() as reading:
            answer = check_proof(reading, text)
    finally:
        store.close()
    if is_json:
        print(json.dumps(_answer_as_json(answer), indent=1))
    else:
        _say_answer(answer)
    return 0 if answer.is_genuine else 1


def _proof_text(given: str) -> str:
    # whatever bytes were typed, piped or scanned: what is no text becomes text that is no proof
    return _as_given(given)[:LONGEST_PROOF].encode("utf-8", "replace").decode("utf-8")


def _as_given(given: str) -> str:
    if given == "-":
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")
        return sys.stdin.read(LONGEST_PROOF)
    # a proof is too long for a file's name on some systems, which is an error there and an answer here
    with suppress(OSError, ValueError):
        path = Path(given)
        if path.is_file():
            with path.open(encoding="utf-8-sig", errors="replace") as file:
                return file.read(LONGEST_PROOF).strip()
    return given


def _answer_as_json(answer: ProofAnswer) -> dict[str, Any]:
    proof = answer.proof
    return {
        "verdict": answer.verdict.value,
        "is_genuine": answer.is_genuine,
        "receipt_no": proof.receipt_no,
        "amount_fen": proof.amount_fen,
        "issued_at": proof.issued_at.isoformat(),
        "entry_id": proof.entry_id,
        "device_id": answer.device_id or None,
        "differences": [asdict(difference) for difference in answer.differences],
    }


def _say_answer(answer: ProofAnswer) -> None:
    proof = answer.proof
    print(_VERDICTS[answer.verdict.value])
    yuan, fen = divmod(proof.amount_fen, 100)
    print(f"{_harmless(proof.receipt_no)}  {proof.issued_at:%Y-%m-%d %H:%M:%S}  ¥{yuan}.{fen:02d}")
    for difference in answer.differences:
        name = f"{_FIELDS[difference.field]} {difference.field}"
        print(f"{name}: 收据 · paper {_harmless(difference.paper)}; 本机 · held {_harmless(difference.held)}")


def _harmless(text: str) -> str:
    """What a paper says, without the characters that would steer the reader's terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text[:_LONGEST_SHOWN])
