"""Rows of master data: the natural key of each kind, what it hangs on, and what it is when nobody said otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from counter_app.domain.money import LARGEST_FEN

Body = Mapping[str, Any]


class BadRow(ValueError):
    """A row that cannot be taken; the word says why, `key` names the row."""

    def __init__(self, why: str, key: str = "") -> None:
        super().__init__(f"{why} {key}".strip())
        self.why = why
        self.key = key


@dataclass(frozen=True, slots=True)
class MasterKind:
    """One kind: the keys that name a row, the kind it hangs on (by which key of a file, by which id), its blank."""

    kind: str
    key: tuple[str, ...]
    parent: str | None = None
    parent_key: str = ""
    has_id: bool = True
    blank: Mapping[str, Any] | None = None

    def key_of(self, body: Body) -> str:
        """The natural key of a row.

        Raises:
            BadRow: a part of it is missing.
        """
        parts = [body.get(name) for name in self.key]
        if not all(isinstance(part, str) and part for part in parts):
            raise BadRow("no_key", self.kind)
        return ":".join(map(str, parts))


KINDS: dict[str, MasterKind] = {
    made.kind: made
    for made in (
        MasterKind("hall", ("key",), has_id=False),
        MasterKind("pack", ("trade",), has_id=False),
        MasterKind(
            "staff",
            ("staff_no",),
            has_id=False,
            blank={"name": "", "role": "teller", "state": "active", "verifier": "", "must_change_password": 1},
        ),
        MasterKind(
            "customer",
            ("customer_no",),
            blank={
                "name": "",
                "kind": "person",
                "customer_class": "resident",
                "id_kind": None,
                "id_number": None,
                "group_name": None,
                "manager": None,
                "since_on": None,
                "flags": [],
                "contacts": [],
            },
        ),
        MasterKind(
            "account",
            ("account_no",),
            "customer",
            "customer_no",
            blank={"address": "", "facts": {}, "contract_no": None, "area": None},
        ),
        MasterKind(
            "service",
            ("kind", "number"),
            "account",
            "account_no",
            blank={"plan": "", "state": "active", "state_since_on": "", "state_reason": "", "meter_no": None},
        ),
        MasterKind(
            "bill",
            ("bill_no",),
            "account",
            "account_no",
            blank={
                "service_id": None,
                "cost_fen": 0,
                "accrual_start_on": None,
                "accrual_stop_on": None,
                "is_disputed": 0,
                "is_late_fee_deferred": 0,
                "items": [],
            },
        ),
        MasterKind(
            "book",
            ("account_no", "kind"),
            "account",
            "account_no",
            blank={"name": "预存", "items": [], "priority": 9, "valid_to": None, "opening_source": "import"},
        ),
    )
}
"""In the order in which they are taken: what others hang on comes first."""

_NULLABLE = frozenset(
    (
        *("id_kind", "id_number", "group_name", "manager", "since_on", "contract_no", "area", "meter_no"),
        *("service_id", "accrual_start_on", "accrual_stop_on", "valid_to"),
    ),
)
_LISTS = frozenset(("flags", "contacts", "items"))
_FLAGS = frozenset(("is_disputed", "is_late_fee_deferred", "must_change_password"))
_WHOLE = frozenset(("principal_fen", "late_fee_fen", "cost_fen", "opening_fen", "priority"))
_IDS = frozenset(("id", "customer_id", "account_id", "service_id", "bill_id"))
_LARGEST_ID = 2**53


def check_body(body: Body, key: str) -> None:
    """Hold a row to the types of its keys.

    Raises:
        BadRow: `bad_value`, naming the key of the row and the place in it.
    """
    for name, value in body.items():
        if value is None and name in _NULLABLE:
            continue
        if name in _LISTS:
            is_right = isinstance(value, list)
        elif name == "facts":
            is_right = isinstance(value, dict)
        elif name in _FLAGS:
            is_right = value in (0, 1)
        elif name in _WHOLE:
            is_right = type(value) is int and abs(value) <= LARGEST_FEN
        elif name in _IDS:
            is_right = type(value) is int and 0 < value <= _LARGEST_ID
        else:
            is_right = isinstance(value, str) and "\x00" not in value
        if not is_right:
            raise BadRow("bad_value", f"{key} {name}")


FIND_KEYS = {
    "customer": (("customer", "customer_no"), ("id", "id_number")),
    "account": (("account", "account_no"),),
    "service": (("service", "number"),),
}
"""The words by which a customer can be found from another hall: of which sort, and where they stand."""
