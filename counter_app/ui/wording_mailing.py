"""The sentences of refusals about material that is sent to those who agreed (寄资料)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counter_app.domain import mailing
from counter_app.domain.refusals import Refusal
from counter_app.ui.language import tr


def _nobody(r: mailing.NobodyToWriteTo) -> str:
    if r.had and not r.unreachable:
        return tr("名单上的 {count} 位都寄过同样的资料，没有导出。确要再寄，请按 F6 选“寄过的也寄”。", count=r.had)
    if r.unreachable and not r.had:
        return tr("名单上的 {count} 位都没有留联系方式，没有导出。请换一段时间或换一项功能。", count=r.unreachable)
    return tr("名单上已没有可寄的客户，没有导出。请换一段时间或换一项功能。")


MAILING: dict[type[Refusal], Callable[[Any], str]] = {
    mailing.NobodyToWriteTo: _nobody,
    mailing.MailingUnknown: lambda _r: tr("本厅没有这份名单。请关闭后重新打开登记。"),
    mailing.MailingClosed: lambda r: tr("“{what}”的名单已经登记过。请看下一份。", what=r.what),
    mailing.SentOnWrong: lambda r: tr(
        "寄出日期应在 {first} 到 {last} 之间。请改正。", first=r.from_on.isoformat(), last=r.to_on.isoformat()
    ),
    mailing.NotAgreed: lambda _r: tr("这位客户没有可撤回的同意，可能刚撤回过。请刷新名单。"),
}
