"""The Chinese words of the papers of a retention case for what the case knows by codes."""

from __future__ import annotations

from collections.abc import Iterable

from counter_app.domain import masks
from counter_app.domain.customers import Flag
from counter_app.domain.retention import Case, Gate, Measure, Result, Signer
from counter_app.domain.retention_rules import Choice, RetentionRules

ID_KINDS = {"resident_id": "居民身份证", "uscc": "统一社会信用代码", "passport": "护照", "other": "其他证件"}
CLASSES = {"resident": "居民", "other": "非居民"}
FLAGS = {
    Flag.VIP: "VIP",
    Flag.RED_LIST: "红名单",
    Flag.BLACK_LIST: "黑名单",
    Flag.FRAUD: "涉诈标记",
    Flag.PROTECTED: "保障户",
    Flag.DISPUTE: "费用争议",
}
RESULTS = {
    Result.KEPT: "挽留成功",
    Result.LEFT: "挽留未成，离网",
    Result.REFUSED_TALK: "客户不接受挽留，离网",
    Result.WITHDRAWN: "客户撤回申请",
}
SIGNERS = {Signer.MANAGER: "客服经理签字", Signer.RECEPTIONIST: "接待人签字"}
NOT_NEEDED = "非有价值客户，无需签字"
GATES = {Gate.ID: "有效证件", Gate.SETTLED: "话费结清", Gate.SIGNATURE: "签字齐全"}
EQUIPMENT = {
    "sim": "SIM 卡",
    "modem": "光猫",
    "set_top_box": "机顶盒",
    "router": "路由器",
    "telephone": "话机",
    "other": "其他设备",
}
"""The hall's equipment that a customer may have, by the codes of screen, entry and paper."""
RECOVERIES = {"recovered": "已回收", "missing": "缺失", "kept": "客户自有"}
MISSES = {"id": "证件", "signature": "签字", "record": "挽留记录"}
OUTCOMES = {
    "content": "满意",
    "unhappy": "不满意",
    "returning": "有意重新入网",
    "not_reached": "未联系上",
    "no_wish": "不愿再被回访",
}
SUITS = "（方便时间："
"""Between a way to reach the customer and the times that suit."""
_AMOUNTS = {
    "yuan_a_month": "{value} 元/月 × {months} 个月",
    "percent_a_month": "月费 {value}% × {months} 个月",
    "packs_a_month": "{value} 个/月 × {months} 个月",
    "months": "{months} 个月",
    "points": "{value} 积分",
    "yuan": "{value} 元",
    "plan": "更换套餐",
    "order": "已开工单",
    "person": "专人服务",
}
_ANSWERS = {True: "接受", False: "拒绝", None: "未答复"}


def reason(rules: RetentionRules, code: str) -> str:
    """A reason, of the second level with the one above it: `资费贵/套餐不合适（月费高）`; an unknown code stays one."""
    match [choice.name_zh for choice in rules.reason(code)]:
        case [first, second]:
            return f"{first}（{second}）"
        case [first]:
            return first
        case _:
            return code


def names(choices: Iterable[Choice], codes: Iterable[str]) -> tuple[str, ...]:
    """The names of chosen entries of a list."""
    known = {choice.code: choice.name_zh for choice in choices}
    return tuple(known.get(code, code) for code in codes)


def measure(rules: RetentionRules, made: Measure) -> tuple[str, str, str]:
    """A measure: its name, how much of it, and the answer."""
    offer = rules.offer(made.offer)
    amount = _AMOUNTS[offer.unit] if offer else "{value} × {months}"
    name = offer.name_zh if offer else made.offer
    return name, amount.format(value=made.value, months=made.months), _ANSWERS[made.is_accepted]


def result(case: Case) -> str:
    """How the case ended, or that it has not."""
    return RESULTS[case.result] if case.result else "未有结果"


def audit(case: Case, words: str) -> str:
    """What the audit found; nothing before it."""
    if case.is_audit_passed is None:
        return ""
    if case.is_audit_passed:
        return "合格"
    missing = "、".join(MISSES.get(miss, miss) for miss in case.misses)
    return f"不合格：{missing}" + (f"（{words}）" if words else "")


def document(kind: str, number: str) -> tuple[str, str]:
    """An identity document as papers show it: its kind, and its number masked; a company's code is public."""
    if kind == "uscc":
        return ID_KINDS[kind], number
    masked = masks.mask_resident_id(number) if kind == "resident_id" else masks.mask_resident_id_strict(number)
    return ID_KINDS.get(kind, kind), masked


def contact(text: str) -> str:
    """A way to reach the customer as the customer's own paper shows it: masked whatever it is, but for the times."""
    where, suits, times = text.partition(SUITS)
    hidden = masks.mask_in_words(where)
    return (hidden if hidden != where else masks.mask("address", where)) + suits + times
