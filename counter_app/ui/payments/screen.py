"""What the 收费 room shows, as frozen values: presenters make them, widgets draw them and decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

Tone = Literal["ink", "muted", "accent", "good", "warn", "bad"]
Mark = Literal["", "clear", "part"]


@dataclass(frozen=True, slots=True)
class ChipValue:
    """A flag or a state: a word, its colour and its shape."""

    word: str
    tone: Tone
    icon: str | None = None


@dataclass(frozen=True, slots=True)
class HeaderScreen:
    """Who stands before the teller; everything masked."""

    name: str
    facts: str
    details: str
    chips: tuple[ChipValue, ...]
    overdue: ChipValue | None


@dataclass(frozen=True, slots=True)
class ServiceValue:
    """A line or a meter with its state in words."""

    text: str
    state: ChipValue


class OpenBillRow(NamedTuple):
    """An open bill; `overdue_days` is 0 before the due date, sums in fen, `mark` what this payment does to it."""

    bill_id: int
    month: str
    due_on: date
    overdue_days: int
    principal_fen: int
    late_fee_fen: int
    starts_on: date
    total_fen: int
    note: str = ""
    mark: Mark = ""
    mark_word: str = ""


@dataclass(frozen=True, slots=True)
class BillRow:
    """Any bill with what became of it."""

    month: str
    due_on: date
    principal_fen: int
    late_fee_fen: int
    settled_fen: int
    state: str
    tone: Tone
    bill_id: int = 0


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment of the past; `void` says how it was undone, empty while it stands."""

    taken_at: datetime
    receipt_no: str
    settled_fen: int
    received_fen: int
    change_fen: int
    prepaid_fen: int
    staff_no: str
    void: str = ""


@dataclass(frozen=True, slots=True)
class BookRow:
    """A prepaid book."""

    name: str
    kind: str
    purpose: str
    balance_fen: int
    valid_to: str


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A way to reach the customer, masked."""

    kind: str
    value: str
    person: str


@dataclass(frozen=True, slots=True)
class NoteRow:
    """What a colleague wrote."""

    written_at: datetime
    staff_no: str
    body: str


@dataclass(frozen=True, slots=True)
class WorkingLine:
    """One step of a late fee: the days, the sum in words, the exact amount."""

    period: str
    formula: str
    amount: str


@dataclass(frozen=True, slots=True)
class WorkingScreen:
    """How a bill's late fee came about."""

    heading: str
    lines: tuple[WorkingLine, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomerScreen:
    """One customer's page for one chosen account."""

    customer_id: int
    title: str
    header: HeaderScreen
    accounts: tuple[tuple[str, str], ...]
    account: str
    services: tuple[ServiceValue, ...]
    open_bills: tuple[OpenBillRow, ...]
    bills: Sequence[BillRow]
    payments: tuple[PaymentRow, ...]
    books: tuple[BookRow, ...]
    contacts: tuple[ContactRow, ...]
    notes: tuple[NoteRow, ...]


Phase = Literal["reading", "closed", "paying", "taking", "uncertain", "done"]
"""`closed`: no money can be taken now, and `message` says why."""


@dataclass(frozen=True, slots=True)
class TenderValue:
    """A tender already laid on the table, while another one is being typed."""

    place: int
    word: str
    amount: str


@dataclass(frozen=True, slots=True)
class PayingValue:
    """What the customer's own monitor shows, in fen."""

    due_fen: int
    received_fen: int | None
    change_fen: int | None
    spoken: str


@dataclass(frozen=True, slots=True)
class DoneScreen:
    """A payment that is recorded, as it stays on the screen until the next customer."""

    receipt_no: str
    settled: str
    received: str
    change: str
    spoken: str
    after: str
    is_late_answer: bool
    paying: PayingValue


class MoneyScreen(NamedTuple):
    """The money panel.

    `revision` grows with every change; a press counts only for the revision that the panel has painted. `settle` is the
    text in the field of the sum to settle, `deposit` in that of the deposit; None while there is no such field.
    `deposit_word` offers last month's charges, `sum_words` say how what is due and the deposit add up. `wrong` says
    which field the `refusal` stands beside: amount, settle, deposit, reference, bank, document_no, document_on, or ""
    for the panel.
    """

    revision: int
    phase: Phase
    due: str = ""
    late_fee: str = ""
    prepaid: str = ""
    restore: str = ""
    restore_word: str = ""
    partial: str = ""
    settle: str | None = None
    deposit: str | None = None
    deposit_word: str = ""
    sum_words: str = ""
    tenders: tuple[tuple[str, str], ...] = ()
    tender: str = "cash"
    fields: tuple[str, ...] = ()
    laid: tuple[TenderValue, ...] = ()
    change: str = ""
    change_word: str = ""
    spoken: str = ""
    settles: str = ""
    after: str = ""
    is_change_stored: bool = False
    can_store_change: bool = False
    refusal: str = ""
    wrong: str = ""
    message: str = ""
    message_tone: Tone = "bad"
    can_open_shift: bool = False
    can_take: bool = False
    can_redirect: bool = False
    is_redirected: bool = False
    marks: tuple[tuple[int, Mark], ...] = ()
    done: DoneScreen | None = None
    paying: PayingValue | None = None
