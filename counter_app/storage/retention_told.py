"""What the entries of a retention case say that its rows are: case, visits, order, held number, feedback, records."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from counter_app.domain.retention import Act, Case, Step
from counter_app.domain.retention_steps import Written, replayed_case, step_of
from counter_app.storage.stamps import stamp


class ToldStep(NamedTuple):
    """A step as its entry has it. `row` is what `retention_steps` keeps of the entry, `entry` the row of the journal
    that vouches for it: the same, unless the hub gave it back; `entry_id` is its own.
    """

    row: int
    entry: int
    entry_id: str
    written: Written


@dataclass(slots=True)
class Told:
    """What the entries of one case say that its rows are."""

    case: Case
    last_row: int
    visits: dict[int, dict[str, object]] = field(default_factory=dict)
    order: dict[str, object] | None = None
    hold: dict[str, object] | None = None
    fed_back: list[int] = field(default_factory=list)
    records: dict[str, tuple[int, Written]] = field(default_factory=dict)


def told_of(steps: Iterable[ToldStep]) -> Told:
    """The rows of a case by its steps, in their order.

    Raises:
        BadStep, ValueError, KeyError, TypeError, AssertionError: they make no case.
    """
    steps = list(steps)
    told = Told(replayed_case(one.written for one in steps), steps[-1].row)
    for one in steps:
        step = step_of(one.written)
        if step.record:
            told.records[step.record] = (one.entry, one.written)
        if step.act is Act.FEED_BACK:
            told.fed_back.append(one.entry)
        _project(told, step, one.entry, one.entry_id)
    return told


def _project(told: Told, step: Step, entry: int, entry_id: str) -> None:
    case_id, service_id = told.case.case_id, told.case.service_id
    match step.act:
        case Act.PLAN_VISIT:
            for visit in step.visits:
                told.visits[visit.line] = {
                    "case_id": case_id,
                    "line": visit.line,
                    "due_on": visit.due_on.isoformat(),
                    "owner_no": visit.owner_no,
                    "outcome": None,
                    "done_on": None,
                    "is_line_alive": None,
                    "entry": entry,
                }
        case Act.VISIT:
            done = {"outcome": step.words, "done_on": step.at.date().isoformat(), "is_line_alive": int(step.is_yes)}
            told.visits[step.line].update(done)
        case Act.HAND_OVER:
            for visit in step.visits:
                told.visits[visit.line]["owner_no"] = visit.owner_no
        case Act.PROCESS:
            told.order = {
                "order_id": entry_id,
                "case_id": case_id,
                "service_id": service_id,
                "entry": entry,
                "state": "sent",
                "ordered_at": stamp(step.at),
                "equipment": "[]",
                "closed_at": None,
            }
        case Act.RECOVER if told.order is not None:
            told.order["equipment"] = json.dumps([list(item) for item in step.items], ensure_ascii=False)
        case Act.REENTER if told.hold is not None:
            told.hold["used_at"] = stamp(step.at)
        case Act.CLOSE if told.order is not None:
            told.order.update(state="closed", closed_at=stamp(step.at))
            told.hold = (
                None
                if step.until is None
                else {
                    "case_id": case_id,
                    "service_id": service_id,
                    "customer_id": told.case.customer_id,
                    "held_until": step.until.isoformat(),
                    "used_at": None,
                    "entry": entry,
                }
            )
