"""The hall's words for the steps, the offers and the signatures of a case."""

from __future__ import annotations

from collections.abc import Sequence

from counter_app.domain.retention import Gate, Result, Signer
from counter_app.domain.retention_rules import Choice, Offer, Reason, RetentionRules
from counter_app.ui.formats import amount
from counter_app.ui.language import language_in_use, later, tr
from counter_app.ui.retention.screen import Page

PAGES: dict[Page, str] = {
    "manager": later("客户经理签字"),
    "talk": later("谈话与登记"),
    "offers": later("挽留方案"),
    "sign": later("接待人签字"),
    "customer": later("客户签字"),
    "gates": later("三项核对"),
    "order": later("退网工单"),
    "feedback": later("反馈厅经理"),
    "end": later("结果"),
}
"""The steps on the left, in their order."""

RESULTS = {
    Result.KEPT: later("客户留下"),
    Result.LEFT: later("谈话后离网"),
    Result.REFUSED_TALK: later("不愿谈，直接离网"),
    Result.WITHDRAWN: later("客户撤回申请"),
}

GATES = {
    Gate.ID: later("证件有效，与机主一致"),
    Gate.SETTLED: later("费用已结清"),
    Gate.SIGNATURE: later("签字齐全"),
}

ITEMS = {
    "sim": later("SIM 卡"),
    "modem": later("光猫"),
    "set_top_box": later("机顶盒"),
    "router": later("路由器"),
    "telephone": later("话机"),
    "other": later("其他设备"),
}
"""Equipment of the hall that a customer may have."""

ITEMS_OF = {
    "mobile": ("sim",),
    "landline": ("telephone",),
    "broadband": ("modem", "set_top_box", "router"),
    "leased_line": ("modem", "router"),
}
"""What goes with each kind of service."""

RECOVERIES = {"recovered": later("已收回"), "missing": later("丢失"), "kept": later("客户自有")}

_UNITS = {
    "yuan_a_month": later("每月 {value} 元，{months} 个月"),
    "percent_a_month": later("每月减 {value}%，{months} 个月"),
    "packs_a_month": later("每月 {value} 个，{months} 个月"),
    "months": later("{months} 个月"),
    "points": later("{value} 分"),
    "yuan": later("{value} 元"),
    "plan": later("换一次套餐"),
    "order": later("一张工单"),
    "person": later("指定专人"),
}


def own_name(choice: Choice | Reason | Offer) -> str:
    """The name that the pack gives, in the reader's language."""
    return choice.name_en if language_in_use() == "en" else choice.name_zh


def reason_word(code: str, rules: RetentionRules) -> str:
    """A reason of either level; one that the pack does not know shows its code."""
    found = rules.reason(code)
    return own_name(found[-1]) if found else code


def reasons_words(codes: Sequence[str], rules: RetentionRules) -> str:
    """The chosen reasons on one line, the main one first."""
    return tr("、").join(reason_word(code, rules) for code in codes)


def offer_word(code: str, rules: RetentionRules) -> str:
    """An offer's name."""
    found = rules.offer(code)
    return own_name(found) if found else code


def value_word(code: str, value: int, months: int, rules: RetentionRules) -> str:
    """What the customer gets."""
    found = rules.offer(code)
    return tr(_UNITS[found.unit], value=value, months=months) if found else f"{value} × {months}"


def cost_word(cost_fen: int) -> str:
    """What it costs the hall."""
    return tr("成本 {amount}", amount=amount(cost_fen))


def signature_word(signer: Signer) -> str:
    """Whose signature, as a heading or a line of its own."""
    return tr(PAGES["manager" if signer is Signer.MANAGER else "sign"])
