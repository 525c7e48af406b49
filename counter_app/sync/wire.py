"""The messages between a counter and the hub: one set of classes for both, and what is signed and hashed of them.

A message is JSON (UTF-8). Every request but the enrolment is signed by the device, every reply by the hub; the signed
bytes are made here, so that neither side can hold another text against a signature than the other one did.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from counter_app.domain.id_ranges import MOST_EPOCH, MOST_ORDINAL

PROTOCOLS = (1,)
"""The versions of the protocol that this program speaks, oldest first; a hub speaks its newest and the one before."""

MOST_ENTRIES = 200
"""Entries in one upload."""

MOST_BYTES = 256 * 1024
"""Bytes of an upload's entries, before they are packed."""

MOST_ROWS = 1000
"""Rows of the feed in one reply."""

FINGERPRINT_DIGITS = 32
"""Hex digits of the authority's fingerprint at the end of a printed one-time code."""

NO_HASH = "0" * 64
"""The hash before the first entry of a chain, and before the first row of a feed."""

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Signature = Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]
Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z:._-]+$")]
Count = Annotated[int, Field(ge=0, le=2**53)]


class Message(BaseModel):
    """A message: frozen, and nothing in it that is not known; a newer program's fields come with a newer protocol."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Mark(Message):
    """A place in a chain or in a feed: a number is nothing without the hash that stood there."""

    n: Count
    hash: Hash


class HubState(Message):
    """What every reply of the hub says about itself and about the chain that asked (reliability 0.8)."""

    generation: Id
    feed: Mark
    head: Mark
    hub_time: Annotated[str, Field(max_length=40)]


class Upload(Message):
    """`POST /v1/chains/{counter_id}/{epoch}`: entries that follow one another, or none to say only "here I am"."""

    proto: int
    first_seq: Annotated[int, Field(ge=1, le=2**53)]
    prev_hash: Hash
    entries: Annotated[tuple[Sent, ...], Field(max_length=MOST_ENTRIES)] = ()


class Sent(Message):
    """An entry as it stands in the journal: its canonical text, and the device's signature over its hash."""

    content: Annotated[str, Field(max_length=MOST_BYTES)]
    signature: Signature


class Fate(StrEnum):
    """What the hub did with an entry; each of them is received, and counted as received."""

    APPLIED = "applied"
    KNOWN = "known"
    QUARANTINED = "quarantined"
    SUSPENSE = "suspense"
    PARKED = "parked"


class Uploaded(Message):
    """The hub has these entries on its disk and on a second one: acknowledged up to (`upto`)."""

    hub: HubState
    upto: Mark
    fates: tuple[Fate, ...] = ()
    next_nonce: Id


class Why(StrEnum):
    """Why the hub did not do what was asked; nothing was changed."""

    NOT_SIGNED = "not_signed"
    UNKNOWN_DEVICE = "unknown_device"
    REVOKED = "revoked"
    BAD_CODE = "bad_code"
    BAD_MESSAGE = "bad_message"
    TOO_LARGE = "too_large"
    OLD_PROTOCOL = "old_protocol"
    GAP = "gap"
    FORK = "fork"
    STALE = "stale"
    CLONED = "cloned"
    EPOCH_CLOSED = "epoch_closed"
    NEEDS_SUPERVISOR = "needs_supervisor"
    OTHER_GENERATION = "other_generation"
    OTHER_FEED = "other_feed"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    TOO_MANY = "too_many"
    BUSY = "busy"


STATUS: dict[Why, int] = {
    Why.NOT_SIGNED: 401,
    Why.UNKNOWN_DEVICE: 401,
    Why.REVOKED: 403,
    Why.BAD_CODE: 403,
    Why.BAD_MESSAGE: 400,
    Why.TOO_LARGE: 413,
    Why.OLD_PROTOCOL: 426,
    Why.GAP: 409,
    Why.FORK: 409,
    Why.STALE: 409,
    Why.CLONED: 409,
    Why.EPOCH_CLOSED: 409,
    Why.NEEDS_SUPERVISOR: 403,
    Why.OTHER_GENERATION: 409,
    Why.OTHER_FEED: 409,
    Why.NOT_FOUND: 404,
    Why.CONFLICT: 409,
    Why.TOO_MANY: 429,
    Why.BUSY: 503,
}
"""The HTTP status of each."""


class Refusal(Message):
    """The hub's "no": the code, numbers that explain it, and the hub's state where the device was recognised.

    `next_nonce` comes with a `gap` in a chain: the refused upload has consumed its nonce, the next one brings this.
    """

    why: Why
    hub: HubState | None = None
    facts: dict[str, str] = {}
    next_nonce: Id | None = None
    retry_after_s: Annotated[int, Field(ge=0, le=86_400)] | None = None
    floor_proto: int | None = None


NEWER = "newer_than_hub"
"""What `word_of` says of an `old_protocol` where it is the hub that is behind."""


def word_of(no: Refusal) -> str:
    """The word of a "no" for whoever has to do something about it: of two versions, which one is to be updated."""
    if no.why is Why.OLD_PROTOCOL and no.floor_proto is not None and no.floor_proto <= PROTOCOLS[-1]:
        return NEWER
    return no.why.value


class Enrol(Message):
    """`POST /v1/devices`: a device that has a one-time code asks to be a counter of the hall.

    `proof` is the device's signature over `enrol_text`: who sends a public key holds the private one.
    `epoch` is the largest one that a hub has given this file, 0 for none: a hub that does not know the device gives
    one above it, for it has forgotten what it had of that chain. `is_other` says that the file was put back or copied,
    and goes on under a new epoch or not at all.
    """

    proto: int
    code: Annotated[str, Field(min_length=8, max_length=64)]
    hall_id: Id | None = None
    counter_id: Id
    counter_code: Annotated[str, Field(min_length=1, max_length=8)]
    counter_name: Annotated[str, Field(max_length=40)]
    device_id: Id
    public_key: Hash
    app_version: Annotated[str, Field(max_length=20)]
    epoch: Annotated[int, Field(ge=0, le=MOST_EPOCH)] = 0
    is_other: bool = False
    proof: Signature


class Enrolled(Message):
    """The device is one of the hall's: what it must know to go on alone."""

    hub: HubState
    hall: dict[str, str]
    counter_id: Id
    ordinal: Annotated[int, Field(ge=1, le=MOST_ORDINAL)]
    epoch: Annotated[int, Field(ge=1)]
    hub_key: Hash
    next_nonce: Id
    wants_master: bool


class NewEpoch(Message):
    """`POST /v1/epochs`: a restored or cloned file goes on under a new epoch, confirmed by a supervisor of the hall.

    `last` is the end of the device's chain in `epoch`; `approver_no` stands with `proof`, the entry that says so.
    """

    proto: int
    epoch: Annotated[int, Field(ge=1)]
    last: Mark
    reason: Literal["restored", "cloned", "fork"]
    approver_no: Id


class EpochIssued(Message):
    """The number of the next epoch; what the hub has of the old one ends at `old_head`."""

    hub: HubState
    epoch: Annotated[int, Field(ge=2)]
    old_head: Mark
    next_nonce: Id


class ChainPage(Message):
    """`GET /v1/chains/{counter_id}/{epoch}?after=N`: the counter's own entries as the hub has them."""

    hub: HubState
    entries: tuple[Sent, ...]
    is_end: bool


class FeedRow(Message):
    """One row of the hub's order: what it is, and its canonical JSON text exactly as it was hashed."""

    n: Annotated[int, Field(ge=1, le=2**53)]
    kind: Annotated[str, Field(max_length=40)]
    body: str


class FeedPage(Message):
    """`GET /v1/feed?generation=G&after=N&hash=H`: contiguous rows from N+1, and the hash behind the last of them."""

    hub: HubState
    rows: tuple[FeedRow, ...]
    upto: Mark


class SnapshotPart(Message):
    """One packed part of a snapshot: gzip of lines `[kind, body]`."""

    part: Count
    rows: Count
    sha256: Hash


class Snapshot(Message):
    """`POST /v1/snapshots`: the hall's view at one mark of the feed; the hub's signature covers `snapshot_text`."""

    hub: HubState
    snapshot_id: Id
    at: Mark
    parts: tuple[SnapshotPart, ...]


class MasterOffer(Message):
    """`POST /v1/master/{upload_id}`: the parts of a first counter's master data are all there, take them."""

    parts: tuple[SnapshotPart, ...]


class Done(Message):
    """It is done, and there is nothing more to say than the hub's state."""

    hub: HubState


class Find(Message):
    """`POST /v1/customers/find`: a customer that the hall does not hold, by one exact word of theirs."""

    kind: Literal["account", "customer", "service", "id"]
    term: Annotated[str, Field(min_length=4, max_length=40)]
    staff_no: Id


class FoundRows(Message):
    """The customer's rows, as the feed would bring them; empty when the hub knows nobody by that word."""

    hub: HubState
    rows: tuple[tuple[str, str], ...]


Upload.model_rebuild()


def feed_hash(before: str, n: int, kind: str, body: str) -> str:
    """The rolling hash behind row `n` of a feed."""
    text = f"counter-feed/1\n{before}\n{n}\n{kind}\n{body}"
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def request_text(method: str, target: str, nonce: str, body: bytes) -> bytes:
    """What a device signs of a request; `target` is the path with its query, `nonce` the lease's."""
    return f"counter-request/1\n{method}\n{target}\n{nonce}\n{hashlib.sha256(body).hexdigest()}\n".encode()


def reply_text(request_signature: str, status: int, body: bytes) -> bytes:
    """What the hub signs of a reply: it belongs to this request and to no other."""
    return f"counter-reply/1\n{request_signature}\n{status}\n{hashlib.sha256(body).hexdigest()}\n".encode()


def enrol_text(code: str, device_id: str, counter_id: str, public_key: str) -> bytes:
    """What a device signs to enrol."""
    return f"counter-enrol/1\n{code}\n{device_id}\n{counter_id}\n{public_key}\n".encode()


def snapshot_text(hall_id: str, generation: str, at: Mark, parts: tuple[SnapshotPart, ...]) -> bytes:
    """What the hub signs of a snapshot."""
    lines = "".join(f"{part.part} {part.rows} {part.sha256}\n" for part in parts)
    return f"counter-snapshot/1\n{hall_id}\n{generation}\n{at.n}\n{at.hash}\n{lines}".encode()


def authority_fingerprint(certificate: bytes) -> str:
    """What stands behind the one-time code as printed: 128 bits of the authority's certificate (DER)."""
    return hashlib.sha256(certificate).hexdigest()[:FINGERPRINT_DIGITS]


def contact_digest(first_seq: int, prev_hash: str, count: int, last_hash: str) -> str:
    """What makes two uploads the same contact: a repeated one is answered again, another one is another copy."""
    return hashlib.sha256(f"{first_seq}\n{prev_hash}\n{count}\n{last_hash}".encode()).hexdigest()


ROW_KEYS: dict[str, tuple[str, ...]] = {
    "customer": (
        "id", "customer_no", "name", "kind", "customer_class", "id_kind", "id_number", "group_name", "manager",
        "since_on", "flags", "contacts",
    ),
    "account": ("id", "account_no", "customer_id", "address", "facts", "contract_no", "area"),
    "service": (
        "id", "account_id", "kind", "number", "plan", "state", "state_since_on", "state_reason", "meter_no",
    ),
    "bill": (
        "id", "bill_no", "account_id", "service_id", "month", "issued_on", "due_on", "principal_fen", "cost_fen",
        "accrual_start_on", "accrual_stop_on", "is_disputed", "is_late_fee_deferred", "items",
    ),
    "settlement": (
        "settlement_id", "bill_id", "settled_on", "principal_fen", "late_fee_fen", "cost_fen", "source", "channel",
        "counter_id",
    ),
    "book": (
        "id", "account_id", "name", "kind", "items", "priority", "valid_to", "opening_fen", "opening_source",
        "opened_on",
    ),
    "book_move": ("move_id", "book_id", "amount_fen", "counter_id", "at"),
    "undone": (
        "payment_id", "undo_id", "way", "counter_id", "business_date", "receipt_no", "reason_code",
    ),
    "relief": (
        "step_id", "entry_id", "relief_id", "step", "account_id", "bill_id", "bill_no", "way", "amount_fen", "until",
        "reason_code", "staff_no", "approvers", "business_date", "counter_id",
    ),
    "staff": ("staff_no", "name", "role", "state", "verifier", "must_change_password"),
    "pack": ("trade", "version", "text"),
    "hall": ("key", "value"),
    "counter": ("counter_id", "ordinal", "code", "name", "is_active"),
    "device": ("device_id", "counter_id", "public_key", "epoch", "revoked_at"),
    "task": (
        "task_id", "kind", "state", "subject", "customer_id", "account_id", "amount_fen", "counter_id", "opened_at",
        "due_on", "closed_at", "facts",
    ),
    "line": (
        "entry_id", "counter_id", "epoch", "seq", "kind", "staff_no", "business_date", "amount_fen", "customer_id",
    ),
}  # fmt: skip
"""The keys of each kind of row, in a feed and in a snapshot; a kind that a counter does not know is kept raw."""


def row_body(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """The row with exactly the keys of its kind.

    Raises:
        ValueError: a key is missing or odd; the message names it.
    """
    if odd := set(ROW_KEYS[kind]) ^ row.keys():
        message = f"a row of kind {kind}: {', '.join(sorted(odd))}"
        raise ValueError(message)
    return row
