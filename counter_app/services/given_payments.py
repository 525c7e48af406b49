"""Payments that this counter's file had lost and the hub gave back, for a supervisor to look through."""

from __future__ import annotations

from dataclasses import replace

from counter_app.domain.given_payments import GivenPayment
from counter_app.domain.masks import mask_name
from counter_app.domain.staff import Right, Session
from counter_app.storage import given_payments as rows
from counter_app.storage.hall import OpenHall


def listed(hall: OpenHall, session: Session) -> tuple[GivenPayment, ...]:
    """Those of late, the newest first, the customers masked.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_JOURNAL)
    with hall.reading() as reading:
        found = rows.given_payments(reading)
    return tuple(replace(one, customer_name=mask_name(one.customer_name) if one.customer_name else "") for one in found)
