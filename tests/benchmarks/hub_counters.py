"""Counters of a hub that is measured, each a process of its own: one comes to an empty folder, takes money, drains."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TypeVar

from counter_app.clock import SystemClock, new_intent_id
from counter_app.domain.payments import Tender, Wish, plan
from counter_app.domain.shifts import CashCount
from counter_app.domain.staff import Role, Session
from counter_app.services import payments, shifts
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.shifts import open_shift_of
from counter_app.sync.engine import Engine
from counter_app.sync.enrolment import join_new
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import HttpLine
from counter_app.sync.snapshots import Snapshots
from tests.benchmarks.measuring import Scene

T = TypeVar("T")
_RUN = """
import json, sys
from tests.benchmarks import hub_counters
print(json.dumps(getattr(hub_counters, sys.argv[1])(*sys.argv[2:])))
"""
Said = dict[str, float]


def begin(scene: Scene, act: Callable[..., Said], *words: str) -> Callable[[], Said]:
    """Begin one of the functions below in a process of its own; what is returned waits for what it measured.

    In the size that only proves to run it is done here, when it is waited for: a process costs more than all the rest.
    """
    if scene.is_tiny:
        return lambda: act(*words)
    process = subprocess.Popen([sys.executable, "-c", _RUN, act.__name__, *words], stdout=subprocess.PIPE, text=True)

    def wait() -> Said:
        with process:
            told = process.communicate()[0]
        assert process.returncode == 0, f"a counter ended with {process.returncode}"
        found: Said = json.loads(told)
        return found

    return wait


def come(folder: str, url: str, code: str, counter: str) -> Said:
    """An empty folder becomes a counter of the hall, with everything that the hall has."""
    began = time.perf_counter(), time.process_time()
    clock = SystemClock.of_this_machine()
    join_new(Path(folder), url, code, counter, clock=clock)
    hall, took = open_hall(Path(folder), clock=clock), list[float]()
    drained(hall, took)
    hall.close()
    ordered = sorted(took)
    return {
        "wall": time.perf_counter() - began[0],
        "cpu": time.process_time() - began[1],
        "slice_ms": ordered[len(ordered) // 2],
        "slice_p99": ordered[int((len(ordered) - 1) * 0.99)],
        "memory": memory_mb("self"),
    }


def take(folder: str, first: str, count: str) -> Said:
    """Payments of as many customers, with nobody on the line."""
    clock = SystemClock.of_this_machine()
    hall = open_hall(Path(folder), clock=clock)
    who = Session("1001", "王芳", Role.TELLER, clock.now())
    begun = time.process_time()
    shifts.open_shift(hall, who, CashCount({10_000: 5}), new_intent_id())
    for customer in range(int(first), int(first) + int(count)):
        with hall.reading() as reading:
            shift = open_shift_of(reading, hall.hall.counter_id)
            _, position = payments.position_of(hall, reading, customer, customer, shift)
        wish = Wish((Tender("cash", position.due_fen),))
        payments.take(hall, who, payments.Order(new_intent_id(), customer, customer, wish, plan(position, wish)))
    hall.close()
    return {"cpu": time.process_time() - begun}


def drain(folder: str) -> Said:
    """Everything that waits goes up, and what is new comes down."""
    hall = open_hall(Path(folder), clock=SystemClock.of_this_machine())
    began = time.perf_counter(), time.process_time()
    sent, taken = drained(hall, [])
    hall.close()
    wall, cpu = time.perf_counter() - began[0], time.process_time() - began[1]
    return {"wall": wall, "cpu": cpu, "sent": sent, "taken": taken}


def drained(hall: OpenHall, took: list[float]) -> tuple[int, int]:
    """Rounds with the hub until there is nothing more: what went up, what came down, how long each job held the writer
    (ms of CPU).
    """

    def on_writer(job: Callable[[], T], /) -> T:
        begun = time.thread_time()
        done = job()
        took.append((time.thread_time() - begun) * 1e3)
        return done

    lines: list[HttpLine] = []

    def open_line(enrolment: object) -> HttpLine:
        state = ground.state().enrolment
        assert state is not None
        lines.append(HttpLine(state.url, state.authority))
        return lines[-1]

    ground = Ground(hall, on_writer)
    engine = Engine(ground, open_line, Snapshots(), Random(1))
    sent = taken = 0
    while True:
        done = engine.round()
        sent, taken = sent + done.sent, taken + done.taken
        if done.why not in ("", "busy"):
            raise AssertionError(done)
        if done.why:
            time.sleep(min(done.next_s, 1.0))
        elif not (done.is_more or done.sent or done.taken) and ground.state().feed is not None:
            break
    for line in lines:
        line.close()
    return sent, taken


def memory_mb(of: str | int) -> float:
    """The most memory that a process has had; 0 where the system tells nobody."""
    try:
        lines = Path(f"/proc/{of}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
