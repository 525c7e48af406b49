"""A receipt for money that another channel took: once in the whole hall, marked with where it was paid, one invoice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.refusals import Refused
from counter_app.domain.topups import TopupNoted, TopupUnknown
from counter_app.domain.undo_refusals import InvoiceNoted
from counter_app.services import book_history, book_slips, invoices, topups
from counter_app.storage.books import books_of_customer
from counter_app.storage.hall import OpenHall
from tests import halls
from tests.sync.feeds import Feed, findings

TELLER = halls.teller()
WHOSE = (1, 11)
HERE, THERE = "topup:online:W1", "topup:card:K-2"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path / "hall")
    feed = Feed()
    for kind in ("customer", "account", "service", "counter", "book"):
        feed.add(kind)
    for move_id, fen in ((HERE, 5_000), (THERE, 700)):
        feed.add("book_move", move_id=move_id, amount_fen=fen, counter_id="", at="2026-11-20")
    feed.add("book_move", move_id=f"noted:{THERE}", amount_fen=0, counter_id="c2", at="2026-11-21T01:00:00+00:00")
    assert feed.into(opened).held == 0
    yield opened
    opened.close()


def test_a_receipt_for_a_top_up_is_given_once_and_says_where_it_was_paid(hall: OpenHall) -> None:
    number = topups.give(hall, TELLER, WHOSE, HERE, new_intent_id())
    assert number == "HZ01-03-2026-YC000001"
    assert topups.give(hall, TELLER, WHOSE, HERE, new_intent_id()) == number, "the same one again"
    with pytest.raises(Refused) as caught:
        topups.give(hall, TELLER, WHOSE, THERE, new_intent_id())
    assert caught.value.refusal == TopupNoted("K-2", "2 号台")
    for unknown in ("topup:online:W9", f"noted:{THERE}", "opening:41"):
        with pytest.raises(Refused) as caught:
            topups.give(hall, TELLER, WHOSE, unknown, new_intent_id())
        assert caught.value.refusal == TopupUnknown(unknown)

    first = book_slips.order_print(hall, TELLER, number, paper="a5", printer="pdf")
    again = book_slips.order_print(hall, TELLER, number, paper="a5", printer="pdf")
    said, copied = _words(book_slips.render(first)), _words(book_slips.render(again))
    for part in ("预存款收据", number, "网上营业厅", "W1", "2026-11-20", "￥50.00", "伍拾元整", "未另收款", "不是发票"):
        assert part in said, (part, said)
    assert "补打" in copied.replace("再打的注明补打", "")

    day = halls.NOW.date()
    invoices.note(hall, TELLER, number, "2433", day, new_intent_id())
    with pytest.raises(Refused) as caught:
        invoices.note(hall, TELLER, number, "2434", day, new_intent_id())
    assert caught.value.refusal == InvoiceNoted(number, "2433")

    lines = book_history.history(hall, TELLER, 11)
    assert [(line.moved.what, line.moved.amount_fen, line.balance_fen) for line in lines] == [
        ("topup", 700, 10_700),
        ("topup", 5_000, 10_000),
        ("opening", 5_000, 5_000),
    ]
    assert [(line.moved.source, line.moved.paper_no, line.moved.counter_name) for line in lines[:2]] == [
        ("card", "", "2 号台"),
        ("online", number, ""),
    ]
    with hall.reading() as reading:
        assert [book.book.balance_fen for book in books_of_customer(reading, 1)] == [lines[0].balance_fen]
    assert findings(hall) == []


def _words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[n].get_textpage().get_text_range() for n in range(len(document))]
    document.close()
    return "".join("".join(pages).split())
