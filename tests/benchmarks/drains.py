"""A hall that was without its hub for a week: five counters with what they took come back at once."""

from __future__ import annotations

import time

from tests.benchmarks.hub_counters import begin, come, drain, take
from tests.benchmarks.hub_ground import a_hub_ground
from tests.benchmarks.hub_rows import fill_hall
from tests.benchmarks.measuring import Line, Scene

DAYS, COUNTERS, A_DAY = 7, 5, 300
MOST_S = 60


def drain_lines(scene: Scene) -> list[Line]:
    """By the wall, with hub, PostgreSQL and all counters on this one machine; and the CPU of each side."""
    each = DAYS * A_DAY if not scene.is_tiny else 2
    counters = COUNTERS if not scene.is_tiny else 2
    with a_hub_ground(scene) as ground:
        ground.gadget()
        fill_hall(ground, each * counters)
        folders = [str(ground.folder / f"counter-{n}") for n in range(counters)]
        for n, folder in enumerate(folders):
            begin(scene, come, folder, ground.url, ground.printed(f"{11 + n}"), f"{11 + n}")()
            begin(scene, take, folder, str(1 + n * each), str(each))()
        before, begun = ground.cpu_s(), time.perf_counter()
        waits = [begin(scene, drain, folder) for folder in folders]
        found = [wait() for wait in waits]
        wall_s, hub_s = time.perf_counter() - begun, ground.cpu_s() - before
    sent = sum(one["sent"] for one in found)
    assert sent >= each * counters, f"{sent} entries went up"
    name = f"{counters} counters back after a week, {each * counters:,} payments, {sent:,.0f} entries"
    lines = [
        Line(f"{name}, by the wall", "s", wall_s, f"≤ {MOST_S} s", wall_s <= MOST_S),
        Line("of that all counters, up and down, CPU", "s", sum(one["cpu"] for one in found)),
    ]
    return [*lines, Line("of that hub and PostgreSQL, CPU", "s", hub_s)] if hub_s else lines
