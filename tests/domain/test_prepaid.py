"""Books pay in their order, earmarked ones their items only, and nothing is lost or invented."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from counter_app.domain.money import Rate
from counter_app.domain.pay_on_behalf import PayRule, pay_on_behalf
from counter_app.domain.prepaid import Book, use_books

ON = date(2024, 6, 15)
names = st.sampled_from(["voice", "data", "broadband"])
bills = st.lists(st.tuples(names, st.integers(0, 5_000)), max_size=4)
books = st.lists(
    st.builds(
        Book,
        book=st.uuids().map(str),
        balance_fen=st.integers(0, 5_000),
        items=st.lists(names, max_size=2, unique=True).map(tuple),
        priority=st.none() | st.integers(1, 3),
        valid_to=st.none() | st.dates(date(2024, 6, 1), date(2024, 7, 1)),
    ),
    max_size=4,
)


@settings(max_examples=500)
@given(bills, books)
def test_nothing_is_lost_and_no_book_pays_what_it_must_not(
    items: list[tuple[str, int]], given_books: list[Book]
) -> None:
    used = use_books(items, given_books, ON)
    assert sum(fen for _, fen in used.taken) + used.unpaid_fen == sum(fen for _, fen in items)
    by_name = {book.book: book for book in given_books}
    for (book, taken_fen), (_, left_fen) in zip(used.taken, used.left, strict=True):
        assert taken_fen + left_fen == by_name[book].balance_fen
        assert taken_fen == 0 or not by_name[book].is_expired(ON)
    for use in used.uses:
        assert use.amount_fen > 0
        assert not by_name[use.book].items or use.item in by_name[use.book].items
    open_items = {item for item, _ in used.unpaid}
    for book, left_fen in used.left:
        is_usable = left_fen and not by_name[book].is_expired(ON)
        assert not (is_usable and open_items & set(by_name[book].items or open_items))


def test_the_order_is_earmarked_then_the_soonest_end_then_open_ended_then_cash() -> None:
    given_books = [
        Book("cash", 1_000),
        Book("gift", 1_000, kind="benefit"),
        Book("later", 1_000, valid_to=date(2024, 9, 30)),
        Book("sooner", 1_000, valid_to=date(2024, 6, 15)),
        Book("expired", 1_000, valid_to=date(2024, 6, 14)),
        Book("earmarked", 1_000, items=("voice",)),
    ]
    used = use_books([("voice", 4_500)], given_books, ON)
    assert [(use.book, use.amount_fen) for use in used.uses] == [
        ("earmarked", 1_000),
        ("sooner", 1_000),
        ("later", 1_000),
        ("gift", 1_000),
        ("cash", 500),
    ]
    assert dict(used.left)["expired"] == 1_000


def test_a_priority_comes_before_the_kind() -> None:
    used = use_books([("voice", 100)], [Book("earmarked", 100, ("voice",), priority=2), Book("cash", 100, priority=1)])
    assert dict(used.taken) == {"earmarked": 0, "cash": 100}


@settings(max_examples=500)
@given(
    bills,
    st.lists(
        st.builds(
            PayRule,
            rule_type=st.sampled_from(["item", "quota", "ratio"]),
            items=st.lists(names, max_size=2, unique=True).map(tuple),
            limit_fen=st.none() | st.integers(0, 5_000),
            ratio=st.builds(Rate, st.integers(0, 100), st.just(2)),
            priority=st.integers(0, 3),
        ),
        max_size=4,
    ),
)
def test_group_and_member_pay_the_bill_together(items: list[tuple[str, int]], rules: list[PayRule]) -> None:
    result = pay_on_behalf(items, rules)
    assert result.group_pays_fen + result.member_pays_fen == sum(fen for _, fen in items)
    assert [fen >= 0 for _, fen in result.member_items] == [True] * len(items)
    assert [step.rule.priority for step in result.steps] == sorted(rule.priority for rule in rules)
    for step in result.steps:
        assert step.group_pays_fen == sum(fen for _, fen in step.by_item) <= step.seen_fen
        assert all(not step.rule.items or item in step.rule.items for item, _ in step.by_item)


def test_each_later_rule_sees_what_the_earlier_ones_left() -> None:
    items = [("mailbox", 500), ("voice", 8_000), ("data", 4_300)]
    rules = [
        PayRule("ratio", ratio=Rate.parse("0.5"), priority=3),
        PayRule("quota", limit_fen=5_000, items=("voice",), priority=2),
        PayRule("item", items=("mailbox",), priority=1),
    ]
    result = pay_on_behalf(items, rules)
    assert [step.group_pays_fen for step in result.steps] == [500, 5_000, 3_650]
    assert result.member_items == (("mailbox", 0), ("voice", 1_500), ("data", 2_150))
