"""Each bill's money at the hub: what was paid of it, here and elsewhere, is its own, whole and once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

from counter_app.domain.undo import KIND_OF, UNDONE_END
from tests.simulation.inbox import Received, facts_of
from tests.simulation.office import Office
from tests.simulation.truth import PAYMENT, Truth
from tests.simulation.undoing import bill_no_of

_SETTLED = text(
    "SELECT s.settlement_id, b.bill_no, s.source, s.settled_on, s.principal_fen, s.late_fee_fen, s.cost_fen"
    " FROM settlements s LEFT JOIN bill_sums b ON b.hall_id = s.hall_id AND b.bill_id = s.bill_id"
)
_SUMS = text(
    "SELECT b.bill_no, b.settled_principal_fen, b.settled_late_fee_fen, b.settled_cost_fen,"
    " coalesce(sum(s.principal_fen), 0), coalesce(sum(s.late_fee_fen), 0), coalesce(sum(s.cost_fen), 0)"
    " FROM bill_sums b LEFT JOIN settlements s ON s.hall_id = b.hall_id AND s.bill_id = b.bill_id"
    " GROUP BY b.hall_id, b.bill_id"
)
_CREDITS = text("SELECT credit_id, amount_fen FROM credits WHERE coalesce(way, '') <> 'withdrawn'")
_APART = text(
    "SELECT entry_id, reason FROM quarantine WHERE freed_at IS NULL"
    " UNION SELECT entry_id, 'parked: ' || waits_for FROM parked WHERE freed_by IS NULL"
)
_WAITING = text("SELECT suspense_id, subject_id, amount_fen FROM suspense WHERE kind = 'bill' AND cleared_by IS NULL")
_NOBODYS = text(
    "SELECT s.suspense_id, s.amount_fen FROM suspense s LEFT JOIN tasks k ON k.hall_id = s.hall_id"
    " AND k.task_id = s.task_id AND k.state = 'open' AND k.amount_fen = s.amount_fen"
    " WHERE s.kind IN ('bill', 'book') AND s.cleared_by IS NULL AND k.task_id IS NULL"
)
_LET_GO = text("SELECT suspense_id, cleared_by FROM suspense WHERE kind = 'bill' AND cleared_by IS NOT NULL")
_MISSING = text("SELECT suspense_id, -amount_fen FROM suspense WHERE kind = 'twice'")
_EXCESS, _TWICE = ":excess", ":twice"

Apart = Mapping[str, str]
"""Entries that the hub has not applied, and why."""


def apart_at(connection: Connection) -> Apart:
    """What the hub keeps apart, and what waits there for something else."""
    return {row[0]: row[1] for row in connection.execute(_APART)}


def judge_bills(
    connection: Connection, truth: Truth, inbox: list[Received], office: Office, left: Mapping[str, int]
) -> None:
    """I8 bill by bill: every payment stands with the bill whose number its receipt names, every file's with the one
    that the file names, and everything that was undone stands there as its negation; what was too much of one is a
    credit of just that; nothing waits for a bill but what is `left` to a person, whole.
    """
    facts, _ = facts_of(inbox)
    for wrong in _wrongs(connection, facts, office, left):
        truth.wrong("I8 money", wrong)


def _wrongs(
    connection: Connection, facts: dict[str, dict[str, Any]], office: Office, left: Mapping[str, int]
) -> Iterator[str]:
    apart = apart_at(connection)
    said: dict[str, Any] = {
        row[0]: (bill_no_of(row[0]), *row[2:5]) for row in (*paid_here(facts, apart), *_undone_here(facts, apart))
    }
    for name, by in connection.execute(_LET_GO):
        if by in facts and facts[by]["kind"] in KIND_OF.values():
            # it waited for its bill until it went back: no bill has ever had it
            del said[name], said[f"{name}{UNDONE_END}"]
    yield from _waiting_wrongs(connection, said, left)
    missing = {row[0].removesuffix(_TWICE): row[1] for row in connection.execute(_MISSING)}
    twice: dict[str, int] = {}
    here: dict[str, tuple[Any, ...]] = {}
    elsewhere: Counter[tuple[Any, ...]] = Counter()
    excess = Counter[str]()
    for name, bill_no, source, on, *fen in connection.execute(_SETTLED):
        if _EXCESS in name:
            # what was too much, less what of it the bill needed after all
            excess[name.removesuffix(UNDONE_END)] -= sum(fen)
        elif name.endswith(UNDONE_END * 2):
            twice[name] = sum(fen)
        elif source == "counter":
            here[name] = (bill_no, *fen)
        else:
            elsewhere[bill_no, on, *fen] += 1
    yield from _other("paid (said, at the hub)", said, here)
    yield from _other("paid elsewhere (file, at the hub)", office.paid(), elsewhere)
    owed = {row[0]: row[1] for row in connection.execute(_CREDITS)}
    # the money of a credit that went back a second time counts for the bill, and the hall is short of it
    for name in owed.keys() & missing.keys():
        twice[name] = owed.pop(name)
    yield from _other("too much (taken off, credit)", excess, owed)
    yield from _other("given back twice (of the bill, missing)", twice, missing)
    for bill_no, *sums in connection.execute(_SUMS):
        if sums[:3] != sums[3:]:
            yield f"bill {bill_no} is settled with {sums[3:]}, its sums say {sums[:3]}"


def _waiting_wrongs(connection: Connection, said: dict[str, Any], left: Mapping[str, int]) -> Iterator[str]:
    """What waits for a bill is `left` to a person and just what was paid: no bill has it. All that waits has a task."""
    for name, bill_id, waits_fen in connection.execute(_WAITING):
        if name not in left:
            yield f"{waits_fen} fen of {name} wait for bill {bill_id}"
    for name, waits_fen in connection.execute(_NOBODYS):
        yield f"{waits_fen} fen of {name} wait, and no task says so"
    for name, waits_fen in left.items():
        _, *paid = said.pop(name)
        if sum(paid) != waits_fen:
            yield f"{name} waits with {waits_fen} fen, and paid {paid}"


def _other(what: str, one: Mapping[Any, Any], two: Mapping[Any, Any]) -> Iterator[str]:
    for key in sorted(one.keys() | two.keys()):
        if (one.get(key) or None) != (two.get(key) or None):
            yield f"{key} {what}: {one.get(key)}, {two.get(key)}"


def paid_here(facts: Mapping[str, Mapping[str, Any]], apart: Apart) -> Iterator[list[Any]]:
    """What the payments that the hub has applied paid of bills: name, bill's id, principal, late fee and cost."""
    for entry_id, said in facts.items():
        if entry_id not in apart and said["kind"] in (PAYMENT, "recover.import"):
            yield from said["body"]["settlements"]


def _undone_here(facts: Mapping[str, Mapping[str, Any]], apart: Apart) -> Iterator[list[Any]]:
    for entry_id, said in facts.items():
        if entry_id not in apart and said["kind"] in KIND_OF.values():
            yield from said["body"]["settlements"]
