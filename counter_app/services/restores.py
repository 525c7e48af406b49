"""What becomes of a restore order after the payment sent it; each step is an entry (001-2, 001-25)."""

from __future__ import annotations

from datetime import datetime, timedelta

from counter_app.clock import new_entry_id
from counter_app.domain.customers import OrderUnknown, RestoreOrder, Service
from counter_app.domain.journal import Draft, Entry
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right, Session
from counter_app.services import authority
from counter_app.storage import restores as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import stamp
from counter_app.storage.sql import Writing


def running(hall: OpenHall) -> tuple[RestoreOrder, ...]:
    """Orders that still run, the most urgent first."""
    with hall.reading() as reading:
        return rows.running_orders(reading)


def order_restore(hall: OpenHall, work: Writing, paid: Entry, service: Service, now: datetime) -> None:
    """The payment or deduction brings the service back: an order with its clock, in the same commit (001-2, 001-25)."""
    by = paid.draft
    order_id = new_entry_id(hall.clock)
    hours = hall.pack.restore_hours(by.business_date) or 24
    due_at = stamp(now + timedelta(hours=hours))
    payment_id = paid.place.entry_id
    entry = hall.journal.append(
        work,
        Draft(
            kind="restore.sent",
            body={
                "order_id": order_id,
                "service_id": service.id,
                "payment_id": payment_id,
                "due_at": due_at,
                # an undo of the payment puts the service back into it
                "was": [service.state, service.state_since_on.isoformat(), service.state_reason],
            },
            staff_no=by.staff_no,
            business_date=by.business_date,
            shift_id=by.shift_id,
            customer_id=by.customer_id,
            cause_entry_id=payment_id,
        ),
    )
    rows.add_order(
        work,
        order_id=order_id,
        service_id=service.id,
        payment_id=payment_id,
        entry=entry.id,
        ordered_at=stamp(now),
        due_at=due_at,
    )
    rows.set_service_state(work, service.id, "restoring", by.business_date, "paid")


def confirm(hall: OpenHall, session: Session, order_id: str) -> None:
    """The network has brought the service back: it is active again, unless its customer has left it meanwhile.

    Raises:
        Refused: `NoRight`, `SignedOut`, `OrderUnknown`.
    """
    with hall.writing() as work:
        authority.still(work, session, Right.RUN_SHIFT)
        order = _need(work, order_id, "sent")
        at = stamp(hall.clock.now())
        _write(hall, work, session, "restore.confirmed", order)
        rows.set_confirmed(work, order_id, at)
        rows.bring_back(work, order.service_id, hall.clock.now().date())


def archive(hall: OpenHall, session: Session, order_id: str) -> None:
    """The order is checked and put away; one that was countered, when the network has been told.

    Raises:
        Refused: `NoRight`, `SignedOut`, `OrderUnknown`.
    """
    with hall.writing() as work:
        authority.still(work, session, Right.RUN_SHIFT)
        order = _need(work, order_id, "confirmed", "countered")
        _write(hall, work, session, "restore.archived", order)
        rows.set_archived(work, order_id, stamp(hall.clock.now()))


def _need(work: Writing, order_id: str, *states: str) -> RestoreOrder:
    order = rows.find_order(work, order_id)
    if order is None or order.state not in states:
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
