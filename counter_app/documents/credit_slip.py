"""The slip for cash given back as PDF, rebuilt from its facts: equal arguments give equal bytes."""

from __future__ import annotations

from counter_app.documents.fonts import missing_characters
from counter_app.documents.form_sheet import Cell, FormSheet, Heading, Sign
from counter_app.documents.paper import Paper
from counter_app.documents.paper_heading import paper_heading
from counter_app.domain.capitals import printed_capital
from counter_app.domain.credit_slips import HEADING, CreditSlipFacts, SlipPayment
from counter_app.domain.paper_wording import money, month
from counter_app.domain.print_marks import PrintMark


def slip_pdf(facts: CreditSlipFacts, *, paper: Paper, mark: PrintMark) -> bytes:
    """The slip on A5 or A4; the customer signs it and the hall keeps it. Ask `missing_in_slip` before printing."""
    size = (Paper.A5 if paper is Paper.A5 else Paper.A4).size_mm
    form = FormSheet(size, _heading(facts, mark))
    form.row(Cell("客户姓名", facts.customer_name, is_bold=True), Cell("户号", facts.account_no, is_bold=True))
    amount = f"{money(facts.amount_fen)}    {printed_capital(facts.amount_fen)}"
    form.row(Cell("退款金额", amount, share=2.4, is_bold=True), Cell("方式", "现金"))
    form.row(Cell("退款原因", _reason(facts)))
    form.row(Cell("多收构成", _parts(facts)))
    form.row(Cell("其一", _payment(facts.other)))
    form.row(Cell("其二", _payment(facts.one)))
    form.row(Cell("待办编号", facts.task_id))
    form.signs(
        [
            Sign("客户（或代办人）签收"),
            Sign("经办人", (f"{facts.staff_name} {facts.staff_no}".strip(),)),
            Sign("复核人", (f"{facts.approver_name} {facts.approver_no}".strip(), "本人工号口令确认")),
        ],
        height_mm=22.0,
    )
    notes = ("以上款项本人已当面点清收讫，同一笔款项不再另行主张。", f"如有疑问请致电客服热线 {facts.hotline}".strip())
    form.seal("营业厅盖章", notes, height_mm=26.0)
    return form.data()


def missing_in_slip(facts: CreditSlipFacts, mark: PrintMark) -> str:
    """The characters of its names that no font of ours can show, each once."""
    people = (facts.customer_name, facts.staff_name, facts.approver_name, mark.staff_name)
    texts = (facts.hall_name, facts.company, facts.counter_name, *people)
    return "".join(dict.fromkeys("".join(map(missing_characters, texts))))


def _heading(facts: CreditSlipFacts, mark: PrintMark) -> Heading:
    under = f"{facts.counter_name}    经办 {facts.staff_name}（工号 {facts.staff_no}）"
    return paper_heading(facts, mark, title=HEADING, at=facts.issued_at, under=under)


def _reason(facts: CreditSlipFacts) -> str:
    bill = f"{month(facts.month) if facts.month else ''}账单 {facts.bill_no}".strip()
    return f"{bill} 缴清后改小，多收退还" if facts.other is None else f"{bill} 缴了两次，多收退还"


def _parts(facts: CreditSlipFacts) -> str:
    parts = (("本金", facts.principal_fen), ("违约金", facts.late_fee_fen), ("费用", facts.cost_fen))
    return "    ".join(f"{word} {money(fen)}" for word, fen in parts if fen) or money(facts.amount_fen)


def _payment(paid: SlipPayment | None) -> str:
    if paid is None:
        return "无"
    words = [paid.settled_on, paid.where, money(paid.amount_fen) if paid.amount_fen is not None else ""]
    words.append(f"收据 {paid.receipt_no}" if paid.receipt_no else "")
    return "    ".join(word for word in words if word)
