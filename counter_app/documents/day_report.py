"""The day report as PDF, rebuilt from its facts: equal arguments give equal bytes."""

from __future__ import annotations

from counter_app.documents.fonts import missing_characters
from counter_app.documents.form_sheet import Cell, Column, FormSheet, Heading, Sign
from counter_app.documents.paper import Paper
from counter_app.documents.paper_heading import paper_heading
from counter_app.domain import z_wording as wording
from counter_app.domain.day_report import HEADING, DayFacts, DayShift
from counter_app.domain.paper_wording import moment, money, yuan
from counter_app.domain.print_marks import PrintMark

_SHIFTS = (
    Column("班次", 1.5),
    Column("班结单", 2.0),
    Column("营业员", 1.2),
    Column("收据", 0.6, "right"),
    Column("清点现金（元）", 1.4, "right"),
    Column("长短款（元）", 1.2, "right"),
)
_TENDERS = (
    Column("收款方式", 1.6),
    Column("收款笔数", 1.0, "right"),
    Column("清点张数", 1.0, "right"),
    Column("账面（元）", 1.5, "right"),
    Column("清点（元）", 1.5, "right"),
    Column("差异（元）", 1.4, "right"),
)
_FIGURES = (Column("项目", 3.2), Column("笔数", 1.0, "right"), Column("金额（元）", 1.8, "right"))


def day_pdf(facts: DayFacts, *, mark: PrintMark) -> bytes:
    """The report on A4; who closed the day and finance sign it. Ask `missing_in_day` before printing."""
    form = FormSheet(Paper.A4.size_mm, _heading(facts, mark))
    form.row(
        Cell("业务日期", facts.business_date.isoformat(), is_bold=True),
        Cell("当日第几份", f"第 {facts.part_no} 份"),
    )
    form.row(Cell("班次数", str(len(facts.shifts))), Cell("日结时间", moment(facts.closed_at)))
    if facts.without_z:
        form.row(Cell("没有班结单的班次", "、".join(facts.without_z)))
    form.band("一、各班")
    form.table(_SHIFTS, [_shift_row(shift) for shift in facts.shifts], wording.NOTHING)
    form.band("二、账面与清点")
    form.table(_TENDERS, [wording.tender_row(line) for line in facts.tenders], wording.NOTHING)
    form.band("三、收款与去向")
    form.table(_FIGURES, wording.figure_rows(facts.figures), wording.NOTHING)
    form.row(
        Cell("截至当日未解款", money(facts.in_safe_fen), is_bold=True), Cell("缺失单据", f"{facts.missing_proofs} 张")
    )
    form.signs([Sign("日结人", (_person(facts),)), Sign("复核人"), Sign("财务接收")], height_mm=20.0)
    form.seal("营业厅盖章", ("本单由各班班结单汇总生成，一经生成不得更改。",), height_mm=24.0)
    return form.data()


def missing_in_day(facts: DayFacts, mark: PrintMark) -> str:
    """The characters of its names that no font of ours can show, each once."""
    people = (facts.closed_by.name, *(shift.teller.name for shift in facts.shifts), mark.staff_name)
    texts = (facts.hall_name, facts.company, facts.counter_name, *people)
    return "".join(dict.fromkeys("".join(map(missing_characters, texts))))


def _heading(facts: DayFacts, mark: PrintMark) -> Heading:
    under = f"{facts.counter_name}    日结人 {facts.closed_by.name}（工号 {facts.closed_by.staff_no}）"
    return paper_heading(facts, mark, title=HEADING, at=facts.closed_at, under=under)


def _shift_row(shift: DayShift) -> tuple[str, ...]:
    teller = f"{shift.teller.name} {shift.teller.staff_no}".strip()
    counted, off = yuan(shift.counted_fen), yuan(shift.difference_fen)
    return shift.shift_no, shift.z_no, teller, str(shift.receipts), counted, off


def _person(facts: DayFacts) -> str:
    return f"{facts.closed_by.name} {facts.closed_by.staff_no}".strip()
