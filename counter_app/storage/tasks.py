"""Tasks as they came down from the hub: those that nobody has finished, and what an entry of our own finishes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, func, select, update

from counter_app.domain.tasks import OpenTask
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as y
from counter_app.storage.journal import day, moment
from counter_app.storage.sql import Reading, Row, Writing, compiled

CREDIT = "credit"
"""The posting account of what customers get back; its subject is the credit."""

_k = y.tasks.c
_SELECT = select(
    _k.task_id,
    _k.kind,
    _k.customer_id,
    _k.account_id,
    _k.amount_fen,
    _k.counter_id,
    _k.opened_at,
    _k.due_on,
    _k.facts,
    t.customers.c.name,
    t.accounts.c.account_no,
).select_from(
    y.tasks.outerjoin(t.customers, t.customers.c.id == _k.customer_id).outerjoin(
        t.accounts, t.accounts.c.id == _k.account_id
    )
)
_OPEN = compiled(_SELECT.where(_k.closed_at.is_(None)).order_by(_k.due_on, _k.task_id))
_ONE = compiled(_SELECT.where(_k.closed_at.is_(None), _k.task_id == bindparam("task")))
_CLOSE = compiled(
    update(y.tasks)
    .where(_k.task_id == bindparam("task"))
    .values(state=bindparam("to_state"), closed_at=bindparam("at"))
)
_HELD = compiled(select(y.feed_held.c.kind, func.count()).group_by(y.feed_held.c.kind).order_by(y.feed_held.c.kind))
_COUNTERS = compiled(select(t.counters.c.counter_id, t.counters.c.name))


def open_tasks(reading: Reading) -> tuple[OpenTask, ...]:
    """Those that nobody has finished, the most urgent first."""
    return tuple(_task(row) for row in reading.rows(_OPEN))


def find_open(reading: Reading, task_id: str) -> OpenTask | None:
    """One of them."""
    row = reading.one(_ONE, {"task": task_id})
    return None if row is None else _task(row)


def close(work: Writing, task_id: str, at: str) -> None:
    """An entry of ours has finished it: it is gone from the list before the hub says so too."""
    work.run(_CLOSE, {"task": task_id, "to_state": "done", "at": at})


def held_kinds(reading: Reading) -> Mapping[str, int]:
    """How many rows that came down wait because they do not fit yet, by their kind."""
    return dict(reading.rows(_HELD))


def counter_names(reading: Reading) -> Mapping[str, str]:
    """What the hall's counters are called, by their ids."""
    return dict(reading.rows(_COUNTERS))


def _task(row: Row) -> OpenTask:
    facts: Any = json.loads(row[8])
    task_id, kind, customer_id, account_id, amount_fen, counter_id, opened_at, due_on = row[:8]
    return OpenTask(
        task_id,
        kind,
        customer_id,
        account_id,
        amount_fen,
        counter_id,
        moment(opened_at),
        day(due_on),
        facts,
        row[9] or "",
        row[10] or "",
    )
