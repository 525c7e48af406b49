"""A second person signs at the teller's screen: own number, own password, one thing, one minute (reliability 4.3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from counter_app.clock import new_intent_id
from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refused
from counter_app.domain.signoffs import Challenge, Proof, check_proof, refusal_of_approver
from counter_app.domain.staff import Right, Session
from counter_app.services import staff
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import find_by_intent
from counter_app.storage.sql import Reading


@dataclass(frozen=True, slots=True)
class Signed:
    """A challenge with the proof that somebody gave for it, and a second person's where two sign; it goes into the act
    that it allows, and nowhere else.
    """

    challenge: Challenge
    proof: Proof
    second: Proof | None = None


def ask(
    session: Session,
    *,
    action: str,
    case_id: str,
    outcome: str,
    amount_fen: Fen,
    shown: str,
    words: str = "",
    own_desk_of: str = "",
    intent_id: str = "",
) -> Challenge:
    """What a second person is asked to sign; `shown` is the digest of what the screen shows of it. `own_desk_of` names
    who asked, where the approver decides at the own desk; `intent_id` the act's, where it has one before it is asked.
    """
    asked_by, nonce = own_desk_of or session.staff_no, intent_id or new_intent_id()
    return Challenge(action, case_id, outcome, amount_fen, shown, asked_by, nonce, words, bool(own_desk_of))


def sign(
    hall: OpenHall,
    session: Session,
    challenge: Challenge,
    *,
    staff_no: str,
    password: str,
    right: Right = Right.SIGN_OFF,
    workers: Collection[str] = (),
) -> Signed:
    """Prove the second person for this challenge; the session at the screen is never raised. `workers` are whoever
    worked on what is signed.

    Raises:
        Refused: `SignoffByWorker` (before the password is looked at), `WrongSignIn`, `SignInLocked`, `NoRight`,
            `PasswordMustChange`.
    """
    refusal = refusal_of_approver(staff_no, challenge, workers=workers, signed_in_no=session.staff_no)
    if refusal is not None:
        raise Refused(refusal)
    who = staff.prove(hall, staff_no, password, right)
    return Signed(challenge, Proof(challenge.digest, who.staff_no, hall.clock.monotonic_ms()))


def hold(
    hall: OpenHall, work: Reading, session: Session, signed: Signed, done: Challenge, workers: Collection[str] = ()
) -> str:
    """Hold a signature to what is about to be written, in the unit of work that writes it; returns who signed.

    The nonce becomes the intent id of the entry, so a signature that was used before is found there.

    Raises:
        Refused: `SignoffForOther`, `SignoffExpired`, `SignoffUsed`, `SignoffByWorker`.
    """
    nonce = signed.challenge.nonce
    refusal = check_proof(
        signed.proof,
        signed.challenge,
        # at an own desk the asker is the case's; at the teller's screen it is whoever was signed in when it was shown
        replace(done, nonce=nonce, asked_by=done.asked_by if done.is_own_desk else signed.challenge.asked_by),
        now_ms=hall.clock.monotonic_ms(),
        workers=workers,
        signed_in_no=session.staff_no,
        used=() if find_by_intent(work, nonce) is None else (nonce,),
    )
    if refusal is not None:
        raise Refused(refusal)
    return signed.proof.approver_no
