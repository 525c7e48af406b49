"""Receipts as ESC/POS jobs, read back by the printer in software."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counter_app.devices.drawer import drawer_job
from counter_app.devices.escpos import Align, Encoding, EscPos, EscPosSettings, columns, encoded, wrapped
from counter_app.devices.receipt_escpos import receipt_escpos
from counter_app.documents.line_image import line_image
from counter_app.domain.receipts import ReceiptFacts, read_proof
from tests.devices.printer_80mm import Paper, Printer80mm, TextLine
from tests.documents import samples


def printed(receipt: ReceiptFacts, encoding: Encoding = Encoding.GB18030, *, is_reprint: bool = False) -> Paper:
    settings = EscPosSettings(encoding=encoding)
    mark = samples.SECOND_REPRINT if is_reprint else samples.ORIGINAL
    job = receipt_escpos(receipt, mark=mark, proof=samples.proof(receipt), settings=settings, line_image=line_image)
    return Printer80mm(encoding).print(job)


@pytest.mark.parametrize("encoding", Encoding)
def test_the_paper_shows_the_receipt(encoding: Encoding) -> None:
    paper = printed(samples.facts(stored_fen=1234), encoding)
    assert paper.lines == [
        "城东营业厅",
        "滨江市自来水有限公司",
        "缴费收据",
        "No. HZ01-03-2026-000123",
        "2026-11-21 14:03:22",
        "-" * 48,
        "客户编号  C00012345",
        "户名      张*丰",
        "户号      3301080012345",
        "地址      滨江市城东区解放路***号2幢1单元***室",
        "营业日    2026-11-21",
        "-" * 48,
        "2026年08月 B2026080000125                 108.59",
        "  本金 102.74 违约金 5.85（57天）",
        "  2026-09-26 至 2026-11-21",
        "  57天×1‰/日×102.74=5.8562",
        "2026年09月 B2026090000124                 107.14",
        "  本金 101.37 违约金 5.77（57天）",
        "  2026-09-26 至 2026-11-21",
        "  57天×1‰/日×101.37=5.7781",
        "2026年10月 B2026100000123                 100.00",
        "  本金 100.00",
        "余款转存预存款                             12.34",
        "-" * 48,
        "合计 ￥328.07",
        "人民币叁佰贰拾捌元零柒分",
        "-" * 48,
        "现金                                    ￥301.59",
        "银行卡（尾号 8817）                      ￥26.48",
        "实收                                    ￥350.00",
        "找零                                     ￥21.93",
        "缴前欠费                                ￥315.73",
        "缴后欠费                                  ￥0.00",
        "缴前预存款                                ￥0.00",
        "缴后预存款                               ￥12.34",
        "-" * 48,
        "收费员    李敏（工号 1003）",
        "柜台      3 号柜台",
        "客服热线  96390（24 小时）",
        "本收据为缴费凭证，请妥善保管。",
        "如需报销凭证，请凭本收据向收款单位申请开具。",
        "",
        "扫码验真",
        "",
        "（收款单位盖章）",
        "",
        "",
        "",
        "",
        "打印 2026-11-21 14:03:22 李敏",
    ]
    assert (paper.cuts, paper.kicks, paper.pictures) == (1, [], [])


def test_the_title_is_large_and_in_the_middle() -> None:
    items = printed(samples.facts()).items
    assert TextLine("缴费收据", align=1, size=2, is_bold=True) in items
    assert TextLine("合计 ￥315.73", align=2, size=2, is_bold=True) in items


def test_the_code_is_the_signed_proof() -> None:
    receipt = samples.facts()
    (code,) = printed(receipt).codes
    assert (code.text, code.level) == (samples.proof(receipt), ord("1"))
    assert read_proof(code.text).receipt_no == receipt.receipt_no
    # version 12 has 65 modules, 8 more are its quiet zone
    assert (65 + 8) * code.module_dots <= 576


def test_a_reprint_and_a_demo_say_so() -> None:
    lines = printed(samples.facts(is_demo=True), is_reprint=True).lines
    assert "补打 第 2 次 2026-11-23 14:03:22 王芳" in lines
    assert "【演示】演示数据 不是收款凭证" in lines


@pytest.mark.parametrize("name", samples.RARE_NAMES)
def test_a_line_with_a_rare_character_is_a_picture(name: str) -> None:
    receipt = replace(samples.facts(), customer_name_masked=f"张*{name}")
    paper = printed(receipt)
    (picture,) = paper.pictures
    assert len(picture.rows) == 24
    name_part = ["".join(row[120:]) for row in picture.rows]
    assert any("1" in row for row in name_part)
    assert "客户编号  C00012345" in paper.lines


def test_without_a_drawer_of_lines_a_rare_character_is_a_question_mark() -> None:
    job = EscPos(EscPosSettings())
    job.line("张𠮷 ¥5")
    assert Printer80mm(Encoding.GB18030).print(job.data()).lines == ["张? ￥5"]


@pytest.mark.parametrize("name", samples.HOSTILE)
@pytest.mark.parametrize("encoding", Encoding)
def test_hostile_names_stay_in_their_lines(name: str, encoding: Encoding) -> None:
    """The printer in software refuses control bytes in text, lines over the edge and broken commands."""
    receipt = samples.named(name)
    paper = printed(receipt, encoding)
    assert paper.codes[0].text == samples.proof(receipt)
    assert (paper.cuts, paper.kicks) == (1, [])
    assert "合计 ￥315.73" in paper.lines
    assert len(paper.items) < 100


def test_sixty_bills_fit_on_one_roll() -> None:
    receipt = samples.facts(*samples.many_lines(60))
    paper = printed(receipt)
    assert sum(line.startswith("20") and "月 B" in line for line in paper.lines) == 60
    assert read_proof(paper.codes[0].text).bills_sha256


def test_equal_facts_give_equal_bytes() -> None:
    receipt = samples.named("张𠮷")
    jobs = {
        receipt_escpos(
            ReceiptFacts.from_json(receipt.to_json()),
            mark=samples.ORIGINAL,
            proof=samples.proof(receipt),
            settings=EscPosSettings(),
            line_image=line_image,
        )
        for _ in range(2)
    }
    assert len(jobs) == 1


def test_the_drawer_opens_on_its_pin() -> None:
    assert drawer_job(EscPosSettings()) == b"\x1b@\x1bp\x00\x32\xc8"
    other = EscPosSettings(drawer_pin=5, pulse_on_ms=10_000, pulse_off_ms=0)
    paper = Printer80mm(Encoding.GB18030).print(drawer_job(other))
    assert (paper.kicks, paper.items) == ([(1, 510, 2)], [])


def test_a_job_may_kick_and_feed_without_a_knife() -> None:
    job = EscPos(EscPosSettings(has_cutter=False))
    job.line("零钱", align=Align.RIGHT)
    job.kick()
    job.cut()
    paper = Printer80mm(Encoding.GB18030).print(job.data())
    assert (paper.cuts, paper.kicks, paper.lines) == (0, [(0, 100, 400)], ["零钱", *[""] * 5])


def test_only_what_the_printer_holds_is_sent_as_text() -> None:
    assert encoded("5 €", Encoding.GB18030) is None  # the euro is not in GBK
    assert encoded("￥5", Encoding.GB18030) == "￥5".encode("gbk")
    assert encoded("䶮", Encoding.GB18030) is None  # four bytes
    assert encoded("𠮷", Encoding.UTF_8) is None
    assert encoded("镕", Encoding.UTF_8) == "镕".encode()


def test_lines_break_and_pairs_give_way() -> None:
    assert columns("a中‰") == 5
    assert wrapped("中文abc", 3) == ["中", "文a", "bc"]
    job = EscPos(EscPosSettings(columns=16))
    job.pair("很长很长的标签", "1,234.56")
    job.pair("a", "1" * 40)
    lines = Printer80mm(Encoding.GB18030, columns=16).print(job.data()).lines
    assert lines == ["很长…  1,234.56", "a 111111111111…"]
