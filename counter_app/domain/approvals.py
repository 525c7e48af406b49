"""Approvals (审批): the kinds of acts that one may not do alone, what is asked for, and the whole case as shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refusal
from counter_app.domain.rights import Right, Role
from counter_app.domain.signoffs import Challenge, digest_of_shown


class ApprovalKind(StrEnum):
    """What may need a second person. The rule pack has a line for each (table `approvals`)."""

    REVERSE = "reverse"
    REFUND = "refund"
    REFUND_AFTER_MONTH = "refund_after_month"
    MOVE = "move"
    RETENDER = "retender"
    BOOK_MOVE = "book_move"
    BOOK_REFUND = "book_refund"
    WAIVE = "waive"
    DEFER = "defer"
    DISPUTE = "dispute"
    CASH_IN = "cash_in"
    CASH_OUT = "cash_out"
    FLOAT = "float"
    DROP = "drop"
    DIFFERENCE = "difference"
    HANDOVER = "handover"
    REPRINT_MANY = "reprint_many"
    REDIRECT = "redirect"
    CASH_LIMIT = "cash_limit"
    OVER_PAYMENT = "over_payment"
    CREDIT = "credit"
    CLOCK = "clock"
    NEW_EPOCH = "new_epoch"
    LEAVE = "leave"
    RECEPTION = "reception"
    OFFER = "offer"
    CONTRACT = "contract_penalty"


RETENTION_KINDS = frozenset(
    {ApprovalKind.LEAVE, ApprovalKind.RECEPTION, ApprovalKind.OFFER, ApprovalKind.CONTRACT},
)
"""Kinds of a case of somebody who wants to leave: only a pack with retention has lines for them."""

MAY_BE_ALONE = frozenset(
    {
        ApprovalKind.BOOK_MOVE,
        ApprovalKind.CASH_IN,
        ApprovalKind.CASH_OUT,
        ApprovalKind.DIFFERENCE,
        ApprovalKind.REPRINT_MANY,
        ApprovalKind.REDIRECT,
        ApprovalKind.CASH_LIMIT,
        ApprovalKind.OVER_PAYMENT,
    },
)
"""Kinds for which a pack may leave a sum to one person alone; for the others two people are no matter of the pack."""

ONE_APPROVER = RETENTION_KINDS | {
    ApprovalKind.CREDIT,
    ApprovalKind.CLOCK,
    ApprovalKind.NEW_EPOCH,
    ApprovalKind.RETENDER,
    ApprovalKind.HANDOVER,
    ApprovalKind.FLOAT,
    ApprovalKind.DROP,
}
"""Kinds whose entry names one approver: a pack that asks two would lose the second."""

BY_CODE = frozenset(
    {
        ApprovalKind.REVERSE,
        ApprovalKind.REFUND,
        ApprovalKind.REFUND_AFTER_MONTH,
        ApprovalKind.MOVE,
        ApprovalKind.RETENDER,
    },
)
"""Kinds that somebody at the hub may consent to: those whose entry the hub holds to the code when it comes."""
FROM_AFAR = "code:"
"""What the approver of an entry begins with that was consented to at the hub; the name of the consent follows."""


def is_from_afar(approver_no: str) -> bool:
    """Whether an approver is a consent given at the hub, and nobody's staff number."""
    return approver_no.startswith(FROM_AFAR)


_RIGHTS = {
    ApprovalKind.RECEPTION: (Right.SIGN_RECEPTION, Right.SIGN_RECEPTION),
    # whoever takes a drawer over is to run it
    ApprovalKind.HANDOVER: (Right.RUN_SHIFT, Right.RUN_SHIFT),
    # whoever takes cash over for the safe counts it as the giver did
    ApprovalKind.DROP: (Right.RUN_SHIFT, Right.RUN_SHIFT),
    ApprovalKind.OFFER: (Right.SIGN_OFFER, Right.SIGN_OFFER),
    # finance has a word in it when the month is over (domain_rules 2.4)
    ApprovalKind.REFUND_AFTER_MONTH: (Right.SIGN_OFF, Right.SIGN_LATE_UNDO),
}


def rights_to_sign(kind: ApprovalKind) -> tuple[Right, Right]:
    """The right of whoever signs it first, and of whoever signs it second."""
    return _RIGHTS.get(kind, (Right.SIGN_OFF, Right.SIGN_OFF))


class RowKind(StrEnum):
    """What a row is that a case rests on."""

    PAYMENT = "payment"
    RECEIPT = "receipt"
    BILL = "bill"
    LATE_FEE = "late_fee"
    TENDER = "tender"
    BOOK = "book"
    SHIFT = "shift"
    CASH = "cash"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """A row that the case rests on: what it is, under which number, of which day, its sum in fen, who made it."""

    kind: RowKind
    no: str
    on: date | None = None
    amount_fen: Fen | None = None
    staff_no: str = ""


class EarlierKind(StrEnum):
    """What somebody did earlier today that whoever signs wants to know of."""

    UNDO = "undo"
    WAIVER = "waiver"
    CREDIT = "credit"
    CASH_OUT = "cash_out"
    REPRINT = "reprint"
    DRAWER = "drawer"


EARLIER: Mapping[str, EarlierKind] = {
    "payment.reverse": EarlierKind.UNDO,
    "payment.refund": EarlierKind.UNDO,
    "payment.move": EarlierKind.UNDO,
    "payment.retender": EarlierKind.UNDO,
    "late_fee.relief": EarlierKind.WAIVER,
    "relief.decide": EarlierKind.WAIVER,
    "credit.settled": EarlierKind.CREDIT,
    "cash.out": EarlierKind.CASH_OUT,
    "book.refund": EarlierKind.CASH_OUT,
    "print.copy": EarlierKind.REPRINT,
    "drawer.opened": EarlierKind.DRAWER,
}
"""Which entries count as which."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """How often somebody did it today at this counter, and the fen that it moved."""

    staff_no: str
    kind: EarlierKind
    count: int
    amount_fen: Fen


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """One act that is asked for: `subject` is the id of what it is done to (a payment, a task, a shift), `amount_fen`
    what it moves, `no` the number by which people call the subject. Everything here but `no`, `hands` and `before_fen`
    is signed; that is what whoever asks has moved alone of this kind on the same day already.

    `facts` and `rows` are what the screen shows of it, `words` the reason. `hands` are whoever did, opened or asked for
    what it is about: none of them signs. `own_desk_of` names who asked, where the approver decides at the own desk;
    `action` is how the challenge calls it where that is not the kind.
    """

    kind: ApprovalKind
    subject: str
    amount_fen: Fen = 0
    outcome: str = ""
    words: str = field(default="", repr=False)
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    rows: tuple[ApprovalRow, ...] = ()
    since_at: datetime | None = None
    hands: frozenset[str] = frozenset()
    no: str = ""
    own_desk_of: str = ""
    action: str = ""
    before_fen: Fen = 0

    @property
    def shown(self) -> str:
        """The digest of what the screen shows of it."""
        rows = [[row.kind.value, row.no, row.on.isoformat() if row.on else "", row.amount_fen] for row in self.rows]
        since = self.since_at.isoformat() if self.since_at else ""
        more = {"rows": rows, "since": since} if rows or since else {}
        return digest_of_shown({**self.facts, **more})


@dataclass(frozen=True, slots=True)
class Need:
    """How many people sign, none: it is done alone; the roles that may sign this sum; if the hub may stand in with a
    one-time code; and the line of the pack that says so, with its day and its source.
    """

    signatures: int
    signers: tuple[Role, ...]
    is_code_allowed: bool
    valid_from: date
    source: str


@dataclass(frozen=True, slots=True)
class ApprovalCase:
    """The whole case as whoever signs sees it: what is asked, by whom, what the pack asks for, and what whoever had a
    hand in it did earlier today. `challenge` is what is signed.
    """

    request: ApprovalRequest
    challenge: Challenge
    need: Need
    asked_by: str
    asked_name: str
    asked_role: Role
    earlier: tuple[Earlier, ...]


@dataclass(frozen=True, slots=True)
class Approved:
    """Who signed, in the order of signing, and in which role; nobody where it is done alone. `challenge` is the digest
    of what was consented to at the hub, which the entry carries; empty where everybody signed here.
    """

    staff_nos: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    challenge: str = ""

    @property
    def first_no(self) -> str:
        """The first of them, or empty: the approver of the entry."""
        return self.staff_nos[0] if self.staff_nos else ""


@dataclass(frozen=True, slots=True)
class ApprovalNotForRole(Refusal):
    """The pack does not let this role ask for it; `who` may."""

    kind: ApprovalKind
    role: Role
    who: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class ApprovalAboveLimit(Refusal):
    """The sum is above what this person may sign (0: nothing of this kind); `who` may sign it, empty: nobody here."""

    kind: ApprovalKind
    amount_fen: Fen
    staff_no: str
    limit_fen: Fen
    who: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class ApprovalAboveAll(Refusal):
    """The sum is above what anybody in the hall may sign by the pack."""

    kind: ApprovalKind
    amount_fen: Fen
    limit_fen: Fen


@dataclass(frozen=True, slots=True)
class ApprovalMissing(Refusal):
    """It takes `signatures` people, and `given` have signed."""

    kind: ApprovalKind
    amount_fen: Fen
    signatures: int
    given: int


@dataclass(frozen=True, slots=True)
class ApprovalTwice(Refusal):
    """The two signatures are given by two different people."""

    staff_no: str


@dataclass(frozen=True, slots=True)
class ApprovalNotByCode(Refusal):
    """By the pack a one-time code does not stand in for a signature of this kind."""

    kind: ApprovalKind


@dataclass(frozen=True, slots=True)
class ApprovalNotConfigured(Refusal):
    """The rule pack in force has no line for it: nobody may do it."""

    kind: ApprovalKind
