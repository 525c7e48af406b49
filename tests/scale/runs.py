"""One day from its first upload to its last check, and what it cost."""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.benchmarks.measuring import percentile
from tests.hub.postgres import PrivatePostgres
from tests.hub.service import Service
from tests.scale import looks
from tests.scale.checks import check
from tests.scale.days import keep_day, kept_day
from tests.scale.load import Device, Load, Seen
from tests.scale.world import Size, fill

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Day:
    """What one run showed; processor in seconds, sizes in bytes."""

    size: Size
    seen: Seen
    counted: dict[str, int]
    wall_s: float
    worker_s: dict[int, float]
    postgres_s: float
    load_s: float
    looked: looks.Looked
    waits: int
    deadlocks: int
    grown: dict[str, int]
    log: int
    errors: tuple[str, ...]

    @property
    def hub_s(self) -> float:
        """Processor of all workers."""
        return sum(self.worker_s.values())


@dataclass(frozen=True, slots=True)
class Hub:
    """A running hub with its data base."""

    service: Service
    cluster: PrivatePostgres
    database: str

    @property
    def dsn(self) -> str:
        """The address of its data base."""
        return self.cluster.dsn(self.database)


def a_day(hub: Hub, size: Size, *, threads: int, seconds: float) -> Day:
    """Fill the hub, make the day, let it happen, and hold the result against it."""
    fill(hub.dsn, size)
    folder = Path(tempfile.mkdtemp(prefix="counter-scale-"))
    try:
        places = [(hall, number) for hall in range(size.halls) for number in range(size.counters)]
        for hall, number in places:
            keep_day(folder, size, hall, number)
        # counters of one hall do not come one after the other
        Random(1).shuffle(places)
        devices = [Device(size, *place, kept_day(folder, size, *place)) for place in places]
        return _measured(hub, size, devices, Load(hub.service, devices, threads=threads, seconds=seconds))
    finally:
        shutil.rmtree(folder)


def _measured(hub: Hub, size: Size, devices: list[Device], load: Load) -> Day:
    dsn, main = hub.dsn, looks.postmaster(hub.cluster)
    workers, before, waited = sorted(hub.service.workers()), looks.disk_of(dsn), looks.lock_waits(hub.cluster)
    burnt = {pid: looks.cpu_of(pid) for pid in workers}
    database, own, begun = looks.cpu_of_family(main), time.process_time(), time.perf_counter()
    with looks.Watch(dsn) as watch:
        seen = load.run()
    wall, own = time.perf_counter() - begun, time.process_time() - own
    burnt = {pid: looks.cpu_of(pid) - burnt[pid] for pid in workers}
    database = looks.cpu_of_family(main) - database
    after = looks.disk_of(dsn)
    return Day(
        size=size,
        seen=seen,
        counted={} if seen.wrong else check(dsn, size, devices),
        wall_s=wall,
        worker_s=burnt,
        postgres_s=database,
        load_s=own,
        looked=watch.looked,
        waits=looks.lock_waits(hub.cluster) - waited,
        deadlocks=after.deadlocks - before.deadlocks,
        grown={name: after.tables[name] - before.tables[name] for name in after.tables},
        log=after.log - before.log,
        errors=tuple(seen.wrong),
    )


def report(day: Day) -> list[str]:
    """The figures as lines of text."""
    if day.errors:
        return [f"wrong: {word}" for word in day.errors[:20]]
    size, seen, entries = day.size, day.seen, day.counted["entries"]
    done = f"{entries:,} of {size.entries:,} entries ({entries / size.entries:.0%})"
    lines = [
        f"{size.halls} halls × {size.counters} counters × {size.payments} payments, {size.each} an upload: {done}",
        f"every entry once; heads, sums, feeds ({day.counted['feed rows']:,} rows) right;"
        f" {day.counted['doubles']:,} bills paid twice became credits",
        f"{day.wall_s:.0f} s: {entries / day.wall_s:,.0f} entries/s, {seen.requests / day.wall_s:,.0f} requests/s,"
        f" {seen.rows / day.wall_s:,.0f} feed rows/s down",
    ]
    for kind, took in sorted(seen.took.items()):
        p50, p99 = percentile(took, 0.5), percentile(took, 0.99)
        lines.append(f"  {kind}: {len(took):,} requests, p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    shares = ", ".join(f"{seen.by_worker[pid]:,} requests {seconds:.1f} s" for pid, seconds in day.worker_s.items())
    burnt_ms = (day.hub_s + day.postgres_s) * 1e3
    lines += [
        f"processor: workers {shares}; PostgreSQL {day.postgres_s:.1f} s; these counters {day.load_s:.1f} s",
        f"  {burnt_ms / seen.requests:.2f} ms of hub and PostgreSQL a request, {burnt_ms / entries:.2f} ms an entry",
        f"  beside them the check of one signature took {percentile(seen.proofs, 0.5):.0f} µs of processor",
        f"connections: at most {day.looked.connections}; busy replies: {dict(seen.waits)}",
        f"locks: {day.waits} waits of more than {looks.LOCKS_MS} ms, {day.deadlocks} deadlocks, at most"
        f" {day.looked.waiting} waiting, in {day.looked.lock_samples} of {day.looked.samples} samples",
    ]
    per = 100_000 / entries / MB
    largest = sorted(day.grown.items(), key=lambda row: -row[1])[:7]
    sizes = ", ".join(f"{name} {grown * per:.0f}" for name, grown in largest)
    lines.append(
        f"disk for 100,000 entries: {sum(day.grown.values()) * per:.0f} MB ({sizes}); log {day.log * per:.0f} MB"
    )
    return lines
