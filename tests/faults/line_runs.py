"""Campaigns over a line that breaks: payments in bad weather, partitions, SIGKILL of counters and of the hub."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from counter_app.sync.status import SyncStatus
from tests.faults.counters import SENT, Counter, Work, planted
from tests.faults.nursery import Nursery
from tests.faults.upstream import CLEAR, DATABASE, Upstream, no_room
from tests.faults.upstream_truth import UpstreamTruth, agree

STORM: Mapping[str, float] = {
    "clear": 3,
    "refuse": 1,
    "reset_request": 2,
    "reset_reply": 3,
    "swallow_request": 0.7,
    "swallow_reply": 1,
    "half_open": 0.7,
    "delay": 1,
    "throttle": 1,
    "duplicate": 2,
}
DOUBLED: Mapping[str, float] = {"duplicate": 4, "reset_reply": 1, "delay": 1}
FLAPPING: Mapping[str, float] = {**STORM, "flap": 1}
PARTITIONS = ("away", "refuse", "reset_request", "reset_reply", "swallow_request", "swallow_reply", "half_open")


@dataclass
class LineRun:
    """How a campaign went."""

    truth: UpstreamTruth
    rounds: list[int] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)
    stuck: int = 0
    kills: int = 0
    seconds: float = 0.0
    shown: list[SyncStatus] = field(default_factory=list)

    @property
    def wrongs(self) -> dict[str, int]:
        """Everything that must not be."""
        return {**self.truth.wrongs, **({"stuck": self.stuck} if self.stuck else {})}

    def __str__(self) -> str:
        return f"{self.wrongs}, rounds {self.rounds}\n" + "\n".join(self.truth.examples)


def work_of(up: Upstream, truth: UpstreamTruth, seed: int, **more: Any) -> Work:
    """The work of all counters, each from where it stopped."""
    first, intents = [], []
    for told in truth.truths:
        tried = max(told.tried.items(), key=lambda pair: pair[1], default=None)
        is_open = tried is not None and not told.is_recorded(tried[0])
        first.append(0 if tried is None else tried[1] + (not is_open))
        intents.append(tried[0] if tried is not None and is_open else "")
    return Work([str(folder) for folder in up.counters], seed, first, intents, **more)


def storm(
    up: Upstream,
    truth: UpstreamTruth,
    *,
    payments: int,
    seed: int,
    turn: int = 10,
    is_each_turn_sent: bool = True,
    weather: Mapping[str, float] | None = None,
    unheard: float = 0.0,
    **more: Any,
) -> LineRun:
    """Payments at all counters in turn while the weather changes (or begins anew, if one is given) with each `turn`;
    then it clears, and all is level. It goes on, three times as long at most, until this share went `unheard`: how much
    a weather swallows depends on how fast the machine is.
    """
    run, begun = LineRun(truth), time.monotonic()
    chance = Random(seed)
    work = work_of(up, truth, seed, **more)
    with planted(work.defect):
        counters = [Counter(work, number, truth.listen) for number in range(len(up.counters))]
        for at in range(3 * payments):
            if at >= payments and _gone_unheard(truth) >= unheard * at * len(counters):
                break
            if at % turn == 0:
                up.line.order(weather=dict(weather or chance.choice((STORM, STORM, FLAPPING))))
            for counter in counters:
                counter.pay()
            if is_each_turn_sent and at % turn == turn - 1:
                for counter in counters:
                    counter.ask()
                for counter in counters:
                    counter.told()
        run.faults = up.line.order(weather=dict(CLEAR))
        settle(run, counters)
    truth.check(up.postgres, DATABASE, is_level=True)
    for what in agree(up.counters):
        truth.wrong("counters differ", what)
    run.seconds = time.monotonic() - begun
    return run


def _gone_unheard(truth: UpstreamTruth) -> int:
    return sum(len(one.seqs) for one in truth.unheard)


def settle(run: LineRun, counters: list[Counter]) -> None:
    """With a whole line: every queue empties, and every counter reads to the feed's end; then they are closed."""
    drain(run, counters)
    for counter in counters:
        counter.close()


def drain(run: LineRun, counters: list[Counter]) -> None:
    """Every queue empties and every counter reads to the feed's end, or it is stuck."""
    for _ in range(2):
        # the second time round each hears of what the others brought up last
        found = [counter.drain() for counter in counters]
        run.rounds.append(max(found))
        run.stuck += -1 in found


def partitions(
    up: Upstream, truth: UpstreamTruth, *, runs: int, seed: int, payments: int = 4, stays_s: float = 1.0, **more: Any
) -> LineRun:
    """The line is cut in one of all ways, tellers go on, it is whole again: no counter may stay behind."""
    run, begun = LineRun(truth), time.monotonic()
    chance = Random(seed)
    work = work_of(up, truth, seed, **more)
    counters = [Counter(work, number, truth.listen) for number in range(len(up.counters))]
    for number in range(runs):
        up.line.order(cut=PARTITIONS[number % len(PARTITIONS)])
        for _ in range(payments):
            for counter in counters:
                counter.pay()
        time.sleep(chance.uniform(0, stays_s))
        run.faults = up.line.order(weather=dict(CLEAR))
        drain(run, counters)
    for counter in counters:
        counter.close()
    truth.check(up.postgres, DATABASE, is_level=True)
    for what in agree(up.counters):
        truth.wrong("counters differ", what)
    run.seconds = time.monotonic() - begun
    return run


def kills(up: Upstream, truth: UpstreamTruth, *, count: int, seed: int, **more: Any) -> LineRun:
    """SIGKILL of a process that pays and syncs, at random moments of both; what was acknowledged is there each time."""
    run, begun = LineRun(truth), time.monotonic()
    chance = Random(seed)
    nursery = Nursery("tests.faults.counters:live")
    try:
        for number in range(count):
            up.line.order(weather=dict(STORM if number % 2 else {"clear": 1, "delay": 1}))
            nursery.start(work_of(up, truth, seed, **more).to_json())
            lines = nursery.listen(chance.uniform(0.05, 1.2))
            nursery.kill()
            lines += nursery.last_words()
            if lines[-1]["status"] != -signal.SIGKILL:
                truth.wrong("crashed", str(lines[-1]))
            for line in lines[:-1]:
                truth.listen(line)
            run.kills += 1
            # one payment of the counter that was writing when it died may be there unheard
            truth.check(up.postgres, DATABASE, is_level=False, most_extra=1)
    finally:
        nursery.close()
    run.faults = up.line.order(weather=dict(CLEAR))
    work = work_of(up, truth, seed)
    settle(run, [Counter(work, number, truth.listen) for number in range(len(up.counters))])
    truth.check(up.postgres, DATABASE, is_level=True, most_extra=1_000_000)
    run.seconds = time.monotonic() - begun
    return run


def believes(up: Upstream, truth: UpstreamTruth, *, seed: int) -> LineRun:
    """The planted defect of a counter that takes what it sent for acknowledged, on a line that is cut."""
    run, begun = LineRun(truth), time.monotonic()
    with planted(SENT):
        counter = Counter(work_of(up, truth, seed, defect=SENT), 0, truth.listen)
        counter.drain()
        up.line.order(cut="away")
        counter.pay()
        counter.next_round()
        counter.close()
    up.line.order(weather=dict(CLEAR))
    truth.check(up.postgres, DATABASE, is_level=False)
    run.seconds = time.monotonic() - begun
    return run


def hub_kills(
    up: Upstream, truth: UpstreamTruth, *, count: int, seed: int, ways: Sequence[str] = ("worker",), **more: Any
) -> LineRun:
    """SIGKILL of a worker, of the whole hub, and of PostgreSQL's postmaster, one after another, while tellers pay."""
    run, begun = LineRun(truth), time.monotonic()
    chance = Random(seed)
    work = work_of(up, truth, seed, **more)
    counters = [Counter(work, number, truth.listen) for number in range(len(up.counters))]
    for number in range(count):
        pay_for(counters, chance.uniform(0.2, 0.8))
        WAYS[ways[number % len(ways)]](up, chance)
        pay_for(counters, chance.uniform(0.2, 0.8))
        run.kills += 1
    up.service.until_it_answers()
    settle(run, counters)
    truth.check(up.postgres, DATABASE, is_level=True)
    run.seconds = time.monotonic() - begun
    return run


def full_disk(up: Upstream, truth: UpstreamTruth, *, count: int, seed: int, payments: int = 60, **more: Any) -> LineRun:
    """No byte is left on the hub's disk while tellers pay: it says so, the queue stays, and goes up when there is room.

    A PostgreSQL that could not even write its log has ended, and is started again as whoever runs it would.
    """
    run, begun = LineRun(truth), time.monotonic()
    work = work_of(up, truth, seed, **more)
    counters = [Counter(work, number, truth.listen) for number in range(len(up.counters))]
    for _ in range(count):
        with no_room(up.postgres.folder):
            for _ in range(payments):
                for counter in counters:
                    counter.pay()
            for counter in counters:
                status = counter.next_round()
                run.shown.append(status)
                if not status.waiting:
                    truth.wrong("full disk", "a counter has an answer without room for its entries")
        run.kills += up.postgres.is_gone
        if up.postgres.is_gone:
            up.postgres.start()
    settle(run, counters)
    truth.check(up.postgres, DATABASE, is_level=True)
    run.seconds = time.monotonic() - begun
    return run


def pay_for(counters: list[Counter], seconds: float, *, pause_s: float = 0.02) -> None:
    """Tellers pay for a while."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        for counter in counters:
            counter.pay()
        time.sleep(pause_s)


def _kill_worker(up: Upstream, chance: Random) -> None:
    # the hub may have been killed just before: it has to be there again to lose a worker
    up.service.until_it_answers()
    os.kill(chance.choice(sorted(up.service.workers())), signal.SIGKILL)


def _kill_postmaster(up: Upstream, chance: Random) -> None:
    up.postgres.kill()
    time.sleep(chance.uniform(0, 0.3))
    up.postgres.start()


def _kill_hub(up: Upstream, chance: Random) -> None:
    up.service.kill()
    up.service.start()


WAYS = {"worker": _kill_worker, "postmaster": _kill_postmaster, "hub": _kill_hub}
"""Who is killed."""
