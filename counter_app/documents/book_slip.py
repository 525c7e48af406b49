"""The slip for prepaid money moved or given back as PDF, rebuilt from its facts: equal arguments give equal bytes."""

from __future__ import annotations

from counter_app.documents.fonts import missing_characters
from counter_app.documents.form_sheet import Cell, Column, FormSheet, Heading, Sign
from counter_app.documents.paper import Paper
from counter_app.documents.paper_heading import paper_heading
from counter_app.domain.book_slips import MOVE_SLIP, BookSlipFacts, SlipBook
from counter_app.domain.capitals import printed_capital
from counter_app.domain.paper_wording import money, yuan
from counter_app.domain.print_marks import PrintMark

_BOOKS = (
    Column("户号", 1.5),
    Column("账本", 1.5),
    Column("原有", 1.0, "right"),
    Column("变动", 1.0, "right"),
    Column("结存（元）", 1.0, "right"),
)
_NOTHING = "无"


def book_slip_pdf(facts: BookSlipFacts, *, paper: Paper, mark: PrintMark) -> bytes:
    """The slip on A5 or A4; the customer signs it and the hall keeps it. Ask `missing_in_book_slip` before printing."""
    form = FormSheet((Paper.A5 if paper is Paper.A5 else Paper.A4).size_mm, _heading(facts, mark))
    form.row(Cell("户名", facts.customer_name_masked, is_bold=True), Cell("户号", facts.account_no, is_bold=True))
    amount = f"{money(facts.amount_fen)}    {printed_capital(facts.amount_fen)}"
    is_move = facts.kind == MOVE_SLIP
    form.row(Cell("转用金额" if is_move else "退款金额", amount, share=2.4, is_bold=True), _way(is_move=is_move))
    form.row(Cell("原因", facts.reason))
    form.table(_BOOKS, [_row(book) for book in facts.books], _NOTHING)
    if facts.kept:
        kept = "    ".join(f"{book.name} {money(book.before_fen)}" for book in facts.kept)
        form.row(Cell("不退部分", f"{kept}（赠送或专款，按约定不退现金）"))
    staff = Sign("经办人（营业厅盖章）", (f"{facts.staff.name} {facts.staff.staff_no}".strip(),))
    people = tuple(f"{one.name} {one.staff_no}".strip() for one in facts.approvers)
    places = [Sign("客户（或代办人）签收"), staff]
    if people:
        places.append(Sign("复核人（本人工号口令确认）", people))
    form.signs(places, height_mm=18.0, notes=_notes(facts))
    return form.data()


def missing_in_book_slip(facts: BookSlipFacts, mark: PrintMark) -> str:
    """The characters of its names and texts that no font of ours can show, each once."""
    people = (facts.staff.name, *(one.name for one in facts.approvers), mark.staff_name, facts.customer_name_masked)
    books = (book.name for book in (*facts.books, *facts.kept))
    texts = (facts.hall_name, facts.company, facts.counter_name, facts.reason, facts.hotline, *people, *books)
    return "".join(dict.fromkeys("".join(map(missing_characters, texts))))


def _way(*, is_move: bool) -> Cell:
    return Cell("方式", "账本之间转用" if is_move else "现金")


def _row(book: SlipBook) -> tuple[str, ...]:
    return (book.account_no, book.name, yuan(book.before_fen), yuan(book.moved_fen), yuan(book.after_fen))


def _notes(facts: BookSlipFacts) -> tuple[str, ...]:
    hotline = f"如有疑问请致电客服热线 {facts.hotline}".strip()
    if facts.kind == MOVE_SLIP:
        return "以上预存款按本人意愿转用，总额不变；专款账本只抵扣约定的费用项目。", hotline
    return "以上款项本人已当面点清收讫；本户号的账单已全部缴清，同一笔款项不再另行主张。", hotline


def _heading(facts: BookSlipFacts, mark: PrintMark) -> Heading:
    under = f"{facts.counter_name}    营业日 {facts.business_date}"
    return paper_heading(facts, mark, title=facts.heading, at=facts.issued_at, under=under)
