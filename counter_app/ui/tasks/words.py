"""What waits for a person in plain words: the matter, why it is there, and what the customer is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counter_app.domain.masks import mask_name
from counter_app.domain.tasks import OpenTask
from counter_app.ui.formats import amount
from counter_app.ui.language import later, tr
from counter_app.ui.retention.screen import Fact
from counter_app.ui.wording_money import tender_word

_KINDS = {
    "duplicate_payment": later("重复缴费"),
    "bill_changed": later("账单改小"),
    "suspense": later("款项对不上"),
    "book_overdrawn": later("预存透支"),
    "quarantined": later("记录待核"),
    "parked": later("记录待配"),
    "given_twice": later("一笔钱退了两次"),
    "proof_missing": later("单据缺失"),
    "alarm": later("数据告警"),
}
_REASONS = {
    "credit_spent": later("这笔钱已在别处退过，又退了一次"),
    "credit_other_sum": later("退给客户的钱和上游算出的不一样"),
    "undone_already": later("这笔缴费已经退过，又退了一次"),
    "unknown_bill": later("争议的账单上游查不到"),
    "not_the_dispute": later("争议的处理与登记时对不上"),
    "moved_already": later("转来的钱先前已经转到别处或退掉了"),
    "not_the_payment": later("退回的明细与原来的缴费对不上"),
    "code_not_given": later("授权码不是为这件事给的"),
    "code_used": later("授权码已经用过"),
    "credit_open": later("客户的钱还没退，就办结了"),
    "no_right": later("办理人没有这项权限"),
    "unknown_staff": later("办理人不在本厅人员里"),
    "no_approver": later("没有第二个人签字"),
    "not_understood": later("上游的程序还不认识这类记录"),
    "unreadable": later("记录的内容读不懂"),
    "out_of_bounds": later("金额超出合理范围"),
    "incoherent": later("记录前后对不上"),
}
_ALARMS = {
    "fork": later("有一台电脑的流水与上游收到的不一致"),
    "cloned": later("有一台电脑的数据在两处使用"),
    "not_signed": later("有一条记录不是登记过的电脑签的"),
}
_CHANNELS = {"counter": later("柜台"), "bank": later("银行")}


def kind_word(task: OpenTask) -> str:
    """The matter; of a kind that this program does not know, its code."""
    return tr(_KINDS.get(task.kind, later("其他（{kind}）")), kind=task.kind)


def why_words(task: OpenTask) -> str:
    """Why it is there, in one line."""
    facts, sum_ = task.facts, amount(task.amount_fen)
    if task.kind == "duplicate_payment":
        return tr("{month} 账单缴了两次", month=_said(facts, "month"))
    if task.kind == "bill_changed":
        return tr("{month} 账单缴清后改小了", month=_said(facts, "month"))
    if task.kind == "suspense":
        return tr("收据 {no} 的账单上游查不到", no=_said(facts, "receipt_no"))
    if task.kind == "book_overdrawn":
        return tr("几个柜台同时用了同一笔预存，超用 {sum}", sum=sum_)
    if task.kind == "quarantined":
        reason = _REASONS.get(str(facts.get("reason")), later("上游没有入账（{reason}）"))
        return tr(reason, reason=_said(facts, "reason"))
    if task.kind == "parked" and facts.get("is_apart"):
        return tr("收据 {no} 上游没有入账，更正它的记录也等着：先办那一条", no=_said(facts, "receipt_no"))
    if task.kind == "parked":
        return tr("等的另一条记录一天还没有到")
    if task.kind == "given_twice":
        return tr("收据 {no} 多收的钱退过了，整笔缴费又退了，多退 {sum}", no=_said(facts, "receipt_no"), sum=sum_)
    if task.kind == "proof_missing":
        tender = tender_word(_said(facts, "tender"))
        return tr("收据 {no} 的{tender}单据班结时不在", no=_said(facts, "receipt_no"), tender=tender)
    if task.kind == "alarm":
        return tr(_ALARMS.get(str(facts.get("what")), later("上游发现异常（{what}）")), what=_said(facts, "what"))
    return ""


def who_word(task: OpenTask) -> str:
    """The customer, masked; a dash where it is about none."""
    return mask_name(task.customer_name) if task.customer_name else "—"


def task_facts(task: OpenTask) -> tuple[Fact, ...]:
    """Everything that is known of it, line by line."""
    facts = task.facts
    found = [Fact(tr("姓名"), who_word(task)), Fact(tr("户号"), task.account_no or "—")]
    if task.has_credit:
        found.append(Fact(tr("账单"), f"{_said(facts, 'month')} · {_said(facts, 'bill_no')}"))
        parts = (("principal_fen", tr("本金")), ("late_fee_fen", tr("违约金")), ("cost_fen", tr("费用")))
        said = " · ".join(f"{word} {amount(facts[key])}" for key, word in parts if facts.get(key))
        found.append(Fact(tr("多收"), said or amount(task.amount_fen)))
        found.append(Fact(tr("这一笔"), _paid(facts.get("this"))))
        if facts.get("other"):
            found.append(Fact(tr("另一笔"), _paid(facts["other"])))
    else:
        found.append(Fact(tr("金额"), amount(task.amount_fen)))
        for key, word in (("receipt_no", tr("收据")), ("staff_no", tr("办理人")), ("business_date", tr("业务日期"))):
            if facts.get(key):
                found.append(Fact(word, str(facts[key])))
    return tuple(found)


def message_words(task: OpenTask) -> str:
    """What the customer is told, to be read out or copied; no name in it, for it may be read aloud in the hall."""
    facts, sum_ = task.facts, amount(task.amount_fen)
    month, bill_no = _said(facts, "month"), _said(facts, "bill_no")
    this, other = facts.get("this"), facts.get("other")
    if not other:
        return tr(
            "您 {month} 的账单（{bill_no}）缴清后改小了，多收了 {sum} 元。可以退现金，也可以转入预存，请您选择。",
            month=month,
            bill_no=bill_no,
            sum=sum_,
        )
    return tr(
        "您 {month} 的账单（{bill_no}）缴了两次：{one}；{two}。多收的 {sum} 元可以退现金，也可以转入预存，请您选择。",
        month=month,
        bill_no=bill_no,
        one=_paid(other),
        two=_paid(this),
        sum=sum_,
    )


def _paid(payment: Any) -> str:
    """One of the two payments: day, where, amount, receipt."""
    if not isinstance(payment, Mapping):
        return "—"
    channel = _CHANNELS.get(str(payment.get("channel")))
    where = tr(channel) if channel else _said(payment, "channel")
    fen = payment.get("amount_fen")
    words = f"{_said(payment, 'settled_on')} {where} {amount(fen if isinstance(fen, int) else None)}"
    receipt_no = payment.get("receipt_no")
    return tr("{words}，收据 {no}", words=words, no=receipt_no) if receipt_no else words


def _said(facts: Mapping[str, Any], key: str) -> str:
    value = facts.get(key)
    return "—" if value in (None, "") else str(value)
