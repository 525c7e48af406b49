"""Paper proofs: what the counted shift hands over one by one, and those that a supervisor still looks for."""

from __future__ import annotations

from counter_app.domain.journal import Draft
from counter_app.domain.masks import mask_in_words
from counter_app.domain.proofs import FOUND, MissingProof, Proof, ProofKey, ProofUnknown
from counter_app.domain.refusals import Refused
from counter_app.domain.shift_close import CountMissing
from counter_app.domain.shifts import ReasonMissing
from counter_app.domain.staff import Right, Session
from counter_app.services import authority
from counter_app.services.intents import once
from counter_app.services.payments import own_shift
from counter_app.storage.hall import OpenHall
from counter_app.storage.proofs import missing_proofs, proofs_of
from counter_app.storage.shift_counts import counts_of
from counter_app.storage.sql import Writing


def of_shift(hall: OpenHall, session: Session) -> tuple[Proof, ...]:
    """The papers of one's own shift, one by one, once it was counted: before that their sums would tell too much.

    Raises:
        Refused: `NoRight`, `NoOpenShift`, `ShiftOfSomebodyElse`, `CountMissing`.
    """
    session.need(Right.RUN_SHIFT)
    with hall.reading() as reading:
        shift = own_shift(hall, reading, session)
        if not counts_of(reading, shift.shift_id):
            raise Refused(CountMissing(shift.shift_no))
        return proofs_of(reading, shift.shift_id)


def missing(hall: OpenHall, session: Session) -> tuple[MissingProof, ...]:
    """The papers that are still looked for, the oldest first.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_JOURNAL)
    with hall.reading() as reading:
        return missing_proofs(reading)


def found(hall: OpenHall, session: Session, key: ProofKey, words: str, intent_id: str) -> None:
    """A missing paper is there: how it came back stands in words. What the shift was closed on stays as it was.

    Raises:
        Refused: `NoRight`, `SignedOut`, `ReasonMissing`, `ProofUnknown`.
        NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.SIGN_OFF)
    if not words.strip():
        raise Refused(ReasonMissing("proof"))

    def act(work: Writing) -> None:
        authority.still(work, session, Right.SIGN_OFF)
        proof = next((one for one in missing_proofs(work) if one.key == key), None)
        if proof is None:
            raise Refused(ProofUnknown())
        body = {
            "proof": list(key),
            "shift_no": proof.shift_no,
            "receipt_no": proof.receipt_no,
            "tender": proof.tender,
            "amount_fen": proof.fen,
            "words": mask_in_words(words.strip()),
        }
        draft = Draft(FOUND, body, session.staff_no, hall.clock.now().date(), intent_id=intent_id)
        hall.journal.append(work, draft)

    once(hall, intent_id, act, lambda _reading, _found: None)
