"""The slip for an undone payment as PDF, rebuilt from its facts: equal arguments give equal bytes."""

from __future__ import annotations

from counter_app.documents.fonts import missing_characters
from counter_app.documents.form_sheet import USUAL, Cell, Column, FormSheet, Heading, Sign
from counter_app.documents.paper import Paper
from counter_app.documents.paper_heading import paper_heading
from counter_app.documents.roll import SMALL, TEXT, Roll
from counter_app.domain import undo_slip_wording as wording
from counter_app.domain.capitals import printed_capital
from counter_app.domain.paper_wording import TITLE_DEMO, moment, money, month, yuan
from counter_app.domain.print_marks import PrintMark, print_mark
from counter_app.domain.undo_slips import MOVE_SLIP, UndoSlipFacts

_BILLS = (
    Column("恢复为未缴的账期", 1.3),
    Column("账单号", 1.9),
    Column("本金", 1.0, "right"),
    Column("违约金", 1.0, "right"),
    Column("费用", 0.8, "right"),
    Column("合计（元）", 1.0, "right"),
)


def undo_slip_pdf(facts: UndoSlipFacts, *, paper: Paper, mark: PrintMark) -> bytes:
    """The slip on A5, A4 or the roll; the customer signs it and the hall keeps it. Ask `missing_in_undo_slip` before
    printing.
    """
    return _roll(facts, mark) if paper is Paper.ROLL_80 else _sheet(facts, paper, mark)


def missing_in_undo_slip(facts: UndoSlipFacts, mark: PrintMark) -> str:
    """The characters of its names and texts that no font of ours can show, each once."""
    people = (facts.staff.name, *(one.name for one in facts.approvers), mark.staff_name, facts.customer_name_masked)
    texts = (facts.hall_name, facts.company, facts.counter_name, facts.reason, facts.hotline, facts.red_note, *people)
    return "".join(dict.fromkeys("".join(map(missing_characters, texts))))


def _sheet(facts: UndoSlipFacts, paper: Paper, mark: PrintMark) -> bytes:
    form = FormSheet(paper.size_mm, _heading(facts, mark))
    form.row(Cell("户名", facts.customer_name_masked, is_bold=True), Cell("户号", facts.account_no, is_bold=True))
    paid = f"{moment(facts.paid_at)}    收据合计 {money(facts.receipt_fen)}"
    form.row(Cell("原收据", facts.receipt_no, is_bold=True), Cell("原缴费", paid, share=1.3))
    if facts.kind == MOVE_SLIP:
        form.row(
            Cell("转缴户号", facts.to_account_no, is_bold=True), Cell("转缴金额", wording.amount(facts), share=1.6)
        )
    else:
        form.row(Cell("退还金额", wording.amount(facts), is_bold=True))
        form.row(Cell("退还方式", "    ".join(map(wording.back, facts.money)) or wording.NOTHING))
    if wording.books(facts):
        form.row(Cell("预存款", wording.books(facts)))
    form.row(Cell("原因", facts.reason), Cell("收据处理", wording.receipt_paper(facts)))
    if facts.bills:
        form.table(_BILLS, [_bill(facts, place) for place in range(len(facts.bills))], wording.NOTHING)
    staff = Sign(wording.STAFF_AND_SEAL, (f"{facts.staff.name} {facts.staff.staff_no}",))
    places = (Sign(wording.SIGNED_BY_CUSTOMER), staff, Sign(wording.APPROVED, wording.people(facts)))
    form.signs(places, height_mm=18.0, notes=wording.notes(facts))
    return form.data()


def _bill(facts: UndoSlipFacts, place: int) -> tuple[str, ...]:
    bill = facts.bills[place]
    sums = (bill.principal_fen, bill.late_fee_fen, bill.cost_fen, bill.total_fen)
    return (month(bill.month), bill.bill_no, *map(yuan, sums))


def _heading(facts: UndoSlipFacts, mark: PrintMark) -> Heading:
    under = f"{facts.counter_name}    营业日 {facts.business_date}"
    return paper_heading(facts, mark, title=facts.heading, at=facts.issued_at, under=under)


def _roll(facts: UndoSlipFacts, mark: PrintMark) -> bytes:
    roll = Roll()
    roll.centered(facts.hall_name, size_pt=12, is_bold=True)
    roll.y += 0.8
    roll.centered(facts.company, size_pt=SMALL)
    roll.y += 2.0
    roll.centered(facts.heading, size_pt=16, is_bold=True, lines_max=1)
    if facts.is_demo:
        roll.y += 0.8
        roll.centered(wording.DEMO_NOTE, size_pt=TEXT, is_bold=True, lines_max=1)
    roll.y += 1.2
    roll.centered(f"No. {facts.paper_no}", size_pt=10, is_bold=True, lines_max=1)
    roll.centered(moment(facts.issued_at), size_pt=SMALL, lines_max=1)
    roll.rule()
    for label, value in wording.fields(facts):
        roll.field(label, value)
    roll.rule()
    for bill in facts.bills:
        roll.pair(month(bill.month), yuan(bill.total_fen))
        roll.note(f"账单号 {bill.bill_no}", indent_mm=2, lines_max=1)
        roll.note(wording.bill_parts(bill), indent_mm=2)
    roll.rule(dash="")
    roll.pair("退还", money(facts.back_fen), size_pt=15, is_bold=True)
    roll.y += 1.0
    roll.centered(printed_capital(facts.back_fen), size_pt=10)
    for part in facts.money:
        roll.note(wording.back(part), lines_max=3)
    if wording.books(facts):
        roll.note(wording.books(facts))
    roll.rule()
    _roll_end(roll, facts, mark)
    return roll.drawn(
        title=f"{facts.heading} {facts.paper_no}", usual=USUAL, watermark=TITLE_DEMO if facts.is_demo else ""
    )


def _roll_end(roll: Roll, facts: UndoSlipFacts, mark: PrintMark) -> None:
    roll.field("经办人", f"{facts.staff.name} {facts.staff.staff_no}")
    for one in wording.people(facts):
        roll.field("复核人", one)
    roll.field("柜台", facts.counter_name)
    roll.y += 1.0
    for note in wording.notes(facts):
        roll.note(note, lines_max=4)
    roll.sign(wording.SIGNED_BY_CUSTOMER)
    roll.seal(wording.SEAL)
    roll.centered(print_mark(mark), size_pt=TEXT if mark.is_marked else SMALL, is_bold=mark.is_marked, lines_max=3)
