"""What befalls a hall beside the small things: lines, clocks, hubs that die or go back, files that do, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.simulation.clocks import DAY_MS, HOUR_MS, MINUTE_MS
from tests.simulation.weather import LASTING

if TYPE_CHECKING:
    from tests.simulation.world import World


def clouds(world: World, number: int) -> str:
    """Something lies over a line for minutes or for days."""
    weather = world.machines[number].weather
    assert weather is not None, "every machine has a line"
    kind = world.chance.choice(LASTING)
    weather.cloud(kind, world.chance.choice((0.2, 2.0, 8.0, 60.0)))
    return kind


def hub_dies(world: World, _: int) -> str:
    """The hub's process ends at one of its next moments: before or behind a commit."""
    world.house.fuse.left = world.chance.randrange(12)
    return "hub dies"


def hub_down(world: World, _: int) -> str:
    """Nobody answers at the hub for a while."""
    world.house.is_down = True
    world.plan(world.time.ms + world.chance.randrange(MINUTE_MS, 6 * HOUR_MS), "hub up", -1)
    return "hub down"


def hub_full(world: World, _: int) -> str:
    """The hub's disk takes no further commit for a while."""
    world.house.fuse.full_after = world.chance.randrange(4)
    world.plan(world.time.ms + world.chance.randrange(MINUTE_MS, 2 * HOUR_MS), "hub up", -1)
    return "hub full"


def clock_jumps(world: World, number: int) -> str:
    """Somebody, or an empty battery, sets a wall clock."""
    days = world.chance.choice((0, 0, 0, 1, 30, 400, 3_650))
    off_ms = days * DAY_MS + world.chance.randrange(5 * HOUR_MS)
    world.machines[number].clock.off_ms = off_ms * world.chance.choice((1, -1))
    return "clock jumps"


DAILY: tuple[tuple[int, Callable[[World, int], str]], ...] = (
    (8, clouds),
    (3, clock_jumps),
    (3, hub_dies),
    (2, hub_down),
    (1, hub_full),
)
"""How often each comes, beside the others."""
