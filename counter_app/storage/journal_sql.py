"""The statements of the journal."""

from __future__ import annotations

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from counter_app.storage import tables as t
from counter_app.storage.sql import compiled

HEAD = compiled(select(t.journal_head.c.seq, t.journal_head.c.hash).where(t.journal_head.c.epoch == bindparam("epoch")))
NEW_HEAD = compiled(insert(t.journal_head))
MOVE_HEAD = compiled(
    update(t.journal_head)
    .where(t.journal_head.c.epoch == bindparam("in_epoch"))
    .values(seq=bindparam("seq"), hash=bindparam("hash"))
)
ENTRY = compiled(insert(t.entries).values({c.name: bindparam(c.name) for c in t.entries.c if c.name != "id"}))
POSTING = compiled(insert(t.postings).values({c.name: bindparam(c.name) for c in t.postings.c if c.name != "id"}))
_new_balance = upsert(t.balances)
BALANCE = compiled(
    _new_balance.on_conflict_do_update(
        index_elements=[t.balances.c.account, t.balances.c.subject],
        set_={"balance_fen": t.balances.c.balance_fen + _new_balance.excluded.balance_fen},
    )
)
BALANCE_OF = compiled(
    select(t.balances.c.balance_fen).where(
        t.balances.c.account == bindparam("account"), t.balances.c.subject == bindparam("subject")
    )
)
BY_INTENT = compiled(
    select(t.entries.c.id, t.entries.c.entry_id, t.entries.c.kind, t.entries.c.content).where(
        t.entries.c.intent_id == bindparam("intent_id")
    )
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
