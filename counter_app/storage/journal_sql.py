"""The statements of the journal."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from counter_app.storage import tables as t
from counter_app.storage.sql import compiled, placed


class EntryRow(NamedTuple):
    """An entry as its row keeps it, in the order of the columns."""

    epoch: int
    seq: int
    entry_id: str
    intent_id: str | None
    kind: str
    staff_no: str
    shift_id: str | None
    customer_id: int | None
    business_date: str
    at: str
    device_id: str
    content: str
    prev_hash: bytes
    hash: bytes
    signature: bytes


HEAD = placed(
    select(t.journal_head.c.seq, t.journal_head.c.hash).where(t.journal_head.c.epoch == bindparam("epoch")), ("epoch",)
)
NEW_HEAD = placed(insert(t.journal_head), ("epoch", "seq", "hash"))
MOVE_HEAD = placed(
    update(t.journal_head)
    .where(t.journal_head.c.epoch == bindparam("in_epoch"))
    .values(seq=bindparam("seq"), hash=bindparam("hash")),
    ("seq", "hash", "in_epoch"),
)
ENTRY = placed(
    insert(t.entries).values({c.name: bindparam(c.name) for c in t.entries.c if c.name != "id"}), EntryRow._fields
)
POSTING = placed(
    insert(t.postings).values({c.name: bindparam(c.name) for c in t.postings.c if c.name != "id"}),
    ("entry", "line", "account", "subject", "amount_fen"),
)
_new_balance = upsert(t.balances)
BALANCE = placed(
    _new_balance.on_conflict_do_update(
        index_elements=[t.balances.c.account, t.balances.c.subject],
        set_={"balance_fen": t.balances.c.balance_fen + _new_balance.excluded.balance_fen},
    ),
    ("account", "subject", "balance_fen"),  # as a posting has them
)
BALANCE_OF = compiled(
    select(t.balances.c.balance_fen).where(
        t.balances.c.account == bindparam("account"), t.balances.c.subject == bindparam("subject")
    )
)
BY_INTENT = placed(
    select(t.entries.c.id, t.entries.c.entry_id, t.entries.c.kind, t.entries.c.content).where(
        t.entries.c.intent_id == bindparam("intent_id")
    ),
    ("intent_id",),
)
OF_DAY = compiled(
    select(func.count())
    .select_from(t.entries)
    .where(
        t.entries.c.business_date == bindparam("day"),
        t.entries.c.kind == bindparam("kind"),
        t.entries.c.staff_no == bindparam("staff_no"),
    )
)
LAST = compiled(select(func.max(t.entries.c.at)))
