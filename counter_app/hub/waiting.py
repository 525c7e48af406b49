"""Tasks about entries that wait: a day for what has not come, and at once for what came and was kept apart."""

from __future__ import annotations

from datetime import datetime, timedelta

from counter_app.hub import undo
from counter_app.hub.batch import Batch
from counter_app.hub.entries import Arrived, place_name
from counter_app.hub.rows import LINES, SUSPENSE, Parked
from counter_app.hub.slate import Slate
from counter_app.hub.tasks import PARKED as WAITS_LONG
from counter_app.hub.tasks import Work, open_task
from counter_app.hub.texts import is_apart

_PATIENCE = timedelta(days=1)


def remind(slate: Slate, batch: Batch) -> None:
    """Open a task for each entry that has waited for a day for what it is about."""
    before = datetime.fromisoformat(batch.at) - _PATIENCE
    for row in slate.parked(batch.hall_id):
        if datetime.fromisoformat(row.since_at) <= before:
            _tell(slate, batch, row)


def for_payment_apart(slate: Slate, batch: Batch, row: Parked) -> None:
    """Open a task for an entry that was put to wait for a payment which is there and kept apart: it waits for a person,
    and nothing more is on its way.
    """
    payment_id = undo.payment_awaited(row.waits_for)
    line = slate.find(LINES, batch.hall_id, payment_id) if payment_id else None
    if line is not None and is_apart(slate, line):
        _tell(slate, batch, row, is_apart=True, receipt_no=line.receipt_no)


def for_those_behind(slate: Slate, batch: Batch, payment: Arrived) -> None:
    """The same for all that have waited before the payment came and was kept apart."""
    for row in slate.parked(batch.hall_id):
        if row.waits_for == undo.awaited(payment.entry_id):
            for_payment_apart(slate, batch, row)


def _tell(slate: Slate, batch: Batch, row: Parked, **more: object) -> None:
    held = slate.find(SUSPENSE, batch.hall_id, place_name(row.counter_id, row.epoch, row.seq))
    facts = {"entry_id": row.entry_id, "waits_for": row.waits_for, **more}
    amount_fen = held.amount_fen if held else 0
    open_task(slate, batch.hall_id, batch.at, Work(WAITS_LONG, row.entry_id, row.counter_id, amount_fen, facts))
