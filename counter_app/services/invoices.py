"""Noting the number of an invoice that the tax system gave about a receipt, or of the red one that takes it back."""

from __future__ import annotations

from datetime import date

from counter_app.domain.journal import Draft
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right, Session
from counter_app.domain.undo import NOTE
from counter_app.domain.undo_refusals import (
    AlreadyUndone,
    InvoiceNoMissing,
    InvoiceNoted,
    InvoiceNotThere,
    NotTakenHere,
)
from counter_app.services import authority
from counter_app.services.intents import once
from counter_app.storage import undo as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.topups import act_of_receipt
from counter_app.storage.undo import InvoiceNote as InvoiceNote
from counter_app.storage.undo_facts import payment_of_receipt


def notes_of(hall: OpenHall, receipt_no: str) -> tuple[InvoiceNote, ...]:
    """The invoices noted about a receipt, the oldest first."""
    with hall.reading() as reading:
        return rows.invoice_notes(reading, receipt_no)


def note(
    hall: OpenHall,
    session: Session,
    receipt_no: str,
    invoice_no: str,
    issued_on: date,
    intent_id: str,
    *,
    red_of: str | None = None,
) -> InvoiceNote:
    """Note an invoice; `red_of` names the one that this one takes back. One receipt has one invoice that counts.

    Raises:
        Refused: `NoRight`, `SignedOut`, `NotTakenHere`, `InvoiceNoMissing`, `InvoiceNoted`, `InvoiceNotThere`,
            `AlreadyUndone` (nothing was paid that an invoice could be about).
        NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.TAKE_PAYMENT)
    said = InvoiceNote(receipt_no, invoice_no.strip(), issued_on, red_of)

    def act(work: Writing) -> InvoiceNote:
        authority.still(work, session, Right.TAKE_PAYMENT)
        found = payment_of_receipt(work, receipt_no) or act_of_receipt(work, receipt_no)
        if found is None:
            raise Refused(NotTakenHere(receipt_no))
        _check(work, said, payment_id=found[0])
        body = {**said._asdict(), "issued_on": issued_on.isoformat()}
        today = hall.clock.now().date()
        draft = Draft(
            NOTE,
            body,
            session.staff_no,
            today,
            customer_id=found[1],
            intent_id=intent_id,
            cause_entry_id=found[0],
        )
        rows.add_invoice_note(work, said, hall.journal.append(work, draft).id)
        return said

    return once(hall, intent_id, act, _recorded, is_money=False)


def _check(reading: Reading, said: InvoiceNote, *, payment_id: str) -> None:
    held = rows.open_invoice(reading, said.receipt_no)
    if not said.invoice_no:
        raise Refused(InvoiceNoMissing())
    if said.red_of is not None:
        if said.red_of != held:
            raise Refused(InvoiceNotThere(said.receipt_no, said.red_of))
        return
    if held or said.invoice_no in {note.invoice_no for note in rows.invoice_notes(reading, said.receipt_no)}:
        raise Refused(InvoiceNoted(said.receipt_no, held or said.invoice_no))
    undone = rows.undone_of(reading, payment_id)
    if undone is not None:
        raise Refused(AlreadyUndone(said.receipt_no, *undone))


def _recorded(_reading: Reading, found: Found) -> InvoiceNote:
    body = found.content["body"]
    return InvoiceNote(body["receipt_no"], body["invoice_no"], date.fromisoformat(body["issued_on"]), body["red_of"])
