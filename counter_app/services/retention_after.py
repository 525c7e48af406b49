"""What follows when a case leaves the talk: cancelling, equipment, closing, the audit, the follow-ups, coming back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from counter_app.domain import retention_paper_words as on_paper
from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.retention import Act, Visit
from counter_app.domain.retention_followup import NumberHold, Reentry, held_until, reentry
from counter_app.domain.staff import Right, Session, StaffState, may
from counter_app.services.retention import plan_visits
from counter_app.services.retention_desk import CLOSED, CaseView, Desk, rules_of, take_step
from counter_app.storage import cancellations, visits
from counter_app.storage.cancellations import Item
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import stamp
from counter_app.storage.restores import set_service_state
from counter_app.storage.staff import find_staff

LEAVING, LEFT = "leaving", "left"
"""Why a service is frozen or closed, beside its state."""

FROZEN = "frozen"
"""The state of a service from the order to cancel it until it is closed."""

EQUIPMENT = tuple(on_paper.EQUIPMENT)
"""The kinds of equipment that the hall lends."""

RECOVERIES = tuple(on_paper.RECOVERIES)
"""What becomes of a piece of equipment: it came back, it is missing, it is the customer's own."""

MISSES = tuple(on_paper.MISSES)
"""What an audit may find missing; each is a teller's error (002-B6)."""

OUTCOMES = tuple(on_paper.OUTCOMES)
"""How a follow-up went; after the last (`visits.NO_WISH`) the customer wants no more of them, and none is due."""


@dataclass(frozen=True, slots=True)
class WordUnknown(Refusal):
    """Not one of the words that this field takes."""

    field: str
    word: str
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MissNeeded(Refusal):
    """What was found wrong is named by its kind, too; without a kind the case would pass."""


@dataclass(frozen=True, slots=True)
class VisitTooEarly(Refusal):
    """The next follow-up lies after today."""

    due_on: date


@dataclass(frozen=True, slots=True)
class VisitUnwanted(Refusal):
    """The customer wants no more follow-ups: none is planned in the same breath."""

    next_on: date


@dataclass(frozen=True, slots=True)
class OwnerUnfit(Refusal):
    """Nobody at work in the hall who makes follow-ups has that number."""

    staff_no: str


def process(hall: OpenHall, session: Session, case_id: str, intent_id: str) -> CaseView:
    """Order the cancellation: all three gates are asked once more in this commit, with what is owed now (002-A4).

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `GateUnmet`, `NotAtThisStage`, `SignerAtTheDesk`.
    """

    def do(desk: Desk, now: CaseView) -> None:
        entry = desk.add(desk.step(Act.PROCESS), intent_id=intent_id)
        cancellations.add_order(
            desk.work,
            order_id=entry.place.entry_id,
            case_id=case_id,
            service_id=now.service.id,
            entry=entry.id,
            ordered_at=stamp(desk.now),
        )
        set_service_state(desk.work, now.service.id, FROZEN, now.on, LEAVING)

    return take_step(hall, session, case_id, do, act=Act.PROCESS, intent_id=intent_id)


def recover(hall: OpenHall, session: Session, case_id: str, items: Sequence[Item], intent_id: str) -> CaseView:
    """What became of each piece of the hall's equipment, by codes; none for a plain line.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `WordUnknown` and those of the guards.
    """
    for code, outcome in items:
        _known("equipment", code, EQUIPMENT)
        _known("recovery", outcome, RECOVERIES)

    def do(desk: Desk, now: CaseView) -> None:
        desk.add(desk.step(Act.RECOVER, items=tuple(items)), intent_id=intent_id)
        cancellations.set_equipment(desk.work, case_id, items)

    return take_step(hall, session, case_id, do, act=Act.RECOVER, intent_id=intent_id)


def close(hall: OpenHall, session: Session, case_id: str, intent_id: str) -> CaseView:
    """The service is closed, its number kept unless it moves to another operator, and visits planned if the customer
    agreed (002-A22).

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `EquipmentOpen` and others of the guards.
    """

    def do(desk: Desk, now: CaseView) -> None:
        # a number that goes to another operator may not be kept here (domain_rules 5.3)
        until = None if now.case.is_port_out else held_until(now.rules, now.on)
        entry = desk.add(desk.step(Act.CLOSE, until=until), intent_id=intent_id)
        cancellations.close_order(desk.work, case_id, stamp(desk.now))
        if until is not None:
            hold = NumberHold(now.service.number, now.service.id, now.case.customer_id, until)
            cancellations.hold_number(desk.work, case_id, hold, entry.id)
        set_service_state(desk.work, now.service.id, CLOSED, now.on, LEFT)
        plan_visits(desk, now, is_kept=False)

    return take_step(hall, session, case_id, do, act=Act.CLOSE, intent_id=intent_id)


def audit(
    hall: OpenHall, session: Session, case_id: str, intent_id: str, *, misses: Sequence[str] = (), words: str = ""
) -> CaseView:
    """Check an ended case: it passes without a miss; each miss is the teller's error and is named (002-A15, 002-B6).

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `WordUnknown`, `MissNeeded`, `AlreadyAudited`,
            `SignerWorkedOnCase` and others of the guards.
    """
    for miss in misses:
        _known("miss", miss, MISSES)
    if words.strip() and not misses:
        raise Refused(MissNeeded())

    def do(desk: Desk, now: CaseView) -> None:
        made = desk.step(Act.AUDIT, is_yes=not misses, reasons=tuple(dict.fromkeys(misses)), words=words)
        desk.add(made, intent_id=intent_id)

    return take_step(hall, session, case_id, do, act=Act.AUDIT, intent_id=intent_id, right=Right.AUDIT_CASES)


def visit(
    hall: OpenHall,
    session: Session,
    case_id: str,
    line: int,
    outcome: str,
    intent_id: str,
    *,
    next_on: date | None = None,
) -> CaseView:
    """A follow-up was made. Whether the line is alive is what the hall knows of it today; a further one may be planned.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `WordUnknown`, `VisitUnwanted`, `VisitTooEarly`,
            `VisitUnknown` and others of the guards.
    """
    _known("outcome", outcome, OUTCOMES)
    if outcome == visits.NO_WISH and next_on is not None:
        raise Refused(VisitUnwanted(next_on))

    def do(desk: Desk, now: CaseView) -> None:
        is_alive = now.service.state != CLOSED
        desk.add(desk.step(Act.VISIT, line=line, is_yes=is_alive, words=outcome), intent_id=intent_id)
        visits.set_done(desk.work, case_id, line, outcome=outcome, done_on=desk.now.date(), is_line_alive=is_alive)
        if next_on is None:
            return
        if next_on <= now.on:
            raise Refused(VisitTooEarly(next_on))
        following = Visit(max(v.line for v in now.case.visits) + 1, next_on, session.staff_no)
        entry = desk.add(desk.step(Act.PLAN_VISIT, visits=(following,)))
        visits.add_visits(desk.work, case_id, (following,), entry.id)

    return take_step(hall, session, case_id, do, act=Act.VISIT, intent_id=intent_id)


def hand_over(hall: OpenHall, session: Session, case_id: str, owner_no: str, intent_id: str) -> CaseView:
    """The follow-ups of a case that are not made yet go to another person of the hall, who is told of them from then on
    (002-A18).

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `OwnerUnfit`, `NothingToHandOver`.
    """

    def do(desk: Desk, now: CaseView) -> None:
        to = find_staff(desk.work, owner_no)
        if to is None or to.state is not StaffState.ACTIVE or not may(to.role, Right.RETAIN):
            raise Refused(OwnerUnfit(owner_no))
        going = tuple(replace(visit, owner_no=owner_no) for visit in now.case.visits if not visit.is_done)
        desk.add(desk.step(Act.HAND_OVER, visits=going), intent_id=intent_id)
        visits.set_owner(desk.work, case_id, going)

    return take_step(hall, session, case_id, do, act=Act.HAND_OVER, intent_id=intent_id, right=Right.SIGN_OFF)


def reentry_of(hall: OpenHall, session: Session, customer_id: int, fee_fen: Fen) -> Reentry | None:
    """What a person who comes back gets: the old number, and no fee within the time of the hold (002-A21, 002-A22).

    Raises:
        Refused: `NoRight`, `NoRetentionForm`.
    """
    session.need(Right.SEE_CUSTOMERS)
    on = hall.clock.now().date()
    rules = rules_of(hall, on)
    with hall.reading() as reading:
        holds = cancellations.holds_of_customer(reading, customer_id)
    return reentry(holds, customer_id=customer_id, on=on, rules=rules, fee_fen=fee_fen)


def come_back(hall: OpenHall, session: Session, case_id: str, intent_id: str) -> CaseView:
    """A leaver takes the number that is kept for them: it is theirs again, and the entry says whether a fee is asked
    (002-A21, 002-A22). The line itself is opened where lines are opened (docs/decisions/0009).

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `NumberNotHeld`, `NotAtThisStage`.
    """

    def do(desk: Desk, now: CaseView) -> None:
        desk.add(desk.step(Act.REENTER, is_yes=now.rules.is_reentry_free), intent_id=intent_id)
        cancellations.use_hold(desk.work, case_id, stamp(desk.now))

    return take_step(hall, session, case_id, do, act=Act.REENTER, intent_id=intent_id)


def holds_of(
    hall: OpenHall, session: Session, number: str = "", *, customer_ids: Sequence[int] = ()
) -> tuple[NumberHold, ...]:
    """The numbers kept today, with their last day, so that a search can count down: that number, or those of some
    customers.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_CUSTOMERS)
    on = hall.clock.now().date()
    with hall.reading() as reading:
        found = list(cancellations.holds_of_number(reading, number)) if number else []
        for customer_id in customer_ids:
            found += cancellations.holds_of_customer(reading, customer_id)
    return tuple(hold for hold in found if hold.days_left(on))


def _known(field: str, word: str, allowed: tuple[str, ...]) -> None:
    if word not in allowed:
        raise Refused(WordUnknown(field, word, allowed))
