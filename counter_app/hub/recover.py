"""Entries that come a second way: from an older epoch, carried verbatim, or from a printed receipt's own proof."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

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

_KEY, _ID = re.compile("[0-9a-f]{64}"), re.compile("[0-9A-Za-z:._-]{1,64}")


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


class _Claim(NamedTuple):
    """Somebody's key, and something that it signed (hex)."""

    device_id: object
    public_key: object
    epoch: int
    signed: str
    signature: str


def introduced(connection: Connection, batch: Batch, entries: Iterable[Arrived]) -> Batch:
    """With the devices whose chains are carried, or whose receipts are entered again, and of which the hub knows
    nothing: it has lost what it had of them.

    The first entry of each chain says the key that signed it, a receipt's entry the key that signed the receipt. Such
    a device is withdrawn from the start; whoever brings its entries, in the counter's name, could have written them.
    """
    keys = dict(batch.keys)
    for outer in entries:
        claim = _claim(outer)
        if claim is None or not isinstance(claim.device_id, str) or not isinstance(claim.public_key, str):
            continue
        is_known = claim.device_id in keys or device_of(connection, claim.device_id) is not None
        is_name = _ID.fullmatch(claim.device_id) is not None and _KEY.fullmatch(claim.public_key) is not None
        if is_name and not is_known and is_signed(key_of(claim.public_key), claim.signed, claim.signature):
            keys[claim.device_id] = claim.public_key
            _take_down(connection, batch, outer.counter_id, claim)
    return replace(batch, keys=keys) if keys.keys() != batch.keys.keys() else batch


def _claim(outer: Arrived) -> _Claim | None:
    try:
        if outer.kind == RECHAIN:
            inner = _carried(outer)
            key = inner.body.get("public_key")
            claim = _Claim(inner.device_id, key, inner.epoch, inner.hash, inner.signature)
            return claim if inner.kind == EPOCH_START else None
        if outer.kind == IMPORT:
            proof, body = _proof_of(outer), outer.body
            signed = proof.signed_text.encode().hex()
            return _Claim(body.get("device_id"), body.get("public_key"), 0, signed, proof.signature.hex())
    except Unfit:
        return None
    return None


def _take_down(connection: Connection, batch: Batch, counter_id: str, claim: _Claim) -> None:
    told = {
        "device_id": claim.device_id,
        "counter_id": counter_id,
        "public_key": claim.public_key,
        "epoch": claim.epoch,
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
    proof = _proof_of(outer)
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


def _proof_of(outer: Arrived) -> Proof:
    text = outer.body.get("proof")
    if not isinstance(text, str):
        raise Unfit("unreadable", "proof")
    try:
        return read_proof(text)
    except Refused as error:
        raise Unfit("unreadable", "proof") from error


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
