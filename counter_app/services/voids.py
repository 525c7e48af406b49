"""Whether a receipt still counts: which slip undid its payment, and when."""

from __future__ import annotations

from counter_app.domain.print_marks import Void
from counter_app.domain.undo import KIND_OF
from counter_app.domain.undo_slips import HEADINGS, SLIP_OF
from counter_app.storage.papers import papers_of
from counter_app.storage.sql import Reading
from counter_app.storage.undo import undone_of


def slip_of(reading: Reading, payment_id: str) -> str:
    """The number of the slip of an undone payment; empty where none was issued at this counter."""
    found = [paper for paper in papers_of(reading, payment_id) if paper.kind in HEADINGS]
    return found[-1].paper_no if found else ""


def void_of(reading: Reading, payment_id: str) -> Void | None:
    """What a print of the payment's receipt says across it; None while the payment stands."""
    undone = undone_of(reading, payment_id)
    if undone is None:
        return None
    return Void(HEADINGS[SLIP_OF[KIND_OF[undone.way]]], slip_of(reading, payment_id), undone.on)
