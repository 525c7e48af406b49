"""A counter joins its hub: the code says whom to believe, nothing of the journal changes, and it all goes up."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from counter_app.clock import FixedClock
from counter_app.domain.journal import Draft
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Role
from counter_app.domain.staff_refusals import SignedOut
from counter_app.domain.sync_refusals import (
    AddressUnreadable,
    AuthorityIsAnother,
    CodeUnreadable,
    EnrolledAlready,
    NotEnrolled,
)
from counter_app.domain.sync_state import SyncState
from counter_app.hub import tables as t
from counter_app.hub.revisions import raise_generation
from counter_app.services import given_payments
from counter_app.storage.hall import KEY_FOLDER, OpenHall, open_hall
from counter_app.storage.keys import KeyFiles
from counter_app.storage.side_records import SideRecord, add_record
from counter_app.storage.store import FILE_NAME
from counter_app.storage.sync_state import read_state
from counter_app.storage.trouble import MoneyIsOff
from counter_app.storage.verify import verify, verify_folder
from counter_app.sync.engine import Engine
from counter_app.sync.enrolment import (
    Begun,
    Way,
    ask,
    begun,
    join,
    join_new,
    keep_answer,
    prepare,
)
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import LineDown
from counter_app.sync.one_time_code import Code, address_of
from counter_app.sync.snapshots import Snapshots
from tests import halls
from tests.hub.line import HandlerLine
from tests.sync.real_hub import URL, RealHub, a_real_hub
from tests.sync.test_engine import own_hashes, write
from tests.sync.tls_server import an_authority


@pytest.fixture
def hub() -> Iterator[RealHub]:
    with a_real_hub() as made:
        yield made


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path / "hall")
    yield opened
    opened.close()


def state_of(hall: OpenHall) -> SyncState:
    with hall.reading() as reading:
        return read_state(reading)


def refusal_of(hall: OpenHall, printed: str, hub: RealHub, way: Way | None = None) -> object:
    with pytest.raises(Refused) as refused:
        join(hall, URL, printed, way or hub.way)
    return refused.value.refusal


def test_a_hall_that_worked_alone_brings_its_whole_journal(hall: OpenHall, hub: RealHub) -> None:
    write(hall, 30)
    before = own_hashes(hall)
    joined = hub.joined(hall)
    assert (joined.epoch, joined.waiting, joined.enrolment.wants_master) == (1, 32, True)
    assert own_hashes(hall)[: len(before)] == before
    engine = hub.engine(hall)
    assert engine.status().waiting == 32
    done = hub.rounds(hall, engine)
    assert (done.why, done.sent) == ("", 32)
    acked = state_of(hall).acked
    assert acked is not None
    assert (acked.seq, acked.hash) == (32, own_hashes(hall)[-1])
    assert engine.status().light == "good"
    assert verify(hall.store).findings == ()
    folder = hall.folder
    hall.close()
    again = open_hall(folder, clock=FixedClock(halls.NOW))
    write(again)
    assert hub.rounds(again).sent == 1
    again.close()


@pytest.mark.parametrize("printed", ["", "ABCD-EFGH-IJKL-MNOP", "x" * 48, "ABCD EFGH IJKL MNO1 " + "0" * 31, "é" * 48])
def test_what_is_no_code_is_not_sent(hall: OpenHall, hub: RealHub, printed: str) -> None:
    assert isinstance(refusal_of(hall, printed, hub), CodeUnreadable)


def test_a_code_is_read_however_it_is_typed() -> None:
    wanted = Code("ABCDEFGHIJKLMNOP", "0123456789abcdef" * 2)
    for printed in (
        "ABCD-EFGH-IJKL-MNOP-" + "0123456789ABCDEF" * 2,
        "abcd efgh ijkl mnop 01234567 89abcdef 01234567 89abcdef ",
    ):
        assert Code.read(printed) == wanted


def test_somebody_else_at_the_address_gets_nothing(hall: OpenHall, hub: RealHub) -> None:
    other = an_authority().pem

    def never(url: str, authority: str) -> HandlerNever:
        raise AssertionError("a line was opened to somebody else")

    refusal = refusal_of(hall, hub.code(hall.hall), hub, Way(lambda url: other, never))
    assert isinstance(refusal, AuthorityIsAnother)
    with pytest.raises(LineDown):
        join(hall, URL, hub.code(hall.hall), Way(lambda url: "<html>", never))
    assert state_of(hall) == SyncState()


class HandlerNever:
    """A line that nobody opens."""

    def call(self, method: str, target: str, headers: object, body: bytes) -> tuple[int, dict[str, str], bytes]:
        raise AssertionError("nobody opens it")


def test_a_code_is_good_once_and_a_counter_joins_once(hall: OpenHall, hub: RealHub, tmp_path: Path) -> None:
    printed = hub.code(hall.hall)
    wrong = "AAAABBBBCCCCDDDD" + printed[-32:]
    refusal = refusal_of(hall, wrong, hub)
    assert refusal == NotEnrolled("bad_code", "")
    join(hall, URL, printed, hub.way)
    with pytest.raises(Refused) as elsewhere:
        join(hall, "https://other.example", printed, hub.way)
    assert elsewhere.value.refusal == EnrolledAlready(URL)
    # the same device with the same code: the first answer was lost
    join(hall, URL + "/", printed, hub.way)
    other = halls.a_hall(tmp_path / "other")
    assert refusal_of(other, printed, hub) == NotEnrolled("bad_code", "used")
    other.close()


def test_a_withdrawn_device_takes_no_money_and_may_join_again(hall: OpenHall, hub: RealHub) -> None:
    hub.joined(hall)
    engine = hub.engine(hall)
    assert hub.rounds(hall, engine).why == ""
    hub.revoke(hall.device.device_id)
    write(hall)
    assert engine.round().why == "revoked"
    with pytest.raises(MoneyIsOff, match="device withdrawn"), hall.writing(money=True):
        pass
    join(hall, URL, hub.code(hall.hall), hub.way)
    assert hall.store.money_off == ()
    assert hub.rounds(hall, engine).why == ""
    acked = state_of(hall).acked
    assert acked is not None
    assert acked.hash == own_hashes(hall)[-1]


def test_a_hub_that_forgot_the_counter_takes_it_in_again(hall: OpenHall, hub: RealHub) -> None:
    hub.joined(hall)
    write(hall, 5)
    assert hub.rounds(hall).why == ""
    with a_real_hub() as empty:
        empty.hub.key = hub.hub.key
        engine = empty.engine(hall)
        assert engine.round().why == "unknown_device"
        assert hall.store.money_off == ()
        empty.joined(hall)
        assert empty.rounds(hall, engine).why == ""
        acked = state_of(hall).acked
        assert acked is not None
        assert (acked.seq, acked.hash) == (len(own_hashes(hall)), own_hashes(hall)[-1])
    assert verify(hall.store).findings == ()


class Late:
    """A line on which an upload comes late: nobody waits for its reply any more."""

    def __init__(self, line: HandlerLine) -> None:
        self._line = line
        self.under_way: list[tuple[str, str, Mapping[str, str], bytes]] = []

    def call(self, *message: Any) -> tuple[int, Mapping[str, str], bytes]:
        """Keep an upload back; anything else passes."""
        if "/v1/chains/" not in message[1]:
            return self._line.call(*message)
        self.under_way.append(message)
        raise LineDown("slow")


def test_what_is_under_way_is_sent_again_as_it_was_though_the_counter_joins_anew(hall: OpenHall, hub: RealHub) -> None:
    hub.joined(hall)
    hub.rounds(hall)
    write(hall, 2)
    late = Late(hub.line)
    assert Engine(Ground(hall), lambda _enrolment: late, Snapshots(), Random(1)).round().why == "slow"
    write(hall, 1)
    join(hall, URL, hub.code(hall.hall, replaces=True), hub.way)

    hub.line.call(*late.under_way[0])
    assert hub.rounds(hall).why == ""

    assert hall.store.money_off == (), "another range under the same nonce would be a second copy's"


def test_records_go_up_again_to_a_hub_that_forgot_the_counter(hall: OpenHall, hub: RealHub) -> None:
    record = SideRecord.of("record-1", "case-1", "retention.form", b"what the customer said")
    sealed = {"kind": record.kind, "size": record.size, "sha256": record.sha256.hex()}
    with hall.writing() as work:
        body = {"record": record.record_id, "sealed": sealed}
        add_record(work, record, hall.journal.append(work, Draft("note", body, "1001", halls.NOW.date())).id)
    hub.joined(hall)
    assert hub.rounds(hall).why == ""
    with a_real_hub() as empty:
        empty.hub.key = hub.hub.key
        raise_generation(empty.hub.database, bytes)
        empty.joined(hall)
        assert empty.rounds(hall).why == ""
        with empty.hub.database.transaction() as connection:
            kept = connection.execute(select(t.side_records.c.content)).scalars().all()
    assert kept == [b"what the customer said"]


def test_an_enrolment_goes_on_after_a_crash_between_any_two_of_its_steps(hall: OpenHall, hub: RealHub) -> None:
    folder, printed, before = hall.folder, hub.code(hall.hall), own_hashes(hall)
    first = prepare(hall, "HUB.example/", printed)
    hall.close()
    again = open_hall(folder, clock=FixedClock(halls.NOW))
    kept = begun_of(again)
    assert kept is not None
    assert (kept.url, own_hashes(again)) == (URL, before)
    # the hub has taken the counter in, and its answer is lost with the machine
    lost = ask(first, hub.way)
    again.close()
    last = open_hall(folder, clock=FixedClock(halls.NOW))
    answer = ask(prepare(last, kept.url, kept.printed), hub.way)
    assert (answer.enrolment, answer.said.next_nonce) == (lost.enrolment, lost.said.next_nonce)
    joined = keep_answer(last, answer, lambda _work: "9001")
    assert (begun_of(last), joined.waiting) == (None, len(before) + 1)
    assert hub.rounds(last).why == ""
    with last.reading() as reading:
        said = reading.driver.execute("SELECT staff_no FROM entries WHERE kind = 'config.change'").fetchall()
    assert said == [("9001",)]
    assert verify(last.store).findings == ()
    last.close()


def begun_of(hall: OpenHall) -> Begun | None:
    with hall.reading() as reading:
        return begun(reading)


def test_who_may_not_changes_nothing_at_either_end_of_an_enrolment(hall: OpenHall, hub: RealHub) -> None:
    def nobody(_work: object) -> str:
        raise Refused(SignedOut("9001", "left"))

    with pytest.raises(Refused):
        prepare(hall, URL, hub.code(hall.hall), nobody)
    assert begun_of(hall) is None
    answer = ask(prepare(hall, URL, hub.code(hall.hall)), hub.way)
    with pytest.raises(Refused):
        keep_answer(hall, answer, nobody)
    assert state_of(hall) == SyncState()


def test_a_line_that_breaks_leaves_what_was_begun_and_a_no_ends_it(hall: OpenHall, hub: RealHub) -> None:
    def down(_url: str) -> str:
        raise LineDown("offline")

    with pytest.raises(LineDown):
        join(hall, URL, hub.code(hall.hall), Way(down, hub.way.open_line))
    assert begun_of(hall) is not None
    refusal_of(hall, "AAAABBBBCCCCDDDD" + hub.code(hall.hall)[-32:], hub)
    assert begun_of(hall) is None


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("hub.example", "https://hub.example"),
        (" HTTPS://Hub.Example:8443/ ", "https://hub.example:8443"),
        ("[::1]:8443", "https://[::1]:8443"),
        ("http://hub.example", None),
        ("https://hub.example/v1", None),
        ("https://me@hub.example", None),
        ("hub.example:port", None),
        ("", None),
    ],
)
def test_an_address_is_a_host_and_a_port(typed: str, address: str | None) -> None:
    if address is not None:
        assert address_of(typed) == address
        return
    with pytest.raises(Refused) as refused:
        address_of(typed)
    assert refused.value.refusal == AddressUnreadable(typed)


def test_a_code_is_not_burnt_by_a_crash_and_an_old_key_on_the_machine_is_put_aside(
    hall: OpenHall, hub: RealHub, tmp_path: Path
) -> None:
    hub.joined(hall)
    assert hub.rounds(hall).why == ""
    folder, printed = tmp_path / "rebuilt", hub.code(hall.hall, replaces=True)
    old = KeyFiles(folder / KEY_FOLDER)
    old.write("device", hall.keys.read("device") or b"")

    class Deaf:
        """The hub hears, and its answer is lost with the machine."""

        def call(self, *asked: Any) -> tuple[int, Any, bytes]:
            hub.line.call(*asked)
            raise LineDown("offline")

    clock, way = FixedClock(halls.NOW), hub.way
    with pytest.raises(LineDown):
        join_new(folder, URL, printed, "03", clock=clock, way=way._replace(open_line=lambda _url, _authority: Deaf()))
    assert not (folder / FILE_NAME).exists()
    join_new(folder, URL, printed, "03", clock=clock, way=way)
    rebuilt = open_hall(folder, clock=FixedClock(halls.NOW))
    assert hub.rounds(rebuilt).why == ""
    assert rebuilt.device.device_id != hall.device.device_id
    rebuilt.close()
    kept = sorted(path.name for path in (folder / KEY_FOLDER).iterdir())
    assert [name for name in kept if name.startswith(("device", "joining"))] == [kept[1], "device.key"]
    assert (folder / KEY_FOLDER / kept[1]).read_bytes() == hall.keys.read("device")
    with hub.hub.database.transaction() as connection:
        assert len(connection.execute(select(t.devices.c.device_id)).all()) == 2
    with pytest.raises(Refused):
        join_new(tmp_path / "no", URL, "AAAABBBBCCCCDDDD" + printed[-32:], "03", clock=clock, way=way)
    assert [path for path in (tmp_path / "no").rglob("*") if path.is_file()] == [], "the hub said no"


def test_a_lost_disk_is_a_new_device_under_a_new_epoch_with_the_old_numbers(
    hall: OpenHall, hub: RealHub, tmp_path: Path
) -> None:
    hub.joined(hall)
    first = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    halls.pay(hall, first, halls.cash(60))
    assert hub.rounds(hall).why == ""
    lost = own_hashes(hall)
    code = hub.code(hall.hall, replaces=True)
    folder = tmp_path / "rebuilt"
    joined = join_new(folder, URL, code, "03", clock=FixedClock(halls.NOW), way=hub.way)
    assert joined.epoch == 2
    rebuilt = open_hall(folder, clock=FixedClock(halls.NOW))
    try:
        assert rebuilt.hall.hall_id == hall.hall.hall_id
        assert rebuilt.hall.counter_id == hall.hall.counter_id
        with pytest.raises(MoneyIsOff), rebuilt.writing(money=True):
            pass
        assert hub.rounds(rebuilt).why == ""
        assert rebuilt.store.money_off == ()
        assert rebuilt.epoch == 2
        with rebuilt.reading() as reading:
            given = reading.driver.execute("SELECT count(*), max(hash) FROM foreign_entries").fetchone()
            series = reading.driver.execute("SELECT last_serial FROM receipt_series").fetchone()
            chain_entry = reading.driver.execute("SELECT content FROM entries WHERE kind = 'recover.chain'").fetchone()
        assert given is not None
        assert given[0] == len(lost)
        assert series == (1,)
        assert chain_entry is not None
        assert json.loads(chain_entry[0])["body"]["hash"] == lost[-1]
        (back,) = given_payments.listed(rebuilt, halls.teller("2001", Role.SUPERVISOR))
        assert (back.receipt_no[-6:], back.received_fen, back.settled_fen) == ("000001", 6_000, 6_000)
        assert [(tender.kind, tender.amount_fen) for tender in back.tenders] == [("cash", 6_000)]
        assert [(bill.month, bill.principal_fen + bill.late_fee_fen) for bill in back.bills] == [("2026-06", 6_000)]
        assert (back.customer_name, back.account_no) == ("张*", "10002345")
    finally:
        rebuilt.close()
    assert verify_folder(folder).findings == ()
