"""A relief as it is written: what was asked, decided and ended, each one entry with its rows and postings."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from counter_app.domain.journal import Draft, Entry, Posting, nonzero
from counter_app.domain.masks import mask_in_words
from counter_app.domain.relief_planning import ReliefPlan, ReliefWish
from counter_app.domain.reliefs import ASK, DECIDE, END, WAIVED, Relief, ReliefStep, StepName, settlement_id
from counter_app.domain.staff import Session
from counter_app.storage import reliefs as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.reliefs import WaivedRow
from counter_app.storage.side_records import SideRecord, add_record
from counter_app.storage.sql import Writing

DOCUMENT = "relief.document"
"""The kind of the side record that says what was shown as a proof: it may name a person."""
LATE_FEE = "late_fee"


@dataclass(frozen=True, slots=True)
class At:
    """Whose account it is, and the day and the intent under which something is written."""

    customer_id: int
    account_id: int
    account_no: str
    on: date
    intent_id: str


def record_asked(hall: OpenHall, work: Writing, session: Session, at: At, plan: ReliefPlan, wish: ReliefWish) -> None:
    """Write what is asked for; what was shown as a proof lies beside the journal, and the entry has its hash."""
    relief_id, document = at.intent_id, wish.document.strip()
    record = SideRecord.of(str(uuid.uuid4()), relief_id, DOCUMENT, document.encode()) if document else None
    body: dict[str, Any] = {
        "relief_id": relief_id,
        "way": plan.way,
        "account_id": at.account_id,
        "account_no": at.account_no,
        "bills": [[part.bill_id, part.bill_no, part.amount_fen] for part in plan.parts],
        "until": _text(plan.until),
        "reason_code": wish.reason_code,
        "reason": mask_in_words(wish.reason.strip()),
    }
    if record is not None:
        sealed = {"kind": record.kind, "size": record.size, "sha256": record.sha256.hex()}
        body |= {"record": record.record_id, "sealed": sealed}
    entry = hall.journal.append(work, _draft(session, at, ASK, body))
    if record is not None:
        add_record(work, record, entry.id)
    asked = [
        ReliefStep(
            *(relief_id, "asked", part.bill_id, part.bill_no, plan.way, part.amount_fen, plan.until),
            *(wish.reason_code, session.staff_no, (), at.on),
        )
        for part in plan.parts
    ]
    _keep(work, at, entry, asked)


def record_decided(
    hall: OpenHall,
    work: Writing,
    session: Session,
    at: At,
    reliefs: Sequence[Relief],
    step: StepName,
    *,
    approvers: tuple[str, ...] = (),
    words: str = "",
) -> Entry:
    """Write that a relief is approved or declined; what is let off is settled from this day on."""
    relief_id = reliefs[0].relief_id
    waived = _waived(reliefs, at.on) if step == "approved" and reliefs[0].way == "waive" else []
    body = {
        **_body(at, reliefs, step, words),
        "asked_by": reliefs[0].asked_by,
        "approvers": list(approvers),
        "settlements": [_said(row) for row in waived],
    }
    cause = rows.entry_of_step(work, relief_id, "asked")
    draft = _draft(session, at, DECIDE, body, _postings(relief_id, waived), approvers, cause)
    return _write(hall, work, session, at, draft, reliefs, step, waived)


def record_ended(
    hall: OpenHall,
    work: Writing,
    session: Session,
    at: At,
    reliefs: Sequence[Relief],
    step: StepName,
    *,
    approvers: tuple[str, ...] = (),
    words: str = "",
) -> Entry:
    """Write that a relief is withdrawn before it was decided, or ended: what was let off is claimed again, by rows of
    the same day as those that let it off.
    """
    relief_id = reliefs[0].relief_id
    found = [rows.waived_row(work, relief) for relief in reliefs] if step == "ended" else []
    back = [rows.waived_back(row) for row in found if row is not None]
    body = {
        **_body(at, reliefs, step, words),
        "asked_by": reliefs[0].asked_by,
        "approvers": list(approvers),
        "settlements": [_said(row) for row in back],
    }
    cause = rows.entry_of_step(work, relief_id, "approved" if step == "ended" else "asked")
    draft = _draft(session, at, END, body, _postings(relief_id, back), approvers, cause)
    return _write(hall, work, session, at, draft, reliefs, step, back)


def _write(
    hall: OpenHall,
    work: Writing,
    session: Session,
    at: At,
    draft: Draft,
    reliefs: Sequence[Relief],
    step: StepName,
    waived: Sequence[WaivedRow],
) -> Entry:
    entry = hall.journal.append(work, draft)
    rows.add_waived(work, waived, entry.id)
    by = tuple(draft.body["approvers"]) if isinstance(draft.body, dict) else ()
    done = [
        ReliefStep(
            *(relief.relief_id, step, relief.bill_id, relief.bill_no, relief.way, relief.amount_fen, relief.until),
            *(relief.reason_code, session.staff_no, by, at.on),
        )
        for relief in reliefs
    ]
    _keep(work, at, entry, done)
    return entry


def _keep(work: Writing, at: At, entry: Entry, steps: Sequence[ReliefStep]) -> None:
    rows.add_steps(work, steps, account_id=at.account_id, entry_id=entry.place.entry_id, entry=entry.id)


def _draft(
    session: Session,
    at: At,
    kind: str,
    body: dict[str, Any],
    postings: tuple[Posting, ...] = (),
    approvers: tuple[str, ...] = (),
    cause: str | None = None,
) -> Draft:
    return Draft(
        kind=kind,
        body=body,
        staff_no=session.staff_no,
        business_date=at.on,
        postings=postings,
        customer_id=at.customer_id,
        intent_id=at.intent_id,
        approver_no=approvers[0] if approvers else None,
        cause_entry_id=cause,
    )


def _body(at: At, reliefs: Sequence[Relief], step: StepName, words: str) -> dict[str, Any]:
    first = reliefs[0]
    return {
        "relief_id": first.relief_id,
        "outcome": step,
        "way": first.way,
        "account_id": at.account_id,
        "account_no": at.account_no,
        "bills": [[relief.bill_id, relief.bill_no, relief.amount_fen] for relief in reliefs],
        "until": _text(first.until),
        "reason_code": first.reason_code,
        "reason": mask_in_words(words.strip()),
    }


def _waived(reliefs: Sequence[Relief], on: date) -> list[WaivedRow]:
    return [WaivedRow(settlement_id(x.relief_id, x.bill_no), x.bill_id, x.amount_fen, on.isoformat()) for x in reliefs]


def _said(row: WaivedRow) -> list[Any]:
    return [row.settlement_id, row.bill_id, 0, row.late_fee_fen, 0, row.settled_on]


def _postings(relief_id: str, waived: Sequence[WaivedRow]) -> tuple[Posting, ...]:
    """What the hall lets off stands on its own account: no drawer has it."""
    let_off = Posting(WAIVED, relief_id, sum(row.late_fee_fen for row in waived))
    return nonzero([let_off, *(Posting(LATE_FEE, str(row.bill_id), -row.late_fee_fen) for row in waived)])


def _text(on: date | None) -> str | None:
    return on.isoformat() if on else None
