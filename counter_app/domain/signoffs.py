"""A sign-off on the teller's screen (审批): what is signed, by whom it may be, and for how long a signature is good."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from counter_app.domain.journal import canonical
from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refusal
from counter_app.domain.typed_json import plain

VALID_MS = 60_000
DIGEST_DOMAIN = b"counter-signoff/1\n"
SHOWN_DOMAIN = b"counter-shown/1\n"


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the approver is asked to sign, and nothing else: the action on one case, its outcome, its cost in fen, and
    the digest of all that was shown, and the reason that goes with it. `nonce` is drawn once and becomes the intent id
    of the entry. `asked_by` is who was signed in at the teller's screen; at the approver's own desk (`is_own_desk`) it
    is whoever asked. `shown` is made by `digest_of_shown`.
    """

    action: str
    case_id: str
    outcome: str
    amount_fen: Fen
    shown: str
    asked_by: str
    nonce: str = field(repr=False)
    words: str = field(default="", repr=False)
    is_own_desk: bool = False

    @property
    def digest(self) -> str:
        """The SHA-256 of the challenge in its one form, all of it, in hex: what a proof is bound to."""
        return _digest(DIGEST_DOMAIN, plain(self))


@dataclass(frozen=True, slots=True)
class Proof:
    """That somebody gave their own staff number and password for one challenge, at a time of the monotonic clock (ms).
    It never leaves the memory of this run of the program.
    """

    challenge: str = field(repr=False)
    approver_no: str
    proved_at_ms: int


@dataclass(frozen=True, slots=True)
class SignoffForOther(Refusal):
    """The signature was given for something else: another action, case, outcome or amount, or the case has changed
    since it was shown. `what` names the first that differs.
    """

    what: str


@dataclass(frozen=True, slots=True)
class SignoffExpired(Refusal):
    """The signature was good for `valid_seconds` and is given again."""

    valid_seconds: int


@dataclass(frozen=True, slots=True)
class SignoffUsed(Refusal):
    """The signature was used; each is good once."""

    approver_no: str


@dataclass(frozen=True, slots=True)
class SignoffByWorker(Refusal):
    """Nobody signs off what they worked on or asked for, nor at the teller's screen what is done under their own
    sign-in; and at an own desk nobody but its owner signs (reliability I14, docs/decisions/0008).
    """

    staff_no: str


def digest_of_shown(facts: Mapping[str, Any]) -> str:
    """The SHA-256 in hex of what the approver sees of the case: text, whole numbers, flags, lists and maps.

    Raises:
        TypeError: a float, or a type that has no single form.
    """
    return _digest(SHOWN_DOMAIN, facts)


def check_proof(
    proof: Proof,
    signed: Challenge,
    done: Challenge,
    *,
    now_ms: int,
    workers: Collection[str],
    signed_in_no: str,
    used: Collection[str],
) -> Refusal | None:
    """Why the proof does not cover what is about to be done, or None.

    `signed` is the challenge that the approver saw; `done` is made anew, with the nonce and `asked_by` of `signed`,
    from what is about to be written. `workers` are all who worked on the case or asked for anything in it, `used` the
    nonces of earlier sign-offs.
    The clock is the monotonic one of this run.
    """
    if proof.challenge != signed.digest:
        return SignoffForOther("challenge")
    for what in ("action", "case_id", "outcome", "amount_fen", "words", "shown", "asked_by", "is_own_desk", "nonce"):
        if getattr(signed, what) != getattr(done, what):
            return SignoffForOther(what)
    if signed.nonce in used:
        return SignoffUsed(proof.approver_no)
    if not 0 <= now_ms - proof.proved_at_ms < VALID_MS:
        return SignoffExpired(VALID_MS // 1000)
    return refusal_of_approver(proof.approver_no, signed, workers=workers, signed_in_no=signed_in_no)


def refusal_of_approver(
    approver_no: str, challenge: Challenge, *, workers: Collection[str], signed_in_no: str
) -> SignoffByWorker | None:
    """Why this person may not sign, or None: asked before the password is taken, and again when the proof is used."""
    is_alone = approver_no == signed_in_no
    is_hand = approver_no == challenge.asked_by or approver_no in workers
    return SignoffByWorker(approver_no) if is_hand or is_alone != challenge.is_own_desk else None


def _digest(domain: bytes, document: Mapping[str, Any]) -> str:
    return hashlib.sha256(domain + canonical(dict(document)).encode("utf-8")).hexdigest()
