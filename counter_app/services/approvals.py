"""A second person's consent, in one place: who has to sign, the case as it is shown, the signature, and its use.

An act that may need one builds its `ApprovalRequest` twice from the file: once when it is shown (`look`, then `sign`
for each signature), and once in the unit of work that writes it (`hold`). Nothing but this module signs or holds.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from counter_app.domain.approval_rules import ApprovalLine
from counter_app.domain.approvals import (
    ApprovalCase,
    ApprovalKind,
    ApprovalMissing,
    ApprovalNotByCode,
    ApprovalNotConfigured,
    ApprovalRequest,
    ApprovalTwice,
    Approved,
    Need,
    is_from_afar,
    rights_to_sign,
)
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.signoffs import Challenge, Proof
from counter_app.domain.staff import Right, Role, Session
from counter_app.services import authority, signoffs
from counter_app.services.signoffs import Signed
from counter_app.storage.approvals import earlier_today
from counter_app.storage.approvals import hands_of as hands_of
from counter_app.storage.hall import OpenHall
from counter_app.storage.sql import Reading
from counter_app.storage.staff import find_staff

__all__ = ["Signed", "ask", "from_afar", "hands_of", "hold", "look", "need", "sign"]


def need(hall: OpenHall, session: Session, request: ApprovalRequest) -> Need:
    """What it takes by the pack when this session asks; with no signatures it is done alone.

    Raises:
        Refused: `ApprovalNotForRole`, `ApprovalAboveAll`, `ApprovalNotConfigured`.
    """
    role = None if request.own_desk_of else session.role
    found = _line(hall, request.kind).need(role, request.amount_fen, request.before_fen)
    if isinstance(found, Refusal):
        raise Refused(found)
    return found


def ask(session: Session, request: ApprovalRequest, intent_id: str = "") -> Challenge:
    """What a second person is asked to sign: this act on this thing, this sum, what is shown of it, and once: under the
    act's intent, which is drawn here unless there is one already.
    """
    return signoffs.ask(
        session,
        action=request.action or request.kind.value,
        case_id=request.subject,
        outcome=request.outcome,
        amount_fen=request.amount_fen,
        shown=request.shown,
        words=request.words,
        own_desk_of=request.own_desk_of,
        intent_id=intent_id,
    )


def look(hall: OpenHall, session: Session, request: ApprovalRequest, intent_id: str = "") -> ApprovalCase:
    """The whole case for the screen, with the challenge that is signed: one for all signatures of it.

    Raises:
        Refused: as `need`.
    """
    needed, challenge = need(hall, session, request), ask(session, request, intent_id)
    people = {challenge.asked_by, *request.hands}
    with hall.reading() as reading:
        earlier = earlier_today(reading, people, hall.clock.now().date())
        # at an own desk somebody else asked, and before
        asker = find_staff(reading, request.own_desk_of) if request.own_desk_of else None
    name, role = (asker.name, asker.role) if asker is not None else (session.name, session.role)
    return ApprovalCase(request, challenge, needed, challenge.asked_by, name, role, earlier)


def sign(
    hall: OpenHall,
    session: Session,
    asked: ApprovalCase | Challenge,
    *,
    staff_no: str,
    password: str,
    hands: Collection[str] = (),
    kind: ApprovalKind | None = None,
    first: Signed | None = None,
) -> Signed:
    """Prove one more person for what is asked; the session at the screen is never raised. `first` holds the first of
    two signatures. A case knows its hands and its kind; with a bare challenge `hands` are as in the request, and `kind`
    is named where the challenge calls the act otherwise.

    Raises:
        Refused: `SignoffByWorker` and `ApprovalTwice` (before the password is looked at), `WrongSignIn`,
            `SignInLocked`, `NoRight`, `PasswordMustChange`, `ApprovalAboveLimit`.
    """
    if first is not None and first.proof.approver_no == staff_no:
        raise Refused(ApprovalTwice(staff_no))
    if isinstance(asked, ApprovalCase):
        challenge, hands, kind = asked.challenge, asked.request.hands, asked.request.kind
    else:
        challenge, kind = asked, kind or ApprovalKind(asked.action)
    right = rights_to_sign(kind)[0 if first is None else 1]
    signed = signoffs.sign(hall, session, challenge, staff_no=staff_no, password=password, right=right, workers=hands)
    approver_no = signed.proof.approver_no
    with hall.reading() as reading:
        _hold_limit(_line(hall, kind), reading, approver_no, right, challenge.amount_fen)
    return signed if first is None else replace(first, second=signed.proof)


def from_afar(case: ApprovalCase, approver: str, proved_at_ms: int, first: Signed | None = None) -> Signed:
    """The consent of somebody at the hub as a signature of this case: `approver` is what the hub calls it after it was
    told the code (`sync.one_time_approvals`), the moment is of the monotonic clock. The hub holds the entry to it.

    Raises:
        Refused: `ApprovalNotByCode`; `ApprovalTwice`: of two signatures one at least is given here.
    """
    if not case.need.is_code_allowed:
        raise Refused(ApprovalNotByCode(case.request.kind))
    proof = Proof(case.challenge.digest, approver, proved_at_ms)
    if first is None:
        return Signed(case.challenge, proof)
    if is_from_afar(first.proof.approver_no):
        raise Refused(ApprovalTwice(first.proof.approver_no))
    return replace(first, second=proof)


def hold(hall: OpenHall, work: Reading, session: Session, signed: Signed | None, request: ApprovalRequest) -> Approved:
    """Hold the signatures to what is about to be written, in the unit of work that writes it; who signed, in order.

    `request` is made anew from the file. The nonce of the challenge has to become the intent id of the entry: a
    signature that was used before is found there. Nobody signed and nobody has to: `Approved` without names.

    Raises:
        Refused: as `need`; `ApprovalMissing`, `ApprovalTwice`, `ApprovalAboveLimit`, `ApprovalNotByCode`,
            `SignoffForOther`, `SignoffExpired`, `SignoffUsed`, `SignoffByWorker`, and `NoRight`, `SignedOut`,
            `PasswordMustChange` of whoever signed.
    """
    needed = need(hall, session, request)
    proofs = () if signed is None else (signed.proof,) if signed.second is None else (signed.proof, signed.second)
    if signed is None or len(proofs) < needed.signatures:
        if needed.signatures == 0:
            return Approved()
        raise Refused(ApprovalMissing(request.kind, request.amount_fen, needed.signatures, len(proofs)))
    done, line, rights = ask(session, request), _line(hall, request.kind), rights_to_sign(request.kind)
    numbers = tuple(
        signoffs.hold(hall, work, session, Signed(signed.challenge, proof), done, request.hands) for proof in proofs
    )
    afar = [staff_no for staff_no in numbers if is_from_afar(staff_no)]
    if len(set(numbers)) < len(numbers) or len(afar) > 1:
        raise Refused(ApprovalTwice(numbers[0]))
    if afar and not needed.is_code_allowed:
        raise Refused(ApprovalNotByCode(request.kind))
    signers = [(no, right) for no, right in zip(numbers, rights, strict=False) if not is_from_afar(no)]
    roles = tuple(_hold_limit(line, work, staff_no, right, request.amount_fen) for staff_no, right in signers)
    return Approved(numbers, roles, signed.challenge.digest if afar else "")


def _hold_limit(line: ApprovalLine, reading: Reading, staff_no: str, right: Right, amount_fen: int) -> Role:
    role = authority.approver(reading, staff_no, right)
    refusal = line.refusal_of_signer(staff_no, role, amount_fen)
    if refusal is not None:
        raise Refused(refusal)
    return role


def _line(hall: OpenHall, kind: ApprovalKind) -> ApprovalLine:
    found = hall.pack.approvals(hall.clock.now().date()).line(kind)
    if isinstance(found, ApprovalNotConfigured):
        raise Refused(found)
    return found
