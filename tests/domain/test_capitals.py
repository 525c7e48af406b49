"""Amounts in capitals read back in every accepted form and in no other; sums are called out in everyday words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counter_app.domain.capitals import BadCapital, printed_capital, read_capital, spoken_yuan, to_capital
from counter_app.domain.money import LARGEST_FEN
from counter_app.domain.refusals import Refused

sums = st.one_of(
    st.integers(-LARGEST_FEN, LARGEST_FEN),
    st.builds(lambda digits: int("".join(digits)), st.lists(st.sampled_from("0001259"), min_size=1, max_size=14)),
)


@settings(max_examples=1_000)
@given(sums)
def test_every_sum_reads_back(fen: int) -> None:
    capital = to_capital(fen)
    assert read_capital(capital) == fen
    assert read_capital(printed_capital(fen)) == fen
    assert "零零" not in capital


@settings(max_examples=1_000)
@given(sums.filter(bool))
def test_no_sum_reads_as_another_when_a_sign_is_lost(fen: int) -> None:
    capital = to_capital(fen)
    for i in range(len(capital)):
        try:
            read = read_capital(capital[:i] + capital[i + 1 :])
        except Refused:
            continue
        shorter = to_capital(read)
        assert read == fen or shorter.replace("零", "") == (capital[:i] + capital[i + 1 :]).replace("零", "")


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("人民币壹拾万柒仟元零伍角叁分", 10_700_053),
        ("壹拾万零柒仟元伍角叁分", 10_700_053),
        ("壹佰圆正", 10_000),
        ("貳萬叄仟陸佰圓整", 2_360_000),
        ("人民币 壹佰元整", 10_000),
        ("零元零壹分", 1),
        ("负壹佰元整", -10_000),
    ],
)
def test_variants_are_read(text: str, fen: int) -> None:
    assert read_capital(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        "人民币",
        "整",
        "元整",
        "壹佰元",
        "拾元整",
        "一百元整",
        "壹佰元零角伍分",
        "壹佰零元整",
        "叁拾元伍分",
        "陆仟柒元整",
        "玖拾捌亿伍仟元整",
        "壹佰元壹分整",
        "负零元整",
        "壹万亿元整",
        "两佰元整",
        "壹元整壹元整",
    ],
)
def test_what_the_rules_do_not_allow_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_capital(text)
    assert refused.value.refusal == BadCapital(text)


def test_sums_above_the_bound_are_refused() -> None:
    for write in (to_capital, spoken_yuan):
        with pytest.raises(Refused):
            write(LARGEST_FEN + 1)


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元"),
        (5, "五分"),
        (2, "两分"),
        (25, "两角五分"),
        (200, "两元"),
        (220, "两元二角"),
        (1_000, "十元"),
        (1_200, "十二元"),
        (3_243, "三十二元四角三分"),
        (10_005, "一百元零五分"),
        (10_500, "一百零五元"),
        (20_000, "二百元"),
        (31_757, "三百一十七元五角七分"),
        (35_000, "三百五十元"),
        (200_000, "两千元"),
        (222_222, "两千二百二十二元二角二分"),
        (2_020_000, "两万零二百元"),
        (12_000_000, "十二万元"),
        (-500, "负五元"),
    ],
)
def test_sums_are_called_out_in_everyday_words(fen: int, words: str) -> None:
    assert spoken_yuan(fen) == words
