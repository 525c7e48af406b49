"""The slip of an undone payment: issued with the undo, sealed, printed on whatever there is; and the void receipt."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2

from counter_app.domain.print_marks import Void
from counter_app.services import receipts, undo_slips
from counter_app.storage.hall import OpenHall
from counter_app.storage.verify import verify
from tests import halls
from tests.sync.feeds import harm
from tests.undoing import undo

TELLER = halls.teller()
NUMBER = "HZ01-03-2026-CZ000001"


def words_of(pdf: bytes) -> str:
    """All that stands on a paper, without spaces."""
    document = pypdfium2.PdfDocument(pdf)
    text = "".join(document[n].get_textpage().get_text_range() for n in range(len(document)))
    document.close()
    return re.sub(r"\s", "", text)


def test_the_slip_comes_with_the_undo_and_the_receipt_is_void_from_then_on(hall: OpenHall, tmp_path: Path) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, someone, halls.cash(500))
    stands = receipts.preview(hall, TELLER, taken.receipt_no, "a5", halls.NOW)
    assert receipts.void_of(hall, taken.receipt_no) is None
    assert undo(hall, taken.payment_id).slip_no == NUMBER
    assert receipts.void_of(hall, taken.receipt_no) == Void("冲正凭证", NUMBER, halls.NOW.date())
    void = receipts.order_print(hall, TELLER, taken.receipt_no, paper="a5", printer="pdf")
    assert "作废" not in words_of(stands)
    assert words_of(receipts.render(void)).count(f"作废2026-11-21冲正凭证{NUMBER}") == 2
    order = undo_slips.order_print(hall, TELLER, NUMBER, paper="a5", printer="pdf")
    text = words_of(undo_slips.render(order))
    for part in (taken.receipt_no, "张*", "收错金额：多收一笔", "王芳1001", "赵敏2001", "原收据已收回", "2026年06月"):
        assert part in text, part
    assert Path(undo_slips.send(hall, order)).name == f"{NUMBER}-1.pdf"
    # a receipt printer gets the second print in its own language
    device = tmp_path / "lp0"
    device.write_bytes(b"")
    again = undo_slips.order_print(hall, TELLER, NUMBER, paper="roll-80", printer=f"device:{device}")
    undo_slips.send(hall, again)
    assert "冲正凭证".encode("gb18030") in device.read_bytes()
    assert "补打".encode("gb18030") in device.read_bytes()
    assert verify(hall.store).findings == ()


def test_a_slip_that_was_edited_is_found(tmp_path: Path) -> None:
    hall = halls.a_hall(tmp_path / "edited")
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, someone, halls.cash(500))
    undo(hall, taken.payment_id)
    changed = "CAST(replace(CAST(content AS TEXT), '赵敏', '孙强') AS BLOB)"
    harm(hall, f"UPDATE side_records SET content = {changed} WHERE kind = 'paper.reverse_slip'")
    assert "paper facts" in [finding.what for finding in verify(hall.store).findings]
    hall.close()
