"""A hall's snapshot at both ends: made by the hub, taken by a counter with an empty folder, over the real line."""

from __future__ import annotations

import time
from contextlib import suppress

from sqlalchemy import select

from counter_app.hub import tables as t
from counter_app.hub.lines import pack
from tests.benchmarks.hub_counters import begin, come, memory_mb
from tests.benchmarks.hub_ground import HubGround, a_hub_ground
from tests.benchmarks.hub_rows import fill_hall
from tests.benchmarks.measuring import Line, Scene


def hub_snapshot_lines(scene: Scene) -> list[Line]:
    """CPU, memory, and how long one commit holds the counter's writer; packing the same rows is the baseline."""
    customers = scene.count(scene.customers, 10)
    with a_hub_ground(scene) as ground:
        ground.gadget()
        rows = fill_hall(ground, customers)
        bare_s = _packed(ground)
        before = ground.cpu_s()
        counter = begin(scene, come, str(ground.folder / "counter"), ground.url, ground.printed("07"), "07")()
        hub_s = ground.cpu_s() - before
        memory = max((memory_mb(pid) for pid in _workers(ground)), default=0.0)
    held = counter["slice_p99"]
    name = f"snapshot of {customers:,} customers, {rows:,} rows"
    lines = [
        Line(f"{name}, taken by an empty counter, CPU", "s", counter["cpu"], baseline=bare_s),
        Line("the same by the wall, the hub's making of it included", "s", counter["wall"]),
        Line("one commit on the counter's writer, CPU", "ms", counter["slice_ms"], "p99 ≤ 20 ms", held <= 20, held),
        Line("most memory at the counter", "MB", counter["memory"], "≤ 500 MB", counter["memory"] <= 500),
    ]
    if hub_s and memory:
        lines += [
            Line("made and given by the hub, CPU with PostgreSQL", "s", hub_s, baseline=bare_s),
            Line("most memory of a worker", "MB", memory, "≤ 500 MB", memory <= 500),
        ]
    return lines


def _packed(ground: HubGround) -> float:
    """CPU of reading the same rows with one statement, and packing them, with nothing else."""
    row = t.master_rows.c
    before, own = ground.cpu_s(), time.process_time()
    with ground.database.transaction() as connection:
        question = select(row.kind, row.body).execution_options(yield_per=5_000)
        parts = sum(1 for _ in pack((kind, body) for kind, body in connection.execute(question)))
    assert parts
    return ground.cpu_s() - before + time.process_time() - own


def _workers(ground: HubGround) -> set[int]:
    found: set[int] = set()
    if ground.service is not None:
        with suppress(OSError):
            found = ground.service.workers()
    return found
