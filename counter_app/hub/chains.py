"""Uploads: what a counter's chain grew by comes in, in one transaction, at least once sent and once applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from counter_app.hub import contacts, evidence
from counter_app.hub import tables as t
from counter_app.hub.applying import apply_all, redrive
from counter_app.hub.batch import batch_of
from counter_app.hub.calls import Caller, Evidence, No, feed_of, head_of, state_of
from counter_app.hub.entries import hash_of, is_signed, key_of, read
from counter_app.hub.ledger import NOT_UNDERSTOOD
from counter_app.hub.recover import introduced
from counter_app.hub.rows import Inbox
from counter_app.hub.sql import ask, put
from counter_app.sync.wire import (
    MOST_BYTES,
    NO_HASH,
    ChainPage,
    Fate,
    HubState,
    Mark,
    Sent,
    Upload,
    Uploaded,
    Why,
    contact_digest,
)

PAGE = 500
"""Entries in one page of a chain that goes back to its counter."""

_inbox = t.inbox.c
_KNOWN = select(_inbox.seq, _inbox.hash).where(
    _inbox.hall_id == bindparam("hall"),
    _inbox.counter_id == bindparam("counter"),
    _inbox.epoch == bindparam("of_epoch"),
    _inbox.seq.between(bindparam("first"), bindparam("last")),
)


@dataclass(frozen=True, slots=True)
class _New:
    """The entries that are new, with the hash of each, and the fates of those before them."""

    first_seq: int
    sent: Sequence[Sent]
    hashes: Sequence[str]
    known: int


def receive(connection: Connection, caller: Caller, upload: Upload, *, counter_id: str, epoch: int) -> Uploaded | No:
    """Take an upload in, whole or not at all; `counter_id` and `epoch` are those of its address.

    Refused: `epoch_closed`, `too_large`, `bad_message`, `stale`, `cloned`, `gap`, `fork`, `not_signed`; those
    of another chain or copy with evidence, and `gap` with its nonce consumed.
    """
    if (counter_id, epoch) != (caller.counter_id, caller.epoch):
        return No(Why.EPOCH_CLOSED, {"epoch": str(caller.epoch)})
    if sum(len(sent.content) for sent in upload.entries) > MOST_BYTES:
        return No(Why.TOO_LARGE)
    if any("\x00" in sent.content for sent in upload.entries):
        return No(Why.BAD_MESSAGE)
    hashes = _hashes(upload)
    digest = contact_digest(
        upload.first_seq, upload.prev_hash, len(upload.entries), hashes[-1] if hashes else upload.prev_hash
    )
    lease = contacts.admit(connection, caller, digest)
    if isinstance(lease, No):
        return lease
    head = head_of(connection, caller.hall_id, counter_id, epoch)
    if upload.first_seq - 1 > head.n:
        # the counter goes on with another range: under this nonce it would be a second request, as a copy's would
        contacts.consume(connection, caller, digest, lease)
        return No(Why.GAP, {"head": str(head.n)}, next_nonce=lease.next_nonce)
    new = _new_part(connection, caller, upload, hashes, head)
    if isinstance(new, No):
        return new
    fates = _take_in(connection, caller, new) if new.sent else ()
    if isinstance(fates, No):
        return fates
    if not upload.entries:
        # "here I am" leaves time for what an older program did not understand
        redrive(connection, caller.hall_id, caller.stamp, reasons=(NOT_UNDERSTOOD,))
    if new.sent:
        head = Mark(n=new.first_seq + len(new.sent) - 1, hash=new.hashes[-1])
    contacts.consume(connection, caller, digest, lease)
    # written every time: an acknowledgement that wrote nothing would not wait for the second copy
    put(connection, t.chain_heads, [(caller.hall_id, counter_id, epoch, head.n, head.hash, 1)], "add")
    state = HubState(
        generation=caller.generation, feed=feed_of(connection, caller.hall_id), head=head, hub_time=caller.stamp
    )
    upto = Mark(n=upload.first_seq - 1 + len(upload.entries), hash=hashes[-1] if hashes else upload.prev_hash)
    known = (Fate.KNOWN,) * new.known
    return Uploaded(hub=state, upto=upto, fates=(*known, *fates), next_nonce=lease.next_nonce)


def page(connection: Connection, caller: Caller, *, epoch: int, after: int) -> ChainPage:
    """The counter's own entries of an epoch as the hub has them, from behind a place on."""
    row = t.inbox.c
    question = (
        select(row.content, row.signature)
        .where(row.hall_id == caller.hall_id, row.counter_id == caller.counter_id, row.epoch == epoch, row.seq > after)
        .order_by(row.seq)
        .limit(PAGE + 1)
    )
    found: list[Sent] = []
    size, is_end = 0, True
    for content, signature in connection.execute(question):
        size += len(content)
        if len(found) == PAGE or (found and size > MOST_BYTES):
            is_end = False
            break
        found.append(Sent(content=content, signature=signature))
    return ChainPage(hub=state_of(connection, caller), entries=tuple(found), is_end=is_end)


def _hashes(upload: Upload) -> list[str]:
    hashes, last = [], upload.prev_hash
    for sent in upload.entries:
        last = hash_of(last, sent.content)
        hashes.append(last)
    return hashes


def _new_part(connection: Connection, caller: Caller, upload: Upload, hashes: Sequence[str], head: Mark) -> _New | No:
    """Hold an upload that follows without a gap against the chain: what both have is the same."""
    before = upload.first_seq - 1
    known = _known_hashes(connection, caller, before, min(head.n, before + len(hashes)))
    for place, digest in enumerate((upload.prev_hash, *hashes[: head.n - before]), before):
        if known.get(place, NO_HASH) != digest:
            return No(Why.FORK, {"seq": str(max(place, 1))}, evidence=(_fork(caller, upload, place, known),))
    overlap = min(len(hashes), head.n - before)
    return _New(head.n + 1, upload.entries[overlap:], hashes[overlap:], overlap)


def _known_hashes(connection: Connection, caller: Caller, first: int, last: int) -> dict[int, str]:
    given = {"hall": caller.hall_id, "counter": caller.counter_id, "of_epoch": caller.epoch}
    return dict(ask(connection, _KNOWN, **given, first=first, last=last))


def _fork(caller: Caller, upload: Upload, place: int, known: dict[int, str]) -> Evidence:
    branch = [[sent.content, sent.signature] for sent in upload.entries[max(0, place - upload.first_seq) :]]
    facts = {"prev_hash": upload.prev_hash, "first_seq": upload.first_seq, "ours": known.get(place), "branch": branch}
    return evidence.branch(caller, evidence.FORK, place, facts)


def _take_in(connection: Connection, caller: Caller, new: _New) -> tuple[Fate, ...] | No:
    entries = []
    at = caller.stamp
    batch = batch_of(connection, caller.hall_id, at, caller.generation)
    key = key_of(batch.keys[caller.device_id])
    for place, (sent, digest) in enumerate(zip(new.sent, new.hashes, strict=True), new.first_seq):
        if not is_signed(key, digest, sent.signature):
            found = evidence.branch(caller, evidence.NOT_SIGNED, place, [sent.content, sent.signature])
            return No(Why.NOT_SIGNED, {"seq": str(place)}, evidence=(found,))
        entries.append(read(caller.counter_id, caller.epoch, place, digest, sent.content, sent.signature))
    rows = [
        Inbox(
            caller.hall_id,
            caller.counter_id,
            caller.epoch,
            entry.seq,
            entry.entry_id,
            entry.hash,
            entry.content,
            entry.signature,
            at,
        )
        for entry in entries
    ]
    put(connection, t.inbox, rows)
    return tuple(apply_all(connection, introduced(connection, batch, entries), entries))
