"""The rows of a snapshot against what the file has: which of them are other, and which of ours the hub has no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Column, ColumnElement, Table, bindparam, func, literal_column, select

from counter_app.storage import tables as t
from counter_app.storage import tables_reliefs as r
from counter_app.storage import tables_sync as y
from counter_app.storage import tables_undo as u
from counter_app.storage.feed_checks import FROM_FEED
from counter_app.storage.feed_facts import OPENING
from counter_app.storage.feed_master import NAMED_BY
from counter_app.storage.feed_taking import ASKED, keys_of
from counter_app.storage.sql import Reading, Row, Sql, compiled

_LARGEST_BIT = 1 << 32


class Ids:
    """Whole numbers that were seen: a bit each, however many there are."""

    def __init__(self) -> None:
        self._bits = bytearray()
        self._large: set[int] = set()

    def add(self, number: int) -> None:
        """Remember a number."""
        if number >= _LARGEST_BIT:
            self._large.add(number)
            return
        at = number >> 3
        if at >= len(self._bits):
            self._bits.extend(bytes(max(at + 1 - len(self._bits), len(self._bits), 1024)))
        self._bits[at] |= 1 << (number & 7)

    def __contains__(self, number: int) -> bool:
        """Whether it was seen."""
        if number >= _LARGEST_BIT:
            return number in self._large
        at = number >> 3
        return at < len(self._bits) and bool(self._bits[at] >> (number & 7) & 1)


def hanging(owner: Column[int], of: Column[int], *names: str) -> ColumnElement[str]:
    """What hangs on a row, as JSON lists in the order of the key: by it the rows are kept, and so they are read."""
    table = owner.table
    parts = func.json_array(*(table.c[name] for name in names))
    return select(func.json_group_array(parts)).where(owner == of).correlate(of.table).scalar_subquery()


def _of(table: Table, *more: object) -> Sql:
    return compiled(select(*table.c, *more).where(table.c.id.in_(select(ASKED.c.value))))


_MASTER: dict[str, Sql] = {
    "customer": _of(
        t.customers,
        hanging(t.customer_flags.c.customer_id, t.customers.c.id, "flag", "since_on", "note"),
        hanging(t.contacts.c.customer_id, t.customers.c.id, "kind", "value", "person"),
    ),
    "account": _of(t.accounts),
    "service": _of(t.services),
    "bill": _of(t.bills, hanging(t.bill_items.c.bill_id, t.bills.c.id, "item", "amount_fen")),
}
FACTS = ("settlement", "book_move", "undone", "relief")
"""Facts that are compared, by kind."""
TABLES = {"customer": t.customers, "account": t.accounts, "service": t.services, "bill": t.bills, "book": t.books}
"""Master data that is compared, by kind."""

_b, _m, _s = t.books.c, y.book_moves.c, t.settlements.c
_opened = select(_m.amount_fen).where(_m.move_id == literal_column(f"'{OPENING}'").concat(_b.id)).scalar_subquery()
_BOOKS = compiled(
    select(
        *(_b.id, _b.account_id, _b.name, _b.kind, _b["items"], _b.priority, _b.valid_to),
        _b.opening_fen + func.coalesce(_opened, literal_column("0")),
        *(_b.opening_source, _b.opened_on),
    ).where(_b.id.in_(select(ASKED.c.value)))
)
_SETTLEMENTS = compiled(
    select(
        *(_s.settlement_id, _s.bill_id, _s.settled_on, _s.principal_fen, _s.late_fee_fen, _s.cost_fen, _s.source),
        *(_s.channel, _s.id, _s.entry),
    ).where(_s.settlement_id.in_(select(ASKED.c.value)))
)
_MOVES = compiled(
    select(_m.move_id, *(_m[n] for n in ("book_id", "amount_fen", "counter_id", "at")), _m.id).where(
        _m.move_id.in_(select(ASKED.c.value))
    )
)
_u = u.undone_elsewhere.c
_UNDONE = compiled(select(*(c for c in _u if c.name != "id"), _u.id).where(_u.payment_id.in_(select(ASKED.c.value))))
_r = r.reliefs_elsewhere.c
_RELIEFS = compiled(select(*(c for c in _r if c.name != "id"), _r.id).where(_r.step_id.in_(select(ASKED.c.value))))
_BY_KEY = {"book_move": _MOVES, "undone": _UNDONE, "relief": _RELIEFS}
_LINES = compiled(select(y.ledger_lines.c.entry_id).where(y.ledger_lines.c.entry_id.in_(select(ASKED.c.value))))


class Comparing:
    """What a snapshot was found to have and to lack, while its parts pass by."""

    def __init__(self) -> None:
        self.seen: dict[str, Ids] = {kind: Ids() for kind in (*TABLES, *FACTS)}
        self.tasks: set[str] = set()
        self.reopened: list[int] = []
        self.renamed: dict[str, list[int]] = {kind: [] for kind in TABLES}
        """Ids under which the file has something else than the hub, by the words that name it."""

    def other(self, reading: Reading, kind: str, rows: Sequence[Row]) -> list[int]:
        """The places of the rows that are not in the file just so."""
        if kind in TABLES:
            seen = self.seen[kind]
            for row in rows:
                seen.add(row[0])
            held = {row[0]: row for row in reading.rows(_MASTER.get(kind, _BOOKS), keys_of(row[0] for row in rows))}
            if kind == "book":
                self._openings(reading, rows, held)
            for name in NAMED_BY.get(TABLES[kind].name, ()):
                at = list(TABLES[kind].c.keys()).index(name)
                self.renamed[kind] += [row[0] for row in rows if row[0] in held and held[row[0]][at] != row[at]]
            return [place for place, row in enumerate(rows) if held.get(row[0]) != row]
        if kind == "settlement":
            return self._facts(reading, kind, _SETTLEMENTS, rows, [(*row[:6], _source(row), row[7]) for row in rows])
        if kind in _BY_KEY:
            return self._facts(reading, kind, _BY_KEY[kind], rows, rows)
        if kind == "line":
            known = {row[0] for row in reading.rows(_LINES, keys_of(row[0] for row in rows))}
            return [place for place, row in enumerate(rows) if row[0] not in known]
        if kind == "task":
            self.tasks.update([row[0] for row in rows])
        return list(range(len(rows)))

    def _openings(self, reading: Reading, rows: Sequence[Row], held: Mapping[int, Row]) -> None:
        """What a book opened with is a move here: seen with its book, or the book is opened anew."""
        keys = keys_of(f"{OPENING}{row[0]}" for row in rows)
        moves = {row[0]: row for row in reading.rows(_MOVES, keys)}
        for row in rows:
            move = moves.get(f"{OPENING}{row[0]}")
            if move is not None and move[2] == row[7]:
                self.seen["book_move"].add(move[5])
            elif row[0] in held and held[row[0]][7] != row[7]:
                self.reopened.append(row[0])

    def _facts(
        self, reading: Reading, kind: str, question: Sql, rows: Sequence[Row], wanted: Sequence[Row]
    ) -> list[int]:
        """A fact that is ours is looked at when it is taken; one of the hub's that is other now is taken anew."""
        held = {row[0]: row for row in reading.rows(question, keys_of(row[0] for row in rows))}
        other = []
        for place, row in enumerate(wanted):
            kept = held.get(row[0])
            if kept is None:
                other.append(place)
                continue
            is_own = kind == "settlement" and kept[9] is not None
            if is_own or kept[: len(row)] == row:
                self.seen[kind].add(kept[8] if kind == "settlement" else kept[-1])
            if kept[: len(row)] != row:
                other.append(place)
        return other


def _source(row: Row) -> str:
    return f"{FROM_FEED}{row[6]}:{row[8]}" if row[8] else f"{FROM_FEED}{row[6]}"


_IDS = {kind: compiled(select(table.c.id).order_by(table.c.id)) for kind, table in TABLES.items()} | {
    "settlement": compiled(
        select(_s.id).where(literal_column("substr(source, 1, 4) = 'hub:'"), _s.id <= bindparam("last")).order_by(_s.id)
    ),
    "book_move": compiled(select(_m.id).where(_m.id <= bindparam("last")).order_by(_m.id)),
    "undone": compiled(select(_u.id).where(_u.id <= bindparam("last")).order_by(_u.id)),
    "relief": compiled(select(_r.id).where(_r.id <= bindparam("last")).order_by(_r.id)),
}


def unseen(reading: Reading, kind: str, seen: Ids, *, last: int) -> Iterable[int]:
    """Ids of the file that the snapshot did not have; of facts only those up to `last`, where it began."""
    params = {"last": last} if kind in FACTS else {}
    for many in reading.stream(_IDS[kind], params):
        yield from (row[0] for row in many if row[0] not in seen)
