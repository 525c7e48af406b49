"""Snapshots, new epochs: a hall's view at one mark, and a file that goes on after it was restored or cloned."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from threading import Event, Thread
from typing import Any

import pytest

from counter_app.domain.id_ranges import MOST_EPOCH
from counter_app.hub import epochs, feed, lines, snapshots
from counter_app.hub import tables as t
from counter_app.hub.asides import Asides, Later
from counter_app.hub.calls import No
from counter_app.hub.database import Database, DatabaseBusy
from counter_app.hub.lines import PART_ROWS, BadPart, Part, pack, unpack
from counter_app.hub.slate import Ground, Slate
from counter_app.hub.tasks import close_task
from counter_app.sync.wire import ROW_KEYS, EpochIssued, Fate, Mark, NewEpoch, Snapshot, Why
from tests.hub.kit import Desk, HubHall
from tests.hub.rows import bill, customer, ids, paid_elsewhere, take
from tests.hub.test_reliefs import said
from tests.hub.test_undo import undo


@pytest.fixture
def hall(database: Database) -> HubHall:
    """A hall with something of every kind."""
    made = HubHall(database)
    book = ("book", {"account_no": "1001", "kind": "cash", "opening_fen": 500, "opened_on": "2026-11-01"})
    rows = [*customer("1001"), bill("B1", "1001", 10_000), paid_elsewhere("bank-1", "B1", 1_000), book]
    rows += [("staff", {"staff_no": "3003", "name": "周红", "role": "teller", "verifier": "v"})]
    rows += [("pack", {"trade": "telecom", "version": "1", "text": "…"}), ("hall", {"key": "name", "value": "厅"})]
    take(made, rows)
    return made


def ask(hall: HubHall) -> Snapshot | No:
    """Ask for the hall's snapshot, made first where there is none."""
    said = asked(hall)
    if isinstance(said, Later):
        assert (said.why, said.facts) == (Why.BUSY, {"what": "snapshot"})
        assert said.work(hall.database)
        said = asked(hall)
    return said


def asked(hall: HubHall) -> Snapshot | No:
    """One question."""
    with hall.database.transaction("REPEATABLE READ") as connection:
        return snapshots.ask(connection, hall.desk_caller())


def pack_each(rows: Iterable[tuple[str, str]], count: int) -> Iterator[Part]:
    """Small parts."""
    kept = iter(rows)
    while some := list(islice(kept, count)):
        yield from pack(some)


def rows_of(hall: HubHall, made: Snapshot | No) -> list[tuple[str, dict[str, Any]]]:
    """Every row of a snapshot, its parts checked."""
    assert isinstance(made, Snapshot)
    rows: list[tuple[str, str]] = []
    for piece in made.parts:
        with hall.database.transaction() as connection:
            packed = snapshots.part(connection, hall.desk_caller(), made.snapshot_id, piece.part)
        assert isinstance(packed, bytes)
        assert hashlib.sha256(packed).hexdigest() == piece.sha256
        found = unpack(packed)
        assert len(found) == piece.rows
        rows += found
    return [(kind, json.loads(body)) for kind, body in rows]


def test_a_snapshot_is_the_last_row_of_each_key_that_the_feed_would_bring(hall: HubHall) -> None:
    desk = hall.desk("A")
    with hall.database.transaction() as connection:
        device = {"device_id": "device-A", "counter_id": "A", "epoch": 1, "revoked_at": None}
        key = connection.execute(t.devices.select()).one().public_key
        counter = {"counter_id": "A", "ordinal": 1, "code": "A", "name": "A", "is_active": 1}
        feed.tell(connection, hall.hall_id, [("counter", dict(counter)), ("device", {**device, "public_key": key})])
    undo(desk, desk, desk.pay((ids(hall, "bill")["B1"], 100)))
    desk.pay((ids(hall, "bill")["B1"], 10_000), used=(ids(hall, "book")["1001:cash"], 200))
    desk.write("relief.ask", {**said("defer"), "bills": [[ids(hall, "bill")["B1"], "B1", 5]]})
    desk.write("restore.sent", {"service_id": ids(hall, "service")["mobile:1391001"], "order_id": "o"}, seen_n=1)
    desk.sent_all()

    made = ask(hall)

    rows = rows_of(hall, made)
    assert isinstance(made, Snapshot)
    assert made.at == made.hub.feed
    last: dict[tuple[str, str], dict[str, Any]] = {}
    for kind, body in hall.feed():
        last[kind, str(next(iter(sorted(body[name] for name in ROW_KEYS[kind][:1]))))] = body
    assert sorted(map(str, last.values())) == sorted(str(body) for _, body in rows)
    assert {kind for kind, _ in rows} == {kind for kind, _ in last}
    assert {kind for kind, _ in rows} == set(ROW_KEYS)


def test_a_task_that_is_done_is_in_it_as_the_feed_told_it(hall: HubHall) -> None:
    desk = hall.desk("A")
    nonce = desk.nonce
    desk.write("note", {"words": "x"})
    desk.sent_all()
    desk.send(2, 0, nonce=nonce)
    (alarm,) = hall.tasks()
    with hall.database.transaction() as connection:
        slate = Slate(Ground(connection, feed.lock(connection, [hall.hall_id])))
        close_task(slate, hall.hall_id, alarm["task_id"], "2026-11-22T09:00:00.000+00:00", approver_no="2001")
        slate.write()

    told = [body for kind, body in hall.feed() if kind == "task"]
    brought = [row for kind, row in rows_of(hall, ask(hall)) if kind == "task"]

    assert [row["state"] for row in told] == ["open", "done"]
    assert brought == told[1:]


def test_rows_come_after_those_they_refer_to(hall: HubHall) -> None:
    order = [kind for kind, _ in rows_of(hall, ask(hall))]

    assert order == ["hall", "pack", "staff", "customer", "account", "service", "bill", "book", "settlement"]


def test_the_words_with_which_a_hall_began_are_in_it_unless_newer_ones_came(hall: HubHall) -> None:
    with hall.database.transaction() as connection:
        facts = json.dumps({"name": "旧厅", "company": "某公司"})
        connection.execute(t.halls.update().values(facts=facts))

    words = {body["key"]: body["value"] for kind, body in rows_of(hall, ask(hall)) if kind == "hall"}

    assert words == {"name": "厅", "company": "某公司"}


def test_a_recent_snapshot_serves_again_and_an_old_one_does_not(hall: HubHall, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ask(hall)
    take(hall, customer("2002"))
    again = ask(hall)
    assert isinstance(first, Snapshot)
    assert isinstance(again, Snapshot)
    assert (again.snapshot_id, again.parts, again.at) == (first.snapshot_id, first.parts, first.at)
    assert again.hub.feed.n > again.at.n

    monkeypatch.setattr(snapshots, "FRESH_ROWS", 2)
    newer = ask(hall)
    assert isinstance(newer, Snapshot)
    assert newer.at == newer.hub.feed
    assert sum(kind == "customer" for kind, _ in rows_of(hall, newer)) == 2

    hall.generation = "another.1"
    take(hall, customer("3003"))
    latest = ask(hall)
    assert isinstance(latest, Snapshot)
    assert latest.at == latest.hub.feed, "a snapshot of another history is none"
    with hall.database.transaction() as connection:
        gone = snapshots.part(connection, hall.desk_caller(), first.snapshot_id, 0)
    assert isinstance(gone, No)
    assert gone.why is Why.NOT_FOUND


def test_two_workers_never_make_one_snapshot_at_a_time_and_what_was_cut_short_is_cleared_away(
    hall: HubHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(hall, [row for no in range(5) for row in customer(f"{no:04}")])
    monkeypatch.setattr(lines, "pack", lambda rows: pack_each(rows, 4))
    packed, caller, seen = lines.pack, hall.desk_caller(), list[object]()

    def with_company(rows: Iterable[tuple[str, str]]) -> Iterator[Part]:
        for part in packed(rows):
            yield part
            if hall.database.is_postgres:
                seen.append((snapshots.make(hall.database, caller), isinstance(asked(hall), Later)))
                if len(seen) == 2:
                    raise KeyboardInterrupt

    if hall.database.is_postgres:
        monkeypatch.setattr(lines, "pack", with_company)
        with pytest.raises(KeyboardInterrupt):
            snapshots.make(hall.database, caller)
        assert seen == [(None, True)] * 2, "another worker makes none meanwhile, and nobody is given half of one"
        assert len(hall.rows(t.snapshot_parts, "part")) == 2

    monkeypatch.setattr(lines, "pack", packed)
    assert snapshots.make(hall.database, caller)
    made = asked(hall)
    assert isinstance(made, Snapshot)
    assert len(hall.rows(t.snapshot_parts, "part")) == len(made.parts) > 2
    assert sum(kind == "customer" for kind, _ in rows_of(hall, made)) == 6
    assert snapshots.make(hall.database, caller) is None, "there is a recent one"

    monkeypatch.setattr(snapshots, "FRESH_ROWS", 0)
    take(hall, [row for no in range(5, 7) for row in customer(f"{no:04}")])
    assert snapshots.make(hall.database, caller) is None, "it has 24 rows, and the feed has grown by 6"
    take(hall, customer("0007"))
    monkeypatch.setattr(snapshots, "MOST_S", -1)
    with pytest.raises(DatabaseBusy):
        snapshots.make(hall.database, caller)


def test_what_is_made_beside_requests_is_joined_by_those_who_ask_for_it(
    postgres_hub: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counter_app.hub.asides.JOIN_S", 60.0)
    goes_on, made = Event(), list[str]()

    def work(_database: Database) -> None:
        made.append("x")
        assert goes_on.wait(60)

    asides = Asides()
    later = Later(Why.BUSY, key="snapshot 1", work=work)
    waiting = Thread(target=lambda: made.append(str(asides.join(postgres_hub, later))))
    waiting.start()
    while not made:
        waiting.join(0.01)
    assert not asides.join(postgres_hub, replace(later, key="snapshot 2")), "one at a time"
    goes_on.set()
    waiting.join()
    assert made == ["x", "True"], "made once, and over when it is"
    assert asides.join(postgres_hub, replace(later, key="snapshot 2", work=lambda _database: 1 / 0)), "a bug ends it"


def test_a_hall_whose_rows_are_still_coming_gives_no_snapshot(hall: HubHall) -> None:
    with hall.database.transaction() as connection:
        row = (hall.hall_id, "up-1", 0, "", b"", "2026-11-22")
        connection.execute(t.master_parts.insert().values(row))
    said = ask(hall)

    assert isinstance(said, No)
    assert said.why is Why.BUSY


def test_pages_of_a_large_hall_miss_nothing(hall: HubHall, monkeypatch: pytest.MonkeyPatch) -> None:
    take(hall, [row for no in range(40) for row in customer(f"{no:04}")])
    monkeypatch.setattr(snapshots, "PAGE", 7)

    rows = rows_of(hall, ask(hall))

    found = [body["id"] for kind, body in rows if kind == "customer"]
    assert found == sorted(ids(hall, "customer").values())


def test_parts_are_packed_the_same_and_bounded() -> None:
    rows = [("customer", json.dumps({"n": n, "名": "张"}, ensure_ascii=False)) for n in range(PART_ROWS + 1)]
    parts = list(pack(rows))

    assert [part.rows for part in parts] == [PART_ROWS, 1]
    assert parts == list(pack(rows))
    assert [row for part in parts for row in unpack(part.content)] == rows
    for bad in (
        b"",
        parts[1].content[:-5],
        parts[1].content + b"x",
        next(pack([("a", "b")])).content[:8],
    ):
        with pytest.raises(BadPart):
            unpack(bad)


def new_epoch(desk: Desk, *, last: Mark | None = None, epoch: int = 1, approver_no: str = "2001") -> EpochIssued | No:
    """Ask for the next epoch, as a file does that was restored."""
    asked = NewEpoch(
        proto=1, epoch=epoch, last=last or Mark(n=1, hash=desk.sent[0][1]), reason="restored", approver_no=approver_no
    )
    with desk.hub.database.transaction() as connection:
        return epochs.issue(connection, desk.caller(), asked)


def test_a_restored_file_goes_on_under_a_new_epoch_and_the_old_one_is_closed(hall: HubHall) -> None:
    desk = hall.desk("A")
    desk.pay((ids(hall, "bill")["B1"], 1_000))
    desk.pay((ids(hall, "bill")["B1"], 2_000))
    nonce = desk.nonce
    desk.sent_all()
    head = Mark(n=2, hash=desk.sent[1][1])
    desk.send(1, 1, nonce=nonce)
    assert [task["kind"] for task in hall.tasks()] == ["alarm"]

    issued = new_epoch(desk)
    assert isinstance(issued, EpochIssued)
    assert (issued.epoch, issued.old_head, issued.hub.head.n) == (2, head, 0)
    assert hall.tasks() == [], "the supervisor who confirmed it has answered the alarm"
    kind, body = next(row for row in hall.feed() if row[0] == "device")
    assert (kind, body["epoch"], set(body)) == ("device", 2, set(ROW_KEYS["device"]))

    again = new_epoch(desk)
    assert isinstance(again, EpochIssued)
    assert (again.epoch, again.next_nonce) == (2, issued.next_nonce), "the reply was lost"

    desk.epoch, desk.nonce, desk.sent, desk.acknowledged = 2, issued.next_nonce, [], 0
    desk.pay((ids(hall, "bill")["B1"], 3_000))
    assert desk.sent_all().fates == (Fate.APPLIED,)
    assert hall.balances()["receivable", ""] == -6_000


def test_another_copy_gets_another_epoch_and_numbers_are_never_given_twice(hall: HubHall) -> None:
    desk = hall.desk("A")
    desk.pay((ids(hall, "bill")["B1"], 1_000))
    first = new_epoch(desk)
    second = new_epoch(desk, last=Mark(n=7, hash="a" * 64))
    forgotten = new_epoch(desk, epoch=9)

    issued = [one.epoch for one in (first, second, forgotten) if isinstance(one, EpochIssued)]
    assert issued == [2, 3, 10]
    none = new_epoch(desk, epoch=MOST_EPOCH)
    assert isinstance(none, No)
    assert none.why is Why.TOO_LARGE, "its ids would be those of the next counter"


@pytest.mark.parametrize("approver_no", ["1001", "9001", "4711"])
def test_a_new_epoch_needs_a_supervisor_of_the_hall(hall: HubHall, approver_no: str) -> None:
    desk = hall.desk("A")
    desk.pay((1, 1))
    said = new_epoch(desk, approver_no=approver_no)

    assert isinstance(said, No)
    assert said.why is Why.NEEDS_SUPERVISOR
