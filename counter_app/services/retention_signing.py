"""What a second person signs in a retention case, and what is asked of one: signatures, costly offers, waivers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from counter_app.domain.approvals import ApprovalKind, ApprovalRequest, rights_to_sign
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.retention import Act, Case, Measure, Signer
from counter_app.domain.retention_refusals import OfferNotAsked, SignatureNotAsked
from counter_app.domain.retention_rules import OfferUnknown, RetentionRules, cost_fen
from counter_app.domain.retention_steps import kind_of
from counter_app.domain.signoffs import Challenge
from counter_app.domain.staff import Right, Role, Session
from counter_app.services import approvals
from counter_app.services.approvals import Signed
from counter_app.services.retention_desk import CaseView, Desk, take_step
from counter_app.storage.hall import OpenHall


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants a second person to sign: a signature of the hall, an offer, a refusal of either, or a waiver.

    `words` are the reason that a refusal or a waiver gives; `is_own_desk`: the approver decides under the own sign-in
    on what somebody else has asked for.
    """

    act: Act
    signer: Signer | None = None
    measure: Measure | None = None
    words: str = ""
    is_own_desk: bool = False

    @property
    def kind(self) -> ApprovalKind:
        """What kind of approval it is."""
        if self.act in (Act.OFFER, Act.DECLINE_OFFER):
            return ApprovalKind.OFFER
        if self.act is Act.WAIVE_CONTRACT:
            return ApprovalKind.CONTRACT
        return ApprovalKind.RECEPTION if self.signer is Signer.RECEPTIONIST else ApprovalKind.LEAVE

    @property
    def right(self) -> Right:
        """The right of whoever signs it."""
        return rights_to_sign(self.kind)[0]


def measure_of(shown: CaseView, offer: str, value: int, months: int) -> Measure:
    """The next measure of a case with its cost by the pack.

    Raises:
        Refused: `OfferUnknown`, `OfferOutOfRange`.
    """
    refusal = shown.rules.refusal_of_measure(offer, value, months)
    if refusal is not None:
        raise Refused(refusal)
    found = shown.rules.offer(offer)
    if found is None:
        raise Refused(OfferUnknown(offer))
    average_fen = shown.case.worth.average_fen if shown.case.worth else 0
    price_fen = cost_fen(found, value=value, months=months, average_fen=average_fen)
    return Measure(len(shown.case.measures) + 1, offer, value, months, price_fen)


def refusal_of_giver(rules: RetentionRules, case: Case, measure: Measure, giver: Role) -> Refusal | None:
    """Why a role may not give an offer on top of what the case has cost so far, or None."""
    found = rules.offer(measure.offer)
    if found is None:
        return OfferUnknown(measure.offer)
    case_fen = case.cost_fen + measure.cost_fen
    return rules.refusal_of_giver(found, giver, case_fen=case_fen, is_valued=case.is_valued)


def request_of(shown: CaseView, wanted: Wanted) -> ApprovalRequest:
    """What a second person is asked for, as the screen shows the case now."""
    case, measure = shown.case, wanted.measure
    outcome, amount_fen = case.result.value if case.result else "", case.cost_fen
    if measure is not None:
        outcome, amount_fen = f"{measure.offer}:{measure.value}:{measure.months}", case.cost_fen + measure.cost_fen
    elif wanted.act is Act.WAIVE_CONTRACT:
        outcome, amount_fen = "contract", shown.facts.contract_fen
    return ApprovalRequest(
        wanted.kind,
        case.case_id,
        amount_fen,
        outcome,
        wanted.words.strip(),
        _shown(shown),
        hands=case.hands,
        no=case.case_no,
        own_desk_of=_asker(case, wanted) if wanted.is_own_desk else "",
        action=f"{kind_of(wanted.act)}:{wanted.signer.value if wanted.signer else ''}",
    )


def challenge_of(session: Session, shown: CaseView, wanted: Wanted) -> Challenge:
    """What a second person is asked to sign."""
    return approvals.ask(session, request_of(shown, wanted))


def prove(hall: OpenHall, session: Session, shown: CaseView, wanted: Wanted, *, staff_no: str, password: str) -> Signed:
    """The second person gives own number and password for what the screen shows.

    Raises:
        Refused: `SignoffByWorker`, `WrongSignIn`, `SignInLocked`, `NoRight`, `PasswordMustChange`.
    """
    challenge = challenge_of(session, shown, wanted)
    return approvals.sign(
        hall,
        session,
        challenge,
        staff_no=staff_no,
        password=password,
        hands=shown.case.hands,
        kind=wanted.kind,
    )


def ask_signature(hall: OpenHall, session: Session, case_id: str, signer: Signer, intent_id: str) -> CaseView:
    """Call somebody who may sign; the case comes onto the list of those who wait (002-A1, 002-B1).

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown` and those of the guards.
    """

    def do(desk: Desk, now: CaseView) -> None:
        desk.add(desk.step(Act.ASK_SIGNATURE, signer=signer), intent_id=intent_id)

    return take_step(hall, session, case_id, do, act=Act.ASK_SIGNATURE, intent_id=intent_id)


def sign(hall: OpenHall, session: Session, case_id: str, signer: Signer, signed: Signed) -> CaseView:
    """The signature of the manager or the receptionist, given at this screen.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, those of `approvals.hold` and of the guards.
    """
    return _signed(hall, session, case_id, Wanted(Act.SIGN, signer), signed)


def ask_offer(
    hall: OpenHall, session: Session, case_id: str, code: str, value: int, months: int, intent_id: str
) -> CaseView:
    """Ask for an offer above one's own limit: it waits for an approver at the approver's own desk (002-A3), and the
    teller goes on.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `OfferUnknown`, `OfferOutOfRange`, `OfferAboveRole` (no
            supervisor may give it), `OfferWaits` and others of the guards.
    """

    def do(desk: Desk, now: CaseView) -> None:
        measure = measure_of(now, code, value, months)
        # what no supervisor may give would wait for ever: an admin comes to the teller's screen
        _hold_giver(now, measure, Role.SUPERVISOR)
        desk.add(desk.step(Act.ASK_OFFER, measure=measure), intent_id=intent_id)

    return take_step(hall, session, case_id, do, act=Act.ASK_OFFER, intent_id=intent_id)


def decline(hall: OpenHall, session: Session, case_id: str, signer: Signer, words: str, signed: Signed) -> CaseView:
    """Somebody who was asked does not sign, and says why; the case goes back to the talk.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `WordsNeeded`, those of `approvals.hold` and of the guards.
    """
    return _signed(hall, session, case_id, Wanted(Act.DECLINE, signer), signed, words)


def stand_in(hall: OpenHall, session: Session, case_id: str, signer: Signer, words: str, intent_id: str) -> CaseView:
    """Nobody came within the time limit: 'not available' with a reason stands in, and goes to the audit (002-3e).

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `SignatureStillAwaited` and others of the guards.
    """

    def do(desk: Desk, now: CaseView) -> None:
        desk.add(desk.step(Act.STAND_IN, signer=signer, words=words), intent_id=intent_id)

    return take_step(hall, session, case_id, do, act=Act.STAND_IN, intent_id=intent_id)


def offer(
    hall: OpenHall, session: Session, case_id: str, code: str, value: int, months: int, intent_id: str
) -> CaseView:
    """Make an offer that the signed-in person may give alone; its cost is the pack's (002-A3).

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `OfferUnknown`, `OfferOutOfRange`, `OfferAboveRole` (a second
            person signs it, see `offer_signed`), and those of the guards.
    """

    def do(desk: Desk, now: CaseView) -> None:
        measure = measure_of(now, code, value, months)
        _hold_giver(now, measure, session.role)
        desk.add(desk.step(Act.OFFER, measure=measure), intent_id=intent_id)

    return take_step(hall, session, case_id, do, act=Act.OFFER, intent_id=intent_id)


def offer_signed(
    hall: OpenHall, session: Session, case_id: str, code: str, value: int, months: int, signed: Signed
) -> CaseView:
    """Make an offer that a second person signed, within what that person's role may give.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `OfferUnknown`, `OfferOutOfRange`, `OfferAboveRole`, those of
            `approvals.hold` and of the guards.
    """

    def do(desk: Desk, now: CaseView) -> None:
        measure = measure_of(now, code, value, months)
        approver_no = _hold(desk, now, Wanted(Act.OFFER, measure=measure), signed)
        made = desk.step(Act.OFFER, measure=measure, approver_no=approver_no)
        desk.add(made, intent_id=signed.challenge.nonce)

    return take_step(hall, session, case_id, do, act=Act.OFFER, intent_id=signed.challenge.nonce)


def decline_offer(
    hall: OpenHall, session: Session, case_id: str, asked: Measure, words: str, signed: Signed
) -> CaseView:
    """An approver who was asked for an offer says no, and why; the teller may ask for another one.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `OfferUnknown`, `OfferOutOfRange`, `WordsNeeded`,
            `OfferNotAsked`, those of `approvals.hold` and others of the guards.
    """
    nonce = signed.challenge.nonce

    def do(desk: Desk, now: CaseView) -> None:
        measure = measure_of(now, asked.offer, asked.value, asked.months)
        approver_no = _hold(desk, now, Wanted(Act.DECLINE_OFFER, measure=measure, words=words), signed)
        made = desk.step(Act.DECLINE_OFFER, measure=measure, words=words, approver_no=approver_no)
        desk.add(made, intent_id=nonce)

    return take_step(hall, session, case_id, do, act=Act.DECLINE_OFFER, intent_id=nonce)


def waive_contract(hall: OpenHall, session: Session, case_id: str, words: str, signed: Signed) -> CaseView:
    """A second person lets go of what the contract still asks; the sum is part of what they sign.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `NothingToWaive`, `WordsNeeded`, those of `approvals.hold` and
            of the guards.
    """
    return _signed(hall, session, case_id, Wanted(Act.WAIVE_CONTRACT), signed, words)


def _signed(
    hall: OpenHall, session: Session, case_id: str, wanted: Wanted, signed: Signed, words: str = ""
) -> CaseView:
    nonce = signed.challenge.nonce
    wanted = replace(wanted, words=words)

    def do(desk: Desk, now: CaseView) -> None:
        approver_no = _hold(desk, now, wanted, signed)
        amount_fen = now.facts.contract_fen if wanted.act is Act.WAIVE_CONTRACT else 0
        made = desk.step(wanted.act, signer=wanted.signer, words=words, approver_no=approver_no, amount_fen=amount_fen)
        desk.add(made, intent_id=nonce)

    return take_step(hall, session, case_id, do, act=wanted.act, intent_id=nonce)


def _hold(desk: Desk, now: CaseView, wanted: Wanted, signed: Signed) -> str:
    wanted = replace(wanted, is_own_desk=signed.challenge.is_own_desk)
    approved = approvals.hold(desk.hall, desk.work, desk.session, signed, request_of(now, wanted))
    if wanted.measure is not None and wanted.act is Act.OFFER:
        _hold_giver(now, wanted.measure, approved.roles[0])
    return approved.first_no


def _asker(case: Case, wanted: Wanted) -> str:
    """Who asked for it last; without a request there is nothing to decide at an own desk.

    Raises:
        Refused: `SignatureNotAsked`, `OfferNotAsked`.
    """
    if wanted.measure is not None:
        waiting = next((a for a in case.open_offers if a.is_about(wanted.measure)), None)
        if waiting is None:
            raise Refused(OfferNotAsked(wanted.measure.offer))
        return waiting.asked_by
    signer = wanted.signer or Signer.MANAGER
    asked = case.request(signer)
    if asked is None or asked.is_declined:
        raise Refused(SignatureNotAsked(signer))
    return asked.asked_by


def _hold_giver(now: CaseView, measure: Measure, giver: Role) -> None:
    refusal = refusal_of_giver(now.rules, now.case, measure, giver)
    if refusal is not None:
        raise Refused(refusal)


def _shown(shown: CaseView) -> dict[str, object]:
    """What the approver sees of the case; the form is there by the hash-bearing record that holds it."""
    case = shown.case
    return {
        "case_no": case.case_no,
        "stage": case.stage.value,
        "form": case.form,
        "reasons": list(case.reasons),
        "average_fen": case.worth.average_fen if case.worth else 0,
        "owed_fen": shown.facts.owed_fen,
        "contract_fen": shown.facts.contract_fen,
        "measures": [[m.offer, m.value, m.months, m.cost_fen, m.is_accepted] for m in case.measures],
    }
