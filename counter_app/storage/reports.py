"""What the reports of the counter are made of: its shifts, its receipts, and the entries that are exceptions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, literal_column, or_, select

from counter_app.domain.report_exceptions import EXCEPTIONS, MAY_BE_OWN, OWN_ACCOUNT, REVEAL, ExceptionEntry
from counter_app.domain.reports import IssuedReceipt, MissingSerials, ShiftFacts
from counter_app.domain.shift_close import Compared
from counter_app.domain.shifts import Shift
from counter_app.domain.z_report import TAKE, FiguresDiffer
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as s
from counter_app.storage import tables_undo as u
from counter_app.storage.given_back import given_back_of
from counter_app.storage.recovery import serials_given_back
from counter_app.storage.shift_report import read_report
from counter_app.storage.shifts import find_shift
from counter_app.storage.sql import Reading, Row, compiled, placed

_e, _s, _p, _r = t.entries.c, t.shifts.c, t.payments.c, t.receipts.c
_u, _x = u.payments_undone.c, u.undone_elsewhere.c
_LISTED = tuple(kind for kind in EXCEPTIONS if kind not in (TAKE, OWN_ACCOUNT))
_ONE: ColumnElement[int] = literal_column("1")
_NOTHING: ColumnElement[int] = literal_column("0")

_SHIFTS = placed(
    select(_s.shift_id)
    .where(_s.business_date >= bindparam("from_on"), _s.business_date <= bindparam("to_on"))
    .order_by(_s.business_date, _s.opened_at, _s.shift_no),
    ("from_on", "to_on"),
)
_DAY_OF_SHIFT = placed(select(_s.business_date).where(_s.shift_no == bindparam("shift_no")), ("shift_no",))
_CLOSING = placed(
    select(_e.entry_id, _e.content)
    .select_from(t.shifts.join(t.entries, _e.id == _s.closing_entry))
    .where(_s.shift_id == bindparam("shift"), _e.kind == bindparam("kind")),
    ("shift", "kind"),
)
_ISSUED = placed(
    select(
        *(_r.receipt_no, _r.counter_id, _r.year, _r.serial, _s.shift_no, _p.received_fen - _p.change_fen),
        *(_p.payment_id, _p.customer_id),
        # undone here, or at another counter of the hall
        *(func.coalesce(_u[name], _x[name]) for name in ("undo_id", "way", "reason_code")),
    )
    .select_from(
        t.payments.join(t.receipts, _r.payment_id == _p.payment_id)
        .join(t.shifts, _s.shift_id == _p.shift_id)
        .outerjoin(u.payments_undone, _u.payment_id == _p.payment_id)
        .outerjoin(u.undone_elsewhere, _x.payment_id == _p.payment_id)
    )
    .where(_p.shift_id == bindparam("shift"))
    .order_by(_r.counter_id, _r.year, _r.serial),
    ("shift",),
)
_BEFORE = placed(
    select(func.max(_r.serial)).where(
        _r.counter_id == bindparam("counter"), _r.year == bindparam("year"), _r.serial < bindparam("serial")
    ),
    ("counter", "year", "serial"),
)
_AFTER = placed(
    select(func.count()).where(
        _r.counter_id == bindparam("counter"), _r.year == bindparam("year"), _r.serial > bindparam("serial")
    ),
    ("counter", "year", "serial"),
)
_LAST = placed(
    select(t.receipt_series.c.last_serial).where(
        t.receipt_series.c.counter_id == bindparam("counter"), t.receipt_series.c.year == bindparam("year")
    ),
    ("counter", "year"),
)
# each end alone is a step into the index, both in one question would read all of it
_FIRST_DAY, _LAST_DAY = (compiled(select(end(_e.business_date))) for end in (func.min, func.max))
_ENTRY = (_e.entry_id, _e.kind, _e.staff_no, _s.shift_no, _s.staff_no, _e.customer_id, _e.content)
_WITH_SHIFT = t.entries.outerjoin(t.shifts, _s.shift_id == _e.shift_id)
_OF_DAY = placed(
    select(*_ENTRY)
    .select_from(_WITH_SHIFT)
    .where(_e.business_date == bindparam("day"), _e.kind.in_([bindparam(f"kind_{n}") for n in range(len(_LISTED))]))
    .order_by(_e.id),
    ("day", *(f"kind_{n}" for n in range(len(_LISTED)))),
)
_REVEALED = placed(
    select(*_ENTRY)
    .select_from(_WITH_SHIFT)
    .where(_e.business_date == bindparam("day"), _e.kind == bindparam("kind"))
    .order_by(_e.id),
    ("day", "kind"),
)
# a busy day has thousands of payments, and few that were redirected or signed: the text is searched, not read as JSON
_ODD_PAYMENTS = placed(
    select(*_ENTRY)
    .select_from(_WITH_SHIFT)
    .where(
        _e.business_date == bindparam("day"),
        _e.kind == bindparam("kind"),
        or_(
            func.instr(_e.content, bindparam("alone")) == _NOTHING,
            func.instr(_e.content, bindparam("in_turn")) == _NOTHING,
        ),
    )
    .order_by(_e.id),
    ("day", "kind", "alone", "in_turn"),
)
# every number that an entry names stands in quotes: who did it is a column, who signed is looked for in the text
_NAMESAKES = placed(
    select(*_ENTRY)
    .select_from(
        _WITH_SHIFT.join(t.customers, t.customers.c.id == _e.customer_id).join(
            t.staff, t.staff.c.name == t.customers.c.name
        )
    )
    .where(
        _e.business_date == bindparam("day"),
        _e.kind.in_([bindparam(f"kind_{n}") for n in range(len(MAY_BE_OWN))]),
        or_(
            t.staff.c.staff_no == _e.staff_no,
            func.instr(_e.content, bindparam("before").concat(t.staff.c.staff_no).concat(bindparam("after")))
            != _NOTHING,
        ),
    )
    .order_by(_e.id)
    .distinct(),
    ("day", *(f"kind_{n}" for n in range(len(MAY_BE_OWN))), "before", "after"),
)
_ALONE, _IN_TURN = '"approver_no":null', '"redirect_reason":""'
_ONE_ENTRY = compiled(select(*_ENTRY).select_from(_WITH_SHIFT).where(_e.entry_id == bindparam("entry_id")))
_HAS_GIVEN = compiled(select(_ONE).where(exists(select(_ONE).select_from(s.foreign_entries))))
_CUSTOMER_NO = compiled(select(t.customers.c.customer_no).where(t.customers.c.id == bindparam("customer")))


def days_of_journal(reading: Reading) -> tuple[date, date] | None:
    """The first and the last business date of the journal; None while it is empty."""
    ends = [row[0] for row in (reading.one(_FIRST_DAY), reading.one(_LAST_DAY)) if row is not None and row[0]]
    return (date.fromisoformat(ends[0]), date.fromisoformat(ends[1])) if ends else None


def day_of_shift(reading: Reading, shift_no: str) -> date | None:
    """The business date of a shift by its number."""
    row = reading.one(_DAY_OF_SHIFT, (shift_no,))
    return None if row is None else date.fromisoformat(row[0])


def shifts_between(reading: Reading, from_on: date, to_on: date) -> tuple[Shift, ...]:
    """The shifts of this file whose business date is in a period, in the order of days and opening."""
    found = (find_shift(reading, row[0]) for row in reading.rows(_SHIFTS, (from_on.isoformat(), to_on.isoformat())))
    return tuple(shift for shift in found if shift is not None)


def shift_facts(reading: Reading, shift: Shift) -> ShiftFacts | FiguresDiffer:
    """The figures of one shift, and how each tender was counted at its close."""
    report = read_report(reading, shift)
    if isinstance(report, FiguresDiffer):
        return report
    closing = reading.one(_CLOSING, (shift.shift_id, "shift.close"))
    if closing is None:
        return ShiftFacts(report)
    body = json.loads(closing[1])["body"]
    # a close of before says of cash only what was counted
    lines = body.get("tenders") or [["cash", body["expected_fen"], body["counted_fen"], 0, 0]]
    return ShiftFacts(report, str(closing[0]), tuple(Compared(*line) for line in lines))


def receipts_of(reading: Reading, shift_id: str) -> list[IssuedReceipt]:
    """The receipts of a shift in the order of their numbers, void ones with their undo."""
    return [IssuedReceipt(*row[:8], *(text or "" for text in row[8:])) for row in reading.rows(_ISSUED, (shift_id,))]


def missing_serials(reading: Reading, issued: Sequence[IssuedReceipt], series_no: str) -> list[MissingSerials]:
    """The serials that lie before or between these receipts and that no receipt of the file has; behind the last
    receipt of all also those up to the end of the series. `series_no` is what stands before the year.
    """
    found: list[MissingSerials] = []
    series: dict[tuple[str, int], list[int]] = {}
    for one in issued:
        series.setdefault((one.counter_id, one.year), []).append(one.serial)
    given = serials_given_back(reading)[0] if series else {}
    for (counter_id, year), serials in sorted(series.items()):
        held = sorted(serials)
        before = reading.one(_BEFORE, (counter_id, year, held[0]))
        ends = [int(before[0] or 0) if before else 0, *held]
        after = reading.one(_AFTER, (counter_id, year, held[-1]))
        if not (after and after[0]):
            last = reading.one(_LAST, (counter_id, year))
            ends.append(int(last[0]) + 1 if last else held[-1] + 1)
        lost = [n for one, other in pairwise(ends) for n in range(one + 1, other)]
        of_hub = given.get((counter_id, year), set())
        for first, last_of_run, is_given in _runs(lost, of_hub):
            found.append(MissingSerials(f"{series_no}{year:04d}-", counter_id, year, first, last_of_run, is_given))
    return found


def exceptions_on(reading: Reading, day: date) -> Iterator[ExceptionEntry]:
    """The entries of a business date that may be exceptions, in the order of the journal."""
    iso = day.isoformat()
    rows = reading.rows(_OF_DAY, (iso, *_LISTED)) + reading.rows(_ODD_PAYMENTS, (iso, TAKE, _ALONE, _IN_TURN))
    yield from map(_entry, rows)
    for row in reading.rows(_NAMESAKES, (iso, *MAY_BE_OWN, '"', '"')):
        yield _entry(row)._replace(kind=OWN_ACCOUNT)


def exceptions_given_back(reading: Reading, from_on: date, to_on: date) -> Iterator[ExceptionEntry]:
    """Those among the entries that this file has lost and that the hub gave back."""
    if reading.one(_HAS_GIVEN) is None:
        return
    for kind in EXCEPTIONS:
        for given in given_back_of(reading, kind):
            said = given.content
            if from_on.isoformat() <= said["business_date"] <= to_on.isoformat():
                shift = find_shift(reading, said["shift_id"]) if said["shift_id"] else None
                names = (shift.shift_no, shift.staff_no) if shift else ("", "")
                yield ExceptionEntry(said["entry_id"], kind, said["staff_no"], *names, said["customer_id"], said)


def reveals_on(reading: Reading, day: date) -> Iterator[ExceptionEntry]:
    """What was revealed on a day, in the order of the journal."""
    yield from map(_entry, reading.rows(_REVEALED, (day.isoformat(), REVEAL)))


def entries_by_id(reading: Reading, ids: Iterable[str]) -> Iterator[ExceptionEntry]:
    """Entries by their ids; those that are not in this journal are left out."""
    for entry_id in ids:
        row = reading.one(_ONE_ENTRY, {"entry_id": entry_id})
        if row is not None:
            yield _entry(row)


def customer_no_of(reading: Reading, customer_id: int | None) -> str:
    """The number of a customer, empty where there is none."""
    row = None if customer_id is None else reading.one(_CUSTOMER_NO, {"customer": customer_id})
    return "" if row is None else str(row[0])


def _entry(row: Row) -> ExceptionEntry:
    content: dict[str, Any] = json.loads(row[6])
    return ExceptionEntry(row[0], row[1], row[2], row[3] or "", row[4] or "", row[5], content)


def _runs(lost: Sequence[int], of_hub: set[int]) -> Iterator[tuple[int, int, bool]]:
    """Serials that follow one another and have the same reason, as first and last."""
    begin = 0
    for place, serial in enumerate(lost):
        ends = place + 1 == len(lost) or lost[place + 1] != serial + 1
        if ends or (lost[place + 1] in of_hub) != (serial in of_hub):
            yield lost[begin], serial, serial in of_hub
            begin = place + 1
