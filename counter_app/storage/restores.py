"""Restore orders as they run: sent with the payment, confirmed by the network, archived (001-25)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import bindparam, insert, select, update

from counter_app.domain.customers import RestoreOrder
from counter_app.storage import tables as t
from counter_app.storage.journal import moment
from counter_app.storage.sql import Reading, Row, Writing, compiled

_o = t.restore_orders.c
_COLUMNS = (
    _o.order_id,
    _o.service_id,
    t.services.c.number,
    t.accounts.c.customer_id,
    _o.state,
    _o.ordered_at,
    _o.due_at,
)
_FROM = t.restore_orders.join(t.services, t.services.c.id == _o.service_id).join(
    t.accounts, t.accounts.c.id == t.services.c.account_id
)
_ONE = compiled(select(*_COLUMNS).select_from(_FROM).where(_o.order_id == bindparam("order")))
_RUNNING = compiled(
    select(*_COLUMNS)
    .select_from(_FROM)
    .where(_o.state.not_in([bindparam("archived"), bindparam("withdrawn")]))
    .order_by(_o.due_at, _o.order_id)
)
_ORDER = compiled(insert(t.restore_orders))
_SERVICE_STATE = compiled(
    update(t.services)
    .where(t.services.c.id == bindparam("service"))
    .values(state=bindparam("to_state"), state_since_on=bindparam("since_on"), state_reason=bindparam("reason"))
)
_BRING_BACK = compiled(
    update(t.services)
    .where(t.services.c.id == bindparam("service"), t.services.c.state == bindparam("restoring"))
    .values(state=bindparam("to_state"), state_since_on=bindparam("since_on"), state_reason=bindparam("reason"))
)
_CONFIRM = compiled(
    update(t.restore_orders)
    .where(_o.order_id == bindparam("order"))
    .values(state=bindparam("to_state"), confirmed_at=bindparam("at"))
)
_ARCHIVE = compiled(
    update(t.restore_orders)
    .where(_o.order_id == bindparam("order"))
    .values(state=bindparam("to_state"), archived_at=bindparam("at"))
)


def add_order(
    work: Writing, *, order_id: str, service_id: int, payment_id: str, entry: int, ordered_at: str, due_at: str
) -> None:
    """Write a restore order in its first state, `sent`."""
    work.insert(
        _ORDER,
        {
            "order_id": order_id,
            "service_id": service_id,
            "payment_id": payment_id,
            "entry": entry,
            "state": "sent",
            "ordered_at": ordered_at,
            "due_at": due_at,
            "confirmed_at": None,
            "archived_at": None,
        },
    )


def set_service_state(work: Writing, service_id: int, state: str, since_on: date, reason: str) -> None:
    """Move a service to another state."""
    work.run(
        _SERVICE_STATE,
        {"service": service_id, "to_state": state, "since_on": since_on.isoformat(), "reason": reason},
    )


def bring_back(work: Writing, service_id: int, since_on: date) -> None:
    """A service that is being restored is active again; one that its customer has left meanwhile stays as it is."""
    params = {"service": service_id, "restoring": "restoring", "to_state": "active", "reason": ""}
    work.run(_BRING_BACK, {**params, "since_on": since_on.isoformat()})


def find_order(reading: Reading, order_id: str) -> RestoreOrder | None:
    """One order, or None."""
    row = reading.one(_ONE, {"order": order_id})
    return None if row is None else _order(row)


def running_orders(reading: Reading) -> tuple[RestoreOrder, ...]:
    """Orders that are neither archived nor withdrawn, the most urgent first."""
    return tuple(map(_order, reading.rows(_RUNNING, {"archived": "archived", "withdrawn": "withdrawn"})))


def set_confirmed(work: Writing, order_id: str, at: str) -> None:
    """The service is back."""
    work.run(_CONFIRM, {"order": order_id, "to_state": "confirmed", "at": at})


def set_archived(work: Writing, order_id: str, at: str) -> None:
    """The order is done with."""
    work.run(_ARCHIVE, {"order": order_id, "to_state": "archived", "at": at})


def _order(row: Row) -> RestoreOrder:
    ordered_at: datetime = moment(row[5])
    return RestoreOrder(row[0], row[1], row[2], row[3], row[4], ordered_at, moment(row[6]))
