"""The rows of disputes: the settlements that freeze a part of a bill and end it, and why it was contested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select

from counter_app.domain.bills import Settlement
from counter_app.storage import tables as t
from counter_app.storage import tables_disputes as d
from counter_app.storage.sql import Reading, Writing, placed


class DisputeRow(NamedTuple):
    """A dispute that was opened here, in the order of the columns."""

    dispute_id: str
    entry: int
    bill_id: int
    line: int
    item: str
    disputed_fen: int
    opened_on: str
    reason_code: str
    staff_no: str


class DecisionRow(NamedTuple):
    """How a dispute was decided here, in the order of the columns."""

    dispute_id: str
    entry: int
    bill_id: int
    outcome: str
    lowered_fen: int
    back_fen: int
    decided_on: str
    staff_no: str
    approver_no: str


_DISPUTE = placed(insert(d.disputes).values({name: bindparam(name) for name in DisputeRow._fields}), DisputeRow._fields)
_DECISION = placed(
    insert(d.dispute_decisions).values({name: bindparam(name) for name in DecisionRow._fields}), DecisionRow._fields
)
_SETTLEMENT_COLUMNS = tuple(c.name for c in t.settlements.c if c.name != "id")
_SETTLEMENT = placed(
    insert(t.settlements).values({name: bindparam(name) for name in _SETTLEMENT_COLUMNS}), _SETTLEMENT_COLUMNS
)
_OF_BILL = placed(
    select(*(d.disputes.c[name] for name in DisputeRow._fields)).where(d.disputes.c.bill_id == bindparam("bill")),
    ("bill",),
)
_DECIDED = placed(
    select(*(d.dispute_decisions.c[name] for name in DecisionRow._fields)).where(
        d.dispute_decisions.c.bill_id == bindparam("bill")
    ),
    ("bill",),
)


def said(rows: Iterable[Settlement], bill_id: int) -> list[list[object]]:
    """The settlements of a dispute as its entry says them."""
    return [
        [
            row.settlement_id,
            bill_id,
            row.principal_fen,
            row.late_fee_fen,
            row.cost_fen,
            row.settled_on.isoformat(),
            row.source,
        ]
        for row in rows
    ]


def add_rows(work: Writing, rows: Iterable[Settlement], bill_id: int, entry: int) -> None:
    """Write the settlements of a dispute."""
    work.many(
        _SETTLEMENT,
        [
            (
                *(row.settlement_id, bill_id, row.settled_on.isoformat()),
                *(row.principal_fen, row.late_fee_fen, row.cost_fen, row.source, "counter", entry),
            )
            for row in rows
        ],
    )


def add_dispute(work: Writing, row: DisputeRow) -> None:
    """Keep why a line is contested."""
    work.insert(_DISPUTE, row)


def add_decision(work: Writing, row: DecisionRow) -> None:
    """Keep how a dispute was decided; a second decision breaks a key."""
    work.insert(_DECISION, row)


def disputes_of_bill(reading: Reading, bill_id: int) -> Mapping[str, DisputeRow]:
    """What is known here of the disputes about a bill, by their names."""
    return {row[0]: DisputeRow(*row) for row in reading.rows(_OF_BILL, (bill_id,))}


def decisions_of_bill(reading: Reading, bill_id: int) -> Mapping[str, DecisionRow]:
    """How the disputes about a bill were decided here, by their names."""
    return {row[0]: DecisionRow(*row) for row in reading.rows(_DECIDED, (bill_id,))}
