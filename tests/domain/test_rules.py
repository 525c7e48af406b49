"""Rule packs load whole, answer for a day, and name every error at once."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from datetime import date
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counter_app.domain.bills import Bill
from counter_app.domain.calendar import Calendar
from counter_app.domain.late_fees import late_fee
from counter_app.domain.money import Rate
from counter_app.domain.refusals import Refused
from counter_app.domain.rule_checks import BadPack, RuleError, check_pack
from counter_app.domain.rule_fields import TENDERS, TRADES
from counter_app.domain.rules import pack_of, parse_pack
from counter_app.resources import resource
from counter_app.storage.rules import load_calendar, load_pack

ON = date(2026, 1, 15)
Document = dict[str, Any]


def _text(trade: str = "electricity") -> str:
    return resource("rules", f"{trade}.toml").read_text(encoding="utf-8")


def _errors(text: str) -> dict[str, RuleError]:
    with pytest.raises(Refused) as refused:
        parse_pack(text, file="electricity.toml")
    refusal = refused.value.refusal
    assert isinstance(refusal, BadPack)
    assert all(error.file == "electricity.toml" and error.expected for error in refusal.errors)
    return {error.key: error for error in refusal.errors}


@pytest.mark.parametrize("trade", TRADES)
def test_every_shipped_pack_is_whole_and_names_its_sources(trade: str) -> None:
    pack = load_pack(trade)
    assert pack.trade == trade
    assert pack.version_on(ON).startswith(f"{trade}/")
    assert set(pack.tenders(ON)) == set(TENDERS)
    assert "发票" not in pack.receipt(ON).title
    assert pack.thresholds(ON).reveals_per_day == 20
    assert not pack.thresholds(ON).is_cash_rounded_to_jiao
    assert pack.book_order(ON) == ("earmarked", "benefit", "cash")
    assert pack.allocation_policy(ON).bill_order == "oldest_first"
    assert pack.dunning_ladder(ON)
    assert "active" in pack.service_states(ON)
    for rule in pack.in_force(ON):
        assert rule.source
        assert rule.valid_from <= ON
    for customer_class in ("resident", "other"):
        policy = pack.late_fee_policy("resident" if customer_class == "resident" else "other", ON)
        assert policy.legal_basis
        assert policy.source
        assert policy is pack.late_fee_policy(policy.customer_class, ON)


@pytest.mark.parametrize(
    ("trade", "rates"),
    [
        ("telecom", ("0.003", "0.003")),
        ("electricity", ("0.001", "0.002")),
        ("gas", ("0.003", "0.003")),
        ("water", ("0.005", "0.005")),
        ("heating", ("0.001", "0.001")),
        ("property", ("0.003", "0.003")),
    ],
)
def test_rates_by_trade_and_class(trade: str, rates: tuple[str, str]) -> None:
    pack = load_pack(trade)
    found = (pack.late_fee_policy("resident", ON).rate, pack.late_fee_policy("other", ON).rate)
    assert found == (Rate.parse(rates[0]), Rate.parse(rates[1]))


def test_electricity_changes_its_version_on_the_first_of_june_2024() -> None:
    pack = load_pack("electricity")
    before, after = date(2024, 5, 31), date(2024, 6, 1)
    assert (pack.version_on(before), pack.version_on(after)) == ("electricity/1996", "electricity/2024")
    assert [pack.late_fee_policy("other", day).version for day in (before, after)] == ["1996", "2024"]
    assert [pack.late_fee_policy("resident", day).floor_fen for day in (before, after)] == [100, 0]
    assert pack.late_fee_policy("resident", before).floor_scope == "per_collection"
    bill = Bill(1, "1", 1, "2023-12", date(2023, 12, 15), 200_000)
    working = late_fee(bill, pack.late_fee_policy("other", date(2024, 6, 2)), date(2024, 6, 2))
    assert [(s.version, s.year_kind, s.days) for s in working.segments] == [
        ("1996", "same_year", 16),
        ("1996", "cross_year", 152),
        ("2024", "cross_year", 2),
    ]


def test_what_differs_between_the_trades() -> None:
    assert load_pack("electricity").tenders(ON, "load_control") == ("card", "bank_slip", "prepaid")
    assert load_pack("water").tenders(ON, "load_control") == load_pack("water").tenders(ON)
    assert {trade: load_pack(trade).restore_hours(ON) for trade in TRADES} == {
        "telecom": 48,
        "electricity": 24,
        "gas": 24,
        "water": 24,
        "heating": 24,
        "property": None,
    }
    whole = [t for t in TRADES if load_pack(t).allocation_policy(ON).is_late_fee_paid_with_principal]
    assert whole == ["electricity"]
    assert [t for t in TRADES if not load_pack(t).cut_rule(ON).is_allowed] == ["property"]
    assert load_pack("heating").late_fee_policy("resident", ON).cap is not None


def test_credit_blacklist_and_what_is_not_configured() -> None:
    telecom = load_pack("telecom")
    assert [(c.level, c.pay_months, c.stop_months, c.deposit_months) for c in telecom.credit_levels(ON)] == [
        ("high", 3, 3, 0),
        ("middle", 2, 2, 3),
        ("low", 1, 1, 6),
    ]
    rule = telecom.blacklist_rule(ON)
    assert rule is not None
    assert (rule.min_arrears_fen, rule.within_years) == (500, 2)
    assert {key for key, _ in telecom.not_configured} == {"red_list_fine", "fraud_status"}
    assert load_pack("water").blacklist_rule(ON) is None
    assert load_pack("water").credit_levels(ON) == ()


def test_a_day_before_the_first_version_is_answered_by_the_first() -> None:
    pack = load_pack("electricity")
    assert pack.version_on(date(1990, 1, 1)) == "electricity/1996"
    assert pack.late_fee_policy("resident", date(1990, 1, 1)).version == "1996"


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ('rate_per_day = "0.002"', 'rate_per_day = "0.02"', "late_fee[3].rate_per_day", "0.01"),
        ('rate_per_day = "0.002"', "rate_per_day = 0.002", "late_fee[3].rate_per_day", "text"),
        ('rate_per_day = "0.002"', 'rate_per_day = "-0.002"', "late_fee[3].rate_per_day", "rate"),
        ('rate_per_day = "0.002"\n', "", "late_fee[3].rate_per_day", "rate"),
        ('min_total = "1.00"', 'min_total = "1.005"', "late_fee[1].min_total", "yuan"),
        ("allow_skip = false", 'allow_skip = "no"', "allocation[1].allow_skip", "true or false"),
        ("allow_skip = false", "allow_skp = false", "allocation[1].allow_skp", "no such key"),
        ('"late_fee", "principal"]', '"late_fee", "late_fee"]', "allocation[1].order", "without repeats"),
        ('allowed = ["card"', 'allowed = ["shells"', "tenders[2].allowed", "cash, card, qr"),
        ('source = "004-5"\n', "", "tenders[2].source", "not empty"),
        ('source = "004-5"', 'source = " "', "tenders[2].source", "not empty"),
        ("[[books]]", "[[bookz]]", "books", "at least one [[books]]"),
        ("[[books]]", "[[bookz]]", "bookz", "no such key"),
        ('trade = "electricity"', 'trade = "sewage"', "trade", "telecom"),
        ("valid_from = 2024-06-01\nrate", "valid_from = 2024-06-02\nrate", "late_fee[2].valid_from", "(gap)"),
        ("valid_from = 2024-06-01\nrate", "valid_from = 2024-05-31\nrate", "late_fee[2].valid_from", "(overlap)"),
        ("valid_from = 2024-06-01\nrate", "valid_from = 1996-10-08\nrate", "late_fee[2].valid_from", "(overlap)"),
        ("valid_from = 2024-06-01\nrate", 'valid_from = "2024-06-01"\nrate', "late_fee[2].valid_from", "a date"),
        ("valid_from = 2024-06-01\nrate", "valid_from = 2024-06-01T00:00:00\nrate", "late_fee[2].valid_from", "a date"),
        (
            'name = "2024"\nvalid_from = 2024-06-01',
            'name = "2024"\nvalid_from = 2024-06-01\nvalid_to = 2025-01-01',
            "versions[2].valid_to",
            "(gap)",
        ),
        ('customer_class = "resident"', 'customer_class = "other"', "late_fee", "customer_class resident"),
        ('business = "fee"', 'business = "other_fee"', "tenders", "business fee"),
        ("[[restore]]", "[[restore_not]]", "restore", "at least one [[restore]]"),
        ("reveals_per_day = 20", "reveals_per_day = 0", "thresholds[1].reveals_per_day", "from 1"),
        ("after_days = 31", "after_days = -1", "dunning[1].steps", "after_days"),
    ],
)
def test_each_kind_of_error_names_the_key_and_what_was_expected(old: str, new: str, key: str, expected: str) -> None:
    assert old in _text()
    errors = _errors(_text().replace(old, new))
    assert key in errors, errors
    assert expected in errors[key].expected


def test_all_errors_of_a_pack_are_told_at_once() -> None:
    text = _text().replace("allow_skip = false", "").replace('surplus = "prepaid"', 'surplus = "tips"')
    assert set(_errors(text.replace("within_hours = 24", "within_hours = 0"))) == {
        "allocation[1].allow_skip",
        "allocation[1].surplus",
        "restore[1].within_hours",
    }


def test_a_file_that_is_not_toml_says_where() -> None:
    errors = _errors("trade = \n")
    assert "line 1" in errors[""].found


def _cut(document: Document) -> None:
    document["cut"][0]["is_allowed"] = True


def _no_rows(document: Document) -> None:
    document["late_fee"] = "0.003"


def _empty(document: Document) -> None:
    document["cut"] = []


def _bad_unset(document: Document) -> None:
    document["not_configured"] = {"red_list_fine": ""}


@pytest.mark.parametrize(
    ("spoil", "key"),
    [
        (_cut, "cut[1].is_allowed"),
        (_no_rows, "late_fee"),
        (_empty, "cut"),
        (_bad_unset, "not_configured.red_list_fine"),
    ],
)
def test_meaning_is_checked_too(spoil: Callable[[Document], None], key: str) -> None:
    document = tomllib.loads(_text("property"))
    spoil(document)
    with pytest.raises(Refused) as refused:
        pack_of(document, file="property.toml")
    assert key in {error.key for error in cast("BadPack", refused.value.refusal).errors}


def _places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    nested = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, entry in nested for place in _places(entry, (*path, key))]


_ELECTRICITY = tomllib.loads(_text())
_junk: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.just({}),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=3,
)


@settings(max_examples=300)
@given(st.sampled_from(_places(_ELECTRICITY)), _junk)
def test_a_pack_with_junk_anywhere_loads_or_is_refused_but_never_crashes(place: tuple[Any, ...], junk: object) -> None:
    document: Any = copy.deepcopy(_ELECTRICITY)
    inside = document
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = junk
    if check_pack(document, "electricity.toml"):
        with pytest.raises(Refused):
            pack_of(document, file="electricity.toml")
    else:
        pack = pack_of(document, file="electricity.toml")
        assert pack.in_force(ON)
        assert pack.thresholds(ON).cash_limit_fen >= 0
        assert late_fee(Bill(1, "1", 1, "2025-01", ON, 100), pack.late_fee_policy("other", ON), ON).due_fen == 0


def test_a_policy_that_moves_due_dates_carries_the_calendar() -> None:
    text = _text("gas").replace("is_waivable = true", "is_waivable = true\nroll_due_date_over_holidays = true")
    calendar = Calendar(frozenset({date(2025, 1, 28)}), has_weekends=False)
    pack = parse_pack(text, file="gas.toml", calendar=calendar)
    policy = pack.late_fee_policy("resident", ON)
    assert late_fee(Bill(1, "1", 1, "2025-01", date(2025, 1, 28), 10_000), policy, ON).starts_on == date(2025, 1, 30)


def test_the_calendar_knows_holidays_weekends_and_days_worked_in_exchange() -> None:
    calendar = load_calendar()
    assert calendar.known_years == {2024, 2025, 2026}
    assert calendar.next_working_day(date(2025, 1, 28)) == date(2025, 2, 5)
    assert not calendar.is_rest_day(date(2025, 1, 26))
    assert calendar.is_rest_day(date(2025, 1, 25))
    assert calendar.next_working_day(date(2025, 10, 1)) == date(2025, 10, 9)


def test_an_unknown_trade_has_no_pack() -> None:
    with pytest.raises(FileNotFoundError):
        load_pack("sewage")
    assert load_pack("water") is load_pack("water")
