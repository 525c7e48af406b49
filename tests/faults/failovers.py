"""Two real PostgreSQL, one a standby of the other: the primary dies during uploads, the standby takes over."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from random import Random

import psycopg

from counter_app.domain.sync_state import ChainMark
from counter_app.storage.sync_state import read_state
from tests.faults.counters import Counter, Work
from tests.faults.line_runs import LineRun, pay_for, settle, work_of
from tests.faults.upstream import DATABASE, Upstream
from tests.faults.upstream_truth import UpstreamTruth
from tests.hub.postgres import OWNER, START_S, PrivatePostgres

NAME = "s1"
"""What the standby calls itself, and the primary waits for."""


@dataclass
class Failovers(LineRun):
    """How a campaign went; `lost` were acknowledged and not on the standby, and all of them came back."""

    lost: int = 0
    acknowledged: int = 0
    generations: int = 0


@dataclass
class Pair:
    """A primary and its standby; after each fail-over the other way round."""

    primary: PrivatePostgres
    standby: PrivatePostgres

    def url(self) -> str:
        """The address with both hosts; the one that may be written to is used."""
        hosts = ",".join(sorted(one.socket for one in (self.primary, self.standby)))
        ports = f"{self.primary.port},{self.standby.port}"
        return f"postgresql://{OWNER}@/{DATABASE}?host={hosts}&port={ports}"

    def follow(self) -> None:
        """Make the standby anew as a copy of the primary, and let it stream."""
        copy, primary = self.standby, self.primary
        shutil.rmtree(copy.data, ignore_errors=True)
        copy.own_folder()
        place = f"host={primary.socket} port={primary.port} user={OWNER}"
        words = ("-h", primary.socket, "-p", str(primary.port), "-U", OWNER, "-D", str(copy.data))
        copy.tool("pg_basebackup", *words, "-X", "stream", "--checkpoint=fast", "--no-sync")
        (copy.data / "standby.signal").touch()
        copy.settings = {**primary.settings, "primary_conninfo": f"{place} application_name={NAME}"}
        copy.start()
        self.until("streaming")

    def wait_for_copies(self, *, is_on: bool) -> None:
        """Whether the primary acknowledges only what the standby has, too."""
        self.primary.reload(synchronous_standby_names=f"ANY 1 ({NAME})" if is_on else "")
        if is_on:
            self.until("streaming", "quorum")

    def until(self, *words: str) -> None:
        """Wait until the primary says these of its standby."""
        ends = time.monotonic() + START_S
        question = "SELECT state || ' ' || sync_state FROM pg_stat_replication"
        while time.monotonic() < ends:
            with psycopg.connect(self.primary.dsn()) as connection:
                found = connection.execute(question).fetchall()
            if found and all(word in found[0][0] for word in words):
                return
            time.sleep(0.02)
        raise AssertionError(f"no standby: {found}")

    def receiver(self) -> int:
        """The standby's process that receives."""
        with psycopg.connect(self.standby.dsn()) as connection:
            found = connection.execute("SELECT pid FROM pg_stat_wal_receiver").fetchone()
        assert found is not None
        return int(found[0])

    def promote(self) -> None:
        """The standby is the primary from now on."""
        self.standby.settings = {
            name: value for name, value in self.standby.settings.items() if name != "primary_conninfo"
        }
        self.standby.tool("pg_ctl", "promote", "-D", str(self.standby.data), "-w")
        self.primary, self.standby = self.standby, self.primary
        self.primary.reload(synchronous_standby_names="")


@contextmanager
def stopped(*processes: int) -> Iterator[None]:
    """Processes that stand still for the block."""
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


def a_pair(primary: PrivatePostgres, stack: ExitStack) -> Pair:
    """A synchronous standby beside a primary."""
    standby = PrivatePostgres(primary.folder.parent / "b", dict(primary.settings))
    pair = Pair(primary, standby)
    pair.follow()
    stack.callback(standby.stop)
    pair.wait_for_copies(is_on=True)
    return pair


def failovers(
    up: Upstream, pair: Pair, truth: UpstreamTruth, *, count: int, seed: int, is_synchronous: bool = True
) -> Failovers:
    """Kill the primary during uploads, promote the standby, let all settle, and make a new standby; again and again."""
    run, begun = Failovers(truth), time.monotonic()
    chance = Random(seed)
    for number in range(count):
        pair.wait_for_copies(is_on=is_synchronous)
        counters = [Counter(work_of(up, truth, seed), each, truth.listen) for each in range(len(up.counters))]
        pay_for(counters, chance.uniform(0.3, 0.8))
        if is_synchronous:
            pair.primary.kill()
        else:
            with stopped(pair.receiver()):
                for counter in counters:
                    counter.drain()
                pay_for(counters, chance.uniform(0.5, 1.0), pause_s=0)
                for counter in counters:
                    counter.drain()
                pair.primary.kill()
        pay_for(counters, chance.uniform(0, 0.3))
        marks = [_acknowledged(counter) for counter in counters]
        pair.promote()
        up.postgres = pair.primary
        for counter, mark in zip(counters, marks, strict=True):
            run.acknowledged += mark.seq
            run.lost += _lost(pair.primary, counter.hall.hall.counter_id, mark)
        pay_for(counters, chance.uniform(0, 0.3))
        settle(run, counters)
        run.kills += 1
        truth.check(up.postgres, DATABASE, is_level=True)
        if number + 1 < count:
            pair.follow()
    if is_synchronous and run.lost:
        truth.wrong("acknowledged and lost", f"{run.lost} entries")
    run.seconds = time.monotonic() - begun
    return run


def split_brain(up: Upstream, pair: Pair, truth: UpstreamTruth, *, seed: int, rounds: int = 3) -> Failovers:
    """The primary stands still, the standby is promoted, and the old primary wakes up: what it says counts for nobody.

    The hub has to let go of the connections that say nothing, and no counter may hear a yes of the old primary, whom
    nobody copies. When it is stopped for good, all settle.
    """
    run, begun = Failovers(truth, kills=1), time.monotonic()
    pair.wait_for_copies(is_on=True)
    work = work_of(up, truth, seed, patience_s=20.0)
    counters = [Counter(work, number, truth.listen) for number in range(len(up.counters))]
    pay_for(counters, 0.3)
    old = pair.primary
    with stopped(*old.processes):
        pair.promote()
        up.postgres = pair.primary
        _tried(counters, rounds)
    _tried(counters, rounds)
    for counter in counters:
        mark = _acknowledged(counter)
        run.acknowledged += mark.seq
        run.lost += _lost(pair.primary, counter.hall.hall.counter_id, mark)
    old.kill()
    if run.lost:
        truth.wrong("acknowledged and lost", f"{run.lost} entries of the old primary")
    settle(run, counters)
    truth.check(up.postgres, DATABASE, is_level=True)
    run.seconds = time.monotonic() - begun
    return run


def _tried(counters: list[Counter], rounds: int) -> None:
    for _ in range(rounds):
        for counter in counters:
            counter.pay()
            counter.next_round()


def without_copy(up: Upstream, pair: Pair, truth: UpstreamTruth, *, seed: int) -> LineRun:
    """The standby is dead and the primary waits for it: no counter hears a yes, and each does when it is back."""
    run, begun = LineRun(truth), time.monotonic()
    pair.wait_for_copies(is_on=True)
    # longer than the hub's own patience with a COMMIT, so that it is the hub that says no
    work: Work = work_of(up, truth, seed, patience_s=20.0)
    counters = [Counter(work, number, truth.listen) for number in range(len(up.counters))]
    for counter in counters:
        counter.drain()
    pair.standby.kill()
    before = [_acknowledged(counter) for counter in counters]
    for counter in counters:
        counter.pay()
    for counter, mark in zip(counters, before, strict=True):
        status = counter.next_round()
        if status.why != "busy":
            truth.wrong("without copy", f"the counter says {status.why or 'nothing'}")
        if _acknowledged(counter) != mark:
            truth.wrong("acknowledged without copy", f"{mark} became {_acknowledged(counter)}")
    pair.standby.start()
    settle(run, counters)
    truth.check(up.postgres, DATABASE, is_level=True)
    run.seconds = time.monotonic() - begun
    return run


def _acknowledged(counter: Counter) -> ChainMark:
    with counter.hall.reading() as reading:
        mark = read_state(reading).acked
    assert mark is not None
    return mark


def _lost(there: PrivatePostgres, counter_id: str, mark: ChainMark) -> int:
    """How many acknowledged entries of a counter a hub on this data base does not know."""
    question = "SELECT coalesce(max(seq), 0) FROM inbox WHERE counter_id = %s AND epoch = %s"
    with psycopg.connect(there.dsn(DATABASE)) as hub:
        found = hub.execute(question, (counter_id, mark.epoch)).fetchone()
    assert found is not None
    return max(0, mark.seq - int(found[0]))
