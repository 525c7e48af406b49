"""The thread of the line: woken by an entry, never in the way of the writer, and over when it is told to be."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from counter_app.domain.journal import Draft
from counter_app.storage.hall import OpenHall
from counter_app.storage.sync_state import read_state
from counter_app.sync.engine import Engine
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import LineDown
from counter_app.sync.rhythm import SETTLE_S
from counter_app.sync.status import SyncStatus
from counter_app.sync.worker import Gate, Over, Worker
from tests import halls
from tests.sync.small_hub import Reply, SmallHub, enrolled_at
from tests.sync.test_engine import no_snapshot

PATIENCE_S = 60
"""How long a test waits for another thread before it calls that a failure."""


@pytest.fixture
def lane() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(max_workers=1) as executor:
        yield executor


@pytest.fixture
def hall(tmp_path: Path, lane: ThreadPoolExecutor) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path / "hall")
    lane.submit(opened.store.adopt).result()
    yield opened
    lane.submit(opened.close).result()


def note(hall: OpenHall) -> None:
    with hall.writing() as work:
        hall.journal.append(work, Draft("note", {"x": 1}, "1001", halls.NOW.date()))


class Hanging:
    """A line on which the hub takes a request and says nothing, until it is cut."""

    def __init__(self) -> None:
        self.is_asked, self._is_cut = threading.Event(), threading.Event()

    def call(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        self.is_asked.set()
        assert self._is_cut.wait(PATIENCE_S)
        raise LineDown("offline")

    def cut(self) -> None:
        self._is_cut.set()

    def close(self) -> None:
        self._is_cut.set()


def test_an_entry_wakes_the_line_and_the_status_is_told(hall: OpenHall, lane: ThreadPoolExecutor) -> None:
    hub = SmallHub(hall.device.public_key)
    lane.submit(enrolled_at, hub, hall).result()
    told: list[SyncStatus] = []
    is_told = threading.Semaphore(0)

    def tell(status: SyncStatus) -> None:
        told.append(status)
        is_told.release()

    gate = Gate(lane)
    worker = Worker(Engine(Ground(hall, gate), lambda _e: hub, no_snapshot, Random(1)), gate, tell)
    hall.on_grown = worker.wake
    worker.start()
    try:
        assert is_told.acquire(timeout=PATIENCE_S)
        assert len(hub.hashes[1]) == 1
        lane.submit(note, hall).result()
        # long before the next round would be due by itself
        assert is_told.acquire(timeout=PATIENCE_S)
        assert len(hub.hashes[1]) == 2
        assert [(status.light, status.waiting) for status in told] == [("good", 0)] * 2
    finally:
        worker.stop()


def test_a_hub_that_says_nothing_holds_neither_the_writer_nor_the_end(hall: OpenHall, lane: ThreadPoolExecutor) -> None:
    hub = SmallHub(hall.device.public_key)
    lane.submit(enrolled_at, hub, hall).result()
    line, gate = Hanging(), Gate(lane)
    worker = Worker(Engine(Ground(hall, gate), lambda _e: line, no_snapshot, Random(1)), gate, lambda status: None)
    worker.lend(line)
    worker.start()
    assert line.is_asked.wait(PATIENCE_S)
    lane.submit(note, hall).result(PATIENCE_S)
    worker.stop()
    with hall.reading() as reading:
        assert read_state(reading).outstanding is not None
    with pytest.raises(Over):
        gate(lambda: None)


def test_a_fault_in_a_round_does_not_end_the_thread(hall: OpenHall, lane: ThreadPoolExecutor) -> None:
    hub = SmallHub(hall.device.public_key)
    lane.submit(enrolled_at, hub, hall).result()
    is_asked, is_told = threading.Event(), threading.Event()
    calls: list[str] = []

    class Faulty:
        def call(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
            calls.append(target)
            is_asked.set()
            if len(calls) == 1:
                raise ZeroDivisionError
            return hub.call(method, target, headers, body)

    gate = Gate(lane)
    engine = Engine(Ground(hall, gate), lambda _e: Faulty(), no_snapshot, Random(1))
    worker = Worker(engine, gate, lambda status: is_told.set())
    worker.start()
    try:
        assert is_asked.wait(PATIENCE_S)
        worker.wake()
        assert is_told.wait(PATIENCE_S)
    finally:
        worker.stop()


def test_what_the_hub_asks_for_holds_for_an_eager_counter(hall: OpenHall, lane: ThreadPoolExecutor) -> None:
    hub = SmallHub(hall.device.public_key)
    lane.submit(enrolled_at, hub, hall).result()
    is_told = threading.Semaphore(0)

    class Busy:
        def call(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
            raise LineDown("busy", retry_after_s=PATIENCE_S)

    gate = Gate(lane)
    engine = Engine(Ground(hall, gate), lambda _e: Busy(), no_snapshot, Random(1))
    worker = Worker(engine, gate, lambda status: is_told.release())
    hall.on_grown = worker.wake
    worker.start()
    try:
        assert is_told.acquire(timeout=PATIENCE_S)
        lane.submit(note, hall).result()
        assert not is_told.acquire(timeout=3 * SETTLE_S)
    finally:
        worker.stop()
