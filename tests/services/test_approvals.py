"""Approvals in one place: one act, one sum, once, and by nobody who had a hand in it, whoever was signed in when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.approvals import (
    ApprovalKind,
    ApprovalMissing,
    ApprovalNotByCode,
    ApprovalNotForRole,
    ApprovalRequest,
    ApprovalRow,
    ApprovalTwice,
    Approved,
    Earlier,
    EarlierKind,
    RowKind,
)
from counter_app.domain.journal import Draft, Posting
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.signoffs import Challenge, Proof, SignoffByWorker, SignoffExpired, SignoffForOther, SignoffUsed
from counter_app.domain.staff import Role, Session
from counter_app.domain.staff_refusals import NoRight, WrongSignIn
from counter_app.resources import resource
from counter_app.services import approvals
from counter_app.services.approvals import Signed
from counter_app.storage.hall import OpenHall
from counter_app.storage.rules import _parsed, load_pack
from counter_app.storage.sql import Reading
from counter_app.storage.staff import add_staff
from tests import halls

PEOPLE = ("2001", "2002", "2003")
TELLER = halls.teller()
REFUND = ApprovalRequest(
    ApprovalKind.REFUND,
    "p1",
    12_345,
    "refund",
    words="缴重了",
    facts={"receipt_no": "03-1"},
    rows=(ApprovalRow(RowKind.PAYMENT, "03-1", halls.NOW.date(), 12_345, "1001"),),
    since_at=halls.NOW,
    hands=frozenset({"1001"}),
)
LATE = replace(REFUND, kind=ApprovalKind.REFUND_AFTER_MONTH)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenHall]:
    """A hall with three supervisors."""
    opened = halls.a_hall(tmp_path_factory.mktemp("approvals") / "hall", trade="water")
    with opened.writing() as work:
        for staff_no in PEOPLE[1:]:
            add_staff(work, staff_no, "赵敏", Role.SUPERVISOR, halls.verifier())
    yield opened
    opened.close()


def refusal_of(act: object) -> Refusal:
    with pytest.raises(Refused) as caught:
        act()  # type: ignore[operator]  # each is a call
    return caught.value.refusal


def proved(challenge: Challenge, first: str, second: str = "") -> Signed:
    """Signatures without the passwords, which are tried elsewhere."""
    proofs = [Proof(challenge.digest, staff_no, 0) for staff_no in (first, second) if staff_no]
    return Signed(challenge, *proofs)


def held(hall: OpenHall, session: Session, signed: Signed | None, request: ApprovalRequest) -> Approved:
    with hall.reading() as reading:
        signed = signed and Signed(signed.challenge, *(replace(p, proved_at_ms=_now(hall)) for p in _proofs(signed)))
        return approvals.hold(hall, reading, session, signed, request)


def _proofs(signed: Signed) -> list[Proof]:
    return [proof for proof in (signed.proof, signed.second) if proof is not None]


def _now(hall: OpenHall) -> int:
    return hall.clock.monotonic_ms()


# --- every order of sign-ins of three people ---


@dataclass(frozen=True)
class At:
    """A counter at one moment: who is signed in, who did the thing, who opened the shift it stands in, who asked for
    the approval with which challenge, and who has signed it.
    """

    signed_in: str
    did: str = ""
    opened: str = ""
    asked_by: str = ""
    signed: tuple[str, ...] = ()

    def onward(self) -> Iterator[At]:
        """Everything that can happen next at the desk."""
        for who in PEOPLE:
            yield replace(self, signed_in=who)
        if not self.opened:
            yield replace(self, opened=self.signed_in)
        elif not self.did:
            yield replace(self, did=self.signed_in)
        else:
            yield replace(self, asked_by=self.signed_in, signed=())
        if self.asked_by and len(self.signed) < 2:
            for who in PEOPLE:
                yield replace(self, signed=(*self.signed, who))


def walked() -> set[At]:
    """Every moment that three people can come to by switching users and working in any order."""
    waiting: list[At] = [At(who) for who in PEOPLE]
    seen = set(waiting)
    while waiting:
        for then in waiting.pop().onward():
            if then not in seen:
                seen.add(then)
                waiting.append(then)
    return seen


def _outcome(hall: OpenHall, reading: Reading, at: At, kind: ApprovalKind, hands: frozenset[str]) -> Approved | Refusal:
    """What comes of it when whoever is signed in carries the act out at this moment."""
    request = replace(REFUND, kind=kind, hands=hands)
    challenge = approvals.ask(halls.teller(at.asked_by, Role.SUPERVISOR), request)
    signed = Signed(challenge, *(Proof(challenge.digest, who, _now(hall)) for who in at.signed))
    try:
        return approvals.hold(hall, reading, halls.teller(at.signed_in, Role.SUPERVISOR), signed, request)
    except Refused as refused:
        return refused.refusal


def self_approved(hall: OpenHall, *, is_blind: bool = False) -> tuple[list[At], int, int]:
    """The moments at which somebody approved what they did, opened, asked for or carry out, or gave both signatures;
    how many went through with one signature, and with two.
    """
    wrong, gone = [], [0, 0]
    # who did it and who opened it are both hands: the other way round it is the same question
    moments = {(frozenset({at.did, at.opened}), at.signed_in, at.asked_by, at.signed): at for at in walked()}
    with hall.reading() as reading:
        for (hands, *_), at in moments.items():
            kind = ApprovalKind.REFUND_AFTER_MONTH if len(at.signed) == 2 else ApprovalKind.REFUND
            found = _outcome(hall, reading, at, kind, frozenset() if is_blind else hands) if at.signed else None
            if isinstance(found, Approved):
                gone[len(at.signed) - 1] += 1
                if {*hands, at.asked_by, at.signed_in} & {*found.staff_nos} or len({*found.staff_nos}) < len(at.signed):
                    wrong.append(at)
    return wrong, gone[0], gone[1]


def test_nobody_approves_what_they_did_opened_or_asked_for_through_any_switch_of_users(hall: OpenHall) -> None:
    wrong, with_one, with_two = self_approved(hall)
    assert wrong == []
    assert with_one > 20
    assert with_two == 6, "of three people two sign only where the third did, opened, asked for and carries it out"
    assert self_approved(hall, is_blind=True)[0], "a check that forgets who did it is seen"


# --- one act, one sum, once ---


def test_an_approval_holds_for_what_was_shown_and_nothing_else(hall: OpenHall) -> None:
    challenge = approvals.ask(TELLER, REFUND)
    signed = approvals.sign(hall, TELLER, challenge, staff_no="2001", password=halls.PASSWORD, hands=REFUND.hands)
    assert held(hall, TELLER, signed, REFUND) == Approved(("2001",), (Role.SUPERVISOR,))
    rows = (replace(REFUND.rows[0], amount_fen=1),)
    for what, other in {
        "action": replace(REFUND, kind=ApprovalKind.REVERSE),
        "case_id": replace(REFUND, subject="p2"),
        "outcome": replace(REFUND, outcome="reverse"),
        "amount_fen": replace(REFUND, amount_fen=12_346),
        "words": replace(REFUND, words=""),
        "shown": replace(REFUND, rows=rows),
    }.items():
        assert refusal_of(lambda other=other: held(hall, TELLER, signed, other)) == SignoffForOther(what)
    with hall.reading() as reading:
        late = Signed(challenge, replace(signed.proof, proved_at_ms=_now(hall) - 60_000))
        expired = refusal_of(lambda: approvals.hold(hall, reading, TELLER, late, REFUND))
    assert expired == SignoffExpired(60)
    draft = Draft("note", {}, "1001", halls.NOW.date(), intent_id=challenge.nonce)
    with hall.writing() as work:
        hall.journal.append(work, draft)
    assert refusal_of(lambda: held(hall, TELLER, signed, REFUND)) == SignoffUsed("2001")


def test_nothing_goes_without_the_signatures_that_the_pack_asks_for(hall: OpenHall) -> None:
    missing = ApprovalMissing(ApprovalKind.REFUND, 12_345, 1, 0)
    assert refusal_of(lambda: held(hall, TELLER, None, REFUND)) == missing
    one = proved(approvals.ask(TELLER, LATE), "2001")
    assert refusal_of(lambda: held(hall, TELLER, one, LATE)) == replace(missing, kind=LATE.kind, signatures=2, given=1)
    twice = proved(one.challenge, "2001", "2001")
    assert refusal_of(lambda: held(hall, TELLER, twice, LATE)) == ApprovalTwice("2001")
    both = proved(one.challenge, "2001", "2002")
    assert held(hall, TELLER, both, LATE).staff_nos == ("2001", "2002")
    large = replace(REFUND, amount_fen=1_000_001)
    assert isinstance(refusal_of(lambda: held(hall, TELLER, proved(one.challenge, "2001"), large)), ApprovalMissing)
    small = ApprovalRequest(ApprovalKind.CASH_OUT, "s1", 20_000)
    assert held(hall, TELLER, None, small) == Approved()
    assert approvals.need(hall, TELLER, replace(small, amount_fen=20_001)).signatures == 1
    auditor = halls.teller("8001", Role.AUDITOR)
    assert isinstance(refusal_of(lambda: approvals.need(hall, auditor, REFUND)), ApprovalNotForRole)


def test_a_second_person_gives_an_own_password_and_never_one_twice(hall: OpenHall) -> None:
    challenge = approvals.ask(TELLER, LATE)

    def sign(staff_no: str, password: str = halls.PASSWORD, first: Signed | None = None) -> Signed:
        return approvals.sign(
            hall, TELLER, challenge, staff_no=staff_no, password=password, hands=LATE.hands, first=first
        )

    assert refusal_of(lambda: sign("1001", "not read")) == SignoffByWorker("1001")
    assert isinstance(refusal_of(lambda: sign("2002", "wrong")), WrongSignIn)
    assert isinstance(refusal_of(lambda: sign("1002")), NoRight)
    first = sign("2001")
    assert refusal_of(lambda: sign("2001", "not read", first)) == ApprovalTwice("2001")
    assert held(hall, TELLER, sign("2002", first=first), LATE).staff_nos == ("2001", "2002")
    assert held(hall, TELLER, sign("9001", first=first), LATE).roles == (Role.SUPERVISOR, Role.ADMIN)
    assert isinstance(refusal_of(lambda: sign("9001")), NoRight), "finance's word is the second one"


def test_a_consent_from_afar_stands_in_for_one_signature_where_the_pack_allows_it(hall: OpenHall) -> None:
    case = approvals.look(hall, TELLER, REFUND)
    afar = approvals.from_afar(case, "code:ABCDEFGH", _now(hall))
    assert held(hall, TELLER, afar, REFUND) == Approved(("code:ABCDEFGH",), (), case.challenge.digest)
    other = replace(REFUND, amount_fen=1)
    assert refusal_of(lambda: held(hall, TELLER, afar, other)) == SignoffForOther("amount_fen")
    late = approvals.look(hall, TELLER, LATE)
    first = approvals.from_afar(late, "code:ABCDEFGH", _now(hall))
    assert isinstance(refusal_of(lambda: held(hall, TELLER, first, LATE)), ApprovalMissing)
    twice = ApprovalTwice("code:ABCDEFGH")
    assert refusal_of(lambda: approvals.from_afar(late, "code:IJKLMNOP", _now(hall), first)) == twice
    both = approvals.sign(hall, TELLER, late, staff_no="2002", password=halls.PASSWORD, first=first)
    assert held(hall, TELLER, both, LATE).staff_nos == ("code:ABCDEFGH", "2002")
    out = approvals.look(hall, TELLER, ApprovalRequest(ApprovalKind.CASH_OUT, "s1", 30_000))
    no = ApprovalNotByCode(ApprovalKind.CASH_OUT)
    assert refusal_of(lambda: approvals.from_afar(out, "code:ABCDEFGH", 0)) == no
    forged = proved(out.challenge, "code:ABCDEFGH")
    assert refusal_of(lambda: held(hall, TELLER, forged, out.request)) == no


# --- the case as it is shown ---


def test_the_case_says_what_was_undone_waived_and_printed_again_today(hall: OpenHall) -> None:
    drawn = (Posting("drawer", "s1", -700), Posting("receivable", "b1", 700))
    with hall.writing() as work:
        for kind, postings, on in (
            ("payment.reverse", drawn, halls.NOW.date()),
            ("payment.refund", drawn, halls.NOW.date()),
            ("payment.refund", drawn, halls.NOW.date().replace(day=1)),
            ("print.copy", (), halls.NOW.date()),
            ("payment.take", drawn, halls.NOW.date()),
        ):
            made = hall.journal.append(work, Draft(kind, {}, "1001", on, postings, intent_id=new_intent_id()))
    with hall.reading() as reading:
        assert approvals.hands_of(reading, (made.place.entry_id, "no such")) == {"1001"}
    case = approvals.look(hall, TELLER, REFUND)
    assert case.earlier == (
        Earlier("1001", EarlierKind.UNDO, 2, 1_400),
        Earlier("1001", EarlierKind.REPRINT, 1, 0),
    )
    assert (case.asked_by, case.need.signatures, case.need.signers) == ("1001", 1, (Role.SUPERVISOR,))
    assert case.need.source.startswith("domain_rules 2.4")
    assert held(hall, TELLER, proved(case.challenge, "2001"), REFUND).first_no == "2001"


def test_a_pack_of_a_hub_that_knows_no_approvals_keeps_the_lines_of_the_program(hall: OpenHall) -> None:
    text = resource("rules", "gas.toml").read_text(encoding="utf-8")
    older = text[: text.index("\n[[approvals]]")]
    kept = _parsed("gas", older).approvals(halls.NOW.date())
    assert kept.line(ApprovalKind.REVERSE) == load_pack("gas").approvals(halls.NOW.date()).line(ApprovalKind.REVERSE)
