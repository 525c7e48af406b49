"""Taking rows of the feed, whatever their kind, into the tables of the hall in the order in which they came."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import bindparam, select

from counter_app.domain.sync_state import ChainMark
from counter_app.storage import feed_facts, feed_master, feed_people
from counter_app.storage import tables as t
from counter_app.storage.feed_taking import Take, Taking, take_run
from counter_app.storage.feed_taking import awaited as awaited
from counter_app.storage.hall import OpenHall
from counter_app.storage.search_index import index_customers
from counter_app.storage.sql import Reading, Row, Writing, compiled
from counter_app.storage.stamps import stamp

TAKES: dict[str, Take] = {
    "customer": feed_master.take_customers,
    "account": feed_master.take_accounts,
    "service": feed_master.take_services,
    "bill": feed_master.take_bills,
    "settlement": feed_facts.take_settlements,
    "book": feed_master.take_books,
    "book_move": feed_facts.take_moves,
    "undone": feed_facts.take_undone,
    "relief": feed_facts.take_reliefs,
    "staff": feed_people.take_staff,
    "pack": feed_people.take_packs,
    "hall": feed_people.take_words,
    "counter": feed_people.take_counters,
    "device": feed_people.take_devices,
    "task": feed_people.take_tasks,
    "line": feed_people.take_lines,
}
"""What takes the rows of each kind."""

OWNERS = frozenset(("customer", "account", "service", "bill", "book", "counter"))
"""Kinds that rows of other kinds wait for."""

_AT = compiled(
    select(t.entries.c.id).where(t.entries.c.epoch == bindparam("epoch"), t.entries.c.seq == bindparam("seq"))
)


class Incoming(NamedTuple):
    """A row that can be read: its kind and its values."""

    kind: str
    values: Row


def begin(hall: OpenHall, reading: Reading, acked: ChainMark | None) -> Taking:
    """What a commit that takes rows starts from; `acked` is what the hub has acknowledged of our journal."""
    row = reading.one(_AT, {"epoch": acked.epoch, "seq": acked.seq}) if acked else None
    return Taking(
        driver=hall.store.driver,
        counter_id=hall.hall.counter_id,
        device_id=hall.device.device_id,
        at=stamp(hall.clock.now()),
        acked=row[0] if row else 0,
    )


def take(work: Writing, rows: Sequence[Incoming], taking: Taking) -> dict[int, str]:
    """Take rows in their order; returns those that do not fit, by place, each with its reason."""
    whys: dict[int, str] = {}
    at = 0
    for kind, run in groupby(rows, key=lambda row: row.kind):
        values = [row.values for row in run]
        for place, why in take_run(work, TAKES[kind], values, taking).items():
            whys[at + place] = why
        at += len(values)
    return whys


def show(work: Writing, taking: Taking) -> None:
    """Let the search know of the customers that were touched, in the same commit."""
    if taking.shown:
        index_customers(work, taking.shown)
        taking.shown.clear()


def after(hall: OpenHall, taking: Taking) -> None:
    """After the commit: what the program holds in memory is as the file now says."""
    if taking.is_hall_new:
        hall.read_again()
    if taking.is_pack_new:
        hall.take_new_pack()
