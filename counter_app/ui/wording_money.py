"""The sentences of refusals about money, bills, shifts and paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counter_app.domain import allocation, capitals, payment_refusals, receipts, shifts
from counter_app.domain import money as amounts
from counter_app.domain.money import format_fen
from counter_app.domain.refusals import Refusal
from counter_app.services.receipts import ReceiptUnknown
from counter_app.ui.language import later, tr

TENDERS = {
    "cash": later("现金"),
    "card": later("刷卡"),
    "qr": later("扫码"),
    "cheque": later("支票"),
    "old_cheque": later("以前班次的支票"),
    "bank_slip": later("转账单"),
    "prepaid": later("预存"),
    "bank_transfer": later("银行转账"),
    "transfer": later("转户"),
}

FIELDS = {
    "reference": later("参考号"),
    "bank": later("银行"),
    "document_no": later("单据号码"),
}

_FAULTS = {
    "empty": later("还没有输入金额。请输入金额，或按 F5 填入应收。"),
    "not_a_number": later("“{text}”不是金额。金额只含数字和一个小数点，请改正。"),
    "too_many_decimals": later("“{text}”的小数超过两位。金额只到分，请改正。"),
    "too_large": later("“{text}”超出系统能记的最大金额。请核对位数。"),
    "negative": later("“{text}”是负数。收款金额必须大于零，退款请走退费。"),
}


def tender_word(tender: str) -> str:
    """A tender as the teller calls it."""
    return tr(TENDERS[tender]) if tender in TENDERS else tender


def _bad_amount(r: amounts.BadAmount) -> str:
    return tr(_FAULTS[r.fault], text=r.text[:20])


def _tender_not_allowed(r: payment_refusals.TenderNotAllowed) -> str:
    return tr(
        "本业务不收“{tender}”。本厅规则允许：{allowed}。请换一种方式。",
        tender=tender_word(r.tender),
        allowed=tr("、").join(map(tender_word, r.allowed)),
    )


def _reference_missing(r: payment_refusals.ReferenceMissing) -> str:
    return tr(
        "“{tender}”还缺“{field}”。没有它这笔款以后查不到。请照单据填写。",
        tender=tender_word(r.tender),
        field=tr(FIELDS[r.field]),
    )


def _prepaid_not_enough(r: payment_refusals.PrepaidNotEnough) -> str:
    if r.expired_fen:
        return tr(
            "预存不够：要用 {wanted}，能用的只有 {available}；另有 {expired} 在过期的账本里，不能用。请减少预存金额。",
            wanted=format_fen(r.wanted_fen),
            available=format_fen(r.available_fen),
            expired=format_fen(r.expired_fen),
        )
    return tr(
        "预存不够：要用 {wanted}，能用于这些账单的只有 {available}。专款账本只付指定项目。请减少预存金额。",
        wanted=format_fen(r.wanted_fen),
        available=format_fen(r.available_fen),
    )


def _late_fee_unpaid(r: allocation.LateFeeUnpaid) -> str:
    return tr(
        "账单 {label} 还差 {missing}（违约金 {late_fee}）。"
        "违约金须与本金一并缴清。请补足，或先按 Ctrl+G 办理违约金暂缓。",
        label=r.label,
        missing=format_fen(r.missing_fen),
        late_fee=format_fen(r.late_fee_fen),
    )


def _older_bill_open(r: allocation.OlderBillOpen) -> str:
    head = tr("更早的账单 {label} 还欠 {owed}。销账必须从最早的月份开始。", label=r.label, owed=format_fen(r.owed_fen))
    if not r.has_right:
        return head + tr("改销其他月份须由班长办理。")
    return head + tr("改销其他月份请填写原因。")


def _shift_of_somebody_else(r: shifts.ShiftOfSomebodyElse) -> str:
    return tr(
        "本台的班次 {no} 是 {name}（{staff}）开的。一个班次只有一位营业员收款。请 {name} 先班结。",
        no=r.shift_no,
        name=r.name,
        staff=r.staff_no,
    )


def _drawer_too_low(r: shifts.DrawerTooLow) -> str:
    return tr(
        "钱箱里的现金不够 {wanted}，没有动账。请核对金额；要用更多现金，请先从金库存入。",
        wanted=format_fen(r.wanted_fen),
    )


def _cash_moved(r: shifts.CashMoved) -> str:
    amount, reason = format_fen(abs(r.amount_fen)), r.reason
    if r.amount_fen > 0:
        return tr(
            "这一次已经记账：存入 {amount}（{reason}）。要再记一笔，请关闭后重新打开。", amount=amount, reason=reason
        )
    return tr("这一次已经记账：取出 {amount}（{reason}）。要再记一笔，请关闭后重新打开。", amount=amount, reason=reason)


def _disk_too_full(r: shifts.DiskTooFull) -> str:
    return tr(
        "磁盘只剩 {free} MB，一个班次至少要 {needed} MB，怕中途写不下账。请管理员清理磁盘后再开班。",
        free=r.free_bytes // 1024**2,
        needed=r.needed_bytes // 1024**2,
    )


def _clock_off(r: shifts.ClockOff) -> str:
    return tr(
        "本机时间 {now} 早于上一笔流水 {last}。日期不对会记错账。请先校准本机时间，再开班。",
        now=r.now.strftime("%Y-%m-%d %H:%M"),
        last=r.last_at.astimezone(r.now.tzinfo).strftime("%Y-%m-%d %H:%M"),
    )


_REASONS = {
    "cash": later("存取现金必须写明原因。请填写后再确认。"),
    "drawer": later("开钱箱必须写明原因。请填写后再确认。"),
    "difference": later("清点与账面不一致。请复核一遍；确实不一致时填写原因再班结。"),
    "float": later("申领、退回备用金必须写明原因。请填写后再确认。"),
    "proof": later("请写明单据是怎么找到的，再确认。"),
    "relief": later("撤销、结束或不同意都必须写明原因。请填写后再继续。"),
    "retender": later("更正付款方式必须写明原因。请填写后再继续。"),
    "note": later("备注还是空的。请写下内容再保存。"),
}


def _bills_changed(r: payment_refusals.BillsChanged) -> str:
    return tr(
        "账单刚有变动：应收由 {before} 变为 {now}，没有收款。请与客户核对新金额后再收。",
        before=format_fen(r.due_before_fen),
        now=format_fen(r.due_now_fen),
    )


def _prepaid_more_than_due(r: payment_refusals.PrepaidMoreThanDue) -> str:
    return tr(
        "预存 {wanted} 超过应收 {due}。预存只能付到应收为止。请减少预存金额。",
        wanted=format_fen(r.wanted_fen),
        due=format_fen(r.due_fen),
    )


def _settle_more(r: payment_refusals.SettleMoreThanGiven) -> str:
    return tr(
        "要结 {settle}，只收到 {given}。请补足实收。", settle=format_fen(r.settle_fen), given=format_fen(r.given_fen)
    )


def _count_is_wrong(r: shifts.CountIsWrong) -> str:
    return tr(
        "清点的面额或张数不对：面额 {face}，张数 {pieces}。张数是大于等于零的整数。请改正。",
        face=format_fen(r.denomination_fen),
        pieces=r.pieces,
    )


MONEY: dict[type[Refusal], Callable[[Any], str]] = {
    amounts.BadAmount: _bad_amount,
    amounts.BadRate: lambda r: tr("“{text}”不是费率。费率是不带符号的小数，如 0.003。", text=r.text),
    capitals.BadCapital: lambda r: tr("“{text}”不是大写金额。请照票据改正。", text=r.text),
    capitals.AmountTooLarge: lambda r: tr("{fen} 分超出大写金额的范围。", fen=r.amount_fen),
    payment_refusals.NothingToPay: lambda _r: tr("还没有收到钱。请输入实收金额，或按 F5 填入应收。"),
    payment_refusals.TenderNotAllowed: _tender_not_allowed,
    payment_refusals.ReferenceMissing: _reference_missing,
    payment_refusals.DateMissing: lambda r: tr("“{tender}”还缺日期。请照单据填写。", tender=tender_word(r.tender)),
    payment_refusals.PrepaidNotEnough: _prepaid_not_enough,
    payment_refusals.PrepaidMoreThanDue: _prepaid_more_than_due,
    payment_refusals.SettleMoreThanGiven: _settle_more,
    payment_refusals.BillsChanged: _bills_changed,
    payment_refusals.IntentUsed: lambda r: tr("这笔款已经收过，收据 {no}。没有再收第二次。", no=r.receipt_no),
    allocation.LateFeeUnpaid: _late_fee_unpaid,
    allocation.OlderBillOpen: _older_bill_open,
    allocation.UnknownBill: lambda _r: tr("所选账单已不在欠费之列。请按 F5 重新读取客户。"),
    allocation.NegativePayment: lambda _r: tr("收款金额不能小于零。请改正。"),
    shifts.NoOpenShift: lambda _r: tr("还没有开班。收款前须清点备用金开班。请先开班。"),
    shifts.ShiftOfSomebodyElse: _shift_of_somebody_else,
    shifts.ShiftAlreadyOpen: lambda r: tr(
        "本台已有班次 {no}（{staff}）。同一台同时只有一个班次。请先班结。", no=r.shift_no, staff=r.staff_no
    ),
    shifts.CountIsWrong: _count_is_wrong,
    shifts.ReasonMissing: lambda r: tr(_REASONS[r.what]),
    shifts.DrawerTooLow: _drawer_too_low,
    shifts.CashMoved: _cash_moved,
    shifts.ClockOff: _clock_off,
    shifts.DiskTooFull: _disk_too_full,
    receipts.ReceiptProofUnreadable: lambda r: tr(
        "这不是本系统的收据验真码：“{part}”部分读不懂。请对准二维码重扫。", part=r.part
    ),
    ReceiptUnknown: lambda r: tr("本厅没有收据 {no}。请核对号码。", no=r.receipt_no),
}
