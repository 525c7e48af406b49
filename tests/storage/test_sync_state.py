"""How the counter stands with its hub is kept part by part, stops money for good, and is told to every entry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from counter_app.clock import FixedClock
from counter_app.domain.journal import Draft
from counter_app.domain.sync_state import (
    ChainMark,
    Enrolment,
    FeedMark,
    HubTime,
    NewEpoch,
    Outstanding,
    RecordsMark,
    Stop,
    SyncState,
    TriedRecords,
)
from counter_app.storage import chain
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.mark import Mark, read_mark, write_mark
from counter_app.storage.sync_state import keep, read_state
from counter_app.storage.trouble import MoneyIsOff
from counter_app.storage.verify import verify
from tests import halls

HASH = "ab" * 32
WHOLE = SyncState(
    enrolment=Enrolment("https://hub.example", HASH, "pem", 3, wants_master=True),
    acked=ChainMark(1, 2, HASH),
    feed=FeedMark("g1", 7, HASH),
    nonce="n1",
    outstanding=Outstanding("n1", 1, 3, 2, HASH),
    hub_time=HubTime("fixed", -5, 12, 99),
    stop=Stop("cloned", "2026-11-22T00:00:00Z", "one copy", "two"),
    new_epoch=NewEpoch("wanted", "fork", "2001", ChainMark(1, 3, HASH)),
    records=RecordsMark(9, "r"),
    refused_records=("r8",),
    tried_records=TriedRecords("2026-11-21", ("r8",)),
)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path / "hall")
    yield opened
    opened.close()


def state_of(hall: OpenHall) -> SyncState:
    with hall.reading() as reading:
        return read_state(reading)


def last_content(hall: OpenHall) -> dict[str, object]:
    with hall.writing() as work:
        hall.journal.append(work, Draft("note", {"x": 1}, "1001", halls.NOW.date()))
    with hall.reading() as reading:
        row = reading.driver.execute("SELECT content FROM entries ORDER BY id DESC LIMIT 1").fetchone()
    assert row is not None
    content: dict[str, object] = json.loads(row[0])
    return content


def test_each_part_is_kept_and_forgotten_alone(hall: OpenHall) -> None:
    assert state_of(hall) == SyncState()
    with hall.writing() as work:
        keep(work, **{field.name: getattr(WHOLE, field.name) for field in fields(WHOLE)})
    assert state_of(hall) == WHOLE
    for field in fields(WHOLE):
        with hall.writing() as work:
            keep(work, **{field.name: None})
        assert getattr(state_of(hall), field.name) is None
    assert state_of(hall) == SyncState()
    with hall.writing() as work, pytest.raises(KeyError):
        keep(work, nothing=1)


def test_an_entry_says_what_the_counter_knew_of_the_hub(hall: OpenHall) -> None:
    knew = ("seen_gen", "seen_hub_seq", "hub_offset_ms", "hub_error_ms")
    assert [last_content(hall)[name] for name in knew] == [None] * 4
    with hall.writing() as work:
        keep(work, feed=WHOLE.feed, hub_time=WHOLE.hub_time)
    hall.see_hub()
    assert [last_content(hall)[name] for name in knew] == ["g1", 7, -5, 12]
    assert verify(hall.store).findings == ()


def test_the_hubs_time_ends_with_the_start_of_the_machine(hall: OpenHall) -> None:
    with hall.writing() as work:
        keep(work, feed=WHOLE.feed, hub_time=WHOLE.hub_time)
    folder = hall.folder
    hall.close()
    for boot_id, offset in (("fixed", -5), ("another start", None)):
        opened = open_hall(folder, clock=FixedClock(halls.NOW, boot_id))
        content = last_content(opened)
        opened.close()
        assert (content["seen_hub_seq"], content["hub_offset_ms"]) == (7, offset)


@pytest.mark.parametrize(
    ("reason", "what"),
    [
        ("restored", "journal behind the hub"),
        ("fork", "journal differs from the hub"),
        ("cloned", "second copy"),
        ("revoked", "device withdrawn"),
    ],
)
def test_a_stop_holds_however_often_the_file_is_opened(hall: OpenHall, reason: str, what: str) -> None:
    with hall.writing() as work:
        keep(work, stop=Stop(reason, "2026-11-22T00:00:00Z", "one", "two"))  # type: ignore[arg-type]  # from the list above
    folder = hall.folder
    hall.close()
    opened = open_hall(folder, clock=FixedClock(halls.NOW))
    try:
        for _ in range(2):
            with pytest.raises(MoneyIsOff) as off, opened.writing(money=True):
                pass
            assert [finding.what for finding in off.value.findings] == [what]
            opened.store.reopen()
        opened.accept_mark()
        with opened.writing(money=True) as work:
            keep(work, stop=None)
    finally:
        opened.close()


def test_a_mark_ahead_of_the_file_stays_until_somebody_accepts_the_file(hall: OpenHall) -> None:
    ahead = Mark(1, 99, HASH)
    folder = hall.folder
    hall.close()
    write_mark(folder, ahead)
    for _ in range(2):
        opened = open_hall(folder, clock=FixedClock(halls.NOW))
        last_content(opened)
        assert read_mark(folder) == ahead
        assert [finding.what for finding in opened.store.money_off] == ["journal behind its mark"]
        opened.store.reopen()
        assert opened.store.money_off
        opened.close()
    opened = open_hall(folder, clock=FixedClock(halls.NOW))
    opened.accept_mark()
    last_content(opened)
    with opened.reading() as reading:
        end = chain.end_of(reading, 1)
    assert read_mark(folder) == Mark(1, *end)
    assert opened.store.money_off == ()
    opened.close()


def test_whoever_waits_for_the_journal_hears_of_each_growth_and_of_nothing_else(hall: OpenHall) -> None:
    heard: list[int] = []
    hall.on_grown = lambda: heard.append(1)
    last_content(hall)
    with hall.writing() as work:
        keep(work, nonce="n")
    assert heard == [1]


def test_what_waits_comes_in_order_within_its_limits(hall: OpenHall) -> None:
    for _ in range(5):
        last_content(hall)
    with hall.reading() as reading:
        links = chain.waiting(reading, 1, 0, most=200, most_bytes=10**6)
        assert [link.seq for link in links] == [1, 2, 3, 4, 5, 6]
        assert [link.hash.hex() for link in links] == [chain.hash_at(reading, 1, n) for n in range(1, 7)]
        assert links[0].prev_hash.hex() == chain.hash_at(reading, 1, 0)
        assert chain.waiting(reading, 1, 2, most=2, most_bytes=10**6) == links[2:4]
        size = len(links[0].content.encode())
        assert chain.waiting(reading, 1, 0, most=200, most_bytes=size) == links[:1]
        assert chain.waiting(reading, 1, 0, most=200, most_bytes=1) == links[:1]
        assert chain.waiting(reading, 1, 6, most=200, most_bytes=1) == ()
        assert chain.waiting(reading, 2, 0, most=200, most_bytes=1) == ()
        assert chain.hash_at(reading, 1, 7) is None
        assert chain.end_of(reading, 1) == (6, links[-1].hash.hex())
        assert chain.end_of(reading, 2) == (0, "0" * 64)
        assert chain.queue(reading, 1, 4) == chain.Queue(2, halls.NOW)
        assert chain.queue(reading, 1, 6) == chain.Queue(0, None)
