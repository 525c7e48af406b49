"""The receipt: the facts from which every print of it is rebuilt, and the proof that its QR code carries."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass, fields
from datetime import date, datetime
from operator import attrgetter
from typing import cast
from urllib.parse import quote, unquote

from counter_app.domain.print_marks import PrintMark as PrintMark
from counter_app.domain.receipt_json import facts_json
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.typed_json import typed

VERSION = 1
PREPAID = "prepaid"

_PROOF_PREFIX = "R"
_PROOF_FIELDS = 9
_PROOF_TIME = "%Y%m%dT%H%M%S%z"
_BILLS_LENGTH_MAX = 120
_BILLS_HASH_PREFIX = "sha256:"
_SIGNATURE_LENGTH = 64
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ReceiptWorking:
    """One row of a late fee's working: `days` from `from_on` to `to_on` (both charged) on `base_fen` at one rate.

    `rate_text` is the rate as the customer reads it ("1‰/日"). `amount_text` is the row's exact amount in yuan,
    unrounded, as the working shows it; the fee is rounded once per bill, so rows need not add up to whole fen.
    """

    from_on: date
    to_on: date
    base_fen: int
    days: int
    rate_text: str
    amount_text: str


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """What this payment settled of one bill, in fen; `bill_month` is `YYYY-MM`."""

    bill_id: int
    bill_no: str
    bill_month: str
    principal_fen: int
    late_fee_fen: int
    cost_fen: int = 0
    working: tuple[ReceiptWorking, ...] = ()

    @property
    def total_fen(self) -> int:
        """Principal, late fee and cost together, in fen."""
        return self.principal_fen + self.late_fee_fen + self.cost_fen

    @property
    def late_days(self) -> int:
        """Days that carry late fee, over all rows of the working."""
        return sum(row.days for row in self.working)


@dataclass(frozen=True, slots=True)
class ReceiptTender:
    """One way of payment: `kind` as in the rule pack, `amount_fen` as it was applied (change is not in it)."""

    kind: str
    amount_fen: int
    reference_tail: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """Everything one receipt shows (domain_rules 2.5), frozen when the payment commits; amounts in fen, never negative.

    `total_fen` is the sum of the printed lines: the bill lines and `prepaid_stored_fen` (what was left over and went to
    the prepaid book); what the books hold before and after may be less than nothing. `received_fen` is what was handed
    over without prepaid: received - change = total - prepaid used.
    `issued_at` keeps the hall's own offset. `entry_hash` is 64 hexadecimal digits in lower case.

    Raises:
        ValueError: the facts contradict themselves, or the title calls the paper 发票: a bug of the caller, never an
            answer for the customer.
    """

    hall_name: str
    company: str
    hall_id: str
    counter_id: str
    counter_name: str
    receipt_no: str
    year: int
    serial: int
    title: str
    entry_id: str
    entry_hash: str
    issued_at: datetime
    business_date: date
    customer_no: str
    customer_name_masked: str
    address_masked: str
    account_no: str
    lines: tuple[ReceiptLine, ...]
    prepaid_used_fen: int
    prepaid_stored_fen: int
    tenders: tuple[ReceiptTender, ...]
    received_fen: int
    change_fen: int
    total_fen: int
    arrears_before_fen: int
    arrears_after_fen: int
    prepaid_before_fen: int
    prepaid_after_fen: int
    teller_name: str
    teller_no: str
    hotline: str
    footer: tuple[str, ...] = ()
    is_demo: bool = False
    version: int = VERSION

    def __post_init__(self) -> None:
        """Refuses facts that could not be printed truthfully."""
        if contradiction := _contradiction(self):
            raise ValueError(contradiction)

    @property
    def principal_fen(self) -> int:
        """Principal settled over all lines, in fen."""
        return sum(line.principal_fen for line in self.lines)

    @property
    def late_fee_fen(self) -> int:
        """Late fee settled over all lines, in fen."""
        return sum(line.late_fee_fen for line in self.lines)

    @property
    def cost_fen(self) -> int:
        """Collection cost settled over all lines, in fen."""
        return sum(line.cost_fen for line in self.lines)

    def to_json(self) -> str:
        """The facts as canonical JSON: sorted keys, fen as whole numbers, ISO dates, no spaces, one form per value."""
        return facts_json(self)

    @classmethod
    def from_json(cls, text: str) -> ReceiptFacts:
        """The facts that `to_json` wrote; nothing missing, nothing unknown, every value of its own type.

        Raises:
            ValueError: the text is not such a document; the message names the place.
        """
        return cast(ReceiptFacts, typed(json.loads(text), cls, "receipt"))


@dataclass(frozen=True, slots=True)
class ReceiptProofUnreadable(Refusal):
    """A text that is no receipt proof: `part` names what is wrong, `found` what it said."""

    part: str
    found: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What a receipt's QR code says; `signed_text` is what the device signed, `signature` its Ed25519 signature.

    Either `bill_ids` are known or, for long receipts, `bills_sha256` is (hexadecimal); the other one is empty.
    """

    version: int
    hall_id: str
    counter_id: str
    entry_id: str
    receipt_no: str
    issued_at: datetime
    amount_fen: int
    bill_ids: tuple[int, ...]
    bills_sha256: str
    entry_hash: str
    signed_text: str
    signature: bytes


def receipt_number(*, hall_code: str, counter_code: str, year: int, serial: int) -> str:
    """`HZ01-03-2026-000123`: gap-free per hall, counter and year; `serial` from 1."""
    return f"{hall_code}-{counter_code}-{year:04d}-{serial:06d}"


def bills_sha256(bill_ids: tuple[int, ...]) -> str:
    """The hexadecimal hash that stands for many bill ids in a proof, over the ids in the receipt's order."""
    return hashlib.sha256(",".join(map(str, bill_ids)).encode()).hexdigest()


def proof_text(facts: ReceiptFacts) -> str:
    """The one line that the device signs: version, hall, counter, entry, number, time, fen, bills, entry hash.

    ASCII without spaces, `|` between the fields. More than 120 characters of bill ids become their SHA-256, so that the
    code still scans from an 80 mm roll (reliability 2.8).
    """
    ids = tuple(line.bill_id for line in facts.lines)
    bills = ",".join(map(str, ids))
    if len(bills) > _BILLS_LENGTH_MAX:
        bills = _BILLS_HASH_PREFIX + bills_sha256(ids)
    return "|".join(
        (
            f"{_PROOF_PREFIX}{facts.version}",
            _escaped(facts.hall_id),
            _escaped(facts.counter_id),
            _escaped(facts.entry_id),
            _escaped(facts.receipt_no),
            facts.issued_at.strftime(_PROOF_TIME),
            str(facts.total_fen),
            bills,
            facts.entry_hash,
        )
    )


def signed_proof(text: str, signature: bytes) -> str:
    """The QR text: the proof and, after a last `|`, the device's Ed25519 signature over exactly `text` in base64url."""
    return f"{text}|{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def read_proof(text: str) -> Proof:
    """Takes a scanned proof apart; whether signature and entry are true is for the caller to check.

    Raises:
        Refused: `ReceiptProofUnreadable` with the part that is wrong.
    """
    signed_text, _, signature_text = text.strip().rpartition("|")
    parts = signed_text.split("|")
    if len(parts) != _PROOF_FIELDS:
        raise _unreadable(part="form", found=text)
    version, hall, counter, entry, number, time, amount, bills, entry_hash = parts
    if version != f"{_PROOF_PREFIX}{VERSION}":
        raise _unreadable(part="version", found=version)
    if not (amount.isascii() and amount.isdigit()):
        raise _unreadable(part="amount", found=amount)
    if not _HASH.fullmatch(entry_hash):
        raise _unreadable(part="entry_hash", found=entry_hash)
    bill_ids, digest = _read_bills(bills)
    return Proof(
        version=VERSION,
        hall_id=unquote(hall),
        counter_id=unquote(counter),
        entry_id=unquote(entry),
        receipt_no=unquote(number),
        issued_at=_read_time(time),
        amount_fen=int(amount),
        bill_ids=bill_ids,
        bills_sha256=digest,
        entry_hash=entry_hash,
        signed_text=signed_text,
        signature=_read_signature(signature_text),
    )


def _contradiction(facts: ReceiptFacts) -> str:
    """The first thing in the facts that cannot be true, or nothing; asked while the teller waits."""
    if facts.version != VERSION:
        return f"unknown receipt version {facts.version}"
    if "发票" in facts.title:
        return "a receipt is never called 发票"
    if facts.issued_at.utcoffset() is None:
        return "issued_at has no offset"
    if not _HASH.fullmatch(facts.entry_hash):
        return "entry_hash is not 64 hexadecimal digits"
    if not all(_MONTH.fullmatch(line.bill_month) for line in facts.lines):
        return "a bill month is not YYYY-MM"
    return _wrong_sum(facts)


def _wrong_sum(facts: ReceiptFacts) -> str:
    lines_fen, least_fen = facts.prepaid_stored_fen, min(_OWN_AMOUNTS(facts))
    for line in facts.lines:
        least_fen = min(least_fen, line.principal_fen, line.late_fee_fen, line.cost_fen)
        lines_fen += line.total_fen
    handed_over_fen = from_prepaid_fen = 0
    for tender in facts.tenders:
        least_fen = min(least_fen, tender.amount_fen)
        if tender.kind == PREPAID:
            from_prepaid_fen += tender.amount_fen
        else:
            handed_over_fen += tender.amount_fen
    if least_fen < 0:
        return "an amount is negative"
    if facts.total_fen != lines_fen:
        return f"total {facts.total_fen} is not the sum of the lines {lines_fen}"
    if facts.received_fen - facts.change_fen != facts.total_fen - facts.prepaid_used_fen:
        return "received - change is not total - prepaid used"
    if handed_over_fen != facts.received_fen - facts.change_fen:
        return "the tenders are not received - change"
    if from_prepaid_fen not in (0, facts.prepaid_used_fen):
        return "the prepaid tender is not the prepaid used"
    return ""


# a book of which two counters spent the same money holds less than nothing, and its customer may pay all the same
_BALANCES = ("prepaid_before_fen", "prepaid_after_fen")
_OWN_AMOUNTS = attrgetter(
    *(field.name for field in fields(ReceiptFacts) if field.name.endswith("_fen") and field.name not in _BALANCES)
)


def _escaped(text: str) -> str:
    return quote(text, safe=":+,", errors="backslashreplace")


def _unreadable(*, part: str, found: str) -> Refused:
    return Refused(ReceiptProofUnreadable(part=part, found=found[:200]))


def _read_bills(text: str) -> tuple[tuple[int, ...], str]:
    if text.startswith(_BILLS_HASH_PREFIX):
        digest = text.removeprefix(_BILLS_HASH_PREFIX)
        if not _HASH.fullmatch(digest):
            raise _unreadable(part="bills", found=text)
        return (), digest
    parts = text.split(",") if text else []
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise _unreadable(part="bills", found=text)
    return tuple(int(part) for part in parts), ""


def _read_time(text: str) -> datetime:
    try:
        return datetime.strptime(text, _PROOF_TIME)  # noqa: DTZ007 - the pattern has %z
    except ValueError:
        raise _unreadable(part="time", found=text) from None


def _read_signature(text: str) -> bytes:
    try:
        signature = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _unreadable(part="signature", found=text) from None
    if len(signature) != _SIGNATURE_LENGTH:
        raise _unreadable(part="signature", found=text)
    return signature
