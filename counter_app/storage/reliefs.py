"""The rows of late fees that were let off or put off, here and elsewhere, and the settlements of what was let off."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, insert, literal_column, select, union_all

from counter_app.domain.bills import DISPUTE, LOWERED, TAKEN_BACK
from counter_app.domain.reliefs import WAIVER, Relief, ReliefStep, fold, settlement_id, step_id
from counter_app.domain.undo import UNDONE_END
from counter_app.storage import tables as t
from counter_app.storage import tables_reliefs as r
from counter_app.storage.journal import day
from counter_app.storage.sql import Reading, Row, Sql, Writing, compiled, placed

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_STEP = (
    *("relief_id", "step", "bill_id", "bill_no", "way", "amount_fen", "until", "reason_code", "staff_no"),
    *("approvers", "business_date"),
)
"""The columns of a `ReliefStep`, in its order."""


def _both(where: str, *, is_of_customer: bool = False) -> Sql:
    """The steps of both tables: those of an account, a customer's accounts, or one relief."""

    def asked(column: str) -> Sequence[ColumnElement[bool]]:
        mine = select(t.accounts.c.id).where(t.accounts.c.customer_id == bindparam("customer"))
        return [
            of.c[column].in_(mine) if is_of_customer else of.c[column] == bindparam(column)
            for of in (r.relief_steps, r.reliefs_elsewhere)
        ]

    here, there = asked(where)
    return compiled(
        union_all(
            select(*(r.relief_steps.c[name] for name in _STEP)).where(here),
            select(*(r.reliefs_elsewhere.c[name] for name in _STEP)).where(there),
        )
    )


_OF_ACCOUNT = _both("account_id")
_OF_CUSTOMER = _both("account_id", is_of_customer=True)
_OF_RELIEF = _both("relief_id")
_NEW_STEP = placed(
    insert(r.relief_steps).values({c.name: bindparam(c.name) for c in r.relief_steps.c}),
    [c.name for c in r.relief_steps.c],
)
_SETTLEMENT_COLUMNS = tuple(c.name for c in t.settlements.c if c.name != "id")
_SETTLEMENT = placed(
    insert(t.settlements).values({name: bindparam(name) for name in _SETTLEMENT_COLUMNS}), _SETTLEMENT_COLUMNS
)
_ENTRY_OF = compiled(
    union_all(
        *(
            select(of.c.entry_id).where(of.c.relief_id == bindparam("relief_id"), of.c.step == bindparam("step"))
            for of in (r.relief_steps, r.reliefs_elsewhere)
        )
    )
)
_WAIVED = compiled(
    select(t.settlements.c.bill_id, t.settlements.c.late_fee_fen, t.settlements.c.settled_on).where(
        t.settlements.c.settlement_id == bindparam("settlement")
    )
)
_ACCOUNT = compiled(
    union_all(
        *(
            select(of.c.account_id).where(of.c.relief_id == bindparam("relief_id"))
            for of in (r.relief_steps, r.reliefs_elsewhere)
        )
    )
)


_w, _s, _back = (t.settlements.alias(name) for name in ("waived", "paid", "taken_back"))
_PAID_SINCE = compiled(
    select(func.coalesce(t.payments.c.receipt_no, literal_column("''")), _s.c.settled_on)
    .select_from(
        _w.join(_s, (_s.c.bill_id == _w.c.bill_id) & (_s.c.id > _w.c.id) & (_s.c.settled_on >= _w.c.settled_on))
        .outerjoin(_back, _back.c.settlement_id == _s.c.settlement_id.concat(literal_column(f"'{UNDONE_END}'")))
        .outerjoin(t.payments, t.payments.c.entry == _s.c.entry)
    )
    .where(
        _w.c.settlement_id == bindparam("settlement"),
        _back.c.id.is_(None),
        _s.c.principal_fen + _s.c.late_fee_fen + _s.c.cost_fen > literal_column("0"),
        *(
            literal_column(f"paid.source <> '{source}' AND paid.source NOT LIKE 'hub:{source}%'")
            for source in (WAIVER, DISPUTE, LOWERED, TAKEN_BACK)
        ),
    )
    .order_by(_s.c.id.desc())
)


def _asked_only() -> Sql:
    """The steps of what is asked for and nothing more, wherever that was, with whose account it is."""
    moved = union_all(
        *(
            select(of.c.relief_id).where(of.c.step != literal_column("'asked'"))
            for of in (r.relief_steps, r.reliefs_elsewhere)
        )
    )
    who = (t.customers.c.id, t.customers.c.name, t.accounts.c.account_no)
    return compiled(
        union_all(
            *(
                select(*(of.c[name] for name in _STEP), *who)
                .select_from(
                    of.join(t.accounts, t.accounts.c.id == of.c.account_id).join(
                        t.customers, t.customers.c.id == t.accounts.c.customer_id
                    )
                )
                .where(of.c.step == literal_column("'asked'"), of.c.relief_id.not_in(moved))
                for of in (r.relief_steps, r.reliefs_elsewhere)
            )
        )
    )


_WAITING = _asked_only()


class WaitingRelief(NamedTuple):
    """A relief that nobody has decided, bill by bill, and whose it is."""

    reliefs: tuple[Relief, ...]
    customer_id: int
    name: str
    account_no: str


class WaivedRow(NamedTuple):
    """A settlement by which a late fee is let off, or that taken back: its amount is then below nothing, its day that
    of the other.
    """

    settlement_id: str
    bill_id: int
    late_fee_fen: int
    settled_on: str


def reliefs_of_account(reading: Reading, account_id: int) -> Mapping[int, tuple[Relief, ...]]:
    """The reliefs of an account's bills, by bill."""
    return _by_bill(reading.rows(_OF_ACCOUNT, {"account_id": account_id}))


def reliefs_of_customer(reading: Reading, customer_id: int) -> Mapping[int, tuple[Relief, ...]]:
    """The reliefs of all bills of a customer, by bill."""
    return _by_bill(reading.rows(_OF_CUSTOMER, {"customer": customer_id}))


def reliefs_of_bill(reading: Reading, account_id: int, bill_id: int) -> tuple[Relief, ...]:
    """The reliefs of one bill of an account."""
    return reliefs_of_account(reading, account_id).get(bill_id, ())


def find_relief(reading: Reading, relief_id: str) -> tuple[Relief, ...]:
    """One relief, bill by bill; empty where none is known."""
    return fold(_steps(reading.rows(_OF_RELIEF, {"relief_id": relief_id})))


def waiting_reliefs(reading: Reading) -> tuple[WaitingRelief, ...]:
    """What is asked for and not decided, the oldest first."""
    rows = reading.rows(_WAITING)
    whose = {row[0]: row[len(_STEP) :] for row in rows}
    found: dict[str, tuple[Relief, ...]] = {}
    for relief in fold(_steps(rows)):
        found[relief.relief_id] = (*found.get(relief.relief_id, ()), relief)
    return tuple(WaitingRelief(reliefs, *whose[relief_id]) for relief_id, reliefs in found.items())


def account_of_relief(reading: Reading, relief_id: str) -> int | None:
    """The account whose bills a relief is of."""
    row = reading.one(_ACCOUNT, {"relief_id": relief_id})
    return None if row is None else int(row[0])


def entry_of_step(reading: Reading, relief_id: str, step: str) -> str | None:
    """The entry by which a relief was asked for, or decided, wherever that was."""
    row = reading.one(_ENTRY_OF, {"relief_id": relief_id, "step": step})
    return None if row is None else str(row[0])


def waived_row(reading: Reading, relief: Relief) -> WaivedRow | None:
    """The settlement that lets the late fee of one bill off."""
    name = settlement_id(relief.relief_id, relief.bill_no)
    row = reading.one(_WAIVED, {"settlement": name})
    return None if row is None else WaivedRow(name, row[0], row[1], row[2])


def paid_since(reading: Reading, waived: str) -> tuple[str, date] | None:
    """The newest payment of a bill behind the settlement that let its late fee off, and its day; the receipt's number
    is empty where it was taken elsewhere. Payments that were undone do not count, nor does what nobody paid.
    """
    row = reading.one(_PAID_SINCE, {"settlement": waived})
    return None if row is None else (str(row[0]), date.fromisoformat(row[1]))


def waived_back(row: WaivedRow) -> WaivedRow:
    """The settlement that takes one back: of the same day, so that no late fee knows of either."""
    return WaivedRow(f"{row.settlement_id}{UNDONE_END}", row.bill_id, -row.late_fee_fen, row.settled_on)


def add_steps(work: Writing, steps: Iterable[ReliefStep], *, account_id: int, entry_id: str, entry: int) -> None:
    """Write what one entry did to the reliefs of an account's bills."""
    work.many(
        _NEW_STEP,
        [
            (
                *(step_id(step.relief_id, step.step, step.bill_no), entry_id, entry, step.relief_id, step.step),
                *(account_id, step.bill_id, step.bill_no, step.way, step.amount_fen, _text(step.until)),
                *(step.reason_code, step.staff_no, approvers_text(step.approvers), step.on.isoformat()),
            )
            for step in steps
        ],
    )


def add_waived(work: Writing, rows: Iterable[WaivedRow], entry: int) -> None:
    """Write settlements by which late fees are let off, or that taken back."""
    work.many(
        _SETTLEMENT,
        [
            (row.settlement_id, row.bill_id, row.settled_on, 0, row.late_fee_fen, 0, WAIVER, "counter", entry)
            for row in rows
        ],
    )


def approvers_text(approvers: Sequence[str]) -> str:
    """Staff numbers as a column keeps them."""
    return _encode(list(approvers))


def _by_bill(rows: Sequence[Row]) -> Mapping[int, tuple[Relief, ...]]:
    found: dict[int, tuple[Relief, ...]] = {}
    for relief in fold(_steps(rows)) if rows else ():
        found[relief.bill_id] = (*found.get(relief.bill_id, ()), relief)
    return found


def _steps(rows: Iterable[Row]) -> list[ReliefStep]:
    return [
        ReliefStep._make((*row[:6], day(row[6]), *row[7:9], tuple(json.loads(row[9])), date.fromisoformat(row[10])))
        for row in rows
    ]


def _text(on: date | None) -> str | None:
    return on.isoformat() if on else None
