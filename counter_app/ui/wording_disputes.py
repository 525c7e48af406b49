"""The sentences of refusals about lines in dispute, and the words for why a line is contested."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counter_app.domain import disputes
from counter_app.domain.money import format_fen
from counter_app.domain.refusals import Refusal
from counter_app.ui.language import later, tr

_REASONS = {
    "amount": later("金额算错"),
    "reading": later("抄表或用量有误"),
    "not_used": later("非本人使用"),
    "tariff": later("资费或套餐不符"),
    "service": later("没有提供服务"),
    "other": later("其他"),
}


def reason_word(code: str) -> str:
    """Why a line is contested."""
    return tr(_REASONS[code]) if code in _REASONS else code


def item_word(item: str) -> str:
    """What is contested: the name of an item as the bill has it, or the whole bill."""
    return item or tr("整张账单")


def _too_large(r: disputes.DisputeTooLarge) -> str:
    if not r.room_fen:
        return tr("“{item}”已经全部在争议中或已改小，没有可以再争议的。请选别的一项。", item=item_word(r.item))
    return tr(
        "“{item}”最多还能争议 {room}，填的是 {asked}。请改小金额。",
        item=item_word(r.item),
        room=format_fen(r.room_fen),
        asked=format_fen(r.asked_fen),
    )


DISPUTES: dict[type[Refusal], Callable[[Any], str]] = {
    disputes.DisputeTooLarge: _too_large,
    disputes.DisputeNothing: lambda _r: tr("争议金额是 0。没有可以冻结的。请填写客户有异议的金额。"),
    disputes.DisputeReasonMissing: lambda _r: tr("还没有选原因，选“其他”时还须写明。争议要能说清。请补上再继续。"),
    disputes.DisputeUnknown: lambda r: tr(
        "账单 {no} 里没有这一项或这个争议。可能刚有变动。请关上再打开看一次。", no=r.bill_no
    ),
    disputes.DisputeDecided: lambda r: tr(
        "账单 {no} 的这个争议已经处理完。一个争议只处理一次。还有异议请另行登记。", no=r.bill_no
    ),
    disputes.DisputeElsewhere: lambda r: tr(
        "账单 {no} 的这个争议是在柜台 {counter} 登记的，客户的话也在那里。请到那个柜台处理。",
        no=r.bill_no,
        counter=r.counter_id,
    ),
    disputes.DisputeReleased: lambda r: tr(
        "账单 {no} 的这一项没有冻结着的金额，现在就可以缴。争议本身还在。请直接收款。", no=r.bill_no
    ),
    disputes.LoweredTooMuch: lambda r: tr(
        "争议的是 {disputed}，要改小 {asked}。最多改小争议的金额。请改金额。",
        disputed=format_fen(r.disputed_fen),
        asked=format_fen(r.asked_fen),
    ),
    disputes.DisputeChanged: lambda r: tr(
        "账单 {no} 的情况刚有变动，没有处理。请看清现在的内容，再办一次。", no=r.bill_no
    ),
}
