"""An entry as it arrives: its place in the chain, who signed it, and what it says, held to its form."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from counter_app.domain.journal import entry_hash
from counter_app.domain.money import LARGEST_FEN
from counter_app.domain.undo import TRANSFER

KIND_VERSION = 1
"""The newest version of a kind of entry that this program understands."""

_ID = re.compile(r"[0-9A-Za-z:._-]{1,64}")
_KIND = re.compile(r"[a-z][a-z_.]{0,39}")
_PLAIN = re.compile("[^\x00-\x1f\x7f\ud800-\udfff]{0,64}")
_LARGEST_ID = 2**53

Line = tuple[str, str, int]
"""A posting as an entry holds it: account, subject, fen."""


class Unfit(Exception):
    """An entry cannot be applied as it is: it is received, and kept apart with the reason (a stable word)."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


class Waits(Exception):
    """An entry came before what it is about; `awaited` is under which name that will come."""

    def __init__(self, awaited: str) -> None:
        super().__init__(awaited)
        self.awaited = awaited


@dataclass(frozen=True, slots=True)
class Arrived:
    """One entry; where `problem` says that it has no form, everything after it is empty.

    `carrier` is the place in a chain that holds its text: its own, or that of the entry that carries it verbatim.
    """

    counter_id: str
    epoch: int
    seq: int
    hash: str
    content: str
    signature: str
    carrier: tuple[str, int, int]
    entry_id: str
    problem: str = ""
    kind: str = "?"
    staff_no: str = ""
    approver_no: str = ""
    business_date: str = ""
    at: str = ""
    device_id: str = ""
    shift_id: str = ""
    customer_id: int | None = None
    seen_n: int | None = None
    seen_gen: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    postings: tuple[Line, ...] = ()

    @property
    def in_shift_fen(self) -> int:
        """What the entry moves in the drawer and the other tenders of its shift, together."""
        return sum([fen for _, subject, fen in self.postings if subject == self.shift_id])

    @property
    def taken_fen(self) -> int:
        """What came in, by the tenders of its shift or moved over from another payment; what went back is negative."""
        return self.in_shift_fen + sum([fen for account, _, fen in self.postings if account == TRANSFER])


def hash_of(prev_hash: str, content: str) -> str:
    """The hash of an entry behind another one, in hex."""
    return entry_hash(bytes.fromhex(prev_hash), content).hex()


def is_signed(key: Ed25519PublicKey, digest: str, signature: str) -> bool:
    """Whether a device signed the entry with this hash."""
    try:
        key.verify(bytes.fromhex(signature), bytes.fromhex(digest))
    except (InvalidSignature, ValueError):
        return False
    return True


def key_of(public_key: str) -> Ed25519PublicKey:
    """A device's key from its hex."""
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))


def read(counter_id: str, epoch: int, seq: int, digest: str, content: str, signature: str) -> Arrived:
    """An entry of a chain; one that is not of the form has its problem named, and counts as received all the same."""
    carrier = (counter_id, epoch, seq)
    try:
        known = _known_of(_decode(content))
        if known.pop("place") != (epoch, seq):
            raise Unfit("out_of_place")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        return Arrived(
            *carrier,
            digest,
            content,
            signature,
            carrier,
            place_name(*carrier),
            "unreadable",
            body={"why": type(error).__name__},
        )
    except Unfit as error:
        return Arrived(*carrier, digest, content, signature, carrier, place_name(*carrier), error.reason)
    return Arrived(*carrier, digest, content, signature, carrier, **known)


def carried(outer: Arrived, content: str, digest: str, signature: str) -> Arrived:
    """An entry of an older epoch that another entry carries verbatim.

    Raises:
        Unfit: it is not of the form.
    """
    try:
        known = _known_of(_decode(content))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Unfit("unreadable", type(error).__name__) from error
    epoch, seq = known.pop("place")
    return Arrived(outer.counter_id, epoch, seq, digest, content, signature, outer.carrier, **known)


def place_name(counter_id: str, epoch: int, seq: int) -> str:
    """The name of a place in a chain; it stands in for the id of an entry that cannot be read."""
    return f"{counter_id}:{epoch}:{seq}"[-64:]


def whole(value: object) -> int:
    """A whole number in the range of money.

    Raises:
        Unfit: `out_of_bounds`.
    """
    if type(value) is not int or not -LARGEST_FEN <= value <= LARGEST_FEN:
        raise Unfit("out_of_bounds")
    return value


def number(value: object) -> int:
    """An id: a whole number above zero.

    Raises:
        Unfit: `out_of_bounds`.
    """
    if type(value) is not int or not 0 < value <= _LARGEST_ID:
        raise Unfit("out_of_bounds")
    return value


def words(value: object) -> str:
    """A plain text of at most 200 characters without control characters.

    Raises:
        Unfit: `unreadable`.
    """
    if not isinstance(value, str) or len(value) > 200 or not value.isprintable():
        raise Unfit("unreadable")
    return value


def plain_kind(kind: str) -> str:
    """A kind without its version; nothing where the version is newer than this program."""
    base, _, version = kind.rpartition(".v")
    if not version.isdigit():
        return kind
    return base if int(version) <= KIND_VERSION else ""


def _known_of(read_from: Any) -> dict[str, Any]:
    document = _map(read_from)
    seen_n, seen_gen = document.get("seen_hub_seq"), document.get("seen_gen")
    return {
        "place": (document["epoch"], document["seq"]),
        "entry_id": _fits(_ID, document["entry_id"]),
        "kind": _fits(_KIND, document["kind"]) if document["kind_ver"] == KIND_VERSION else _later(document),
        "staff_no": _fits(_PLAIN, document["staff_no"]),
        "approver_no": _fits(_PLAIN, document["approver_no"] or ""),
        "business_date": date.fromisoformat(document["business_date"]).isoformat(),
        "at": _fits(_PLAIN, document["at"]),
        "device_id": _fits(_ID, document["device_id"]),
        "shift_id": _fits(_PLAIN, document["shift_id"] or ""),
        "customer_id": None if document["customer_id"] is None else number(document["customer_id"]),
        "seen_n": seen_n if type(seen_n) is int else None,
        "seen_gen": seen_gen if type(seen_gen) is str else "",
        "body": _map(document["body"]),
        "postings": _balanced(document["postings"]),
    }


def _later(document: Any) -> str:
    """A newer version of a kind is a kind that this program does not know: `payment.take.v2`."""
    return f"{_fits(_KIND, document['kind'])}.v{number(document['kind_ver'])}"


def _fits(form: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise TypeError
    return value


def _map(value: object) -> Mapping[str, Any]:
    if type(value) is not dict:
        raise TypeError
    return value


def _balanced(rows: Any) -> tuple[Line, ...]:
    made = tuple([(words(account), words(subject), whole(fen)) for account, subject, fen in rows])
    if sum([fen for _, _, fen in made]):
        raise Unfit("unbalanced")
    return made


def _no_float(_text: str) -> NoReturn:
    raise ValueError("a float")


# made once: a decoder costs as much as what it reads
_decode = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float).decode
