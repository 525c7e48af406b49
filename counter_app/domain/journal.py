"""The journal (流水): what an entry says, its canonical text, its hash, and its postings that sum to zero."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from counter_app.domain.money import LARGEST_FEN
from counter_app.domain.plain_json import known as _known
from counter_app.domain.plain_json import text as _text
from counter_app.domain.plain_json import whole as _whole

HASH_DOMAIN = b"counter-entry/1\n"
ALGORITHM = "sha256"
GENESIS = bytes(32)
_SURROGATE = re.compile("[\ud800-\udfff]")

_PLAIN = frozenset((str, int, bool, type(None)))
_HOLDERS = frozenset((dict, list, tuple))
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# a named tuple costs less to make than a frozen dataclass, and is a row of the balances as it stands
class Posting(NamedTuple):
    """One line of a money entry: `amount_fen` into `account` for `subject` (a bill, a shift, a book)."""

    account: str
    subject: str
    amount_fen: int


class BodyText(str):
    """A body that stands as its canonical JSON text already, written key by key while a teller waits."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody did, before the journal gives it a place.

    `body` holds text, whole numbers, booleans, lists and maps only; no personal data: it refers to a customer by id.
    """

    kind: str
    body: Mapping[str, Any] | BodyText
    staff_no: str
    business_date: date
    postings: tuple[Posting, ...] = ()
    shift_id: str | None = None
    customer_id: int | None = None
    intent_id: str | None = None
    approver_no: str | None = None
    cause_entry_id: str | None = None
    kind_version: int = 1


class Evidence(NamedTuple):
    """What the counter knew of the hub when it wrote, as the JSON that every entry carries: it changes once a round
    with the hub, and a payment would make it anew each time.
    """

    of_time: str
    of_feed: str


def evidence_of(
    *,
    generation: str | None = None,
    feed_n: int | None = None,
    offset_ms: int | None = None,
    error_ms: int | None = None,
) -> Evidence:
    """How far the counter had read the hub's feed, and where the hub's time stood: `mono_ms` and `offset_ms` together
    are the hub's milliseconds since 1970, give or take `error_ms`. None where it is not known.
    """
    return Evidence(
        f'"hub_error_ms":{_maybe(error_ms)},"hub_offset_ms":{_maybe(offset_ms)}',
        f'"seen_gen":{_known(generation)},"seen_hub_seq":{_maybe(feed_n)}',
    )


def _maybe(number: int | None) -> str:
    return "null" if number is None else _whole(number)


NO_EVIDENCE = evidence_of()
"""The evidence of a counter without a hub."""


class Place(NamedTuple):
    """Where and when an entry stands; wall time is evidence, `seq` is order."""

    hall_id: str
    counter_id: str
    device_id: str
    epoch: int
    seq: int
    entry_id: str
    at: datetime
    boot_id: str
    monotonic_ms: int
    app_version: str
    schema_version: int
    rules_version: str
    evidence: Evidence = NO_EVIDENCE


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it stands in the journal for ever."""

    id: int
    place: Place
    draft: Draft
    content: str
    prev_hash: bytes
    hash: bytes
    signature: bytes = field(repr=False)


class PostingsDoNotBalance(AssertionError):
    """A bug: the postings of one entry do not sum to zero."""


def content_of(draft: Draft, place: Place) -> str:
    """The canonical JSON text of an entry; the hash and the hub both take exactly this text.

    Raises:
        PostingsDoNotBalance: the postings do not sum to zero.
        TypeError: the body holds a float or another type that has no single form.
        ValueError: a posting is outside of ± 999,999,999,999.99 yuan.
    """
    check_postings(draft.postings)
    body = draft.body if isinstance(draft.body, BodyText) else _encoded(dict(draft.body))
    postings = ",".join([f"[{_text(name)},{_text(of)},{_whole(fen)}]" for name, of, fen in draft.postings])
    customer_id = "null" if draft.customer_id is None else _whole(draft.customer_id)
    # the keys are always the same: written in their order, they need no encoder that sorts them while a teller waits
    return as_kept(
        f'{{"alg":{_text(ALGORITHM)},"app_ver":{_text(place.app_version)},"approver_no":{_known(draft.approver_no)}'
        f',"at":"{place.at.isoformat(timespec="milliseconds")}","body":{body},"boot_id":{_text(place.boot_id)}'
        f',"business_date":"{draft.business_date.isoformat()}","cause_entry_id":{_known(draft.cause_entry_id)}'
        f',"counter_id":{_text(place.counter_id)},"customer_id":{customer_id},"device_id":{_text(place.device_id)}'
        f',"entry_id":{_text(place.entry_id)},"epoch":{_whole(place.epoch)},"hall_id":{_text(place.hall_id)}'
        f',{place.evidence.of_time},"intent_id":{_known(draft.intent_id)},"kind":{_text(draft.kind)},"kind_ver":{_whole(draft.kind_version)}'
        f',"mono_ms":{_whole(place.monotonic_ms)},"policy_ver":{_text(place.rules_version)},"postings":[{postings}]'
        f',"schema_ver":{_whole(place.schema_version)},{place.evidence.of_feed},"seq":{_whole(place.seq)},"shift_id":{_known(draft.shift_id)}'
        f',"staff_no":{_text(draft.staff_no)}}}'
    )


def canonical(document: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no spaces; the same facts give the same bytes.

    Raises:
        TypeError: a float, or a type that JSON does not have, is in it; the message names the place.
    """
    return as_kept(_encoded(document))


def as_kept(text: str) -> str:
    """The JSON text as a file can hold it: a lone surrogate (half of a pasted character) survives as an escape."""
    if text.isascii():
        return text
    try:
        # the machine's own way to look through a text takes a tenth of the pattern's
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _SURROGATE.sub(lambda m: f"\\u{ord(m.group()):04x}", text)
    return text


def entry_hash(prev_hash: bytes, content: str) -> bytes:
    """The hash that ties an entry to the one before it (32 bytes, SHA-256)."""
    return hashlib.sha256(HASH_DOMAIN + prev_hash + content.encode("utf-8")).digest()


def check_postings(postings: Sequence[Posting]) -> None:
    """Hold a money entry to its law: whole fen, in range, sum zero.

    Raises:
        PostingsDoNotBalance: the sum is not zero.
        ValueError: one amount is out of range.
    """
    total = 0
    for account, _, amount_fen in postings:
        if not -LARGEST_FEN <= amount_fen <= LARGEST_FEN:
            message = f"posting of {amount_fen} fen to {account} is out of range"
            raise ValueError(message)
        total += amount_fen
    if total:
        message = f"postings sum to {total} fen: {postings}"
        raise PostingsDoNotBalance(message)


def nonzero(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """The postings that move money; a line of nothing says nothing."""
    return tuple([p for p in postings if p.amount_fen])


def _encoded(document: Mapping[str, Any]) -> str:
    if type(document) is not dict or not _has_one_form(document):
        _refuse_floats(document, "")
    return _ENCODER.encode(document)


def _has_one_form(value: Any) -> bool:
    """Whether everything inside is plainly text, whole numbers, lists and maps: the short way, without the place."""
    inside = value.values() if type(value) is dict else value
    # most lists hold nothing but plain values, and are looked through without a step of the interpreter for each
    odd = set(map(type, inside)) - _PLAIN
    if not odd:
        return True
    return odd <= _HOLDERS and all(map(_has_one_form, [inner for inner in inside if type(inner) in _HOLDERS]))


def _refuse_floats(value: Any, path: str) -> None:
    if value is None or isinstance(value, str | bool | int):
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _refuse_floats(inner, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            _refuse_floats(inner, f"{path}[{index}]")
    else:
        message = f"{type(value).__name__} has no canonical form at {path or 'the top'}"
        raise TypeError(message)
