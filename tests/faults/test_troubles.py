"""The shift's acts when the disk fails or a press comes twice: one entry, and sentences in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import CashCount, CashMoved
from counter_app.services import shifts
from counter_app.storage.hall import OpenHall
from counter_app.storage.trouble import CommitUncertain, NotRecorded, StoreTrouble
from counter_app.ui.language import use_language
from counter_app.ui.shifts.presenter import answers_no
from counter_app.ui.wording import sentences, trouble_sentences
from tests import halls
from tests.faults.conftest import is_chinese


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    yield
    use_language("zh")


def in_both(words: Callable[[], str], *parts: str) -> None:
    """Words in Chinese and in English, each with what must stand in both."""
    use_language("zh")
    shown = words()
    assert is_chinese(shown), shown
    use_language("en")
    english = words()
    assert english, shown
    assert not is_chinese(english.replace("换零钱", "")), english
    for part in parts:
        assert part in shown, shown
        assert part in english, english


@pytest.mark.parametrize("kind", [NotRecorded, CommitUncertain])
def test_a_disk_that_fails_at_an_act_of_the_shift_speaks_of_no_customer(kind: type[StoreTrouble]) -> None:
    said: list[str] = []
    trouble = kind("disk I/O error")

    def words() -> str:
        answers_no(said.append)[1](trouble)
        assert said[-1] != trouble_sentences(trouble), "these are the words for a payment"
        return said[-1]

    in_both(words, "disk I/O error")


def test_the_same_press_of_cash_is_one_entry(hall: OpenHall) -> None:
    intent = new_intent_id()
    before = shifts.sheet(hall)
    assert before is not None
    for _ in range(2):
        sheet = shifts.move_cash(hall, halls.teller(), 20_000, "换零钱", intent)
        assert sheet.expected_cash_fen == before.expected_cash_fen + 20_000
    with pytest.raises(Refused) as refused:
        shifts.move_cash(hall, halls.teller(), -20_000, "换零钱", intent)
    refusal = refused.value.refusal
    assert refusal == CashMoved(20_000, "换零钱")
    in_both(lambda: sentences(refusal), "200.00", "换零钱")
    out = CashMoved(-15_000, "换零钱")
    in_both(lambda: sentences(out), "150.00")


def test_the_same_press_of_opening_and_closing_is_one_entry(hall: OpenHall) -> None:
    sheet = shifts.sheet(hall)
    assert sheet is not None
    count, closing = CashCount({10_000: sheet.expected_cash_fen // 10_000}), new_intent_id()
    first, again = (halls.close_shift(hall, halls.teller(), count, "", closing) for _ in range(2))
    assert again.shift.closed_at is not None
    assert replace(again, shift=first.shift) == first
    opening = new_intent_id()
    assert len({shifts.open_shift(hall, halls.teller(), count, opening).shift_id for _ in range(2)}) == 1
