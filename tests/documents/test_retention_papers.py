"""The papers of a retention case: everything they must say, long texts over pages, rare names, the same bytes twice."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime

import pypdfium2
import pytest

from counter_app.documents.dots import MOST_DOTS, read_png
from counter_app.documents.paper import Paper
from counter_app.documents.paragraphs import lines_of
from counter_app.documents.retention_papers import missing_in_paper, paper_pdf
from counter_app.domain.paper_wording import yuan
from counter_app.domain.print_marks import PrintMark
from counter_app.domain.retention_papers import (
    VERSION,
    ExitSlipFacts,
    PaperAgent,
    PaperFacts,
    PaperKind,
    facts_of_text,
    is_same,
    text_of_facts,
)
from tests.documents import paper_samples as samples

KINDS = list(PaperKind)


def pdf(facts: PaperFacts, paper: Paper = Paper.A4, mark: PrintMark = samples.ORIGINAL, drawing: bytes = b"") -> bytes:
    return paper_pdf(facts, paper=paper, mark=mark, drawing=drawing)


@contextmanager
def opened(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(data)
    yield document
    document.close()


def pages(data: bytes) -> list[str]:
    with opened(data) as document:
        return [document[n].get_textpage().get_text_range().replace("\r\n", "\n") for n in range(len(document))]


def said(data: bytes) -> str:
    """All text without spaces and line ends, as a person reads over a line break."""
    return re.sub(r"\s", "", "".join(pages(data)))


def leaves(value: object) -> Iterator[object]:
    """Every single value in a frozen value."""
    if is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from leaves(getattr(value, part.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from leaves(item)
    else:
        yield value


NOT_SHOWN = {"6f1c2f7e", "03", "c0ffee", "register", "work_order", "exit_slip", "drawing", "6b3c", "ab12" * 16}
"""Ids by which a paper is found, and codes that become words."""


@pytest.mark.parametrize("kind", KINDS)
def test_every_text_day_and_moment_of_the_facts_is_on_the_paper(kind: PaperKind) -> None:
    facts = samples.of(kind)
    text = said(pdf(facts, drawing=samples.drawing()))
    wanted = [value for value in leaves(facts) if isinstance(value, str) and value and value not in NOT_SHOWN]
    if isinstance(facts, ExitSlipFacts):
        wanted = [value for value in wanted if value not in ("居民", "C10002345", "10002345", "移动电话 58 元套餐")]
    else:
        wanted = [value for value in wanted if value not in (facts.head.address, facts.head.hotline)]
    if kind is PaperKind.WORK_ORDER:
        wanted = [value for value in wanted if value not in ("居民", "C10002345")]
    months = {value: f"{value[:4]}年{value[5:]}月" for value in wanted if re.fullmatch(r"\d{4}-\d\d", value)}
    wanted = [months.get(value, value) for value in wanted]
    assert [value for value in wanted if re.sub(r"\s", "", value) not in text] == []
    for value in leaves(facts):
        if isinstance(value, datetime):
            assert f"{value:%Y-%m-%d%H:%M}" in text
        elif isinstance(value, date):
            assert f"{value.year}年{value.month}月{value.day}日" in text


@pytest.mark.parametrize("kind", KINDS)
def test_every_amount_of_the_facts_is_on_the_paper(kind: PaperKind) -> None:
    facts = samples.of(kind)
    text = said(pdf(facts))
    amounts: list[int] = []
    waiting: list[object] = [facts]
    while waiting:
        value = waiting.pop()
        if isinstance(value, tuple):
            waiting += value
        elif is_dataclass(value) and not isinstance(value, type):
            amounts += [getattr(value, f.name) for f in fields(value) if f.name.endswith("_fen")]
            waiting += [getattr(value, f.name) for f in fields(value)]
    assert amounts
    assert [fen for fen in amounts if yuan(fen) not in text] == []


def test_the_register_has_every_field_of_the_form() -> None:
    """The list of domain_rules 8."""
    text = said(pdf(samples.register()))
    labels = (
        "挽留单号 受理时间 城东营业厅 受理营业员 业务号码 客户姓名 证件类型 证件号码 代办人 委托书号 客户等级 "
        "前3月月均 有价值客户 客服经理 欠费含违约金 合约到期 合约违约金 退网原因 原因说明 账期 原使用情况 "
        "感兴趣的功能 服务评价 评价说明 退网后通信工具 今后联系方式 同意回访 意见建议 "
        "挽留措施 成本 客户答复 审批人 挽留结果 接待人 签字 "
        "有效证件 话费结清 签字齐全 稽核结果 稽核人 计划日期 责任人 号码保留至 营业厅盖章"
    )
    assert [label for label in labels.split() if label not in text] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_reprint_says_so_on_each_page_and_an_original_does_not(kind: PaperKind) -> None:
    facts = samples.of(kind)
    for page in pages(pdf(facts, mark=samples.SECOND_REPRINT)):
        assert "补打 第 2 次 2026-11-23 14:03:22 王芳" in page
    assert "补打" not in "".join(pages(pdf(facts)))


def test_a_paper_names_the_one_that_it_replaces_and_a_demo_hall_says_what_it_is() -> None:
    assert "代替HZ01-03-2026-DJ000011" in said(pdf(samples.register()))
    assert "演示数据不作凭证" in said(pdf(samples.register(is_demo=True)))
    assert "演示" not in said(pdf(samples.register()))


LONG = "客户说，去年十月起信号时断时续；投诉三次（编号 A-10086/2026）都没有解决。" * 270


@pytest.mark.parametrize("kind", KINDS)
def test_ten_thousand_characters_go_over_pages_and_none_is_lost(kind: PaperKind) -> None:
    assert len(LONG) > 10_000
    facts = samples.of(kind)
    if kind is PaperKind.REGISTER:
        facts = replace(samples.register(), suggestions=LONG)
    elif kind is PaperKind.WORK_ORDER:
        facts = replace(samples.work_order(), other_words=LONG)
    else:
        facts = replace(samples.exit_slip(), offers=(LONG,))
    found = pages(pdf(facts))
    assert len(found) > 2
    numbers = [re.findall(r"第 (\d+) 页 / 共 (\d+) 页", page) for page in found]
    assert numbers == [[(str(n), str(len(found)))] for n in range(1, len(found) + 1)]
    plain = re.sub(r"\s", "", LONG)
    lines = [re.sub(r"意见建议|原因说明|优惠告知|（续）|\s", "", line) for page in found for line in page.split("\n")]
    assert "".join(line for line in lines if line in plain) == plain
    assert all(facts.head.paper_no in page for page in found)


def test_a_long_list_has_its_headings_on_each_page() -> None:
    register = samples.register()
    many = tuple(replace(register.measures[0], line=n, amount=f"第 {n} 种 {'长' * 60}") for n in range(1, 61))
    found = pages(pdf(replace(register, measures=many)))
    shown = said(pdf(replace(register, measures=many)))
    assert all(f"第{n}种" in shown for n in range(1, 61))
    with_rows = [page for page in found if re.search(r"第 \d+ 种", page)]
    assert len(with_rows) > 1
    assert all("成本（元）" in page for page in with_rows)


def test_no_line_begins_with_a_closing_sign_and_no_number_is_torn() -> None:
    for width in range(60, 160):
        lines = lines_of(LONG[:600], size_pt=9.5, max_mm=width)
        assert "".join(lines).replace(" ", "") == LONG[:600].replace(" ", "")
        assert not [line for line in lines if line[0] in "，。；、）" or line[-1] in "（"]
        assert sum(line.count("A-10086/2026") for line in lines) == LONG[:600].count("A-10086/2026")


def test_a_word_longer_than_the_line_is_broken_and_an_empty_text_has_no_line() -> None:
    assert "".join(lines_of("a" * 500, size_pt=9, max_mm=30)) == "a" * 500
    assert lines_of(" \n\n\t\n", size_pt=9, max_mm=30) == []
    assert lines_of("一\n二", size_pt=9, max_mm=30) == ["一", "二"]


@pytest.mark.parametrize("kind", KINDS)
def test_rare_names_print_copy_and_search_as_themselves(kind: PaperKind) -> None:
    name = "".join(samples.RARE_NAMES)
    facts = samples.of(kind)
    facts = replace(facts, party=replace(facts.party, name=name))
    data = pdf(facts)
    assert name in said(data)
    assert missing_in_paper(facts, samples.ORIGINAL) == ""
    with opened(data) as document:
        assert document[0].get_textpage().search("㛃䶮").get_next() is not None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", samples.HOSTILE)
def test_hostile_texts_leave_the_rest_as_it_is(kind: PaperKind, text: str) -> None:
    facts = samples.of(kind, text)
    shown = said(pdf(facts))
    assert kind.heading in shown
    assert facts.head.paper_no in shown
    assert "营业厅盖章" in shown
    assert not set(shown) & set("\u202e\u2066\u200f\u200d\x00\ud800")
    again = facts_of_text(text_of_facts(facts))
    assert text_of_facts(again) == text_of_facts(facts)


def test_what_a_paper_cannot_show_is_said_before() -> None:
    facts = samples.register("张" * 700 + "😀")
    assert missing_in_paper(facts, samples.ORIGINAL) == "😀"
    for length in range(290, 310):
        # a mark and its letter are one sign, wherever in a long text they stand
        assert missing_in_paper(samples.register("张" * length + "e\u0301"), samples.ORIGINAL) == ""
    assert missing_in_paper(samples.exit_slip(), replace(samples.ORIGINAL, staff_name="\ue000")) == "\ue000"


@pytest.mark.parametrize("kind", KINDS)
def test_equal_facts_give_equal_bytes_and_other_facts_others(kind: PaperKind) -> None:
    facts = samples.of(kind)
    again = facts_of_text(text_of_facts(facts))
    assert again == facts
    assert pdf(facts, drawing=samples.drawing()) == pdf(again, drawing=samples.drawing())
    assert pdf(facts) != pdf(facts, mark=samples.SECOND_REPRINT)
    if kind is not PaperKind.EXIT_SLIP:
        assert pdf(facts) != pdf(facts, drawing=samples.drawing())


@pytest.mark.parametrize("kind", KINDS)
def test_facts_that_are_not_of_this_version_are_not_read(kind: PaperKind) -> None:
    text = text_of_facts(samples.of(kind))
    own = f'"version":{samples.of(kind).version}'
    for wrong in (
        text.replace(own, '"version":3'),
        text.replace(own, '"version":2' if kind is not PaperKind.REGISTER else '"version":1'),
        text.replace(own, f"{own}.0"),
        text.replace('"case_no"', '"case_number"'),
        text.replace('"serial":17', '"serial":"17"'),
        text.replace(f'"kind":"{kind.value}"', '"kind":"letter"'),
        "[]",
        "{}",
    ):
        with pytest.raises(ValueError, match=r"paper|expected"):
            facts_of_text(wrong)


def test_a_register_of_the_first_version_is_read_and_printed_as_it_was_issued() -> None:
    first = replace(samples.register(), feedbacks=(), version=VERSION)
    text = text_of_facts(first)
    assert "feedbacks" not in text
    again = facts_of_text(text)
    assert again == first
    assert text_of_facts(again) == text
    now = samples.register()
    assert is_same(replace(now, feedbacks=()), first), "a new version of the program alone changes no paper"
    assert not is_same(now, first)


def test_the_slip_is_one_sheet_of_a5_and_promises_only_what_is_kept() -> None:
    slip = samples.exit_slip()
    data = pdf(slip, Paper.A5)
    with opened(data) as document:
        assert len(document) == 1
        assert [round(mm / 72 * 25.4) for mm in document[0].get_size()] == [210, 148]
    text = said(data)
    for part in (
        "为您保留至2027年5月21日（含当日）",
        "免收手续费",
        "10000（24小时）",
        "￥43.21",
        "赠送金额￥10.00不退",
    ):
        assert part in text
    assert "139****4321" in text
    gone = replace(
        slip, held_until=None, is_port_out=True, offers=(), is_contact_agreed=False, refund_fen=0, gift_fen=0
    )
    text = said(pdf(gone, Paper.A5))
    assert "本网不作保留" in text
    assert not [part for part in ("重新入网，沿用", "优惠告知", "139", "计划日期") if part in text]
    assert "您未同意回访，我们不会再与您联系" in text
    assert "无可退余额" in text
    assert "继续用于该户号" in said(pdf(replace(slip, is_account_alive=True)))


def test_the_drawn_signature_is_on_the_paper_and_an_unreadable_one_is_said() -> None:
    order = samples.work_order()

    def darkness(drawing: bytes) -> int:
        with opened(pdf(order, drawing=drawing)) as document:
            image = document[0].render(scale=3, grayscale=True).to_pil()
        return sum(value < 160 for value in image.tobytes())

    assert darkness(samples.drawing()) > darkness(samples.drawing(is_blank=True)) + 200
    assert "签名图像无法显示" in said(pdf(order, drawing=b"\x89PNG drawn"))
    assert "签名图像无法显示" not in said(pdf(order, drawing=samples.drawing()))
    assert order.customer_signature is not None
    on_paper = replace(order, customer_signature=replace(order.customer_signature, how="paper"))
    assert "已签于纸质原件" in said(pdf(on_paper))
    assert "年月日" in said(pdf(replace(order, customer_signature=None)))


def test_a_picture_that_claims_to_be_huge_is_not_read() -> None:
    huge = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", len(huge)) + b"IHDR" + huge + struct.pack(">I", zlib.crc32(b"IHDR" + huge))
    assert read_png(b"\x89PNG\r\n\x1a\n" + chunk) is None
    assert MOST_DOTS > 600 * 200
    dots = read_png(samples.drawing())
    assert dots is not None
    assert (dots.width, dots.height, len(dots.rows), dots.is_coloured) == (600, 200, 120_000, False)
    whole = samples.drawing()
    for cut in (0, 8, 20, 40, len(whole) // 2):
        found = read_png(whole[:cut])
        assert found is None or len(found.rows) == 120_000


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_drawn_outside_the_paper_s_margins(kind: PaperKind) -> None:
    facts = samples.of(kind, "龘W" * 1000)
    head = replace(facts.head, hall_name="龘" * 300, company="W" * 300, hotline="W" * 300, staff_name="龘" * 300)
    mark = replace(samples.SECOND_REPRINT, staff_name="龘" * 300)
    with opened(pdf(replace(facts, head=head), mark=mark)) as document:
        images = [document[n].render(scale=1, grayscale=True).to_pil() for n in range(len(document))]
    margin = round(8 * 72 / 25.4)
    for image in images:
        for left in (0, image.width - margin):
            assert min(image.crop((left, 0, left + margin, image.height)).tobytes()) == 255
        assert min(image.crop((0, image.height - 12, image.width, image.height)).tobytes()) == 255


def test_without_an_agent_the_holder_came_in_person() -> None:
    order = samples.work_order()
    text = said(pdf(replace(order, party=replace(order.party, agent=PaperAgent()))))
    assert "无（机主本人办理）" in text
    assert "委托书号" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_an_ordinary_paper_is_small(kind: PaperKind) -> None:
    assert len(pdf(samples.of(kind), drawing=samples.drawing())) <= 120_000
