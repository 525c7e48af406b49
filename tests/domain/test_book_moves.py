"""Moves and refunds of prepaid money neither lose nor make a fen, whatever the books and the wish."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counter_app.domain.allocation import AllocationPolicy
from counter_app.domain.book_history import BookMoved, balances_of, lines_of
from counter_app.domain.book_moves import MoveWish, Target, plan_move, plan_refund, targets
from counter_app.domain.book_refusals import NothingToGiveBack
from counter_app.domain.customers import Account, HeldBook
from counter_app.domain.payments import Position
from counter_app.domain.prepaid import Book, BookKind, BookRules, Purpose
from counter_app.domain.refusals import Refused

ON = date(2026, 11, 22)
KINDS: tuple[BookKind, ...] = ("cash", "earmarked", "benefit")
RULES = BookRules(("cash", "earmarked"), (Purpose("load_control", "负控购电", ("负控购电",), 1),))
PARTS = st.tuples(
    st.sampled_from(KINDS),
    st.integers(0, 5_000),
    st.none() | st.dates(ON - timedelta(3), ON + timedelta(3)),
    st.sampled_from([(), ("负控购电",), ("电费",)]),
)
BOOKS = st.lists(PARTS, min_size=1, max_size=4)


def at_desk(parts: list[tuple[BookKind, int, date | None, tuple[str, ...]]]) -> Position:
    """An account without bills and services that has these books."""
    held = tuple(
        HeldBook(n, 1, f"账本{n}", Book(str(n), fen, items, 5, to, kind))
        for n, (kind, fen, to, items) in enumerate(parts, 1)
    )
    policy = AllocationPolicy("oldest_first", ("collection_cost", "late_fee", "principal"), False, "prepaid", False)
    return Position(ON, Account(1, "1001", 1, "", {}, None, None), (), (), held, policy, ())


@settings(max_examples=80)
@given(BOOKS, st.integers(0, 5), st.integers(0, 3), st.integers(-1, 6_000))
def test_a_move_puts_in_what_it_takes_out_of_money_that_may_move(
    parts: list[tuple[BookKind, int, date | None, tuple[str, ...]]], book_id: int, place: int, fen: int
) -> None:
    position = at_desk(parts)
    to = targets([(1, "1001"), (2, "1002")], position.books, RULES, ON)
    assert [(one.account_id, one.name) for one in to if one.book_id is None][-2:] == [(2, "预存"), (2, "负控购电")]
    try:
        made = plan_move(position, to, RULES, MoveWish(book_id, to[place].key, fen, "改用"))
    except Refused:
        return
    before_fen = made.source.book.balance_fen + made.target.balance_fen
    assert made.source_left_fen + made.target_left_fen == before_fen
    assert min(made.source_left_fen, made.amount_fen) >= 0 < made.amount_fen
    assert made.source.id != made.target.book_id
    assert made.source.book.kind_of_money in RULES.own
    assert not made.source.book.is_expired(ON)
    assert isinstance(made.target, Target)


@settings(max_examples=60)
@given(BOOKS)
def test_a_refund_gives_back_own_money_only_and_names_all_the_rest(
    parts: list[tuple[BookKind, int, date | None, tuple[str, ...]]],
) -> None:
    position, kept_fen = at_desk(parts), sum(fen for kind, fen, *_ in parts if kind == "benefit")
    own_fen = sum(fen for _, fen, *_ in parts) - kept_fen
    if not own_fen:
        with pytest.raises(Refused) as caught:
            plan_refund(position, RULES, in_drawer_fen=10**9)
        assert caught.value.refusal == NothingToGiveBack("1001", kept_fen)
        return
    made = plan_refund(position, RULES, in_drawer_fen=own_fen)
    assert (made.amount_fen, made.kept_fen) == (own_fen, kept_fen)
    assert all(held.book.kind_of_money != "benefit" for held in made.books)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 5), st.integers(-900, 900)), max_size=12))
def test_the_newest_line_of_a_book_stands_at_the_sum_of_all_that_moved_in_it(moves: list[tuple[int, int, int]]) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    lines = lines_of([BookMoved(book, start + timedelta(days), "x", fen) for book, days, fen in moves], {})
    assert balances_of(lines) == {
        book: sum(fen for one, _, fen in moves if one == book) for book in {one for one, *_ in moves}
    }
    assert [line.moved.at for line in lines] == sorted((line.moved.at for line in lines), reverse=True)
