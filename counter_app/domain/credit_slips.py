"""The slip for cash given back (退款凭证): the facts from which every print of one is rebuilt."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from counter_app.domain.money import Fen
from counter_app.domain.papers import facts_of, series_number

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
    """`HZ01-03-2026-TK000001`."""
    return series_number(_LETTERS, hall_code=hall_code, counter_code=counter_code, year=year, serial=serial)


def slip_of_text(text: str) -> CreditSlipFacts:
    """The facts that `papers.facts_text` wrote.

    Raises:
        ValueError: as `papers.facts_of` says.
    """
    return facts_of(text, CreditSlipFacts, place="slip", version=VERSION)
