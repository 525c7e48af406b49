"""The end of a world: faults stop, all becomes quiet in time, and every invariant is looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import text

from counter_app.domain.sync_state import SyncState
from counter_app.storage import verify_file
from counter_app.storage.chain import end_of
from counter_app.storage.mark import read_mark
from counter_app.storage.records_up import next_record
from counter_app.storage.verify import verify
from tests.simulation.acts import FORGOTTEN, NOBODY, join_again
from tests.simulation.cases import contents_in_file
from tests.simulation.chains import chain_of
from tests.simulation.clocks import MINUTE_MS, SECOND_MS
from tests.simulation.desks import bring_receipts
from tests.simulation.first_counter import is_joined
from tests.simulation.joining import state_of
from tests.simulation.judging import judge_agreement, judge_hub
from tests.simulation.judging_bills import judge_bills
from tests.simulation.judging_cases import judge_cases, judge_lost_records, judge_own_cases
from tests.simulation.judging_undo import beside_the_hub, judge_undo
from tests.simulation.machines import Machine
from tests.simulation.older_files import schema_of
from tests.simulation.swapping import swapped
from tests.simulation.views import differences, view_of_counter, view_of_hub
from tests.simulation.waiting import left_waiting

if TYPE_CHECKING:
    from tests.simulation.world import World

LIMIT_MS = 10 * MINUTE_MS
"""Within this much virtual time all must be quiet (I12)."""

_NOT_UNDERSTOOD = text("SELECT count(*) FROM quarantine WHERE reason = 'not_understood' AND freed_at IS NULL")
MOST_IDLE = 20
"""After so many rounds that left a counter's standing as it was nobody waits for it any more."""


def come_to_rest(world: World) -> None:
    """Heal, wait, and look."""
    _heal(world)
    _retire_twins(world)
    _wait(world)
    if _bring_receipts(world):
        _wait(world)
    truth = world.truth
    _count_records(world)
    with world.house.disk.looking() as connection:
        inbox = judge_hub(connection, truth)
        judge_cases(connection, truth, inbox)
        left = left_waiting(world, connection)
        judge_bills(connection, truth, inbox, world.office, left)
        judge_undo(connection, truth, inbox, world.office, left)
        beside = beside_the_hub(connection, inbox)
        there = {hall_id: view_of_hub(connection, hall_id) for hall_id, _, _ in world.house.feed_ends(connection)}
    for machine, watcher in zip(world.machines, world.watchers, strict=True):
        if machine.is_gone:
            continue
        watcher.look_at_all()
        judge_agreement(truth, machine.name, machine.hall, inbox)
        with world.house.disk.looking() as connection:
            judge_own_cases(connection, truth, machine.name, machine.hall, inbox)
            judge_lost_records(connection, truth, machine.name, machine.hall)
        for odd in differences(view_of_counter(machine.hall), there[machine.hall.hall.hall_id], beside):
            truth.wrong("I12 converge", f"{machine.name} sees (here, hub): {odd}")
        with swapped(verify_file, "objects_of_version", lambda _driver, version: schema_of(version)):
            report = verify(machine.hall.store, mark=read_mark(machine.folder))
        for finding in report.findings:
            truth.wrong("I10 fold", f"{machine.name}: {finding}")
        world.note(f"{machine.name} {[(e.seq, e.kind, e.intent) for e in chain_of(machine.hall)[-3:]]}")


def unrest_of(machine: Machine, feed_end: tuple[int, str]) -> str:
    """What keeps a counter from being quiet, in words; empty when nothing does."""
    hall = machine.hall
    state = state_of(hall)
    with hall.reading() as reading:
        end = end_of(reading, hall.epoch)
        record = None if state.acked is None else next_record(reading, state.records, state.acked)
    if state.new_epoch is not None:
        return f"new epoch at stage {state.new_epoch.stage}"
    if state.stop is not None:
        return f"stopped: {state.stop.reason}, expected {state.stop.expected}, found {state.stop.found}"
    if state.outstanding is not None:
        return "a request without an answer"
    if state.acked is None or (state.acked.seq, state.acked.hash) != end:
        return f"acknowledged {state.acked}, the chain ends at {end}"
    if state.feed is None or (state.feed.n, state.feed.hash) != feed_end:
        return f"read the feed up to {state.feed}, it ends at {feed_end}"
    if record is not None or state.refused_records:
        return f"records wait: {record and record.mark}, refused {state.refused_records}"
    return ""


def _heal(world: World) -> None:
    world.house.is_down = False
    world.house.restart()
    world.versions.update_all(len(world.machines))
    for machine in world.machines:
        assert machine.weather is not None, "every machine has a line"
        machine.fuse.mend()
        machine.weather.clear()
        machine.clock.off_ms = 0
    if not is_joined(world.machines[0].hall):
        join_again(world, 0)
    if trouble := world.office.bring(world.time.ms).removeprefix("brought"):
        world.truth.wrong("I12 converge", f"a file is not taken: {trouble}")


def _retire_twins(world: World) -> None:
    """A second copy of a counter hands over what it has while the first one is off, and is not used any more."""
    for number, machine in enumerate(world.machines):
        if "twin" in machine.name and not machine.is_gone:
            _wait(world, {number})
            world.truth.held |= contents_in_file(machine.hall)
            machine.off()
            machine.is_gone = True


def _bring_receipts(world: World) -> bool:
    """Whoever paid what lay on a destroyed disk alone comes with the receipt; whether there was anybody."""
    for machine in world.machines:
        if not machine.is_gone and world.truth.gone & world.truth.papers.keys():
            bring_receipts(machine.teller, machine.hall, machine.name.split("-")[0])
    return bool(world.truth.reentered)


def _count_records(world: World) -> None:
    """What lies in a file now is not lost with any disk."""
    for machine in world.machines:
        if not machine.is_gone:
            world.truth.held |= contents_in_file(machine.hall)


def _wait(world: World, only: set[int] | None = None) -> None:
    """Rounds as the program itself makes them, until nothing moves any more; a supervisor is there all the time, and
    so is somebody who gives codes.
    """
    begin = world.time.ms
    here = only or {number for number, machine in enumerate(world.machines) if not machine.is_gone}
    due = dict.fromkeys(sorted(here), begin)
    before: dict[int, SyncState] = {}
    idle = Counter[int]()
    while due:
        number = min(due, key=lambda number: (due[number], number))
        if due[number] - begin > LIMIT_MS:
            break
        world.time.pass_to(due[number])
        machine = world.machines[number]
        if machine.is_stopped and machine.does(machine.teller.confirm_file) in NOBODY:
            join_again(world, number)
        done = machine.round()
        if done is not None and done.why == FORGOTTEN:
            join_again(world, number)
            done = None
        next_ms = SECOND_MS if done is None else int(done.next_s * 1_000)
        due[number] = world.time.ms + max(SECOND_MS, next_ms)
        # a nonce and the hub's time are new after each request: nothing comes closer by them
        now = replace(state_of(machine.hall), nonce=None, hub_time=None, outstanding=None)
        idle[number] = idle[number] + 1 if before.get(number) == now else 0
        before[number] = now
        if idle[number] == MOST_IDLE:
            # it says the same again and again, and would for the rest of the time
            del due[number]
        if not _unrest(world, here):
            return
    for odd in _unrest(world, here):
        world.truth.wrong("I12 converge", odd)


def _unrest(world: World, here: set[int]) -> list[str]:
    with world.house.disk.looking() as connection:
        ends = {hall_id: (n, digest) for hall_id, n, digest in world.house.feed_ends(connection)}
        apart = connection.execute(_NOT_UNDERSTOOD).scalar_one() if world.versions.is_hub_newer else 0
    machines = [world.machines[number] for number in sorted(here)]
    found = [(machine.name, unrest_of(machine, ends.get(machine.hall.hall.hall_id, (0, "")))) for machine in machines]
    waits = [f"hub: {apart} entries that it understands by now"] if apart else []
    return waits + [f"{name}: {odd}" for name, odd in found if odd]
