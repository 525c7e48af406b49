"""A payment of this counter that its file had lost and the hub gave back: what its entry says of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from counter_app.domain.money import Fen


@dataclass(frozen=True, slots=True)
class GivenBill:
    """What it settled of a bill; month and number are empty where the bill has not come down yet."""

    month: str
    bill_no: str
    principal_fen: Fen
    late_fee_fen: Fen
    cost_fen: Fen


@dataclass(frozen=True, slots=True)
class GivenTender:
    """What the customer gave: the kind, the sum, and what the paper of it says."""

    kind: str
    amount_fen: Fen
    reference: str


@dataclass(frozen=True, slots=True)
class GivenPayment:
    """One payment; `stored_fen` went to prepaid, `used_fen` came out of it; `undone_way` is reverse, refund or move
    where it was undone. The words of its receipt are not known: the journal holds their hash alone.
    """

    entry_id: str
    at: datetime
    business_date: str
    staff_no: str
    receipt_no: str
    customer_name: str = field(repr=False)
    account_no: str
    received_fen: Fen
    change_fen: Fen
    settled_fen: Fen
    stored_fen: Fen
    used_fen: Fen
    bills: tuple[GivenBill, ...]
    tenders: tuple[GivenTender, ...]
    undone_way: str = ""
