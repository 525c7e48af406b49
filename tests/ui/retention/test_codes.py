"""The contract of a service by the hall's own rows, and one set of codes for the equipment."""

from __future__ import annotations

from datetime import date

import pytest

from counter_app.domain.retention_contract import PENALTY, UNTIL, Contract, contract_of
from counter_app.domain.retention_paper_words import EQUIPMENT
from counter_app.ui.retention.words import ITEMS, ITEMS_OF


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, None),
        ({UNTIL: "2027-03-31"}, None),
        ({PENALTY: "无"}, None),
        ({PENALTY: "0"}, Contract(0, None)),
        ({PENALTY: " 240.5 ", UNTIL: "2027-03-31"}, Contract(24_050, date(2027, 3, 31))),
        ({PENALTY: "240.00", UNTIL: "三月底"}, Contract(24_000, None)),
    ],
)
def test_only_a_sum_of_money_is_a_contract_that_is_known(facts: dict[str, str], expected: Contract | None) -> None:
    assert contract_of(facts) == expected


def test_screen_entry_and_paper_share_the_codes_of_the_equipment() -> None:
    assert set(ITEMS) == set(EQUIPMENT)
    assert {code for codes in ITEMS_OF.values() for code in codes} <= set(EQUIPMENT)
