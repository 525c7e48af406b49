"""Slips for undone payments, and receipts that no longer count: what they say, on every paper and printer."""

from __future__ import annotations

from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp

from counter_app.devices.escpos import Encoding, EscPosSettings
from counter_app.devices.receipt_escpos import receipt_escpos
from counter_app.devices.undo_escpos import undo_escpos
from counter_app.documents.line_image import line_image
from counter_app.documents.paper import Paper
from counter_app.documents.receipt import receipt_pdf
from counter_app.documents.undo_slip import missing_in_undo_slip, undo_slip_pdf
from counter_app.domain.papers import facts_text
from counter_app.domain.undo_slips import (
    MOVE_SLIP,
    REFUND_SLIP,
    REVERSE_SLIP,
    UndoSlipFacts,
    undo_slip_of_text,
)
from tests.devices.printer_80mm import Printer80mm
from tests.documents import samples
from tests.documents.undo_samples import VOID_REPRINT, slip

ALL = (
    *("城东营业厅", "滨江市自来水有限公司", "HZ01-03-2026-000123", "3301080012345", "￥229.52", "￥209.52"),
    *(
        "人民币贰佰零玖元伍角贰分",
        "退回预存款￥20.00",
        "扣回原存入预存款￥12.34",
        "收错金额：多收一期",
        "李敏1003",
        "赵敏2001",
    ),
    *("2026年08月", "B2026090000125", "102.74", "5.85", "108.59", "96390（24小时）", "客户（或代办人）签收"),
)
CHEQUE = "银行进账单（凭证尾号5521）￥26.48（收款时为支票，支票已交存银行）"
OWN = {
    REVERSE_SLIP: ("冲正凭证", "CZ000001", "现金￥183.04", "银行卡（凭证尾号8817）￥26.48", "原收据已收回"),
    REFUND_SLIP: ("退费凭证", "TF000001", CHEQUE, "不改变原缴费当日账目", "24332000000012345678"),
    MOVE_SLIP: ("串户更正凭证", "CH000001", "3301080054321"),
}


def text_of(pdf: bytes) -> tuple[int, str]:
    """How many pages, and all that stands on them without spaces."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[n].get_textpage().get_text_range() for n in range(len(document))]
    document.close()
    return len(pages), "".join("".join(pages).split())


def printed(facts: UndoSlipFacts) -> str:
    """What the printer in software shows of it."""
    job = undo_escpos(facts, mark=samples.ORIGINAL, settings=EscPosSettings(), line_image=line_image)
    return "".join("".join(Printer80mm(Encoding.GB18030).print(job).lines).split())


@pytest.mark.parametrize("kind", OWN)
def test_a_slip_says_all_that_it_must_on_every_paper_and_printer(kind: str) -> None:
    facts = slip(kind)
    assert undo_slip_of_text(facts_text(facts)) == facts
    for paper in Paper:
        count, text = text_of(undo_slip_pdf(facts, paper=paper, mark=samples.ORIGINAL))
        assert count == 1
        assert [part for part in (*ALL, *OWN[kind]) if part.replace(" ", "") not in text] == []
        assert "补打" not in text
        assert "演示" not in text
    on_roll = printed(facts)
    assert [part for part in (*ALL, *OWN[kind]) if part not in on_roll] == []


def test_signature_and_what_is_signed_stand_on_one_page() -> None:
    pdf = undo_slip_pdf(replace(slip(bills=5), is_demo=True), paper=Paper.A5, mark=samples.SECOND_REPRINT)
    document = pypdfium2.PdfDocument(pdf)
    last = document[len(document) - 1].get_textpage().get_text_range()
    document.close()
    assert "签收" in last
    assert "本人已收讫" in last
    count, text = text_of(pdf)
    assert (count, text.count("补打第2次")) == (2, 2)
    assert "演示数据不作凭证" in text


def test_rare_names_print_as_themselves_and_what_no_font_holds_is_said_before() -> None:
    name = "".join(samples.RARE_NAMES)
    for paper in Paper:
        assert name in text_of(undo_slip_pdf(slip(name=name), paper=paper, mark=samples.ORIGINAL))[1]
    job = undo_escpos(slip(name=name), mark=samples.ORIGINAL, settings=EscPosSettings(), line_image=line_image)
    assert len(Printer80mm(Encoding.GB18030).print(job).pictures) == 1
    assert missing_in_undo_slip(slip(name="张😀"), samples.ORIGINAL) == "😀"
    assert missing_in_undo_slip(slip(), samples.SECOND_REPRINT) == ""


@pytest.mark.parametrize("change", [{"back_fen": 1}, {"from_books_fen": -1}, {"kind": "other"}, {"bills": ()}])
def test_facts_that_contradict_themselves_become_no_paper(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="slip"):
        replace(slip(), **change)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize("paper", Paper)
def test_a_receipt_that_no_longer_counts_says_so_across_it_and_still_scans(paper: Paper) -> None:
    receipt = samples.facts()
    pdf = receipt_pdf(receipt, paper=paper, mark=VOID_REPRINT, proof=samples.proof(receipt))
    text = text_of(pdf)[1]
    parts = 1 if paper is Paper.ROLL_80 else 2
    assert text.count("作废2026-11-21冲正凭证HZ01-03-2026-CZ000001") == parts
    assert text.count("作废") > parts
    document = pypdfium2.PdfDocument(pdf)
    image = document[0].render(scale=203 / 72, grayscale=True).to_pil()
    document.close()
    assert {code.text for code in zxingcpp.read_barcodes(image)} == {samples.proof(receipt)}


def test_a_receipt_printer_says_large_that_a_receipt_no_longer_counts() -> None:
    receipt = samples.facts()
    job = receipt_escpos(receipt, mark=VOID_REPRINT, proof=samples.proof(receipt), settings=EscPosSettings())
    lines = Printer80mm(Encoding.GB18030).print(job).lines
    assert "作废" in lines
    assert "作废2026-11-21冲正凭证HZ01-03-2026-CZ000001" in "".join("".join(lines).split())
