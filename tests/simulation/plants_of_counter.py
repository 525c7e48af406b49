"""Planted bugs of the counter's side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from counter_app.domain.sync_state import ChainMark, Outstanding
from counter_app.services import payments
from counter_app.storage import books, chain, feed_facts
from counter_app.storage.sql import Sql
from counter_app.storage.sync_state import keep
from counter_app.storage.trouble import CommitUncertain, NotRecorded
from counter_app.sync import apply_feed, contact, new_epoch, wire
from counter_app.sync.engine import Engine
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import LineDown
from counter_app.sync.master_offer import MasterOffers
from counter_app.sync.upload import Uploads
from counter_app.sync.wire import MOST_BYTES, MOST_ENTRIES, Why
from tests.simulation.swapping import swapped

Put = Callable[[], AbstractContextManager[None]]


def _failed_commit_is_not_done() -> AbstractContextManager[None]:
    def hasty(_hall: object, _intent: str, error: CommitUncertain) -> None:
        raise NotRecorded(error.why)

    return swapped(payments, "resolve", hasty)


def _range_is_made_anew() -> AbstractContextManager[None]:
    def fresh(self: Uploads, _state: object, acked: ChainMark, nonce: str) -> Any:
        links = self._links(acked.epoch, acked.seq, MOST_ENTRIES, most_bytes=MOST_BYTES)
        last_hash = links[-1].hash.hex() if links else acked.hash
        return Outstanding(nonce, acked.epoch, acked.seq + 1, len(links), last_hash), links

    return swapped(Uploads, "_next", fresh)


@contextmanager
def _lost_tail_is_not_offered() -> Iterator[None]:
    honest = Uploads._refused

    def deaf(self: Uploads, no: Any, fresh: Any, state: Any) -> None:
        if no.why is not Why.GAP:
            honest(self, no, fresh, state)

    with ExitStack() as stack:
        stack.enter_context(swapped(Uploads, "_refused", deaf))
        stack.enter_context(swapped(Engine, "_offer_again", lambda *_: None))
        yield


def _nonce_of_a_gap_is_used_again() -> AbstractContextManager[None]:
    honest = Uploads._refused

    def careless(self: Uploads, no: Any, fresh: Any, state: Any) -> None:
        honest(self, no.model_copy(update={"next_nonce": None}), fresh, state)

    return swapped(Uploads, "_refused", careless)


def _mark_before_rows() -> AbstractContextManager[None]:
    honest = apply_feed._Slice.__call__

    def early(self: Any) -> None:
        with self.hall.store.writing() as work:
            keep(work, feed=self.mark)
        with self.hall.store.writing() as work:
            keep(work, feed=self.before)
        honest(self)

    return swapped(apply_feed._Slice, "__call__", early)


def _book_ids_from_the_largest() -> AbstractContextManager[None]:
    return swapped(books, "own_id", lambda *_: None)


def _anybody_is_the_hub() -> AbstractContextManager[None]:
    return swapped(contact, "is_signed", lambda *_: True)


def _nothing_is_carried() -> AbstractContextManager[None]:
    honest = chain.waiting

    def none(reading: Any, epoch: int, after: int, *, most: int, most_bytes: int) -> Any:
        return () if most == new_epoch.MOST_CARRIED else honest(reading, epoch, after, most=most, most_bytes=most_bytes)

    return swapped(chain, "waiting", none)


def _own_moves_count_twice() -> AbstractContextManager[None]:
    return swapped(feed_facts, "_OWN", Sql("SELECT '' WHERE :keys IS NULL"))


def _stop_is_forgotten() -> AbstractContextManager[None]:
    return swapped(Ground, "stop", lambda *_, **__: None)


def _who_is_behind_is_not_told() -> AbstractContextManager[None]:
    return swapped(wire, "word_of", lambda no: no.why.value)


def _no_answer_is_a_yes() -> AbstractContextManager[None]:
    honest = MasterOffers._put

    def hopeful(self: MasterOffers, offer: Any, content: str) -> Any:
        try:
            return honest(self, offer, content)
        except LineDown:
            return None

    return swapped(MasterOffers, "_put", hopeful)


BUGS: Mapping[str, Put] = {
    "a COMMIT with an error is taken for one that was not done": _failed_commit_is_not_done,
    "the range of a request without an answer is made anew": _range_is_made_anew,
    "what the hub lost is not offered again": _lost_tail_is_not_offered,
    "after a gap the refused request's nonce is used again": _nonce_of_a_gap_is_used_again,
    "the feed's mark moves before its rows": _mark_before_rows,
    "a new book has the largest id and one": _book_ids_from_the_largest,
    "a reply that nobody signed is a reply": _anybody_is_the_hub,
    "a new epoch carries nothing over": _nothing_is_carried,
    "own moves in books count again when they come down": _own_moves_count_twice,
    "what the hub says against the file stops nothing": _stop_is_forgotten,
    "a part of an offer that had no answer counts as taken": _no_answer_is_a_yes,
    "a counter that is newer than its hub is told to update itself": _who_is_behind_is_not_told,
}
"""By what whoever wrote them would have said."""
