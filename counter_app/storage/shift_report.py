"""What the two paths of a shift's figures are made of: its postings, and the rows beside them."""

from __future__ import annotations

import json

from sqlalchemy import bindparam, select

from counter_app.domain.book_moves import REFUND as BOOK_REFUND
from counter_app.domain.payments import CASH, PREPAID
from counter_app.domain.safe import DROP
from counter_app.domain.shifts import Shift
from counter_app.domain.tasks import SETTLED
from counter_app.domain.z_report import (
    DRAWER,
    IN,
    OPEN,
    OUT,
    RECOVERED,
    FiguresDiffer,
    PaidRow,
    PostedLine,
    SettledRow,
    ShiftReport,
    ShiftRows,
    TenderRow,
    ToldRow,
    report_of,
)
from counter_app.storage import tables as t
from counter_app.storage import tables_undo as u
from counter_app.storage.journal import balance
from counter_app.storage.sql import Reading, Row, placed

_e, _p, _s = t.entries.c, t.payments.c, t.settlements.c
_u, _m = u.payments_undone.c, u.tender_moves.c
_LINE = (_e.entry_id, _e.kind, t.postings.c.account, t.postings.c.subject, t.postings.c.amount_fen)
_WITH_POSTINGS = t.entries.join(t.postings, t.postings.c.entry == _e.id)
_POSTED = placed(
    select(*_LINE)
    .select_from(_WITH_POSTINGS)
    .where(_e.shift_id == bindparam("shift"))
    .order_by(_e.id, t.postings.c.line),
    ("shift",),
)
_GIVEN_BACK = placed(
    select(*_LINE, _e.content)
    .select_from(_WITH_POSTINGS)
    .where(
        t.postings.c.account == bindparam("drawer"),
        t.postings.c.subject == bindparam("shift"),
        _e.kind == bindparam("kind"),
    )
    .order_by(_e.id),
    ("drawer", "shift", "kind"),
)
_OPENING = placed(
    select(_e.entry_id, _e.kind, t.shifts.c.float_fen)
    .select_from(t.shifts.join(t.entries, _e.id == t.shifts.c.opening_entry))
    .where(t.shifts.c.shift_id == bindparam("shift")),
    ("shift",),
)
_PAYMENTS = placed(
    select(_p.payment_id, t.receipts.c.receipt_no, _p.change_fen, _p.prepaid_used_fen, _p.prepaid_stored_fen)
    .select_from(t.payments.join(t.receipts, t.receipts.c.payment_id == _p.payment_id))
    .where(_p.shift_id == bindparam("shift"))
    .order_by(_p.entry),
    ("shift",),
)
_TENDERS = placed(
    select(_p.payment_id, t.payment_tenders.c.tender, t.payment_tenders.c.amount_fen)
    .select_from(t.payments.join(t.payment_tenders, t.payment_tenders.c.payment_id == _p.payment_id))
    .where(_p.shift_id == bindparam("shift"), t.payment_tenders.c.tender != bindparam("books"))
    .order_by(_p.entry, t.payment_tenders.c.line),
    ("shift", "books"),
)
_PARTS = (_s.principal_fen, _s.late_fee_fen, _s.cost_fen)
_SETTLED = placed(
    select(_p.payment_id, *_PARTS)
    .select_from(t.payments.join(t.settlements, _s.entry == _p.entry))
    .where(_p.shift_id == bindparam("shift"))
    .order_by(_p.entry, _s.id),
    ("shift",),
)
# an undo that the hub gave back stands under the entry that vouches for it, and is in the sum of that one
_OWN_UNDO = u.payments_undone.join(t.entries, (_e.id == u.payments_undone.c.entry) & (_e.entry_id == _u.undo_id))
_OPEN_AGAIN = placed(
    select(_u.undo_id, *_PARTS)
    .select_from(_OWN_UNDO.join(t.settlements, _s.entry == _e.id))
    .where(_u.shift_id == bindparam("shift"))
    .order_by(_s.id),
    ("shift",),
)
_UNDONE = placed(
    select(_u.undo_id, _u.way, _p.prepaid_used_fen - _p.prepaid_stored_fen)
    .select_from(_OWN_UNDO.join(t.payments, _p.payment_id == _u.payment_id))
    .where(_u.shift_id == bindparam("shift"))
    .order_by(_e.id),
    ("shift",),
)
_MOVED = placed(
    select(_m.undo_id, _m.tender, _m.amount_fen)
    .select_from(u.tender_moves.join(t.entries, (_e.id == _m.entry) & (_e.entry_id == _m.undo_id)))
    .where(_m.shift_id == bindparam("shift"))
    .order_by(_e.id, _m.line),
    ("shift",),
)
_VOID = placed(
    select(_u.receipt_no).where(_u.shift_id == bindparam("shift")).order_by(_u.entry, _u.receipt_no), ("shift",)
)
_TOLD_KINDS = ("coming", "going", "back", "rest", "drop")
_TOLD = placed(
    select(_e.entry_id, _e.kind, _e.content)
    .where(_e.shift_id == bindparam("shift"), _e.kind.in_([bindparam(name) for name in _TOLD_KINDS]))
    .order_by(_e.id),
    ("shift", *_TOLD_KINDS),
)


def read_report(reading: Reading, shift: Shift) -> ShiftReport | FiguresDiffer:
    """The figures of a shift, open or closed, on both paths; or the first on which they differ."""
    key = (shift.shift_id,)
    given_back = reading.rows(_GIVEN_BACK, (DRAWER, shift.shift_id, RECOVERED))
    posted = [PostedLine(*row) for row in reading.rows(_POSTED, key)]
    posted += [PostedLine(*row[:-1]) for row in given_back]
    found = report_of(shift, posted, _rows(reading, shift, given_back))
    if isinstance(found, FiguresDiffer) or shift.closed_at is not None:
        return found
    kept_fen, expected_fen = balance(reading, DRAWER, shift.shift_id), found.fen(f"expected.{CASH}")
    return found if kept_fen == expected_fen else FiguresDiffer("balance", expected_fen, 1, kept_fen, 1)


def void_receipts(reading: Reading, shift_id: str) -> tuple[str, ...]:
    """The receipts that were undone in a shift, in the order of that."""
    return tuple(row[0] for row in reading.rows(_VOID, (shift_id,)))


def _rows(reading: Reading, shift: Shift, given_back: list[Row]) -> ShiftRows:
    key = (shift.shift_id,)
    opened = reading.one(_OPENING, key)
    assert opened is not None, "a shift stands under the entry that opened it"
    opening_id, opening_kind, float_fen = opened
    told = [_told(*row) for row in reading.rows(_TOLD, (*key, IN, OUT, SETTLED, BOOK_REFUND, DROP))]
    told += [
        ToldRow(row[0], RECOVERED, json.loads(row[-1])["body"]["shifts"].get(shift.shift_id, 0)) for row in given_back
    ]
    return ShiftRows(
        # the float of a shift that the hub gave back is in what it gave back
        float_of=(opening_id, float_fen if opening_kind == OPEN else 0),
        payments=tuple(PaidRow(*row) for row in reading.rows(_PAYMENTS, key)),
        tenders=tuple(TenderRow(*row) for row in reading.rows(_TENDERS, (*key, PREPAID))),
        settled=tuple(SettledRow(*row) for row in (*reading.rows(_SETTLED, key), *reading.rows(_OPEN_AGAIN, key))),
        undone=tuple((row[0], row[1], row[2]) for row in reading.rows(_UNDONE, key)),
        moved=tuple(TenderRow(*row) for row in reading.rows(_MOVED, key)),
        told=tuple(told),
    )


def _told(entry_id: str, kind: str, content: str) -> ToldRow:
    body = json.loads(content)["body"]
    fen = body["amount_fen"]
    if kind == SETTLED and body["way"] == PREPAID:
        fen = 0
    return ToldRow(entry_id, kind, fen if kind == IN else -fen)
