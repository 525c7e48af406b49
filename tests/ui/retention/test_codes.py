"""The contract of a service by the hall's own rows, and one set of codes for equipment, follow-ups and audits."""

from __future__ import annotations

from datetime import date

import pytest

from counter_app.domain import retention_paper_words as on_paper
from counter_app.domain.retention_contract import PENALTY, UNTIL, Contract, contract_of
from counter_app.domain.retention_paper_words import EQUIPMENT
from counter_app.services import retention_after
from counter_app.storage.visits import NO_WISH
from counter_app.ui.retention.presenter_whole import MISSES, OUTCOMES
from counter_app.ui.retention.words import ITEMS, ITEMS_OF, RECOVERIES


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


def test_screen_entry_and_paper_share_the_other_codes_too() -> None:
    assert tuple(RECOVERIES) == retention_after.RECOVERIES == tuple(on_paper.RECOVERIES)
    assert tuple(MISSES) == retention_after.MISSES == tuple(on_paper.MISSES)
    assert tuple(OUTCOMES) == retention_after.OUTCOMES == tuple(on_paper.OUTCOMES)
    assert retention_after.OUTCOMES[-1] == NO_WISH
