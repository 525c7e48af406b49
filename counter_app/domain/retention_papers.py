"""The papers of a retention case: the facts from which every print of one is rebuilt, whatever the pack says later."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import cast

from counter_app.domain.journal import canonical
from counter_app.domain.papers import series_number
from counter_app.domain.refusals import Refusal
from counter_app.domain.retention import Stage
from counter_app.domain.typed_json import plain, typed

VERSION = 1
REGISTER_VERSION = 2
"""The register has had the problems fed back to the hall manager since its second version."""


class PaperKind(StrEnum):
    """The three papers: the register (客户离网挽留登记表), the work order (退网工单), the slip (离网凭条)."""

    REGISTER = "register"
    WORK_ORDER = "work_order"
    EXIT_SLIP = "exit_slip"

    @property
    def heading(self) -> str:
        """What stands at the top of the paper."""
        return _HEADINGS[self]

    @property
    def stages(self) -> frozenset[Stage]:
        """Where a case may stand when the paper is issued, by its desk."""
        return _STAGES[self]


_HEADINGS = {
    PaperKind.REGISTER: "客户离网挽留登记表",
    PaperKind.WORK_ORDER: "退网工单",
    PaperKind.EXIT_SLIP: "离网凭条",
}
_LETTERS = {PaperKind.REGISTER: "DJ", PaperKind.WORK_ORDER: "GD", PaperKind.EXIT_SLIP: "PT"}
_LEAVING = frozenset({Stage.REFUSED, Stage.RECEPTIONIST_SIGNED, Stage.CUSTOMER_SIGNED, Stage.PROCESSING, Stage.CLOSED})
_STAGES = {
    # the register is prepared before the talk (002-3a); the order is there before the customer signs it by hand
    PaperKind.REGISTER: frozenset(Stage) - {Stage.DRAFT},
    PaperKind.WORK_ORDER: _LEAVING,
    PaperKind.EXIT_SLIP: frozenset({Stage.CLOSED}),
}


@dataclass(frozen=True, slots=True)
class PaperNotYet(Refusal):
    """A case that stands at `stage` has no such paper yet, or never will."""

    kind: PaperKind
    stage: Stage


@dataclass(frozen=True, slots=True)
class PaperStands(Refusal):
    """The paper was issued and nothing changed since: it is printed again, under its number."""

    kind: PaperKind
    paper_no: str


@dataclass(frozen=True, slots=True)
class PaperUnknown(Refusal):
    """The hall holds no paper with this number."""

    paper_no: str


@dataclass(frozen=True, slots=True)
class PaperErased(Refusal):
    """The facts of this paper were erased; only its number and their hash are left."""

    paper_no: str


@dataclass(frozen=True, slots=True)
class Head:
    """What stands around every paper: the hall, the number, the case, and who issued it when.

    `replaces` is the number of the paper that this one takes the place of, because the case changed since.
    """

    hall_name: str
    company: str
    hall_id: str
    counter_id: str
    counter_name: str
    address: str
    hotline: str
    paper_no: str
    kind: str
    year: int
    serial: int
    case_id: str
    case_no: str
    issued_at: datetime
    staff_no: str
    staff_name: str
    replaces: str = ""
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class PaperAgent:
    """Who comes for the holder; the number of the document is masked."""

    name: str = field(default="", repr=False)
    id_kind: str = ""
    id_masked: str = ""
    order_no: str = ""


@dataclass(frozen=True, slots=True)
class PaperMonth:
    """One month's bill: principal in fen, and its items as one text."""

    month: str
    total_fen: int
    items: str = ""


@dataclass(frozen=True, slots=True)
class PaperMeasure:
    """A measure as it was offered: in words, its cost in fen, the answer in words, and who approved it."""

    line: int
    name: str
    amount: str
    cost_fen: int
    answer: str
    approver: str = ""


@dataclass(frozen=True, slots=True)
class PaperSignature:
    """A signature of the hall: whose, by whom and when; `not_available` is the reason that stands in for it. Without a
    moment it is missing, or `staff` says why none is needed.
    """

    role: str
    staff: str = ""
    at: datetime | None = None
    not_available: str = ""


@dataclass(frozen=True, slots=True)
class PaperCustomerSignature:
    """The customer's signature: `how` is drawing, scan or paper; the picture lies in the side record of that hash."""

    how: str
    record: str
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PaperGate:
    """One of the teller's checks: what it is, who made it and when; nobody so far without `at`."""

    name: str
    staff: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PaperVisit:
    """A follow-up: due day, owner, and how it went once it was made."""

    line: int
    due_on: date
    owner: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class PaperFeedback:
    """A problem that the hall manager was told, in words, and the answer once there is one."""

    told_by: str
    told_at: datetime
    words: str = field(repr=False)
    answered_by: str = ""
    answered_at: datetime | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """The holder and the service, as far as the paper may show them."""

    name: str = field(repr=False)
    id_kind: str
    id_masked: str
    agent: PaperAgent
    customer_no: str
    customer_class: str
    account_no: str
    service_number: str = field(repr=False)
    service: str


@dataclass(frozen=True, slots=True)
class RegisterFacts:
    """The register: every field of the form (domain_rules 8) in words, amounts in fen."""

    head: Head
    party: Party
    accepted_at: datetime
    accepted_by: str
    marks: tuple[str, ...]
    average_fen: int
    average_months: int
    is_valued: bool
    owed_fen: int
    contract_until_on: date | None
    contract_fen: int
    contract_waived_by: str
    reasons: tuple[str, ...]
    other_words: str
    used: tuple[PaperMonth, ...]
    former_use: str
    interests: tuple[str, ...]
    rating: int | None
    rating_words: str
    next_tool: str
    later_contact: str
    is_contact_agreed: bool
    agreed_at: datetime | None
    suggestions: str
    measures: tuple[PaperMeasure, ...]
    cost_fen: int
    result: str
    ended_at: datetime | None
    signatures: tuple[PaperSignature, ...]
    customer_signature: PaperCustomerSignature | None
    gates: tuple[PaperGate, ...]
    audit: str
    audited_by: str
    audited_at: datetime | None
    visits: tuple[PaperVisit, ...]
    held_until: date | None
    feedbacks: tuple[PaperFeedback, ...]
    version: int = REGISTER_VERSION


@dataclass(frozen=True, slots=True)
class WorkOrderFacts:
    """The work order: what is cancelled, why, who checked what, what came back, and who signed."""

    head: Head
    party: Party
    order_id: str
    accepted_at: datetime
    reasons: tuple[str, ...]
    other_words: str
    result: str
    owed_fen: int
    contract_fen: int
    contract_waived_by: str
    gates: tuple[PaperGate, ...]
    equipment: tuple[tuple[str, ...], ...]
    signatures: tuple[PaperSignature, ...]
    customer_signature: PaperCustomerSignature | None
    processed_by: str
    processed_at: datetime | None
    closed_at: datetime | None
    held_until: date | None
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class ExitSlipFacts:
    """The slip that the customer keeps. `refund_fen` is the customer's own prepaid money on an account that nothing is
    billed to any more, `gift_fen` what was given and is not paid out; `offers` are there only with consent.
    """

    head: Head
    party: Party
    left_on: date
    held_until: date | None
    is_port_out: bool
    is_reentry_free: bool
    refund_fen: int
    gift_fen: int
    is_account_alive: bool
    is_contact_agreed: bool
    later_contact_masked: str
    visits: tuple[date, ...]
    offers: tuple[str, ...]
    version: int = VERSION


PaperFacts = RegisterFacts | WorkOrderFacts | ExitSlipFacts
_OF_KIND: dict[PaperKind, type[PaperFacts]] = {
    PaperKind.REGISTER: RegisterFacts,
    PaperKind.WORK_ORDER: WorkOrderFacts,
    PaperKind.EXIT_SLIP: ExitSlipFacts,
}


def paper_number(kind: PaperKind, *, hall_code: str, counter_code: str, year: int, serial: int) -> str:
    """`HZ01-03-2026-GD000123`: gap-free per hall, counter, year and kind; `serial` from 1."""
    return series_number(_LETTERS[kind], hall_code=hall_code, counter_code=counter_code, year=year, serial=serial)


def is_same(facts: PaperFacts, before: PaperFacts) -> bool:
    """Whether two papers say the same of the case, whoever issued them and when, in whichever version."""
    return replace(facts, head=before.head, version=before.version) == before


def text_of_facts(facts: PaperFacts) -> str:
    """The facts as canonical JSON; the same facts give the same bytes, so that their hash vouches for them."""
    document = plain(facts)
    if isinstance(facts, RegisterFacts) and facts.version == VERSION:
        del document["feedbacks"]
    return canonical(document)


def facts_of_text(text: str) -> PaperFacts:
    """The facts that `text_of_facts` wrote; nothing missing, nothing unknown, every value of its own type.

    Raises:
        ValueError: the text is not such a document, or one of another version; the message names the place.
    """
    document = json.loads(text)
    try:
        version, kind = document["version"], PaperKind(document["head"]["kind"])
    except (KeyError, TypeError, ValueError) as error:
        message = f"paper: {error}"
        raise ValueError(message) from error
    versions = (VERSION, REGISTER_VERSION) if kind is PaperKind.REGISTER else (VERSION,)
    if type(version) is not int or version not in versions:
        message = f"paper.version: expected one of {versions}"
        raise ValueError(message)
    if kind is PaperKind.REGISTER and version == VERSION:
        if "feedbacks" in document:
            message = "paper.feedbacks: expected no such key in the first version"
            raise ValueError(message)
        document["feedbacks"] = []
    return cast("PaperFacts", typed(document, _OF_KIND[kind], "paper"))
