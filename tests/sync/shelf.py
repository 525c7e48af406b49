"""A hub's snapshot on a shelf: it answers for the two requests by which one is fetched, and counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from counter_app.domain.packed_rows import Part, line_of, part_of
from counter_app.storage.hall import OpenHall
from counter_app.sync import wire
from counter_app.sync.contact import Contact, Proven
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import LineDown
from counter_app.sync.snapshots import Snapshots
from tests.sync.feeds import Feed, body


@dataclass
class Shelf:
    """Rows of a hall at one mark; `cut` parts are answered, then the line is down."""

    rows: Sequence[tuple[str, str]]
    at: Feed
    part_rows: int = 3
    cut: int | None = None
    spoiled: int | None = None
    asked: list[str] = field(default_factory=list)

    def parts(self) -> list[Part]:
        """The rows, packed."""
        lines = [line_of(*row) for row in self.rows]
        return [part_of(lines[start : start + self.part_rows]) for start in range(0, len(lines), self.part_rows)]

    def ask(self, method: str, target: str, **_more: Any) -> wire.Snapshot:
        """`POST /v1/snapshots`."""
        assert (method, target) == ("POST", "/v1/snapshots")
        upto = wire.Mark(n=self.at.n, hash=self.at.hash)
        head = wire.Mark(n=0, hash=wire.NO_HASH)
        state = wire.HubState(generation=self.at.generation, feed=upto, head=head, hub_time="2026-11-21")
        parts = tuple(wire.SnapshotPart(part=n, rows=p.rows, sha256=p.sha256) for n, p in enumerate(self.parts()))
        return wire.Snapshot(hub=state, snapshot_id=f"s{self.at.n}", at=upto, parts=parts)

    def call(self, method: str, target: str, **_more: Any) -> Proven:
        """`GET /v1/snapshots/{id}/{part}`."""
        if self.cut is not None and len(self.asked) >= self.cut:
            raise LineDown("offline")
        self.asked.append(target)
        number = int(target.rpartition("/")[2])
        content = self.parts()[number].content
        return Proven(200, content[:-1] if number == self.spoiled else content)

    def into(self, hall: OpenHall, snapshots: Snapshots | None = None) -> None:
        """Rounds until the snapshot is in."""
        ground, taker = Ground(hall), snapshots or Snapshots()
        for _ in range(100):
            before = ground.state().feed
            taker(ground, cast("Contact", self), "n")
            state = ground.state()
            if state.feed is not None and state.feed.n == self.at.n and state.feed.generation == self.at.generation:
                return
            assert state.feed == before
        raise AssertionError("a hundred rounds")


def hall_rows(customers: int = 4, months: int = 3) -> list[tuple[str, str]]:
    """A hall's rows, each kind after those it refers to."""
    rows: list[tuple[str, str]] = [("hall", body("hall", key="footer", value="谢谢")), ("counter", body("counter"))]
    rows += [("device", body("device")), ("staff", body("staff"))]
    numbers = range(1, customers + 1)
    rows += [
        ("customer", body("customer", id=n, customer_no=f"C{n}", flags=[["vip", "2020-01-01", ""]])) for n in numbers
    ]
    rows += [("account", body("account", id=n, account_no=f"{20000 + n}", customer_id=n)) for n in numbers]
    rows += [("service", body("service", id=n, account_id=n, number=f"138{n:08d}")) for n in numbers]
    bills = [(n, month, n * 100 + month) for n in numbers for month in range(1, months + 1)]
    rows += [
        ("bill", body("bill", id=at, bill_no=f"B{at}", account_id=n, month=f"2026-{month:02d}"))
        for n, month, at in bills
    ]
    rows += [("book", body("book", id=n, account_id=n)) for n in numbers]
    paid = [(at, month) for _, month, at in bills if month < months]
    rows += [
        ("settlement", body("settlement", settlement_id=f"s{at}", bill_id=at, principal_fen=9_800, late_fee_fen=0))
        for at, _ in paid
    ]
    rows += [("book_move", body("book_move", move_id=f"e{n}:{n}", book_id=n)) for n in numbers]
    relief = body("relief", bill_id=101, account_id=1)
    rows += [("undone", body("undone")), ("relief", relief), ("task", body("task")), ("line", body("line"))]
    return rows
