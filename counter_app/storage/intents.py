"""Intents: a decision about money, kept before the money is confirmed, so that a crash can be answered."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from counter_app.domain.payment_history import Unfinished
from counter_app.storage import tables as t
from counter_app.storage.journal import moment
from counter_app.storage.sql import Reading, Writing, compiled, placed

_i = t.intents.c
_BEGIN = compiled(
    upsert(t.intents)
    .values({c.name: bindparam(c.name) for c in t.intents.c})
    .on_conflict_do_nothing(index_elements=[_i.intent_id])
)
_RECORD = placed(
    update(t.intents)
    .where(_i.intent_id == bindparam("intent"))
    .values(state=bindparam("to_state"), entry=bindparam("by_entry")),
    ("to_state", "by_entry", "intent"),
)
_STATE = compiled(update(t.intents).where(_i.intent_id == bindparam("intent")).values(state=bindparam("to_state")))
_UNFINISHED = compiled(
    select(_i.intent_id, _i.kind, _i.customer_id, _i.staff_no, _i.amount_fen, _i.begun_at, t.entries.c.id)
    .select_from(t.intents.outerjoin(t.entries, t.entries.c.intent_id == _i.intent_id))
    .where(_i.state != bindparam("seen"))
    .order_by(_i.begun_at)
)


def begin(
    work: Writing,
    intent_id: str,
    *,
    kind: str,
    customer_id: int | None,
    shift_id: str | None,
    staff_no: str,
    amount_fen: int,
    begun_at: str,
) -> None:
    """Keep an intent; the same one again changes nothing."""
    work.run(
        _BEGIN,
        {
            "intent_id": intent_id,
            "kind": kind,
            "customer_id": customer_id,
            "shift_id": shift_id,
            "staff_no": staff_no,
            "amount_fen": amount_fen,
            "begun_at": begun_at,
            "state": "begun",
            "entry": None,
        },
    )


def record(work: Writing, intent_id: str, entry: int) -> None:
    """Tie the intent to its entry, in the entry's commit."""
    work.run(_RECORD, ("recorded", entry, intent_id))


def see(work: Writing, intent_id: str) -> None:
    """Somebody has seen how the intent ended."""
    work.run(_STATE, {"intent": intent_id, "to_state": "seen"})


def unfinished(reading: Reading) -> tuple[Unfinished, ...]:
    """The intents whose end nobody has seen, oldest first."""
    return tuple(
        Unfinished(row[0], row[1], row[2], row[3], row[4], moment(row[5]), row[6])
        for row in reading.rows(_UNFINISHED, {"seen": "seen"})
    )
