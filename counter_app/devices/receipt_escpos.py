"""The receipt as an ESC/POS job for an 80 mm printer, with the same facts and words as on other papers."""

from __future__ import annotations

from counter_app.devices.escpos import Align, EscPos, EscPosSettings, LineImage, columns, wrapped
from counter_app.domain import receipt_wording as wording
from counter_app.domain.capitals import to_capital
from counter_app.domain.receipts import PREPAID, PrintMark, ReceiptFacts, ReceiptLine

_LABEL_COLUMNS = 10


def receipt_escpos(
    facts: ReceiptFacts, *, mark: PrintMark, proof: str, settings: EscPosSettings, line_image: LineImage | None = None
) -> bytes:
    """The receipt's bytes, rebuilt from its facts; equal arguments give equal bytes (domain_rules 2.5).

    `line_image` draws the lines whose characters the printer lacks (`documents.line_image.line_image`).
    """
    job = EscPos(settings, line_image)
    _add_head(job, facts, settings, is_void=mark.void is not None)
    for line in facts.lines:
        _add_line(job, line, settings)
    if facts.prepaid_stored_fen or not facts.lines:
        job.pair(wording.STORED_LINE, wording.yuan(facts.prepaid_stored_fen))
    job.rule()
    job.line(f"合计 {wording.money(facts.total_fen)}", align=Align.RIGHT, size=2, is_bold=True)
    for words in wrapped(wording.CURRENCY_IN_WORDS + to_capital(facts.total_fen), settings.columns):
        job.line(words, align=Align.RIGHT)
    job.rule()
    _add_payment(job, facts, mark)
    _add_foot(job, facts, mark, proof, settings)
    job.cut()
    return job.data()


def _add_head(job: EscPos, facts: ReceiptFacts, settings: EscPosSettings, *, is_void: bool) -> None:
    for text in wrapped(wording.printable(facts.hall_name), settings.columns)[:2]:
        job.line(text, align=Align.CENTER, is_bold=True)
    for text in wrapped(wording.printable(facts.company), settings.columns)[:2]:
        job.line(text, align=Align.CENTER)
    job.line(wording.printable(facts.title), align=Align.CENTER, size=2, is_bold=True)
    if facts.is_demo:
        job.line(f"【{wording.TITLE_DEMO}】{wording.DEMO_NOTE}", align=Align.CENTER, is_bold=True)
    if is_void:
        job.line(wording.VOID, align=Align.CENTER, size=4, is_bold=True)
    job.line(f"No. {wording.printable(facts.receipt_no)}", align=Align.CENTER)
    job.line(wording.moment(facts.issued_at), align=Align.CENTER)
    job.rule()
    fields = (
        ("客户编号", facts.customer_no),
        ("户名", facts.customer_name_masked),
        ("户号", facts.account_no),
        ("地址", facts.address_masked),
        ("营业日", str(facts.business_date)),
    )
    for label, value in fields:
        _add_field(job, label, value, settings)
    job.rule()


def _add_field(job: EscPos, label: str, value: str, settings: EscPosSettings) -> None:
    """A label and a value of at most two lines."""
    room = settings.columns - _LABEL_COLUMNS
    lines = wrapped(wording.printable(value), room) or [""]
    if len(lines) > 2:
        lines = [lines[0], wrapped(lines[1], room - 2)[0] + "…"]
    job.line(label + " " * (_LABEL_COLUMNS - columns(label)) + lines[0])
    for more in lines[1:]:
        job.line(" " * _LABEL_COLUMNS + more)


def _add_line(job: EscPos, line: ReceiptLine, settings: EscPosSettings) -> None:
    job.pair(f"{wording.month(line.bill_month)} {wording.printable(line.bill_no)}", wording.yuan(line.total_fen))
    notes = [wording.bill_note(line), *(part for row in line.working for part in wording.working_parts(row))]
    for note in notes:
        for text in wrapped(wording.printable(note), settings.columns - 2):
            job.line("  " + text)


def _add_payment(job: EscPos, facts: ReceiptFacts, mark: PrintMark) -> None:
    for paid in facts.tenders:
        job.pair(wording.printable(wording.tender(paid)), wording.money(paid.amount_fen))
    if facts.prepaid_used_fen and all(t.kind != PREPAID for t in facts.tenders):
        job.pair("预存款抵扣", wording.money(facts.prepaid_used_fen))
    balances = (
        ("缴前欠费", facts.arrears_before_fen),
        ("缴后欠费", facts.arrears_after_fen),
        ("缴前预存款", facts.prepaid_before_fen),
        ("缴后预存款", facts.prepaid_after_fen),
    )
    for label, fen in (
        ("实收", facts.received_fen),
        ("找零", facts.change_fen),
        *(() if mark.is_certificate else balances),
    ):
        job.pair(label, wording.money(fen))
    job.rule()


def _add_foot(job: EscPos, facts: ReceiptFacts, mark: PrintMark, proof: str, settings: EscPosSettings) -> None:
    for label, value in (
        ("收费员", wording.teller(facts)),
        ("柜台", facts.counter_name),
        ("客服热线", facts.hotline),
    ):
        _add_field(job, label, value, settings)
    for note in facts.footer:
        for text in wrapped(wording.printable(note), settings.columns)[:3]:
            job.line(text)
    job.qr(proof)
    job.line(wording.PROOF_NOTE, align=Align.CENTER)
    job.line()
    job.line(f"（{wording.SEAL}）", align=Align.CENTER)
    for _ in range(4):
        job.line()
    for text in wrapped(wording.printable(wording.print_mark(mark)), settings.columns)[:3]:
        job.line(text, align=Align.CENTER, is_bold=mark.is_marked)
