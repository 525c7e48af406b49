"""The line of an open counter: begun only where there is a hub, over real TLS, and ended without a trace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

from counter_app.storage.hall import OpenHall
from counter_app.storage.sync_state import read_state
from counter_app.sync.enrolment import join
from counter_app.sync.keeper import LineKeeper
from tests import halls
from tests.sync.real_hub import RealHub, a_real_hub
from tests.sync.test_engine import write

T = TypeVar("T")

TRIES = 600


@pytest.fixture
def lanes() -> Iterator[tuple[ThreadPoolExecutor, ThreadPoolExecutor]]:
    with ThreadPoolExecutor(max_workers=1) as long, ThreadPoolExecutor(max_workers=1) as writer:
        yield long, writer


@pytest.fixture
def hall(tmp_path: Path, lanes: tuple[ThreadPoolExecutor, ThreadPoolExecutor]) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path / "hall")
    lanes[1].submit(opened.store.adopt).result()
    yield opened
    lanes[1].submit(opened.close).result()


def acked_of(hall: OpenHall) -> int:
    with hall.reading() as reading:
        acked = read_state(reading).acked
    return acked.seq if acked else 0


def all_up(hub: RealHub, hall: OpenHall, seq: int) -> bool:
    """Waits until the hub has acknowledged so many; the line works on a thread of its own."""
    for _ in range(TRIES):
        if acked_of(hall) >= seq:
            return True
        threading.Event().wait(0.1)
    return False


def at_last(ask: Callable[[], T], is_so: Callable[[T], bool]) -> T:
    """What is so after a while: it is told on a thread of its own."""
    for _ in range(TRIES):
        if is_so(found := ask()):
            break
        threading.Event().wait(0.1)
    return found


def test_an_enrolled_counter_speaks_and_stops_when_it_is_told(
    hall: OpenHall, lanes: tuple[ThreadPoolExecutor, ThreadPoolExecutor], tmp_path: Path
) -> None:
    long, writer = lanes
    with a_real_hub() as hub, hub.served(tmp_path) as url:
        code = hub.code(hall.hall)
        writer.submit(join, hall, url, code, hub.way._replace(fetch_authority=lambda _url: hub.authority)).result()
        keeper = LineKeeper(speaks=True)
        writer.submit(keeper.look, hall).result()
        keeper.begin(hall, long, writer)
        keeper.begin(hall, long, writer)
        assert all_up(hub, hall, 2)
        standing = at_last(lambda: keeper.standing(hall), lambda found: bool(found and found.answered_at))
        assert standing is not None
        assert (standing.light, standing.waiting) == ("good", 0)
        certificate = keeper.certificate()
        assert certificate is not None
        assert standing.certificate_ends_at == certificate.until
        writer.submit(write, hall, 3).result()
        assert all_up(hub, hall, 5)
        assert [thread.name for thread in threading.enumerate()].count("sync") == 1
        long.submit(keeper.end).result()
        assert "sync" not in [thread.name for thread in threading.enumerate()]
        writer.submit(write, hall).result()
        assert acked_of(hall) == 5


@pytest.mark.parametrize("speaks", [True, False])
def test_without_a_hub_or_in_a_copy_nobody_is_spoken_with(
    hall: OpenHall, lanes: tuple[ThreadPoolExecutor, ThreadPoolExecutor], *, speaks: bool
) -> None:
    long, writer = lanes
    if not speaks:
        with a_real_hub() as hub:
            writer.submit(hub.joined, hall).result()
    keeper = LineKeeper(speaks=speaks)
    writer.submit(keeper.look, hall).result()
    keeper.begin(hall, long, writer)
    long.submit(keeper.end).result()
    assert hall.on_grown is None
