"""The tables of a rule pack about customers who want to leave, and what must be true of them together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Literal, get_args

from counter_app.domain.customers import Flag
from counter_app.domain.money import Rate, parse_fen
from counter_app.domain.retention import Result
from counter_app.domain.rule_fields import (
    FLAG,
    OPTIONAL_MONEY,
    OPTIONAL_TEXT,
    TEXT,
    TEXTS,
    Field,
    Row,
    Wrong,
    is_list_of,
    is_money,
    is_rate,
    is_whole,
    list_of,
    one_of,
    rows_of,
    tables_of,
)
from counter_app.domain.staff import Role

GIVERS = (Role.TELLER, Role.SUPERVISOR, Role.ADMIN)
"""Who may give an offer, the lowest first; whoever stands higher may give it, too (domain_rules 5.5)."""
ValueCheck = Literal["average", "mark", "either"]
"""Version A of document 002, version B, or one of them is enough (002-A1, 002-B1)."""
FeedbackOf = Literal["each", "valued", "none"]
"""Whose problems are fed back to the hall manager (002-3b)."""
Unit = Literal[
    "yuan_a_month", "percent_a_month", "packs_a_month", "months", "points", "yuan", "plan", "order", "person"
]
"""How an offer is counted."""
UNITS: tuple[Unit, ...] = get_args(Unit)
UNITS_BY_MONTH = frozenset({"yuan_a_month", "percent_a_month", "packs_a_month", "months"})
"""Units whose cost is per month."""
UNITS_WITHOUT_VALUE = frozenset({"months", "plan", "order", "person"})
"""Units that are given or not given: their value is 1."""
PORT_OUT, OTHER = "PORT_OUT", "OTHER"
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,39}")


def is_code(value: object) -> bool:
    """Whether it is a code of the pack: capitals, figures and underlines, at most 40."""
    return isinstance(value, str) and _CODE.fullmatch(value) is not None


def _are_rising(value: object) -> bool:
    if not is_list_of(is_whole(1, 24))(value) or not isinstance(value, list):
        return False
    return all(earlier < later for earlier, later in pairwise(value))


def _are_codes(value: object) -> bool:
    return is_list_of(is_code)(value) and isinstance(value, list) and len(set(value)) == len(value)


def _is_share(value: object) -> bool:
    return is_rate(value, Rate(1, 0)) and Rate.parse(str(value)).numerator > 0


def _whole(low: int, high: int, *, is_required: bool = True) -> Field:
    return Field(f"a whole number from {low} to {high}", is_whole(low, high), is_required)


CODE = Field("a code such as PRICE: capitals, figures, underlines", is_code)
RISING_MONTHS = Field("months from 1 to 24 in rising order", _are_rising)
CHOICE: Mapping[str, Field] = {"code": CODE, "name_zh": TEXT, "name_en": TEXT}
TIP: Mapping[str, Field] = {**CHOICE, "kinds": TEXTS}
REASON: Mapping[str, Field] = {
    **CHOICE,
    "tip_zh": OPTIONAL_TEXT,
    "tip_en": OPTIONAL_TEXT,
    "second": tables_of(CHOICE, is_required=False),
}
OFFER: Mapping[str, Field] = {
    **CHOICE,
    "unit": one_of(UNITS),
    "unit_cost": OPTIONAL_MONEY,
    "unit_size": _whole(1, 10_000, is_required=False),
    "value": _whole(1, 1_000_000),
    "largest": _whole(1, 1_000_000),
    "months": _whole(0, 36),
    "longest": _whole(0, 36),
    "giver": one_of(GIVERS),
    "fits": Field("codes of reasons without repeats", _are_codes),
}
CEILING: Mapping[str, Field] = {
    "role": one_of(GIVERS),
    "ordinary": Field('yuan a case as a text such as "90.00"', is_money),
    "valued": Field('yuan a case as a text such as "150.00"', is_money),
}
RETENTION_TABLES: Mapping[str, Mapping[str, Field]] = {
    "retention": {
        "value_check": one_of(get_args(ValueCheck)),
        "average_months": _whole(1, 12),
        "vip_flags": list_of(tuple(Flag)),
        "is_manager_first": FLAG,
        "signature_minutes": _whole(1, 1_440),
        "first_offers": _whole(1, 5),
        "ceilings": tables_of(CEILING),
        "is_agent_allowed": FLAG,
        "hold_months": _whole(1, 24),
        "is_reentry_free": FLAG,
        "kept_visit_months": RISING_MONTHS,
        "left_visit_months": RISING_MONTHS,
        "success_days": _whole(1, 365),
        "falling_months": _whole(1, 12),
        "falling_share": Field('a share as a text above "0" and at most "1"', _is_share),
        "idle_months": _whole(1, 12),
        "fixed_items": Field("a list of texts", is_list_of(TEXT.accepts), is_required=False),
        "feedback_of": one_of(get_args(FeedbackOf)),
        "feedback_results": list_of(tuple(Result)),
        "interests": tables_of(CHOICE),
        "next_tools": tables_of(CHOICE),
        "contact_times": tables_of(CHOICE, is_required=False),
        "talk_tips": tables_of(TIP, is_required=False),
        "exit_offers": OPTIONAL_TEXT,
    },
    "retention_reasons": {"reasons": tables_of(REASON)},
    "retention_offers": {"offers": tables_of(OFFER)},
}
"""Optional: a trade has all three of them or none."""


def check_retention(document: Row, wrong: Wrong) -> None:
    """What no single key can show: codes that stand once and are known where they are named, ceilings that rise with
    the role, months that fit the unit, OTHER and PORT_OUT among the reasons.
    """
    there = [name for name in RETENTION_TABLES if document.get(name) is not None]
    for name in RETENTION_TABLES:
        if there and name not in there:
            wrong(name, f"at least one [[{name}]] where there is [[{there[0]}]]", None)
    for path, row in _numbered("retention", rows_of(document, "retention")):
        _check_ceilings(path, rows_of(row, "ceilings"), wrong)
        for list_name in ("interests", "next_tools", "contact_times", "talk_tips"):
            _once(_numbered(f"{path}.{list_name}", rows_of(row, list_name)), wrong)
    for path, row in _numbered("retention_reasons", rows_of(document, "retention_reasons")):
        _check_reasons(f"{path}.reasons", rows_of(row, "reasons"), wrong)
    for path, row in _numbered("retention_offers", rows_of(document, "retention_offers")):
        offers = list(_numbered(f"{path}.offers", rows_of(row, "offers")))
        _once(offers, wrong)
        for offer_path, offer in offers:
            _check_offer(offer_path, offer, wrong)
    _check_fits(document, wrong)


def _check_ceilings(path: str, rows: Sequence[Row], wrong: Wrong) -> None:
    roles = [str(row.get("role")) for row in rows]
    if roles != list(GIVERS):
        wrong(f"{path}.ceilings", "one row each for " + ", ".join(GIVERS) + ", in this order", ", ".join(roles))
        return
    for key in ("ordinary", "valued"):
        limits = [row.get(key) for row in rows]
        if all(is_money(limit) for limit in limits):
            for number, (lower, higher) in enumerate(pairwise(limits), start=2):
                if parse_fen(str(higher)) < parse_fen(str(lower)):
                    wrong(f"{path}.ceilings[{number}].{key}", f"at least {lower}, what the role below may give", higher)


def _check_reasons(path: str, rows: Sequence[Row], wrong: Wrong) -> None:
    numbered = list(_numbered(path, rows))
    seconds = [_numbered(f"{row_path}.second", rows_of(row, "second")) for row_path, row in numbered]
    _once([*numbered, *(entry for second in seconds for entry in second)], wrong)
    codes = [row.get("code") for row in rows]
    for code in (OTHER, PORT_OUT):
        if code not in codes:
            wrong(path, f"a reason with the code {code}", None)
    for row_path, row in numbered:
        if row.get("code") in (OTHER, PORT_OUT) and "second" in row:
            wrong(f"{row_path}.second", f"no second level under {row['code']}: it has a rule of its own", row["second"])


def _check_offer(path: str, offer: Row, wrong: Wrong) -> None:
    unit = str(offer.get("unit"))
    for key, most in (("value", "largest"), ("months", "longest")):
        low, high = offer.get(key), offer.get(most)
        if isinstance(low, int) and isinstance(high, int) and low > high:
            wrong(f"{path}.{key}", f"at most {most}, which is {high}", low)
    if unit in UNITS_BY_MONTH and offer.get("months") == 0:
        wrong(f"{path}.months", f"at least 1 with the unit {unit}", 0)
    if unit in UNITS and unit not in UNITS_BY_MONTH and offer.get("longest") not in (0, None):
        wrong(f"{path}.longest", f"0 with the unit {unit}", offer.get("longest"))
    if unit in UNITS_WITHOUT_VALUE and offer.get("largest") not in (1, None):
        wrong(f"{path}.largest", f"1 with the unit {unit}: it is given or not given", offer.get("largest"))
    if unit == "percent_a_month" and isinstance(offer.get("largest"), int) and not is_whole(1, 100)(offer["largest"]):
        wrong(f"{path}.largest", "a percentage, at most 100", offer.get("largest"))
    is_priced_by_itself = unit in ("yuan_a_month", "percent_a_month", "yuan")
    if unit in UNITS and is_priced_by_itself == ("unit_cost" in offer):
        expected = "no such key: the unit says what it costs" if is_priced_by_itself else "what one unit costs the hall"
        wrong(f"{path}.unit_cost", expected, offer.get("unit_cost"))
    fits = offer.get("fits")
    if isinstance(fits, list) and PORT_OUT in fits:
        wrong(f"{path}.fits", "no PORT_OUT: whoever takes the number along is offered nothing", fits)


def _check_fits(document: Row, wrong: Wrong) -> None:
    """On every day on which a version begins, the offers in force name reasons in force."""
    reasons, offers = rows_of(document, "retention_reasons"), rows_of(document, "retention_offers")
    days = {row["valid_from"] for row in (*reasons, *offers) if type(row.get("valid_from")) is date}
    told: set[tuple[str, str]] = set()
    for on in sorted(day for day in days if isinstance(day, date)):
        codes = {code for _, row in _in_force("", reasons, on) for code in _codes(row)}
        for path, row in _in_force("retention_offers", offers, on):
            for offer_path, offer in _numbered(f"{path}.offers", rows_of(row, "offers")):
                fits = offer.get("fits")
                for code in fits if isinstance(fits, list) else ():
                    if codes and is_code(code) and code not in codes | {PORT_OUT} and (offer_path, code) not in told:
                        told.add((offer_path, code))
                        wrong(f"{offer_path}.fits", f"codes of reasons in force on {on}", code)


def _in_force(name: str, rows: Sequence[Row], on: date) -> list[tuple[str, Row]]:
    """The row in force on a day, with its path; before the first version, the first."""
    dated: list[tuple[date, str, Row]] = []
    for path, row in _numbered(name, rows):
        from_on = row.get("valid_from")
        if isinstance(from_on, date) and type(from_on) is date:
            dated.append((from_on, path, row))
    dated.sort(key=lambda entry: entry[0])
    begun = [entry for entry in dated if entry[0] <= on] or dated[:1]
    return [(path, row) for _, path, row in begun[-1:]]


def _codes(row: Row) -> Iterator[str]:
    for reason in rows_of(row, "reasons"):
        yield str(reason.get("code"))
        for second in rows_of(reason, "second"):
            yield str(second.get("code"))


def _once(numbered: Sequence[tuple[str, Row]] | Iterator[tuple[str, Row]], wrong: Wrong) -> None:
    seen: dict[object, str] = {}
    for path, row in numbered:
        code = row.get("code")
        if not is_code(code):
            continue
        if code in seen:
            wrong(f"{path}.code", f"a code of its own; {seen[code]} has it", code)
        seen.setdefault(code, path)


def _numbered(path: str, rows: Sequence[Row]) -> Iterator[tuple[str, Row]]:
    for number, row in enumerate(rows, start=1):
        yield f"{path}[{number}]", row
