"""Why money does not leave the safe, come into it, or go to the bank; and why a paper is not taken for missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counter_app.domain import day_report, proofs, safe
from counter_app.domain.refusals import Refusal
from counter_app.ui.formats import amount
from counter_app.ui.language import later, tr
from counter_app.ui.wording_money import tender_word
from counter_app.ui.wording_shifts import figure_word

_WRONG = {
    "bank": later("还没有写存入的银行。请照解款单填写。"),
    "slip_no": later("还没有写解款单号。请照解款单填写。"),
    "made_on": later("解款日期不能晚于今天。请照解款单填写。"),
    "lines": later("还没有选要解款的班次和金额。请至少选一行。"),
}


def _float_waits(r: safe.FloatWaits) -> str:
    words = {"no": r.staff_no, "name": r.name, "sum": amount(r.fen)}
    if r.state == "asked":
        return tr("{name}（{no}）申领的备用金 {sum} 还没有发放。请先发放，或撤回申领，再开班。", **words)
    return tr("给 {name}（{no}）的备用金 {sum} 已经出库，还没有接收。请先接收开班，或退回金库。", **words)


def _float_is_other(r: safe.FloatIsOther) -> str:
    return tr(
        "出库的备用金是 {issued}，清点是 {counted}，不能接收。请重新清点；确实不符就退回金库。",
        issued=amount(r.issued_fen),
        counted=amount(r.counted_fen),
    )


def _deposit_known(r: safe.DepositKnown) -> str:
    return tr(
        "{bank} 的解款单 {no} 已在 {day} 登记过，没有再记。请核对单号。",
        bank=r.bank,
        no=r.slip_no,
        day=r.made_on.isoformat(),
    )


def _deposit_too_much(r: safe.DepositTooMuch) -> str:
    return tr(
        "班次 {no} 的{tender}还没有解款的只有 {held}，不能解 {wanted}。请改金额。",
        no=r.shift_no,
        tender=tender_word(r.tender),
        held=amount(r.held_fen),
        wanted=amount(r.wanted_fen),
    )


def _proof_not_short(r: proofs.ProofNotShort) -> str:
    return tr(
        "清点时{tender}只少 {short}，标为缺失的单据却有 {missing}。请重新清点，或改正标记。",
        tender=tender_word(r.tender),
        short=amount(r.short_fen),
        missing=amount(r.missing_fen),
    )


def _day_differs(r: day_report.DayDiffers) -> str:
    return tr(
        "{day} 的“{name}”两种算法不一致：班结单合计 {papers}，按账目 {journal}。为保证账实，本日暂不能日结。"
        "请不要关闭程序，立即联系管理员核对。",
        day=r.business_date.isoformat(),
        name=figure_word(r.figure),
        papers=amount(r.papers_fen),
        journal=amount(r.journal_fen),
    )


SAFE: dict[type[Refusal], Callable[[Any], str]] = {
    safe.FloatWaits: _float_waits,
    safe.NoFloatWaits: lambda _r: tr("这笔备用金已经接收、退回或撤回，没有再办。请看现在的状态。"),
    safe.FloatIsOther: _float_is_other,
    safe.FloatForOther: lambda r: tr(
        "这笔备用金是给 {name}（{no}）的，只能由本人接收或退回。", no=r.staff_no, name=r.name
    ),
    safe.SafeTooLow: lambda r: tr(
        "金库里只有 {held}，不够 {wanted}。请先把备用金登记入库，或少领一些。",
        held=amount(r.held_fen),
        wanted=amount(r.wanted_fen),
    ),
    safe.CashIsNothing: lambda _r: tr("还没有清点。请逐面额输入张数。"),
    safe.DepositIsWrong: lambda r: tr(_WRONG[r.field]),
    safe.DepositKnown: _deposit_known,
    safe.DepositTooMuch: _deposit_too_much,
    day_report.DayHasOpenShift: lambda r: tr(
        "{day} 的班次 {no} 还没有班结。请先班结，再日结。", day=r.business_date.isoformat(), no=r.shift_no
    ),
    day_report.DayIsEmpty: lambda r: tr(
        "{day} 没有待日结的班次，没有再结。请看日结单。", day=r.business_date.isoformat()
    ),
    day_report.DayBefore: lambda r: tr("{day} 还没有日结。请先结这一天，再结后面的。", day=r.business_date.isoformat()),
    day_report.DayDiffers: _day_differs,
    proofs.ProofNotShort: _proof_not_short,
    proofs.ProofUnknown: lambda _r: tr("这张单据不在名单里，或已经找到。请看现在的名单。"),
}
"""The sentences of refusals about the safe, the bank and missing papers."""
