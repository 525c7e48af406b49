"""Pages of a feed as a hub would send them, made row by row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from counter_app.storage.hall import OpenHall
from counter_app.storage.verify import verify
from counter_app.sync.apply_feed import Applied, FeedBroken, apply_page
from counter_app.sync.wire import NO_HASH, FeedPage, FeedRow, HubState, Mark, feed_hash, row_body

GENERATION = "g1"
ROWS: dict[str, dict[str, Any]] = {
    "customer": {
        "id": 1, "customer_no": "C1", "name": "张伟", "kind": "person", "customer_class": "resident",
        "id_kind": "resident_id", "id_number": "11010519491231002X", "group_name": None, "manager": None,
        "since_on": "2019-05-01", "flags": [], "contacts": [["mobile", "13800138000", ""]],
    },
    "account": {
        "id": 11, "account_no": "10002345", "customer_id": 1, "address": "幸福路 18 号", "facts": {"片区": "东"},
        "contract_no": None, "area": "01",
    },
    "service": {
        "id": 21, "account_id": 11, "kind": "mobile", "number": "13800138000", "plan": "58 元套餐", "state": "active",
        "state_since_on": "2020-01-01", "state_reason": "", "meter_no": None,
    },
    "bill": {
        "id": 31, "bill_no": "B31", "account_id": 11, "service_id": None, "month": "2026-08", "issued_on": "2026-08-28",
        "due_on": "2026-09-15", "principal_fen": 9_800, "cost_fen": 0, "accrual_start_on": None,
        "accrual_stop_on": None, "is_disputed": 0, "is_late_fee_deferred": 0,
        "items": [["月租", 5_800], ["流量", 4_000]],
    },
    "settlement": {
        "settlement_id": "s1", "bill_id": 31, "settled_on": "2026-09-20", "principal_fen": 4_000, "late_fee_fen": 10,
        "cost_fen": 0, "source": "import", "channel": "bank", "counter_id": None,
    },
    "book": {
        "id": 41, "account_id": 11, "name": "预存", "kind": "cash", "items": [], "priority": 9, "valid_to": None,
        "opening_fen": 5_000, "opening_source": "import", "opened_on": "2026-01-01",
    },
    "book_move": {"move_id": "e1:41", "book_id": 41, "amount_fen": -1_200, "counter_id": "c2", "at": "2026-11-01"},
    "undone": {
        "payment_id": "p1", "undo_id": "u1", "way": "refund", "counter_id": "c2", "business_date": "2026-11-02",
        "receipt_no": "HZ01-02-2026-000001", "reason_code": "wrong_bill",
    },
    "relief": {
        "step_id": "r1:approved:B31", "entry_id": "e7", "relief_id": "r1", "step": "approved", "account_id": 11,
        "bill_id": 31, "bill_no": "B31", "way": "defer", "amount_fen": 120, "until": "2026-12-31",
        "reason_code": "hardship", "staff_no": "1003", "approvers": ["2001"], "business_date": "2026-11-02",
        "counter_id": "c2",
    },
    "staff": {
        "staff_no": "1003", "name": "周杰", "role": "teller", "state": "active", "verifier": "x",
        "must_change_password": 1,
    },
    "pack": {"trade": "telecom", "version": "2", "text": ""},
    "hall": {"key": "hotline", "value": "10086"},
    "counter": {"counter_id": "c2", "ordinal": 2, "code": "02", "name": "2 号台", "is_active": 1},
    "device": {"device_id": "d2", "counter_id": "c2", "public_key": "ab" * 32, "epoch": 1, "revoked_at": None},
    "task": {
        "task_id": "t1", "kind": "duplicate_payment", "state": "open", "subject": "s1", "customer_id": 1,
        "account_id": 11, "amount_fen": 9_800, "counter_id": "c2", "opened_at": "2026-11-01T00:00:00+00:00",
        "due_on": "2026-11-30", "closed_at": None, "facts": {"bill_no": "B31"},
    },
    "line": {
        "entry_id": "e1", "counter_id": "c2", "epoch": 1, "seq": 7, "kind": "payment.take", "staff_no": "1003",
        "business_date": "2026-11-01", "amount_fen": 9_800, "customer_id": 1,
    },
}  # fmt: skip
"""One row of each kind, in an order in which they fit."""


def body(kind: str, /, **changed: Any) -> str:
    """The text of a row: that of `ROWS` with some values changed."""
    return json.dumps(row_body(kind, {**ROWS[kind], **changed}), ensure_ascii=False)


@dataclass
class Feed:
    """A hub's feed that grows; `page` gives what was added since the last page."""

    generation: str = GENERATION
    n: int = 0
    hash: str = NO_HASH
    waiting: list[FeedRow] = field(default_factory=list)

    def add(self, kind: str, /, **changed: Any) -> Feed:
        """One more row."""
        return self.raw(kind, body(kind, **changed))

    def raw(self, kind: str, text: str) -> Feed:
        """One more row with exactly this text."""
        self.n += 1
        self.hash = feed_hash(self.hash, self.n, kind, text)
        self.waiting.append(FeedRow(n=self.n, kind=kind, body=text))
        return self

    def all_kinds(self) -> Feed:
        """One row of each kind but the pack."""
        for kind in ROWS:
            if kind != "pack":
                self.add(kind)
        return self

    def page(self) -> FeedPage:
        """What was added since the last page."""
        rows, self.waiting = tuple(self.waiting), []
        return page_of(rows, Mark(n=self.n, hash=self.hash), self.generation)

    def into(self, hall: OpenHall) -> Applied:
        """Bring the page into a hall."""
        found = apply_page(hall, self.page())
        assert isinstance(found, Applied), found
        return found


def page_of(rows: Sequence[FeedRow], upto: Mark, generation: str = GENERATION) -> FeedPage:
    """A page as it would come."""
    state = HubState(
        generation=generation, feed=upto, head=Mark(n=0, hash=NO_HASH), hub_time="2026-11-21T02:04:00.000+00:00"
    )
    return FeedPage(hub=state, rows=tuple(rows), upto=upto)


def broken(hall: OpenHall, page: FeedPage) -> FeedBroken:
    """Hold that a page is refused."""
    found = apply_page(hall, page)
    assert isinstance(found, FeedBroken), found
    return found


def ask(hall: OpenHall, question: str, *params: object) -> list[tuple[Any, ...]]:
    """The rows of a question in words of SQL."""
    with hall.reading() as reading:
        return reading.driver.execute(question, params).fetchall()


def findings(hall: OpenHall) -> list[str]:
    """What `verify` says of the hall's file."""
    return [f"{found.what}: {found.where}" for found in verify(hall.store).findings]


def harm(hall: OpenHall, *statements: str) -> None:
    """Change facts behind the program's back: without triggers, which are put back afterwards."""
    with hall.store.writing() as work:
        triggers = work.driver.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            work.driver.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert work.driver.execute(statement).rowcount != 0, f"harmed nothing: {statement}"
        for _, sql in triggers:
            work.driver.execute(sql)
