"""What the hub's projections must be, computed again from its facts; and one digest for all that it has worked out."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from contextlib import suppress
from typing import Any

from counter_app.domain.safe import DEPOSIT
from counter_app.hub import tables as t
from counter_app.sync.wire import NO_HASH, feed_hash
from tests.hub.kit import HubHall

WORKED_OUT = (
    *(t.ledger_lines, t.settlements, t.book_moves, t.balances, t.bill_sums, t.book_sums, t.credits_, t.suspense),
    *(t.parked, t.quarantine, t.tasks, t.cases, t.master_rows, t.feed, t.hall_feed),
    t.relief_steps,
)
"""Everything that follows from what came up, in its order; what only says when and how it came is left out."""


def digest(hall: HubHall) -> str:
    """One digest of everything that the hub has worked out for a hall."""
    parts = []
    for table in WORKED_OUT:
        rows = sorted(json.dumps(list(row.values()), ensure_ascii=False) for row in hall.rows(table))
        parts.append([table.name, *rows])
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def check(hall: HubHall) -> None:
    """Every projection is the fold of the facts, the ledger sums to zero, and the feed has no hole."""
    settled, moved = hall.rows(t.settlements), hall.rows(t.book_moves)
    for bill in hall.rows(t.bill_sums):
        of = [row for row in settled if row["bill_id"] == bill["bill_id"]]
        for part in ("principal", "late_fee", "cost"):
            assert bill[f"settled_{part}_fen"] == sum(row[f"{part}_fen"] for row in of)
        frozen_fen = sum(row["principal_fen"] for row in of if row["source"] == "dispute")
        asked_fen = bill["principal_fen"] + max(0, frozen_fen)
        assert bill["settled_principal_fen"] <= asked_fen, "what is too much is taken off at once"
    for book in hall.rows(t.book_sums):
        assert book["moved_fen"] == sum(row["amount_fen"] for row in moved if row["book_id"] == book["book_id"])
    _check_ledger(hall, settled, moved)
    last = NO_HASH
    for place, (n, kind, body, found) in enumerate(hall.rows_of_feed(), 1):
        last = feed_hash(last, n, kind, body)
        assert (n, found) == (place, last)


def _check_ledger(hall: HubHall, settled: list[dict[str, Any]], moved: list[dict[str, Any]]) -> None:
    taken = [row for row in settled if row["counter_id"]]
    expected: Counter[tuple[str, str]] = Counter()
    for account, part in (("receivable", "principal"), ("late_fee", "late_fee"), ("cost", "cost")):
        expected[account, ""] -= sum(row[f"{part}_fen"] for row in taken)
    expected["prepaid", ""] -= sum(row["amount_fen"] for row in moved)
    open_credits = [row["amount_fen"] for row in hall.rows(t.credits_) if row["spent_by"] is None]
    expected["credit", ""] -= sum(open_credits)
    waiting = [row["amount_fen"] for row in hall.rows(t.suspense) if row["cleared_by"] is None]
    expected["suspense", ""] -= sum(waiting)
    in_drawers = _drawers(hall)
    expected.update(in_drawers)
    known = {account for account, _ in expected}
    assert {key: fen for key, fen in expected.items() if fen} == {
        key: fen for key, fen in hall.balances().items() if key[0] in known
    }


def _drawers(hall: HubHall) -> Counter[tuple[str, str]]:
    """What lies in each drawer by the entries themselves: money taken is there, whatever became of its entry."""
    found: Counter[tuple[str, str]] = Counter()
    seen: set[str] = set()
    for row in sorted(hall.rows(t.inbox), key=lambda row: (row["received_at"], row["counter_id"], row["seq"])):
        with suppress(ValueError, TypeError, KeyError):
            document = json.loads(row["content"])
            if document["seq"] == row["seq"] and sum(fen for _, _, fen in document["postings"]) == 0:
                _add(found, seen, document)
    return found


def _add(found: Counter[tuple[str, str]], seen: set[str], document: dict[str, Any]) -> None:
    # the same id with other bytes is another fact: it is kept apart, and its money is in suspense
    said = json.dumps(document, sort_keys=True)
    if said in seen:
        return
    seen.add(said)
    if document["kind"] == "recover.rechain" and set(document["body"]["signature"]) != {"0"}:
        _add(found, seen, json.loads(document["body"]["content"]))
    for account, subject, fen in document["postings"]:
        # what goes to the bank is of shifts that are closed
        if subject == document["shift_id"] or document["kind"] == DEPOSIT:
            found[account, subject] += fen
