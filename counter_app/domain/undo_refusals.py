"""Why a payment is not undone, or not put right in another way; each names its reason and what the way is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refusal


@dataclass(frozen=True, slots=True)
class NotTakenHere(Refusal):
    """This counter's file holds no such payment; it is undone at the counter whose number its receipt carries."""

    what: str


@dataclass(frozen=True, slots=True)
class AlreadyUndone(Refusal):
    """A payment is undone once; `way` is reverse, refund or move, `undo_id` the entry that did it."""

    receipt_no: str
    way: str
    on: date
    undo_id: str


@dataclass(frozen=True, slots=True)
class LaterPaymentUsedIt(Refusal):
    """A later payment of the same bill reckoned with what this one left (domain_rules 2.4): it is undone first.

    `later_receipt_no` is the newest of them here, empty where the money came by another channel or counter: then
    `channel` says by which, and it has to be taken back there.
    """

    receipt_no: str
    bill_no: str
    later_receipt_no: str
    later_on: date
    channel: str


@dataclass(frozen=True, slots=True)
class BookSpent(Refusal):
    """A book that the payment filled holds less than that: what used it is undone first, or the book is filled again.

    `used_by_receipt_no` is the newest payment here that took from it; empty where it was used elsewhere.
    """

    receipt_no: str
    book_id: int
    book_name: str
    left_fen: Fen
    needed_fen: Fen
    used_by_receipt_no: str


@dataclass(frozen=True, slots=True)
class CreditMadeOfIt(Refusal):
    """The hub found that a bill of this payment was paid twice, and owes the customer the money: it goes back as that
    credit, under the task, and not a second time by an undo. `task_id` is empty where it has gone back already.
    """

    receipt_no: str
    task_id: str
    amount_fen: Fen


@dataclass(frozen=True, slots=True)
class TaskOpenOnIt(Refusal):
    """A matter about this very payment waits for a person; that is finished first."""

    receipt_no: str
    task_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class WayNeedsReference(Refusal):
    """Money that goes back by this tender needs what makes it traceable: `field` is reference or document_no, such as
    the number of the terminal's own reversal. Without it nothing is known of that money, and nothing is written.
    """

    line: int
    tender: str
    field: str


@dataclass(frozen=True, slots=True)
class RedNoteMissing(Refusal):
    """An invoice was noted for this receipt: its number in red (冲红) is needed before the refund."""

    receipt_no: str
    invoice_no: str


@dataclass(frozen=True, slots=True)
class UndoChanged(Refusal):
    """What the undo does is other than what was shown: the payment, its shift or its bills have moved on since."""

    receipt_no: str
    shown_way: str
    way: str


@dataclass(frozen=True, slots=True)
class NothingToMove(Refusal):
    """Everything of the payment came out of the account's own books: that goes back by an undo, not to another one."""

    receipt_no: str


@dataclass(frozen=True, slots=True)
class SameAccount(Refusal):
    """The payment is on this account already."""

    account_no: str


@dataclass(frozen=True, slots=True)
class TenderNotThere(Refusal):
    """The payment has no such tender, or not as much of it, or it is money that was moved here: what came by which way
    is corrected on the payment where it came in.
    """

    receipt_no: str
    line: int


@dataclass(frozen=True, slots=True)
class TenderAsItWas(Refusal):
    """The tender would be the same as before: nothing is corrected."""

    tender: str


@dataclass(frozen=True, slots=True)
class InvoiceNoMissing(Refusal):
    """The number that the tax system gave is missing."""


@dataclass(frozen=True, slots=True)
class InvoiceNoted(Refusal):
    """An invoice is noted for this receipt and not taken back: never two for the same money."""

    receipt_no: str
    invoice_no: str


@dataclass(frozen=True, slots=True)
class InvoiceNotThere(Refusal):
    """No such invoice is noted for this receipt, or it is taken back already: nothing is there to take back in red."""

    receipt_no: str
    invoice_no: str


@dataclass(frozen=True, slots=True)
class ReasonUnknown(Refusal):
    """The reason is none of those that the hall keeps, or needs words beside it."""

    reason_code: str
