"""The slip for cash given back (退款凭证): the facts from which every print of one is rebuilt."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from counter_app.domain.journal import canonical
from counter_app.domain.money import Fen
from counter_app.domain.typed_json import plain, typed

CREDIT_SLIP = "credit_slip"
"""The kind of this paper among the numbered ones."""

HEADING = "退款凭证"
VERSION = 1
_LETTERS = "TK"


@dataclass(frozen=True, slots=True)
class SlipPayment:
    """One of the two payments of the same bill: day, where (a counter's name, or another channel), amount, receipt."""

    settled_on: str
    where: str
    amount_fen: Fen | None
    receipt_no: str


@dataclass(frozen=True, slots=True)
class CreditSlipFacts:
    """What stands on it. `one` and `other` are the two payments of the bill, `other` None where the bill was made
    smaller after it was paid; the parts sum up to the amount wherever the hub has named them.
    """

    hall_name: str
    company: str
    hall_id: str
    counter_id: str
    counter_name: str
    hotline: str
    paper_no: str
    year: int
    serial: int
    task_id: str
    credit_id: str
    issued_at: datetime
    staff_no: str
    staff_name: str
    approver_no: str
    approver_name: str
    customer_name: str = field(repr=False)
    account_no: str
    month: str
    bill_no: str
    principal_fen: Fen
    late_fee_fen: Fen
    cost_fen: Fen
    amount_fen: Fen
    one: SlipPayment | None
    other: SlipPayment | None
    is_demo: bool = False
    version: int = VERSION


def slip_number(*, hall_code: str, counter_code: str, year: int, serial: int) -> str:
    """`HZ01-03-2026-TK000001`: gap-free per hall, counter and year; `serial` from 1."""
    return f"{hall_code}-{counter_code}-{year:04d}-{_LETTERS}{serial:06d}"


def text_of_slip(facts: CreditSlipFacts) -> str:
    """The facts as canonical JSON; the same facts give the same bytes, so that their hash vouches for them."""
    return canonical(plain(facts))


def slip_of_text(text: str) -> CreditSlipFacts:
    """The facts that `text_of_slip` wrote; nothing missing, nothing unknown, every value of its own type.

    Raises:
        ValueError: the text is not such a document, or one of another version; the message names the place.
    """
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("version") != VERSION:
        message = f"slip.version: expected {VERSION}"
        raise ValueError(message)
    facts: CreditSlipFacts = typed(document, CreditSlipFacts, "slip")
    return facts
