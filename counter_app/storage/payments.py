"""The rows of a payment, written in the commit of its entry, and read back for the screens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, insert, literal_column, select, union_all

from counter_app.domain.payment_history import PastPayment
from counter_app.domain.payments import Tender
from counter_app.storage import tables as t
from counter_app.storage.journal import moment
from counter_app.storage.sql import Reading, Row, Writing, compiled, placed
from counter_app.storage.tables_deductions import deductions
from counter_app.storage.tables_undo import payments_undone, undone_elsewhere

_p, _u, _there = t.payments.c, payments_undone.c, undone_elsewhere.c
_d = deductions.c
_NO_MONEY: ColumnElement[int] = literal_column("0")
_HISTORY = compiled(
    union_all(
        select(
            *(_p.payment_id, _p.receipt_no, _p.taken_at.label("at"), _p.business_date, _p.account_id, _p.settled_fen),
            *(_p.received_fen, _p.change_fen, _p.prepaid_used_fen, _p.prepaid_stored_fen, _p.staff_no),
            *(func.coalesce(_u.way, _there.way), _u.at),
        )
        .select_from(
            t.payments.outerjoin(payments_undone, _u.payment_id == _p.payment_id).outerjoin(
                undone_elsewhere, _there.payment_id == _p.payment_id
            )
        )
        .where(_p.customer_id == bindparam("customer")),
        select(
            *(_d.deduction_id, _d.deduction_no, _d.taken_at, _d.business_date, _d.account_id, _d.settled_fen),
            *(_NO_MONEY, _NO_MONEY, _d.settled_fen, _NO_MONEY, _d.staff_no),
            *(func.coalesce(_u.way, _there.way), _u.at),
        )
        .select_from(
            deductions.outerjoin(payments_undone, _u.payment_id == _d.deduction_id).outerjoin(
                undone_elsewhere, _there.payment_id == _d.deduction_id
            )
        )
        .where(_d.customer_id == bindparam("customer")),
    ).order_by(literal_column("at").desc())
)
"""Payments, and what was deducted from books, which no tender paid and no receipt tells of."""


class SettlementRow(NamedTuple):
    """What one payment settled of one bill."""

    settlement_id: str
    bill_id: int
    principal_fen: int
    late_fee_fen: int
    cost_fen: int


class PaymentRow(NamedTuple):
    """A payment as its row keeps it, in the order of the columns."""

    payment_id: str
    entry: int
    customer_id: int
    account_id: int
    shift_id: str
    staff_no: str
    business_date: str
    taken_at: str
    settled_fen: int
    received_fen: int
    change_fen: int
    prepaid_used_fen: int
    prepaid_stored_fen: int
    receipt_no: str


_PAYMENT = placed(insert(t.payments), PaymentRow._fields)
_TENDER = placed(
    insert(t.payment_tenders),
    ("payment_id", "line", "tender", "amount_fen", "reference", "bank", "document_no", "document_on"),
)
_SETTLEMENT = placed(
    insert(t.settlements).values({c.name: bindparam(c.name) for c in t.settlements.c if c.name != "id"}),
    (
        *("settlement_id", "bill_id", "settled_on", "principal_fen", "late_fee_fen", "cost_fen"),
        *("source", "channel", "entry"),
    ),
)


def add_payment(work: Writing, row: PaymentRow, tenders: Sequence[Tender], settled: Sequence[SettlementRow]) -> None:
    """Write a payment with its tenders and what it settled."""
    work.insert(_PAYMENT, row)
    work.many(
        _TENDER,
        [
            (row.payment_id, line, x.kind, x.amount_fen, x.reference, x.bank, x.document_no, _text(x.document_on))
            for line, x in enumerate(tenders, 1)
        ],
    )
    on, entry = row.business_date, row.entry
    work.many(
        _SETTLEMENT,
        [
            (settlement_id, bill_id, on, principal_fen, late_fee_fen, cost_fen, "counter", "counter", entry)
            for settlement_id, bill_id, principal_fen, late_fee_fen, cost_fen in settled
        ],
    )


def payments_of(reading: Reading, customer_id: int) -> tuple[PastPayment, ...]:
    """The payments of a customer at this hall's counters, newest first."""
    return tuple([_past(row) for row in reading.rows(_HISTORY, {"customer": customer_id})])


def _past(row: Row) -> PastPayment:
    sums_and_undo: Row = (*row[4:11], row[11] or "", moment(row[12]) if row[12] else None)
    return PastPayment(row[0], row[1], moment(row[2]), date.fromisoformat(row[3]), *sums_and_undo)


def _text(on: date | None) -> str | None:
    return on.isoformat() if on else None
