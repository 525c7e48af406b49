"""The rows of a payment that is put right: what goes back, what is paid otherwise, what becomes of its orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, union_all, update

from counter_app.domain.undo import Undone, UndoWay
from counter_app.storage import tables as t
from counter_app.storage import tables_undo as u
from counter_app.storage.journal import day
from counter_app.storage.sql import Reading, Writing, compiled, placed

SOURCE = "undo"
"""The source of a settlement that takes back another one."""


class UndoneRow(NamedTuple):
    """A payment that was undone, in the order of the columns."""

    payment_id: str
    undo_id: str
    entry: int
    way: UndoWay
    at: str
    business_date: str
    receipt_no: str
    reason_code: str
    shift_id: str


class PartBack(NamedTuple):
    """A settlement that takes back another one: its amounts are below 0, its day is that of the other."""

    settlement_id: str
    bill_id: int
    principal_fen: int
    late_fee_fen: int
    cost_fen: int
    settled_on: str


class TenderMove(NamedTuple):
    """Money by a tender: out is negative."""

    tender: str
    amount_fen: int
    reference: str
    bank: str
    document_no: str
    document_on: str | None


class InvoiceNote(NamedTuple):
    """The number of an invoice about a receipt; `red_of` names the one that it takes back."""

    receipt_no: str
    invoice_no: str
    issued_on: date
    red_of: str | None


_UNDONE = placed(insert(u.payments_undone), UndoneRow._fields)
_SETTLEMENT_COLUMNS = tuple(c.name for c in t.settlements.c if c.name != "id")
_SETTLEMENT = placed(
    insert(t.settlements).values({name: bindparam(name) for name in _SETTLEMENT_COLUMNS}), _SETTLEMENT_COLUMNS
)
_MOVE = placed(insert(u.tender_moves), [c.name for c in u.tender_moves.c])
_NOTE = placed(insert(u.invoice_notes), [c.name for c in u.invoice_notes.c])
_NOTES = placed(
    select(*(c for c in u.invoice_notes.c if c.name != "entry"))
    .where(u.invoice_notes.c.receipt_no == bindparam("receipt"))
    .order_by(u.invoice_notes.c.issued_on, u.invoice_notes.c.entry),
    ("receipt",),
)
_ORDER = placed(
    update(t.restore_orders)
    .where(t.restore_orders.c.order_id == bindparam("order"))
    .values(state=bindparam("to_state")),
    ("to_state", "order"),
)
_here, _there = u.payments_undone.c, u.undone_elsewhere.c
_OF_PAYMENT = compiled(
    union_all(
        *(
            select(of.way, of.business_date, of.undo_id).where(of.payment_id == bindparam("payment"))
            for of in (_here, _there)
        )
    )
)


def undone_of(reading: Reading, payment_id: str) -> Undone | None:
    """How and when a payment was undone, or None: here, or as the hub says at another counter, or by an entry of this
    one that its file has lost.
    """
    rows = reading.rows(_OF_PAYMENT, {"payment": payment_id})
    return Undone(rows[0][0], date.fromisoformat(rows[0][1]), rows[0][2]) if rows else None


def add_undone(work: Writing, row: UndoneRow, parts: Sequence[PartBack]) -> None:
    """Write that a payment was undone, and the settlements that take its own back; a second undo breaks a key."""
    work.insert(_UNDONE, row)
    work.many(
        _SETTLEMENT,
        [
            (
                *(part.settlement_id, part.bill_id, part.settled_on),
                *(part.principal_fen, part.late_fee_fen, part.cost_fen, SOURCE, "counter", row.entry),
            )
            for part in parts
        ],
    )


def add_tender_moves(
    work: Writing, undo_id: str, entry: int, payment_id: str, shift_id: str, moves: Iterable[TenderMove]
) -> None:
    """Write what went back of a payment, or was paid otherwise, line by line."""
    work.many(_MOVE, [(undo_id, line, entry, payment_id, shift_id, *move) for line, move in enumerate(moves, 1)])


def add_invoice_note(work: Writing, note: InvoiceNote, entry: int) -> None:
    """Keep the number of an invoice."""
    receipt_no, invoice_no, issued_on, red_of = note
    work.insert(_NOTE, (receipt_no, invoice_no, issued_on.isoformat(), red_of, entry))


def invoice_notes(reading: Reading, receipt_no: str) -> tuple[InvoiceNote, ...]:
    """The invoices noted about a receipt, the oldest first."""
    return tuple(
        InvoiceNote(row[0], row[1], day(row[2]) or date.min, row[3]) for row in reading.rows(_NOTES, (receipt_no,))
    )


def open_invoice(reading: Reading, receipt_no: str) -> str:
    """The number of the invoice about a receipt that no red one takes back; empty where there is none."""
    notes = invoice_notes(reading, receipt_no)
    red = {note.red_of for note in notes}
    return next((note.invoice_no for note in notes if note.red_of is None and note.invoice_no not in red), "")


def set_order_state(work: Writing, order_id: str, state: str) -> None:
    """What becomes of a restore order whose payment is undone: withdrawn or countered."""
    work.run(_ORDER, (state, order_id))
