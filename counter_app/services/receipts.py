"""Printing a receipt: every print is a tracked job and an entry, and no print ever holds a payment back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from counter_app.documents.paper import Paper
from counter_app.documents.receipt import missing_in_receipt, receipt_pdf
from counter_app.domain.payment_history import PrintJob
from counter_app.domain.print_marks import Rebuilt, Void
from counter_app.domain.receipts import PrintMark, ReceiptFacts, proof_text, signed_proof
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.staff import Right, Session
from counter_app.services import prints, rebuilt_receipts, voids
from counter_app.storage.hall import OpenHall
from counter_app.storage.print_jobs import RECEIPTS
from counter_app.storage.receipts import receipt_facts


@dataclass(frozen=True, slots=True)
class ReceiptUnknown(Refusal):
    """The hall holds no receipt with this number."""

    receipt_no: str


@dataclass(frozen=True, slots=True)
class PrintOrder:
    """A print that was asked for: the job, the facts and the mark that its paper carries."""

    job: PrintJob
    facts: ReceiptFacts
    mark: PrintMark
    proof: str

    @property
    def missing_characters(self) -> str:
        """Characters that no font of ours holds; they are said before paper is used."""
        return missing_in_receipt(self.facts, self.mark)


def facts_of(hall: OpenHall, receipt_no: str) -> ReceiptFacts:
    """The stored facts of a receipt.

    Raises:
        Refused: `ReceiptUnknown`.
    """
    return _kept(hall, receipt_no).facts


def void_of(hall: OpenHall, receipt_no: str) -> Void | None:
    """What undid the payment of a receipt; None while it counts.

    Raises:
        Refused: `ReceiptUnknown`.
    """
    return _kept(hall, receipt_no).void


def proof_of(hall: OpenHall, facts: ReceiptFacts) -> str:
    """The text of the QR code: the proof and this device's signature over exactly it (feature 42, moonshot 4)."""
    text = proof_text(facts)
    return signed_proof(text, hall.journal.device.sign(text.encode("utf-8")))


def order_print(hall: OpenHall, session: Session, receipt_no: str, *, paper: str, printer: str) -> PrintOrder:
    """Ask for a print; the first is the original, every further one is a reprint and says so.

    `paper` is a5, a4 or roll-80. A receipt that was lost and whose payment the hub gave back is made anew.

    Raises:
        Refused: `NoRight` (any print, or more reprints than the pack leaves to a teller), `SignedOut`,
            `ReceiptUnknown`.
    """
    kept = _kept(hall, receipt_no)
    now = hall.clock.now()
    job = prints.order(
        hall,
        session,
        RECEIPTS,
        ("receipt_no", receipt_no),
        kind="print",
        paper=paper,
        printer=printer,
        now=now,
        before=kept.copies,
        made=kept.rebuilt or "",
    )
    mark = PrintMark(job.copy_no, now, session.name, kept.void, kept.rebuilt)
    return PrintOrder(job, kept.facts, mark, proof_of(hall, kept.facts))


def render(order: PrintOrder) -> bytes:
    """The PDF of a print; the same order gives the same bytes."""
    return receipt_pdf(order.facts, paper=Paper(order.job.paper), mark=order.mark, proof=order.proof)


def preview(hall: OpenHall, session: Session, receipt_no: str, paper: str, at: datetime) -> bytes:
    """The PDF as the next print would look; nothing is written.

    Raises:
        Refused: `NoRight`, `ReceiptUnknown`.
    """
    session.need(Right.SEE_CUSTOMERS)
    kept = _kept(hall, receipt_no)
    with hall.reading() as reading:
        copy_no = max(RECEIPTS.last_copy(reading, receipt_no), kept.copies) + 1
    mark = PrintMark(copy_no, at, session.name, kept.void, kept.rebuilt)
    return receipt_pdf(kept.facts, paper=Paper(paper), mark=mark, proof=proof_of(hall, kept.facts))


def mark_job(hall: OpenHall, job_id: int, state: str, why: str = "") -> None:
    """Keep how a print went on: printing, printed or failed with its reason."""
    prints.move_on(hall, RECEIPTS, job_id, state, why)


def prints_of(hall: OpenHall, receipt_no: str) -> tuple[PrintJob, ...]:
    """Every print of a receipt, first to last."""
    with hall.reading() as reading:
        return RECEIPTS.jobs_of(reading, receipt_no)


def unfinished(hall: OpenHall) -> tuple[PrintJob, ...]:
    """Prints that did not come out."""
    with hall.reading() as reading:
        return RECEIPTS.unfinished_jobs(reading)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A receipt's facts, what undid it since; of one that was lost how it was made anew, and its prints before."""

    facts: ReceiptFacts
    void: Void | None
    rebuilt: Rebuilt | None = None
    copies: int = 0


def _kept(hall: OpenHall, receipt_no: str) -> _Kept:
    """The facts as they were when it was issued."""
    with hall.reading() as reading:
        kept = receipt_facts(reading, receipt_no)
        if kept is not None:
            return _Kept(ReceiptFacts.from_json(kept[0]), voids.void_of(reading, kept[1]))
        found = rebuilt_receipts.rebuilt(hall, reading, receipt_no)
        if found is None:
            raise Refused(ReceiptUnknown(receipt_no))
        return _Kept(found.facts, voids.void_of(reading, found.payment_id), found.what, found.copies)
