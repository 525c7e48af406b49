"""The sentences about the line to the hub: enrolling, going on with an older file, the clock, and lost receipts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counter_app.domain import sync_refusals as refusals
from counter_app.domain import tasks
from counter_app.domain.refusals import Refusal
from counter_app.ui.language import later, tr

_NOT_ENROLLED = {
    "bad_code": later("接入码不对、已用过或已过期。请上游重新生成一个。"),
    "conflict": later("上游已有这个柜台或营业厅的登记（{what}）。请上游核对后重新生成接入码。"),
    "old_protocol": later("本程序版本太旧，上游不接受。请先更新程序。"),
    "too_many": later("试得太频繁。请过一分钟再试。"),
}


def _not_enrolled(r: refusals.NotEnrolled) -> str:
    return tr(_NOT_ENROLLED.get(r.why, later("上游没有接受登记（{why}）。请联系管理员。")), what=r.what, why=r.why)


def _silent(r: refusals.ElsewhereSilent) -> str:
    if r.why == "slow":
        return tr("上游 3 秒内没有答复，没有查到。请稍后再查，或请客户到本户所在营业厅。")
    return tr("现在连不上上游，查不了别厅的客户。请稍后再查，或请客户到本户所在营业厅。")


def _clock_far_off(r: refusals.ClockFarOff) -> str:
    words = later("本机时间 {now} 比上游快约 {hours} 小时。请先校准；确要开班，须班长签字。")
    if r.off_hours < 0:
        words = later("本机时间 {now} 比上游慢约 {hours} 小时。请先校准；确要开班，须班长签字。")
    return tr(words, now=r.now.strftime("%Y-%m-%d %H:%M"), hours=abs(r.off_hours))


SYNC: dict[type[Refusal], Callable[[Any], str]] = {
    refusals.NothingToConfirm: lambda r: tr("没有要确认的事项，或已确认过。"),
    tasks.TaskGone: lambda r: tr("这件待办已经办完，可能是别的柜台办的。列表已更新。"),
    tasks.TaskHasCredit: lambda r: tr("这件待办里有客户的钱，要退给客户才算办完。"),
    tasks.TaskHasNoCredit: lambda r: tr("这件待办里没有写明要退的钱，不能退。请联系管理员。"),
    tasks.TaskWordsMissing: lambda r: tr("还没有写怎么处理的。请先写明，再办结。"),
    refusals.ElsewhereSilent: _silent,
    refusals.ElsewhereRefused: lambda r: tr("上游不答复这次查询（{why}）。请联系管理员。", why=r.why),
    refusals.CodeUnreadable: lambda r: tr("接入码不完整。请照打印的整行输入，连同后面的指纹。"),
    refusals.AuthorityIsAnother: lambda r: tr(
        "{url} 不是打印这个接入码的上游，没有登记。请核对地址；仍不符请联系管理员。", url=r.url
    ),
    refusals.EnrolledAlready: lambda r: tr("本柜台已接入上游 {url}。", url=r.url),
    refusals.NotEnrolled: _not_enrolled,
    refusals.ClockFarOff: _clock_far_off,
    refusals.ReceiptHeld: lambda r: tr("收据 {no} 已有记录，不用补录。", no=r.receipt_no),
    refusals.ReceiptNotGenuine: lambda r: tr("收据 {no} 不是本厅设备签的，不能补录。请核对。", no=r.receipt_no),
    refusals.ReceiptOfOtherCounter: lambda r: tr("收据 {no} 是别的柜台开的。请在那个柜台补录。", no=r.receipt_no),
    refusals.ReceiptBillsUnknown: lambda r: tr(
        "收据 {no} 的账单本机查不到。请先取回本厅数据，或同时输入户号。", no=r.receipt_no
    ),
    refusals.ReceiptFromAhead: lambda r: tr(
        "收据 {no} 的日期 {on} 在今天之后。请先校准本机时间。", no=r.receipt_no, on=r.issued_on.isoformat()
    ),
}
"""Sentences by kind of refusal."""
