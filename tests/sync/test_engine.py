"""What the counter decides in a round: the same range until it is answered, marks by hash, stops that hold."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from counter_app.clock import FixedClock
from counter_app.domain.journal import Draft
from counter_app.domain.sync_state import ChainMark, SyncState
from counter_app.storage import chain
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.side_records import SideRecord, add_record
from counter_app.storage.sync_state import read_state
from counter_app.storage.trouble import MoneyIsOff
from counter_app.storage.verify import verify
from counter_app.sync import wire
from counter_app.sync.contact import Contact
from counter_app.sync.engine import Engine
from counter_app.sync.ground import Ground
from tests import halls
from tests.sync.small_hub import SmallHub
from tests.sync.small_hub_hall import hall, hub, write

__all__ = ["hall", "hub", "write"]


@pytest.fixture
def engine(hall: OpenHall, hub: SmallHub) -> Engine:
    return an_engine(hall, hub)


def no_snapshot(ground: Ground, contact: Contact, nonce: str) -> None:
    raise AssertionError("a snapshot was asked for")


def an_engine(hall: OpenHall, hub: SmallHub) -> Engine:
    return Engine(Ground(hall), lambda _enrolment: hub, no_snapshot, Random(1))


def state_of(hall: OpenHall) -> SyncState:
    with hall.reading() as reading:
        return read_state(reading)


def own_hashes(hall: OpenHall) -> list[str]:
    with hall.reading() as reading:
        return [link.hash.hex() for link in chain.waiting(reading, hall.epoch, 0, most=10**6, most_bytes=10**9)]


def later(hall: OpenHall, seconds: float) -> None:
    clock = hall.clock
    assert isinstance(clock, FixedClock)
    clock.moment += timedelta(seconds=seconds)


def test_the_whole_journal_goes_up_and_the_mark_follows(hall: OpenHall, hub: SmallHub, engine: Engine) -> None:
    write(hall, 450)
    done = engine.round()
    assert (done.sent, done.why, hub.hashes[1]) == (451, "", own_hashes(hall))
    assert state_of(hall).acked == ChainMark(1, 451, own_hashes(hall)[-1])
    assert state_of(hall).outstanding is None
    assert engine.status().light == "good"
    assert engine.status().waiting == 0
    assert verify(hall.store).findings == ()


def test_long_entries_that_fill_a_round_do_not_wait_for_the_next_poll(
    hall: OpenHall, hub: SmallHub, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counter_app.sync.engine.MOST_UPLOADS", 2)
    with hall.writing() as work:
        for _ in range(4):
            body = {"x": "x" * (wire.MOST_BYTES * 2 // 3)}
            hall.journal.append(work, Draft("note", body, "1001", halls.NOW.date()))
    rounds = [engine.round() for _ in range(3)]
    assert [(done.is_more, done.next_s > 0) for done in rounds[:2]] == [(True, False), (True, False)]
    assert (rounds[2].is_more, sum(done.sent for done in rounds), engine.status().waiting) == (False, 5, 0)


def test_with_nothing_to_say_it_says_here_i_am_once_a_minute(hall: OpenHall, hub: SmallHub, engine: Engine) -> None:
    engine.round()
    for seconds, uploads in ((10, 0), (49, 0), (1, 1), (59, 0), (1, 1)):
        later(hall, seconds)
        hub.calls.clear()
        engine.round()
        assert [method for method, _ in hub.calls].count("POST") == uploads


def test_after_a_lost_reply_exactly_the_same_range_is_sent_again(hall: OpenHall, hub: SmallHub, engine: Engine) -> None:
    write(hall, 3)
    hub.loses_reply = True
    assert engine.round().why == "offline"
    kept = state_of(hall).outstanding
    assert kept is not None
    assert (kept.first_seq, kept.count) == (1, 4)
    assert len(hub.hashes[1]) == 4
    write(hall, 2)
    folder = hall.folder
    hall.close()
    again = open_hall(folder, clock=FixedClock(halls.NOW))
    try:
        done = an_engine(again, hub).round()
        assert (done.why, hub.hashes[1]) == ("", own_hashes(again))
        assert [sent.content for sent in hub.chains[1]][3:] == [link.content for link in links_after(again, 3)]
    finally:
        again.close()


def links_after(hall: OpenHall, seq: int) -> tuple[chain.Link, ...]:
    with hall.reading() as reading:
        return chain.waiting(reading, hall.epoch, seq, most=1000, most_bytes=10**9)


def test_a_lost_heartbeat_is_answered_before_money_follows(hall: OpenHall, hub: SmallHub, engine: Engine) -> None:
    engine.round()
    later(hall, 61)
    hub.loses_reply = True
    assert engine.round().why == "offline"
    write(hall)
    assert engine.round().why == ""
    assert hub.hashes[1] == own_hashes(hall)


def test_a_number_alone_moves_no_mark(hall: OpenHall, hub: SmallHub, engine: Engine) -> None:
    """The file was restored: the hub's head is ahead, and its number 2 is not this file's number 2."""
    write(hall, 3)
    other = [*own_hashes(hall)[:2], "ee" * 32, "ff" * 32, "aa" * 32]
    hub.hashes[1] = other
    hub.chains[1] = [wire.Sent(content="x", signature="0" * 128)] * 5
    engine.round()
    assert [target for _, target in hub.calls if "/feed" in target or "/snapshots" in target] == [], (
        "a state that an entry of ours gave to a service would be kept over rows that have the entry in them"
    )
    acked, stop = state_of(hall).acked, state_of(hall).stop
    assert acked is not None
    assert acked.seq == 0
    assert stop is not None
    assert stop.reason == "restored"
    with pytest.raises(MoneyIsOff, match="journal behind the hub"), hall.writing(money=True):
        pass
    assert engine.status().light == "bad"
    hub.calls.clear()
    assert engine.round().sent == 0
    assert hub.calls == []


@pytest.mark.parametrize(
    ("why", "reason"), [("stale", "restored"), ("cloned", "cloned"), ("fork", "fork"), ("epoch_closed", "cloned")]
)
def test_what_the_hub_says_against_the_file_stops_money(
    hall: OpenHall, hub: SmallHub, engine: Engine, why: str, reason: str
) -> None:
    engine.round()
    write(hall)
    hub.next_no = wire.Refusal(why=wire.Why(why), hub=hub.state())
    assert engine.round().why == why
    stop = state_of(hall).stop
    assert stop is not None
    assert stop.reason == reason
    assert hall.store.money_off


def test_another_head_is_a_fork(hall: OpenHall, hub: SmallHub, engine: Engine) -> None:
    engine.round()
    hub.hashes[1][-1] = "ee" * 32
    write(hall)
    assert engine.round().why == "fork"
    stop = state_of(hall).stop
    assert stop is not None
    assert (stop.reason, stop.expected) == ("fork", f"1 {'ee' * 32}")


def test_a_withdrawn_device_takes_no_money_until_it_is_taken_back(
    hall: OpenHall, hub: SmallHub, engine: Engine
) -> None:
    engine.round()
    write(hall)
    hub.next_no = wire.Refusal(why=wire.Why.REVOKED)
    assert engine.round().why == "revoked"
    assert [finding.what for finding in hall.store.money_off] == ["device withdrawn"]
    assert engine.round().why == ""
    assert hall.store.money_off == ()
    assert state_of(hall).stop is None


def test_a_hub_that_lost_its_tail_gets_it_again(hall: OpenHall, hub: SmallHub, engine: Engine) -> None:
    write(hall, 8)
    hub.tell("hall", {"key": "hotline", "value": "10086"})
    engine.round()
    hub.lose_tail(4, "g2")
    write(hall)
    assert engine.round().why == ""
    assert hub.hashes[1] == own_hashes(hall)
    feed = state_of(hall).feed
    assert feed is not None
    assert (feed.generation, feed.n) == ("g2", 1)
    hub.lose_tail(2, "g3")
    engine.round()
    engine.round()
    assert hub.hashes[1] == own_hashes(hall)
    assert hall.store.money_off == ()


def test_what_is_new_comes_down_and_later_entries_say_so(hall: OpenHall, hub: SmallHub, engine: Engine) -> None:
    hub.tell("hall", {"key": "hotline", "value": "10086"})
    done = engine.round()
    assert (done.taken, done.why) == (1, "")
    hub.calls.clear()
    later(hall, 61)
    write(hall)
    engine.round()
    assert [method for method, _ in hub.calls] == ["POST"]
    content = json.loads(links_after(hall, 1)[-1].content)
    assert (content["seen_gen"], content["seen_hub_seq"]) == ("g1", 1)
    assert content["hub_error_ms"] >= 0
    hub_ms = content["mono_ms"] + content["hub_offset_ms"]
    # the hub's clock stands, and this one was put forward after the question
    assert hub_ms - 61_000 == round(hub.now.timestamp() * 1000)


def test_an_unsigned_or_altered_reply_is_no_reply(hall: OpenHall, hub: SmallHub, engine: Engine) -> None:
    write(hall)
    before = state_of(hall)
    for meddled, why in (
        (lambda reply: (200, {}, reply[2]), "not_the_hub"),
        (lambda reply: (200, reply[1], reply[2].replace(b'"n":2', b'"n":1')), "not_the_hub"),
        (lambda _reply: (200, {"Content-Type": "text/html"}, b"<html>welcome</html>"), "not_the_hub"),
        (lambda _reply: (503, {"Retry-After": "17"}, b""), "server"),
        (lambda _reply: (429, {"Retry-After": "9"}, b""), "busy"),
        (lambda _reply: (429, {"Retry-After": "x"}, b""), "busy"),
    ):
        hub.meddle = meddled
        done = engine.round()
        assert done.why == why
        assert done.sent == 0
        assert done.next_s >= {"17": 17, "9": 9}.get(str(done.retry_after_s), 1)
    assert state_of(hall).acked == before.acked
    assert engine.status().light == "warn"
    assert engine.status().why == "busy"
    hub.meddle = lambda reply: reply
    assert engine.round().why == ""
    assert hub.hashes[1] == own_hashes(hall)
    assert engine.status().light == "good"


@pytest.mark.parametrize("why", [wire.Why.TOO_MANY, wire.Why.BUSY, wire.Why.OLD_PROTOCOL, wire.Why.UNKNOWN_DEVICE])
def test_a_no_that_is_nobodys_fault_here_stops_no_money(
    hall: OpenHall, hub: SmallHub, engine: Engine, why: wire.Why
) -> None:
    write(hall)
    hub.next_no = wire.Refusal(why=why, retry_after_s=30)
    done = engine.round()
    assert (done.why, done.retry_after_s) == ("busy" if why in (wire.Why.TOO_MANY, wire.Why.BUSY) else why, 30)
    assert done.next_s >= 30
    assert hall.store.money_off == ()
    assert engine.round().sent == 2


def test_failures_slow_the_rounds_down_and_the_first_success_ends_that(
    hall: OpenHall, hub: SmallHub, engine: Engine
) -> None:
    hub.is_down = True
    waits = [engine.round().next_s for _ in range(400)]
    assert all(1 <= wait <= 300 for wait in waits)
    assert max(waits[:3]) <= 8 < max(waits[9:])
    status = engine.status()
    assert (status.light, status.why, status.since) == ("warn", "offline", halls.NOW)
    hub.is_down = False
    assert engine.round().next_s == 15


def test_records_go_up_behind_their_entries(hall: OpenHall, hub: SmallHub, engine: Engine) -> None:
    with hall.writing() as work:
        entry = hall.journal.append(work, Draft("note", {"x": 1}, "1001", halls.NOW.date()))
        for name in ("r2", "r1"):
            add_record(work, SideRecord.of(name, "case", "form", name.encode()), entry.id)
    hub.is_down = True
    engine.round()
    assert hub.records == {}
    hub.is_down = False
    assert engine.round().records == 2
    assert hub.records == {"r1": b"r1", "r2": b"r2"}
    later(hall, 61)
    assert engine.round().records == 0


def test_a_record_that_the_hub_refuses_is_counted_and_sent_again_the_next_day(
    hall: OpenHall, hub: SmallHub, engine: Engine
) -> None:
    with hall.writing() as work:
        entry = hall.journal.append(work, Draft("note", {"x": 1}, "1001", halls.NOW.date()))
        for name in ("r1", "r2", "r3"):
            add_record(work, SideRecord.of(name, "case", "form", name.encode()), entry.id)
    hub.refused_records = {"r1", "r2"}
    engine.round()
    assert (engine.status().refused, set(hub.records)) == (2, {"r3"}), "nothing waits behind what is refused"
    hub.refused_records = {"r2"}
    later(hall, 61)
    asked = len(hub.calls)
    engine.round()
    assert (engine.status().refused, [call for call in hub.calls[asked:] if "records" in call[1]]) == (2, [])
    for _ in range(2):
        later(hall, 24 * 3600)
        engine.round()
        assert (engine.status().refused, set(hub.records)) == (1, {"r1", "r3"})
    with hall.writing() as work:
        work.driver.execute("UPDATE side_records SET content = NULL, erased_at = 't' WHERE record_id = 'r2'")
    later(hall, 24 * 3600)
    engine.round()
    assert engine.status().refused == 0, "what was erased is not owed any more"


def test_a_counter_without_a_hub_says_nothing(tmp_path: Path) -> None:
    hall = halls.a_hall(tmp_path / "alone")
    try:
        hub = SmallHub(hall.device.public_key)
        engine = an_engine(hall, hub)
        write(hall, 3)
        assert engine.round().why == ""
        assert hub.calls == []
        assert (engine.status().light, engine.status().waiting) == ("off", 4)
    finally:
        hall.close()
