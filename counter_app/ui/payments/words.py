"""The hall's words for flags, states, kinds of service and tenders."""

from __future__ import annotations

from counter_app.domain.customers import Customer, Flag, Service
from counter_app.domain.masks import mask
from counter_app.ui.language import later, tr
from counter_app.ui.payments.screen import ChipValue, Tone

FLAGS: dict[Flag, tuple[str, Tone, str]] = {
    Flag.VIP: (later("重要客户"), "accent", "star"),
    Flag.RED_LIST: (later("红名单"), "accent", "shield-check"),
    Flag.BLACK_LIST: (later("黑名单"), "bad", "ban"),
    Flag.FRAUD: (later("疑似欺诈"), "bad", "alert-triangle"),
    Flag.PROTECTED: (later("停供保护"), "warn", "shield-check"),
    Flag.DISPUTE: (later("有争议"), "warn", "flag"),
}

STATES: dict[str, tuple[str, Tone, str]] = {
    "active": (later("正常"), "muted", "circle-check"),
    "limited": (later("限制用电"), "warn", "alert-circle"),
    "stopped_out": (later("限制呼出"), "bad", "alert-circle"),
    "stopped_in": (later("限制呼入"), "bad", "alert-circle"),
    "reserved": (later("停机保号"), "warn", "player-pause"),
    "frozen": (later("暂停使用"), "warn", "player-pause"),
    "closed": (later("已销户"), "muted", "circle-x"),
}

_KINDS = {
    "mobile": later("移动"),
    "landline": later("固话"),
    "broadband": later("宽带"),
    "leased_line": later("专线"),
    "electricity": later("用电"),
    "gas": later("用气"),
    "water": later("用水"),
    "heating": later("供热"),
    "property": later("物业"),
}

_CONTACTS = {"mobile": later("手机"), "landline": later("电话"), "mail": later("邮箱")}

_STOPPED = {
    "telecom": later("停机(双向)"),
    "electricity": later("停电"),
    "gas": later("停气"),
    "water": later("停水"),
    "heating": later("停供"),
}
_RESTORED = {
    "telecom": later("复机"),
    "electricity": later("复电"),
    "gas": later("恢复供气"),
    "water": later("复水"),
    "heating": later("恢复供热"),
}
_RESTORING = {
    "telecom": later("复机中"),
    "electricity": later("复电中"),
    "gas": later("恢复供气中"),
    "water": later("复水中"),
    "heating": later("恢复供热中"),
}
_BOOKS = {"earmarked": later("专款"), "benefit": later("赠送"), "cash": later("现金预存")}


def flag_chip(flag: Flag) -> ChipValue:
    """A mark on the customer."""
    word, tone, icon = FLAGS[flag]
    return ChipValue(tr(word), tone, icon)


def state_chip(service: Service, trade: str) -> ChipValue:
    """A service's state; one that is not in the list shows its own name."""
    if service.state == "stopped":
        return ChipValue(tr(_STOPPED.get(trade, later("停用"))), "bad", "ban")
    if service.state == "restoring":
        return ChipValue(tr(_RESTORING.get(trade, later("恢复中"))), "warn", "clock")
    word, tone, icon = STATES.get(service.state, (service.state, "muted", "info-circle"))
    return ChipValue(tr(word), tone, icon)


def restore_word(trade: str) -> str:
    """What brings a stopped service of the trade back."""
    return tr(_RESTORED.get(trade, later("恢复")))


def kind_word(kind: str) -> str:
    """A kind of service."""
    return tr(_KINDS.get(kind, kind))


def contact_word(kind: str) -> str:
    """A kind of contact."""
    return tr(_CONTACTS.get(kind, kind))


def book_word(kind: str) -> str:
    """A kind of prepaid book."""
    return tr(_BOOKS.get(kind, kind))


def masked_name(customer: Customer) -> str:
    """The name as the screen may show it; an organisation's is public."""
    return mask("name" if customer.kind == "person" else "org_name", customer.name)


def masked_contact(kind: str, value: str) -> str:
    """A contact's value as the screen may show it."""
    return mask("email" if kind == "mail" else "phone", value)


def grouped(number: str) -> str:
    """A long number in groups of four digits, as people read it aloud."""
    if not number.isdecimal() or len(number) < 8:
        return number
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))
