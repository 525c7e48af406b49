"""Orders to cancel a service with the equipment that comes back, and the numbers held after it (002-A4, 002-A22)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, insert, select, update

from counter_app.domain.retention_followup import NumberHold
from counter_app.storage import tables_retention as r
from counter_app.storage.sql import Reading, Row, Writing, compiled

_o = r.cancel_orders.c
_h = r.number_holds.c
_ADD = compiled(insert(r.cancel_orders).values({c.name: bindparam(c.name) for c in r.cancel_orders.c}))
_EQUIPMENT = compiled(
    update(r.cancel_orders).where(_o.case_id == bindparam("case")).values(equipment=bindparam("items"))
)
_CLOSE = compiled(
    update(r.cancel_orders)
    .where(_o.case_id == bindparam("case"))
    .values(state=bindparam("to_state"), closed_at=bindparam("at"))
)
_OF_CASE = compiled(
    select(_o.order_id, _o.case_id, _o.service_id, _o.state, _o.equipment).where(_o.case_id == bindparam("case"))
)
_HOLD = compiled(insert(r.number_holds).values({c.name: bindparam(c.name) for c in r.number_holds.c}))
_HOLD_COLUMNS = (_h.number, _h.service_id, _h.customer_id, _h.held_until, _h.case_id)
_HELD_NUMBER = compiled(
    select(*_HOLD_COLUMNS)
    .where(_h.number == bindparam("of_number"), _h.used_at.is_(None))
    .order_by(_h.held_until.desc())
)
_HELD_CUSTOMER = compiled(
    select(*_HOLD_COLUMNS).where(_h.customer_id == bindparam("customer"), _h.used_at.is_(None)).order_by(_h.held_until)
)
_USE = compiled(update(r.number_holds).where(_h.case_id == bindparam("case")).values(used_at=bindparam("at")))

Item = tuple[str, str]
"""A piece of equipment and what became of it: recovered, missing, kept (the customer's own)."""


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """An order to cancel; `state` is sent or closed."""

    order_id: str
    case_id: str
    service_id: int
    state: str
    equipment: tuple[Item, ...]


def add_order(work: Writing, *, order_id: str, case_id: str, service_id: int, entry: int, ordered_at: str) -> None:
    """Write the order in its first state."""
    work.insert(
        _ADD,
        {
            "order_id": order_id,
            "case_id": case_id,
            "service_id": service_id,
            "entry": entry,
            "state": "sent",
            "ordered_at": ordered_at,
            "equipment": "[]",
            "closed_at": None,
        },
    )


def set_equipment(work: Writing, case_id: str, items: Sequence[Item]) -> None:
    """What became of each piece."""
    work.run(_EQUIPMENT, {"case": case_id, "items": json.dumps(items, ensure_ascii=False)})


def close_order(work: Writing, case_id: str, at: str) -> None:
    """The service is cancelled."""
    work.run(_CLOSE, {"case": case_id, "to_state": "closed", "at": at})


def order_of(reading: Reading, case_id: str) -> CancelOrder | None:
    """The case's order, or None."""
    row = reading.one(_OF_CASE, {"case": case_id})
    if row is None:
        return None
    items = tuple((str(name), str(outcome)) for name, outcome in json.loads(row[4]))
    return CancelOrder(row[0], row[1], row[2], row[3], items)


def hold_number(work: Writing, case_id: str, hold: NumberHold, entry: int) -> None:
    """Keep a number for its customer."""
    work.insert(
        _HOLD,
        {
            "case_id": case_id,
            "service_id": hold.service_id,
            "customer_id": hold.customer_id,
            "number": hold.number,
            "held_until": hold.until_on.isoformat(),
            "used_at": None,
            "entry": entry,
        },
    )


def holds_of_number(reading: Reading, number: str) -> tuple[NumberHold, ...]:
    """Who a number is kept for; dates are the caller's to compare."""
    return tuple(map(_hold, reading.rows(_HELD_NUMBER, {"of_number": number})))


def holds_of_customer(reading: Reading, customer_id: int) -> tuple[NumberHold, ...]:
    """The numbers kept for a customer."""
    return tuple(map(_hold, reading.rows(_HELD_CUSTOMER, {"customer": customer_id})))


def use_hold(work: Writing, case_id: str, at: str) -> None:
    """The customer came back to the number."""
    work.run(_USE, {"case": case_id, "at": at})


def _hold(row: Row) -> NumberHold:
    return NumberHold(row[0], row[1], row[2], date.fromisoformat(row[3]), row[4])
