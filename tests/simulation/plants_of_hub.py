"""Planted bugs of the hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from counter_app.hub import chains, contacts, enrolment, epochs, feed, ledger, masters, offers, payments, recover
from counter_app.hub import tables as t
from counter_app.hub.calls import Caller, No
from counter_app.hub.contacts import Lease
from counter_app.hub.database import Database
from counter_app.sync.wire import FeedPage, Mark, Upload, Uploaded, Why
from tests.simulation.swapping import swapped

Put = Callable[[], AbstractContextManager[None]]


def _answers_before_the_commit() -> AbstractContextManager[None]:
    honest, done = Database._commit, [0]

    def hasty(self: Database, connection: Connection, work: Any) -> None:
        done[0] += 1
        if done[0] % 9 == 0:
            # what the disk had not got yet when the machine went down
            work.rollback()
        else:
            honest(self, connection, work)

    return swapped(Database, "_commit", hasty)


def _is_known(connection: Connection, caller: Caller, column: Any) -> bool:
    found = select(t.contacts.c.nonce).where(column == caller.nonce, t.contacts.c.device_id == caller.device_id)
    return connection.execute(found).first() is not None


def _repeated_is_a_second_copy() -> AbstractContextManager[None]:
    honest = contacts.admit

    def strict(connection: Connection, caller: Caller, digest: str) -> Lease | No:
        if _is_known(connection, caller, t.contacts.c.nonce):
            return No(Why.CLONED)
        return honest(connection, caller, digest)

    return swapped(contacts, "admit", strict)


def _unknown_nonce_is_stale() -> AbstractContextManager[None]:
    honest = contacts.admit

    def strict(connection: Connection, caller: Caller, digest: str) -> Lease | No:
        found = honest(connection, caller, digest)
        own = select(t.devices.c.nonce).where(t.devices.c.device_id == caller.device_id)
        if isinstance(found, Lease) and connection.execute(own).scalar_one() != caller.nonce:
            return found if _is_known(connection, caller, t.contacts.c.nonce) else No(Why.STALE)
        return found

    return swapped(contacts, "admit", strict)


def _too_much_is_kept() -> AbstractContextManager[None]:
    return swapped(payments, "excess_of", lambda *_, **__: None)


def _page_leaves_a_row_out() -> AbstractContextManager[None]:
    honest = feed.page

    def careless(*args: Any, **named: Any) -> FeedPage | No:
        found = honest(*args, **named)
        if isinstance(found, FeedPage) and len(found.rows) > 20:
            return found.model_copy(update={"rows": found.rows[:10] + found.rows[11:]})
        return found

    return swapped(feed, "page", careless)


def _place_is_not_compared() -> AbstractContextManager[None]:
    honest = feed.page

    def trusting(connection: Connection, caller: Caller, *, after: Mark, **named: Any) -> FeedPage | No:
        row = t.feed.c
        stood = connection.execute(select(row.hash).where(row.hall_id == caller.hall_id, row.n == after.n)).scalar()
        return honest(connection, caller, after=Mark(n=after.n, hash=stood or after.hash), **named)

    return swapped(feed, "page", trusting)


def _carried_counts_anew() -> AbstractContextManager[None]:
    honest = recover.inner_of

    def renamed(batch: Any, outer: Any) -> Any:
        return replace(honest(batch, outer), entry_id=outer.entry_id)

    return swapped(recover, "inner_of", renamed)


def _unknown_kind_stops_the_chain() -> AbstractContextManager[None]:
    honest = chains.receive

    def strict(connection: Connection, caller: Caller, upload: Upload, **place: Any) -> Uploaded | No:
        if any('"kind":"future.' in sent.content for sent in upload.entries):
            return No(Why.BAD_MESSAGE)
        return honest(connection, caller, upload, **place)

    return swapped(chains, "receive", strict)


def _head_is_not_moved() -> AbstractContextManager[None]:
    honest = vars(chains)["put"]

    def forgetful(connection: Connection, table: Any, rows: Any, mode: Any = "new") -> None:
        if table is not t.chain_heads or not rows[0][3] or rows[0][3] % 5:
            honest(connection, table, rows, mode)

    return swapped(chains, "put", forgetful)


def _forgotten_devices_are_nobody() -> AbstractContextManager[None]:
    return swapped(chains, "introduced", lambda _connection, batch, _entries: batch)


def _receipt_counts_anew() -> AbstractContextManager[None]:
    honest = vars(recover)["_from_receipt"]

    def renamed(batch: Any, outer: Any) -> Any:
        return replace(honest(batch, outer), entry_id=outer.entry_id)

    return swapped(recover, "_from_receipt", renamed)


def _book_keeps_what_was_given_twice() -> AbstractContextManager[None]:
    return swapped(ledger, "take_back", lambda *_: None)


@contextmanager
def _named_epoch_is_not_heeded() -> Iterator[None]:
    honest = epochs.next_epoch

    def deaf(connection: Connection, hall_id: str, counter_id: str, _named: int) -> int:
        return honest(connection, hall_id, counter_id, 0)

    with swapped(epochs, "next_epoch", deaf), swapped(enrolment, "next_epoch", deaf):
        yield


def _understood_is_not_driven_again() -> AbstractContextManager[None]:
    return swapped(chains, "redrive", lambda *_, **__: 0)


def _smaller_bill_gives_nothing_back() -> AbstractContextManager[None]:
    return swapped(masters, "too_much_of", lambda *_, **__: None)


def _half_a_hall_is_a_hall() -> AbstractContextManager[None]:
    return swapped(offers, "is_under_way", lambda *_: False)


BUGS: Mapping[str, Put] = {
    "the hub answers before its commit is on the disk": _answers_before_the_commit,
    "a repeated request is taken for a second copy": _repeated_is_a_second_copy,
    "a nonce of a lost history is stale": _unknown_nonce_is_stale,
    "what is paid too much stays with the bill": _too_much_is_kept,
    "a page of the feed leaves a row out": _page_leaves_a_row_out,
    "the hash at the reader's place is not compared": _place_is_not_compared,
    "a carried entry counts under the id of its carrier": _carried_counts_anew,
    "a kind that is not understood stops the chain": _unknown_kind_stops_the_chain,
    "the head of a chain is not always moved": _head_is_not_moved,
    "entries of a forgotten device stay apart for ever": _forgotten_devices_are_nobody,
    "a receipt that is entered again counts beside its payment": _receipt_counts_anew,
    "a book keeps what two counters gave back for one credit": _book_keeps_what_was_given_twice,
    "a hub that has forgotten epochs heeds none that is named": _named_epoch_is_not_heeded,
    "half of an offer is taken for the whole hall": _half_a_hall_is_a_hall,
    "what a newer hub understands stays apart": _understood_is_not_driven_again,
    "a bill made smaller than what was paid of it gives nothing back": _smaller_bill_gives_nothing_back,
}
"""By what whoever wrote them would have said."""
