"""The sentences of refusals about undoing a payment, and what cannot be restored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counter_app.domain import undo_refusals as undo
from counter_app.domain.bills import TAKEN_BACK
from counter_app.domain.masks import mask_phone
from counter_app.domain.money import format_fen
from counter_app.domain.refusals import Refusal
from counter_app.domain.undo import Lost, Unrestorable
from counter_app.domain.undo_reasons import UndoReason
from counter_app.ui.formats import day
from counter_app.ui.language import language_in_use, later, tr
from counter_app.ui.wording_money import tender_word

WAYS = {"reverse": later("冲正"), "refund": later("退费"), "move": later("转到另一户号")}
_VOID = {"reverse": later("已冲正"), "refund": later("已退费"), "move": later("已转户")}
_CHANNELS = {
    "counter": later("别的柜台"),
    "bank": later("银行"),
    "online": later("网上"),
    "deduction": later("自动扣款"),
    "self_service": later("自助终端"),
}
_LOST: dict[Lost, str] = {
    "service_runs": later("业务 {of} 已经恢复使用，撤销后不会自动再停，以后由催缴处理。"),
    "service_moved_on": later("业务 {of} 的状态后来另有变动，不改回去。"),
    "network_told": later("业务 {of} 的恢复工单已经发出，会再发一张撤回；那边可能已先恢复。"),
    "book_expired": later("退回的预存进入已过期的账本“{of}”，客户不能再用。"),
    "receipt_kept": later("收据 {of} 没有收回：已作废，再拿来时扫码可以查出。"),
}
_PHONE_DIGITS = 11


def way_word(way: str) -> str:
    """How a payment is undone, as the teller calls it."""
    return tr(WAYS[way]) if way in WAYS else way


def undo_reason_word(reason: UndoReason) -> str:
    """A reason for an undo as the pack calls it, in the reader's language."""
    return reason.name_en if language_in_use() == "en" else reason.name_zh


def void_word(way: str) -> str:
    """That a payment was undone, in a word; empty while it stands."""
    return tr(_VOID[way]) if way in _VOID else way


def service_word(number: str) -> str:
    """A service's number as the screen may show it: a phone number is masked."""
    return mask_phone(number) if number.isdecimal() and len(number) == _PHONE_DIGITS else number


def lost_words(lost: Unrestorable) -> str:
    """What the undo cannot give back."""
    return tr(_LOST[lost.what], of=service_word(lost.of))


def _already(r: undo.AlreadyUndone) -> str:
    return tr(
        "收据 {no} 在 {on} 已经撤销（{way}）。一笔缴费只撤销一次。需要凭证请补打。",
        no=r.receipt_no,
        on=day(r.on),
        way=way_word(r.way),
    )


def _later_payment(r: undo.LaterPaymentUsedIt) -> str:
    if r.later_receipt_no:
        return tr(
            "账单 {bill} 后来又由收据 {later}（{on}）缴过，是接着这一笔算的。请先撤销收据 {later}，再撤销这一笔。",
            bill=r.bill_no,
            later=r.later_receipt_no,
            on=day(r.later_on),
        )
    if r.channel == TAKEN_BACK:
        return tr(
            "账单 {bill} 在 {on} 因争议改小，这笔里多缴的已转入预存，不能再撤销。要退钱请从预存退。",
            bill=r.bill_no,
            on=day(r.later_on),
        )
    channel = tr(_CHANNELS[r.channel]) if r.channel in _CHANNELS else r.channel
    return tr(
        "账单 {bill} 后来又由{channel}在 {on} 缴过，是接着这一笔算的。请先由那边退回，再撤销这一笔。",
        bill=r.bill_no,
        channel=channel,
        on=day(r.later_on),
    )


def _book_spent(r: undo.BookSpent) -> str:
    head = tr(
        "这笔缴费存入账本“{book}” {needed}，账本里只剩 {left}。",
        book=r.book_name,
        needed=format_fen(r.needed_fen),
        left=format_fen(r.left_fen),
    )
    if r.used_by_receipt_no:
        return head + tr("收据 {no} 用掉了。请先撤销那一笔，或补足账本后再来。", no=r.used_by_receipt_no)
    return head + tr("别处用掉了。请客户补足账本后再来。")


def _credit(r: undo.CreditMadeOfIt) -> str:
    sum_ = format_fen(r.amount_fen)
    if not r.task_id:
        return tr(
            "收据 {no} 多收的 {sum} 已作为重复缴费退给客户。同一笔钱不退两次，不能再撤销。", no=r.receipt_no, sum=sum_
        )
    return tr(
        "上游查明收据 {no} 的账单缴了两次，{sum} 已列入待退。请在“待办”里退给客户，不在这里撤销。",
        no=r.receipt_no,
        sum=sum_,
    )


def _needs(r: undo.WayNeedsReference) -> str:
    if r.field == "reference":
        return tr(
            "“{tender}”原路退回，还缺终端的撤销参考号。没有它这笔钱以后查不到。请先在终端上撤销，再照小票填写。",
            tender=tender_word(r.tender),
        )
    return tr("经银行退回，还缺银行凭证的号码。没有它这笔钱以后查不到。请照银行凭证填写。")


def _changed(r: undo.UndoChanged) -> str:
    if r.shown_way == r.way:
        return tr("收据 {no} 的情况刚有变动，没有撤销。请看清现在的内容，再办一次。", no=r.receipt_no)
    return tr(
        "收据 {no} 的情况刚有变动，由{shown}变为{way}，没有撤销。请看清现在的内容，再办一次。",
        no=r.receipt_no,
        shown=way_word(r.shown_way),
        way=way_word(r.way),
    )


UNDO: dict[type[Refusal], Callable[[Any], str]] = {
    undo.NotTakenHere: lambda r: tr(
        "本柜台没有收过这一笔（{what}）。撤销要在收款的柜台办。请看收据号里的柜台，到那里办理。", what=r.what
    ),
    undo.AlreadyUndone: _already,
    undo.LaterPaymentUsedIt: _later_payment,
    undo.BookSpent: _book_spent,
    undo.CreditMadeOfIt: _credit,
    undo.TaskOpenOnIt: lambda r: tr("收据 {no} 还有一件待办没有办完。请先在“待办”里办结，再撤销。", no=r.receipt_no),
    undo.WayNeedsReference: _needs,
    undo.RedNoteMissing: lambda r: tr(
        "收据 {no} 开过发票 {invoice}。要先冲红才能退。请填写红字发票的号码。", no=r.receipt_no, invoice=r.invoice_no
    ),
    undo.UndoChanged: _changed,
    undo.NothingToMove: lambda r: tr(
        "收据 {no} 全部用这个户号的预存缴的。没有可以转走的钱。请用撤销，让预存退回原账本。", no=r.receipt_no
    ),
    undo.SameAccount: lambda r: tr("这笔缴费本来就在户号 {no} 上。请选另一个户号。", no=r.account_no),
    undo.TenderNotThere: lambda r: tr(
        "收据 {no} 没有这么多这种方式的钱，或这笔是从别的户号转来的。请核对金额，或到原来那笔上更正。", no=r.receipt_no
    ),
    undo.TenderAsItWas: lambda r: tr(
        "改成的还是“{tender}”，没有变化。请选实际的付款方式。", tender=tender_word(r.tender)
    ),
    undo.InvoiceNoMissing: lambda _r: tr("还没有填写发票号码。请照税务系统开出的号码填写。"),
    undo.InvoiceNoted: lambda r: tr(
        "收据 {no} 已登记发票 {invoice}。同一笔钱不开两张发票。要改请先登记红字发票。",
        no=r.receipt_no,
        invoice=r.invoice_no,
    ),
    undo.InvoiceNotThere: lambda r: tr(
        "收据 {no} 没有登记过发票 {invoice}，或已经冲红。请核对号码。", no=r.receipt_no, invoice=r.invoice_no
    ),
    undo.ReasonUnknown: lambda _r: tr("还没有选撤销的原因，选“其他”时还须写明。请补上再继续。"),
}
