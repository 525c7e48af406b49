"""What was counted in a shift, and what moved money in it: its entries, which are its only record."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, literal_column, select

from counter_app.domain.drawer_detective import MoneyRow
from counter_app.domain.payments import CASH
from counter_app.domain.shift_close import Declared, ShiftEntry, declared_of
from counter_app.domain.z_report import DRAWER, NOT_HELD, OPEN, TAKE
from counter_app.storage import tables as t
from counter_app.storage.journal import moment
from counter_app.storage.sql import Reading, placed

COUNTED = "shift.count"
"""The kind of the entry of a count."""
NO_SALE = "drawer.opened"

_e = t.entries.c
_COUNTS = placed(
    select(_e.id, _e.entry_id, _e.at, _e.staff_no, _e.content)
    .where(_e.shift_id == bindparam("shift"), _e.kind == bindparam("kind"))
    .order_by(_e.id),
    ("shift", "kind"),
)
_MOVED_SINCE = placed(
    select(func.count())
    .select_from(t.entries.join(t.postings, t.postings.c.entry == _e.id))
    .where(_e.shift_id == bindparam("shift"), _e.id > bindparam("counted_by")),
    ("shift", "counted_by"),
)
_WITH_MONEY = placed(
    select(_e.id, _e.entry_id, _e.kind, _e.at, _e.content, _e.staff_no)
    .where(_e.shift_id == bindparam("shift"))
    .order_by(_e.id),
    ("shift",),
)
_BEFORE = placed(
    select(t.shifts.c.float_fen)
    .where(t.shifts.c.counter_id == bindparam("counter"), t.shifts.c.opened_at < bindparam("opened"))
    .order_by(t.shifts.c.opened_at.desc())
    .limit(literal_column("1"))
    .offset(literal_column("0")),
    ("counter", "opened"),
)


class KeptCount(NamedTuple):
    """One count of the shift's drawer."""

    entry: int
    entry_id: str
    count_no: int
    counted_at: datetime
    staff_no: str
    declared: Declared


class ShiftMoney(NamedTuple):
    """What the detective asks about: the rows that moved money, those that opened the drawer, the counted float."""

    rows: tuple[MoneyRow, ...]
    opened: tuple[str, ...]
    float_pieces: dict[int, int]


def counts_of(reading: Reading, shift_id: str) -> tuple[KeptCount, ...]:
    """All counts of a shift, in their order."""
    found = []
    for entry, entry_id, at, staff_no, content in reading.rows(_COUNTS, (shift_id, COUNTED)):
        body = json.loads(content)["body"]
        found.append(KeptCount(entry, entry_id, body["count_no"], moment(at), staff_no, declared_of(body)))
    return tuple(found)


def has_moved_since(reading: Reading, shift_id: str, entry: int) -> bool:
    """Whether an entry of the shift has moved money behind this one."""
    row = reading.one(_MOVED_SINCE, (shift_id, entry))
    return bool(row and row[0])


def float_before(reading: Reading, counter_id: str, opened_at: str) -> int | None:
    """The float of the counter's shift before, in fen; None where there was none."""
    row = reading.one(_BEFORE, (counter_id, opened_at))
    return None if row is None else int(row[0])


def money_of(reading: Reading, shift_id: str) -> ShiftMoney:
    """The entries of a shift as the detective asks for them."""
    rows, opened, pieces = [], [], {}
    for _, entry_id, kind, at, content, _ in reading.rows(_WITH_MONEY, (shift_id,)):
        document = json.loads(content)
        if kind == NO_SALE:
            opened.append(entry_id)
        elif kind == OPEN:
            pieces = {fen: count for fen, count in document["body"]["count"] if fen != 1}
        elif document["postings"]:
            rows.append(_money_row(entry_id, kind, moment(at), document, shift_id))
    return ShiftMoney(tuple(rows), tuple(opened), pieces)


def entries_of(reading: Reading, shift_id: str) -> dict[str, ShiftEntry]:
    """All entries of a shift by their ids, for whoever opens a figure."""
    found = {}
    for _, entry_id, kind, at, content, staff_no in reading.rows(_WITH_MONEY, (shift_id,)):
        document = json.loads(content)
        row = _money_row(entry_id, kind, moment(at), document, shift_id, _HELD | NOT_HELD)
        fen = sum(fen for _, fen in row.parts) - row.change_fen
        found[entry_id] = ShiftEntry(entry_id, kind, moment(at), staff_no, row.words, fen, document["customer_id"])
    return found


_HELD = frozenset((DRAWER, "card", "qr", "cheque", "bank_slip"))


def _money_row(
    entry_id: str, kind: str, at: datetime, document: dict[str, Any], shift_id: str, accounts: frozenset[str] = _HELD
) -> MoneyRow:
    body = document["body"]
    minute = int(at.timestamp()) // 60
    if kind == TAKE:
        parts = tuple((tender[0], tender[1]) for tender in body["tenders"])
        return MoneyRow(entry_id, "payment", minute, body["receipt"]["receipt_no"], parts, body["change_fen"])
    words = str(body.get("receipt_no") or body.get("reason") or "")
    parts = tuple(
        (CASH if account == DRAWER else account, fen)
        for account, subject, fen in document["postings"]
        if subject == shift_id and account in accounts
    )
    return MoneyRow(entry_id, kind.replace(".", "_"), minute, words, parts)
