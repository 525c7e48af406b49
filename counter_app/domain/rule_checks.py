"""What a rule pack's file must look like, and every place where one does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from counter_app.domain.money import Rate, parse_fen
from counter_app.domain.refusals import Refusal, Refused

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


@dataclass(frozen=True, slots=True)
class RuleError:
    """One thing wrong with a pack: the file, the key's path such as `late_fee[2].rate_per_day`, expected and found."""

    file: str
    key: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class BadPack(Refusal):
    """A rule pack is not taken: every error that it has."""

    errors: tuple[RuleError, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """What one key may hold: the sentence for the error, the test, and whether it must be there."""

    expected: str
    accepts: Callable[[object], bool]
    is_required: bool = True


def _is_whole(low: int, high: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_list_of(accepts: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and bool(value) and all(accepts(entry) for entry in value)


def _is_among(names: Iterable[str]) -> Callable[[object], bool]:
    known = frozenset(names)
    return lambda value: isinstance(value, str) and value in known


def _are_distinct(names: Iterable[str]) -> Callable[[object], bool]:
    is_list = _is_list_of(_is_among(names))
    return lambda value: is_list(value) and isinstance(value, list) and len(set(value)) == len(value)


def _is_money(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        parse_fen(value)
    except Refused:
        return False
    return True


def _is_rate(value: object, largest: Rate = LARGEST_RATE) -> bool:
    try:
        rate = Rate.parse(value) if isinstance(value, str) else None
    except Refused:
        return False
    return rate is not None and rate.numerator * largest.denominator <= largest.numerator * rate.denominator


def _is_cap(value: object) -> bool:
    if not isinstance(value, dict) or set(value) != {"type", "value"}:
        return False
    if value["type"] == "principal_ratio":
        return _is_rate(value["value"], Rate(100, 0))
    return value["type"] == "amount" and _is_money(value["value"])


def _is_table(fields: Mapping[str, Field]) -> Callable[[object], bool]:
    return lambda value: (
        isinstance(value, dict)
        and all(key in fields and fields[key].accepts(entry) for key, entry in value.items())
        and all(key in value for key, field in fields.items() if field.is_required)
    )


def _one_of(names: Iterable[str], *, is_required: bool = True) -> Field:
    known = tuple(names)
    return Field("one of " + ", ".join(known), _is_among(known), is_required)


def _list_of(names: Iterable[str], *, is_required: bool = True) -> Field:
    known = tuple(names)
    return Field("a list without repeats of " + ", ".join(known), _are_distinct(known), is_required)


TEXT = Field("a text that is not empty", lambda value: isinstance(value, str) and bool(value.strip()))
OPTIONAL_TEXT = Field(TEXT.expected, TEXT.accepts, is_required=False)
TEXTS = Field("a list of texts", _is_list_of(TEXT.accepts), is_required=False)
FLAG = Field("true or false", lambda value: isinstance(value, bool))
OPTIONAL_FLAG = Field(FLAG.expected, FLAG.accepts, is_required=False)
DAY = Field("a date such as 2024-06-01", lambda value: type(value) is date)
OPTIONAL_DAY = Field(DAY.expected, DAY.accepts, is_required=False)
MONEY = Field('yuan as a text such as "1.00"', _is_money)
OPTIONAL_MONEY = Field(MONEY.expected, MONEY.accepts, is_required=False)
RATE = Field('a daily rate as a text from "0" to "0.01"', _is_rate)
OPTIONAL_RATE = Field(RATE.expected, RATE.accepts, is_required=False)
DAYS = Field("whole days from 0 to 366", _is_whole(0, 366), is_required=False)
COUNT = Field("a whole number from 1 to 10000", _is_whole(1, 10_000))
MONTHS = Field("whole months from 0 to 36", _is_whole(0, 36))
CAP = Field('{type = "principal_ratio" or "amount", value = "..."}', _is_cap, is_required=False)

DUNNING_STEP: Mapping[str, Field] = {
    "step": TEXT,
    "after_days": Field("whole days from 0 to 1000", _is_whole(0, 1000)),
    "channels": TEXTS,
    "paper": OPTIONAL_TEXT,
}
CREDIT_LEVEL: Mapping[str, Field] = {
    "level": TEXT,
    "pay_months": MONTHS,
    "stop_months": MONTHS,
    "deposit_months": MONTHS,
}
EVERY_RULE: Mapping[str, Field] = {"valid_from": DAY, "valid_to": OPTIONAL_DAY, "source": TEXT}
TABLES: Mapping[str, Mapping[str, Field]] = {
    "versions": {"name": TEXT},
    "late_fee": {
        "customer_class": _one_of(CUSTOMER_CLASSES),
        "version": TEXT,
        "rate_per_day": RATE,
        "cross_year_rate_per_day": OPTIONAL_RATE,
        "cross_year_mode": _one_of(
            ("split_by_calendar_year", "whole_period_high", "new_year_days_only"), is_required=False
        ),
        "grace_days": DAYS,
        "start_day_of_following_month": Field("a day from 1 to 28", _is_whole(1, 28), is_required=False),
        "cap": CAP,
        "min_total": OPTIONAL_MONEY,
        "min_scope": _one_of(("per_bill", "per_collection"), is_required=False),
        "rounding_scope": _one_of(("per_bill", "total"), is_required=False),
        "daily_fixed": OPTIONAL_MONEY,
        "roll_due_date_over_holidays": OPTIONAL_FLAG,
        "is_waivable": OPTIONAL_FLAG,
        "legal_basis": TEXT,
    },
    "allocation": {
        "bill_order": _one_of(("oldest_first", "due_date_then_ratio")),
        "order": _list_of(("collection_cost", "late_fee", "principal")),
        "allow_skip": FLAG,
        "surplus": _one_of(("prepaid", "change")),
        "late_fee_must_be_paid_with_principal": FLAG,
    },
    "tenders": {"business": TEXT, "allowed": _list_of(TENDERS)},
    "receipt": {"title": TEXT, "hotline": TEXT, "legal_basis": TEXT, "footer": TEXT, "dispute": OPTIONAL_TEXT},
    "books": {"order": _list_of(("earmarked", "benefit", "cash"))},
    "dunning": {"steps": Field("a list of {step, after_days, channels, paper}", _is_list_of(_is_table(DUNNING_STEP)))},
    "cut": {
        "is_allowed": FLAG,
        "min_days_late": DAYS,
        "reminder_days": DAYS,
        "notice_days": DAYS,
        "last_call_minutes": Field("minutes from 0 to 2880", _is_whole(0, 2880), is_required=False),
        "preconditions": _list_of(CUT_PRECONDITIONS, is_required=False),
    },
    "restore": {"within_hours": Field("hours from 1 to 720", _is_whole(1, 720))},
    "service_states": {"states": _list_of(SERVICE_STATES)},
    "credit": {"levels": Field("a list of credit levels", _is_list_of(_is_table(CREDIT_LEVEL)))},
    "blacklist": {"min_arrears": MONEY, "within_years": Field("years from 1 to 30", _is_whole(1, 30))},
    "thresholds": {
        "retention_average": OPTIONAL_MONEY,
        "reveals_per_day": COUNT,
        "cash_limit": MONEY,
        "cash_rounding": _one_of(("off", "jiao")),
        "reprints_without_manager": COUNT,
    },
}
OPTIONAL_TABLES = frozenset({"credit", "blacklist", "restore"})
SPLIT_BY: Mapping[str, str] = {"late_fee": "customer_class", "tenders": "business"}
"""Tables whose versions follow one another per value of that key, not over the whole table."""


def check_pack(document: Mapping[str, object], file: str) -> tuple[RuleError, ...]:
    """Every error of a pack: unknown and missing keys, wrong types and ranges, missing sources, gaps and overlaps of
    versions.
    """
    errors: list[RuleError] = []

    def wrong(key: str, expected: str, found: object) -> None:
        errors.append(RuleError(file, key, expected, _shown(found)))

    _check_head(document, wrong)
    for name, fields in TABLES.items():
        rows = document.get(name)
        if rows is None:
            if name not in OPTIONAL_TABLES:
                wrong(name, f"at least one [[{name}]]", None)
            continue
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            wrong(name, f"tables written as [[{name}]]", rows)
            continue
        for number, row in enumerate(rows, start=1):
            _check_row(row, {**EVERY_RULE, **fields}, f"{name}[{number}]", wrong)
        _check_versions(name, rows, wrong)
    _check_meaning(document, wrong)
    return tuple(errors)


Wrong = Callable[[str, str, object], None]


def _check_head(document: Mapping[str, object], wrong: Wrong) -> None:
    head = {"trade": _one_of(TRADES), "name_zh": TEXT, "name_en": TEXT}
    known = {*head, *TABLES, "not_configured"}
    for key in document:
        if key not in known:
            wrong(key, "no such key", document[key])
    for key, field in head.items():
        if key not in document or not field.accepts(document[key]):
            wrong(key, field.expected, document.get(key))
    unset = document.get("not_configured", {})
    if not isinstance(unset, dict):
        wrong("not_configured", "a table of keys with their source", unset)
        return
    for key, source in unset.items():
        if not TEXT.accepts(source):
            wrong(f"not_configured.{key}", "the source of the open number", source)


def _check_row(row: Mapping[str, object], fields: Mapping[str, Field], path: str, wrong: Wrong) -> None:
    for key, value in row.items():
        if key not in fields:
            wrong(f"{path}.{key}", "no such key", value)
        elif not fields[key].accepts(value):
            wrong(f"{path}.{key}", fields[key].expected, value)
    for key, field in fields.items():
        if field.is_required and key not in row:
            wrong(f"{path}.{key}", field.expected, None)


def _check_versions(name: str, rows: Sequence[Mapping[str, object]], wrong: Wrong) -> None:
    """Versions of one rule follow one another: each ends, where it says so, the day before the next; the last has no
    end.
    """
    groups: dict[object, list[tuple[int, date, date | None]]] = {}
    for number, row in enumerate(rows, start=1):
        from_on, to_on = row.get("valid_from"), row.get("valid_to")
        if type(from_on) is date and (to_on is None or type(to_on) is date):
            group = str(row.get(SPLIT_BY[name])) if name in SPLIT_BY else None
            groups.setdefault(group, []).append((number, from_on, to_on))
    for versions in groups.values():
        versions.sort(key=lambda version: version[1])
        for (number, from_on, to_on), (later, later_on, _) in pairwise(versions):
            path = f"{name}[{later}].valid_from"
            if later_on == from_on:
                wrong(path, f"another day than {name}[{number}] (overlap)", later_on)
            elif to_on is not None and later_on != to_on + timedelta(days=1):
                kind = "overlap" if later_on <= to_on else "gap"
                wrong(path, f"{to_on + timedelta(days=1)}, the day after {name}[{number}] ends ({kind})", later_on)
        number, from_on, to_on = versions[-1]
        if to_on is not None:
            wrong(f"{name}[{number}].valid_to", "no end on the last version (gap)", to_on)


def _check_meaning(document: Mapping[str, object], wrong: Wrong) -> None:
    """What no single key can show: both customer classes, a row for fees, and no cut by a property manager (Civil Code
    art. 944).
    """
    classes = {str(row.get("customer_class")) for row in _rows(document, "late_fee")}
    for customer_class in CUSTOMER_CLASSES:
        if "late_fee" in document and customer_class not in classes:
            wrong("late_fee", f"a version for customer_class {customer_class}", None)
    if "tenders" in document and "fee" not in {str(row.get("business")) for row in _rows(document, "tenders")}:
        wrong("tenders", "a row for business fee", None)
    for number, row in enumerate(_rows(document, "cut"), start=1):
        if row.get("is_allowed") is True:
            if document.get("trade") == "property":
                wrong(f"cut[{number}].is_allowed", "false: a property manager cuts nothing (Civil Code art. 944)", True)
            if "preconditions" not in row:
                wrong(f"cut[{number}].preconditions", "what must be met before a cut", None)
    if any(row.get("is_allowed") is True for row in _rows(document, "cut")) and "restore" not in document:
        wrong("restore", "at least one [[restore]] where a cut is allowed", None)


def _rows(document: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    rows = document.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _shown(found: object) -> str:
    return "nothing" if found is None else str(found)[:80]
