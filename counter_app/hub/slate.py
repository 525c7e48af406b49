"""The slate on which entries are worked out before anything is written: kept whole, or wiped whole.

A savepoint in the data base for each entry would cost more than everything else that is done with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, bindparam, func, literal_column, select

from counter_app.domain.id_ranges import GUESTS, RANGE
from counter_app.hub import feed
from counter_app.hub import tables as t
from counter_app.hub.calls import json_text
from counter_app.hub.feed import FeedEnd
from counter_app.hub.rows import PARKED, WRITTEN, Guest, Kept, MasterRow, Parked
from counter_app.hub.sql import ask, find, put

R = TypeVar("R")
_WAITING = (
    select(t.parked)
    .where(t.parked.c.hall_id == bindparam("hall"), t.parked.c.freed_by.is_(None))
    .order_by(t.parked.c.entry_id)
)
_LAST_GUEST = select(func.max(t.guests.c.id)).where(
    t.guests.c.hall_id == bindparam("hall"), t.guests.c.id < literal_column(str(RANGE))
)
_LAST_AT_HOME = select(func.max(t.guests.c.home_id)).where(
    t.guests.c.home_hall_id == bindparam("hall"),
    t.guests.c.kind == literal_column("'book'"),
    t.guests.c.home_id < literal_column(str(RANGE)),
)
_GUESTS_SINCE, _GUEST_EVERY = datetime(2020, 1, 1, tzinfo=UTC), timedelta(milliseconds=10)
Key = tuple[str, str | int]
"""A hall, and what names the row within it."""
MasterKey = tuple[str, str, int]
"""A hall, the kind of a master row, and its id in that hall."""


class Ground:
    """What the data base holds, read once and remembered; the feeds of its halls are held meanwhile.

    `guests` are all guests' rows that the entries may touch, in whichever hall they are guests.
    """

    def __init__(
        self, connection: Connection, ends: Mapping[str, FeedEnd], guests: Iterable[Guest] = (), *, at: str = ""
    ) -> None:
        self.connection, self._at = connection, at
        self.ends = dict(ends)
        self.held = dict(ends)
        self.guests = {(guest.hall_id, guest.kind, guest.id): guest for guest in guests}
        self._rows: dict[str, dict[Key, Any]] = {kept.table.name: {} for kept in WRITTEN}
        self._masters: dict[MasterKey, MasterRow | None] = {}
        self._parked: dict[str, dict[Key, Parked]] = {}
        self._last_guests: dict[str, int] = {}

    def load(self, kept: Kept[R], hall_id: str, keys: Iterable[str] | Iterable[int]) -> None:
        """Read rows that will be asked for, in one statement."""
        known = self._rows[kept.table.name]
        wanted: list[Any] = [key for key in dict.fromkeys(keys) if (hall_id, key) not in known]
        for key in wanted:
            known[hall_id, key] = None
        for row in find(self.connection, kept.table, kept.key, wanted, hall_id=hall_id):
            made = kept.row(*row)
            known[hall_id, getattr(made, kept.key)] = made

    def row(self, kept: Kept[R], key: Key) -> R | None:
        """A row as the data base holds it."""
        known = self._rows[kept.table.name]
        if key not in known:
            self.load(kept, key[0], cast(list[str], [key[1]]))
        found: R | None = known[key]
        return found

    def master(self, key: MasterKey) -> MasterRow | None:
        """A master row by its id."""
        if key not in self._masters:
            hall_id, kind, row_id = key
            rows = find(self.connection, t.master_rows, "id", [row_id], hall_id=hall_id, kind=kind)
            self._masters[key] = MasterRow(*rows[0]) if rows else None
        return self._masters[key]

    def parked(self, hall_id: str) -> dict[Key, Parked]:
        """The entries of a hall that wait for something."""
        if hall_id not in self._parked:
            found = (Parked(*kept) for kept in ask(self.connection, _WAITING, hall=hall_id))
            self._parked[hall_id] = {(hall_id, kept.entry_id): kept for kept in found}
        return self._parked[hall_id]

    def next_id(self, hall_id: str) -> int:
        """A fresh id for a master row of a hall; one that is not used in the end is missing, and nothing more."""
        end = self.ends[hall_id]
        self.ends[hall_id] = end._replace(last_id=end.last_id + 1)
        return end.last_id + 1

    def next_guest_id(self, hall_id: str) -> int:
        """A fresh id for a row of another hall's customer, or for a book that another hall's money opens at home, which
        no history that the hub has lost can have given: it begins with the hub's time.
        """
        last = self._last_guests.get(hall_id)
        if last is None:
            questions = (_LAST_GUEST, _LAST_AT_HOME)
            kept = [row[0] or 0 for question in questions for row in ask(self.connection, question, hall=hall_id)]
            since = datetime.fromisoformat(self._at) - _GUESTS_SINCE if self._at else timedelta(0)
            last = max(*kept, GUESTS + since // _GUEST_EVERY)
        self._last_guests[hall_id] = last + 1
        return last + 1


class Slate:
    """Changes over a ground or over another slate; `keep` hands them down, forgetting the slate wipes them."""

    def __init__(self, below: Slate | Ground) -> None:
        self._below = below
        self.ground: Ground = below.ground if isinstance(below, Slate) else below
        self.rows: dict[str, dict[Key, Any]] = {}
        self.masters: dict[MasterKey, MasterRow] = {}
        self.guests: dict[MasterKey, Guest] = {}
        self.told: list[tuple[str, str, str]] = []
        self.balances: defaultdict[tuple[str, str, str], int] = defaultdict(int)

    def find(self, kept: Kept[R], hall_id: str, key: str | int) -> R | None:
        """A row as it stands with everything that was worked out so far."""
        rows = self.rows.get(kept.table.name)
        found: R | None = None if rows is None else rows.get((hall_id, key))
        if found is not None:
            return found
        if isinstance(self._below, Slate):
            return self._below.find(kept, hall_id, key)
        return self._below.row(kept, (hall_id, key))

    def need(self, kept: Kept[R], hall_id: str, key: str | int) -> R:
        """A row that is there."""
        found = self.find(kept, hall_id, key)
        assert found is not None, f"{kept.table.name} {key}"
        return found

    def put(self, kept: Kept[R], row: R) -> None:
        """A new row, or a new state of one."""
        hall_id: str = getattr(row, "hall_id")  # noqa: B009  # every row is of a hall, which its type parameter cannot say
        self.rows.setdefault(kept.table.name, {})[hall_id, getattr(row, kept.key)] = row

    def parked(self, hall_id: str) -> list[Parked]:
        """The entries of a hall that wait for something, with everything that was worked out so far."""
        rows, made = self.ground.parked(hall_id), self.made(PARKED)
        if not rows and not made:
            return []
        rows = {**rows, **{(row.hall_id, row.entry_id): row for row in made}}
        found = [row for row in rows.values() if row.freed_by is None and row.hall_id == hall_id]
        return sorted(found, key=lambda row: row.entry_id)

    def made(self, kept: Kept[R]) -> list[R]:
        """The rows of a kind that were put so far, the oldest first."""
        below = self._below.made(kept) if isinstance(self._below, Slate) else []
        mine = self.rows.get(kept.table.name)
        return [*below, *mine.values()] if mine else below

    def master(self, hall_id: str, kind: str, row_id: int) -> MasterRow | None:
        """A master row by its id, or None."""
        found = self.masters.get((hall_id, kind, row_id))
        if found is not None:
            return found
        if isinstance(self._below, Slate):
            return self._below.master(hall_id, kind, row_id)
        return self._below.master((hall_id, kind, row_id))

    def put_master(self, row: MasterRow) -> None:
        """A new state of a master row that has an id."""
        assert row.id is not None, f"a {row.kind} without an id"
        self.masters[row.hall_id, row.kind, row.id] = row

    def guest(self, hall_id: str, kind: str, row_id: int) -> Guest | None:
        """Where a guest's row is at home, or None."""
        found = self.guests.get((hall_id, kind, row_id))
        if found is not None:
            return found
        if isinstance(self._below, Slate):
            return self._below.guest(hall_id, kind, row_id)
        return self._below.guests.get((hall_id, kind, row_id))

    def put_guest(self, row: Guest) -> None:
        """A row of another hall's customer that is known in this hall from now on."""
        self.guests[row.hall_id, row.kind, row.id] = row

    def tell(self, hall_id: str, kind: str, body: str) -> None:
        """A row for the hall's feed; the body is its canonical text."""
        self.told.append((hall_id, kind, body))

    def tell_row(self, hall_id: str, kind: str, body: Mapping[str, Any]) -> None:
        """A row for the hall's feed."""
        self.tell(hall_id, kind, json_text(body))

    def next_n(self, hall_id: str) -> int:
        """The number that the next row for the hall's feed gets."""
        mine = sum(told[0] == hall_id for told in self.told)
        below = self._below
        return mine + (below.next_n(hall_id) if isinstance(below, Slate) else below.ends[hall_id].n + 1)

    def post(self, hall_id: str, account: str, subject: str, fen: int) -> None:
        """A posting of the hall's ledger."""
        if fen:
            self.balances[hall_id, account, subject] += fen

    def keep(self) -> None:
        """Hand the changes down to the slate below."""
        below = self._below
        assert isinstance(below, Slate), "the lowest slate is written, not kept"
        for name, rows in self.rows.items():
            below.rows.setdefault(name, {}).update(rows)
        below.masters.update(self.masters)
        below.guests.update(self.guests)
        below.told += self.told
        for key, fen in self.balances.items():
            below.balances[key] += fen

    def write(self) -> dict[str, FeedEnd]:
        """Write everything, the ends of the feeds last; returns them.

        Raises:
            AssertionError: the postings do not sum to zero, which is a bug.
        """
        connection = self.ground.connection
        for kept in WRITTEN:
            put(connection, kept.table, list(self.rows.get(kept.table.name, {}).values()), kept.mode)
        put(connection, t.master_rows, list(self.masters.values()), "replace")
        put(connection, t.guests, list(self.guests.values()))
        self._check_balances()
        # what came to nothing is written too: the rows are the same however uploads were cut
        balances = [(*key, fen) for key, fen in sorted(self.balances.items())]
        put(connection, t.balances, balances, "add")
        rows: dict[str, list[tuple[str, str]]] = {}
        for hall_id, kind, body in self.told:
            rows.setdefault(hall_id, []).append((kind, body))
        ends = self.ground.ends
        for hall_id in sorted(ends):
            # ids that were given are written down even when nobody is told
            if hall_id in rows or ends[hall_id] != self.ground.held[hall_id]:
                ends[hall_id] = feed.append(connection, hall_id, ends[hall_id], rows.get(hall_id, ()))
        return ends

    def _check_balances(self) -> None:
        sums: defaultdict[str, int] = defaultdict(int)
        for (hall_id, _, _), fen in self.balances.items():
            sums[hall_id] += fen
        assert not any(sums.values()), "postings of the hub that do not sum to zero"
