"""Receipt facts, their stored form, and the proof in the QR code."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counter_app.domain.receipts import (
    ReceiptFacts,
    ReceiptProofUnreadable,
    ReceiptTender,
    bills_sha256,
    proof_text,
    read_proof,
    receipt_number,
    signed_proof,
)
from counter_app.domain.refusals import Refused
from tests.documents import samples


def test_numbers() -> None:
    assert receipt_number(hall_code="HZ01", counter_code="03", year=2026, serial=123) == "HZ01-03-2026-000123"
    assert receipt_number(hall_code="A", counter_code="1", year=2026, serial=1_234_567) == "A-1-2026-1234567"


@pytest.mark.parametrize("name", samples.HOSTILE)
def test_facts_come_back_from_their_text(name: str) -> None:
    facts = samples.named(name, of=samples.facts(stored_fen=5, is_demo=True))
    text = facts.to_json()
    text.encode()
    assert ReceiptFacts.from_json(text) == facts
    assert ReceiptFacts.from_json(text).to_json() == text
    assert ReceiptFacts.from_json(text).issued_at.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("key", "value", "place"),
    [
        ("total_fen", "31573", "receipt.total_fen"),
        ("total_fen", 315.73, "receipt.total_fen"),
        ("total_fen", True, "receipt.total_fen"),
        ("is_demo", 1, "receipt.is_demo"),
        ("business_date", "20261121", "receipt.business_date"),
        ("lines", {}, "receipt.lines"),
        ("tenders", [{"kind": "cash"}], "receipt.tenders"),
        ("more", 1, "receipt.more"),
    ],
)
def test_a_damaged_text_is_not_read(key: str, value: object, place: str) -> None:
    damaged = json.loads(samples.facts().to_json()) | {key: value}
    with pytest.raises(ValueError, match=place.replace(".", r"\.")):
        ReceiptFacts.from_json(json.dumps(damaged))


def test_facts_that_contradict_themselves_are_never_made() -> None:
    facts = samples.facts(stored_fen=100, prepaid_fen=500)
    for wrong in (
        {"total_fen": facts.total_fen + 1},
        {"change_fen": facts.change_fen + 1},
        {"prepaid_used_fen": 0},
        {"tenders": (ReceiptTender("cash", 1),)},
        {"tenders": (*facts.tenders, ReceiptTender("prepaid", 1))},
        {"arrears_after_fen": -1},
        {"title": "电子发票"},
        {"entry_hash": "AB12" * 16},
        {"issued_at": facts.issued_at.replace(tzinfo=None)},
        {"version": 2},
    ):
        with pytest.raises(ValueError, match=r"\w"):
            replace(facts, **wrong)
    assert replace(facts, tenders=(*facts.tenders, ReceiptTender("prepaid", 500))).total_fen == facts.total_fen
    assert replace(facts, prepaid_before_fen=-600, prepaid_after_fen=-500).total_fen == facts.total_fen


def test_the_proof_is_one_line_of_ascii() -> None:
    assert proof_text(samples.facts()) == (
        "R1|HZ01|03|01JD5Y7Q2M9K3T8W4X6Z0A1B2C|HZ01-03-2026-000123|20261121T140322+0800|31573|1000125,1000124,1000123|"
        + "ab12" * 16
    )


def test_many_bills_are_hashed() -> None:
    facts = samples.facts(*samples.many_lines(60))
    ids = tuple(line.bill_id for line in facts.lines)
    text = signed_proof(proof_text(facts), bytes(64))
    assert len(text) < 340
    proof = read_proof(text)
    assert (proof.bill_ids, proof.bills_sha256) == ((), bills_sha256(ids))


@pytest.mark.parametrize("name", samples.HOSTILE)
def test_a_proof_reads_back_whatever_the_hall_is_called(name: str) -> None:
    facts = replace(samples.facts(), hall_id=name.replace("\ud800", ""), counter_id="|%7C|")
    proof = read_proof("  " + samples.proof(facts) + "\r\n")
    assert (proof.hall_id, proof.counter_id) == (facts.hall_id, "|%7C|")
    assert (proof.issued_at, proof.amount_fen) == (facts.issued_at, facts.total_fen)
    assert proof.bill_ids == tuple(line.bill_id for line in facts.lines)
    assert proof.signed_text == proof_text(facts)
    assert proof.signed_text.isascii()
    assert proof.signed_text.isprintable()


def test_the_signature_holds_for_exactly_this_text() -> None:
    key = Ed25519PrivateKey.generate()
    text = proof_text(samples.facts())
    proof = read_proof(signed_proof(text, key.sign(text.encode())))
    key.public_key().verify(proof.signature, proof.signed_text.encode())


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("R1|", "R2|", "version"),
        ("R1|", "", "form"),
        ("|31573|", "|-1|", "amount"),
        ("|31573|", "|３|", "amount"),
        ("20261121T140322", "20261321T140322", "time"),
        ("+0800", "", "time"),
        ("1000125,", "x,", "bills"),
        ("1000125,1000124,1000123", "sha256:12", "bills"),
        ("ab12ab12|", "AB12ab12|", "entry_hash"),
        ("|AAEC", "|", "signature"),
        ("|AAEC", "|*AEC", "signature"),
    ],
)
def test_a_spoiled_proof_is_refused_with_its_part(old: str, new: str, part: str) -> None:
    text = samples.proof(samples.facts())
    assert old in text
    with pytest.raises(Refused) as caught:
        read_proof(text.replace(old, new))
    refusal = caught.value.refusal
    assert isinstance(refusal, ReceiptProofUnreadable)
    assert refusal.part == part


@pytest.mark.parametrize("text", [*samples.HOSTILE, "|" * 9, "|" * 1_000, "https://example.org/"])
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_proof(text)
