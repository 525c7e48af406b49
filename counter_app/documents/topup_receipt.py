"""The receipt for money topped up elsewhere as PDF, rebuilt from its facts: equal arguments give equal bytes."""

from __future__ import annotations

from counter_app.documents.fonts import missing_characters
from counter_app.documents.form_sheet import Cell, FormSheet, Heading, Sign
from counter_app.documents.paper import Paper
from counter_app.documents.paper_heading import paper_heading
from counter_app.domain.capitals import printed_capital
from counter_app.domain.paper_wording import money
from counter_app.domain.print_marks import PrintMark
from counter_app.domain.topup_receipts import HEADING, TopupReceiptFacts


def topup_receipt_pdf(facts: TopupReceiptFacts, *, paper: Paper, mark: PrintMark) -> bytes:
    """The receipt on A5 or A4. Ask `missing_in_topup_receipt` before printing."""
    form = FormSheet((Paper.A5 if paper is Paper.A5 else Paper.A4).size_mm, _heading(facts, mark))
    form.row(Cell("户名", facts.customer_name_masked, is_bold=True), Cell("户号", facts.account_no, is_bold=True))
    amount = f"{money(facts.amount_fen)}    {printed_capital(facts.amount_fen)}"
    form.row(Cell("预存金额", amount, share=2.0, is_bold=True), Cell("存入账本", facts.book_name))
    form.row(Cell("缴款渠道", facts.channel_word), Cell("缴款日期", facts.paid_on.isoformat()))
    form.row(Cell("渠道流水号", facts.reference))
    notes = (
        "此款已由上述渠道收取，本厅凭渠道记录出具收据，未另收款；同一笔款只出具一次，再打的注明补打。",
        f"本收据不是发票。如有疑问请致电客服热线 {facts.hotline}".strip(),
    )
    staff = Sign("经办人（营业厅盖章）", (f"{facts.staff.name} {facts.staff.staff_no}".strip(),))
    form.signs((staff, Sign("客户签收")), height_mm=18.0, notes=notes)
    return form.data()


def missing_in_topup_receipt(facts: TopupReceiptFacts, mark: PrintMark) -> str:
    """The characters of its names and texts that no font of ours can show, each once."""
    people = (facts.staff.name, mark.staff_name, facts.customer_name_masked)
    texts = (facts.hall_name, facts.company, facts.counter_name, facts.hotline, facts.book_name, *people)
    return "".join(dict.fromkeys("".join(map(missing_characters, texts))))


def _heading(facts: TopupReceiptFacts, mark: PrintMark) -> Heading:
    under = f"{facts.counter_name}    {facts.channel_word}收款"
    return paper_heading(facts, mark, title=HEADING, at=facts.issued_at, under=under)
