"""The fields that an import knows, their kinds, and the column names they go by when there is no map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from counter_app.domain.customers import Flag
from counter_app.domain.imports import What

Kind = Literal["text", "number", "fen", "date", "month", "yes_no", "choice", "flags"]
"""`number` is text made of digits that must not lose any: account numbers, phones, identity papers."""

LONGEST_TEXT = 500
LONGEST_NUMBER = 64


@dataclass(frozen=True, slots=True)
class Field:
    """One field of ours: its kind, the column names it is found by, and what a blank cell becomes."""

    name: str
    kind: Kind
    titles: tuple[str, ...]
    is_needed: bool = False
    is_nullable: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    blank: str = ""

    @property
    def longest(self) -> int:
        """The most characters a cell may have."""
        return LONGEST_NUMBER if self.kind == "number" else LONGEST_TEXT


_KINDS = {"个人": "person", "居民": "person", "单位": "organisation", "企业": "organisation", "集团": "organisation"}
_CLASSES = {
    "居民": "resident",
    "个人": "resident",
    "非居民": "other",
    "单位": "other",
    "企业": "other",
    "其他": "other",
}
_ID_KINDS = {
    "身份证": "resident_id",
    "居民身份证": "resident_id",
    "统一社会信用代码": "uscc",
    "护照": "passport",
    "其他": "other",
}
_STATES = {
    "正常": "active",
    "在用": "active",
    "停机": "stopped",
    "双停": "stopped",
    "停用": "stopped",
    "限制呼出": "stopped_out",
    "单停": "stopped_out",
    "限制呼入": "stopped_in",
    "保留": "reserved",
    "停机保号": "reserved",
    "冻结": "frozen",
    "销户": "closed",
    "已销户": "closed",
}
_FLAGS = {
    "重要客户": "vip",
    "红名单": "red_list",
    "黑名单": "black_list",
    "涉诈": "fraud",
    "保护": "protected",
    "保护用户": "protected",
    "争议": "dispute",
}


def _words(of: Mapping[str, str], *own: str) -> dict[str, str]:
    return {**{word: word for word in (*of.values(), *own)}, **of}


CUSTOMER_FIELDS = (
    Field("customer_no", "number", ("客户编号", "客户号", "customer_no"), is_needed=True),
    Field("name", "text", ("客户名称", "姓名", "户名", "name"), is_needed=True),
    Field("kind", "choice", ("客户类型", "kind"), choices=_words(_KINDS), blank="person"),
    Field("customer_class", "choice", ("客户类别", "customer_class"), choices=_words(_CLASSES)),
    Field("id_kind", "choice", ("证件类型", "id_kind"), is_nullable=True, choices=_words(_ID_KINDS)),
    Field("id_number", "number", ("证件号码", "身份证号", "id_number"), is_nullable=True),
    Field("group_name", "text", ("集团名称", "集团", "group_name"), is_nullable=True),
    Field("manager", "text", ("客户经理", "manager"), is_nullable=True),
    Field("since_on", "date", ("入网日期", "立户日期", "since_on"), is_nullable=True),
    Field("flags", "flags", ("客户标记", "标记", "flags"), choices=_words(_FLAGS, *(flag.value for flag in Flag))),
    Field("mobile", "number", ("手机", "手机号码", "联系电话", "mobile")),
    Field("landline", "number", ("固定电话", "座机", "landline")),
    Field("mail", "text", ("邮箱", "电子邮箱", "mail", "email")),
    Field("contact_person", "text", ("联系人", "contact_person")),
    Field("account_no", "number", ("户号", "账户号", "account_no")),
    Field("address", "text", ("地址", "用电地址", "用水地址", "用气地址", "address")),
    Field("area", "text", ("片区", "区域", "area"), is_nullable=True),
    Field("contract_no", "number", ("合同编号", "合同号", "contract_no"), is_nullable=True),
    Field("service_kind", "text", ("业务类型", "产品类型", "service_kind")),
    Field("service_number", "number", ("业务号码", "服务号码", "service_number")),
    Field("plan", "text", ("套餐", "资费", "plan")),
    Field("state", "choice", ("状态", "服务状态", "state"), choices=_words(_STATES), blank="active"),
    Field("state_since_on", "date", ("状态日期", "state_since_on"), is_nullable=True),
    Field("state_reason", "text", ("状态原因", "state_reason")),
    Field("meter_no", "number", ("表号", "电表号", "水表号", "meter_no"), is_nullable=True),
)

BILL_FIELDS = (
    Field("bill_no", "number", ("账单号", "账单编号", "bill_no")),
    Field("account_no", "number", ("户号", "账户号", "account_no"), is_needed=True),
    Field("service_number", "number", ("业务号码", "服务号码", "service_number")),
    Field("month", "month", ("账期", "账单月份", "月份", "month"), is_needed=True),
    Field("issued_on", "date", ("出账日期", "issued_on"), is_nullable=True),
    Field("due_on", "date", ("缴费期限", "到期日", "应缴日期", "due_on"), is_needed=True),
    Field("principal", "fen", ("金额", "应收金额", "本金", "账单金额", "principal", "amount")),
    Field("cost", "fen", ("催收费用", "费用", "cost"), blank="0"),
    Field("accrual_start_on", "date", ("违约金起算日", "accrual_start_on"), is_nullable=True),
    Field("accrual_stop_on", "date", ("违约金止算日", "accrual_stop_on"), is_nullable=True),
    Field("is_disputed", "yes_no", ("争议", "有争议", "is_disputed"), blank="0"),
    Field("is_late_fee_deferred", "yes_no", ("违约金暂缓", "is_late_fee_deferred"), blank="0"),
    Field("item", "text", ("费用项目", "item"), blank="费用"),
)

SETTLEMENT_FIELDS = (
    Field("settlement_id", "number", ("销账流水号", "流水号", "settlement_id")),
    Field("bill_no", "number", ("账单号", "账单编号", "bill_no"), is_needed=True),
    Field("settled_on", "date", ("销账日期", "缴费日期", "settled_on"), is_needed=True),
    Field("principal", "fen", ("本金", "金额", "销账金额", "principal", "amount"), is_needed=True),
    Field("late_fee", "fen", ("违约金", "滞纳金", "late_fee"), blank="0"),
    Field("cost", "fen", ("催收费用", "费用", "cost"), blank="0"),
    Field("channel", "text", ("渠道", "缴费渠道", "channel"), blank="import"),
    Field("reference", "text", ("凭证号", "参考号", "reference")),
)

FIELDS: Mapping[What, tuple[Field, ...]] = {
    "customers": CUSTOMER_FIELDS,
    "bills": BILL_FIELDS,
    "settlements": SETTLEMENT_FIELDS,
}

FREE_TITLES: Mapping[What, tuple[str, tuple[str, ...]]] = {
    "customers": ("facts", ("资料:", "资料：", "fact:")),
    "bills": ("items", ("项目:", "项目：", "item:")),
}
"""Columns of the hall's own: a title that begins so is a fact of the account, or an item of the bill."""


def field_of(what: What, name: str) -> Field | None:
    """The field of that name, or None."""
    return next((known for known in FIELDS[what] if known.name == name), None)
