"""Amounts are read exactly or refused, rates are exact, and shares add up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.domain.money import LARGEST_FEN, BadAmount, BadRate, Rate, format_fen, half_up, parse_fen, share
from counter_app.domain.refusals import Refused


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("1234.5", 123_450),
        ("1,234.50", 123_450),
        ("１，２３４．５０", 123_450),
        (" ￥ 81.20 ", 8_120),
        ("¥81.2", 8_120),
        ("81.", 8_100),
        (".5", 50),
        ("0081.20", 8_120),
        ("1\u00a0234.50", 123_450),
        ("999,999,999,999.99", LARGEST_FEN),
    ],
)
def test_amounts_as_people_write_them(text: str, fen: int) -> None:
    assert parse_fen(text) == fen


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("￥", "empty"),
        ("abc", "not_a_number"),
        ("1e3", "not_a_number"),
        ("1.2.3", "not_a_number"),
        ("12,34", "not_a_number"),
        ("1,2345", "not_a_number"),
        (".", "not_a_number"),
        ("+1", "not_a_number"),
        ("٣", "not_a_number"),
        ("1.005", "too_many_decimals"),
        ("1.000", "too_many_decimals"),
        ("1000000000000.00", "too_large"),
        ("-1", "negative"),
    ],
)
def test_anything_else_is_refused_with_its_fault(text: str, fault: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_fen(text)
    assert refused.value.refusal == BadAmount(text, fault)  # type: ignore[arg-type]  # the table holds plain texts


@given(st.integers(-LARGEST_FEN, LARGEST_FEN), st.booleans())
def test_what_is_printed_reads_back(fen: int, grouping: bool) -> None:
    assert parse_fen(format_fen(fen, grouping=grouping), allow_negative=True) == fen


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_halves_go_away_from_zero(numerator: int, denominator: int) -> None:
    exact = (Decimal(numerator) / Decimal(denominator)).quantize(Decimal(1), ROUND_HALF_UP)
    assert abs(Fraction(numerator, denominator) - half_up(numerator, denominator)) <= Fraction(1, 2)
    assert half_up(numerator, denominator) == int(exact)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_shares_add_up_and_differ_from_the_ratio_by_less_than_a_fen(total_fen: int, weights: list[int]) -> None:
    parts = share(total_fen, weights)
    assert sum(parts) == total_fen
    assert all(
        abs(part - Fraction(total_fen * weight, sum(weights))) < 1 for part, weight in zip(parts, weights, strict=True)
    )


def test_the_largest_remainder_takes_the_odd_fen_and_the_earlier_on_a_tie() -> None:
    assert share(10_000, [10_000, 5_000]) == [6_667, 3_333]
    assert share(1, [1, 1, 1]) == [1, 0, 0]
    assert share(0, [0, 0]) == [0, 0]
    with pytest.raises(ValueError, match="weights of 0"):
        share(1, [0])


@pytest.mark.parametrize(
    ("text", "numerator", "places", "per_mille"),
    [("0.003", 3, 3, "3"), ("0.0005", 5, 4, "0.5"), ("1", 1, 0, "1000"), ("0.50", 5, 1, "500"), ("0", 0, 0, "0")],
)
def test_rates_are_exact(text: str, numerator: int, places: int, per_mille: str) -> None:
    rate = Rate.parse(text)
    assert (rate.numerator, rate.places, rate.per_mille) == (numerator, places, per_mille)
    assert Decimal(rate.text) == Decimal(text)


@pytest.mark.parametrize("text", ["", "-0.001", "1e-3", "0,003", ".5", "3‰", "nan"])
def test_other_rates_are_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        Rate.parse(text)
    assert refused.value.refusal == BadRate(text)
