"""Each bill's money at the hub: what was paid of it, here and elsewhere, is its own, whole and once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

from counter_app.domain.undo import UNDONE_END
from tests.simulation.inbox import Received, facts_of
from tests.simulation.office import Office
from tests.simulation.truth import PAYMENT, Truth

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
    "SELECT entry_id FROM quarantine WHERE freed_at IS NULL UNION SELECT entry_id FROM parked WHERE freed_by IS NULL"
)
_WAITING = text("SELECT suspense_id, subject_id, amount_fen FROM suspense WHERE kind = 'bill' AND cleared_by IS NULL")
_EXCESS = ":excess"


def judge_bills(connection: Connection, truth: Truth, inbox: list[Received], office: Office) -> None:
    """I8 bill by bill: every payment stands with the bill whose number its receipt names, every file's with the one
    that the file names; what was too much of one is a credit of just that; nothing waits for a bill.
    """
    facts, _ = facts_of(inbox)
    for wrong in _wrongs(connection, facts, office):
        truth.wrong("I8 money", wrong)


def _wrongs(connection: Connection, facts: dict[str, dict[str, Any]], office: Office) -> Iterator[str]:
    apart = {row[0] for row in connection.execute(_APART)}
    said = {row[0]: (row[0].split(":", 1)[1], *row[2:]) for row in _paid_here(facts, apart)}
    here: dict[str, tuple[Any, ...]] = {}
    elsewhere: Counter[tuple[Any, ...]] = Counter()
    excess = Counter[str]()
    for name, bill_no, source, on, *fen in connection.execute(_SETTLED):
        if _EXCESS in name:
            # what was too much, less what of it the bill needed after all
            excess[name.removesuffix(UNDONE_END)] -= sum(fen)
        elif source == "counter":
            here[name] = (bill_no, *fen)
        else:
            elsewhere[bill_no, on, *fen] += 1
    yield from _other("paid (said, at the hub)", said, here)
    yield from _other("paid elsewhere (file, at the hub)", office.paid(), elsewhere)
    owed = {row[0]: row[1] for row in connection.execute(_CREDITS)}
    yield from _other("too much (taken off, credit)", excess, owed)
    for bill_no, *sums in connection.execute(_SUMS):
        if sums[:3] != sums[3:]:
            yield f"bill {bill_no} is settled with {sums[3:]}, its sums say {sums[:3]}"
    for name, bill_id, waits_fen in connection.execute(_WAITING):
        yield f"{waits_fen} fen of {name} wait for bill {bill_id}"


def _other(what: str, one: Mapping[Any, Any], two: Mapping[Any, Any]) -> Iterator[str]:
    for key in sorted(one.keys() | two.keys()):
        if (one.get(key) or None) != (two.get(key) or None):
            yield f"{key} {what}: {one.get(key)}, {two.get(key)}"


def _paid_here(facts: dict[str, dict[str, Any]], apart: set[str]) -> Iterator[list[Any]]:
    for entry_id, said in facts.items():
        if entry_id not in apart and said["kind"] in (PAYMENT, "recover.import"):
            yield from said["body"]["settlements"]
