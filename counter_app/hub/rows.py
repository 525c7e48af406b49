"""The rows that an entry reads and writes at the hub, each in the order of its table's columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import Table

from counter_app.hub import tables as t
from counter_app.hub.sql import Mode

R = TypeVar("R")


class Inbox(NamedTuple):
    """An entry as it came, at its place in its chain."""

    hall_id: str
    counter_id: str
    epoch: int
    seq: int
    entry_id: str
    hash: str
    content: str
    signature: str
    received_at: str


class Line(NamedTuple):
    """That an entry counts, once."""

    hall_id: str
    entry_id: str
    hash: str
    counter_id: str
    epoch: int
    seq: int
    kind: str
    staff_no: str
    business_date: str
    amount_fen: int
    customer_id: int | None
    receipt_no: str | None
    fate: str


class Settlement(NamedTuple):
    """What was paid of a bill."""

    hall_id: str
    settlement_id: str
    bill_id: int
    settled_on: str
    principal_fen: int
    late_fee_fen: int
    cost_fen: int
    source: str
    channel: str
    counter_id: str
    entry_id: str | None


class BookMove(NamedTuple):
    """Money into a prepaid book (positive) or out of it."""

    hall_id: str
    move_id: str
    book_id: int
    amount_fen: int
    counter_id: str
    at: str
    entry_id: str | None


class BillSum(NamedTuple):
    """A bill with what is settled of it so far."""

    hall_id: str
    bill_id: int
    bill_no: str
    account_id: int
    customer_id: int | None
    principal_fen: int
    cost_fen: int
    settled_principal_fen: int
    settled_late_fee_fen: int
    settled_cost_fen: int


class BookSum(NamedTuple):
    """A prepaid book with what moved so far."""

    hall_id: str
    book_id: int
    account_id: int
    opening_fen: int
    moved_fen: int


class Credit(NamedTuple):
    """What a customer is owed because a bill was paid twice or made smaller; spent once."""

    hall_id: str
    credit_id: str
    account_id: int
    customer_id: int | None
    bill_id: int
    amount_fen: int
    entry_id: str | None
    task_id: str
    spent_by: str | None
    way: str | None


class Suspense(NamedTuple):
    """Money that waits for its bill, its book, or for somebody to look at its entry."""

    hall_id: str
    suspense_id: str
    entry_id: str
    kind: str
    subject_id: int | None
    amount_fen: int
    facts: str
    task_id: str
    cleared_by: str | None


class Parked(NamedTuple):
    """An entry that came before what it is about."""

    hall_id: str
    entry_id: str
    counter_id: str
    epoch: int
    seq: int
    waits_for: str
    since_at: str
    freed_by: str | None


class Quarantined(NamedTuple):
    """An entry that was received and not applied."""

    hall_id: str
    quarantine_id: str
    counter_id: str
    epoch: int
    seq: int
    entry_id: str
    kind: str
    reason: str
    detail: str
    task_id: str
    since_at: str
    freed_at: str | None


class Task(NamedTuple):
    """Something that a person has to finish; `facts` is the JSON of an object."""

    hall_id: str
    task_id: str
    kind: str
    state: str
    subject: str
    customer_id: int | None
    account_id: int | None
    amount_fen: int
    counter_id: str
    opened_at: str
    due_on: str | None
    closed_at: str | None
    facts: str


class CaseRow(NamedTuple):
    """A retention case as its entries made it."""

    hall_id: str
    case_id: str
    service_id: int | None
    customer_id: int | None
    stage: str
    facts: str
    held_number: str | None
    held_until: str | None
    last_entry_id: str


class SideRecord(NamedTuple):
    """The promise of a side record; its content comes by its own lane."""

    hall_id: str
    record_id: str
    entry_id: str
    size: int
    sha256: str
    content: bytes | None
    received_at: str | None
    erased_at: str | None


class MasterRow(NamedTuple):
    """The newest body of a row of master data."""

    hall_id: str
    kind: str
    key: str
    id: int | None
    customer_id: int | None
    body: str


class Guest(NamedTuple):
    """A row of another hall's customer: its id here, and its hall and id at home."""

    hall_id: str
    kind: str
    id: int
    home_hall_id: str
    home_id: int


class Carried(NamedTuple):
    """Where the text of an entry stands that came inside of another one."""

    hall_id: str
    entry_id: str
    counter_id: str
    epoch: int
    seq: int


class Undone(NamedTuple):
    """That a payment was undone, once; `moved_to` is the payment that its money became, where it was moved."""

    hall_id: str
    payment_id: str
    undo_id: str
    way: str
    counter_id: str
    business_date: str
    receipt_no: str
    reason_code: str
    amount_fen: int
    moved_to: str | None


class ReliefRow(NamedTuple):
    """One step of one bill's relief; `approvers` is the JSON list of whoever signed."""

    hall_id: str
    step_id: str
    entry_id: str
    relief_id: str
    step: str
    account_id: int
    bill_id: int
    bill_no: str
    way: str
    amount_fen: int
    until: str | None
    reason_code: str
    staff_no: str
    approvers: str
    business_date: str
    counter_id: str


class Approval(NamedTuple):
    """A consent that was asked for from afar."""

    hall_id: str
    approval_id: str
    counter_id: str
    kind: str
    challenge: str
    amount_fen: int
    staff_no: str
    subject_no: str
    asked_at: str
    given_by: str | None
    code_hash: str | None
    expires_at: str | None
    tries: int
    told_at: str | None
    used_by: str | None


class FeedLine(NamedTuple):
    """One row of a hall's feed."""

    hall_id: str
    n: int
    kind: str
    body: str
    hash: str


@dataclass(frozen=True, slots=True)
class Kept(Generic[R]):
    """How rows of one kind are found and written: their table, and the column that names one within its hall."""

    table: Table
    row: type[R]
    key: str
    mode: Mode


LINES = Kept(t.ledger_lines, Line, "entry_id", "new")
SETTLEMENTS = Kept(t.settlements, Settlement, "settlement_id", "new")
MOVES = Kept(t.book_moves, BookMove, "move_id", "new")
BILLS = Kept(t.bill_sums, BillSum, "bill_id", "replace")
BOOKS = Kept(t.book_sums, BookSum, "book_id", "replace")
CREDITS = Kept(t.credits_, Credit, "credit_id", "replace")
SUSPENSE = Kept(t.suspense, Suspense, "suspense_id", "replace")
PARKED = Kept(t.parked, Parked, "entry_id", "replace")
QUARANTINE = Kept(t.quarantine, Quarantined, "quarantine_id", "replace")
TASKS = Kept(t.tasks, Task, "task_id", "replace")
CASES = Kept(t.cases, CaseRow, "case_id", "replace")
RECORDS = Kept(t.side_records, SideRecord, "record_id", "once")
CARRIED = Kept(t.carried, Carried, "entry_id", "new")
UNDONE = Kept(t.payments_undone, Undone, "payment_id", "replace")
RELIEFS = Kept(t.relief_steps, ReliefRow, "step_id", "new")
APPROVALS = Kept(t.approval_codes, Approval, "approval_id", "replace")
WRITTEN: tuple[Kept[tuple[object, ...]], ...] = (
    LINES,
    SETTLEMENTS,
    MOVES,
    BILLS,
    BOOKS,
    CREDITS,
    SUSPENSE,
    PARKED,
    QUARANTINE,
    TASKS,
    CASES,
    RECORDS,
    CARRIED,
    UNDONE,
    RELIEFS,
    APPROVALS,
)  # type: ignore[assignment]  # every row is a named tuple, and is written as one
"""All of them, in the order in which they are written."""
