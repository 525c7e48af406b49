"""A sign-off covers one thing, once, for a minute, and is never given by somebody who had a hand in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.domain import signoffs
from counter_app.domain.refusals import Refusal
from counter_app.domain.retention import Act, Case, Measure, Signer, Stage, Step
from counter_app.domain.retention_fold import after, opened
from counter_app.domain.retention_guards import Facts, refusal_of
from counter_app.domain.retention_refusals import SignerWorkedOnCase
from counter_app.domain.signoffs import (
    Challenge,
    Proof,
    SignoffByWorker,
    SignoffExpired,
    SignoffForOther,
    SignoffUsed,
    check_proof,
    digest_of_shown,
    refusal_of_approver,
)

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
SHOWN = digest_of_shown({"average_fen": 20_000, "reasons": ["PRICE"]})
ASKED = Challenge("offer", "c1", "kept", 9_000, SHOWN, "1001", "nonce-1")
PROVED_MS = 5_000
PROOF = Proof(ASKED.digest, "2001", PROVED_MS)


def checked(
    proof: Proof = PROOF,
    done: Challenge = ASKED,
    *,
    now_ms: int = PROVED_MS,
    workers: tuple[str, ...] = ("1001",),
    signed_in_no: str = "1001",
    used: tuple[str, ...] = (),
) -> Refusal | None:
    return check_proof(proof, ASKED, done, now_ms=now_ms, workers=workers, signed_in_no=signed_in_no, used=used)


def test_a_fresh_proof_of_another_person_covers_what_was_shown() -> None:
    assert checked() is None


@pytest.mark.parametrize(
    ("after_ms", "expected"),
    [(0, None), (59_999, None), (60_000, SignoffExpired(60)), (10**9, SignoffExpired(60)), (-1, SignoffExpired(60))],
)
def test_a_proof_is_good_for_sixty_seconds(after_ms: int, expected: Refusal | None) -> None:
    assert checked(now_ms=PROVED_MS + after_ms) == expected


def test_a_proof_is_good_once() -> None:
    assert checked(used=("nonce-0", "nonce-1")) == SignoffUsed("2001")
    assert checked(used=("nonce-0",)) is None


OTHERS: dict[str, Any] = {
    "action": "keep", "case_id": "c2", "outcome": "left", "amount_fen": 9_001, "shown": "0" * 64, "asked_by": "1002",
    "nonce": "nonce-2", "words": "not so", "is_own_desk": True,
}  # fmt: skip


@pytest.mark.parametrize("what", OTHERS)
def test_a_proof_covers_nothing_else(what: str) -> None:
    other = replace(ASKED, **{what: OTHERS[what]})
    assert checked(done=other) == SignoffForOther(what)
    assert checked(proof=Proof(other.digest, "2001", PROVED_MS)) == SignoffForOther("challenge")


texts = st.text(max_size=6)
challenges = st.builds(
    Challenge, texts, texts, texts, st.integers(), texts, texts, texts, words=texts, is_own_desk=st.booleans()
)


@given(challenges, challenges)
def test_different_challenges_have_different_digests(one: Challenge, other: Challenge) -> None:
    assert (one.digest == other.digest) == (one == other)


def test_the_digest_covers_every_fact_and_stays_as_it_is() -> None:
    assert set(OTHERS) == set(Challenge.__slots__)
    assert ASKED.digest == replace(ASKED).digest
    assert len(ASKED.digest) == 64
    assert digest_of_shown({"a": 1, "b": 2}) == digest_of_shown({"b": 2, "a": 1})
    with pytest.raises(TypeError):
        digest_of_shown({"a": 1.5})


def test_nonce_and_proof_stay_out_of_what_a_log_could_show() -> None:
    assert "nonce-1" not in repr(ASKED)
    assert ASKED.digest not in repr(PROOF)


@pytest.mark.parametrize(
    ("approver", "workers", "signed_in_no"),
    [("1001", (), "1002"), ("2001", (), "2001"), ("2001", ("1001", "2001"), "1001")],
)
def test_workers_the_signed_in_and_who_asked_do_not_sign(
    approver: str, workers: tuple[str, ...], signed_in_no: str
) -> None:
    proof = Proof(ASKED.digest, approver, PROVED_MS)
    assert checked(proof, workers=workers, signed_in_no=signed_in_no) == SignoffByWorker(approver)
    assert refusal_of_approver(approver, ASKED, workers=workers, signed_in_no=signed_in_no) is not None


OWN = replace(ASKED, is_own_desk=True)


@pytest.mark.parametrize(
    ("approver", "workers", "signed_in_no", "is_allowed"),
    [
        ("2001", ("1001",), "2001", True),
        ("2001", ("1001",), "2002", False),  # somebody else's password at an own desk
        ("1001", (), "1001", False),  # who asked
        ("2001", ("1001", "2001"), "2001", False),  # who worked on it
    ],
)
def test_at_an_own_desk_only_its_owner_signs_what_somebody_else_asked_for(
    approver: str, workers: tuple[str, ...], signed_in_no: str, is_allowed: bool
) -> None:
    proof = Proof(OWN.digest, approver, PROVED_MS)
    refusal = check_proof(proof, OWN, OWN, now_ms=PROVED_MS, workers=workers, signed_in_no=signed_in_no, used=())
    assert refusal == (None if is_allowed else SignoffByWorker(approver))


# --- all orders of user switches ---

PEOPLE = ("A", "B", "C")
FACTS = Facts(AT, owed_fen=0, contract_fen=0, ceiling_fen=0, signature_minutes=10, is_manager_first=True)
Check = Callable[..., Refusal | None]


@dataclass(frozen=True, slots=True)
class Desk:
    """A counter at one moment: who is signed in, who worked on the case or asked for something in it so far (counted
    apart from the case's own count), who asked for the signature, and the challenge on the screen.
    """

    signed_in: str
    case: Case
    hands: frozenset[str]
    asker: str = ""
    asked: Challenge | None = None
    proof: Proof | None = None
    signed_by: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """What of it decides about its future."""
        counted = (self.case.hands, self.case.asked)
        return (self.signed_in, *counted, self.hands, self.asker, self.asked, self.proof, self.signed_by)


def first(who: str) -> Desk:
    """A case opened by one person."""
    case = opened(Step(Act.OPEN, who, AT), case_id="c1", case_no="YC-1", service_id=1, customer_id=1)
    return Desk(who, case, frozenset({who}))


def onward(desk: Desk, check: Check) -> Iterator[Desk]:
    """Everything that can happen next: a switch of user, work, a challenge, a password, the use of the proof."""
    for who in PEOPLE:
        yield replace(desk, signed_in=who)
    worked = after(desk.case, Step(Act.SAVE_FORM, desk.signed_in, AT, record="form"))
    yield replace(desk, case=worked, hands=desk.hands | {desk.signed_in})
    ask = Challenge("sign", "c1", "manager", 0, SHOWN, desk.signed_in, "n")
    yield replace(desk, asked=ask, proof=None, asker=desk.signed_in)
    called = after(desk.case, Step(Act.ASK_SIGNATURE, desk.signed_in, AT, signer=Signer.MANAGER))
    yield replace(desk, case=called, hands=desk.hands | {desk.signed_in})
    request = desk.case.request(Signer.MANAGER)
    if request is not None:
        # anybody who is signed in opens the waiting request at the own desk
        own = Challenge("sign", "c1", "manager", 0, SHOWN, request.asked_by, "n", is_own_desk=True)
        yield replace(desk, asked=own, proof=None, asker=request.asked_by)
    if desk.asked is None:
        return
    for who in PEOPLE:
        yield replace(desk, proof=Proof(desk.asked.digest, who, 0))
    if desk.proof is not None:
        workers, used = desk.case.hands, ("n",) if desk.signed_by else ()
        refusal = check(
            desk.proof, desk.asked, desk.asked, now_ms=0, workers=workers, signed_in_no=desk.signed_in, used=used
        )
        if refusal is None:
            # at the teller's screen whose sign-in writes the step is among the hands; at the own desk it is the signer
            more = frozenset() if desk.asked.is_own_desk else frozenset({desk.signed_in})
            yield replace(desk, signed_by=desk.proof.approver_no, hands=desk.hands | more)


def self_approved(check: Check) -> tuple[list[Desk], Counter[bool]]:
    """Walk every order of switches to its end: moments at which somebody signed off what they had a hand in, and how
    many sign-offs there were at the teller's screen (False) and at an own desk (True).
    """
    waiting = [first(who) for who in PEOPLE]
    seen = {desk.key for desk in waiting}
    wrong, signed = [], Counter[bool]()
    while waiting:
        desk = waiting.pop()
        for then in onward(desk, check):
            if then.signed_by and not desk.signed_by:
                assert then.asked is not None
                signed[then.asked.is_own_desk] += 1
                is_others = then.asked.is_own_desk and then.signed_by != then.signed_in
                if then.signed_by in then.hands | {then.asker} or is_others:
                    wrong.append(then)
            if then.key not in seen and not then.signed_by:
                seen.add(then.key)
                waiting.append(then)
    return wrong, signed


def test_nobody_signs_off_what_they_had_a_hand_in_whatever_user_switches_happened() -> None:
    wrong, signed = self_approved(check_proof)
    assert wrong == []
    assert signed[False] > 20
    assert signed[True] > 10


@pytest.mark.parametrize("blind", ["workers", "signed_in_no"])
def test_a_check_that_looks_away_is_seen(blind: str) -> None:
    def careless(*facts: Any, **more: Any) -> Refusal | None:
        return check_proof(*facts, **{**more, blind: ()})

    assert self_approved(careless)[0]


def test_a_check_that_takes_one_desk_for_the_other_is_seen() -> None:
    def careless(proof: Proof, signed: Challenge, done: Challenge, **more: Any) -> Refusal | None:
        signed_in_no = proof.approver_no if signed.is_own_desk else ""
        return check_proof(proof, signed, done, **{**more, "signed_in_no": signed_in_no})

    assert self_approved(careless)[0]


def test_a_check_that_forgets_who_asked_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(approver_no: str, _: Challenge, *, workers: Any, signed_in_no: str) -> Refusal | None:
        return SignoffByWorker(approver_no) if approver_no in {signed_in_no, *workers} else None

    monkeypatch.setattr(signoffs, "refusal_of_approver", forgetful)
    assert self_approved(check_proof)[0]


@pytest.mark.parametrize(("approver", "signed_in"), [("A", "B"), ("B", "A"), ("C", "C")])
def test_the_guard_of_the_case_says_no_to_the_same_people(approver: str, signed_in: str) -> None:
    """What got past the challenge is refused once more by the state machine."""
    case = replace(first("A").case, workers=frozenset({"A", "B"}), desk=Stage.TALKING)
    measure = Measure(1, "GIFT_FEE", 10, 3, 3_000)
    step = Step(Act.OFFER, signed_in, AT, approver, measure=measure)
    assert refusal_of(case, step, FACTS) == SignerWorkedOnCase(approver)
    assert refusal_of(case, Step(Act.OFFER, "A", AT, "C", measure=measure), FACTS) is None
