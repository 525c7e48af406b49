"""Hostile names are names: kept byte for byte, found, shown, printed, and paid for like any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from counter_app.documents import fonts
from counter_app.services import customers, receipts, search
from counter_app.storage.search_index import index_customers
from counter_app.storage.verify import verify
from tests import halls
from tests.faults.teller import open_ground

NAMES = {
    "rich text": "<b>张三</b><img src=x onerror=alert(1)>&lt;",
    "formula": '=HYPERLINK("http://x";"张三")',
    "formula, plus": "+8613800000000",
    "right to left": "\u202e三张\u202c\u2067李\u2069\u200f",
    "quotes and wildcards": 'O\'Neil "100%" _*?[a] -- ; DROP TABLE bills',
    "long": "长" * 10_000,
    "nul": "张\x00三",
    "control": "张\r\n\t\x1b[31m三\x7f",
    "combining": "e\u0301" + "\u0336" * 50 + "Ｚ\u200b\u200d\ufeff",
    "emoji": "👨‍👩‍👧‍👦🏳️‍🌈张",
    "rare": "㐂𠮷𪚥䶮",
    "markup of a paragraph": '<para><font size="99">&#x110000;</font></para>',
    "format": "{name} %s %(x)s ${x} \\N{DIGIT ONE}",
    "path": "../../etc/passwd\\..\\con",
    "only spaces": "\u3000\u00a0 \u2003",
}


def test_half_a_character_is_refused_before_it_is_written(tmp_path: Path) -> None:
    hall = halls.a_hall(tmp_path / "hall")
    with pytest.raises(UnicodeEncodeError):
        halls.a_customer(hall, name="张\ud800三")
    search.find(hall, "张\ud800三")
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    halls.pay(hall, someone, halls.cash(500))
    assert verify(hall.store).is_clean
    hall.close()


@pytest.mark.parametrize("kind", NAMES)
def test_a_hostile_name_is_only_a_name(tmp_path: Path, kind: str) -> None:
    name = NAMES[kind]
    hall = halls.a_hall(tmp_path / "hall")
    someone = halls.three_months_behind(hall, name=name)
    halls.an_open_shift(hall)
    with hall.writing() as work:
        index_customers(work, [someone.customer_id])
    page = customers.open_customer(hall, halls.teller(), someone.customer_id)
    assert page.record.customer.name == name
    assert customers.reveal(hall, halls.teller(), someone.customer_id, "name", "核对姓名") == name
    search.find(hall, name[:60])
    assert [hit.customer_id for hit in search.find(hall, "10002345").hits] == [someone.customer_id]
    _, taken = halls.pay(hall, someone, halls.cash(500))
    assert taken.facts.change_fen > 0
    order = receipts.order_print(hall, halls.teller(), taken.receipt_no, paper="a5", printer="pdf")
    for paper in ("a5", "a4", "roll-80"):
        assert receipts.preview(hall, halls.teller(), taken.receipt_no, paper, halls.NOW).startswith(b"%PDF")
    assert receipts.render(order) == receipts.render(order)
    assert receipts.facts_of(hall, taken.receipt_no) == taken.facts
    assert isinstance(fonts.missing_characters(taken.facts.customer_name_masked), str)
    assert verify(hall.store).is_clean
    hall.close()
    again = open_ground(hall.folder)
    assert halls.position(again, someone).due_fen == 0
    assert customers.open_customer(again, halls.teller(), someone.customer_id).record.customer.name == name
    again.close()
