"""Whether a receipt's QR text is genuine: signed by a device of this hall, and saying what the journal says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import bindparam, or_, select

from counter_app.domain.receipts import Proof, ReceiptFacts, bills_sha256, proof_text, read_proof, signed_proof
from counter_app.storage import tables as t
from counter_app.storage.device import is_signed
from counter_app.storage.sql import Reading, Row, compiled
from counter_app.storage.verify_rows import facts_sha256

_DEVICES = compiled(select(t.devices.c.device_id, t.devices.c.counter_id, t.devices.c.public_key))
_HELD = compiled(
    select(t.receipts.c.facts, t.entries.c.entry_id, t.entries.c.hash, t.entries.c.content)
    .select_from(t.receipts.join(t.entries, t.entries.c.id == t.receipts.c.entry))
    .where(or_(t.entries.c.entry_id == bindparam("entry_id"), t.receipts.c.receipt_no == bindparam("receipt_no")))
    .order_by(t.entries.c.entry_id != bindparam("entry_id"))
)
_NO_SIGNATURE = bytes(64)


class Verdict(Enum):
    """What is to be said of a paper."""

    GENUINE = "genuine"
    NOT_HELD = "genuine_not_held"
    """Signed by a device of this hall; its entry is not in this file."""
    ALTERED = "altered"
    """Not what the device signed: the differences say what it should be."""
    DIFFERS = "differs"
    """Signed by a device, and yet not what this file says: then the file was changed."""
    SIGNATURE_WRONG = "signature_wrong"
    UNKNOWN_DEVICE = "unknown_device"
    """No device of that counter is enrolled in this file."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of the paper against the journal; amounts in fen."""

    field: str
    paper: str
    held: str


@dataclass(frozen=True, slots=True)
class ProofAnswer:
    """The verdict on one receipt."""

    verdict: Verdict
    proof: Proof
    device_id: str = ""
    differences: tuple[Difference, ...] = ()

    @property
    def is_genuine(self) -> bool:
        """Whether the paper is what a device of this hall signed, and nothing here speaks against it."""
        return self.verdict in (Verdict.GENUINE, Verdict.NOT_HELD)


def check_proof(reading: Reading, text: str) -> ProofAnswer:
    """Check a receipt's QR text with the hall's known device keys and, when its entry is held, against the entry.

    Raises:
        Refused: `ReceiptProofUnreadable`, the text is no proof.
    """
    proof = read_proof(text)
    devices = reading.rows(_DEVICES)
    message = proof.signed_text.encode("utf-8")
    signer = next((row[0] for row in devices if is_signed(row[2], message, proof.signature)), "")
    held = reading.one(_HELD, {"entry_id": proof.entry_id, "receipt_no": proof.receipt_no})
    differences = () if held is None else _differences(proof, held)
    if signer:
        verdict = Verdict.NOT_HELD if held is None else Verdict.DIFFERS if differences else Verdict.GENUINE
    elif differences:
        verdict = Verdict.ALTERED
    elif held is None and proof.counter_id not in {row[1] for row in devices}:
        verdict = Verdict.UNKNOWN_DEVICE
    else:
        verdict = Verdict.SIGNATURE_WRONG
    return ProofAnswer(verdict, proof, signer, differences)


def _differences(proof: Proof, held: Row) -> tuple[Difference, ...]:
    facts_text, entry_id, digest, content = held
    own = read_proof(signed_proof(proof_text(ReceiptFacts.from_json(facts_text)), _NO_SIGNATURE))
    pairs: list[tuple[str, Any, Any]] = [
        ("hall", proof.hall_id, own.hall_id),
        ("counter", proof.counter_id, own.counter_id),
        ("entry", proof.entry_id, entry_id),
        ("receipt_no", proof.receipt_no, own.receipt_no),
        ("time", proof.issued_at.isoformat(), own.issued_at.isoformat()),
        ("amount_fen", proof.amount_fen, own.amount_fen),
        ("bills", *_bills(proof, own)),
        ("entry_hash", proof.entry_hash, digest.hex()),
        ("facts_sha256", facts_sha256(json.loads(facts_text)), json.loads(content)["body"]["receipt"]["facts_sha256"]),
    ]
    return tuple(Difference(field, str(paper), str(here)) for field, paper, here in pairs if paper != here)


def _bills(proof: Proof, own: Proof) -> tuple[str, str]:
    """Both as ids, or both as their hash when the paper has no more."""
    if proof.bill_ids or not proof.bills_sha256:
        return _ids(proof) or proof.bills_sha256, _ids(own) or own.bills_sha256
    return proof.bills_sha256, own.bills_sha256 or bills_sha256(own.bill_ids)


def _ids(proof: Proof) -> str:
    return ",".join(map(str, proof.bill_ids))
