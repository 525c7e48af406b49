"""A note about a customer in the commit of what it is about: the text lies beside the journal, an entry seals it."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date

from counter_app.domain.journal import Draft
from counter_app.domain.staff import Session
from counter_app.storage import notes
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import stamp
from counter_app.storage.sql import Writing


def write_note(
    hall: OpenHall,
    work: Writing,
    session: Session,
    customer_id: int,
    text: str,
    *,
    on: date,
    cause_entry_id: str | None = None,
) -> None:
    """Keep what was said about or by a customer; `cause_entry_id` is the entry that it belongs to."""
    # the nonce keeps a short note from being guessed out of its hash
    nonce = uuid.uuid4().hex
    digest = hashlib.sha256(f"{nonce}{text}".encode("utf-8", "surrogatepass")).hexdigest()
    entry = hall.journal.append(
        work,
        Draft(
            kind="note",
            body={"nonce": nonce, "sha256": digest, "length": len(text)},
            staff_no=session.staff_no,
            business_date=on,
            customer_id=customer_id,
            cause_entry_id=cause_entry_id,
        ),
    )
    notes.add_note(work, customer_id, text, session.staff_no, stamp(entry.place.at), entry.id)
