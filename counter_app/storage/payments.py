"""The rows of a payment, written in the commit of its entry, and read back for the screens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select

from counter_app.domain.payment_history import PastPayment
from counter_app.domain.payments import Tender
from counter_app.storage import tables as t
from counter_app.storage.journal import moment
from counter_app.storage.sql import Reading, Writing, compiled

_PAYMENT = compiled(insert(t.payments))
_TENDER = compiled(insert(t.payment_tenders))
_SETTLEMENT = compiled(
    insert(t.settlements).values({c.name: bindparam(c.name) for c in t.settlements.c if c.name != "id"})
)
_p = t.payments.c
_HISTORY = compiled(
    select(
        _p.payment_id,
        _p.receipt_no,
        _p.taken_at,
        _p.business_date,
        _p.account_id,
        _p.settled_fen,
        _p.received_fen,
        _p.change_fen,
        _p.prepaid_used_fen,
        _p.prepaid_stored_fen,
        _p.staff_no,
    )
    .where(_p.customer_id == bindparam("customer"))
    .order_by(_p.taken_at.desc())
)


class SettlementRow(NamedTuple):
    """What one payment settled of one bill."""

    settlement_id: str
    bill_id: int
    principal_fen: int
    late_fee_fen: int
    cost_fen: int


class PaymentRow(NamedTuple):
    """A payment as its row keeps it."""

    payment_id: str
    entry: int
    customer_id: int
    account_id: int
    shift_id: str
    staff_no: str
    business_date: date
    taken_at: str
    settled_fen: int
    received_fen: int
    change_fen: int
    prepaid_used_fen: int
    prepaid_stored_fen: int
    receipt_no: str


def add_payment(work: Writing, row: PaymentRow, tenders: Sequence[Tender], settled: Sequence[SettlementRow]) -> None:
    """Write a payment with its tenders and what it settled."""
    on = row.business_date.isoformat()
    work.insert(_PAYMENT, row._asdict() | {"business_date": on})
    work.many(
        _TENDER,
        [
            {
                "payment_id": row.payment_id,
                "line": line,
                "tender": tender.kind,
                "amount_fen": tender.amount_fen,
                "reference": tender.reference,
                "bank": tender.bank,
                "document_no": tender.document_no,
                "document_on": tender.document_on.isoformat() if tender.document_on else None,
            }
            for line, tender in enumerate(tenders, 1)
        ],
    )
    written = {"settled_on": on, "source": "counter", "channel": "counter", "entry": row.entry}
    work.many(_SETTLEMENT, [part._asdict() | written for part in settled])


def payments_of(reading: Reading, customer_id: int) -> tuple[PastPayment, ...]:
    """The payments of a customer at this hall's counters, newest first."""
    return tuple(
        PastPayment(row[0], row[1], moment(row[2]), date.fromisoformat(row[3]), *row[4:])
        for row in reading.rows(_HISTORY, {"customer": customer_id})
    )
