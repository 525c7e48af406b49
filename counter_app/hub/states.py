"""States of services as counters change them: a restore order, a cancellation; told to the hall as a service row."""

from __future__ import annotations

import json
from collections.abc import Iterable

from counter_app.domain.deductions import BY_ITSELF, DEDUCT
from counter_app.domain.rights import Right
from counter_app.hub import guests
from counter_app.hub.batch import Batch
from counter_app.hub.calls import json_text
from counter_app.hub.entries import Arrived, Unfit, number
from counter_app.hub.rows import LINES, MasterRow
from counter_app.hub.slate import Slate

RESTORING, ACTIVE = "restoring", "active"

NO_SERVICE = "unknown_service"
"""Why an entry is kept apart that is about a service which the hub does not know, or has forgotten."""


def restore(slate: Slate, batch: Batch, entry: Arrived) -> None:
    """A step of a restore order: sent with the payment, confirmed by the network, archived.

    An entry from before the hub changes no service: the master data that came up with it has its state already.

    Raises:
        Unfit: `unreadable`, `unknown_service`, `unknown_staff`, `no_right`.
    """
    if not is_of_batch(slate, batch, entry):
        batch.need(entry, Right.RUN_SHIFT)
    try:
        service_id = number(entry.body["service_id"])
    except KeyError as error:
        raise Unfit("unreadable", "service_id") from error
    service, state = _service(slate, batch, service_id)
    if entry.seen_n is None:
        return
    if entry.kind == "restore.sent":
        _set(slate, service, RESTORING, entry.business_date, "paid")
    elif entry.kind == "restore.confirmed" and state == RESTORING:
        # one that its customer has left meanwhile stays as it is
        _set(slate, service, ACTIVE, entry.business_date, "")


def is_of_batch(slate: Slate, batch: Batch, entry: Arrived) -> bool:
    """Whether nobody asked for a restore order: a deduction that the batch made by itself sent it."""
    deduction_id = entry.body.get("payment_id")
    line = slate.find(LINES, batch.hall_id, deduction_id) if isinstance(deduction_id, str) else None
    return entry.kind == "restore.sent" and entry.staff_no == BY_ITSELF and line is not None and line.kind == DEDUCT


def change(slate: Slate, batch: Batch, entry: Arrived, service_id: int, state: str, reason: str) -> MasterRow:
    """Put a service into another state, as `restore` does; returns its row as it was.

    Raises:
        Unfit: `unknown_service`.
    """
    service, _ = _service(slate, batch, service_id)
    if entry.seen_n is not None:
        _set(slate, service, state, entry.business_date, reason)
    return service


def bring_back(slate: Slate, batch: Batch, entry: Arrived, services: Iterable[tuple[int, str, str, str]]) -> None:
    """Services (id, state, since, reason) whose restore order is taken back with the payment that sent it: those that
    still wait for it are as they were before.

    Raises:
        Unfit: `unknown_service`.
    """
    for service_id, state, since_on, reason in services:
        service, held = _service(slate, batch, service_id)
        if held == RESTORING and entry.seen_n is not None:
            _set(slate, service, state, since_on, reason)


def _service(slate: Slate, batch: Batch, service_id: int) -> tuple[MasterRow, str]:
    home_id, home_service = guests.home_of(slate, batch.hall_id, "service", service_id)
    found = slate.master(home_id, "service", home_service)
    if found is None:
        raise Unfit(NO_SERVICE)
    return found, json.loads(found.body)["state"]


def _set(slate: Slate, service: MasterRow, state: str, on: str, reason: str) -> None:
    body = {**json.loads(service.body), "state": state, "state_since_on": on, "state_reason": reason}
    text = json_text(body)
    slate.put_master(service._replace(body=text))
    slate.tell(service.hall_id, "service", text)
