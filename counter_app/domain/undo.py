"""Undoing a payment (冲正, 退费, 串户): what is known of it, what goes back, and what stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from counter_app.domain.money import Fen

UndoWay = Literal["reverse", "refund", "move"]
"""Reversed (冲正) within its own shift, refunded (退费) after that, moved (串户) to another account."""

WhyThisWay = Literal["same_shift", "shift_closed", "month_over"]
Outcome = Literal["withdrawn", "countered"]
"""What becomes of a restore order that is still on its way: the counter had not sent it on yet, or the network is told
to let it be.
"""
Lost = Literal["service_runs", "service_moved_on", "network_told", "book_expired", "receipt_kept"]
"""What an undo cannot give back: the service is back already, or in another state by now; the network has the order and
may have carried it out; money goes into a book that nobody may use any more; the receipt is with the customer.
"""

REVERSE, REFUND, MOVE, RETENDER, NOTE = (
    "payment.reverse",
    "payment.refund",
    "payment.move",
    "payment.retender",
    "invoice.note",
)
KIND_OF: Mapping[UndoWay, str] = {"reverse": REVERSE, "refund": REFUND, "move": MOVE}
"""The kind of the entry that undoes a payment, by its way."""

TRANSFER = "transfer"
"""The tender, and the posting account, of money that moves from one account's payment to another's."""
TO_BANK = "bank_transfer"
"""How money goes back that came over a bank and cannot go back the same way."""
CHEQUE = "cheque"
OLD_CHEQUE = "old_cheque"
"""The tender, and the posting account, of a cheque that goes back out of the papers of an earlier shift: today's drawer
never held it, and nothing is missing there.
"""
UNDONE_END = ":undo"
"""What the name of a settlement has at its end where it takes back another one."""


class PaidPart(NamedTuple):
    """What the payment settled of one bill, with what the row's own day was for the late fee."""

    settlement_id: str
    bill_id: int
    bill_no: str
    month: str
    settled_on: date
    principal_fen: Fen
    late_fee_fen: Fen
    cost_fen: Fen


class PaidBook(NamedTuple):
    """What the payment moved in a book: put in is positive, taken out negative; `left_fen` is what it holds now."""

    book_id: int
    name: str
    amount_fen: Fen
    left_fen: Fen
    is_expired: bool


class PaidTender(NamedTuple):
    """A tender as it was applied, change taken off cash; corrected where it was wrong. `line` counts from 1.

    `came_as` is transfer where the payment was moved here: the tender is then that of the payment it was moved from.
    `shift_id` is the shift that it came into, among whose papers its paper lies.
    """

    line: int
    kind: str
    amount_fen: Fen
    reference: str = ""
    bank: str = ""
    document_no: str = ""
    document_on: date | None = None
    came_as: str = ""
    shift_id: str = ""


class PaidOrder(NamedTuple):
    """A restore order of the payment; `is_sent_on` says that it has left the counter. `before` is the service's state,
    the day from which it was in it and the reason, as they were when it was ordered.
    """

    order_id: str
    service_id: int
    number: str
    state: str
    is_sent_on: bool
    service_state: str
    before: tuple[str, date, str]


@dataclass(frozen=True, slots=True)
class PaidFacts:
    """A payment as this counter's own entry has it; `invoice_no` is that of the invoice noted and not yet red."""

    payment_id: str
    receipt_no: str
    customer_id: int
    account_id: int
    account_no: str
    shift_id: str
    staff_no: str
    business_date: date
    parts: tuple[PaidPart, ...]
    books: tuple[PaidBook, ...]
    tenders: tuple[PaidTender, ...]
    orders: tuple[PaidOrder, ...]
    invoice_no: str = ""

    def filled_fen(self, book_id: int) -> Fen:
        """What a book holds more for the payment: one that paid may have taken what was left over, too."""
        return sum(book.amount_fen for book in self.books if book.book_id == book_id)

    @property
    def settled_fen(self) -> Fen:
        """What the bills got together."""
        return sum(part.principal_fen + part.late_fee_fen + part.cost_fen for part in self.parts)

    @property
    def tendered_fen(self) -> Fen:
        """What came in by tenders, change taken off; prepaid money is in the books."""
        return sum(tender.amount_fen for tender in self.tenders)


class Undone(NamedTuple):
    """That a payment was undone."""

    way: UndoWay
    on: date
    undo_id: str


class LaterPart(NamedTuple):
    """Another settlement of a bill of the payment, of its day or later; `receipt_no` and `payment_id` are empty where
    it was not taken here.
    """

    bill_no: str
    receipt_no: str
    on: date
    channel: str


@dataclass(frozen=True, slots=True)
class Since:
    """What has happened since the payment that bears on its undo. `used_by` names, for a book, the newest receipt here
    that took from it. `credit` is a task and a sum that the hub owes of this payment (an empty task: settled), `task`
    an open one about it with its kind.
    """

    undone: Undone | None = None
    later: tuple[LaterPart, ...] = ()
    used_by: Mapping[int, str] = field(default_factory=dict)
    credit: tuple[str, Fen] | None = None
    task: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Where and when the payment would be undone: the open shift of the counter, its day, what the drawer holds, and
    the codes of the reasons that the pack takes on that day (a correction of a tender names none).
    """

    shift_id: str
    on: date
    drawer_fen: Fen
    reasons: tuple[str, ...] = ()


class TenderBack(NamedTuple):
    """Money that goes back: `kind` is how it was paid, `to` how it goes (`why` where that is another), `fen` above 0.

    `needs` names what has to be given with it: reference or document_no, or is empty.
    """

    line: int
    kind: str
    to: str
    fen: Fen
    needs: str = ""
    why: str = ""
    reference: str = ""
    bank: str = ""
    document_no: str = ""
    document_on: date | None = None


class OrderBack(NamedTuple):
    """A restore order that is taken back, and the state into which its service returns (None: it stays as it is)."""

    order_id: str
    service_id: int
    number: str
    outcome: Outcome
    service_to: tuple[str, date, str] | None


class Unrestorable(NamedTuple):
    """What the undo cannot give back, and of what: a service's number, a book's name, a receipt's number."""

    what: Lost
    of: str


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What an undo does, to the fen, before anybody presses: the panel shows it and the commit carries it out.

    `signatures` is how many second persons the pack asks for.
    """

    paid: PaidFacts
    way: UndoWay
    why: WhyThisWay
    on: date
    shift_id: str
    tenders: tuple[TenderBack, ...]
    orders: tuple[OrderBack, ...]
    unrestorable: tuple[Unrestorable, ...]
    signatures: int = 1

    @property
    def cash_fen(self) -> Fen:
        """What leaves the drawer."""
        return sum(back.fen for back in self.tenders if back.to == "cash")

    @property
    def back_fen(self) -> Fen:
        """What the customer gets back by tenders together."""
        return sum(back.fen for back in self.tenders)

    @property
    def amount_fen(self) -> Fen:
        """What the payment was worth: what goes back by tenders, and what goes back into books."""
        return self.back_fen - sum(book.amount_fen for book in self.paid.books if book.amount_fen < 0)

    @property
    def digest(self) -> tuple[object, ...]:
        """Two plans with the same digest move the same money back to the same places; it is compared, never kept."""
        return (
            self.paid.payment_id,
            self.way,
            self.why,
            self.on,
            self.shift_id,
            self.paid.parts,
            tuple((book.book_id, book.amount_fen) for book in self.paid.books),
            self.tenders,
            self.orders,
        )


@dataclass(frozen=True, slots=True)
class TenderAnswer:
    """What the teller gives with a tender that goes back: the terminal's or bank's own number; of a cheque, whether it
    has gone to the bank already, so that the money goes back by transfer.
    """

    line: int
    reference: str = ""
    document_no: str = ""
    is_banked: bool = False


@dataclass(frozen=True, slots=True)
class UndoWish:
    """What the teller says of the undo: why, whether the receipt was given back, and what goes with each tender.

    `red_no` is the number of the red-letter invoice, where one was noted.
    """

    reason_code: str
    reason: str = ""
    is_receipt_returned: bool = True
    answers: tuple[TenderAnswer, ...] = ()
    red_no: str = ""
