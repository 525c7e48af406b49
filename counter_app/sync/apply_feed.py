"""Pages of the feed into the file: looked at whole, then taken in slices, each with its mark in one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple, TypeVar

from counter_app.domain.sync_state import NO_HASH, FeedMark
from counter_app.storage import feed
from counter_app.storage.feed_held import HeldRow, held_count, held_rows, hold, rows_waiting, settle_held, superseded
from counter_app.storage.feed_taking import Taking
from counter_app.storage.hall import OpenHall
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.sync_state import keep, read_state
from counter_app.sync.feed_rows import Fit, Unfit, read_row
from counter_app.sync.wire import FeedPage, FeedRow, feed_hash

T = TypeVar("T")

OnWriter = Callable[[Callable[[], None]], object]
"""Runs one unit of work on the writer's thread and returns when it is done."""

SLICE_WORK = 300
"""What one commit takes, in the work of a bill: well under 20 ms of the writer, so that a payment passes between."""

_WORK = {"customer": 12, "account": 6, "service": 6, "staff": 4, "pack": SLICE_WORK}
"""Kinds that cost more than a bill: a customer is written for the search, a pack is looked at whole."""

MOST_TRIED = 200
"""Waiting rows that are tried again in one commit."""


@dataclass(frozen=True, slots=True)
class Applied:
    """The feed is in the file up to `mark`; so many rows fitted and so many wait."""

    mark: FeedMark
    taken: int
    held: int


@dataclass(frozen=True, slots=True)
class FeedBroken:
    """The page does not follow what the file has, and nothing of it was taken."""

    why: str
    n: int


def _read(hall: OpenHall, ask: Callable[[Reading], T], on_writer: OnWriter) -> T:
    """Answers out of one snapshot; the fallback driver has one connection, and it is the writer's."""
    found: list[T] = []

    def job() -> None:
        with hall.reading() as reading:
            found.append(ask(reading))

    if hall.store.is_for_one_thread:
        on_writer(job)
    else:
        job()
    return found[0]


class _Followed(NamedTuple):
    """A row of the page with what it says, and the hash behind it."""

    row: FeedRow
    fit: Fit | Unfit
    hash: str


def apply_page(hall: OpenHall, page: FeedPage, *, on_writer: OnWriter = lambda work: work()) -> Applied | FeedBroken:
    """Take a page that follows the file's mark. A crash between two slices leaves the mark where the rows are.

    Raises:
        StoreTrouble, CommitUncertain: the file cannot be written; the mark says how far it came.
    """
    kept = _read(hall, lambda reading: read_state(reading).feed, on_writer)
    mark = kept or FeedMark(page.hub.generation, 0, NO_HASH)
    if mark.generation != page.hub.generation:
        return FeedBroken("the page is of another generation", mark.n)
    rows = _followed(page, mark)
    if isinstance(rows, FeedBroken):
        return rows
    counts = [0, 0]
    for part in _slices(rows):
        before, mark = mark, FeedMark(mark.generation, part[-1].row.n, part[-1].hash)
        on_writer(_Slice(hall, part, before, mark, counts))
    return Applied(mark, *counts)


def _followed(page: FeedPage, mark: FeedMark) -> list[_Followed] | FeedBroken:
    """The rows of the page, when each follows the one before and the last hash is the one that the hub says."""
    rows, n, rolled = list[_Followed](), mark.n, mark.hash
    for row in page.rows:
        n += 1
        if row.n != n:
            return FeedBroken(f"row {row.n} where {n} follows", n)
        rolled = feed_hash(rolled, row.n, row.kind, row.body)
        rows.append(_Followed(row, read_row(row.kind, row.body), rolled))
    if (page.upto.n, page.upto.hash) != (n, rolled):
        return FeedBroken(f"the hash behind row {page.upto.n} is another one", n)
    return rows


def _slices(rows: Sequence[_Followed]) -> Iterator[list[_Followed]]:
    part, work = list[_Followed](), 0
    for row in rows:
        part.append(row)
        work += _WORK.get(row.row.kind, 1)
        if work >= SLICE_WORK:
            yield part
            part, work = [], 0
    if part:
        yield part


@dataclass(frozen=True, slots=True)
class _Slice:
    """One commit: the rows and the mark behind them; on the writer's thread."""

    hall: OpenHall
    part: Sequence[_Followed]
    before: FeedMark
    mark: FeedMark
    counts: list[int]

    def __call__(self) -> None:
        with self.hall.store.writing() as work:
            state = read_state(work)
            found = state.feed or FeedMark(self.mark.generation, 0, NO_HASH)
            if found != self.before:
                message = f"the feed's mark is {found.n}, not {self.before.n}: two rounds at once"
                raise AssertionError(message)
            taking = feed.begin(self.hall, work, state.acked)
            self._take(work, taking)
            feed.show(work, taking)
            keep(work, feed=self.mark)
            if state.ahead:
                keep(work, ahead=state.ahead_of(self.mark))
        feed.after(self.hall, taking)

    def _take(self, work: Writing, taking: Taking) -> None:
        waiting = held_count(work)
        for (kind, is_fit), run in groupby(self.part, key=lambda row: (row.row.kind, isinstance(row.fit, Fit))):
            rows = list(run)
            if is_fit:
                values = [feed.Incoming(kind, row.fit.values) for row in rows if isinstance(row.fit, Fit)]
                whys = feed.take(work, values, taking)
            else:
                whys = {place: row.fit.why for place, row in enumerate(rows) if isinstance(row.fit, Unfit)}
            keys = [row.fit.key for place, row in enumerate(rows) if place not in whys]
            if waiting:
                superseded(work, [(kind, key) for key in keys])
            self._hold(work, [(rows[place].row, rows[place].fit.key, why) for place, why in whys.items()], taking)
            waiting += len(whys)
            if waiting and kind in feed.OWNERS:
                _free(work, taking, [feed.awaited(kind, key) for key in keys])
            self.counts[0] += len(keys)

    def _hold(self, work: Writing, rows: Sequence[tuple[FeedRow, str, str]], taking: Taking) -> None:
        if rows:
            self.counts[1] += len(rows)
            held = [(row.n, row.kind, row.body, key, why) for row, key, why in rows]
            hold(work, held, generation=self.mark.generation, at=taking.at)


def _free(work: Writing, taking: Taking, awaited: Sequence[str]) -> None:
    """Take what waited for rows that have come, and what waited for that."""
    while awaited:
        rows = rows_waiting(work, awaited)
        awaited = [feed.awaited(fit.kind, fit.key) for fit in _try_again(work, taking, rows) if fit.kind in feed.OWNERS]


def try_held(hall: OpenHall, *, on_writer: OnWriter = lambda work: work()) -> int:
    """Try every row that waits once more, as after an upgrade of the program; returns how many still wait."""
    rows = _read(hall, held_rows, on_writer)
    for start in range(0, len(rows), MOST_TRIED):
        on_writer(_Tried(hall, rows[start : start + MOST_TRIED]))
    return _read(hall, held_count, on_writer)


@dataclass(frozen=True, slots=True)
class _Tried:
    hall: OpenHall
    rows: Sequence[HeldRow]

    def __call__(self) -> None:
        with self.hall.store.writing() as work:
            taking = feed.begin(self.hall, work, read_state(work).acked)
            taken = _try_again(work, taking, self.rows)
            _free(work, taking, [feed.awaited(fit.kind, fit.key) for fit in taken if fit.kind in feed.OWNERS])
            feed.show(work, taking)
        feed.after(self.hall, taking)


def _try_again(work: Writing, taking: Taking, rows: Sequence[HeldRow]) -> list[Fit]:
    """Take rows that wait, where they fit now; returns those."""
    fitted, taken, waiting = list[Fit](), list[int](), list[tuple[int, str]]()
    for row in rows:
        fit = read_row(row.kind, row.body)
        if isinstance(fit, Unfit):
            waiting.append((row.id, fit.why))
        elif whys := feed.take(work, [feed.Incoming(fit.kind, fit.values)], taking):
            waiting.append((row.id, whys[0]))
        else:
            fitted.append(fit)
            taken.append(row.id)
    settle_held(work, taken, waiting)
    return fitted
