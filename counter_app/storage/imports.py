"""Staging of an import beside the hall's tables, and the one commit that swaps it in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy import update as sql_update
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable, DropTable

from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage.seals import SEALED
from counter_app.storage.sql import Reading, Row, Sql, Writing, compiled

UNCHANGED, NEW, CHANGED = 0, 1, 2
"""What an import makes of a record."""

_QMARK = sqlite.dialect(paramstyle="qmark")
_STAGED = MetaData()
_JSON_COLUMNS = {"customers": ("flags", "contacts"), "bills": ("items",)}
"""What hangs on a record and is staged with it as JSON; null means that it stays as it is."""


def _staged(target: Table) -> Table:
    return Table(
        f"staged_{target.name}",
        _STAGED,
        Column("staged_row", Integer, primary_key=True),
        Column("staged_key", Text, nullable=False, unique=True),
        Column("staged_change", Integer, nullable=False),
        *(Column(c.name, c.type) for c in target.c),
        *(Column(f"staged_{name}", Text) for name in _JSON_COLUMNS.get(target.name, ())),
        prefixes=["TEMPORARY"],
    )


_TARGETS = {
    table.name: table
    for table in (t.customers, t.accounts, t.services, t.bills, t.settlements, t.books, r.past_retentions)
}
_STAGES = {name: _staged(table) for name, table in _TARGETS.items()}
_KEYS = func.json_each(bindparam("keys")).table_valued("value", name="wanted")
_ONE: ColumnElement[Any] = literal_column("1")
_TWO: ColumnElement[Any] = literal_column("2")
_TRUE: ColumnElement[Any] = literal_column("1")
_ENTRY_OF = {sealed.name: sealed.entry for sealed in SEALED}
"""Rows that carry the entry which brings them; their ids follow each other, so the table gives them."""
_PIECE_ROWS = 20_000
"""Rows of the file that one statement of the last commit moves: often enough to tell how far it is."""


def _put(stage: Table) -> Sql:
    statement = insert(stage).prefix_with("OR IGNORE").values({c.name: bindparam(c.name) for c in stage.c})
    return Sql(statement.compile(dialect=_QMARK).string)


def _piece(stage: Table) -> ColumnElement[bool]:
    return and_(stage.c.staged_row > bindparam("after"), stage.c.staged_row <= bindparam("last"))


def _insert(target: Table, stage: Table) -> Sql:
    entry = _ENTRY_OF.get(target.name)
    names = [c.name for c in target.c if entry is None or c.name not in ("id", entry.name)]
    columns: list[ColumnElement[Any]] = [stage.c[name] for name in names]
    if entry is not None:
        names, columns = [*names, entry.name], [*columns, bindparam("entry")]
    chosen = select(*columns).where(stage.c.staged_change == _ONE, _piece(stage)).order_by(stage.c.staged_row)
    return compiled(insert(target).from_select(names, chosen))


def _update(target: Table, stage: Table) -> Sql:
    values = {c.name: stage.c[c.name] for c in target.c if c.name != "id"}
    where = (target.c.id == stage.c.id, stage.c.staged_change == _TWO, _piece(stage))
    return compiled(sql_update(target).values(values).where(*where))


_PUT = {name: _put(stage) for name, stage in _STAGES.items()}
_AGAIN = {
    name: compiled(select(stage).where(stage.c.staged_key.in_(select(_KEYS.c.value))))
    for name, stage in _STAGES.items()
}
_MAKE = {name: Sql(CreateTable(stage).compile(dialect=_QMARK).string) for name, stage in _STAGES.items()}
_LAST_ROW = {name: compiled(select(func.max(stage.c.staged_row))) for name, stage in _STAGES.items()}
_DROP = {name: Sql(DropTable(stage, if_exists=True).compile(dialect=_QMARK).string) for name, stage in _STAGES.items()}
_SWAP = {name: (_insert(_TARGETS[name], stage), _update(_TARGETS[name], stage)) for name, stage in _STAGES.items()}


@dataclass(frozen=True, slots=True)
class Taken:
    """A staged record whose key was staged before: the place in the batch, the earlier row, and whether it is the
    same.
    """

    place: int
    earlier_row: int
    is_same: bool


def open_stages(work: Writing, names: Iterable[str]) -> None:
    """Make empty stages; they live with the writer's connection and are never part of the hall's file."""
    for name in names:
        work.run(_DROP[name])
        work.run(_MAKE[name])


def drop_stages(work: Writing, names: Iterable[str]) -> None:
    """Forget what was staged."""
    for name in names:
        work.run(_DROP[name])


def stage(work: Writing, name: str, rows: Sequence[Row]) -> list[Taken]:
    """Put records aside: (row of the file, key, change, the table's columns, what hangs on it).

    Returns those whose key was taken before; they are left out.
    """
    if work.driver.executemany(_PUT[name], rows).rowcount == len(rows):
        return []
    keys = json.dumps([row[1] for row in rows])
    earlier = {row[1]: row for row in work.rows(_AGAIN[name], {"keys": keys})}
    taken = []
    for place, row in enumerate(rows):
        found = earlier[row[1]]
        if found[0] != row[0]:
            # the id is ours, not the file's
            taken.append(Taken(place, found[0], found[4:] == row[4:]))
    return taken


_i = t.bill_items.c
_each = func.json_each
_BILLS, _CUSTOMERS = _STAGES["bills"], _STAGES["customers"]


def _changed(staged: Table, column: str) -> Any:
    is_changed = staged.c.staged_change > literal_column("0")
    return select(staged.c.id).where(is_changed, staged.c[column].isnot(None), _piece(staged))


def _parts(staged: Table, column: str) -> tuple[Any, Any, Any, Any]:
    parts = _each(staged.c[column]).table_valued("key", "value", name="part")
    return parts, staged.c.staged_change > literal_column("0"), staged.c[column].isnot(None), _piece(staged)


def _at(place: int, parts: Any) -> Any:
    return func.json_extract(parts.c.value, literal_column(f"'$[{place}]'"))


def _items() -> tuple[Sql, Sql]:
    parts, *where = _parts(_BILLS, "staged_items")
    chosen = select(_BILLS.c.id, parts.c.key + _ONE, _at(0, parts), _at(1, parts)).select_from(
        _BILLS.join(parts, _TRUE)
    )
    return (
        compiled(delete(t.bill_items).where(_i.bill_id.in_(_changed(_BILLS, "staged_items")))),
        compiled(insert(t.bill_items).from_select([c.name for c in _i], chosen.where(*where))),
    )


def _contacts() -> tuple[Sql, Sql]:
    parts, *where = _parts(_CUSTOMERS, "staged_contacts")
    chosen = select(_CUSTOMERS.c.id, parts.c.key + _ONE, _at(0, parts), _at(1, parts), _at(2, parts))
    chosen = chosen.select_from(_CUSTOMERS.join(parts, _TRUE)).where(*where)
    return (
        compiled(delete(t.contacts).where(t.contacts.c.customer_id.in_(_changed(_CUSTOMERS, "staged_contacts")))),
        compiled(insert(t.contacts).from_select([c.name for c in t.contacts.c], chosen)),
    )


def _flags() -> tuple[Sql, Sql]:
    parts, *where = _parts(_CUSTOMERS, "staged_flags")
    flags = t.customer_flags.c
    kept = select(_CUSTOMERS.c.id, parts.c.value).select_from(_CUSTOMERS.join(parts, _TRUE)).where(*where)
    chosen = select(_CUSTOMERS.c.id, parts.c.value, bindparam("on"), literal_column("''"))
    chosen = chosen.select_from(_CUSTOMERS.join(parts, _TRUE)).where(*where)
    return (
        compiled(
            delete(t.customer_flags).where(
                flags.customer_id.in_(_changed(_CUSTOMERS, "staged_flags")),
                tuple_(flags.customer_id, flags.flag).not_in(kept),
            )
        ),
        compiled(insert(t.customer_flags).prefix_with("OR IGNORE").from_select([c.name for c in flags], chosen)),
    )


_HANGING = {"bills": (_items(),), "customers": (_contacts(), _flags())}


def swap_in(
    work: Writing,
    names: Iterable[str],
    *,
    on: str,
    entry: int,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> None:
    """Make what was staged part of the hall; `on` is the day from which new flags count, `entry` the row id of the
    entry that brings it. `progress` hears how many rows of how many are moved.
    """
    ends = {name: int((work.one(_LAST_ROW[name]) or (0,))[0] or 0) for name in names}
    total, done = sum(ends.values()), 0
    progress(done, total)
    for name, end in ends.items():
        for after in range(0, end, _PIECE_ROWS):
            last = min(after + _PIECE_ROWS, end)
            piece: dict[str, str | int] = {"after": after, "last": last, "on": on, "entry": entry}
            for sql in _SWAP[name]:
                work.run(sql, piece)
            for remove, add in _HANGING.get(name, ()):
                work.run(remove, piece)
                work.run(add, piece)
            done += last - after
            progress(done, total)


_IMPORT = compiled(insert(t.imports).values({c.name: bindparam(c.name) for c in t.imports.c if c.name != "id"}))
_KNOWN = compiled(
    select(func.count())
    .select_from(t.imports)
    .where(
        t.imports.c.what == bindparam("what"),
        t.imports.c.file_sha256 == bindparam("file_sha256"),
        t.imports.c.map_sha256 == bindparam("map_sha256"),
    )
)
_LAST_ID = {name: compiled(select(func.max(table.c.id))) for name, table in _TARGETS.items()}


def _by(column: Column[Any], *more: Column[Any]) -> Sql:
    table = column.table
    chosen = more or tuple(table.c)
    return compiled(select(column, *chosen).where(column.in_(select(_KEYS.c.value))))


def _bills_of_months() -> Sql:
    """By pairs of account number and month; an account may have several bills of one month."""
    account_no, month = (func.json_extract(_KEYS.c.value, literal_column(f"'$[{at}]'")) for at in (0, 1))
    joined = _KEYS.join(t.accounts, t.accounts.c.account_no == account_no).join(
        t.bills, and_(t.bills.c.account_id == t.accounts.c.id, t.bills.c.month == month)
    )
    chosen = select(t.accounts.c.account_no, t.bills.c.month, t.bills.c.id, t.bills.c.bill_no)
    return compiled(chosen.select_from(joined).order_by(t.bills.c.id))


_FIND: Mapping[str, Sql] = {
    "customers": _by(t.customers.c.customer_no),
    "accounts": _by(t.accounts.c.account_no),
    "services": _by(t.services.c.number),
    "bills": _by(t.bills.c.bill_no),
    "settlements": _by(t.settlements.c.settlement_id),
    "past_retentions": _by(r.past_retentions.c.record_no),
    "flags": _by(t.customer_flags.c.customer_id, t.customer_flags.c.flag),
    "contacts": _by(t.contacts.c.customer_id, t.contacts.c.kind, t.contacts.c.value, t.contacts.c.person),
    "books": _by(t.books.c.account_id, t.books.c.kind, t.books.c.opening_fen),
    "items": _by(_i.bill_id, _i.item, _i.amount_fen),
    "account_ids": _by(t.accounts.c.account_no, t.accounts.c.id),
    "bill_ids": _by(t.bills.c.bill_no, t.bills.c.id),
    "owners": compiled(
        select(t.accounts.c.account_no, t.customers.c.customer_no)
        .select_from(t.accounts.join(t.customers, t.customers.c.id == t.accounts.c.customer_id))
        .where(t.accounts.c.account_no.in_(select(_KEYS.c.value)))
    ),
    "bills_of_months": _bills_of_months(),
    "account_services": _by(t.services.c.account_id, t.services.c.number, t.services.c.id),
}


def find_rows(reading: Reading, name: str, keys: Iterable[str | int | tuple[str, str]]) -> list[Row]:
    """The rows of one kind with any of these keys; the key stands first in each."""
    return reading.rows(_FIND[name], {"keys": json.dumps(list(keys), ensure_ascii=False)})


def last_id(reading: Reading, name: str) -> int:
    """The highest id in use in a table, 0 in an empty one."""
    row = reading.one(_LAST_ID[name])
    return int(row[0]) if row and row[0] is not None else 0


def is_known(reading: Reading, *, what: str, file_sha256: str, map_sha256: str) -> bool:
    """Whether exactly this file was imported before with this map."""
    row = reading.one(_KNOWN, {"what": what, "file_sha256": file_sha256, "map_sha256": map_sha256})
    return bool(row and row[0])


def add_import(work: Writing, facts: Mapping[str, str | int]) -> None:
    """Keep that a file was imported, by the columns of `imports`."""
    work.insert(_IMPORT, facts)
