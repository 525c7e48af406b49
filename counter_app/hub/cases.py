"""Retention cases at the hub: the same fold of the same steps as at the counter, and what it does to the service."""

from __future__ import annotations

import json
from typing import Any

from counter_app.domain.retention import Act, Case
from counter_app.domain.retention_steps import BadStep, Written, replayed_case, step_of
from counter_app.hub import states
from counter_app.hub.batch import Batch
from counter_app.hub.calls import json_text
from counter_app.hub.entries import Arrived, Unfit, words
from counter_app.hub.rows import CASES, RECORDS, CaseRow, SideRecord
from counter_app.hub.slate import Slate

_STATES = {Act.PROCESS: ("frozen", "leaving"), Act.CLOSE: ("closed", "left")}
"""What a step makes of the service."""


def step(slate: Slate, batch: Batch, entry: Arrived) -> None:
    """Add a step to its case.

    Raises:
        Unfit: `bad_step`: it is none, or does not follow in its case; `unknown_service`, `unknown_staff`.
    """
    people = {entry.staff_no, entry.approver_no} - {""}
    if not people <= batch.roles.keys() and entry.entry_id not in batch.allowed:
        raise Unfit("unknown_staff")
    body, by = entry.body, entry.approver_no or None
    try:
        made = step_of(Written(entry.kind, body, entry.staff_no, by, entry.customer_id))
        case_id = words(body["case_id"])
        kept = slate.find(CASES, batch.hall_id, case_id)
        steps: list[Any] = [] if kept is None else json.loads(kept.facts)["steps"]
        steps.append([entry.kind, body, entry.staff_no, by, entry.customer_id])
        case = replayed_case(Written(*written) for written in steps)
    except (BadStep, KeyError) as error:
        raise Unfit("bad_step", type(error).__name__) from error
    number = kept.held_number if kept else None
    if made.act in _STATES:
        state, reason = _STATES[made.act]
        service = states.change(slate, batch, entry, case.service_id, state, reason)
        if made.act is Act.CLOSE and case.held_until is not None:
            number = json.loads(service.body)["number"]
    slate.put(CASES, _row(batch.hall_id, case, steps, number, entry.entry_id))


def promise_record(slate: Slate, batch: Batch, entry: Arrived) -> None:
    """An entry names a side record with size and hash: the record may come now.

    Raises:
        Unfit: `unreadable`.
    """
    body = entry.body
    sealed, record = body.get("sealed"), body.get("record")
    if not isinstance(sealed, dict) or not record:
        return
    size, sha256 = sealed.get("size"), sealed.get("sha256")
    if type(size) is not int or size < 0 or not isinstance(sha256, str):
        raise Unfit("unreadable", "sealed")
    slate.put(RECORDS, SideRecord(batch.hall_id, words(record), entry.entry_id, size, words(sha256), None, None, None))


def _row(hall_id: str, case: Case, steps: list[Any], number: str | None, entry_id: str) -> CaseRow:
    until = case.held_until.isoformat() if case.held_until else None
    return CaseRow(
        hall_id,
        case.case_id,
        case.service_id,
        case.customer_id,
        case.stage.value,
        json_text({"steps": steps}),
        number if until else None,
        until,
        entry_id,
    )
