"""A restored or copied counter: no money until a second person says so; then a new epoch, nothing lost or doubled."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import CashCount
from counter_app.domain.signoffs import SignoffByWorker
from counter_app.domain.staff_refusals import NoRight
from counter_app.domain.sync_refusals import NothingToConfirm
from counter_app.domain.z_report import ShiftReport
from counter_app.services import approvals, new_epochs, shifts
from counter_app.storage import recovery
from counter_app.storage.driver import find_driver
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.mark import MARK_NAME, read_mark
from counter_app.storage.shift_report import read_report
from counter_app.storage.shifts import open_shift_of
from counter_app.storage.sync_state import read_state
from counter_app.storage.trouble import MoneyIsOff
from counter_app.storage.verify import verify_folder
from counter_app.sync import wire
from counter_app.sync.engine import Engine
from counter_app.sync.ground import Ground
from tests import halls
from tests.storage.conftest import Worked
from tests.sync.small_hub import SmallHub, enrolled_at
from tests.sync.test_engine import an_engine, no_snapshot, own_hashes, write

T = TypeVar("T")


class Places:
    """A hall's folder that is copied, used and put back, with its hub."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.hall = halls.a_hall(root / "hall")
        self.hub = SmallHub(self.hall.device.public_key)
        enrolled_at(self.hub, self.hall)
        self.first = halls.three_months_behind(self.hall)
        self.second = halls.three_months_behind(self.hall, no="10002346", name="李雷")
        self.engine = an_engine(self.hall, self.hub)
        halls.an_open_shift(self.hall)
        halls.pay(self.hall, self.first, halls.cash(60))
        self.rounds()

    def rounds(self, engine: Engine | None = None) -> str:
        """Rounds until there is nothing more to do; why the last one failed."""
        for _ in range(20):
            done = (engine or self.engine).round()
            if done.why or not (done.sent or done.is_more):
                return done.why
        raise AssertionError("the rounds do not end")

    def backup(self, name: str) -> None:
        """A copy of the folder as it is now."""
        self.hall.close()
        shutil.copytree(self.root / "hall", self.root / name)
        self.reopen()

    def reopen(self) -> None:
        """A fresh start of the program."""
        self.hall.close()
        self.hall = open_hall(self.root / "hall", clock=FixedClock(halls.NOW))
        self.engine = an_engine(self.hall, self.hub)

    def restore(self, name: str, *, mark: str) -> None:
        """The copy takes the folder's place; the mark beside it is the one of `hall`, of the copy, or lost."""
        kept = (self.root / "hall" / MARK_NAME).read_bytes()
        self.hall.close()
        shutil.rmtree(self.root / "hall")
        shutil.copytree(self.root / name, self.root / "hall")
        path = self.root / "hall" / MARK_NAME
        if mark == "newer":
            path.write_bytes(kept)
        elif mark == "lost":
            path.unlink()
        self.hall = open_hall(self.root / "hall", clock=FixedClock(halls.NOW))
        self.engine = an_engine(self.hall, self.hub)

    def confirm(self) -> None:
        """The supervisor signs at the teller's screen."""
        session = halls.teller()
        challenge = new_epochs.ask(self.hall, session)
        signed = approvals.sign(self.hall, session, challenge, staff_no="2001", password=halls.PASSWORD)
        new_epochs.confirm(self.hall, session, signed)

    def confirm_through(self) -> None:
        """Until money may be taken again."""
        self.rounds()
        assert not self.money()
        self.confirm()
        assert self.rounds() == ""
        assert self.money()

    def money(self) -> bool:
        """Whether money may be taken."""
        try:
            with self.hall.writing(money=True):
                return True
        except MoneyIsOff:
            return False

    def kinds_at_hub(self) -> list[str]:
        """The kinds of the running chain as the hub has them."""
        return [json.loads(sent.content)["kind"] for sent in self.hub.chains[self.hub.epoch]]

    def is_sound(self) -> bool:
        """Whether the file verifies; says what it finds."""
        found = verify_folder(self.root / "hall").findings
        assert found == (), [str(finding) for finding in found]
        return True


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    made = Places(tmp_path)
    yield made
    made.hall.close()


def recovered_day(places: Places) -> None:
    """After a backup: two payments, the shift is closed and another one opened, with a payment; all goes up."""
    places.backup("backup")
    halls.pay(places.hall, places.second, halls.cash(100))
    sheet = shifts.sheet(places.hall)
    assert sheet is not None
    notes, loose_fen = divmod(sheet.expected_cash_fen, 10_000)
    count = CashCount({10_000: notes}, loose_fen)
    halls.close_shift(places.hall, halls.teller(), count, "", new_intent_id())
    halls.an_open_shift(places.hall, float_fen=20_000)
    halls.pay(places.hall, places.first, halls.cash(70))
    assert places.rounds() == ""


@pytest.mark.parametrize("mark", ["newer", "of the copy", "lost"])
def test_yesterdays_backup_goes_on_where_the_hub_is(places: Places, mark: str) -> None:
    recovered_day(places)
    before, lost = own_hashes(places.hall), shifts.sheet(places.hall)
    assert lost is not None
    places.restore("backup", mark=mark)
    # without the mark it is the hub that tells
    assert places.money() is (mark != "newer")
    places.rounds()
    assert not places.money()
    stop = new_epochs.standing(places.hall)
    assert stop is not None
    assert stop.reason == "restored"
    places.confirm()
    assert not places.money()
    assert places.rounds() == ""
    assert places.money()
    assert places.hall.epoch == 2
    with places.hall.reading() as reading:
        assert read_state(reading).new_epoch is None
        given = recovery.GivenBack.read(reading, 1)
        shift = open_shift_of(reading, places.hall.hall.counter_id)
    assert (given.last_seq, given.hash.hex()) == (len(before), before[-1])
    assert shift is not None
    assert shift.shift_id == lost.shift.shift_id
    now = shifts.sheet(places.hall)
    assert now is not None
    assert now.expected_cash_fen == lost.expected_cash_fen
    _, taken = halls.pay(places.hall, places.second, halls.cash(50))
    assert taken.receipt_no.endswith("-000004")
    assert places.rounds() == ""
    assert places.hub.hashes[2] == own_hashes(places.hall)
    assert places.kinds_at_hub()[0] == "epoch.start"
    assert places.kinds_at_hub().count("recover.chain") == 1
    assert read_mark(places.root / "hall") is not None
    places.reopen()
    assert places.money()
    closes(places)
    assert places.is_sound()


def test_what_the_old_file_wrote_meanwhile_is_carried_over(places: Places) -> None:
    """A copy without the newer mark takes money before it meets the hub: both tails count, each once."""
    places.backup("backup")
    halls.pay(places.hall, places.second, halls.cash(100))
    places.rounds()
    hub_ids = ids_of(places.hub.chains[1])
    places.restore("backup", mark="of the copy")
    _, taken = halls.pay(places.hall, places.first, halls.cash(70))
    assert places.rounds() in ("fork", "cloned", "stale", "")
    stop = new_epochs.standing(places.hall)
    assert stop is not None
    places.confirm()
    assert places.rounds() == ""
    carried = [
        json.loads(json.loads(sent.content)["body"]["content"])["entry_id"]
        for sent in places.hub.chains[2]
        if json.loads(sent.content)["kind"] == "recover.rechain"
    ]
    assert taken.payment_id in carried
    assert len(set(carried)) == len(carried)
    assert not set(carried) & hub_ids
    own = {json.loads(content)["entry_id"] for content in contents(places.hall, 1)}
    assert own <= hub_ids | set(carried)
    _, after = halls.pay(places.hall, places.second, halls.cash(40))
    assert after.receipt_no.endswith("-000003")
    closes(places)
    assert places.is_sound()


def closes(places: Places) -> None:
    """What was in the drawer before the loss is a figure of its own, on both paths: the shift closes even."""
    with places.hall.reading() as reading:
        shift = open_shift_of(reading, places.hall.hall.counter_id)
        assert shift is not None
        report = read_report(reading, shift)
    assert isinstance(report, ShiftReport)
    assert report.count("recovered") == 1
    count = CashCount({}, report.fen("expected.cash"))
    assert halls.close_shift(places.hall, halls.teller(), count, "", new_intent_id()).difference_fen == 0


def drawer_fen(places: Places) -> int:
    sheet = shifts.sheet(places.hall)
    assert sheet is not None
    return sheet.expected_cash_fen


@pytest.mark.parametrize("backup", ["backup", "later"])
def test_a_counter_that_is_restored_twice_counts_its_drawer_once(places: Places, backup: str) -> None:
    """The second time to before the first, or to after it."""
    recovered_day(places)
    places.restore("backup", mark="newer")
    places.confirm_through()
    places.backup("later")
    halls.pay(places.hall, places.second, halls.cash(30))
    assert places.rounds() == ""
    expected_fen = drawer_fen(places)
    places.restore(backup, mark="newer")
    places.confirm_through()
    assert places.hall.epoch == 3
    assert drawer_fen(places) == expected_fen
    _, taken = halls.pay(places.hall, places.first, halls.cash(10))
    assert taken.receipt_no.endswith("-000005")
    assert places.rounds() == ""
    assert places.is_sound()


@pytest.mark.parametrize("kept", [0, 3, 1000])
def test_a_hub_that_forgot_epochs_gets_every_entry_again(places: Places, kept: int) -> None:
    """What it once gave back, what was carried over, and what followed: all of it, each once."""
    recovered_day(places)
    old = list(places.hub.chains[1])
    places.restore("backup", mark="of the copy")
    halls.pay(places.hall, places.first, halls.cash(70))
    places.rounds()
    places.confirm_through()
    write(places.hall, 3)
    assert places.rounds() == ""
    everything = ids_of(old) | {json.loads(text)["entry_id"] for n in (1, 2) for text in contents(places.hall, n)}
    hub = places.hub
    hub.chains, hub.hashes, hub.epoch = {1: old[:kept]}, {1: hub.hashes[1][:kept]}, 1
    hub.contacts.clear()
    write(places.hall)
    assert places.rounds() == "epoch_closed"
    places.confirm_through()
    assert places.hall.epoch == 3
    found: list[str] = []
    for sent in (sent for chain in hub.chains.values() for sent in chain):
        content = json.loads(sent.content)
        inner = json.loads(content["body"]["content"]) if content["kind"] == "recover.rechain" else content
        found.append(inner["entry_id"])
    assert len(set(found)) == len(found)
    wrappers = {json.loads(text)["entry_id"] for text in contents(places.hall, 2) if '"kind":"recover.rechain"' in text}
    assert everything - wrappers <= set(found)
    assert places.is_sound()


def ids_of(chain: list[wire.Sent]) -> set[str]:
    return {json.loads(sent.content)["entry_id"] for sent in chain}


def contents(hall: OpenHall, epoch: int) -> list[str]:
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT content FROM entries WHERE epoch = ?", (epoch,)).fetchall()
    return [row[0] for row in rows]


class Crash(BaseException):
    """The program ends here."""


def crashing(places: Places, at: int, *, is_before: bool) -> Callable[[], bool]:
    """From the n-th turn on the writer's lane, the program is gone, before or after it; whether it got through."""
    seen = [0]

    def counted(job: Callable[[], T], /) -> T:
        seen[0] += 1
        if seen[0] >= at and is_before:
            raise Crash
        done = job()
        if seen[0] >= at:
            raise Crash
        return done

    places.engine = Engine(Ground(places.hall, counted), lambda _enrolment: places.hub, no_snapshot, Random(1))
    return lambda: seen[0] < at


@pytest.mark.parametrize("is_before", [True, False])
def test_a_crash_at_any_step_goes_on_from_there(tmp_path: Path, *, is_before: bool) -> None:
    """Each run lives one commit longer than the one before, until one lives through."""
    origin = Places(tmp_path / "origin")
    recovered_day(origin)
    origin.restore("backup", mark="of the copy")
    halls.pay(origin.hall, origin.first, halls.cash(70))
    origin.rounds()
    origin.confirm()
    origin.backup("confirmed")
    hub_state = (list(origin.hub.chains[1]), list(origin.hub.hashes[1]), origin.hub.nonces, dict(origin.hub.contacts))
    for at in range(1, 60):
        origin.restore("confirmed", mark="of the copy")
        hub = origin.hub
        hub.chains, hub.hashes, hub.epoch = {1: list(hub_state[0])}, {1: list(hub_state[1])}, 1
        hub.nonces, hub.contacts = hub_state[2], dict(hub_state[3])
        is_through = crashing(origin, at, is_before=is_before)
        try:
            origin.rounds()
        except Crash:
            origin.reopen()
            assert origin.rounds() == ""
        assert origin.money()
        assert hub.hashes[hub.epoch] == own_hashes(origin.hall)
        kinds = origin.kinds_at_hub()
        assert kinds.count("epoch.start") == kinds.count("recover.chain") == 1
        assert kinds.count("recover.rechain") >= 2
        carried = [json.loads(sent.content)["body"] for sent in hub.chains[hub.epoch]]
        inner = [body["content"] for body in carried if "content" in body]
        assert len(set(inner)) == len(inner)
        assert origin.is_sound()
        if is_through():
            break
    else:
        raise AssertionError("no run lived through")
    assert at > 8
    origin.hall.close()


def test_a_second_copy_is_told_by_its_nonce_and_both_go_on(places: Places) -> None:
    places.backup("copy")
    write(places.hall, 2)
    places.rounds()
    places.restore("copy", mark="of the copy")
    write(places.hall, 3)
    assert places.rounds() == "cloned"
    assert not places.money()
    places.confirm()
    assert places.rounds() == ""
    assert places.money()
    assert places.is_sound()


def test_a_hall_without_a_hub_goes_on_when_somebody_has_signed(tmp_path: Path) -> None:
    alone = halls.a_hall(tmp_path / "hall")
    write(alone)
    alone.close()
    shutil.copytree(tmp_path / "hall", tmp_path / "backup")
    alone = open_hall(tmp_path / "hall", clock=FixedClock(halls.NOW))
    write(alone, 3)
    alone.close()
    mark = (tmp_path / "hall" / MARK_NAME).read_bytes()
    shutil.rmtree(tmp_path / "hall")
    shutil.copytree(tmp_path / "backup", tmp_path / "hall")
    (tmp_path / "hall" / MARK_NAME).write_bytes(mark)
    alone = open_hall(tmp_path / "hall", clock=FixedClock(halls.NOW))
    session = halls.teller()
    signed = approvals.sign(alone, session, new_epochs.ask(alone, session), staff_no="2001", password=halls.PASSWORD)
    new_epochs.confirm(alone, session, signed)
    assert alone.store.money_off == ()
    alone.close()
    again = open_hall(tmp_path / "hall", clock=FixedClock(halls.NOW))
    assert again.store.money_off == ()
    again.close()
    assert verify_folder(tmp_path / "hall").findings == ()


def test_only_a_second_person_with_the_right_confirms_and_only_when_something_was_found(places: Places) -> None:
    session = halls.teller()
    with pytest.raises(Refused) as nothing:
        new_epochs.ask(places.hall, session)
    assert isinstance(nothing.value.refusal, NothingToConfirm)
    recovered_day(places)
    places.restore("backup", mark="newer")
    challenge = new_epochs.ask(places.hall, session)
    for staff_no, kind in (("1001", SignoffByWorker), ("1002", NoRight)):
        with pytest.raises(Refused) as refused:
            approvals.sign(places.hall, session, challenge, staff_no=staff_no, password=halls.PASSWORD)
        assert isinstance(refused.value.refusal, kind)
    places.confirm()


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE foreign_entries SET content = replace(content, '\"1001\"', '\"1002\"')", "entry given back"),
        ("UPDATE foreign_entries SET signature = zeroblob(64) WHERE seq % 2", "signature"),
        ("UPDATE foreign_entries SET kind = 'note' WHERE kind = 'payment.take'", "column"),
        ("DELETE FROM foreign_entries WHERE id = (SELECT max(id) FROM foreign_entries)", "column"),
        ("DELETE FROM foreign_entries WHERE id = (SELECT min(id) + 1 FROM foreign_entries)", "entry given back"),
        ("DELETE FROM foreign_entries", "column"),
        (
            "INSERT INTO foreign_entries SELECT NULL, 9, 1, 'x', kind, content, prev_hash, hash, signature, fetched_at"
            " FROM foreign_entries LIMIT 1",
            "row without its entry",
        ),
        ("UPDATE shifts SET counted_fen = 1 WHERE closed_at IS NOT NULL", "column"),
        ("UPDATE receipt_series SET last_serial = last_serial - 1", "receipt numbers"),
        (
            "DELETE FROM entries WHERE epoch = 1 AND seq = (SELECT max(seq) FROM entries WHERE epoch = 1)",
            "entry carried over",
        ),
    ],
)
def test_damage_to_what_was_recovered_is_found(places: Places, statement: str, what: str) -> None:
    recovered_day(places)
    places.restore("backup", mark="of the copy")
    halls.pay(places.hall, places.first, halls.cash(70))
    places.rounds()
    places.confirm_through()
    places.hall.close()
    worked = Worked(places.root / "hall", find_driver("sqlcipher3"), None)
    worked.harm(statement)
    assert what in [finding.what for finding in worked.look().findings]
    places.hall = open_hall(places.root / "hall", clock=FixedClock(halls.NOW))
