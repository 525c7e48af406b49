"""What a machine does in one step, and the small things that may meet it just then."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from counter_app.storage.hall import OpenHall
from tests.simulation.chance import happens
from tests.simulation.clocks import HOUR_MS, MINUTE_MS
from tests.simulation.desks import finish, give_back
from tests.simulation.elsewhere import serve
from tests.simulation.enrolling import join_again as join
from tests.simulation.erasing import erase
from tests.simulation.first_counter import FIRST as CONNECT
from tests.simulation.first_counter import look_for_halves
from tests.simulation.leavers import follow_up, leaver
from tests.simulation.machines import OFF, Machine
from tests.simulation.tellers import Teller, someone_of
from tests.simulation.undoing import put_right, undo_the_same
from tests.simulation.versions import WORDS, do_deed

if TYPE_CHECKING:
    from tests.simulation.world import World

FORGOTTEN = "unknown_device"
NOBODY = ("WrongSignIn", "SignInLocked")
"""A file in which there is nobody yet who could confirm that it goes on; or too often somebody has tried to."""
PUT_RIGHT, UNDO_SAME = "put right", "undo the same"
CASES = ("leaver", "follow up", "erase")
AFTER_CASES = ("leaver", "follow up", "follow up", "erase")
LEAVERS = 6
"""So many of the customers want to leave, and come to any counter."""
SMALL = ("power cut", "power cut", "power cut", "commit answered with an error", "disk full")


def act_at(world: World, number: int, what: str) -> str:
    """Do it; returns what came of it, in a word."""
    machine = world.machines[number]
    if machine.is_gone:
        return "nobody there"
    if what == "hazard":
        return world.hazard(number)
    chance = world.undoing if what in (PUT_RIGHT, UNDO_SAME) else world.chance
    if happens(chance, world.profile.acts):
        _befall(world, machine, chance)
    if what == "round":
        return _round(world, number)
    if what in ("join", CONNECT):
        return join_again(world, number)
    answer = machine.does(_act(world, machine, what))
    if what == "confirm" and answer in NOBODY:
        world.plan(world.time.ms + world.chance.randrange(20 * HOUR_MS), "join", number)
    if (what, answer) == ("deed", "uncertain"):
        # what became of it is seen after a restart; the program's own acts look at once
        machine.off()
    if answer == "FiguresDiffer" and not world.profile.updates:
        world.truth.wrong("I9 drawer", f"{machine.name}: the two paths of a shift's sums differ")
    if answer in ("ClockOff", "ClockFarOff"):
        # somebody puts the clock right
        machine.clock.off_ms = 0
    return answer


def _act(world: World, machine: Machine, what: str) -> Callable[[OpenHall], str]:
    teller = machine.teller
    if what == "pay":
        someone = someone_of(list(world.ground.people), world.chance, 0.3)
        line = machine.weather
        assert line is not None, "every machine has a line"
        account_no = world.ground.account_no(someone)
        return lambda hall: serve(teller, hall, line, someone, account_no)
    if what in CASES:
        return _of_cases(world, teller, what)
    if what in (PUT_RIGHT, UNDO_SAME):
        of_payments = put_right if what == PUT_RIGHT else undo_the_same
        return lambda hall: of_payments(teller, hall, world.undoing)
    if what == "confirm":
        return teller.confirm_file
    if what == "newer":
        return teller.write_newer
    if what == "deed":
        return lambda hall: do_deed(teller, hall)
    if what == "restores":
        return teller.confirm_restores
    if what == "give back":
        return lambda hall: give_back(teller, hall)
    if what == "finish":
        return lambda hall: finish(teller, hall)
    return lambda hall: teller.run_shift(hall, what)


def _of_cases(world: World, teller: Teller, what: str) -> Callable[[OpenHall], str]:
    if what == "leaver":
        someone = teller.chance.choice(world.ground.people[:LEAVERS])
        return lambda hall: teller.answered("", lambda: leaver(teller, hall, someone))
    act = follow_up if what == "follow up" else erase
    return lambda hall: teller.answered("", lambda: act(teller, hall))


def join_again(world: World, number: int) -> str:
    """Whoever looks after the hub gives a new code, and stays until the counter has joined."""
    if world.house.is_down:
        return "hub down"
    world.house.restart()
    return world.machines[number].join_again(lambda hall: join(world.house, hall))


def _round(world: World, number: int) -> str:
    machine = world.machines[number]
    done = machine.round()
    if done is None:
        return OFF
    if done.why in WORDS:
        _look_at_word(world, number, done.why)
    if world.profile.is_first:
        look_for_halves(world, number)
    if machine.is_stopped:
        world.plan(world.time.ms + world.chance.randrange(5 * HOUR_MS), "confirm", number)
    if done.why == FORGOTTEN:
        world.plan(world.time.ms + world.chance.randrange(20 * HOUR_MS), "join", number)
    if done.why or done.is_more:
        # the program would come again at once; a simulated day has fewer rounds, and as many chances
        later_ms = int(done.next_s * 1_000) + world.chance.randrange(20 * MINUTE_MS)
        if happens(world.chance, 0.7):
            world.plan(world.time.ms + later_ms, "round", number)
    return f"round {done.why or 'done'} {done.sent} {done.taken}"


def _look_at_word(world: World, number: int, why: str) -> None:
    """Of two versions, the bar must name the one that is to be updated."""
    status, expected = world.machines[number].engine.status(), world.versions.word(number)
    if not expected:
        # an old reply to the very same request says how it was
        return
    if why != expected or (status.light != "bad" and status.why != expected):
        world.truth.wrong("I12 converge", f"counter {number} says {why}, the bar {status.why}, and it is {expected!r}")


def _befall(world: World, machine: Machine, chance: Random) -> None:
    """Something happens to the machine in its next act."""
    kind = chance.choice(SMALL)
    world.faults[kind] += 1
    if kind == "power cut":
        machine.fuse.left = chance.randrange(10)
    elif kind == "disk full":
        machine.fuse.full_after = chance.randrange(3)
    else:
        machine.fuse.error_after = chance.randrange(3)
