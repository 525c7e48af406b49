"""The invariants of retention cases once all is quiet: at the hub, and between each counter's file and the hub."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

from counter_app.storage.hall import OpenHall
from counter_app.storage.retention import load_case
from tests.simulation.authority import Approvals, named_in
from tests.simulation.cases import STEP, records_at_hub
from tests.simulation.inbox import CARRIERS, Received, facts_of, is_carried
from tests.simulation.numbers import gap_wrongs, number_wrongs
from tests.simulation.truth import Truth

AT_DESK = (
    "draft",
    "value_checked",
    "manager_signed",
    "talking",
    "refused",
    "receptionist_signed",
    "customer_signed",
    "processing",
)

_CASES = text("SELECT case_id, stage, facts FROM cases")
_APART = text("SELECT entry_id FROM quarantine WHERE freed_at IS NULL")
_ROWS = "SELECT case_id, stage, service_id FROM retention_cases"
_LOST = "SELECT record_id FROM side_records WHERE content IS NULL AND erased_at IS NULL"
_THERE = text("SELECT record_id FROM side_records WHERE content IS NOT NULL")
_STEPS = (
    "SELECT s.case_id, coalesce(e.content, f.content) FROM retention_steps s LEFT JOIN entries e ON e.id = s.entry"
    " LEFT JOIN foreign_entries f ON f.id = -s.entry ORDER BY s.case_id, s.line"
)


def judge_cases(connection: Connection, truth: Truth, inbox: list[Received]) -> None:
    """Records, numbers and cases at the hub, and that no entry in it names anybody (I3, I4, I14, I16, I17)."""
    facts, _ = facts_of(inbox)
    _say(truth, "I4 unchanged", records_at_hub(connection, facts, truth))
    _say(truth, "I16 numbers", number_wrongs(inbox))
    _say(truth, "I16 numbers", gap_wrongs(inbox))
    _say(truth, "I3 once", _fold_wrongs(connection, facts))
    chains: defaultdict[tuple[str, int], Approvals] = defaultdict(Approvals)
    for entry in inbox:
        if not is_carried(entry):
            chain = chains[entry.counter_id, entry.epoch]
            _say(truth, "I14 authority", chain.wrongs_of(entry.said))
        for word in named_in(entry.said):
            truth.wrong("I17 secrecy", f"the hub's inbox: {entry.said['kind']} names {word}")


def judge_own_cases(connection: Connection, truth: Truth, machine: str, hall: OpenHall, inbox: list[Received]) -> None:
    """What the hub knows of this counter's cases stands in its file, step by step (I12)."""
    mine = [entry for entry in inbox if entry.counter_id == hall.hall.counter_id]
    apart = {row[0] for row in connection.execute(_APART)}
    there = _steps_of(facts_of(mine)[0].values())
    stages = {case_id: stage for case_id, stage, _ in connection.execute(_CASES)}
    here, rows = steps_in_file(hall), _rows_of(hall)
    busy = {service_id: case_id for case_id, (stage, service_id) in rows.items() if stage in AT_DESK}
    carried = {entry.said["entry_id"] for entry in mine if is_carried(entry)}
    when = {intent: place for place, intent in enumerate(truth.tried)}
    for case_id, steps in there.items():
        ids, known = [said["entry_id"] for said in steps], here.get(case_id, [])
        if not apart.isdisjoint(ids) or case_id not in stages or _is_forked(steps, known, when, carried):
            # two copies of a file went on with it, each in its own way: a person looks at what does not follow
            continue
        other = busy.get(steps[0]["body"].get("service_id"))
        if stages[case_id] in AT_DESK and other not in (None, case_id):
            # nobody is shown twice at the desk for one service: the other copy's case stays what the hub knows
            continue
        if set(known) != set(ids):
            truth.wrong("I12 converge", f"{machine}: case {case_id} has {len(known)} of {len(ids)} steps")
        elif known == ids and (stage := _stage_of(hall, case_id)) != stages[case_id]:
            truth.wrong("I12 converge", f"{machine}: case {case_id} is {stage}, at the hub {stages[case_id]}")


def judge_lost_records(connection: Connection, truth: Truth, machine: str, hall: OpenHall) -> None:
    """What was lost with a disk and lies at the hub has come back (I12)."""
    with hall.reading() as reading:
        lost = [row[0] for row in reading.driver.execute(_LOST).fetchall()]
    there = {row[0] for row in connection.execute(_THERE)} if lost else set()
    for record_id in there.intersection(lost):
        truth.wrong("I12 converge", f"{machine}: record {record_id} did not come back")


def _is_forked(steps: list[dict[str, Any]], known: list[str], when: Mapping[str, int], carried: set[str]) -> bool:
    """Whether the file went on with the case before it knew all that had been done in it, as another copy did, too."""
    missing = [when.get(said["intent_id"] or "", 0) for said in steps if said["entry_id"] not in known]
    return bool(missing) and any(
        said["entry_id"] in known
        and (said["entry_id"] in carried or when.get(said["intent_id"] or "", 0) > min(missing))
        for said in steps
    )


def steps_in_file(hall: OpenHall) -> dict[str, list[str]]:
    """The entries that made each case of a file, in their order."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    with hall.reading() as reading:
        for case_id, content in reading.driver.execute(_STEPS).fetchall():
            said = json.loads(content)
            if said["kind"] == CARRIERS:
                said = json.loads(said["body"]["content"])
            found[case_id].append(said["entry_id"])
    return found


def _stage_of(hall: OpenHall, case_id: str) -> str:
    with hall.reading() as reading:
        case = load_case(reading, case_id)
    return "" if case is None else case.stage.value


def _rows_of(hall: OpenHall) -> dict[str, tuple[str, int]]:
    with hall.reading() as reading:
        return {row[0]: (row[1], row[2]) for row in reading.driver.execute(_ROWS).fetchall()}


def _steps_of(facts: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for said in facts:
        if said["kind"].startswith(STEP):
            found[said["body"]["case_id"]].append(said)
    return found


def _fold_wrongs(connection: Connection, facts: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Each step that the hub applied is in its case once, and a case has no other ones."""
    apart = {row[0] for row in connection.execute(_APART)}
    wanted = {
        case_id: len([one for one in steps if one["entry_id"] not in apart])
        for case_id, steps in _steps_of(facts.values()).items()
    }
    kept = {case_id: len(json.loads(facts)["steps"]) for case_id, _, facts in connection.execute(_CASES)}
    for case_id in wanted.keys() | kept.keys():
        if wanted.get(case_id, 0) != kept.get(case_id, 0):
            yield f"case {case_id} has {kept.get(case_id, 0)} steps at the hub, of {wanted.get(case_id, 0)}"


def _say(truth: Truth, invariant: str, wrongs: Iterator[str]) -> None:
    for wrong in wrongs:
        truth.wrong(invariant, wrong)
