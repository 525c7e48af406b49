"""Numbers that identify: one wrong sign is always found, ordinary ways of writing are taken, and masks hide what they
must.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counter_app.domain.identifiers import (
    check_bank_card,
    check_phone,
    check_resident_id,
    check_uscc,
    upgrade_resident_id,
)
from counter_app.domain.masks import MASKS, mask

TODAY = date(2026, 1, 1)
SAMPLE = "11010519491231002X"


@settings(max_examples=1_000)
@given(st.integers(0, 36_000), st.integers(0, 999), st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_wrong_digit_of_a_resident_id_is_always_found(days: int, order: int, place: int, digit: str) -> None:
    body = f"110105{(date(1900, 1, 1) + timedelta(days=days)):%Y%m%d}{order:03d}"
    whole = next(body + check for check in "0123456789X" if check_resident_id(body + check, TODAY).is_valid)
    assert [check for check in "0123456789X" if check_resident_id(body + check, TODAY).is_valid] == [whole[17]]
    changed = whole[:place] + digit + whole[place + 1 :]
    assert check_resident_id(changed, TODAY).is_valid == (changed == whole)


@pytest.mark.parametrize(
    ("text", "fails"),
    [
        ("110105 19491231 002x", ""),
        ("１１０１０５１９４９１２３１００２Ｘ", ""),
        ("1101051949123100２X", ""),
        (SAMPLE[:17], "length"),
        (SAMPLE + "0", "length"),
        ("1101051949123100-X", "charset"),
        ("X10105194912310020", "charset"),
        ("160105194912310020", "region"),
        ("000105194912310020", "region"),
        ("110105202602300020", "date"),
        ("110105202601020020", "date"),
        ("110105194900310020", "date"),
    ],
)
def test_the_first_check_that_fails_is_named(text: str, fails: str) -> None:
    assert check_resident_id(text, TODAY).fails == fails


def test_a_birth_date_of_the_future_fails_only_before_it() -> None:
    body = "11010520260102002"
    found = {check: check_resident_id(body + check, date(2026, 1, 2)) for check in "0123456789X"}
    assert [f.birth_on for f in found.values() if f.is_valid] == [date(2026, 1, 2)]


def test_an_old_id_becomes_a_new_one_only_when_it_is_one() -> None:
    assert upgrade_resident_id("110105491231002", TODAY).normalized == SAMPLE
    assert upgrade_resident_id("11010549123100", TODAY).fails == "length"
    assert upgrade_resident_id("11010549123100A", TODAY).fails == "charset"
    assert upgrade_resident_id("110105491331002", TODAY).fails == "date"


@settings(max_examples=500)
@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9), st.integers(0, 16))
def test_one_wrong_sign_of_a_credit_code_is_always_found(body: str, place: int) -> None:
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    head = "91999999" + body
    whole = next(head + check for check in signs if check_uscc(head + check).is_valid)
    other = signs[(signs.index(whole[place]) + 1) % (10 if 2 <= place < 8 else 31)]
    assert not check_uscc(whole[:place] + other + whole[place + 1 :]).is_valid


@settings(max_examples=500)
@given(st.text("0123456789", min_size=12, max_size=18).filter(lambda text: text.strip("0")), st.integers(0, 11))
def test_one_wrong_digit_of_a_bank_card_is_always_found(body: str, place: int) -> None:
    whole = next(body + check for check in "0123456789" if check_bank_card(body + check).is_valid)
    other = str((int(whole[place]) + 1) % 10)
    assert check_bank_card(whole[:4] + " " + whole[4:]).normalized == whole
    assert not check_bank_card(whole[:place] + other + whole[place + 1 :]).is_valid


@pytest.mark.parametrize(
    ("text", "kind", "normalized"),
    [
        ("138 0000 0000", "mobile", "13800000000"),
        ("138-0000-0000", "mobile", "13800000000"),
        ("+86 13800000000", "mobile", "13800000000"),
        ("8613800000000", "mobile", "13800000000"),
        ("0086-13800000000", "mobile", "13800000000"),
        ("01020000000", "landline", "010-20000000"),
        ("0755-2000000", "landline", "0755-2000000"),
        ("（0755）20000000转801", "landline", "0755-20000000-801"),
        ("0755-20000000 ext. 12", "landline", "0755-20000000-12"),
        ("+86 10-20000000", "mobile", ""),
        ("10086", "hotline", "10086"),
        ("96196", "hotline", "96196"),
        ("400-000-0000", "hotline", "4000000000"),
        ("120", "hotline", "120"),
    ],
)
def test_phones_as_people_write_them(text: str, kind: str, normalized: str) -> None:
    found = check_phone(text)
    assert (found.kind, found.normalized if found.is_valid else "") == (kind, normalized)


@pytest.mark.parametrize(
    ("text", "kind", "fails"),
    [
        ("13800000", "mobile", "length"),
        ("010-10000000", "landline", "number must not start with 0 or 1"),
        ("010-200000000", "landline", "length"),
        ("010-2000000a", "landline", "charset"),
        ("20000000", "landline", "area code"),
        ("", "mobile", "length"),
        ("phone", "hotline", "charset"),
    ],
)
def test_wrong_phones_name_the_check(text: str, kind: str, fails: str) -> None:
    found = check_phone(text)
    assert (found.kind, found.fails) == (kind, fails)


@pytest.mark.parametrize(
    ("kind", "text", "masked"),
    [
        ("name", "王小明", "王**"),
        ("name", "𠮷田", "𠮷*"),
        ("org_name", "示例有限公司", "示例有限公司"),
        ("resident_id", "110105491231002", "110********1002"),
        ("resident_id", "1234567", "*******"),
        ("resident_id_strict", SAMPLE, "1****************X"),
        ("mobile", "13800000000", "138****0000"),
        ("mobile", "138 0000 0000", "138****0000"),
        ("landline", "010-20000000", "010-****0000"),
        ("landline", "010-20000000-801", "010-****0000-***"),
        ("landline", "2000", "****"),
        ("phone", "010-20000000", "010-****0000"),
        ("bank_card", "9999 9900 0000 0006", "************0006"),
        ("bank_card", "1234", "****"),
        ("address", "示例市示例区示例小区5栋2单元101", "示例市示例区示例小区***"),
        ("address", "示例村三组12号", "示例村***"),
        ("address", "二七路3号", "二七路***"),
        ("address", "示例区经十路", "示例区经十路"),
        ("address", "18号", "***"),
        ("address", "", ""),
        ("email", "a@example.com", "a***@example.com"),
        ("email", "nobody", "******"),
        ("account_no", "1100220033", "1100**0033"),
        ("account_no", "12345678", "******78"),
        ("account_no", "123", "***"),
    ],
)
def test_masks(kind: str, text: str, masked: str) -> None:
    assert mask(kind, text) == masked


@given(
    st.sampled_from(sorted(set(MASKS) - {"org_name", "uscc", "address"})),
    st.text(max_size=30).filter(lambda text: "*" not in text),
)
def test_no_mask_lets_a_personal_text_through(kind: str, text: str) -> None:
    masked = mask(kind, text)
    assert masked != text or not text.strip(" -")
