"""Receipts on every paper: what they say, that they say it twice in the same bytes, and that nothing breaks them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp

from counter_app.documents import test_page
from counter_app.documents.paper import Paper
from counter_app.documents.receipt import missing_in_receipt, receipt_pdf
from counter_app.domain import receipt_wording as wording
from counter_app.domain.receipts import PrintMark, ReceiptFacts, ReceiptTender, read_proof
from tests.documents import samples

PARTS = {Paper.A5: 2, Paper.A4: 2, Paper.ROLL_80: 1}


def pdf(receipt: ReceiptFacts, paper: Paper, mark: PrintMark = samples.ORIGINAL) -> bytes:
    return receipt_pdf(receipt, paper=paper, mark=mark, proof=samples.proof(receipt))


@contextmanager
def opened(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(data)
    yield document
    document.close()


def pages(data: bytes) -> list[str]:
    """The text of each page, one line per printed line."""
    with opened(data) as document:
        return [document[n].get_textpage().get_text_range().replace("\r\n", "\n") for n in range(len(document))]


@pytest.mark.parametrize("paper", Paper)
def test_a_receipt_says_all_that_it_must(paper: Paper) -> None:
    """The list of domain_rules 2.5."""
    receipt = samples.facts(samples.line(2, cost_fen=500), samples.line(1), stored_fen=1234, prepaid_fen=5_000)
    text = "".join(pages(pdf(receipt, paper)))
    wanted = [
        *("城东营业厅", "滨江市自来水有限公司", "缴费收据", "HZ01-03-2026-000123", "2026-11-21 14:03:22"),
        *("C00012345", "张*丰", "滨江市城东区解放路***号2幢1单元***", "3301080012345"),
        *("2026年08月", "B2026080000125", "102.74", "5.85", "57天×1‰/日×102.74=5.8562", "5.00", "113.59"),
        *("余款转存预存款", "12.34", "￥233.07", "人民币贰佰叁拾叁元零柒分"),
        *("现金", "￥156.59", "银行卡（尾号 8817）", "￥26.48", "￥200.00", "找零", "￥16.93", "预存款抵扣", "￥50.00"),
        *("￥220.73", "￥0.00", "李敏（工号 1003）", "3 号柜台", "96390（24 小时）", "收款单位盖章", "扫码验真"),
        *("本收据为缴费凭证，请妥善保管。", "打印 2026-11-21 14:03:22 李敏"),
    ]
    assert [part for part in wanted if part not in text] == []
    assert "发票" not in text
    assert "演示" not in text
    assert text.count("HZ01-03-2026-000123") == PARTS[paper]
    if PARTS[paper] == 2:
        assert re.search("第一联\\s?客户联", text)
        assert re.search("第二联\\s?存根联", text)


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("count", [1, 3, 8, 9, 10, 60])
def test_the_printed_total_is_the_sum_of_the_printed_lines(paper: Paper, count: int) -> None:
    receipt = samples.facts(*samples.many_lines(count), stored_fen=777)
    all_pages = pages(pdf(receipt, paper))
    shown = all_pages[: len(all_pages) // 2] if paper is not Paper.ROLL_80 and len(all_pages) > 1 else all_pages
    text = "\n".join(shown)
    if paper is Paper.A4 and len(all_pages) == 1:
        text = text[: text.index("城东营业厅", 10)]
    amounts = re.findall(r"^20\d\d年\d\d月.* ([\d,]+\.\d\d)$", text, re.MULTILINE)
    amounts += re.findall(r"^余款转存预存款 ([\d,]+\.\d\d)$", text, re.MULTILINE)
    (total,) = re.findall(r"(?:^合计.*) ￥([\d,]+\.\d\d)$", text, re.MULTILINE)
    assert len(amounts) == count + 1
    assert sum(map(fen, amounts)) == fen(total) == receipt.total_fen


def fen(text: str) -> int:
    return int(text.replace(",", "").replace(".", ""))


def test_many_bills_flow_over_numbered_pages() -> None:
    receipt = samples.facts(*samples.many_lines(60))
    on_a5 = pages(pdf(receipt, Paper.A5))
    on_a4 = pages(pdf(receipt, Paper.A4))
    assert (len(on_a5), len(on_a4)) == (10, 4)
    assert [re.findall(r"第 (\d) 页 / 共 (\d) 页", page) for page in on_a5[:5]] == [
        [(str(n), "5")] for n in range(1, 6)
    ]
    assert [page.count("合计（大写）") for page in on_a5] == [0, 0, 0, 0, 1] * 2
    assert "页 /" not in "".join(pages(pdf(samples.facts(), Paper.A5)))


@pytest.mark.parametrize("count", range(1, 40))
def test_the_closing_block_never_stands_alone(count: int) -> None:
    text = pages(pdf(samples.facts(*samples.many_lines(count)), Paper.A5))
    assert re.search("20\\d\\d年\\d\\d月", text[-1])
    assert sum(len(re.findall("20\\d\\d年\\d\\d月", page)) for page in text) == 2 * count


@pytest.mark.parametrize("paper", Paper)
def test_reprints_and_demo_halls_say_so(paper: Paper) -> None:
    text = "".join(pages(pdf(samples.facts(is_demo=True), paper, samples.SECOND_REPRINT)))
    assert "补打 第 2 次 2026-11-23 14:03:22 王芳" in text
    assert text.count("演示数据 不是收款凭证") == PARTS[paper]
    first = "".join(pages(pdf(samples.facts(), paper)))
    assert "补打" not in first


@pytest.mark.parametrize("paper", Paper)
def test_equal_facts_give_equal_bytes(paper: Paper) -> None:
    receipt = samples.facts(stored_fen=1234)
    again = ReceiptFacts.from_json(receipt.to_json())
    assert pdf(receipt, paper) == pdf(again, paper)
    assert pdf(receipt, paper) != pdf(receipt, paper, samples.SECOND_REPRINT)


@pytest.mark.parametrize("paper", Paper)
def test_an_ordinary_receipt_is_small(paper: Paper) -> None:
    assert len(pdf(samples.facts(), paper)) <= 40_000


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("count", [3, 60])
def test_the_code_scans_at_the_printer_s_resolution(paper: Paper, count: int) -> None:
    receipt = samples.facts(*samples.many_lines(count))
    dpi = 203 if paper is Paper.ROLL_80 else 300
    with opened(pdf(receipt, paper)) as document:
        last = document[len(document) - 1]
        image = last.render(scale=dpi / 72, grayscale=True).to_pil()
        found = zxingcpp.read_barcodes(image)
    assert {code.text for code in found} == {samples.proof(receipt)}
    proof = read_proof(found[0].text)
    assert (proof.receipt_no, proof.amount_fen) == (receipt.receipt_no, receipt.total_fen)


@pytest.mark.parametrize("paper", Paper)
def test_rare_names_print_copy_and_search_as_themselves(paper: Paper) -> None:
    name = "".join(samples.RARE_NAMES)
    receipt = replace(samples.facts(), customer_name_masked=name, teller_name="𠮷㛃")
    data = pdf(receipt, paper)
    text = "".join(pages(data))
    assert text.replace("\n", "").count(name) == PARTS[paper]
    assert "𠮷㛃（工号 1003）" in text
    with opened(data) as document:
        assert document[0].get_textpage().search("㛃䶮").get_next() is not None


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("name", samples.HOSTILE)
def test_hostile_names_leave_the_rest_as_it_is(paper: Paper, name: str) -> None:
    plain = samples.facts()
    hostile = pages(pdf(samples.named(name, of=plain), paper))
    assert len(hostile) == len(pages(pdf(plain, paper)))
    text = "".join(hostile)
    assert "￥315.73" in text
    assert "人民币叁佰壹拾伍元柒角叁分" in text
    assert "HZ01-03-2026-000123" in text
    assert not set(text) & set("\u202e\u2066\u200f\u200d\x00\ud800")


def test_what_a_receipt_cannot_show_is_said_before() -> None:
    receipt = replace(samples.facts(), customer_name_masked="张😀", footer=("\U0010ffff", "😀"))
    assert missing_in_receipt(receipt, samples.ORIGINAL) == "😀\U0010ffff"
    assert missing_in_receipt(samples.facts(), replace(samples.ORIGINAL, staff_name="𠮷\ue000")) == "\ue000"
    assert missing_in_receipt(samples.facts(is_demo=True), samples.SECOND_REPRINT) == ""


@pytest.mark.parametrize("paper", Paper)
def test_nothing_is_drawn_outside_the_paper_s_margins(paper: Paper) -> None:
    """Long names and large sums are cut or made smaller: 3 mm at each side stay white."""
    large = samples.facts(samples.line(1, cost_fen=98_765_432_109), stored_fen=1)
    receipt = samples.named("龘" * 200 + "W" * 200, of=large)
    receipt = replace(
        receipt, tenders=tuple(ReceiptTender(f"{n}" * 30, t.amount_fen) for n, t in enumerate(large.tenders))
    )
    mark = replace(samples.SECOND_REPRINT, staff_name="龘" * 300)
    with opened(pdf(receipt, paper, mark)) as document:
        page = document[0].render(scale=2, grayscale=True).to_pil()
    margin = round(3 * 72 / 25.4 * 2)
    for left in (0, page.width - margin):
        strip = page.crop((left, 0, left + margin, page.height))
        assert min(strip.tobytes()) == 255
    text = "".join(pages(pdf(receipt, paper)))
    assert wording.money(receipt.total_fen) in text


@pytest.mark.parametrize("paper", Paper)
def test_the_trial_page_shows_ruler_and_fonts(paper: Paper) -> None:
    (text,) = pages(test_page.test_page_pdf(paper))
    assert "打印测试页" in text
    assert "𬭎㛃䶮𠮷𡈽" in text.replace("\n", "")


def test_the_second_part_of_a4_is_as_black_as_the_first() -> None:
    with opened(pdf(samples.facts(), Paper.A4)) as document:
        page = document[0].render(scale=2, grayscale=True).to_pil()
    heading_height, half = 80, page.height // 2
    darkest = [min(page.crop((0, top, page.width, top + heading_height)).tobytes()) for top in (40, half + 40)]
    assert darkest[0] == darkest[1]
