"""The fields that an import knows, their kinds, and what a blank cell becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from counter_app.domain import imports_titles as t
from counter_app.domain.customers import Flag
from counter_app.domain.imports import What

Kind = Literal["text", "number", "fen", "date", "month", "yes_no", "choice", "flags"]
"""`number` is text made of digits that must not lose any: account numbers, phones, identity papers."""

LONGEST_TEXT = 500
LONGEST_NUMBER = 64


@dataclass(frozen=True, slots=True)
class Field:
    """One field of ours: its kind, the column names it is found by, and what a blank cell becomes.

    `spare` names are looked at when none of `titles` is there. A field that stands `instead_of` another is looked for
    only in a file that has no column for that one.
    """

    name: str
    kind: Kind
    titles: tuple[str, ...]
    is_needed: bool = False
    is_nullable: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    blank: str = ""
    spare: tuple[str, ...] = ()
    instead_of: str = ""

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
    "开通": "active",
    "停机": "stopped",
    "双停": "stopped",
    "停用": "stopped",
    "欠费停机": "stopped",
    "双向停机": "stopped",
    "单向停机": "stopped_out",
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
    Field("customer_no", "number", t.CUSTOMER_NO, is_needed=True),
    Field("name", "text", t.NAME, is_needed=True),
    Field("kind", "choice", t.KIND, choices=_words(_KINDS), blank="person"),
    Field("customer_class", "choice", t.CUSTOMER_CLASS, choices=_words(_CLASSES)),
    Field("id_kind", "choice", t.ID_KIND, is_nullable=True, choices=_words(_ID_KINDS)),
    Field("id_number", "number", t.ID_NUMBER, is_nullable=True),
    Field("group_name", "text", t.GROUP_NAME, is_nullable=True),
    Field("manager", "text", t.MANAGER, is_nullable=True),
    Field("since_on", "date", t.SINCE_ON, is_nullable=True),
    Field("flags", "flags", t.FLAGS, choices=_words(_FLAGS, *(flag.value for flag in Flag))),
    Field("mobile", "number", t.MOBILE),
    Field("landline", "number", t.LANDLINE),
    Field("phone", "number", t.PHONE),
    Field("mail", "text", t.MAIL),
    Field("contact_person", "text", t.CONTACT_PERSON),
    Field("account_no", "number", t.ACCOUNT_NO),
    Field("address", "text", t.ADDRESS, spare=t.OTHER_ADDRESS),
    Field("area", "text", t.AREA, is_nullable=True),
    Field("contract_no", "number", t.CONTRACT_NO, is_nullable=True),
    Field("service_kind", "text", t.SERVICE_KIND),
    Field("service_number", "number", t.SERVICE_NUMBER),
    Field("plan", "text", t.PLAN),
    Field("state", "choice", t.STATE, choices=_words(_STATES), blank="active"),
    Field("state_since_on", "date", t.STATE_SINCE_ON, is_nullable=True),
    Field("state_reason", "text", t.STATE_REASON),
    Field("meter_no", "number", t.METER_NO, is_nullable=True),
    Field("prepaid", "fen", t.PREPAID, is_nullable=True),
    Field("gift", "fen", t.GIFT, is_nullable=True),
)

BILL_FIELDS = (
    Field("bill_no", "number", t.BILL_NO),
    Field("account_no", "number", t.ACCOUNT_NO, spare=t.CUSTOMER_NO, is_needed=True),
    Field("service_number", "number", t.SERVICE_NUMBER),
    Field("month", "month", t.MONTH, is_needed=True),
    Field("issued_on", "date", t.ISSUED_ON, is_nullable=True),
    Field("due_on", "date", t.DUE_ON, is_needed=True),
    Field("principal", "fen", t.BILLED, spare=t.OWED),
    Field("cost", "fen", t.COST, blank="0"),
    Field("accrual_start_on", "date", t.ACCRUAL_START_ON, is_nullable=True),
    Field("accrual_stop_on", "date", t.ACCRUAL_STOP_ON, is_nullable=True),
    Field("is_disputed", "yes_no", t.IS_DISPUTED, blank="0"),
    Field("is_late_fee_deferred", "yes_no", t.IS_LATE_FEE_DEFERRED, blank="0"),
    Field("item", "text", t.ITEM, blank="费用"),
)

SETTLEMENT_FIELDS = (
    Field("settlement_id", "number", t.SETTLEMENT_ID),
    Field("bill_no", "number", t.BILL_NO),
    Field("account_no", "number", t.ACCOUNT_NO, spare=t.CUSTOMER_NO, instead_of="bill_no"),
    Field("month", "month", t.MONTH, instead_of="bill_no"),
    Field("settled_on", "date", t.SETTLED_ON, is_needed=True),
    Field("principal", "fen", t.SETTLED, spare=t.RECEIVED, is_needed=True),
    Field("late_fee", "fen", t.LATE_FEE, blank="0"),
    Field("cost", "fen", t.COST, blank="0"),
    Field("channel", "text", t.CHANNEL, blank="import"),
    Field("reference", "text", t.REFERENCE),
)

_RESULTS = {
    "挽留成功": "kept",
    "成功": "kept",
    "保留": "kept",
    "离网": "left",
    "退网": "left",
    "挽留失败": "left",
    "失败": "left",
    "拒绝挽留": "refused_talk",
    "拒绝挽留,离网": "refused_talk",
    "撤回": "withdrawn",
    "不算": "none",
}

RETENTION_FIELDS = (
    Field("record_no", "number", t.RECORD_NO),
    Field("number", "number", t.RETAINED_NUMBER, is_needed=True),
    Field("name", "text", t.NAME, is_needed=True),
    Field("reason", "text", t.LEAVE_REASON),
    Field("source_reason", "text", t.LEAVE_WORDS, is_nullable=True),
    Field("measure", "text", t.MEASURE),
    Field("result", "choice", t.RESULT, is_needed=True, choices=_words(_RESULTS)),
    Field("ended_on", "date", t.ENDED_ON, is_nullable=True),
)

FIELDS: Mapping[What, tuple[Field, ...]] = {
    "customers": CUSTOMER_FIELDS,
    "bills": BILL_FIELDS,
    "settlements": SETTLEMENT_FIELDS,
    "retention": RETENTION_FIELDS,
}

FREE_TITLES: Mapping[What, tuple[str, tuple[str, ...]]] = {
    "customers": ("facts", ("资料:", "资料：", "fact:")),
    "bills": ("items", ("项目:", "项目：", "item:")),
}
"""Columns of the hall's own: a title that begins so is a fact of the account, or an item of the bill."""


def field_of(what: What, name: str) -> Field | None:
    """The field of that name, or None."""
    return next((known for known in FIELDS[what] if known.name == name), None)
