"""The month's table of exits: what it sums up, what is signed of it, and what changed since."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.domain.retention import Result
from counter_app.domain.retention_months import (
    BadMonth,
    ExitCount,
    ExitLine,
    ExitMonth,
    Review,
    body_of,
    changed_lines,
    exit_month,
    is_over,
    leaves_of,
    review_of,
    signed_table,
)
from counter_app.domain.retention_rules import RetentionRules
from counter_app.storage.rules import load_pack

OCTOBER = date(2026, 10, 1)
LEFT, REFUSED = Result.LEFT, Result.REFUSED_TALK


def rules() -> RetentionRules:
    found = load_pack("telecom").retention(OCTOBER)
    assert found is not None
    return found


CODES = st.sampled_from(
    ["", "OLD_CODE", *(code for r in rules().reasons for code in (r.code, *(second.code for second in r.second)))]
)
COUNTS = st.lists(st.builds(ExitCount, CODES, st.sampled_from([LEFT, REFUSED]), st.integers(1, 9)), max_size=20)


def a_table() -> ExitMonth:
    now = [
        ExitCount("PRICE", LEFT, 1),
        ExitCount("PRICE_FEE_HIGH", LEFT, 2),
        ExitCount("PRICE_FEE_HIGH", REFUSED, 1),
        ExitCount("RELOCATE", LEFT, 3),
        ExitCount("", LEFT, 1),
    ]
    before = [ExitCount("PRICE", REFUSED, 2), ExitCount("NO_NEED", LEFT, 5), ExitCount("RELOCATE", LEFT, 1)]
    return exit_month(date(2026, 10, 9), now, before, rules())


def test_the_table_has_the_whole_then_reasons_and_those_below_them() -> None:
    table = a_table()
    assert table.month == OCTOBER
    assert [(line.level, line.reason, line.left, line.refused, line.before) for line in table.lines] == [
        (0, "", 7, 1, 8),
        (1, "PRICE", 3, 1, 2),
        (2, "PRICE_FEE_HIGH", 2, 1, 0),
        (2, "PRICE", 1, 0, 2),
        (1, "RELOCATE", 3, 0, 1),
        (1, "", 1, 0, 0),
        (1, "NO_NEED", 0, 0, 5),
    ]


def test_a_review_is_given_back_and_an_empty_one_is_not_written() -> None:
    review = Review("机会", "", "反馈", "调整")
    body = body_of(a_table(), review)
    assert (review_of(body), signed_table(body)) == (review, a_table())
    assert body_of(a_table(), Review()) == body_of(a_table())
    assert review_of(body_of(a_table())) == Review()


def test_a_month_without_exits_is_a_table_too() -> None:
    table = exit_month(OCTOBER, [], [], rules())
    assert table.lines == (ExitLine(0, "", 0, 0, 0),)
    assert signed_table(body_of(table)) == table


@given(COUNTS, COUNTS)
def test_every_exit_is_counted_once_and_the_body_gives_the_table_back(
    now: list[ExitCount], before: list[ExitCount]
) -> None:
    table = exit_month(OCTOBER, now, before, rules())
    assert signed_table(body_of(table)) == table
    leaves = leaves_of(table)
    assert set(leaves) == {count.reason for count in (*now, *before)}
    for reason, line in leaves.items():
        assert line.left == sum(c.count for c in now if c.reason == reason and c.result is LEFT)
        assert line.refused == sum(c.count for c in now if c.reason == reason and c.result is REFUSED)
        assert line.before == sum(c.count for c in before if c.reason == reason)
    assert table.whole.exits == sum(c.count for c in now)


@given(COUNTS, st.randoms())
def test_the_order_of_the_counts_changes_nothing(now: list[ExitCount], chance: Any) -> None:
    other = list(now)
    chance.shuffle(other)
    assert exit_month(OCTOBER, now, [], rules()).digest == exit_month(OCTOBER, other, [], rules()).digest


@pytest.mark.parametrize("place", range(7))
@pytest.mark.parametrize("cell", [2, 3, 4])
def test_any_other_number_is_another_digest_and_no_signed_table(place: int, cell: int) -> None:
    body = body_of(a_table())
    body["lines"][place][cell] += 1
    with pytest.raises(BadMonth, match="digest"):
        signed_table(body)


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda b: b.update(more=1), "keys"),
        (lambda b: b.update(month="2026-13"), "keys"),
        (lambda b: b.update(review=["", "", ""]), "review"),
        (lambda b: b.update(review=["", "", "", 4]), "review"),
        (lambda b: b.update(review="四个字呢"), "review"),
        (lambda b: b.update(month="2026-09"), "digest"),
        (lambda b: b["lines"].clear(), "no line of the whole"),
        (lambda b: b["lines"][1].append(3), "line"),
        (lambda b: b["lines"][1].__setitem__(2, -1), "line"),
        (lambda b: b["lines"][1].__setitem__(2, True), "line"),
        (lambda b: b["lines"][1].__setitem__(1, None), "line"),
    ],
)
def test_a_body_that_nobody_wrote_is_no_signed_table(harm: Any, why: str) -> None:
    body = body_of(a_table())
    harm(body)
    with pytest.raises(BadMonth, match=why):
        signed_table(body)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([(0, "", 3, 0, 0), (1, "PRICE", 2, 0, 0)], "sum"),
        ([(0, "", 2, 0, 0), (1, "PRICE", 2, 0, 0), (2, "PRICE_FEE_HIGH", 1, 0, 0)], "sum"),
        ([(0, "", 2, 0, 0), (2, "PRICE_FEE_HIGH", 2, 0, 0)], "level"),
        ([(0, "", 2, 0, 0), (1, "PRICE", 1, 0, 0), (1, "PRICE", 1, 0, 0)], "twice"),
    ],
)
def test_lines_that_do_not_sum_up_are_no_table(lines: list[tuple[int, str, int, int, int]], why: str) -> None:
    table = ExitMonth(OCTOBER, tuple(ExitLine(*line) for line in lines))
    with pytest.raises(BadMonth, match=why):
        signed_table(body_of(table))


def test_what_changed_since_a_signature_stands_with_what_was_signed() -> None:
    signed = exit_month(OCTOBER, [ExitCount("PRICE", LEFT, 1), ExitCount("RELOCATE", LEFT, 1)], [], rules())
    now = exit_month(OCTOBER, [ExitCount("PRICE", LEFT, 2), ExitCount("NETWORK", LEFT, 1)], [], rules())
    assert changed_lines(signed, signed) == {}
    assert changed_lines(signed, now) == {
        (0, ""): ExitLine(0, "", 2, 0, 0),
        (1, "PRICE"): ExitLine(1, "PRICE", 1, 0, 0),
        (1, "NETWORK"): ExitLine(1, "NETWORK", 0, 0, 0),
        (1, "RELOCATE"): ExitLine(1, "RELOCATE", 1, 0, 0),
    }


@pytest.mark.parametrize(("day", "expected"), [(date(2026, 10, 31), False), (date(2026, 11, 1), True)])
def test_a_month_is_over_on_the_first_day_of_the_next(day: date, expected: bool) -> None:
    assert is_over(date(2026, 10, 20), day) is expected
