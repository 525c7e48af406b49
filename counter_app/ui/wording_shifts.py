"""Why a shift is not counted or closed, what its entries are called, and what the drawer's detective says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counter_app.domain import shift_close, z_report
from counter_app.domain.drawer_detective import Cause, Slip
from counter_app.domain.payments import CASH
from counter_app.domain.refusals import Refusal
from counter_app.ui.formats import amount
from counter_app.ui.language import later, tr
from counter_app.ui.wording_money import tender_word

_KINDS = {
    "payment.take": later("收款"),
    "payment.reverse": later("冲正"),
    "payment.refund": later("退费"),
    "payment.move": later("串户更正"),
    "payment.retender": later("收款方式更正"),
    "cash.in": later("存入现金"),
    "cash.out": later("取出现金"),
    "cash.drop": later("上缴金库"),
    "float.accept": later("接收备用金"),
    "proofs.handover": later("单据交接"),
    "credit.settled": later("退还客户"),
    "book.refund": later("销户退预存"),
    "drawer.opened": later("开钱箱"),
    "shift.open": later("开班"),
    "shift.count": later("清点"),
}
_CAUSES = {
    Slip.SWAPPED_DIGITS: later("金额相邻两位数字输颠倒：正好差 {sum}"),
    Slip.CHANGE_KEPT: later("找零没有给客户：有一笔的找零正好是 {sum}"),
    Slip.CHANGE_TWICE: later("找零给了两次：有一笔的找零正好是 {sum}"),
    Slip.NOT_REVERSED: later("钱已退或只收了一次，没有冲正：有一笔正好是 {sum}"),
    Slip.NOT_GIVEN_BACK: later("已冲正或退费，钱还没有退：有一笔正好是 {sum}"),
    Slip.MISCOUNTED: later("清点张数有误：{notes}"),
    Slip.OTHER_NOTE: later("面额弄混：{notes}"),
    Slip.UNRECORDED: later("存取现金没有登记：{sum}"),
    Slip.FLOAT_WRONG: later("开班时备用金点错：{notes}"),
}
_FIGURES = {
    "balance": later("钱箱余额"),
    "float": later("备用金"),
    "cash_in": later("存入现金"),
    "cash_out": later("取出现金"),
    "dropped": later("班中上缴金库"),
    "given_back": later("退还客户"),
    "book_refund": later("销户退预存"),
    "recovered": later("恢复的钱箱余额"),
    "receipts": later("收据"),
    "settled.principal": later("销账本金"),
    "settled.late_fee": later("销账违约金"),
    "settled.cost": later("销账费用"),
    "open_again.principal": later("撤销本金"),
    "open_again.late_fee": later("撤销违约金"),
    "open_again.cost": later("撤销费用"),
    "prepaid.used": later("预存款使用"),
    "prepaid.stored": later("预存款存入"),
    "prepaid.undone": later("预存款撤销"),
    "undone.reverse": later("冲正"),
    "undone.refund": later("退费"),
    "undone.move": later("串户更正"),
}
_OF_TENDER = {
    "taken": later("收款 {tender}"),
    "back": later("退回 {tender}"),
    "retender": later("改收款方式 {tender}"),
    "expected": later("应有 {tender}"),
}
_SLIPS_SAME = later("单据合计抄错或金额数字输颠倒：正好差 {sum}")


def entry_word(kind: str) -> str:
    """What an entry of a shift is called."""
    return tr(_KINDS[kind]) if kind in _KINDS else kind


def cause_words(cause: Cause) -> str:
    """A likely cause in one sentence."""
    total = amount(abs(cause.explained_fen))
    if cause.slip is Slip.WRONG_TENDER:
        return tr(
            "收款方式记错：记成{short}，实际是{over}，正好 {sum}",
            short=tender_word(cause.tender),
            over=tender_word(cause.other_tender),
            sum=total,
        )
    if cause.slip is Slip.SWAPPED_DIGITS and cause.tender != CASH and not cause.rows:
        return tr(_SLIPS_SAME, sum=total)
    notes = tr("，或 ").join(_note(*note) for note in cause.notes[:3])
    return tr(_CAUSES[cause.slip], sum=total, notes=notes)


def _note(fen: int, pieces: int, other_fen: int) -> str:
    if other_fen:
        return tr("{one} 与 {other} {count} 张", one=_face(fen), other=_face(other_fen), count=pieces)
    return tr("{one} 差 {count} 张", one=_face(fen), count=pieces)


def _face(fen: int) -> str:
    return tr("{yuan} 元", yuan=fen // 100) if fen >= 100 else tr("{jiao} 角", jiao=fen // 10)


def _count_is_old(r: shift_close.CountIsOld) -> str:
    return tr("第 {no} 次清点之后又收付了钱，清点已不算数。请重新清点一次。", no=r.count_no)


def _slips_are_wrong(r: shift_close.SlipsAreWrong) -> str:
    return tr(
        "{tender}的张数和金额对不上：{pieces} 张，合计 {sum}。请填写张数和合计，没有就都不填。",
        tender=tender_word(r.tender),
        pieces=r.pieces,
        sum=amount(r.fen),
    )


def _figures_differ(r: z_report.FiguresDiffer) -> str:
    return tr(
        "“{name}”两种算法不一致：按账目 {one}（{one_count} 笔），按单据 {other}（{other_count} 笔）。"
        "为保证账实，本班暂不能班结。请不要关闭程序，立即联系管理员核对。",
        name=figure_word(r.figure),
        one=amount(r.posted_fen),
        one_count=r.posted_count,
        other=amount(r.kept_fen),
        other_count=r.kept_count,
    )


def figure_word(name: str) -> str:
    """What a figure of a shift is called in the window."""
    if name in _FIGURES:
        return tr(_FIGURES[name])
    first, _, of = name.partition(".")
    if first in _OF_TENDER:
        return tr(_OF_TENDER[first], tender=tender_word(of))
    return entry_word(of)


SHIFTS: dict[type[Refusal], Callable[[Any], str]] = {
    shift_close.CountMissing: lambda r: tr("班次 {no} 还没有清点。请先清点钱箱和单据，再班结。", no=r.shift_no),
    shift_close.CountIsOld: _count_is_old,
    shift_close.SlipsAreWrong: _slips_are_wrong,
    shift_close.CustomerStillOpen: lambda _r: tr(
        "还有一位客户没有办完。请先办完或放弃这一笔，再班结；排队的客户照常接待。"
    ),
    shift_close.FiguresAfterCount: lambda _r: tr("本班合计要先清点才显示，清点前不给看账面数。请先清点。"),
    z_report.FiguresDiffer: _figures_differ,
}
"""The sentences of refusals about closing a shift."""
