"""The sentences about the line to the hub: enrolling, going on with an older file, the clock, and lost receipts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counter_app.domain import sync_refusals as refusals
from counter_app.domain import tasks
from counter_app.domain.money import format_fen
from counter_app.domain.refusals import Refusal
from counter_app.ui.language import later, tr

_BAD_CODE = {
    "": later("上游没有这个接入码。请照打印的整行再核对；仍不对，请上游重新生成一个。"),
    "used": later("这个接入码已经用过。请上游重新生成一个。"),
    "expired": later("这个接入码过了十分钟，已经失效。请上游重新生成一个。"),
    "tries": later("接入码试错了五次，已经作废。请上游重新生成一个。"),
    "counter": later("这个接入码是给另一个柜台编号的。请上游按本柜台的编号重新生成一个。"),
}
_CONFLICT = {
    "counter": later("上游已有另一台电脑登记为本柜台。那台不再使用时，请上游用 --replace 重新生成接入码。"),
    "hall": later(
        "上游已有这个代码的营业厅，本机却是另一个营业厅的数据。"
        "新增柜台请在没有本厅数据的电脑上用 counter-app enrol 接入。"
    ),
    "device": later("这台电脑在上游登记在别的柜台。请上游先停用那份登记，再重新生成接入码。"),
}
_NOT_ENROLLED = {
    "conflict": later("上游已有这个柜台或营业厅的登记（{what}）。请上游核对后重新生成接入码。"),
    "old_protocol": later("本程序与上游的版本不合，上游不接受。请先更新程序。"),
    "newer_than_hub": later("本程序比上游新，上游还不接受。请先更新上游，再接入。"),
    "too_many": later("试得太频繁。请过一分钟再试。"),
    "busy": later("上游正忙，没有登记。请稍后再试；接入码十分钟内有效。"),
}
_NO_REPLY = {
    "offline": later("这个地址没有应答，没有登记。请核对地址和网络，再试一次；接入码十分钟内有效。"),
    "slow": later("上游答复太慢，没有等到结果。请再试一次，同一个接入码可以再用。"),
    "server": later("上游出了故障，没有登记完。请稍后再试，同一个接入码可以再用。"),
    "busy": later("上游正忙，没有登记。请稍后再试；接入码十分钟内有效。"),
    "certificate": later("这个地址的证书不是接入码认定的上游签发的，没有登记。请核对地址；仍不符请联系管理员。"),
    "certificate_expired": later("上游的证书按本机日期已经过期，没有登记。请先核对本机日期；没错请上游更换证书。"),
    "certificate_early": later("上游的证书按本机日期还没有生效，没有登记。请先核对本机日期。"),
    "not_the_hub": later("答话的不是上游，没有登记，可能要先登录网络。请登录网络、核对地址后再试。"),
}


def no_reply_words(why: str) -> str:
    """Why a hub that was asked to take this counter in gave no answer that counts, and what to do now."""
    return tr(_NO_REPLY.get(why, later("上游的答复本程序看不懂（{why}），没有登记。请核对地址，或更新程序。")), why=why)


def _not_enrolled(r: refusals.NotEnrolled) -> str:
    if r.why == "bad_code":
        return tr(_BAD_CODE.get(r.what, _BAD_CODE[""]))
    if r.why == "conflict" and r.what in _CONFLICT:
        return tr(_CONFLICT[r.what])
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
    refusals.AddressUnreadable: lambda r: tr(
        "“{typed}”不是上游地址。请照 https://地址:端口 的样子输入。", typed=r.typed
    ),
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
    refusals.ReceiptPrepaidUnsaid: lambda r: tr(
        "收据 {no} 可能用了预存款（户号现有 {prepaid} 元）。请照收据写明用了多少，没有写 0，最多 {sum} 元。",
        no=r.receipt_no,
        prepaid=format_fen(r.prepaid_fen),
        sum=format_fen(r.amount_fen),
    ),
    refusals.ReceiptFromAhead: lambda r: tr(
        "收据 {no} 的日期 {on} 在今天之后。请先校准本机时间。", no=r.receipt_no, on=r.issued_on.isoformat()
    ),
}
"""Sentences by kind of refusal."""
