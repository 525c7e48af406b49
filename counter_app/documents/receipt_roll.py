"""The receipt on an 80 mm roll: one column, as long as its content."""

from __future__ import annotations

from counter_app.documents.fonts import Font
from counter_app.documents.pdf import wrapped
from counter_app.documents.roll import SMALL, TEXT, Roll
from counter_app.domain import receipt_wording as wording
from counter_app.domain.capitals import to_capital
from counter_app.domain.receipts import PrintMark, ReceiptFacts, ReceiptLine

# what nearly every receipt shows; late fees are so common that their words count
USUAL = {
    Font.REGULAR: " -.,:/=0123456789B×‰￥（）年月日天至客户编号名地址营业账单本金违约合计人民币元现实收找零缴前后欠费"
    "预存款员工柜台服热线扫码验真位盖章打印",
    Font.BOLD: " .-,0123456789No￥缴费收据",
}


def receipt_roll(facts: ReceiptFacts, *, mark: PrintMark, proof: str) -> bytes:
    """The receipt as one PDF page of 80 mm, as high as its content."""
    roll = Roll()
    _add_head(roll, facts)
    for line in facts.lines:
        _add_line(roll, line)
    if facts.prepaid_stored_fen or not facts.lines:
        roll.pair(wording.STORED_LINE, wording.yuan(facts.prepaid_stored_fen))
    roll.rule(dash="")
    roll.pair("合计", wording.money(facts.total_fen), size_pt=15, is_bold=True)
    roll.y += 1.0
    for words in wrapped(wording.CURRENCY_IN_WORDS + to_capital(facts.total_fen), size_pt=10, max_mm=71, lines_max=3):
        roll.centered(words, size_pt=10, lines_max=1)
    roll.rule()
    _add_payment(roll, facts, mark)
    _add_foot(roll, facts, mark, proof)
    title = f"{facts.title} {facts.receipt_no}"
    if mark.void is not None:
        return roll.drawn(title=title, usual=USUAL, watermark=wording.VOID, grey=0.75)
    return roll.drawn(title=title, usual=USUAL, watermark=wording.TITLE_DEMO if facts.is_demo else "")


def _add_head(roll: Roll, facts: ReceiptFacts) -> None:
    roll.centered(facts.hall_name, size_pt=12, is_bold=True)
    roll.y += 0.8
    roll.centered(facts.company, size_pt=SMALL)
    roll.y += 2.0
    roll.centered(facts.title, size_pt=16, is_bold=True, lines_max=1)
    if facts.is_demo:
        roll.y += 0.8
        roll.centered(wording.DEMO_NOTE, size_pt=TEXT, is_bold=True, lines_max=1)
    roll.y += 1.2
    roll.centered(f"No. {facts.receipt_no}", size_pt=10, is_bold=True, lines_max=1)
    roll.centered(wording.moment(facts.issued_at), size_pt=SMALL, lines_max=1)
    roll.rule()
    roll.field("客户编号", facts.customer_no)
    roll.field("户名", facts.customer_name_masked)
    roll.field("户号", facts.account_no)
    roll.field("地址", facts.address_masked)
    roll.field("营业日", str(facts.business_date))
    roll.rule()


def _add_line(roll: Roll, line: ReceiptLine) -> None:
    roll.y += 0.6
    roll.pair(wording.month(line.bill_month), wording.yuan(line.total_fen))
    roll.note(f"账单号 {line.bill_no}", indent_mm=2, lines_max=1)
    roll.note(wording.bill_note(line), indent_mm=2)
    for row in line.working:
        roll.note(wording.working(row), indent_mm=2)


def _add_payment(roll: Roll, facts: ReceiptFacts, mark: PrintMark) -> None:
    for paid in facts.tenders:
        roll.pair(wording.tender(paid), wording.money(paid.amount_fen))
    if facts.prepaid_used_fen and all(t.kind != "prepaid" for t in facts.tenders):
        roll.pair("预存款抵扣", wording.money(facts.prepaid_used_fen))
    roll.pair("实收", wording.money(facts.received_fen))
    roll.pair("找零", wording.money(facts.change_fen))
    roll.rule()
    if mark.is_certificate:
        return
    roll.pair("缴前欠费", wording.money(facts.arrears_before_fen))
    roll.pair("缴后欠费", wording.money(facts.arrears_after_fen))
    roll.pair("缴前预存款", wording.money(facts.prepaid_before_fen))
    roll.pair("缴后预存款", wording.money(facts.prepaid_after_fen))
    roll.rule()


def _add_foot(roll: Roll, facts: ReceiptFacts, mark: PrintMark, proof: str) -> None:
    roll.field("收费员", wording.teller(facts))
    roll.field("柜台", facts.counter_name)
    roll.field("客服热线", facts.hotline)
    roll.y += 1.0
    for note in facts.footer:
        roll.note(note, lines_max=3)
    roll.code(proof)
    roll.centered(wording.PROOF_NOTE, size_pt=SMALL, lines_max=1)
    roll.seal(wording.SEAL)
    size_pt = TEXT if mark.is_marked else SMALL
    roll.centered(wording.print_mark(mark), size_pt=size_pt, is_bold=mark.is_marked, lines_max=3)
