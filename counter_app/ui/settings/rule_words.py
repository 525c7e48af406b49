"""The rule pack's own names in the hall's words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from counter_app.ui.language import language_in_use, later, tr
from counter_app.ui.wording_approvals import APPROVAL_KINDS

TABLES = {
    "versions": later("规则版本"),
    "late_fee": later("违约金"),
    "allocation": later("销账顺序"),
    "tenders": later("收款方式"),
    "receipt": later("收据文字"),
    "books": later("预存账本"),
    "deduction": later("自动扣款"),
    "dunning": later("催缴步骤"),
    "cut": later("欠费停用"),
    "restore": later("恢复时限"),
    "service_states": later("服务状态"),
    "thresholds": later("限额"),
    "credit": later("信用等级"),
    "blacklist": later("黑名单"),
    "retention": later("离网挽留"),
    "retention_reasons": later("退网原因"),
    "retention_offers": later("挽留方案"),
    "approvals": later("审批"),
    "undo_reasons": later("撤销原因"),
}

_KEYS = {
    "name": later("版本"),
    "customer_class": later("客户类别"),
    "version": later("版本"),
    "rate_per_day": later("日费率"),
    "cap": later("上限"),
    "legal_basis": later("法律依据"),
    "cross_year_rate_per_day": later("跨年部分日费率"),
    "cross_year_mode": later("跨年算法"),
    "is_waivable": later("可以减免"),
    "is_spared_in_dispute": later("争议期间不计违约金"),
    "min_total": later("最低金额"),
    "min_scope": later("最低金额按"),
    "bill_order": later("账单顺序"),
    "order": later("顺序"),
    "own": later("客户自己的钱"),
    "purposes": later("可转用途"),
    "items": later("可抵项目"),
    "priority": later("使用顺序"),
    "allow_skip": later("可以跳月"),
    "surplus": later("多收的转入"),
    "late_fee_must_be_paid_with_principal": later("违约金须与本金同缴"),
    "business": later("业务"),
    "allowed": later("可收"),
    "title": later("标题"),
    "hotline": later("热线"),
    "footer": later("附言"),
    "dispute": later("异议"),
    "days": later("每月批量日"),
    "steps": later("步骤"),
    "step": later("步骤"),
    "after_days": later("逾期天数"),
    "channels": later("方式"),
    "paper": later("单据"),
    "is_allowed": later("允许停用"),
    "min_days_late": later("至少逾期天数"),
    "reminder_days": later("催缴提前天数"),
    "notice_days": later("通知提前天数"),
    "preconditions": later("前提"),
    "last_call_minutes": later("停前电话提前分钟"),
    "within_hours": later("小时内恢复"),
    "states": later("状态"),
    "retention_average": later("挽留月均额"),
    "reveals_per_day": later("每天查看完整信息次数"),
    "cash_limit": later("钱箱现金限额"),
    "cash_rounding": later("现金抹零"),
    "reprints_without_manager": later("营业员可补打次数"),
    "levels": later("等级"),
    "level": later("等级"),
    "pay_months": later("缴费月数"),
    "stop_months": later("停机月数"),
    "deposit_months": later("押金月数"),
    "min_arrears": later("最低欠费"),
    "within_years": later("年限"),
    "type": later("按"),
    "value": later("值"),
    "red_list_fine": later("红名单违约金"),
    "fraud_status": later("欺诈户状态"),
    "value_check": later("价值核查方式"),
    "average_months": later("月均额取月数"),
    "vip_flags": later("贵宾标记"),
    "is_manager_first": later("经理先签字"),
    "signature_minutes": later("签字等待分钟"),
    "first_offers": later("先显示方案数"),
    "ceilings": later("审批限额"),
    "role": later("岗位"),
    "ordinary": later("普通客户"),
    "valued": later("有价值客户"),
    "is_agent_allowed": later("可代办"),
    "hold_months": later("号码保留月数"),
    "is_reentry_free": later("重新入网免手续费"),
    "kept_visit_months": later("挽留成功回访月"),
    "left_visit_months": later("离网回访月"),
    "success_days": later("成功观察天数"),
    "falling_months": later("连降月数"),
    "falling_share": later("下降比例"),
    "idle_months": later("零使用月数"),
    "fixed_items": later("固定账目"),
    "feedback_of": later("反馈哪些客户的问题"),
    "feedback_results": later("哪些结果要反馈"),
    "interests": later("感兴趣的功能"),
    "next_tools": later("退网后通信工具"),
    "contact_times": later("方便联系的时间"),
    "talk_tips": later("谈话提示"),
    "kinds": later("业务种类"),
    "exit_offers": later("凭条优惠说明"),
    "reasons": later("原因"),
    "second": later("二级原因"),
    "offers": later("方案"),
    "unit": later("单位"),
    "unit_cost": later("单位成本"),
    "unit_size": later("每份数量"),
    "largest": later("最大值"),
    "months": later("月数"),
    "longest": later("最长月数"),
    "giver": later("可给予岗位"),
    "fits": later("适合原因"),
    "kind": later("事项"),
    "asked_by": later("可申请岗位"),
    "limits": later("限额"),
    "alone_to": later("可单独办到"),
    "alone_per_day": later("每天可单独办到"),
    "signs_to": later("可签字到"),
    "signatures": later("签字人数"),
    "two_above": later("超过此额两人签字"),
    "by_code": later("可用一次性授权码"),
}

_WORDS = {
    "oldest_first": later("最早月份在先"),
    "collection_cost": later("催收成本"),
    "late_fee": later("违约金"),
    "principal": later("本金"),
    "prepaid": later("预存"),
    "cash": later("现金"),
    "card": later("刷卡"),
    "qr": later("扫码"),
    "cheque": later("支票"),
    "bank_slip": later("转账单"),
    "fee": later("费用"),
    "load_control": later("负控预购"),
    "resident": later("居民"),
    "other": later("其他客户"),
    "contract": later("合同约定"),
    "principal_ratio": later("本金倍数"),
    "split_by_calendar_year": later("按自然年分段"),
    "per_collection": later("每次收款"),
    "earmarked": later("专款"),
    "benefit": later("赠送"),
    "off": later("不抹零"),
    "sms": later("短信"),
    "call": later("电话"),
    "visit": later("上门"),
    "report": later("报告"),
    "system": later("系统"),
    "work_order": later("工单"),
    "arrears_notice": later("欠费通知"),
    "cut_notice": later("停用通知"),
    "stop_notice": later("停机通知"),
    "closing_notice": later("销户通知"),
    "business_letter": later("商函"),
    "lawyers_letter": later("律师函"),
    "suit": later("起诉"),
    "stop": later("停机"),
    "cut": later("停用"),
    "closing": later("销户"),
    "reminder": later("催缴"),
    "last_call": later("停前电话"),
    "bad_debt": later("转坏账"),
    "days_late": later("已逾期"),
    "reminder_delivered": later("催缴已送达"),
    "cut_notice_delivered": later("停用通知已送达"),
    "cut_notice_run_out": later("通知期已满"),
    "last_call_logged": later("停前电话已记录"),
    "approver_set": later("已有审批人"),
    "authority_informed": later("已报主管部门"),
    "is_not_paid": later("未缴清"),
    "is_not_disputed": later("无争议"),
    "is_not_deferred": later("未缓缴"),
    "is_not_protected": later("非保护户"),
    "active": later("正常"),
    "limited": later("限用"),
    "stopped": later("停用"),
    "stopped_out": later("停呼出"),
    "stopped_in": later("停呼入"),
    "restoring": later("恢复中"),
    "reserved": later("保号"),
    "frozen": later("冻结"),
    "closed": later("已销户"),
    "high": later("高"),
    "middle": later("中"),
    "low": later("低"),
    "paper": later("纸质通知"),
    "average": later("月均额"),
    "mark": later("客户标记"),
    "either": later("任一"),
    "vip": later("贵宾"),
    "teller": later("营业员"),
    "supervisor": later("班长"),
    "admin": later("厅管理员"),
    "yuan_a_month": later("元/月"),
    "percent_a_month": later("%/月"),
    "packs_a_month": later("包/月"),
    "points": later("积分"),
    "yuan": later("元"),
    "plan": later("换套餐"),
    "order": later("工单"),
    "person": later("专人"),
    "landline": later("固话"),
    "each": later("每位客户"),
    "valued": later("有价值客户"),
    "none": later("不要求"),
    "kept": later("客户留下"),
    "left": later("谈话后离网"),
    "refused_talk": later("不愿谈，直接离网"),
    "withdrawn": later("客户撤回申请"),
    "auditor": later("稽核员"),
    "any": later("不限额"),
    **{kind.value: word for kind, word in APPROVAL_KINDS.items()},
}


_BARE = frozenset({"step", "level", "type", "value", "code"})
"""Keys whose value speaks for itself."""
_IN_TWO_LANGUAGES = ("name_", "tip_")
"""Keys that a code brings with it: its name is shown in its place, the tip belongs into the talk."""


def table_word(table: str) -> str:
    """A table of the pack as the hall calls it."""
    return tr(TABLES[table]) if table in TABLES else table


def key_word(key: str) -> str:
    """A key of a rule as the hall calls it."""
    return tr(_KEYS[key]) if key in _KEYS else key


def own_names(value: object) -> dict[str, str]:
    """The codes that a rule names itself, such as reasons and offers, with their names in the language in use."""
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    found = {code: name for part in parts for code, name in own_names(part).items()}
    if isinstance(value, Mapping) and "code" in value:
        found[str(value["code"])] = str(value[f"name_{language_in_use()}"])
    return found


def value_words(value: object, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """A value of a rule, lists and tables included, on one line; `names` are those of the codes in it."""
    if isinstance(value, bool):
        return tr("是") if value else tr("否")
    if isinstance(value, Mapping):
        shown = {key: part for key, part in value.items() if not key.startswith(_IN_TWO_LANGUAGES)}
        if "code" in shown:
            shown["code"] = value[f"name_{language_in_use()}"]
        parts = (("" if key in _BARE else key_word(str(key)), value_words(part, names)) for key, part in shown.items())
        return " ".join(f"{word} {words}".lstrip() for word, words in parts)
    if isinstance(value, (list, tuple)):
        glue = "; " if any(isinstance(part, Mapping) for part in value) else tr("、")
        return glue.join(value_words(part, names) for part in value)
    text = str(value)
    if text in names:
        return names[text]
    return tr(_WORDS[text]) if text in _WORDS else text


def is_known(name: str) -> bool:
    """Whether a name of the pack has its word; a test finds every one that has none."""
    return name in TABLES or name in _KEYS or name in _WORDS
