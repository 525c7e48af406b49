"""Entries that come a second way: from an older epoch, carried verbatim, or from a printed receipt's own proof."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection, insert, select

from counter_app.domain.receipts import Proof, bills_sha256, read_proof
from counter_app.domain.refusals import Refused
from counter_app.hub import feed
from counter_app.hub import tables as t
from counter_app.hub.auth import device_of
from counter_app.hub.batch import Batch
from counter_app.hub.entries import Arrived, Unfit, carried, hash_of, is_signed, key_of, read
from counter_app.hub.rows import Inbox

RECHAIN, IMPORT, EPOCH_START = "recover.rechain", "recover.import", "epoch.start"
FROM_RECEIPT = "payment.recovered"
"""The kind that a payment has at the hub when it came by its receipt; no counter writes it."""

_KEY = re.compile("[0-9a-f]{64}")


def inner_of(batch: Batch, outer: Arrived) -> Arrived:
    """The entry that another one brings, under its own id.

    Raises:
        Unfit: `unreadable` and others of its form; `not_signed`: none of the hall's devices signed it; `incoherent`:
            a receipt's proof says something else than the entry that brings it.
    """
    return _from_receipt(batch, outer) if outer.kind == IMPORT else _from_epoch(batch, outer)


def entry_at(connection: Connection, batch: Batch, place: tuple[str, int, int], entry_id: str) -> Arrived | None:
    """An entry that was received at a place of a chain, or is carried by the one there; None when it has no form.

    Raises:
        Unfit: what is carried has no form.
    """
    row = t.inbox.c
    counter_id, epoch, seq = place
    question = select(t.inbox).where(
        row.hall_id == batch.hall_id, row.counter_id == counter_id, row.epoch == epoch, row.seq == seq
    )
    kept = Inbox(*connection.execute(question).one())
    outer = read(counter_id, epoch, seq, kept.hash, kept.content, kept.signature)
    if outer.problem:
        return None
    return outer if outer.entry_id == entry_id else inner_of(batch, outer)


def introduced(connection: Connection, batch: Batch, entries: Iterable[Arrived]) -> Batch:
    """With the devices whose chains are carried and of which the hub knows nothing: it has lost what it had of them.

    The first entry of each chain says the key that signed it. Such a device is withdrawn from the start; whoever
    carries its entries, in the counter's name, could have written them as well.
    """
    fresh: dict[str, str] = {}
    for outer in entries:
        if outer.kind != RECHAIN:
            continue
        try:
            inner = _carried(outer)
        except Unfit:
            continue
        key = inner.body.get("public_key")
        is_first = inner.kind == EPOCH_START and inner.device_id not in batch.keys.keys() | fresh.keys()
        if is_first and _is_own_key(inner, key) and device_of(connection, inner.device_id) is None:
            assert isinstance(key, str), "a key that signed is a text"
            fresh[inner.device_id] = key
            _take_down(connection, batch, inner, key)
    return replace(batch, keys={**batch.keys, **fresh}) if fresh else batch


def _is_own_key(inner: Arrived, key: object) -> bool:
    return (
        isinstance(key, str) and _KEY.fullmatch(key) is not None and is_signed(key_of(key), inner.hash, inner.signature)
    )


def _take_down(connection: Connection, batch: Batch, inner: Arrived, key: str) -> None:
    told = {
        "device_id": inner.device_id,
        "counter_id": inner.counter_id,
        "public_key": key,
        "epoch": inner.epoch,
        "revoked_at": batch.at,
    }
    kept = {"hall_id": batch.hall_id, "nonce": "", "app_version": "", "enrolled_at": batch.at}
    connection.execute(insert(t.devices).values(**told, **kept))
    feed.tell(connection, batch.hall_id, [("device", told)])


def _from_epoch(batch: Batch, outer: Arrived) -> Arrived:
    inner = _carried(outer)
    key = batch.keys.get(inner.device_id)
    if key is None or not is_signed(key_of(key), inner.hash, inner.signature):
        raise Unfit("not_signed")
    return inner


def _carried(outer: Arrived) -> Arrived:
    body = outer.body
    content, prev_hash, signature = body.get("content"), body.get("prev_hash"), body.get("signature")
    if not (isinstance(content, str) and isinstance(prev_hash, str) and isinstance(signature, str)):
        raise Unfit("unreadable", "content")
    try:
        digest = hash_of(prev_hash, content)
    except ValueError as error:
        raise Unfit("unreadable", "prev_hash") from error
    return carried(outer, content, digest, signature)


def _from_receipt(batch: Batch, outer: Arrived) -> Arrived:
    text = outer.body.get("proof")
    if not isinstance(text, str):
        raise Unfit("unreadable", "proof")
    try:
        proof = read_proof(text)
    except Refused as error:
        raise Unfit("unreadable", "proof") from error
    signature, signed = proof.signature.hex(), proof.signed_text.encode().hex()
    if not any(is_signed(key_of(key), signed, signature) for key in batch.keys.values()):
        raise Unfit("not_signed")
    if not _agrees(outer, proof):
        raise Unfit("incoherent")
    return replace(
        outer,
        counter_id=proof.counter_id,
        epoch=0,
        seq=0,
        hash=proof.entry_hash,
        entry_id=proof.entry_id,
        kind=FROM_RECEIPT,
    )


def _agrees(outer: Arrived, proof: Proof) -> bool:
    body = outer.body
    try:
        bills = tuple(int(row[1]) for row in body["settlements"])
        said = (body["entry_id"], body["receipt_no"], body["amount_fen"])
    except (KeyError, TypeError, ValueError, IndexError):
        return False
    if said != (proof.entry_id, proof.receipt_no, proof.amount_fen):
        return False
    return bills == proof.bill_ids if proof.bill_ids else not bills or bills_sha256(bills) == proof.bills_sha256
