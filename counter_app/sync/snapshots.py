"""A snapshot of the hall into the file: straight into an empty one, by its differences into one that has rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from counter_app.domain.packed_rows import BadPart, rows_of_part
from counter_app.domain.sync_state import FeedMark, Loading
from counter_app.storage import feed, feed_seal, feed_swap
from counter_app.storage.feed_checks import MOVES, RELIEFS, SETTLEMENTS, UNDONE, next_id
from counter_app.storage.feed_compare import FACTS, Comparing, unseen
from counter_app.storage.feed_held import hold
from counter_app.storage.feed_taking import Taking
from counter_app.storage.guests import new_of, whole_guests
from counter_app.storage.own_ids import own_range
from counter_app.storage.search_filling import Commit, begin_filling, end_filling, filling
from counter_app.storage.sql import Reading, Sql, Writing
from counter_app.storage.sync_state import keep, read_state
from counter_app.sync import wire
from counter_app.sync.contact import Contact
from counter_app.sync.feed_rows import Fit, Unfit, read_row
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import LineDown

SLICE_ROWS = 400
"""Rows of one commit into an empty file: under 20 ms, so that whatever else is written passes between."""

SEARCH_CUSTOMERS = 100_000
"""Customers whose terms are put in one order for the search: each such filling writes most of the index's pages."""

PARTS_A_ROUND = 5
"""Parts in one round; money has its turn again behind them."""

MOST_STAGED = 200_000
"""Differences that wait in memory for the one commit. More of them are another hall: those are taken in slices."""

_IS_EMPTY = Sql("SELECT 1 FROM customers UNION ALL SELECT 1 FROM bills LIMIT 1")
_CUSTOMERS = Sql("SELECT id FROM customers WHERE id > ? ORDER BY id LIMIT ?")


class _Row(NamedTuple):
    kind: str
    body: str
    fit: Fit | Unfit


class Snapshots:
    """Brings a snapshot in, some parts a round. Into an empty file it is resumed where it was after a crash; beside
    rows it is compared anew, and nothing is changed before the last commit.
    """

    def __init__(self) -> None:
        self._compared: _Compared | None = None

    def __call__(self, ground: Ground, contact: Contact, nonce: str) -> None:
        """Some parts of the snapshot; after the last one the mark of the feed is its mark.

        Raises:
            LineDown: the hub has none to give now, or a part did not come whole; the next round goes on.
        """
        given = contact.ask("POST", "/v1/snapshots", nonce=nonce, answer=wire.Snapshot)
        if isinstance(given, wire.Refusal):
            raise LineDown("busy", given.why.value, given.retry_after_s)
        at = FeedMark(given.hub.generation, given.at.n, given.at.hash)
        loading = ground.state().loading
        # what came of a history that the hub has lost meanwhile is held against the new one, like any other rows
        is_filled = loading is None or loading.at.generation != at.generation
        if is_filled and not ground.read(lambda reading: reading.one(_IS_EMPTY) is None):
            self._compare(ground, contact, nonce, given, at)
        else:
            _load(ground, contact, nonce, given, at)

    def _compare(self, ground: Ground, contact: Contact, nonce: str, given: wire.Snapshot, at: FeedMark) -> None:
        if self._compared is None or self._compared.snapshot_id != given.snapshot_id:
            self._compared = _Compared(ground, given.snapshot_id, at)
        compared = self._compared
        for part in given.parts[compared.parts :][:PARTS_A_ROUND]:
            compared.look(_rows(contact, nonce, given, part))
        if compared.parts == len(given.parts):
            compared.swap()
            self._compared = None


def _rows(contact: Contact, nonce: str, of: wire.Snapshot, part: wire.SnapshotPart) -> list[_Row]:
    """The rows of one part, held against the hash that the hub signed.

    Raises:
        LineDown: it did not come, or not so.
    """
    status, content = contact.call("GET", f"/v1/snapshots/{of.snapshot_id}/{part.part}", nonce=nonce)
    if status != 200:
        raise LineDown("busy", f"status {status} for part {part.part}")
    if hashlib.sha256(content).hexdigest() != part.sha256:
        raise LineDown("bad_reply", f"part {part.part} is not what the snapshot says")
    try:
        rows = rows_of_part(content)
    except BadPart as error:
        raise LineDown("bad_reply", f"part {part.part}: {error}") from error
    return [_Row(kind, body, read_row(kind, body)) for kind, body in rows]


def _slices(rows: Sequence[_Row], size: int) -> Iterator[Sequence[_Row]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _take(work: Writing, taking: Taking, rows: Sequence[_Row], at: FeedMark) -> None:
    """Take rows of a snapshot; those that do not fit wait under its mark."""
    fits = [(row, row.fit) for row in rows if isinstance(row.fit, Fit)]
    whys = feed.take(work, [feed.Incoming(fit.kind, fit.values) for _, fit in fits], taking)
    held = [(at.n, row.kind, row.body, row.fit.key, row.fit.why) for row in rows if isinstance(row.fit, Unfit)]
    held += [(at.n, fits[p][0].kind, fits[p][0].body, fits[p][1].key, why) for p, why in whys.items()]
    if held:
        hold(work, held, generation=at.generation, at=taking.at)


def _load(ground: Ground, contact: Contact, nonce: str, given: wire.Snapshot, at: FeedMark) -> None:
    """Into an empty file: no row is shown by the search before all of them are in."""
    loading = ground.state().loading
    if loading is None or loading.snapshot_id != given.snapshot_id:
        loading = Loading(given.snapshot_id, at)
        ground.keep(loading=loading)
    for part in given.parts[loading.parts :][:PARTS_A_ROUND]:
        after = replace(loading, parts=loading.parts + 1)
        slices = list(_slices(_rows(contact, nonce, given, part), SLICE_ROWS)) or [()]
        for place, rows in enumerate(slices, 1):
            ground.on_writer(_loaded(ground, rows, after if place == len(slices) else None, at))
        loading = after
    if loading.parts < len(given.parts):
        return
    ground.on_writer(_in_one(ground, begin_filling))
    while customers := _next_customers(ground, loading.searched):
        for commit in filling(ground.read, customers):
            loading = replace(loading, searched=commit[1] or loading.searched)
            ground.on_writer(_searched(ground, commit, loading))
    ground.on_writer(_in_one(ground, end_filling))
    ground.keep(feed=at, loading=None)
    ground.on_writer(lambda: feed_seal.seal(ground.hall))


def _loaded(ground: Ground, rows: Sequence[_Row], after: Loading | None, at: FeedMark) -> Callable[[], None]:
    def job() -> None:
        with ground.hall.store.writing() as work:
            taking = feed.begin(ground.hall, work, read_state(work).acked)
            _take(work, taking, rows, at)
            if after is not None:
                keep(work, loading=after)
        feed.after(ground.hall, taking)

    return job


def _next_customers(ground: Ground, after: int) -> list[int]:
    return ground.read(lambda reading: [row[0] for row in reading.rows(_CUSTOMERS, (after, SEARCH_CUSTOMERS))])


def _searched(ground: Ground, commit: Commit, loading: Loading) -> Callable[[], None]:
    write, reached = commit

    def job() -> None:
        with ground.hall.store.writing() as work:
            write(work)
            if reached:
                keep(work, loading=loading)

    return job


def _in_one(ground: Ground, write: Callable[[Writing], None]) -> Callable[[], None]:
    def job() -> None:
        with ground.hall.store.writing() as work:
            write(work)

    return job


class _Compared:
    """A snapshot held against a file that has rows: what is other and what is gone, until one commit makes it so."""

    def __init__(self, ground: Ground, snapshot_id: str, at: FeedMark) -> None:
        self._ground, self.snapshot_id, self._at = ground, snapshot_id, at
        self.parts = 0
        self._comparing = Comparing()
        self._staged: list[_Row] = []
        # what is written from now on is ours
        self._last = ground.read(_last_facts)

    def look(self, rows: Sequence[_Row]) -> None:
        """One part: its rows that the file does not have just so are put aside."""
        for (kind, is_fit), run in groupby(rows, key=lambda row: (row.kind, isinstance(row.fit, Fit))):
            for part in _slices(list(run), 2_000):
                if is_fit:
                    values = [row.fit.values for row in part if isinstance(row.fit, Fit)]
                    other = self._ground.read(_others(self._comparing, kind, values))
                    self._staged += [part[place] for place in other]
                else:
                    self._staged += part
        self.parts += 1
        if len(self._staged) > MOST_STAGED:
            self._take_slices()

    def _take_slices(self) -> None:
        """Another hall, nearly: what fits is taken now, what stands in the way of something waits for the swap."""
        staged, self._staged = self._staged, []
        for rows in _slices(staged, SLICE_ROWS // 6):
            self._ground.on_writer(self._taken(rows))

    def _taken(self, rows: Sequence[_Row]) -> Callable[[], None]:
        hall = self._ground.hall

        def job() -> None:
            with hall.store.writing() as work:
                taking = feed.begin(hall, work, read_state(work).acked)
                fits = [(row, row.fit) for row in rows if isinstance(row.fit, Fit)]
                whys = feed.take(work, [feed.Incoming(fit.kind, fit.values) for _, fit in fits], taking)
                feed.show(work, taking)
            feed.after(hall, taking)
            self._staged += [row for row in rows if isinstance(row.fit, Unfit)]
            self._staged += [fits[place][0] for place in whys]

        return job

    def swap(self) -> None:
        """The one commit."""
        hall, enrolment = self._ground.hall, self._ground.state().enrolment
        gone = {kind: self._ground.read(self._gone(kind)) for kind in self._comparing.seen}
        ours = own_range(enrolment.ordinal) if enrolment else range(0)

        def job() -> None:
            with hall.writing() as work:
                taking = feed.begin(hall, work, read_state(work).acked)
                feed_swap.drop_held(work)
                for kind in FACTS:
                    feed_swap.drop_facts(work, kind, gone[kind])
                feed_swap.drop_books(work, self._comparing.reopened)
                feed_swap.drop_tasks(work, json.dumps(sorted(self._comparing.tasks)))
                whole = whole_guests(work, gone["customer"], self._staged_accounts())
                for kind in feed_swap.MASTER_ORDER:
                    lacked = [n for n in gone[kind] if n not in ours and n not in whole.get(kind, ())]
                    lacked += self._comparing.renamed[kind]
                    feed_swap.drop_master(work, kind, lacked, taking.shown)
                _keep_strays(work, gone["customer"])
                _take(work, taking, self._staged, self._at)
                feed.show(work, taking)
                if read_state(work).loading is not None:
                    # the file was being filled: the search has yet to know of everybody in it
                    keep(work, loading=Loading(self.snapshot_id, self._at, self.parts))
                else:
                    # what came ahead in other histories was held against this one with everything else
                    ahead = read_state(work).ahead_of(self._at) or ()
                    ahead = tuple(mark for mark in ahead if mark.generation == self._at.generation)
                    keep(work, feed=self._at, ahead=ahead or None)
                    feed_seal.write_seal(hall, work)
            feed.after(hall, taking)

        self._ground.on_writer(job)

    def _staged_accounts(self) -> set[object]:
        return {row.fit.values[1] for row in self._staged if isinstance(row.fit, Fit) and row.kind == "account"}

    def _gone(self, kind: str) -> Callable[[Reading], list[int]]:
        seen, last = self._comparing.seen[kind], self._last.get(kind, 0)
        return lambda reading: list(unseen(reading, kind, seen, last=last))


def _keep_strays(work: Writing, gone: Sequence[int]) -> None:
    """Customers whom this history of the hub lacks and who stay, since entries refer to them, or as guests."""
    left = set(gone) - new_of(work, gone) | set(read_state(work).strays or ())
    keep(work, strays=tuple(sorted(left)) or None)


def _others(comparing: Comparing, kind: str, rows: Sequence[tuple[object, ...]]) -> Callable[[Reading], list[int]]:
    return lambda reading: comparing.other(reading, kind, rows)


def _last_facts(reading: Reading) -> dict[str, int]:
    last = {"settlement": SETTLEMENTS, "book_move": MOVES, "undone": UNDONE, "relief": RELIEFS}
    return {kind: next_id(reading, of) - 1 for kind, of in last.items()}
