"""What a receipt that is entered again is held against, and the rows that it writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, func, insert, literal_column, select, union_all

from counter_app.storage import tables as t
from counter_app.storage import tables_sync as s
from counter_app.storage.payments import SettlementRow
from counter_app.storage.sql import Reading, Writing, compiled, placed

IMPORT = "recover.import"
"""The kind of an entry that records a payment again from its receipt."""

_e = t.entries.c
_KNOWN = compiled(
    union_all(
        select(_e.id).where(_e.entry_id == bindparam("entry_id")),
        select(s.foreign_entries.c.id).where(s.foreign_entries.c.entry_id == bindparam("entry_id")),
        select(s.ledger_lines.c.seq).where(s.ledger_lines.c.entry_id == bindparam("entry_id")),
        select(_e.id).where(
            _e.kind == bindparam("kind"),
            func.json_extract(_e.content, literal_column("'$.body.entry_id'")) == bindparam("entry_id"),
        ),
    )
)
_BILL = compiled(select(t.bills.c.id, t.bills.c.bill_no, t.bills.c.account_id).where(t.bills.c.id == bindparam("bill")))
_OF_ACCOUNT = compiled(
    select(t.bills.c.id, t.bills.c.bill_no)
    .where(t.bills.c.account_id == bindparam("account"))
    .order_by(t.bills.c.month, t.bills.c.id)
)
_ACCOUNT = compiled(select(t.accounts.c.id).where(t.accounts.c.account_no == bindparam("no")))
_SETTLEMENT = placed(
    insert(t.settlements).values({c.name: bindparam(c.name) for c in t.settlements.c if c.name != "id"}),
    tuple(c.name for c in t.settlements.c if c.name != "id"),
)


def is_known(reading: Reading, entry_id: str) -> bool:
    """Whether a payment's entry is in this file, was given back by the hub, is known from the feed, or was entered
    again already.
    """
    return reading.one(_KNOWN, {"entry_id": entry_id, "kind": IMPORT}) is not None


def bills_by_id(reading: Reading, bill_ids: Sequence[int]) -> list[tuple[int, str, int]]:
    """Id, number and account of those bills that are here, in the order asked for."""
    found = (reading.one(_BILL, {"bill": bill_id}) for bill_id in bill_ids)
    return [(row[0], row[1], row[2]) for row in found if row is not None]


def bills_of_account(reading: Reading, account_id: int) -> tuple[tuple[int, str], ...]:
    """Id and number of an account's bills, the oldest month first."""
    return tuple((row[0], row[1]) for row in reading.rows(_OF_ACCOUNT, {"account": account_id}))


def account_by_no(reading: Reading, account_no: str) -> int | None:
    """The account of a number, or None."""
    row = reading.one(_ACCOUNT, {"no": account_no})
    return None if row is None else int(row[0])


def add_settlements(work: Writing, settled: Sequence[SettlementRow], on: date, entry: int) -> None:
    """Write what the payment settled."""
    work.many(_SETTLEMENT, [(*row[:2], on.isoformat(), *row[2:], "counter", "counter", entry) for row in settled])
