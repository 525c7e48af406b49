"""The Z report of a shift as PDF, rebuilt from its facts: equal arguments give equal bytes."""

from __future__ import annotations

from counter_app.documents.fonts import missing_characters
from counter_app.documents.form_sheet import Cell, Column, FormSheet, Heading, Sign
from counter_app.documents.paper import Paper
from counter_app.documents.paper_heading import paper_heading
from counter_app.domain import z_wording as wording
from counter_app.domain.paper_wording import moment, money, yuan
from counter_app.domain.papers import PaperPerson
from counter_app.domain.print_marks import PrintMark
from counter_app.domain.z_papers import HEADING, ZFacts

_TENDERS = (
    Column("收款方式", 1.6),
    Column("收款笔数", 1.0, "right"),
    Column("清点张数", 1.0, "right"),
    Column("账面（元）", 1.5, "right"),
    Column("清点（元）", 1.5, "right"),
    Column("差异（元）", 1.4, "right"),
)
_FIGURES = (Column("项目", 3.2), Column("笔数", 1.0, "right"), Column("金额（元）", 1.8, "right"))
_COUNTS = (
    Column("清点次序", 1.0),
    Column("时间", 2.2),
    Column("现金（元）", 1.6, "right"),
    Column("单据（元）", 1.6, "right"),
)
_PIECES = (Column("面额", 1.4), Column("张（枚）数", 1.0, "right"), Column("小计（元）", 1.6, "right"))


def z_pdf(facts: ZFacts, *, mark: PrintMark) -> bytes:
    """The report on A4; teller and checker sign it and the hall keeps it. Ask `missing_in_z` before printing."""
    form = FormSheet(Paper.A4.size_mm, _heading(facts, mark))
    form.row(Cell("班次", facts.shift_no, is_bold=True), Cell("业务日期", facts.business_date.isoformat()))
    form.row(Cell("开班", moment(facts.opened_at)), Cell("班结", moment(facts.closed_at)))
    form.row(Cell("收据号段", wording.receipts(facts), share=1.0))
    if facts.void_nos:
        form.row(Cell("作废收据", "、".join(facts.void_nos)))
    form.band("一、账面与清点")
    form.table(_TENDERS, [wording.tender_row(line) for line in facts.tenders], wording.NOTHING)
    form.row(
        Cell("现金差异", wording.difference(facts), is_bold=True), Cell("差异原因", facts.reason or wording.NOTHING)
    )
    form.band("二、收款与去向")
    form.table(_FIGURES, wording.figure_rows(facts.figures), wording.NOTHING)
    form.band("三、现金清点")
    form.table(_PIECES, [wording.pieces_row(line) for line in facts.pieces], wording.NOTHING)
    form.table(
        _COUNTS,
        [
            (f"第 {one.count_no} 次", moment(one.counted_at), yuan(one.cash_fen), yuan(one.slips_fen))
            for one in facts.counts
        ],
        wording.NOTHING,
    )
    form.row(
        Cell("上交现金", money(facts.tenders[0].counted_fen), is_bold=True), Cell("清点次数", str(len(facts.counts)))
    )
    checked = tuple(_named(person) for person in facts.approvers)
    form.signs([Sign("营业员", (_named(facts.teller),)), Sign("复核人", checked), Sign("接收人")], height_mm=20.0)
    form.seal("营业厅盖章", ("本单一经生成不得更改；差错另行登记，不在原单上涂改。",), height_mm=24.0)
    return form.data()


def missing_in_z(facts: ZFacts, mark: PrintMark) -> str:
    """The characters of its names and texts that no font of ours can show, each once."""
    people = (facts.teller.name, *(one.name for one in facts.approvers), mark.staff_name)
    texts = (facts.hall_name, facts.company, facts.counter_name, facts.reason, *people)
    return "".join(dict.fromkeys("".join(map(missing_characters, texts))))


def _heading(facts: ZFacts, mark: PrintMark) -> Heading:
    under = f"{facts.counter_name}    营业员 {facts.teller.name}（工号 {facts.teller.staff_no}）"
    return paper_heading(facts, mark, title=HEADING, at=facts.closed_at, under=under)


def _named(person: PaperPerson) -> str:
    return f"{person.name} {person.staff_no}".strip()
