"""Planted bugs around payments that are undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from counter_app.hub import ledger, undo
from counter_app.hub.accounts import WAITING
from counter_app.hub.batch import Batch
from counter_app.hub.entries import Arrived, Unfit
from counter_app.hub.slate import Slate
from tests.simulation.swapping import swapped

Put = Callable[[], AbstractContextManager[None]]
Act = Callable[[Slate, Batch, Arrived], Any]


@contextmanager
def _undo_is(act: Act) -> Iterator[None]:
    """The hub does something else with an entry that undoes a payment."""
    kinds: dict[str, Any] = ledger.KINDS
    honest = {kind: kinds[kind] for kind in undo.KINDS}
    kinds.update(dict.fromkeys(undo.KINDS, act))
    try:
        yield
    finally:
        kinds.update(honest)


def _undo_of_a_lost_history_is_nothing() -> AbstractContextManager[None]:
    def forgetful(slate: Slate, batch: Batch, entry: Arrived) -> None:
        if entry.seen_gen in ("", batch.generation):
            undo.undo(slate, batch, entry)

    return _undo_is(forgetful)


def _second_undo_counts() -> AbstractContextManager[None]:
    def twice(slate: Slate, batch: Batch, entry: Arrived) -> None:
        try:
            undo.undo(slate, batch, entry)
        except Unfit as no:
            if no.reason != undo.TWICE:
                raise
            for account, subject, fen in entry.postings:
                if subject == entry.shift_id:
                    slate.post(batch.hall_id, account, subject, fen)
                    slate.post(batch.hall_id, WAITING, "", -fen)

    return _undo_is(twice)


def _undone_is_still_owed() -> AbstractContextManager[None]:
    return swapped(undo, "after_undo", lambda *_: None)


BUGS: Mapping[str, Put] = {
    "an undo from a history that the hub lost changes nothing": _undo_of_a_lost_history_is_nothing,
    "a second undo of a payment counts as well": _second_undo_counts,
    "what was too much of an undone payment stays owed": _undone_is_still_owed,
}
"""By what whoever wrote them would have said."""
