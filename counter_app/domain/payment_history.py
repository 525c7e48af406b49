"""What is known of payments afterwards: past payments, their prints, and intents whose end nobody has seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PastPayment:
    """A payment in the customer's history; `undone_way` is reverse, refund or move, empty while it stands. Of an undo
    that another counter's entry made, or one that this file has lost, the moment is not known.
    """

    payment_id: str
    receipt_no: str
    taken_at: datetime
    business_date: date
    account_id: int
    settled_fen: int
    received_fen: int
    change_fen: int
    prepaid_used_fen: int
    prepaid_stored_fen: int
    staff_no: str
    undone_way: str = ""
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One print of a receipt or a numbered paper, by its `number`; `state` is queued, printing, printed or failed,
    `why` the reason of a failure.
    """

    id: int
    number: str
    copy_no: int
    paper: str
    printer: str
    state: str
    why: str
    staff_no: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An intent whose end nobody has seen; `entry` tells that it was recorded."""

    intent_id: str
    kind: str
    customer_id: int | None
    staff_no: str
    amount_fen: int
    begun_at: datetime
    entry: int | None

    @property
    def is_recorded(self) -> bool:
        """Whether the journal holds it."""
        return self.entry is not None
