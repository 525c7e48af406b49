"""The sentences of refusals about people, customers and settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counter_app.domain import customers, hall_refusals, rule_checks
from counter_app.domain import staff_refusals as staff
from counter_app.domain.refusals import Refusal
from counter_app.ui.language import later, tr
from counter_app.ui.wording_roles import role_word

_WEAK = {
    "length": later("密码太短。至少 {minimum} 位。请换一个长一些的。"),
    "common": later("这个密码太常见，容易被猜中。请换一个。"),
    "staff_no": later("密码里不能含工号。请换一个。"),
}

_SIGNED_OUT = {
    "locked": later("工号 {no} 已被锁定，本次登录不再有效。没有办理。请厅管理员解锁后重新登录。"),
    "left": later("工号 {no} 已离岗，本次登录不再有效。没有办理。请换人登录。"),
    "role": later("工号 {no} 的角色已改动，本次登录不再有效。没有办理。请重新登录。"),
    "unknown": later("本厅没有工号 {no}，本次登录不再有效。没有办理。请重新登录。"),
}

_SETTINGS = {
    "name": later("营业厅名称"),
    "company": later("公司名称"),
    "counter_name": later("柜台名称"),
    "hotline": later("服务热线"),
    "footer": later("收据附言"),
    "address": later("营业厅地址"),
    "hall_code": later("营业厅代码"),
    "counter_code": later("柜台代码"),
    "trade": later("行业"),
    "admin_no": later("管理员工号"),
    "admin_name": later("管理员姓名"),
    "staff_no": later("工号"),
    "person": later("姓名"),
}


def _no_right(r: staff.NoRight) -> str:
    who = tr("、").join(map(role_word, r.who)) or tr("任何人都不能")
    return tr("“{role}”不能办理这一项。可以办理的是：{who}。请换人办理。", role=role_word(r.role), who=who)


def _wrong_sign_in(r: staff.WrongSignIn) -> str:
    return tr("工号或密码不对。再错 {left} 次将暂停登录。请重新输入。", left=r.tries_left)


def _locked(r: staff.SignInLocked) -> str:
    if r.until is None:
        return tr("多次输错密码，此工号已锁定。请厅管理员在设置里改回在岗。")
    until = r.until.astimezone().strftime("%H:%M")
    return tr("多次输错密码，暂停登录到 {until}。请稍后再试，或请厅管理员解锁。", until=until)


def _bad_setting(r: hall_refusals.BadHallSetting) -> str:
    word = tr(_SETTINGS[r.key]) if r.key in _SETTINGS else r.key
    if r.expected == "not_empty":
        return tr("“{word}”不能空着。请填写。", word=word)
    if r.expected.startswith("at_most_"):
        return tr("“{word}”太长，最多 {limit} 个字。请缩短。", word=word, limit=r.expected.removeprefix("at_most_"))
    if r.expected == "no_invoice_word":
        return tr("“{word}”里不能出现“发票”。本系统只打印收据。请改写。", word=word)
    if r.expected == "code":
        return tr("“{word}”应为 1 到 8 位大写字母或数字。它会印在收据编号里。请改正。", word=word)
    if r.expected == "staff_no":
        return tr("“{word}”应为 2 到 20 位字母或数字。请改正。", word=word)
    return tr("“{word}”的值“{value}”不能使用。请改正。", word=word, value=r.value[:20])


_UPSTREAM = {
    "customers": later("客户和户号"),
    "bills": later("账单和费用"),
    "settlements": later("销账记录"),
    "staff": later("人员和密码"),
}


def _owned_upstream(r: hall_refusals.OwnedUpstream) -> str:
    way = "counter-app hub import"
    return tr(
        "本厅已接入上游，{what}由上游下发。这里没有改动。请在上游用 {way} {name} 导入。",
        what=tr(_UPSTREAM[r.what]),
        way=way,
        name=r.what,
    )


def _bad_pack(r: rule_checks.BadPack) -> str:
    first = r.errors[0]
    return tr(
        "规则包有 {count} 处错误，第一处：{file} 的 {key}，应为 {expected}。规则包没有启用。",
        count=len(r.errors),
        file=first.file,
        key=first.key,
        expected=first.expected,
    )


PEOPLE: dict[type[Refusal], Callable[[Any], str]] = {
    staff.NoRight: _no_right,
    staff.SignedOut: lambda r: tr(_SIGNED_OUT[r.why], no=r.staff_no),
    staff.PasswordMustChange: lambda r: tr(
        "工号 {no} 还在用管理员发的初始密码，换成自己的密码之前不能办理任何业务。没有办理。请用此工号登录并修改密码。",
        no=r.staff_no,
    ),
    staff.WrongSignIn: _wrong_sign_in,
    staff.SignInLocked: _locked,
    staff.WeakPassword: lambda r: tr(_WEAK[r.why], minimum=r.minimum) if r.why == "length" else tr(_WEAK[r.why]),
    staff.SecondPersonNeeded: lambda _r: tr(
        "增加人员或改动角色须由另一位厅管理员当面确认。不能自己确认自己。请另一位管理员输入工号和密码。"
    ),
    staff.StaffNoTaken: lambda r: tr("工号 {no} 已有人使用。请换一个工号。", no=r.staff_no),
    staff.StaffUnknown: lambda r: tr("没有工号 {no}。请核对。", no=r.staff_no),
    staff.LastAdmin: lambda r: tr("{no} 是最后一位能登录的厅管理员。请先增加另一位管理员。", no=r.staff_no),
    customers.CustomerUnknown: lambda _r: tr("本厅没有这位客户。可能刚被更新。请重新查找。"),
    customers.OrderUnknown: lambda _r: tr("这张复机工单不在可办理的状态。请重新读取客户后再试。"),
    customers.PurposeMissing: lambda _r: tr("查看完整信息须写明用途，并会记录在案。请填写用途。"),
    customers.RevealCapReached: lambda r: tr(
        "今天查看完整信息已达 {cap} 次上限。这是保护客户信息的规定。请班长办理。", cap=r.cap
    ),
    hall_refusals.BadHallSetting: _bad_setting,
    hall_refusals.OwnedUpstream: _owned_upstream,
    hall_refusals.NobodyMayImport: lambda _r: tr(
        "本厅的柜台正开着，没有人登录，或者屏幕盖着。没有导入。请厅管理员在柜台登录后再运行，或者先关闭柜台。"
    ),
    hall_refusals.CounterEnded: lambda _r: tr(
        "柜台在导入途中关闭了，还不能确定是否已经写入。请再运行一次：已经导入的不会再导入。"
    ),
    hall_refusals.CounterSaid: lambda r: tr("正在运行的柜台没有照办。{words}", words=r.words),
    rule_checks.BadPack: _bad_pack,
}
