"""What each key of a rule pack may hold, table by table: its test, the sentence for an error, if it must be there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from counter_app.domain.money import Rate, parse_fen
from counter_app.domain.refusals import Refused

TRADES = ("telecom", "electricity", "gas", "water", "heating", "property")
CUSTOMER_CLASSES = ("resident", "other")
TENDERS = ("cash", "card", "qr", "cheque", "bank_slip", "prepaid")
CUT_PRECONDITIONS = (
    "days_late",
    "reminder_delivered",
    "cut_notice_delivered",
    "cut_notice_run_out",
    "last_call_logged",
    "approver_set",
    "authority_informed",
    "is_not_disputed",
    "is_not_deferred",
    "is_not_protected",
    "is_not_paid",
)
SERVICE_STATES = (
    "active",
    "stopped_out",
    "stopped_in",
    "stopped",
    "limited",
    "restoring",
    "reserved",
    "frozen",
    "closed",
)
LARGEST_RATE = Rate.parse("0.01")
"""No rate above 1 % a day was found in any law or contract (domain_rules 1.3, 1.4)."""


Row = Mapping[str, object]
"""One table of a pack's document."""

Wrong = Callable[[str, str, object], None]
"""Takes down one error: the key, what was expected, what was found."""


@dataclass(frozen=True, slots=True)
class Field:
    """What one key may hold: the sentence for the error, the test, whether it must be there; `rows` are the keys of
    each entry of a list of tables.
    """

    expected: str
    accepts: Callable[[object], bool]
    is_required: bool = True
    rows: Mapping[str, Field] | None = None


def is_whole(low: int, high: int) -> Callable[[object], bool]:
    """The test for a whole number from `low` to `high`; true and false are none."""
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def is_list_of(accepts: Callable[[object], bool]) -> Callable[[object], bool]:
    """The test for a list that is not empty and whose every entry passes."""
    return lambda value: isinstance(value, list) and bool(value) and all(accepts(entry) for entry in value)


def _is_among(names: Iterable[str]) -> Callable[[object], bool]:
    known = frozenset(names)
    return lambda value: isinstance(value, str) and value in known


def _are_distinct(names: Iterable[str]) -> Callable[[object], bool]:
    is_list = is_list_of(_is_among(names))
    return lambda value: is_list(value) and isinstance(value, list) and len(set(value)) == len(value)


def is_money(value: object) -> bool:
    """Whether it is yuan as a text."""
    if not isinstance(value, str):
        return False
    try:
        parse_fen(value)
    except Refused:
        return False
    return True


def is_rate(value: object, largest: Rate = LARGEST_RATE) -> bool:
    """Whether it is an exact decimal as a text, from 0 to `largest`."""
    try:
        rate = Rate.parse(value) if isinstance(value, str) else None
    except Refused:
        return False
    return rate is not None and rate.numerator * largest.denominator <= largest.numerator * rate.denominator


def _is_cap(value: object) -> bool:
    if not isinstance(value, dict) or set(value) != {"type", "value"}:
        return False
    if value["type"] == "principal_ratio":
        return is_rate(value["value"], Rate(100, 0))
    return value["type"] == "amount" and is_money(value["value"])


def _is_table(fields: Mapping[str, Field]) -> Callable[[object], bool]:
    return lambda value: (
        isinstance(value, dict)
        and all(key in fields and fields[key].accepts(entry) for key, entry in value.items())
        and all(key in value for key, field in fields.items() if field.is_required)
    )


def one_of(names: Iterable[str], *, is_required: bool = True) -> Field:
    """A key that holds one of the names."""
    known = tuple(names)
    return Field("one of " + ", ".join(known), _is_among(known), is_required)


def list_of(names: Iterable[str], *, is_required: bool = True) -> Field:
    """A key that holds some of the names, none of them twice."""
    known = tuple(names)
    return Field("a list without repeats of " + ", ".join(known), _are_distinct(known), is_required)


def tables_of(fields: Mapping[str, Field], *, is_required: bool = True) -> Field:
    """A key that holds a list of tables, each with these keys; an error names the entry and its key."""
    return Field("a list of {" + ", ".join(fields) + "}", _are_tables, is_required, fields)


def _are_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, dict) for entry in value)


TEXT = Field("a text that is not empty", lambda value: isinstance(value, str) and bool(value.strip()))
OPTIONAL_TEXT = Field(TEXT.expected, TEXT.accepts, is_required=False)
TEXTS = Field("a list of texts", is_list_of(TEXT.accepts), is_required=False)
FLAG = Field("true or false", lambda value: isinstance(value, bool))
OPTIONAL_FLAG = Field(FLAG.expected, FLAG.accepts, is_required=False)
DAY = Field("a date such as 2024-06-01", lambda value: type(value) is date)
OPTIONAL_DAY = Field(DAY.expected, DAY.accepts, is_required=False)
MONEY = Field('yuan as a text such as "1.00"', is_money)
OPTIONAL_MONEY = Field(MONEY.expected, MONEY.accepts, is_required=False)
RATE = Field('a daily rate as a text from "0" to "0.01"', is_rate)
OPTIONAL_RATE = Field(RATE.expected, RATE.accepts, is_required=False)
DAYS = Field("whole days from 0 to 366", is_whole(0, 366), is_required=False)
COUNT = Field("a whole number from 1 to 10000", is_whole(1, 10_000))
MONTHS = Field("whole months from 0 to 36", is_whole(0, 36))
CAP = Field('{type = "principal_ratio" or "amount", value = "..."}', _is_cap, is_required=False)

DUNNING_STEP: Mapping[str, Field] = {
    "step": TEXT,
    "after_days": Field("whole days from 0 to 1000", is_whole(0, 1000)),
    "channels": TEXTS,
    "paper": OPTIONAL_TEXT,
}
CREDIT_LEVEL: Mapping[str, Field] = {
    "level": TEXT,
    "pay_months": MONTHS,
    "stop_months": MONTHS,
    "deposit_months": MONTHS,
}
BOOK_KINDS = ("earmarked", "benefit", "cash")
BOOK_PURPOSE: Mapping[str, Field] = {
    "code": TEXT,
    "name_zh": TEXT,
    "items": Field("a list of texts", is_list_of(TEXT.accepts)),
    "priority": Field("a whole number from 1 to 99", is_whole(1, 99)),
}
EVERY_RULE: Mapping[str, Field] = {"valid_from": DAY, "valid_to": OPTIONAL_DAY, "source": TEXT}
TABLES: Mapping[str, Mapping[str, Field]] = {
    "versions": {"name": TEXT},
    "late_fee": {
        "customer_class": one_of(CUSTOMER_CLASSES),
        "version": TEXT,
        "rate_per_day": RATE,
        "cross_year_rate_per_day": OPTIONAL_RATE,
        "cross_year_mode": one_of(
            ("split_by_calendar_year", "whole_period_high", "new_year_days_only"), is_required=False
        ),
        "grace_days": DAYS,
        "start_day_of_following_month": Field("a day from 1 to 28", is_whole(1, 28), is_required=False),
        "cap": CAP,
        "min_total": OPTIONAL_MONEY,
        "min_scope": one_of(("per_bill", "per_collection"), is_required=False),
        "rounding_scope": one_of(("per_bill", "total"), is_required=False),
        "daily_fixed": OPTIONAL_MONEY,
        "roll_due_date_over_holidays": OPTIONAL_FLAG,
        "is_waivable": OPTIONAL_FLAG,
        "is_spared_in_dispute": OPTIONAL_FLAG,
        "legal_basis": TEXT,
    },
    "allocation": {
        "bill_order": one_of(("oldest_first", "due_date_then_ratio")),
        "order": list_of(("collection_cost", "late_fee", "principal")),
        "allow_skip": FLAG,
        "surplus": one_of(("prepaid", "change")),
        "late_fee_must_be_paid_with_principal": FLAG,
    },
    "tenders": {"business": TEXT, "allowed": list_of(TENDERS)},
    "receipt": {"title": TEXT, "hotline": TEXT, "legal_basis": TEXT, "footer": TEXT, "dispute": OPTIONAL_TEXT},
    "books": {
        "order": list_of(BOOK_KINDS),
        "own": list_of(BOOK_KINDS),
        "purposes": tables_of(BOOK_PURPOSE, is_required=False),
    },
    "dunning": {"steps": Field("a list of {step, after_days, channels, paper}", is_list_of(_is_table(DUNNING_STEP)))},
    "cut": {
        "is_allowed": FLAG,
        "min_days_late": DAYS,
        "reminder_days": DAYS,
        "notice_days": DAYS,
        "last_call_minutes": Field("minutes from 0 to 2880", is_whole(0, 2880), is_required=False),
        "preconditions": list_of(CUT_PRECONDITIONS, is_required=False),
    },
    "deduction": {"days": Field("a list of days from 1 to 28", is_list_of(is_whole(1, 28)))},
    "restore": {"within_hours": Field("hours from 1 to 720", is_whole(1, 720))},
    "service_states": {"states": list_of(SERVICE_STATES)},
    "credit": {"levels": Field("a list of credit levels", is_list_of(_is_table(CREDIT_LEVEL)))},
    "blacklist": {"min_arrears": MONEY, "within_years": Field("years from 1 to 30", is_whole(1, 30))},
    "thresholds": {
        "retention_average": OPTIONAL_MONEY,
        "reveals_per_day": COUNT,
        "cash_limit": MONEY,
        "cash_rounding": one_of(("off", "jiao")),
        "reprints_without_manager": COUNT,
    },
}
OPTIONAL_TABLES = frozenset({"credit", "blacklist", "restore", "deduction"})
SPLIT_BY: Mapping[str, str] = {"late_fee": "customer_class", "tenders": "business", "approvals": "kind"}
"""Tables whose versions follow one another per value of that key, not over the whole table."""


def rows_of(document: Row, name: str) -> list[Row]:
    """The tables under a key, whatever else may stand there."""
    rows = document.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def whole_of(row: Row, key: str) -> int:
    """The whole number under a key; 0 where none stands there."""
    value = row.get(key, 0)
    return value if isinstance(value, int) else 0


def texts_of(value: object) -> tuple[str, ...]:
    """The entries of a list as texts; none where it is no list."""
    return tuple(str(entry) for entry in value) if isinstance(value, list | tuple) else ()
