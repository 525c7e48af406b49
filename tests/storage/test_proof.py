"""A receipt's QR text against the hall: genuine, altered, unsigned, foreign, or not held here."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from counter_app.clock import FixedClock
from counter_app.domain.refusals import Refused
from counter_app.services.receipts import facts_of, proof_of
from counter_app.storage.beside import open_beside
from counter_app.storage.hall import open_hall
from counter_app.storage.verify_proof import ProofAnswer, Verdict, check_proof
from tests import halls
from tests.storage.conftest import Worked

NUMBER = "HZ01-03-2026-000001"


@pytest.fixture
def proof(worked: Worked) -> str:
    """The QR text of the first receipt."""
    hall = open_hall(worked.folder, clock=FixedClock(halls.NOW), driver=worked.driver)
    text = proof_of(hall, facts_of(hall, NUMBER))
    hall.close()
    return text


def check(worked: Worked, text: str) -> ProofAnswer:
    store = open_beside(worked.folder, driver=worked.driver)
    try:
        with store.reading() as reading:
            return check_proof(reading, text)
    finally:
        store.close()


def with_field(text: str, at: int, value: str) -> str:
    fields = text.split("|")
    fields[at] = value
    return "|".join(fields)


def test_the_text_as_printed_is_genuine(worked: Worked, proof: str) -> None:
    answer = check(worked, proof)
    assert answer.verdict is Verdict.GENUINE
    assert answer.is_genuine
    assert answer.proof.receipt_no == NUMBER


@pytest.mark.parametrize(
    ("at", "value", "field"),
    [
        (1, "other-hall", "hall"),
        (2, "other-counter", "counter"),
        (3, "0190", "entry"),
        (4, "HZ01-03-2026-000009", "receipt_no"),
        (5, "20261121T020500+0000", "time"),
        (6, "600000", "amount_fen"),
        (7, "77", "bills"),
        (8, "ab" * 32, "entry_hash"),
    ],
)
def test_an_altered_field_is_named(worked: Worked, proof: str, at: int, value: str, field: str) -> None:
    answer = check(worked, with_field(proof, at, value))
    assert answer.verdict is Verdict.ALTERED
    assert [difference.field for difference in answer.differences] == [field]
    assert answer.differences[0].paper in (value, "2026-11-21T02:05:00+00:00")
    assert not answer.is_genuine


def test_a_wrong_signature_is_named(worked: Worked, proof: str) -> None:
    answer = check(worked, with_field(proof, 9, "A" * 86))
    assert answer.verdict is Verdict.SIGNATURE_WRONG
    assert answer.differences == ()


def test_a_genuine_paper_whose_entry_is_not_held(worked: Worked, proof: str, tmp_path: Path) -> None:
    earlier = Worked(tmp_path / "earlier", worked.driver, worked.key)
    shutil.copytree(worked.folder, earlier.folder)
    earlier.harm(f"DELETE FROM receipts WHERE receipt_no = '{NUMBER}'")
    answer = check(earlier, proof)
    assert answer.verdict is Verdict.NOT_HELD
    assert answer.is_genuine


def test_a_paper_of_another_hall_is_of_an_unknown_device(worked: Worked, tmp_path: Path) -> None:
    other = halls.a_hall(tmp_path / "other")
    someone = halls.three_months_behind(other)
    halls.an_open_shift(other)
    _, taken = halls.pay(other, someone, halls.cash(10))
    text = proof_of(other, taken.facts)
    other.close()
    foreign = with_field(with_field(with_field(text, 2, "c9"), 3, "none"), 4, "XX-1")
    assert check(worked, foreign).verdict is Verdict.UNKNOWN_DEVICE


def test_a_signed_paper_that_the_file_contradicts(worked: Worked, proof: str) -> None:
    worked.harm(f"UPDATE receipts SET facts = replace(facts, '张', '王') WHERE receipt_no = '{NUMBER}'")
    answer = check(worked, proof)
    assert answer.verdict is Verdict.DIFFERS
    assert [difference.field for difference in answer.differences] == ["facts_sha256"]


def test_what_is_no_proof_is_refused_with_the_part_that_is_wrong(worked: Worked) -> None:
    with pytest.raises(Refused) as refused:
        check(worked, "hello")
    assert refused.value.refusal.code == "receipt_proof_unreadable"
