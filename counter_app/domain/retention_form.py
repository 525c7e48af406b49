"""The retention form (客户离网挽留登记表): what is written down about a case, and what is wrong with which field.

Measures, outcome, signatures, gates, audit and follow-ups are steps of the case and stand in the journal; the form
holds what names a person or is in their words, and is kept as a side record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from counter_app.domain.customers import Flag
from counter_app.domain.identifiers import check_resident_id, check_uscc
from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refusal
from counter_app.domain.retention_fields import OTHER
from counter_app.domain.retention_rules import Choice, RetentionRules
from counter_app.domain.retention_usage import UsedMonth

ID_KINDS = ("resident_id", "uscc", "passport", "other")
MOST_FURTHER = 2
LONGEST_TEXT = 500
LONGEST_NAME = 50
LONGEST_CONTACT = 100
OTHER_WORDS = (5, 200)
LONGEST_NUMBER = 40
RATINGS = (1, 5)


@dataclass(frozen=True, slots=True)
class Agent:
    """Who comes for the holder (代办人): all of it or nothing; `order_no` is the holder's written order."""

    name: str = field(default="", repr=False)
    id_kind: str = ""
    id_number: str = field(default="", repr=False)
    order_no: str = ""

    @property
    def is_there(self) -> bool:
        """Whether anything was written about an agent."""
        return any((self.name, self.id_kind, self.id_number, self.order_no))


@dataclass(frozen=True, slots=True)
class Form:
    """The form as it stands, one revision of it (domain_rules 8); sums in fen. What is personal is not in its `repr`.

    `reason` and `further` are codes of either level; `used` are the bills of the last months; `is_contact_agreed` is
    the consent to be visited or called, given at `agreed_at`, best at `contact_times`.
    """

    case_no: str
    accepted_at: datetime
    hall: str
    staff_no: str
    service_number: str = field(repr=False)
    name: str = field(repr=False)
    id_kind: str = ""
    id_number: str = field(default="", repr=False)
    agent: Agent = Agent()
    customer_class: str = ""
    flags: tuple[Flag, ...] = ()
    average_fen: Fen = 0
    is_valued: bool = False
    owed_fen: Fen = 0
    contract_until_on: date | None = None
    contract_fen: Fen = 0
    reason: str = ""
    further: tuple[str, ...] = ()
    other_words: str = field(default="", repr=False)
    used: tuple[UsedMonth, ...] = ()
    former_use: str = field(default="", repr=False)
    interests: tuple[str, ...] = ()
    rating: int | None = None
    rating_words: str = field(default="", repr=False)
    next_tool: str = ""
    later_contact: str = field(default="", repr=False)
    is_contact_agreed: bool = False
    agreed_at: datetime | None = None
    contact_times: tuple[str, ...] = ()
    suggestions: str = field(default="", repr=False)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons for the step that saves the form, the main one first."""
        return (self.reason, *self.further) if self.reason else ()


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What the form is held against: the holder's name, whether the service is active, and another open case of it."""

    holder_name: str = field(repr=False)
    is_service_active: bool
    other_case_no: str = ""


@dataclass(frozen=True, slots=True)
class FieldMissing(Refusal):
    """The field has to be filled in."""

    field: str


@dataclass(frozen=True, slots=True)
class FieldLength(Refusal):
    """The text is too short or too long; characters."""

    field: str
    length: int
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class ChoiceUnknown(Refusal):
    """The list of the pack in force has no such entry."""

    field: str
    choice: str


@dataclass(frozen=True, slots=True)
class ChoiceTwice(Refusal):
    """The same entry was chosen twice."""

    field: str
    choice: str


@dataclass(frozen=True, slots=True)
class TooManyReasons(Refusal):
    """More further reasons than the form takes."""

    count: int
    most: int


@dataclass(frozen=True, slots=True)
class NameDiffers(Refusal):
    """The name is not that of the holder of the service."""

    field: str


@dataclass(frozen=True, slots=True)
class IdNumberWrong(Refusal):
    """The number of an identity document fails a check; `fails` names it (domain_rules 4)."""

    field: str
    fails: str


@dataclass(frozen=True, slots=True)
class AgentNotAllowed(Refusal):
    """The hall takes a request to leave from the holder only."""

    field: str


@dataclass(frozen=True, slots=True)
class ConsentNeeded(Refusal):
    """A later contact is written down only with the customer's consent and its moment."""

    field: str


@dataclass(frozen=True, slots=True)
class RatingOutOfRange(Refusal):
    """The rating is a whole number of stars from `low` to `high`."""

    rating: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class ServiceNotActive(Refusal):
    """The service is closed already, or held."""

    service_number: str


@dataclass(frozen=True, slots=True)
class OtherCaseOpen(Refusal):
    """Another case of the same service is open; it is taken up instead of a second one."""

    case_no: str


def check_form(
    form: Form, rules: RetentionRules, facts: FormFacts, *, today: date, is_final: bool
) -> tuple[Refusal, ...]:
    """Everything wrong with the form, in the order of its fields. A form that is still being written (`is_final` false)
    may lack what it must have at the end.
    """
    found = [
        *_identity(form, facts, today),
        *_agent(form, rules, today),
        *_reasons(form, rules),
        *_longest("former_use", form.former_use, LONGEST_TEXT),
        *_choices("interests", form.interests, rules.interests),
        *_rating(form),
        *_choices("next_tool", (form.next_tool,) if form.next_tool else (), rules.next_tools),
        *_contact(form, rules),
        *_longest("suggestions", form.suggestions, LONGEST_TEXT),
    ]
    return tuple(refusal for refusal in found if is_final or not isinstance(refusal, FieldMissing))


def _identity(form: Form, facts: FormFacts, today: date) -> Iterator[Refusal]:
    for name in ("case_no", "hall", "staff_no", "service_number", "customer_class"):
        if not str(getattr(form, name)).strip():
            yield FieldMissing(name)
    if form.service_number and not facts.is_service_active:
        yield ServiceNotActive(form.service_number)
    if facts.other_case_no and facts.other_case_no != form.case_no:
        yield OtherCaseOpen(facts.other_case_no)
    yield from _required("name", form.name, LONGEST_NAME)
    if form.name.strip() and form.name.strip() != facts.holder_name.strip():
        yield NameDiffers("name")
    yield from _document("id_kind", "id_number", form.id_kind, form.id_number, today)


def _agent(form: Form, rules: RetentionRules, today: date) -> Iterator[Refusal]:
    agent = form.agent
    if not agent.is_there:
        return
    if not rules.is_agent_allowed:
        yield AgentNotAllowed("agent")
        return
    yield from _required("agent.name", agent.name, LONGEST_NAME)
    yield from _document("agent.id_kind", "agent.id_number", agent.id_kind, agent.id_number, today)
    yield from _required("agent.order_no", agent.order_no, LONGEST_NUMBER)


def _reasons(form: Form, rules: RetentionRules) -> Iterator[Refusal]:
    if not form.reason:
        yield FieldMissing("reason")
    elif not rules.knows_reason(form.reason):
        yield ChoiceUnknown("reason", form.reason)
    if len(form.further) > MOST_FURTHER:
        yield TooManyReasons(len(form.further), MOST_FURTHER)
    for number, code in enumerate(form.further):
        if not rules.knows_reason(code):
            yield ChoiceUnknown("further", code)
        elif code in (form.reason, *form.further[:number]):
            yield ChoiceTwice("further", code)
    shortest, longest = OTHER_WORDS
    length = len(form.other_words.strip())
    if OTHER in (form.reason, *form.further) and not length:
        yield FieldMissing("other_words")
    elif length > longest or (OTHER in (form.reason, *form.further) and length < shortest):
        yield FieldLength("other_words", length, shortest, longest)


def _rating(form: Form) -> Iterator[Refusal]:
    low, high = RATINGS
    if form.rating is not None and not low <= form.rating <= high:
        yield RatingOutOfRange(form.rating, low, high)
    yield from _longest("rating_words", form.rating_words, LONGEST_TEXT)


def _contact(form: Form, rules: RetentionRules) -> Iterator[Refusal]:
    yield from _longest("later_contact", form.later_contact, LONGEST_CONTACT)
    if form.later_contact.strip() and not form.is_contact_agreed:
        yield ConsentNeeded("later_contact")
    if form.is_contact_agreed != (form.agreed_at is not None):
        yield ConsentNeeded("agreed_at")
    if form.contact_times and not form.is_contact_agreed:
        yield ConsentNeeded("contact_times")
    yield from _choices("contact_times", form.contact_times, rules.contact_times)


def _document(kind_field: str, number_field: str, kind: str, number: str, today: date) -> Iterator[Refusal]:
    if not kind:
        yield FieldMissing(kind_field)
    elif kind not in ID_KINDS:
        yield ChoiceUnknown(kind_field, kind)
    yield from _required(number_field, number, LONGEST_NUMBER)
    if not number.strip():
        return
    fails = ""
    if kind == "resident_id":
        fails = check_resident_id(number, today).fails
    elif kind == "uscc":
        fails = check_uscc(number).fails
    # some early credit codes fail the check sign and are lawful (domain_rules 4)
    if fails and (kind, fails) != ("uscc", "checksum"):
        yield IdNumberWrong(number_field, fails)


def _required(name: str, text: str, longest: int) -> Iterator[Refusal]:
    if not text.strip():
        yield FieldMissing(name)
    elif len(text.strip()) > longest:
        yield FieldLength(name, len(text.strip()), 1, longest)


def _longest(name: str, text: str, longest: int) -> Iterator[Refusal]:
    if len(text) > longest:
        yield FieldLength(name, len(text), 0, longest)


def _choices(name: str, chosen: Sequence[str], known: Iterable[Choice]) -> Iterator[Refusal]:
    codes = {choice.code for choice in known}
    for number, code in enumerate(chosen):
        if code not in codes:
            yield ChoiceUnknown(name, code)
        elif code in chosen[:number]:
            yield ChoiceTwice(name, code)
