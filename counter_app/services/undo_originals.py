"""What the slip of an undone payment says of what was undone: out of its receipt, or of the row of a deduction."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from counter_app.domain.masks import mask_name
from counter_app.domain.receipts import ReceiptFacts
from counter_app.domain.refusals import Refused
from counter_app.services.receipts import ReceiptUnknown
from counter_app.storage.deductions import deduction_of
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import moment
from counter_app.storage.receipts import receipt_facts
from counter_app.storage.sql import Reading


class Original(NamedTuple):
    """A payment or a deduction as its slip names it; a deduction has no receipt (`has_receipt`)."""

    hotline: str
    at: datetime
    total_fen: int
    customer_no: str
    customer_name_masked: str
    has_receipt: bool


def original_of(hall: OpenHall, reading: Reading, number: str) -> Original:
    """What stands under a receipt's or a deduction's number.

    Raises:
        Refused: `ReceiptUnknown`.
    """
    kept = receipt_facts(reading, number)
    if kept is not None:
        facts = ReceiptFacts.from_json(kept[0])
        whom = (facts.customer_no, facts.customer_name_masked)
        return Original(facts.hotline, facts.issued_at, facts.total_fen, *whom, has_receipt=True)
    found = deduction_of(reading, number)
    if found is None:
        raise Refused(ReceiptUnknown(number))
    taken_at, settled_fen, customer_no, name, kind = found
    at = moment(taken_at).astimezone(hall.clock.now().tzinfo)
    hotline = hall.hall.hotline or hall.pack.receipt(at.date()).hotline
    masked = mask_name(name) if kind == "person" else name
    return Original(hotline, at.replace(microsecond=0), settled_fen, customer_no, masked, has_receipt=False)
