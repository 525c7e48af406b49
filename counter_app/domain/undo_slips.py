"""The slip for a payment that was undone (冲正凭证, 退费凭证, 串户更正凭证): the facts of a print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from counter_app.domain.money import Fen
from counter_app.domain.papers import PaperPerson, facts_of, series_number

REVERSE_SLIP, REFUND_SLIP, MOVE_SLIP = "reverse_slip", "refund_slip", "move_slip"
"""The kinds of these papers among the numbered ones; each has a series of its own."""

SLIP_OF = {"payment.reverse": REVERSE_SLIP, "payment.refund": REFUND_SLIP, "payment.move": MOVE_SLIP}
"""Which paper an undo gets, by the kind of its entry."""

HEADINGS = {REVERSE_SLIP: "冲正凭证", REFUND_SLIP: "退费凭证", MOVE_SLIP: "串户更正凭证"}
VERSION = 1
_LETTERS = {REVERSE_SLIP: "CZ", REFUND_SLIP: "TF", MOVE_SLIP: "CH"}


@dataclass(frozen=True, slots=True)
class UndoneBill:
    """What was paid of one bill and is open again, in fen; `month` is `YYYY-MM`."""

    month: str
    bill_no: str
    principal_fen: Fen
    late_fee_fen: Fen
    cost_fen: Fen

    @property
    def total_fen(self) -> Fen:
        """Principal, late fee and cost together, in fen."""
        return self.principal_fen + self.late_fee_fen + self.cost_fen


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """How a part of the money went back: the kind of tender, the tail of its reference, and, where it did not go back
    as it had come, as which kind it had come and why.
    """

    kind: str
    amount_fen: Fen
    reference_tail: str = ""
    came_as: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class UndoSlipFacts:
    """What stands on it; amounts in fen, never negative. `back_fen` is the sum of `money`; what went back into prepaid
    books is `to_books_fen`, what was taken out of them again `from_books_fen`: the receipt's lines are both together
    with the money. `paper` says what became of the receipt.

    Raises:
        ValueError: the facts contradict themselves: a bug of the caller.
    """

    hall_name: str
    company: str
    hall_id: str
    counter_id: str
    counter_name: str
    hotline: str
    paper_no: str
    kind: str
    year: int
    serial: int
    payment_id: str
    receipt_no: str
    paid_at: datetime
    paid_on: date
    receipt_fen: Fen
    issued_at: datetime
    business_date: date
    staff: PaperPerson
    approvers: tuple[PaperPerson, ...]
    customer_no: str
    customer_name_masked: str
    account_no: str
    to_account_no: str
    reason: str
    bills: tuple[UndoneBill, ...]
    from_books_fen: Fen
    to_books_fen: Fen
    money: tuple[MoneyBack, ...]
    back_fen: Fen
    paper: str
    red_note: str = ""
    is_demo: bool = False
    version: int = VERSION

    def __post_init__(self) -> None:
        """Refuses facts that could not be printed truthfully."""
        parts = [self.from_books_fen, self.to_books_fen, *(back.amount_fen for back in self.money)]
        undone_fen = sum(bill.total_fen for bill in self.bills) + self.from_books_fen
        if self.kind not in HEADINGS or self.version != VERSION or min(parts) < 0:
            message = "slip: an unknown kind or version, or an amount below zero"
            raise ValueError(message)
        if sum(back.amount_fen for back in self.money) != self.back_fen:
            message = f"slip: the ways do not sum up to {self.back_fen}"
            raise ValueError(message)
        if undone_fen != self.back_fen + self.to_books_fen:
            message = f"slip: {undone_fen} undone, {self.back_fen} + {self.to_books_fen} given back"
            raise ValueError(message)

    @property
    def heading(self) -> str:
        """The title of the paper."""
        return HEADINGS[self.kind]


def undo_slip_number(kind: str, *, hall_code: str, counter_code: str, year: int, serial: int) -> str:
    """`HZ01-03-2026-CZ000001`."""
    return series_number(_LETTERS[kind], hall_code=hall_code, counter_code=counter_code, year=year, serial=serial)


def undo_slip_of_text(text: str) -> UndoSlipFacts:
    """The facts that `papers.facts_text` wrote.

    Raises:
        ValueError: as `papers.facts_of` says.
    """
    return facts_of(text, UndoSlipFacts, place="slip", version=VERSION)
