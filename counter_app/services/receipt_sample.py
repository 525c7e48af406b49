"""A receipt that nobody was given: how the hall's words look on paper."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from counter_app.documents.paper import Paper
from counter_app.documents.receipt import receipt_pdf
from counter_app.domain.hall import Hall
from counter_app.domain.receipts import (
    PrintMark,
    ReceiptFacts,
    ReceiptLine,
    ReceiptTender,
    ReceiptWorking,
    proof_text,
    receipt_number,
    signed_proof,
)
from counter_app.storage.hall import OpenHall

_PRINCIPAL_FEN, _LATE_FEE_FEN, _LATE_DAYS = 9_800, 560, 57
_RECEIVED_FEN = 11_000


def sample_pdf(hall: OpenHall, words: Hall, paper: str) -> bytes:
    """The PDF of an invented payment with the hall's words as `words` has them; nothing is written.

    Its proof is not signed, so that no sample ever passes for a receipt.
    """
    now = hall.clock.now()
    facts = _facts(hall, words, now)
    proof = signed_proof(proof_text(facts), bytes(64))
    return receipt_pdf(facts, paper=Paper(paper), mark=PrintMark(1, now, words.counter_name), proof=proof)


def _facts(hall: OpenHall, words: Hall, now: datetime) -> ReceiptFacts:
    texts = hall.pack.receipt(now.date())
    total_fen = _PRINCIPAL_FEN + _LATE_FEE_FEN
    return ReceiptFacts(
        hall_name=words.name,
        company=words.company,
        hall_id=words.hall_id,
        counter_id=words.counter_id,
        counter_name=words.counter_name,
        receipt_no=receipt_number(hall_code=words.hall_code, counter_code=words.counter_code, year=now.year, serial=1),
        year=now.year,
        serial=1,
        title=texts.title,
        entry_id="sample",
        entry_hash="0" * 64,
        issued_at=now.replace(microsecond=0),
        business_date=now.date(),
        customer_no="C00000000",
        customer_name_masked="张*",
        address_masked="幸福路***号",
        account_no="00000000",
        lines=(_line(now.date()),),
        prepaid_used_fen=0,
        prepaid_stored_fen=0,
        tenders=(ReceiptTender("cash", total_fen),),
        received_fen=_RECEIVED_FEN,
        change_fen=_RECEIVED_FEN - total_fen,
        total_fen=total_fen,
        arrears_before_fen=total_fen,
        arrears_after_fen=0,
        prepaid_before_fen=0,
        prepaid_after_fen=0,
        teller_name=words.counter_name,
        teller_no="0000",
        hotline=words.hotline or texts.hotline,
        footer=tuple(text for text in (words.footer, texts.legal_basis) if text),
        is_demo=True,
    )


def _line(on: date) -> ReceiptLine:
    late = ReceiptWorking(
        from_on=on - timedelta(days=_LATE_DAYS - 1),
        to_on=on,
        base_fen=_PRINCIPAL_FEN,
        days=_LATE_DAYS,
        rate_text="1‰/日",
        amount_text="5.586",
    )
    month = (on.replace(day=1) - timedelta(days=70)).strftime("%Y-%m")
    return ReceiptLine(1, "B000001", month, _PRINCIPAL_FEN, _LATE_FEE_FEN, 0, (late,))
