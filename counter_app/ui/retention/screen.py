"""What the 挽留 room shows, as frozen values: presenters make them, widgets draw them and decide nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from counter_app.services.retention_signing import Wanted
from counter_app.ui.approvals.screen import SignoffScreen as SignoffScreen
from counter_app.ui.facts import Fact as Fact
from counter_app.ui.options import Option as Option
from counter_app.ui.theme import Tone

Page = Literal["manager", "talk", "offers", "sign", "customer", "gates", "order", "feedback", "end"]
State = Literal["done", "now", "open", "skipped"]


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step on the left: its page, its word, how far it is, and a few words on how it went."""

    page: Page
    word: str
    state: State
    note: str = ""
    can_open: bool = False


@dataclass(frozen=True, slots=True)
class FormScreen:
    """The form: what stands in each line, the numbered lists beside them, and what is wrong with which line."""

    texts: dict[str, str]
    reasons: tuple[Option, ...]
    seconds: tuple[Option, ...]
    interests: tuple[Option, ...]
    next_tools: tuple[Option, ...]
    contact_times: tuple[Option, ...]
    chosen: str
    tip: str
    used: str
    is_agreed: bool
    asks_other: bool
    asks_id: bool
    asks_agent: bool
    id_kept: str
    agent_id_kept: str
    id_kinds: tuple[Option, ...]
    agent_kinds: tuple[Option, ...]
    is_contract_known: bool
    is_open: bool
    errors: dict[str, str]


@dataclass(frozen=True, slots=True)
class OfferLine:
    """An offer that fits: what is typed for it, its name, value, cost, why it fits, and whose authority it needs."""

    number: str
    code: str
    word: str
    value: str
    cost: str
    why: str
    authority: str
    needs_other: bool


@dataclass(frozen=True, slots=True)
class MadeLine:
    """An offer that was made, and the answer: None while the customer thinks."""

    line: int
    word: str
    value: str
    cost: str
    is_accepted: bool | None
    approver: str = ""


@dataclass(frozen=True, slots=True)
class AskedLine:
    """An offer that somebody else decides on at the own desk: since when it waits, or why it was declined."""

    word: str
    value: str
    cost: str
    state: str
    is_declined: bool


@dataclass(frozen=True, slots=True)
class OffersScreen:
    """Offers: the first few that fit, how many more there are, those made; `locked` says why there are none; `asked`
    wait for an approver or were declined; `tips` are borne in mind in the talk.
    """

    fitting: tuple[OfferLine, ...]
    more: int
    made: tuple[MadeLine, ...]
    waiting: int
    locked: str = ""
    asked: tuple[AskedLine, ...] = ()
    tips: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """A signature of the hall: whose, how it stands, and what can be done about it."""

    signer: str
    word: str
    state: str
    tone: Tone
    can_ask: bool
    can_sign: bool
    can_stand_in: bool


@dataclass(frozen=True, slots=True)
class GateLine:
    """One of the three gates: whether it was checked, what keeps it shut, and where that is met."""

    gate: str
    word: str
    state: str
    tone: Tone
    why: str = ""
    way: str = ""


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A piece of the hall's equipment, and what became of it so far."""

    code: str
    word: str
    outcome: str


@dataclass(frozen=True, slots=True)
class GivenLine:
    """A problem that the hall manager was told: its words, when and by whom, and what came back."""

    words: str
    when: str
    state: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class FeedbackScreen:
    """The step 反馈厅经理: the words of the talk, what is added, whether it can be told, and what was told before."""

    talk: str
    text: str
    is_open: bool
    given: tuple[GivenLine, ...]


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one filled button: what it does, and its word; without an act there is nothing to press."""

    act: str
    word: str


@dataclass(frozen=True, slots=True)
class RetentionScreen:
    """The whole page. `message` is why the last step was not taken; the parts that a page does not show are None."""

    case_id: str
    case_no: str
    title: str
    page: Page
    heading: str
    lead: str
    steps: tuple[StepLine, ...]
    facts: tuple[Fact, ...]
    missing: tuple[str, ...]
    next: NextStep
    can_leave_now: bool
    can_withdraw: bool
    can_correct: bool
    can_waive: bool
    is_working: bool
    message: str
    form: FormScreen
    offers: OffersScreen
    signatures: tuple[SignatureLine, ...]
    gates: tuple[GateLine, ...]
    items: tuple[ItemLine, ...]
    feedback: FeedbackScreen
    follows: tuple[Fact, ...]
    result: str
    is_signed: bool


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list."""

    case_id: str
    case_no: str
    who: str
    number: str
    stage: str
    reason: str
    average: str
    opened: str
    staff_no: str


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A signature or an offer on which somebody waits for a decision; `wanted` is what is decided."""

    case_id: str
    case_no: str
    who: str
    what: str
    since: str
    minutes: int
    staff_no: str
    wanted: Wanted
