"""The words of automatic deductions: why one is not run, and why overdue bills were left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counter_app.domain import deductions
from counter_app.domain.refusals import Refusal
from counter_app.ui.formats import day
from counter_app.ui.language import later, tr

_WHYS: dict[deductions.WhyNot, str] = {
    "not_greater": later("余额没有大于欠费"),
    "earmarked": later("账本里的钱专款专用，不能抵这些账单"),
    "disputed": later("账单有争议"),
}


def why_words(why: deductions.WhyNot) -> str:
    """Why nothing was taken from an account."""
    return tr(_WHYS[why])


DEDUCTIONS: dict[type[Refusal], Callable[[Any], str]] = {
    deductions.NoBatchDays: lambda _r: tr("本行业的规则里没有自动扣款的批量日。请厅管理员在规则包里写明。"),
    deductions.NotTheBatchDay: lambda r: tr(
        "{on} 不是现在该扣的批量日。现在该扣的是 {due}，下一个是 {next}。",
        on=day(r.on),
        due=day(r.due_on),
        next=day(r.next_on),
    ),
    deductions.OtherCounterDeducts: lambda r: tr(
        "本厅的自动扣款由 {counter} 做，免得同一户扣两次。那个柜台坏了，班长可以改由本柜台扣。",
        counter=f"{r.counter_code} {r.counter_name}".strip(),
    ),
}
