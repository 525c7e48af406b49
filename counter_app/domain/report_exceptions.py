"""The exceptions (例外) of a day: every kind of entry that somebody else should look at, and what is said of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from counter_app.domain.approvals import is_from_afar
from counter_app.domain.money import Fen
from counter_app.domain.payments import CASH, TENDERS
from counter_app.domain.proofs import FOUND, HANDED, MISSING
from counter_app.domain.safe import DROP, FUND, REFUSE
from counter_app.domain.undo import KIND_OF
from counter_app.domain.undo_reasons import UndoReason, UndoReasons
from counter_app.domain.z_report import CLOSE, DRAWER, IN, OUT, TAKE

COUNTED = "shift.count"
REVEAL = "reveal"
CAP = "reveals.cap"
"""The code of somebody who revealed as often in a day as the pack allows: that is no entry, it is counted."""
OWN_ACCOUNT = "own.account"
"""The code of an act for a customer who bears the name of whoever did it or signed it: it may be the own account. No
entry is of this kind: those of `MAY_BE_OWN` are listed once more.
"""
MAY_BE_OWN = (
    *(TAKE, "payment.reverse", "payment.refund", "payment.move", "credit.settled"),
    *("book.move", "book.refund", "relief.ask", "relief.decide", "dispute.open", "dispute.decide"),
)
"""What gains a customer something, or costs one something."""
DIFFERENCE, LATE_CLOSE = "difference", "close.other"
RELIEF = "relief.decide"
PROOF_MISSING = "proof_missing"
REDIRECT, SIGNED = "payment.redirect", "payment.signed"


class ExceptionEntry(NamedTuple):
    """An entry as the exceptions ask about it; `shift_no` and `shift_staff_no` are empty outside of a shift."""

    entry_id: str
    kind: str
    staff_no: str
    shift_no: str
    shift_staff_no: str
    customer_id: int | None
    content: Mapping[str, Any]

    @property
    def body(self) -> Mapping[str, Any]:
        """What the entry says."""
        found: Mapping[str, Any] = self.content["body"]
        return found

    @property
    def at(self) -> datetime:
        """When it was written, by the clock and the zone of the machine."""
        return datetime.fromisoformat(self.content["at"])

    @property
    def approvers(self) -> tuple[str, ...]:
        """Who consented, in the order of signing; nobody where it was done alone."""
        several = self.body.get("approvers")
        if several:
            return tuple(map(str, several))
        one = self.content.get("approver_no")
        return (str(one),) if one else ()

    @property
    def no(self) -> str:
        """The number of the paper, the person or the thing it is about, empty where there is none."""
        return self.receipt_no or str(next((self.body[key] for key in _NUMBERS if self.body.get(key)), ""))

    @property
    def receipt_no(self) -> str:
        """The receipt it is about, empty where there is none."""
        receipt = self.body.get("receipt")
        return str(receipt["receipt_no"] if isinstance(receipt, Mapping) else self.body.get("receipt_no") or "")

    @property
    def words(self) -> str:
        """The reason as it was written down; behind `WHY` the code of one, where nobody wrote any."""
        body = self.body
        written = next((str(body[key]) for key in _WORDS if body.get(key)), "")
        coded = next((str(body[key]) for key in _CODED if body.get(key)), "")
        return written or (f"{WHY}{coded}" if coded else "")

    @property
    def fen(self) -> Fen:
        """What it moved in the drawer and of other tenders, out is negative; else how much it moved at all."""
        postings = self.content["postings"]
        held = sum(fen for account, _, fen in postings if account in _IN_HAND)
        return int(held or sum(fen for _, _, fen in postings if fen > 0))


def words_of(entry: ExceptionEntry, reasons: UndoReasons) -> str | UndoReason:
    """What the entry says of itself; where that is only the code of a reason for an undo, the pack's reason."""
    words = entry.words
    if entry.kind in KIND_OF.values() and words.startswith(WHY):
        return reasons.named(words.removeprefix(WHY))
    return words


WHY = "why:"
"""Before the code of a reason, which each medium has its word for."""
_NUMBERS = ("paper_no", "staff_no", "key", "library", "file")
_WORDS = ("reason", "redirect_reason", "purpose", "words")
_CODED = ("reason_code", "what")
_IN_HAND = frozenset((DRAWER, *TENDERS)) - {CASH, "prepaid"}


class Told(NamedTuple):
    """One exception that an entry makes: what it is called, how many fen it is about (None: no money), and
    the number of the paper where that is not the entry's own.
    """

    code: str
    fen: Fen | None
    no: str = ""


Finder = Callable[[ExceptionEntry], Iterable[Told]]


def money(entry: ExceptionEntry) -> Iterable[Told]:
    """Any entry of the kind is one, with what it moved."""
    return (Told(entry.kind, entry.fen),)


def plain(entry: ExceptionEntry) -> Iterable[Told]:
    """Any entry of the kind is one, and no money is in it."""
    return (Told(entry.kind, None),)


def _payment(entry: ExceptionEntry) -> Iterable[Told]:
    if entry.body.get("redirect_reason"):
        yield Told(REDIRECT, entry.fen)
    elif entry.approvers:
        yield Told(SIGNED, entry.fen)


def _recount(entry: ExceptionEntry) -> Iterable[Told]:
    if entry.body["count_no"] > 1:
        yield Told(entry.kind, None)


def _close(entry: ExceptionEntry) -> Iterable[Told]:
    body = entry.body
    lines = body.get("tenders") or [[CASH, body["expected_fen"], body["counted_fen"]]]
    for tender, expected_fen, counted_fen, *_pieces in lines:
        if counted_fen != expected_fen:
            yield Told(f"{DIFFERENCE}.{tender}", counted_fen - expected_fen)
    if entry.shift_staff_no not in ("", entry.staff_no):
        yield Told(LATE_CLOSE, None)


def _papers(entry: ExceptionEntry) -> Iterable[Told]:
    """Of the papers that a shift handed over those that are missing, each by itself."""
    for *_key, tender, fen, receipt_no, state in entry.body["lines"]:
        if state == MISSING:
            yield Told(f"{PROOF_MISSING}.{tender}", fen, receipt_no)


def _found(entry: ExceptionEntry) -> Iterable[Told]:
    yield Told(entry.kind, entry.body["amount_fen"])


def _epoch(entry: ExceptionEntry) -> Iterable[Told]:
    if entry.body["epoch"] > 1:
        yield Told(entry.kind, None)


def _relief(entry: ExceptionEntry) -> Iterable[Told]:
    """What was granted: asking and declining give nothing away."""
    if entry.body["outcome"] == "approved":
        yield Told(f"{RELIEF}.{entry.body['way']}", entry.fen or None)


EXCEPTIONS: Mapping[str, Finder] = {
    TAKE: _payment,
    "payment.reverse": money,
    "payment.refund": money,
    "payment.move": money,
    "payment.retender": money,
    "credit.settled": money,
    RELIEF: _relief,
    "dispute.decide": money,
    "book.move": money,
    "book.refund": money,
    "drawer.opened": plain,
    IN: money,
    OUT: money,
    DROP: money,
    FUND: money,
    REFUSE: money,
    HANDED: _papers,
    FOUND: _found,
    COUNTED: _recount,
    CLOSE: _close,
    "print.copy": plain,
    "paper.print.copy": plain,
    "clock.anomaly": plain,
    "recover.accepted": plain,
    "recover.import": plain,
    "epoch.start": _epoch,
    "login.fail": plain,
    "staff.add": plain,
    "staff.change": plain,
    "staff.reset": plain,
    "config.change": plain,
    "library.export": plain,
    "import.done": plain,
    OWN_ACCOUNT: money,
}
"""Which kinds of entries are, or may be, exceptions. A new kind is one line here, and its word in `report_wording` and
in the window's `wording_reports`.
"""


def exceptions_of(entry: ExceptionEntry) -> tuple[Told, ...]:
    """The exceptions that an entry makes, none for most payments."""
    return tuple(EXCEPTIONS[entry.kind](entry))


def said_by(approvers: Iterable[str]) -> str:
    """The approvers as one text; a consent that was given at the hub is named as such."""
    return " ".join(no if not is_from_afar(no) else f"@{no}" for no in approvers)
