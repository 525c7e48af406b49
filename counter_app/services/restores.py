"""What becomes of a restore order after the payment sent it; each step is an entry (001-2, 001-25)."""

from __future__ import annotations

from counter_app.domain.customers import OrderUnknown, RestoreOrder
from counter_app.domain.journal import Draft
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right, Session
from counter_app.storage import restores as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import stamp
from counter_app.storage.payments import set_service_state
from counter_app.storage.sql import Writing


def running(hall: OpenHall) -> tuple[RestoreOrder, ...]:
    """Orders that still run, the most urgent first."""
    with hall.reading() as reading:
        return rows.running_orders(reading)


def confirm(hall: OpenHall, session: Session, order_id: str) -> None:
    """The network has brought the service back: it is active again.

    Raises:
        Refused: `NoRight`, `OrderUnknown`.
    """
    session.need(Right.RUN_SHIFT)
    with hall.writing() as work:
        order = _need(work, order_id, "sent")
        at = stamp(hall.clock.now())
        _write(hall, work, session, "restore.confirmed", order)
        rows.set_confirmed(work, order_id, at)
        set_service_state(work, order.service_id, "active", hall.clock.now().date(), "")


def archive(hall: OpenHall, session: Session, order_id: str) -> None:
    """The order is checked and put away.

    Raises:
        Refused: `NoRight`, `OrderUnknown`.
    """
    session.need(Right.RUN_SHIFT)
    with hall.writing() as work:
        order = _need(work, order_id, "confirmed")
        _write(hall, work, session, "restore.archived", order)
        rows.set_archived(work, order_id, stamp(hall.clock.now()))


def _need(work: Writing, order_id: str, state: str) -> RestoreOrder:
    order = rows.find_order(work, order_id)
    if order is None or order.state != state:
        raise Refused(OrderUnknown(order_id, order.state if order else ""))
    return order


def _write(hall: OpenHall, work: Writing, session: Session, kind: str, order: RestoreOrder) -> None:
    hall.journal.append(
        work,
        Draft(
            kind=kind,
            body={"order_id": order.order_id, "service_id": order.service_id},
            staff_no=session.staff_no,
            business_date=hall.clock.now().date(),
            customer_id=order.customer_id,
        ),
    )
