"""The parts of the long form of the way up, each in a world of its own, as lines of the table that is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from tests.faults import failovers as over
from tests.faults import line_runs as line
from tests.faults.counters import AGAIN, SENT
from tests.faults.failovers import Pair, a_pair
from tests.faults.line_runs import LineRun
from tests.faults.parts import Row, control
from tests.faults.upstream import Upstream, an_upstream
from tests.faults.upstream_truth import UpstreamTruth
from tests.hub.postgres import PrivatePostgres

SETTINGS = {"max_connections": "60", "min_wal_size": "32MB", "max_wal_size": "256MB"}
CUSTOMERS = 200
AMBIGUOUS_PERCENT = 20
"""So much of all payments has to go unheard at least once, or the weather was no weather."""


@contextmanager
def _world(seed: int, *, disk_mb: int = 0, has_tls: bool = True) -> Iterator[tuple[Upstream, UpstreamTruth]]:
    with an_upstream(seed, disk_mb=disk_mb, has_tls=has_tls, settings=SETTINGS) as up:
        up.make_hall(customers=CUSTOMERS)
        yield up, UpstreamTruth(up.counters)


@contextmanager
def _world_of_two(seed: int) -> Iterator[tuple[Upstream, UpstreamTruth, Pair]]:
    pairs: list[Pair] = []

    def beside(primary: PrivatePostgres, stack: ExitStack) -> str:
        pairs.append(a_pair(primary, stack))
        return pairs[0].url()

    with an_upstream(seed, beside=beside, settings=SETTINGS) as up:
        up.make_hall(customers=CUSTOMERS)
        yield up, UpstreamTruth(up.counters), pairs[0]


def _row(what: str, count: str, run: LineRun, *, is_enough: bool = True, more: str = "") -> Row:
    wrongs = run.wrongs
    found = f"{wrongs.get('lost', 0) + wrongs.get('lost at the hub', 0)} lost, {wrongs.get('doubled at the hub', 0)}"
    found += f" doubled, {wrongs.get('altered at the hub', 0)} altered, {sum(wrongs.values())} wrongs of any kind{more}"
    is_good = not wrongs and is_enough
    return Row(what, count, found, is_good, run.seconds, "" if is_good else str(run))


def storm_part(seed: int, payments: int) -> list[Row]:
    """Payments in bad weather, half of them at each of two counters."""
    with _world(seed) as (up, truth):
        run = line.storm(
            up, truth, payments=payments // 2, turn=400, seed=seed, patience_s=2.0, is_each_turn_sent=False
        )
        known = sum(one.known for one in truth.unheard)
        uploads = sum(one.uploads for one in truth.unheard)
        return [
            _row(
                f"payments over a line that breaks, seed {seed}",
                f"{truth.payments:,} payments, {truth.ambiguous:,} of them unheard at least once ({uploads:,} uploads)",
                run,
                is_enough=truth.ambiguous * 100 >= truth.payments * AMBIGUOUS_PERCENT,
                more=f"; {known:,} entries sent again that the hub had",
            )
        ]


def double_part(seed: int, payments: int) -> list[Row]:
    """Requests that the hub really gets twice, on two connections and in both workers at once or a moment later."""
    with _world(seed, has_tls=False) as (up, truth):
        run = line.storm(up, truth, payments=payments // 2, turn=20, seed=seed, patience_s=2.0, weather=line.DOUBLED)
        count = f"{truth.payments:,} payments, {run.faults['duplicate']:,} connections said twice"
        return [_row("everything said twice", count, run)]


def partition_part(seed: int, runs: int) -> list[Row]:
    """The line cut and made whole again."""
    with _world(seed) as (up, truth):
        run = line.partitions(up, truth, runs=runs, seed=seed, patience_s=1.0)
        count = f"{runs} partitions in {len(line.PARTITIONS)} ways, {truth.payments:,} payments"
        return [
            _row("partitions", count, run, more=f"; {run.stuck} stuck, level after at most {max(run.rounds)} rounds")
        ]


def kill_part(seed: int, count: int) -> list[Row]:
    """SIGKILL of counters that sync, then of everything that is the hub."""
    with _world(seed) as (up, truth):
        run = line.kills(up, truth, count=count, seed=seed, patience_s=1.0)
        rows = [_row("SIGKILL of counters that sync", f"{run.kills} kills, {truth.payments:,} payments", run)]
        before = truth.payments
        run = line.hub_kills(up, truth, count=count // 4, ways=tuple(line.WAYS), seed=seed, patience_s=2.0)
        what = "SIGKILL of a worker, the postmaster, the whole hub in turn"
        return [*rows, _row(what, f"{run.kills} kills, {truth.payments - before:,} payments", run)]


def failover_part(seed: int, count: int) -> list[Row]:
    """The primary dies: with a synchronous standby nothing is lost, with another one what was lost comes back."""
    with _world_of_two(seed) as (up, truth, pair):
        run = over.failovers(up, pair, truth, count=count, seed=seed)
        rows = [_over("fail-over to a synchronous standby", run)]
        pair.follow()
        run = over.failovers(up, pair, truth, count=count, seed=seed, is_synchronous=False)
        rows.append(_over("fail-over to a standby whose receiver stood still", run))
        rows.append(control("acknowledged without a copy", f"{run.kills} fail-overs", run.lost, "lost", run.seconds))
        pair.follow()
        rows.append(
            _over(
                "the old primary stands still and wakes up after the promotion",
                over.split_brain(up, pair, truth, seed=seed),
            )
        )
        pair.follow()
        alone = over.without_copy(up, pair, truth, seed=seed)
        rows.append(_row("no standby is there: no acknowledgement", "1 time at each counter", alone))
        return rows


def _over(what: str, run: over.Failovers) -> Row:
    more = f"; {run.lost} acknowledged entries were not on the standby" + (", all came back" if run.lost else "")
    count = f"{run.kills} fail-overs, {run.acknowledged:,} acknowledged entries looked for, all of them each time"
    return _row(what, count, run, more=more)


def disk_part(seed: int, count: int) -> list[Row]:
    """No room on the hub's disk."""
    with _world(seed, disk_mb=400) as (up, truth):
        if not up.has_small_disk:
            return [Row("full disk at the hub", "0: this machine lets no file system be mounted", "nothing", False, 0)]
        run = line.full_disk(up, truth, count=count, seed=seed, payments=200, patience_s=5.0)
        said = sorted({status.why or "level" for status in run.shown})
        more = f"; the light said {', '.join(said)}; PostgreSQL ended {run.kills} times and was started again"
        return [_row("full disk at the hub", f"{count} times, {truth.payments:,} payments", run, more=more)]


def planted_part(seed: int, _count: int) -> list[Row]:
    """What has to be found."""
    begun = time.monotonic()
    with _world(seed) as (up, truth):
        run = line.storm(up, truth, payments=30, turn=3, seed=seed, defect=AGAIN, patience_s=1.0)
        found = run.wrongs.get("doubled at the hub", 0)
        rows = [control(AGAIN, f"{truth.payments} payments", found, "doubled", time.monotonic() - begun)]
        believed = line.believes(up, truth, seed=seed)
        found = believed.wrongs.get("acknowledged, not there", 0)
        return [*rows, control(SENT, "1 cut", found, "acknowledged, not there", believed.seconds)]


LinePart = Callable[[int, int], list[Row]]


def line_parts(payments: int) -> list[tuple[LinePart, int, int]]:
    """All parts with what is added to the seed and how often each does its thing, for so many payments in the storm;
    from 10,000 on with all partitions and fail-overs.
    """
    share = max(1, payments // 1000)
    return [
        (storm_part, 0, payments // 2),
        (storm_part, 1, payments // 2),
        (double_part, 0, max(40, payments // 10)),
        (partition_part, 0, min(200, 20 * share)),
        (failover_part, 0, min(20, 2 * share)),
        (kill_part, 0, min(400, 10 * share)),
        (disk_part, 0, min(20, share)),
        (planted_part, 0, 1),
    ]
