"""What tellers were told, held against the counters' files and against the hub's own tables, by fen and by hash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from counter_app.clock import SystemClock
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.sync_state import read_state
from tests.faults.truth import Truth
from tests.hub.postgres import PrivatePostgres

_EMPTY = ("evidence", "quarantine", "parked", "suspense")
"""Where nothing may be after any fault of the line: no false alarm, no entry that was not understood."""


@dataclass
class Unheard:
    """Uploads of one counter that were sent and not answered: which entries, how many of them the hub had taken as it
    turned out; and which of its entries are payments.
    """

    seqs: set[int] = field(default_factory=set)
    uploads: int = 0
    known: int = 0
    paid: set[int] = field(default_factory=set)


@dataclass
class UpstreamTruth:
    """Everything said by the counters of one hall, and the wrongs found so far."""

    folders: list[Path]
    truths: list[Truth] = field(init=False)
    unheard: list[Unheard] = field(init=False)
    wrongs: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    whys: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """A truth for each counter."""
        self.truths = [Truth() for _ in self.folders]
        self.unheard = [Unheard() for _ in self.folders]

    @property
    def payments(self) -> int:
        """Payments at all counters, as of the last check."""
        return sum(len(one.paid) for one in self.unheard)

    @property
    def ambiguous(self) -> int:
        """Those of which the counter once did not know whether the hub has them."""
        return sum(len(one.paid & one.seqs) for one in self.unheard)

    def listen(self, line: dict[str, Any]) -> None:
        """Take in what a counter said."""
        number = line.get("counter", 0)
        unheard = self.unheard[number]
        if line["say"] == "unheard":
            unheard.uploads += 1
            unheard.seqs.update(range(line["first"], line["first"] + line["count"]))
        elif line["say"] == "known":
            unheard.known += line["count"]
        elif line["say"] == "round":
            self.whys[line["why"] or "good"] += 1
        else:
            self.truths[number].listen({name: value for name, value in line.items() if name != "counter"})

    def wrong(self, kind: str, what: str) -> None:
        """Count a wrong, and keep the first ones in words."""
        self.wrongs[kind] += 1
        if len(self.examples) < 20:
            self.examples.append(f"{kind}: {what}")

    def check(self, postgres: PrivatePostgres, database: str, *, is_level: bool, most_extra: int = 0) -> None:
        """Hold everything against everything while no counter is open; `is_level`: the line was whole for long enough,
        and what was told has to be at the hub. What has been acknowledged has to be there at any time.
        """
        with psycopg.connect(postgres.dsn(database)) as hub:
            for number, folder in enumerate(self.folders):
                hall = open_hall(folder, clock=SystemClock.of_this_machine())
                try:
                    self._check_counter(hub, number, hall, is_level=is_level, most_extra=most_extra)
                finally:
                    hall.close()
            if is_level:
                self._check_sums(hub)

    def _check_counter(
        self, hub: psycopg.Connection[Any], number: int, hall: OpenHall, *, is_level: bool, most_extra: int
    ) -> None:
        truth = self.truths[number]
        truth.check(hall, is_whole=is_level, most_extra=most_extra)
        self._take_over(truth)
        with hall.reading() as reading:
            state = read_state(reading)
            question = (
                "SELECT seq, entry_id, lower(hex(hash)), kind, intent_id FROM entries WHERE epoch = ? ORDER BY seq"
            )
            own = reading.driver.execute(question, (hall.epoch,)).fetchall()
            held = reading.driver.execute("SELECT 1 FROM feed_held").fetchall()
        counter = hall.hall.counter_id
        question = "SELECT seq, entry_id, hash FROM inbox WHERE counter_id = %s AND epoch = %s ORDER BY seq"
        there = hub.execute(question, (counter, hall.epoch)).fetchall()
        acked = state.acked
        if acked is not None and acked.seq and not _has(there, acked.seq, acked.hash):
            self.wrong("acknowledged, not there", f"counter {number}: {acked.seq} of {len(there)} at the hub")
        if state.stop is not None:
            self.wrong("false alarm", f"counter {number}: {state.stop}")
        if is_level:
            self._check_level(hub, number, own, there)
            feed = hub.execute("SELECT n, hash FROM hall_feed").fetchone()
            if state.feed is None or (state.feed.n, state.feed.hash) != feed or held:
                self.wrong("feed", f"counter {number}: {state.feed}, the hub {feed}, {len(held)} rows wait")
            self._look_at_payments(number, own)

    def _check_level(self, hub: psycopg.Connection[Any], number: int, own: list[Any], there: list[Any]) -> None:
        """Every entry of the counter at the hub, once, with its hash; what was told with its amount."""
        mine = [tuple(row[:3]) for row in own]
        if mine != there:
            self.wrong("chains differ", f"counter {number}: {len(mine)} entries, {len(there)} at the hub")
        lines = dict(hub.execute("SELECT hash, amount_fen FROM ledger_lines WHERE fate = 'applied'").fetchall())
        for told in self.truths[number].heard.values():
            amount_fen = told.total_fen - told.prepaid_used_fen
            if told.entry_hash not in lines:
                self.wrong("lost at the hub", str(told))
            elif lines[told.entry_hash] != amount_fen:
                self.wrong("altered at the hub", f"{told}: {lines[told.entry_hash]}")
        tried = self.truths[number].tried
        decisions = Counter(tried[row[4]] for row in own if row[3] == "payment.take" and row[4] in tried)
        for decision, count in decisions.items():
            if count > 1:
                self.wrong("doubled at the hub", f"counter {number}, decision {decision}: {count} times")

    def _look_at_payments(self, number: int, own: list[Any]) -> None:
        self.unheard[number].paid = {row[0] for row in own if row[3] == "payment.take"}

    def _check_sums(self, hub: psycopg.Connection[Any]) -> None:
        """Money is conserved: what was taken, and not given back, has settled bills, lies in books, or is a credit."""
        for table in _EMPTY:
            found = hub.execute(f"SELECT count(*) FROM {table}").fetchone()
            if found != (0,):
                self.wrong("false alarm", f"{found} in {table}")
        taken = _sum(hub, "SELECT sum(amount_fen) FROM ledger_lines WHERE kind LIKE 'payment.%'")
        settled = _sum(
            hub, "SELECT sum(principal_fen + late_fee_fen + cost_fen) FROM settlements WHERE source <> 'hub'"
        )
        booked = _sum(hub, "SELECT sum(amount_fen) FROM book_moves")
        if taken != settled + booked:
            self.wrong("money", f"{taken} taken, {settled} settled, {booked} in books")
        excess = _sum(hub, "SELECT sum(principal_fen + late_fee_fen + cost_fen) FROM settlements WHERE source = 'hub'")
        credits_fen = _sum(hub, "SELECT sum(amount_fen) FROM credits WHERE way IS DISTINCT FROM 'withdrawn'")
        if excess + credits_fen:
            self.wrong("money", f"{excess} taken off bills, {credits_fen} in credits")
        if total := _sum(hub, "SELECT sum(balance_fen) FROM balances"):
            self.wrong("money", f"the ledger sums to {total}")

    def _take_over(self, truth: Truth) -> None:
        self.wrongs.update(truth.wrongs)
        self.examples = (self.examples + truth.examples)[:20]
        truth.wrongs.clear()
        truth.examples.clear()


def _has(there: Iterable[Any], seq: int, digest: str) -> bool:
    return any(row[0] == seq and row[2] == digest for row in there)


def _sum(hub: psycopg.Connection[Any], question: str) -> int:
    found = hub.execute(question).fetchone()
    assert found is not None
    return int(found[0] or 0)


def agree(folders: list[Path]) -> list[str]:
    """Where two counters that have read the whole feed show something else of the same hall."""
    wrong, first = [], dict[str, list[str]]()
    for folder in folders:
        hall = open_hall(folder, clock=SystemClock.of_this_machine())
        with hall.reading() as reading:
            for what, question in _SHOWN.items():
                rows = sorted(map(repr, reading.driver.execute(question).fetchall()))
                if first.setdefault(what, rows) != rows:
                    wrong.append(f"{what} at {folder.name}")
        hall.close()
    return wrong


_SHOWN = {
    "settlements": "SELECT settlement_id, bill_id, principal_fen, late_fee_fen, cost_fen FROM settlements",
    "bills": "SELECT id, bill_no, account_id, principal_fen FROM bills",
    "books": "SELECT b.id, opening_fen + coalesce(e.amount_fen, 0) - coalesce(m.balance_fen, 0) FROM books b"
    " LEFT JOIN books_elsewhere e ON e.book_id = b.id"
    " LEFT JOIN balances m ON m.account = 'prepaid' AND m.subject = CAST(b.id AS TEXT)",
}
