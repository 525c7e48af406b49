"""Why a step of a retention case is not taken: each refusal with the facts that its sentence needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refusal
from counter_app.domain.retention import Act, Gate, Signer, Stage


@dataclass(frozen=True, slots=True)
class NotAtThisStage(Refusal):
    """The step does not belong to the stage in which the case stands."""

    case_no: str
    stage: Stage
    act: Act


@dataclass(frozen=True, slots=True)
class ManagerFirst(Refusal):
    """A valued customer is received by the manager before the talk (002-A1); `is_asked` when that is under way."""

    case_no: str
    is_asked: bool


@dataclass(frozen=True, slots=True)
class ReasonNeeded(Refusal):
    """No case ends without the reason for leaving (002-3c)."""

    case_no: str


@dataclass(frozen=True, slots=True)
class OffersLocked(Refusal):
    """The customer takes the number to another operator: offers would disturb a free choice (domain_rules 5.3)."""

    case_no: str


@dataclass(frozen=True, slots=True)
class MeasureMissing(Refusal):
    """The outcome needs a measure: one that was offered, and for a kept customer one that was taken."""

    case_no: str
    is_taken: bool


@dataclass(frozen=True, slots=True)
class MeasureUnanswered(Refusal):
    """An offer waits for the customer's answer."""

    line: int
    offer: str


@dataclass(frozen=True, slots=True)
class MeasureAboveCeiling(Refusal):
    """The measures cost more than this person may give alone (fen); somebody else signs it off (002-A3)."""

    cost_fen: Fen
    ceiling_fen: Fen


@dataclass(frozen=True, slots=True)
class OfferWaits(Refusal):
    """This offer was asked for and waits for an approver."""

    offer: str


@dataclass(frozen=True, slots=True)
class OfferNotAsked(Refusal):
    """This offer does not wait for an approver: nobody asked, or somebody has decided on it."""

    offer: str


@dataclass(frozen=True, slots=True)
class SignerWorkedOnCase(Refusal):
    """Whoever works on a case signs nothing of it off, whoever is signed in now (reliability I14)."""

    staff_no: str


@dataclass(frozen=True, slots=True)
class AlreadySigned(Refusal):
    """This signature is there."""

    signer: Signer
    staff_no: str


@dataclass(frozen=True, slots=True)
class SignatureNotNeeded(Refusal):
    """The customer is not a valued one: only the customer signs."""

    signer: Signer


@dataclass(frozen=True, slots=True)
class SignatureNotAsked(Refusal):
    """Nobody was asked for this signature yet."""

    signer: Signer


@dataclass(frozen=True, slots=True)
class SignatureStillAwaited(Refusal):
    """The time limit for the signature runs until `until`; before that, nothing stands in for it."""

    signer: Signer
    until: datetime


@dataclass(frozen=True, slots=True)
class WordsNeeded(Refusal):
    """The step needs a reason in words."""

    act: Act


@dataclass(frozen=True, slots=True)
class GateUnmet(Refusal):
    """A gate before the cancellation is not met: what is owed and what the contract asks (fen), and who has not signed;
    `is_customer_missing` when the customer has not.
    """

    gate: Gate
    owed_fen: Fen = 0
    contract_fen: Fen = 0
    signers: tuple[Signer, ...] = ()
    is_customer_missing: bool = False


@dataclass(frozen=True, slots=True)
class EquipmentOpen(Refusal):
    """Equipment of the hall is still with the customer, and nobody has said what becomes of it."""

    case_no: str


@dataclass(frozen=True, slots=True)
class AlreadyAudited(Refusal):
    """The case was checked before."""

    case_no: str


@dataclass(frozen=True, slots=True)
class VisitUnknown(Refusal):
    """No follow-up of the case waits on this line."""

    case_no: str
    line: int


@dataclass(frozen=True, slots=True)
class VisitPlanned(Refusal):
    """The case has a follow-up on this line already."""

    case_no: str
    line: int


@dataclass(frozen=True, slots=True)
class SignerAtTheDesk(Refusal):
    """Whoever signed or approved something of a case does none of its work at the desk any more (reliability I14)."""

    staff_no: str


@dataclass(frozen=True, slots=True)
class NothingToWaive(Refusal):
    """The contract asks nothing any more, or it was waived before."""

    case_no: str


@dataclass(frozen=True, slots=True)
class NumberNotHeld(Refusal):
    """No number is kept for the customer of this case: it was never kept, the time is over, or they came back to it."""

    case_no: str


@dataclass(frozen=True, slots=True)
class FeedbackWaits(Refusal):
    """A problem of this case was fed back by `staff_no` and waits for the hall manager."""

    case_no: str
    staff_no: str


@dataclass(frozen=True, slots=True)
class FeedbackNotThere(Refusal):
    """No such problem of the case waits: none was fed back, or somebody has taken it up."""

    case_no: str


@dataclass(frozen=True, slots=True)
class FeedbackIsOwn(Refusal):
    """Nobody takes up what they fed back themselves."""

    staff_no: str


@dataclass(frozen=True, slots=True)
class NothingToHandOver(Refusal):
    """No follow-up of the case waits for anybody else: all are made, or have this owner already."""

    case_no: str
