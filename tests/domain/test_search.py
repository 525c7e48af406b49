"""What a typed or pasted text asks for, judged by its shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.domain.search import (
    LONGEST_TEXT,
    NUMBERS,
    How,
    Kind,
    Lookup,
    local_landline,
    number_key,
    phone_key,
    read_query,
    text_key,
)

MOBILE = "13800000013"
IDENTITY = "11010519491231002X"


def asks(text: str) -> set[tuple[Kind, How, str]]:
    return {(kind, lookup.how, lookup.term) for lookup in read_query(text).lookups for kind in lookup.kinds}


@pytest.mark.parametrize(
    "text",
    [
        MOBILE,
        f"'{MOBILE}",
        f'="{MOBILE}"',
        f"＝“{MOBILE}”",
        f'"{MOBILE}"',
        "１３８００００００１３",
        "138-0000-0013",
        "138 0000 0013",
        "138\u00a00000\u00a00013",
        "\u200b138\u200d00000013\ufeff",
        f"\t{MOBILE}\r\n",
        "+86 138 0000 0013",
        "+8613800000013",
        "8613800000013",
        "008613800000013",
        "(+86)138-0000-0013",
        "1.3800000013E+10",
        "13800000013.0",
        f"\u202e{MOBILE}\u202c",
        f"手机号：{MOBILE}",
        f"联系电话: {MOBILE}",
    ],
)
def test_a_mobile_number_in_all_its_forms_is_asked_whole_and_first(text: str) -> None:
    first = read_query(text).lookups[0]
    assert Kind.PHONE in first.kinds
    assert (first.how, first.term) == (How.EXACT, MOBILE)


@pytest.mark.parametrize(
    "text", [IDENTITY, IDENTITY.lower(), "１１０１０５１９４９１２３１００２ｘ", "110105 19491231 002x"]
)
def test_a_resident_id_is_asked_whole_whatever_its_x(text: str) -> None:
    assert (Kind.IDENTITY, How.EXACT, IDENTITY) in asks(text)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("138", (Kind.PHONE, How.PREFIX, "138")),
        ("0013", (Kind.PHONE, How.SUFFIX, "0013")),
        ("尾号0013", (Kind.PHONE, How.SUFFIX, "0013")),
        ("002x", (Kind.IDENTITY, How.SUFFIX, "002X")),
        ("110105", (Kind.IDENTITY, How.PREFIX, "110105")),
        ("0551-6212 3456", (Kind.PHONE, How.EXACT, "055162123456")),
        ("1000 2345", (Kind.ACCOUNT, How.EXACT, "10002345")),
        ("db-0012", (Kind.METER, How.PREFIX, "DB0012")),
        ("91110000ma00000000", (Kind.IDENTITY, How.EXACT, "91110000MA00000000")),
        ("张", (Kind.NAME, How.PREFIX, "张")),
        ("张伟", (Kind.NAME, How.EXACT, "张伟")),
        ("张 伟", (Kind.NAME, How.EXACT, "张伟")),
        ("伟明", (Kind.NAME_PART, How.PREFIX, "伟明")),
        ("𬭎", (Kind.NAME, How.PREFIX, "𬭎")),
        ("艾力•买买提", (Kind.NAME, How.EXACT, "艾力买买提")),
        ("zhangwei", (Kind.PINYIN, How.PREFIX, "zhangwei")),
        ("Zhāng Wěi", (Kind.PINYIN, How.PREFIX, "zhangwei")),
        ("lǚ", (Kind.PINYIN, How.PREFIX, "lv")),
        ("xi'an", (Kind.PINYIN, How.PREFIX, "xian")),
        ("ZW", (Kind.INITIALS, How.EXACT, "zw")),
        ("O’Brien", (Kind.NAME, How.EXACT, "obrien")),
        ("供销社", (Kind.GROUP, How.PREFIX, "供销社")),
        ("幸福路123号", (Kind.WORDS, How.ANY, "幸福路123号")),
        ("张伟　幸福路", (Kind.WORDS, How.ANY, "张伟 幸福路")),
        ("张伟\t13800000013\t幸福路", (Kind.WORDS, How.ANY, "张伟 13800000013 幸福路")),
        ("锦绣花园 12-3-1201", (Kind.WORDS, How.ANY, "锦绣花园 12-3-1201")),
    ],
)
def test_the_shape_decides_what_is_asked(text: str, asked: tuple[Kind, How, str]) -> None:
    assert asked in asks(text)


@pytest.mark.parametrize("text", ["", " ", "\u200b", "1", "z", "％", "%", "_", "*", "?", '"', "'", "\ud800", "\u202e"])
def test_too_little_asks_for_more_instead_of_for_half_the_hall(text: str) -> None:
    query = read_query(text)
    assert query.is_too_short
    assert query.lookups == ()


@pytest.mark.parametrize("sign", ["%", "*", "?", "^", "$", "#"])
def test_a_wildcard_stays_an_ordinary_sign_of_the_name_asked_for(sign: str) -> None:
    assert (Kind.NAME, How.EXACT, f"张{sign}伟") in asks(f"张{sign}伟")


def test_whole_numbers_come_before_their_beginnings_and_these_before_their_ends() -> None:
    hows = [lookup.how for lookup in read_query("100023").lookups]
    assert hows == [How.EXACT, How.PREFIX, How.SUFFIX]


def test_names_come_before_pinyin_and_initials_and_the_address_last() -> None:
    kinds = [lookup.kinds[0] for lookup in read_query("wei ming").lookups]
    assert kinds.index(Kind.NAME) < kinds.index(Kind.PINYIN) < kinds.index(Kind.INITIALS) < kinds.index(Kind.WORDS)


def test_the_first_digits_of_an_id_are_too_many_people_to_ask_for() -> None:
    assert not any(kind is Kind.IDENTITY and how is How.PREFIX for kind, how, _ in asks("11010"))


@given(st.text())
def test_no_text_fails_and_every_term_is_in_the_form_of_the_index(text: str) -> None:
    for lookup in read_query(text).lookups:
        assert lookup.term
        if lookup.kinds[0] in NUMBERS and lookup.how is not How.PREFIX:
            assert lookup.term == number_key(lookup.term)
        if lookup.kinds[0] is Kind.NAME:
            assert lookup.term == text_key(lookup.term)


@given(st.text(alphabet=st.characters(categories=["Cs", "Cc", "Cf", "Co", "Cn", "Mn", "So", "Nd"])))
def test_no_odd_sign_fails(text: str) -> None:
    query = read_query(text)
    assert query.is_too_short or query.lookups
    "".join(lookup.term for lookup in query.lookups).encode("utf-8")


@given(st.text(max_size=40))
def test_keys_are_the_same_when_made_again(text: str) -> None:
    assert number_key(number_key(text)) == number_key(text)
    assert "".join(text_key(text).split()) == text_key(text)


def test_ten_thousand_signs_are_cut_to_what_is_looked_at() -> None:
    for sign in "张1a'%":
        query = read_query(sign * 10_000)
        assert all(len(lookup.term) <= LONGEST_TEXT for lookup in query.lookups)


@pytest.mark.parametrize(
    ("written", "digits", "local"),
    [
        ("0551-62123456", "055162123456", "62123456"),
        ("(010)6512-3456", "01065123456", "65123456"),
        ("020 8765 4321", "02087654321", "87654321"),
        ("+86-13800000013", MOBILE, ""),
        ("400-800-1234", "4008001234", ""),
    ],
)
def test_phones_are_compared_by_their_digits(written: str, digits: str, local: str) -> None:
    assert phone_key(written) == digits
    assert local_landline(digits) == local


def test_the_same_question_is_asked_once() -> None:
    lookups: tuple[Lookup, ...] = read_query("wang").lookups
    assert len(lookups) == len(set(lookups))
