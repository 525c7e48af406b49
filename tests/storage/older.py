"""A file of today as a program of before made it."""

from __future__ import annotations

import re
from pathlib import Path

from counter_app.clock import new_intent_id
from counter_app.domain.journal import Draft, Posting
from counter_app.domain.shifts import CashCount
from counter_app.domain.staff import Session
from counter_app.services import shifts
from counter_app.storage import migrations
from counter_app.storage import shifts as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import stamp
from counter_app.storage.shifts import DRAWER
from counter_app.storage.sql import DriverConnection

_VERSIONS = Path(migrations.__path__[0]) / "versions"
_MADE = re.compile(r"^CREATE (TABLE|INDEX) (\w+)", re.MULTILINE)


def back_to_version_5(raw: DriverConnection) -> None:
    """Take away what the steps after version 5 brought."""
    for step in sorted(_VERSIONS.glob("v*.sql")):
        if step.name > "v0006":
            for kind, name in reversed(_MADE.findall(step.read_text("utf-8"))):
                raw.execute(f"DROP {kind} {name}")
    raw.execute("ALTER TABLE search_cards DROP COLUMN line")
    raw.execute("PRAGMA user_version=5")


def close_shift(hall: OpenHall, session: Session, count: CashCount) -> None:
    """Close the open shift as programs before version 9 did: by one entry, with nothing over, and no Z report."""
    sheet = shifts.sheet(hall)
    assert sheet is not None
    assert sheet.expected_cash_fen == count.total_fen
    shift, fen = sheet.shift, count.total_fen
    with hall.writing(money=True) as work:
        entry = hall.journal.append(
            work,
            Draft(
                kind="shift.close",
                body={
                    "shift_no": shift.shift_no,
                    "expected_fen": fen,
                    "counted_fen": fen,
                    "difference_fen": 0,
                    "count": count.as_rows(),
                    "reason": "",
                    "totals": [[total.tender, total.payments, total.amount_fen] for total in sheet.totals],
                },
                staff_no=session.staff_no,
                business_date=shift.business_date,
                postings=(Posting(DRAWER, shift.shift_id, -fen), Posting("turned_in", shift.shift_id, fen)),
                shift_id=shift.shift_id,
                intent_id=new_intent_id(),
            ),
        )
        rows.close_shift(work, shift.shift_id, at=stamp(hall.clock.now()), entry=entry.id, counted_fen=fen)
