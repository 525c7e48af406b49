"""Shifts and their running sums, each a sum of postings."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, func, insert, null, select, union_all, update

from counter_app.domain.book_moves import REFUND as BOOK_REFUND
from counter_app.domain.safe import TURNED_IN
from counter_app.domain.shifts import Shift, ShiftSheet, TenderTotal
from counter_app.domain.tasks import SETTLED
from counter_app.storage import tables as t
from counter_app.storage.journal import moment
from counter_app.storage.sql import Reading, Row, Writing, compiled, placed
from counter_app.storage.tables_undo import tender_moves

DRAWER = "drawer"
"""The posting account of cash in the drawer; its subject is the shift. Other tenders post to an account of their
own name, with the same subject."""

_s = t.shifts.c
_COLUMNS = (
    _s.shift_id,
    _s.shift_no,
    _s.counter_id,
    _s.staff_no,
    _s.business_date,
    _s.opened_at,
    _s.float_fen,
    _s.closed_at,
)
_OPEN = placed(select(*_COLUMNS).where(_s.counter_id == bindparam("counter"), _s.closed_at.is_(None)), ("counter",))
_BY_ID = compiled(select(*_COLUMNS).where(_s.shift_id == bindparam("shift")))
_COUNT = compiled(
    select(func.count())
    .select_from(t.shifts)
    .where(_s.counter_id == bindparam("counter"), _s.business_date == bindparam("day"))
)
_ADD = compiled(insert(t.shifts))
_CLOSE = compiled(
    update(t.shifts)
    .where(_s.shift_id == bindparam("shift"))
    .values(closed_at=bindparam("at"), closing_entry=bindparam("by_entry"), counted_fen=bindparam("counted"))
)
_BALANCES = compiled(
    select(t.balances.c.account, t.balances.c.balance_fen).where(
        t.balances.c.account.in_(
            select(t.balances.c.account).where(t.balances.c.subject == bindparam("shift")).scalar_subquery()
        ),
        t.balances.c.subject == bindparam("shift"),
    )
)
# what came in by the shift's payments, and what was put right in it, of whichever shift the payment was
_LINES = union_all(
    select(t.payment_tenders.c.tender, t.payment_tenders.c.payment_id, t.payment_tenders.c.amount_fen)
    .select_from(t.payments.join(t.payment_tenders, t.payment_tenders.c.payment_id == t.payments.c.payment_id))
    .where(t.payments.c.shift_id == bindparam("shift")),
    select(tender_moves.c.tender, null(), tender_moves.c.amount_fen).where(
        tender_moves.c.shift_id == bindparam("shift")
    ),
).subquery()
_TENDERS = compiled(
    select(_LINES.c.tender, func.count(_LINES.c.payment_id.distinct()), func.sum(_LINES.c.amount_fen)).group_by(
        _LINES.c.tender
    )
)
_GIVEN_BACK = compiled(
    select(func.sum(t.postings.c.amount_fen))
    .select_from(t.entries.join(t.postings, t.postings.c.entry == t.entries.c.id))
    .where(
        t.entries.c.shift_id == bindparam("shift"),
        t.entries.c.kind.in_([bindparam("settled"), bindparam("rest")]),
        t.postings.c.account == bindparam("drawer"),
    )
)
_SUMS = compiled(
    select(func.count(), func.sum(t.payments.c.change_fen)).where(t.payments.c.shift_id == bindparam("shift"))
)


def open_shift_of(reading: Reading, counter_id: str) -> Shift | None:
    """The counter's open shift, or None."""
    row = reading.one(_OPEN, (counter_id,))
    return None if row is None else _shift(row)


def find_shift(reading: Reading, shift_id: str) -> Shift | None:
    """A shift by its id, open or closed."""
    row = reading.one(_BY_ID, {"shift": shift_id})
    return None if row is None else _shift(row)


def shifts_on(reading: Reading, counter_id: str, on: date) -> int:
    """How many shifts the counter has opened on a business date."""
    row = reading.one(_COUNT, {"counter": counter_id, "day": on.isoformat()})
    return int(row[0]) if row else 0


def add_shift(work: Writing, shift: Shift, entry: int, opened_at: str) -> None:
    """Write a freshly opened shift; a second open one at the counter breaks a unique index."""
    work.insert(
        _ADD,
        {
            "shift_id": shift.shift_id,
            "shift_no": shift.shift_no,
            "counter_id": shift.counter_id,
            "staff_no": shift.staff_no,
            "business_date": shift.business_date.isoformat(),
            "opened_at": opened_at,
            "float_fen": shift.float_fen,
            "opening_entry": entry,
            "closed_at": None,
            "closing_entry": None,
            "counted_fen": None,
        },
    )


def close_shift(work: Writing, shift_id: str, *, at: str, entry: int, counted_fen: int) -> None:
    """Mark a shift as closed."""
    work.run(_CLOSE, {"shift": shift_id, "at": at, "by_entry": entry, "counted": counted_fen})


def sheet_of(reading: Reading, shift: Shift) -> ShiftSheet:
    """The running sums of a shift."""
    balances: dict[str, int] = dict(reading.rows(_BALANCES, {"shift": shift.shift_id}))
    counts = reading.one(_SUMS, {"shift": shift.shift_id}) or (0, 0)
    change_fen = counts[1] or 0
    given_back = reading.one(_GIVEN_BACK, _given_back_in(shift))
    totals = tuple(
        TenderTotal(tender, payments, amount - (change_fen if tender == "cash" else 0))
        for tender, payments, amount in reading.rows(_TENDERS, {"shift": shift.shift_id})
    )
    return ShiftSheet(
        shift=shift,
        expected_cash_fen=balances.get(DRAWER, 0),
        totals=totals,
        payment_count=counts[0],
        cash_in_fen=-balances.get("cash_in", 0),
        cash_out_fen=balances.get("cash_out", 0),
        given_back_fen=-(given_back[0] or 0) if given_back else 0,
        dropped_fen=balances.get(TURNED_IN, 0),
    )


def _given_back_in(shift: Shift) -> dict[str, str]:
    return {"shift": shift.shift_id, "settled": SETTLED, "rest": BOOK_REFUND, "drawer": DRAWER}


def _shift(row: Row) -> Shift:
    return Shift(
        row[0],
        row[1],
        row[2],
        row[3],
        date.fromisoformat(row[4]),
        moment(row[5]),
        row[6],
        moment(row[7]) if row[7] else None,
    )
