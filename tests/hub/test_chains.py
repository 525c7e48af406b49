"""Uploads: at least once sent, once applied; gaps, forks, second copies, altered and poisonous entries."""

from __future__ import annotations

import json

import pytest

from counter_app.hub import chains, ledger
from counter_app.hub import tables as t
from counter_app.hub.batch import Batch
from counter_app.hub.calls import No
from counter_app.hub.database import Database
from counter_app.hub.entries import Arrived
from counter_app.hub.slate import Slate
from counter_app.sync.wire import MOST_BYTES, Fate, Sent, Upload, Uploaded, Why
from tests.hub.kit import Desk, HubHall


@pytest.fixture
def hall(database: Database) -> HubHall:
    """A hall with three bills of 100 yuan."""
    made = HubHall(database)
    for bill_id in (1, 2, 3):
        made.bill(bill_id, 10_000)
    return made


@pytest.fixture
def desk(hall: HubHall) -> Desk:
    """A counter with three payments in its chain."""
    made = hall.desk("A")
    for bill_id in (1, 2, 3):
        made.pay((bill_id, 10_000))
    return made


def refused(said: Uploaded | No) -> Why:
    """Why the hub said no."""
    assert isinstance(said, No), said
    return said.why


def test_a_repeated_upload_is_answered_again_with_the_same_next_nonce_and_changes_nothing(
    hall: HubHall, desk: Desk
) -> None:
    nonce = desk.nonce
    first = desk.sent_all()
    told, balances = hall.feed(), hall.balances()

    again = desk.send(1, 3, nonce=nonce)

    assert isinstance(again, Uploaded)
    assert again.fates == (Fate.KNOWN,) * 3
    assert (again.next_nonce, again.upto) == (first.next_nonce, first.upto)
    assert (hall.feed(), hall.balances()) == (told, balances)
    assert hall.rows(t.chain_heads, "n", "contacts") == [(3, 2)]


def test_here_i_am_consumes_a_nonce_and_writes_the_head(hall: HubHall, desk: Desk) -> None:
    desk.sent_all()
    said = desk.send(4, 0)

    assert isinstance(said, Uploaded)
    assert (said.upto, said.fates) == (said.hub.head, ())
    assert hall.rows(t.chain_heads, "n", "contacts") == [(3, 2)]
    assert len(hall.rows(t.contacts, "nonce")) == 2


def test_an_old_request_that_comes_late_is_stale_and_without_effect(hall: HubHall, desk: Desk) -> None:
    nonce = desk.nonce
    desk.send(1, 1)
    desk.send(2, 1)
    nonces = hall.rows(t.devices, "nonce")

    assert refused(desk.send(1, 1, nonce=nonce)) is Why.STALE
    assert hall.rows(t.devices, "nonce") == nonces
    assert hall.rows(t.evidence, "kind") == []


def test_a_consumed_nonce_with_another_request_is_another_copy_and_is_kept_as_evidence(
    hall: HubHall, desk: Desk
) -> None:
    nonce = desk.nonce
    desk.send(1, 2)

    assert refused(desk.send(1, 3, nonce=nonce)) is Why.CLONED
    assert refused(desk.send(1, 3, nonce=nonce)) is Why.CLONED

    assert hall.rows(t.evidence, "kind", "counter_id") == [("cloned", "A")]
    assert [(task["kind"], task["facts"]["what"]) for task in hall.tasks()] == [("alarm", "cloned")]


def test_a_nonce_of_a_lost_history_is_taken_and_consumes_nothing(hall: HubHall, desk: Desk) -> None:
    lease = desk.nonce

    said = desk.send(1, 1, nonce="nonce-of-a-lost-history")

    assert isinstance(said, Uploaded)
    assert hall.rows(t.contacts, "nonce", "next_nonce") == [(lease, said.next_nonce)]
    assert said.next_nonce != lease, "the one that was current may have been used in that history, and come late"
    assert isinstance(desk.send(2, 1), Uploaded)
    assert {nonce for (nonce,) in hall.rows(t.contacts, "nonce")} == {lease, said.next_nonce}


def test_late_copies_from_a_lost_history_never_stop_the_counter_that_lives(hall: HubHall, desk: Desk) -> None:
    lease = desk.nonce
    desk.send(1, 1, nonce="lost-2")
    for late in ("lost-1", "lost-2", lease):
        live = desk.nonce
        assert isinstance(desk.send(1, 1, nonce=late), Uploaded), "taken once more, without effect"
        desk.nonce = live
        assert isinstance(desk.send(2, 1), Uploaded), "the lease is where it was"
    assert hall.rows(t.evidence, "kind") == []


def test_a_late_copy_that_comes_first_takes_nothing_from_the_counter_that_lives(hall: HubHall, desk: Desk) -> None:
    desk.send(1, 1)
    live = desk.nonce
    desk.send(2, 1)
    after = desk.nonce
    desk.send(1, 1, nonce="lost")

    assert isinstance(desk.send(2, 1, nonce=live), Uploaded), "whose reply was lost before that"
    assert isinstance(desk.send(3, 1, nonce=after), Uploaded), "or who had it"
    assert isinstance(desk.send(4, 0), Uploaded)
    assert hall.rows(t.evidence, "kind") == []


def test_a_nonce_that_was_replaced_before_it_was_used_is_stale(hall: HubHall, desk: Desk) -> None:
    desk.send(1, 1)
    replaced = desk.nonce
    with hall.database.transaction() as connection:
        connection.execute(t.devices.update().values(nonce="given-at-a-second-enrolment"))

    assert refused(desk.send(2, 1, nonce=replaced)) is Why.STALE


def test_a_gap_names_the_head(hall: HubHall, desk: Desk) -> None:
    desk.send(1, 1)
    said = desk.send(3, 1)

    assert refused(said) is Why.GAP
    assert isinstance(said, No)
    assert said.facts == {"head": "1"}
    assert hall.rows(t.inbox, "seq") == [(1,)]


def test_after_a_gap_another_range_goes_up_under_a_nonce_of_its_own(hall: HubHall, desk: Desk) -> None:
    desk.send(1, 1)
    refused_nonce = desk.nonce

    said, again = desk.send(3, 1), desk.send(3, 1, nonce=refused_nonce)

    assert isinstance(said, No)
    assert isinstance(again, No)
    assert (again.why, again.next_nonce) == (Why.GAP, said.next_nonce), "a lost reply is given again"
    assert isinstance(desk.send(2, 1), Uploaded)
    late = desk.send(3, 1, nonce=refused_nonce)
    assert refused(late) is Why.STALE, "a late copy of the refused one is no second copy of the device"
    assert hall.rows(t.evidence, "kind") == []
    assert isinstance(desk.send(3, 1), Uploaded), "and takes the lease from nobody"


def test_a_branch_is_refused_and_kept_whole(hall: HubHall, desk: Desk) -> None:
    desk.sent_all()
    nonce = desk.nonce
    common = desk.sent[:1]
    desk.sent = list(common)
    desk.pay((2, 4_000))
    desk.pay((3, 4_000))

    said = desk.send(2, 2, nonce=nonce)

    assert refused(said) is Why.FORK
    ((kind, facts),) = hall.rows(t.evidence, "kind", "facts")
    assert kind == "fork"
    assert [content for content, _ in json.loads(facts)["branch"]] == [sent.content for sent, _ in desk.sent[1:]]
    assert hall.balances()["receivable", ""] == -30_000
    assert desk.nonce == nonce, "a refused request consumes nothing"


def test_a_chain_that_does_not_follow_the_head_is_a_fork(hall: HubHall, desk: Desk) -> None:
    desk.send(1, 1)
    other = desk.sent[1][1]
    upload = Upload(proto=1, first_seq=2, prev_hash=other, entries=())
    with hall.database.transaction() as connection:
        said = chains.receive(connection, desk.caller(), upload, counter_id="A", epoch=1)

    assert refused(said) is Why.FORK


def test_an_entry_that_its_device_did_not_sign_is_refused_with_evidence(hall: HubHall, desk: Desk) -> None:
    sent, digest = desk.sent[1]
    desk.sent[1] = (Sent(content=sent.content, signature="0" * 128), digest)

    assert refused(desk.send()) is Why.NOT_SIGNED
    assert hall.rows(t.evidence, "kind", "seq") == [("not_signed", 2)]
    assert hall.rows(t.inbox, "seq") == []


def test_another_counter_or_epoch_than_the_devices_is_closed(hall: HubHall, desk: Desk) -> None:
    with hall.database.transaction() as connection:
        caller, upload = desk.caller(), desk.upload(1, 1)
        assert refused(chains.receive(connection, caller, upload, counter_id="A", epoch=2)) is Why.EPOCH_CLOSED
        assert refused(chains.receive(connection, caller, upload, counter_id="B", epoch=1)) is Why.EPOCH_CLOSED


def test_an_upload_has_its_limits(hall: HubHall, desk: Desk) -> None:
    desk.write("note", {"words": "x" * (MOST_BYTES // 2)})
    desk.write("note", {"words": "x" * (MOST_BYTES // 2)})
    assert refused(desk.send()) is Why.TOO_LARGE
    desk.sent = desk.sent[:3]
    desk.add("{\x00}")
    assert refused(desk.send()) is Why.BAD_MESSAGE


def test_the_same_entry_id_with_other_bytes_is_kept_apart_and_the_first_one_stands(hall: HubHall, desk: Desk) -> None:
    desk.sent_all()
    other = hall.desk("B")
    other.pay((1, 5_000), entry_id="A-1-000001")

    assert other.sent_all().fates == (Fate.QUARANTINED,)

    assert hall.rows(t.quarantine, "reason", "counter_id") == [("tampered", "B")]
    assert hall.rows(t.ledger_lines, "entry_id", "counter_id")[0] == ("A-1-000001", "A")
    assert hall.balances()["suspense", ""] == -5_000


POISON = {
    "no JSON": "{",
    "a list": "[1]",
    "a float": '{"epoch":1.5}',
    "a deep one": "[" * 100_000,
    "a huge number": '{"epoch":1' + "0" * 5_000 + "}",
    "nothing of an entry": "{}",
    "a second name for nothing": '{"epoch":NaN}',
}


@pytest.mark.parametrize("name", POISON)
def test_poison_is_received_and_the_chain_goes_on(hall: HubHall, name: str) -> None:
    desk = hall.desk("A")
    desk.add(POISON[name])
    desk.write("login", {"staff_no": "1001"})
    desk.pay((1, 10_000))

    assert desk.sent_all().fates == (Fate.QUARANTINED, Fate.APPLIED, Fate.APPLIED)

    assert hall.rows(t.quarantine, "reason", "seq") == [("unreadable", 1)]
    assert hall.rows(t.inbox, "seq", "content")[0] == (1, POISON[name])
    assert hall.balances()["receivable", ""] == -10_000


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"drawer","shift-A",10000', '"drawer","shift-A",10001', "unbalanced"),
        ('"drawer","shift-A",10000', f'"drawer","shift-A",{2**63}', "out_of_bounds"),
        ('"seq":1,', '"seq":7,', "out_of_place"),
        ('"kind_ver":1', '"kind_ver":99', "not_understood"),
        ('"kind":"payment.take"', '"kind":"payment.give"', "not_understood"),
        ('"1001"', '"10\\u000001"', "unreadable"),
        ('"HZ01-A-2026-000001"', '"\\u0000"', "unreadable"),
    ],
)
def test_an_entry_that_says_impossible_things_is_kept_apart(hall: HubHall, old: str, new: str, reason: str) -> None:
    desk = hall.desk("A")
    desk.pay((1, 10_000))
    content = desk.sent.pop()[0].content
    assert old in content
    desk.add(content.replace(old, new))
    desk.pay((2, 10_000))

    assert desk.sent_all().fates == (Fate.QUARANTINED, Fate.APPLIED)
    assert hall.rows(t.quarantine, "reason") == [(reason,)]


def test_what_the_data_base_cannot_hold_is_found_among_its_batch_and_kept_apart(hall: HubHall, desk: Desk) -> None:
    with hall.database.transaction() as connection:
        connection.execute(
            t.bill_sums.update().values(settled_late_fee_fen=2**63 - 1).where(t.bill_sums.c.bill_id == 2)
        )
    desk.pay((1, 0, 7))
    desk.pay((2, 0, 9))

    assert desk.sent_all().fates == (*[Fate.APPLIED] * 4, Fate.QUARANTINED)

    assert hall.rows(t.quarantine, "reason", "seq") == [("failed", 5)]
    assert hall.balances()["suspense", ""] == -9


@pytest.mark.parametrize("fault", ["unbalanced", "bug", "half a character"])
def test_a_rule_that_fails_for_one_entry_does_not_hold_up_the_chain(
    hall: HubHall, desk: Desk, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = ledger.KINDS["payment.take"]

    def wrong(slate: Slate, batch: Batch, entry: Arrived) -> Fate | None:
        if entry.seq == 2 and fault == "bug":
            raise KeyError(fault)
        if entry.seq == 2 and fault == "unbalanced":
            slate.post(batch.hall_id, "nowhere", "", 1)
        if entry.seq == 2 and fault == "half a character":
            slate.tell(batch.hall_id, "hall", "\ud800")
        return rule(slate, batch, entry)

    monkeypatch.setitem(ledger.KINDS, "payment.take", wrong)

    assert desk.sent_all().fates == (Fate.APPLIED, Fate.QUARANTINED, Fate.APPLIED)
    assert hall.rows(t.quarantine, "reason", "seq") == [("failed", 2)]
    assert hall.balances()["suspense", ""] == -10_000


def test_a_counter_gets_its_own_chain_back(hall: HubHall, desk: Desk) -> None:
    desk.sent_all()
    with hall.database.transaction() as connection:
        whole = chains.page(connection, desk.caller(), epoch=1, after=0)
        rest = chains.page(connection, desk.caller(), epoch=1, after=2)

    assert whole.is_end
    assert whole.entries == tuple(sent for sent, _ in desk.sent)
    assert rest.entries == (desk.sent[2][0],)
