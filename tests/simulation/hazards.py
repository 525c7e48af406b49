"""What befalls a hall beside the small things: lines, clocks, hubs that die or go back, files that do, too."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING

from counter_app.domain.refusals import Refused
from tests.simulation.chance import happens
from tests.simulation.clocks import DAY_MS, HOUR_MS, MINUTE_MS
from tests.simulation.enrolling import AWAY_CODE, join
from tests.simulation.joining import state_of
from tests.simulation.losses import count_losses, entries_in_file
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


def hub_goes_back(world: World, _: int) -> str:
    """A standby that was behind takes over, or a backup is restored: the hub forgets what it acknowledged."""
    at_ms = world.house.lose_tail(world.chance)
    if at_ms is None:
        return "nothing to go back to"
    world.office.hub_went_back(at_ms)
    count_losses(world)
    return "hub goes back"


def clock_jumps(world: World, number: int) -> str:
    """Somebody, or an empty battery, sets a wall clock."""
    days = world.chance.choice((0, 0, 0, 1, 30, 400, 3_650))
    off_ms = days * DAY_MS + world.chance.randrange(5 * HOUR_MS)
    world.machines[number].clock.off_ms = off_ms * world.chance.choice((1, -1))
    return "clock jumps"


def file_goes_back(world: World, number: int) -> str:
    """Somebody copies last night's file over the counter's, with the mark beside it or without."""
    copies = world.copies.get(number)
    machine = world.machines[number]
    if copies is None or machine.is_gone:
        return "nothing to put back"
    machine.put_file_back(copies, has_mark=happens(world.chance, 0.5))
    world.file_is_other(number)
    return "file goes back"


def file_is_cloned(world: World, number: int) -> str:
    """The folder is copied to a second machine, keys and all, and both take money."""
    machine = world.machines[number]
    state = state_of(machine.hall)
    if len(world.machines) > len(world.ground.folders) or state.stop is not None or state.new_epoch is not None:
        return "no further clone"
    world.clone(number)
    return "clone"


def disk_is_lost(world: World, number: int) -> str:
    """The machine's disk is dead: a new one is made the same counter with a new code."""
    machine = world.machines[number]
    if world.house.is_down or any("twin" in other.name for other in world.machines):
        # the new device takes the old one's place, and a twin would have to be enrolled anew by hand
        return "no disk is lost"
    own = machine.hall.hall
    if own.hall_code == AWAY_CODE:
        # whom it holds as guests only it can tell a hub that went back, or will yet go back
        world.truth.untold |= entries_in_file(machine.hall)
    machine.off()
    # somebody who sets a machine up stays until it works
    world.house.restart()
    fresh = world.folder / "fresh"
    try:
        with machine.program():
            join(world.house, fresh, own.counter_code, machine.clock, hall_code=own.hall_code, replaces=True)
    except Refused:
        return "not enrolled"
    shutil.rmtree(machine.folder)
    fresh.rename(machine.folder)
    world.file_is_other(number)
    world.copies.pop(number, None)
    return "disk lost"


DAILY: tuple[tuple[int, Callable[[World, int], str]], ...] = (
    (8, clouds),
    (3, clock_jumps),
    (3, hub_dies),
    (2, hub_down),
    (1, hub_full),
    (1, hub_goes_back),
    (1, file_goes_back),
    (1, file_is_cloned),
    (1, disk_is_lost),
)
"""How often each comes, beside the others."""

RETURNS = (hub_goes_back, file_goes_back, file_is_cloned, disk_is_lost)
"""Those after which a history is not what it was."""

OF_THE_HUB = (hub_dies, hub_full, hub_goes_back)
"""Those that reach into the hub's data base."""
