"""Paper proofs (单据) of a shift: slips of terminals, cheques, bank slips, handed over one by one; there or missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refusal
from counter_app.domain.shift_close import Compared

HANDED, FOUND = "proofs.handover", "proof.found"
THERE, MISSING = "there", "missing"


class ProofKey(NamedTuple):
    """The entry that a paper belongs to, a payment or a corrected tender, and its line there."""

    entry_id: str
    line: int


@dataclass(frozen=True, slots=True)
class Proof:
    """One paper that has to be there: what it is of, under which receipt, and what stands on it."""

    key: ProofKey
    receipt_no: str
    tender: str
    fen: Fen
    words: str


@dataclass(frozen=True, slots=True)
class MissingProof:
    """A paper that was not there when the shift ended, and was not found since."""

    key: ProofKey
    shift_no: str
    business_date: date
    staff_no: str
    receipt_no: str
    tender: str
    fen: Fen


@dataclass(frozen=True, slots=True)
class ProofNotShort(Refusal):
    """A paper is said to be missing of a tender whose papers are all there by the count."""

    tender: str
    missing_fen: Fen
    short_fen: Fen


@dataclass(frozen=True, slots=True)
class ProofUnknown(Refusal):
    """There is no such paper, or it is not missing any more."""


def wrong_missing(proofs: Iterable[Proof], lines: Sequence[Compared], missing: frozenset[ProofKey]) -> Refusal | None:
    """Why these papers cannot be what is missing, or None: each is one of the shift's, and together they are no more
    than the count of their tender is short of. Cash is never short for the want of a paper.
    """
    known = {proof.key: proof for proof in proofs}
    if missing - known.keys():
        return ProofUnknown()
    short = {line.tender: max(0, -line.difference_fen) for line in lines}
    sums: dict[str, Fen] = {}
    for key in missing:
        sums[known[key].tender] = sums.get(known[key].tender, 0) + known[key].fen
    for tender, fen in sums.items():
        if fen > short.get(tender, 0):
            return ProofNotShort(tender, fen, short.get(tender, 0))
    return None
