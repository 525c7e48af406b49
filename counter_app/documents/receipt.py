"""The receipt as PDF, for every paper that a counter prints on."""

from __future__ import annotations

from dataclasses import fields

from counter_app.documents.fonts import missing_characters
from counter_app.documents.paper import Paper
from counter_app.documents.receipt_roll import receipt_roll
from counter_app.documents.receipt_sheet import receipt_sheets
from counter_app.domain.receipts import PrintMark, ReceiptFacts


def receipt_pdf(facts: ReceiptFacts, *, paper: Paper, mark: PrintMark, proof: str) -> bytes:
    """One receipt, rebuilt from its facts: equal arguments give equal bytes (domain_rules 2.5).

    A5 and A4 hold a part for the customer (客户联) and one for the company (存根联); the roll holds one. `proof` is the
    signed proof that the QR code carries. Ask `missing_in_receipt` before printing: what no font holds appears as
    `〔U+XXXX〕`.

    Raises:
        qr.TextTooLong: the proof is longer than any `signed_proof` of a receipt.
    """
    if paper is Paper.ROLL_80:
        return receipt_roll(facts, mark=mark, proof=proof)
    return receipt_sheets(facts, paper=paper, mark=mark, proof=proof)


def missing_in_receipt(facts: ReceiptFacts, mark: PrintMark) -> str:
    """The characters of a receipt's names and texts that paper cannot show as themselves, each once."""
    texts = [value for field in fields(facts) if isinstance(value := getattr(facts, field.name), str)]
    texts += [*facts.footer, mark.staff_name, *(paid.reference_tail for paid in facts.tenders)]
    texts += [line.bill_no for line in facts.lines]
    return "".join(dict.fromkeys("".join(map(missing_characters, texts))))
