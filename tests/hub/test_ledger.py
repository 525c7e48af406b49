"""What kinds of entries do at the hub beside payments: credits, tasks, services, cases, and what is recovered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from counter_app.domain.journal import Posting
from counter_app.domain.receipts import signed_proof
from counter_app.domain.retention import Act, Signer, Step
from counter_app.domain.retention_steps import Opening, Sealed, body_of, kind_of
from counter_app.hub import applying, chains, entries, ledger, records
from counter_app.hub import tables as t
from counter_app.hub.calls import No, stamp
from counter_app.hub.database import Database
from counter_app.sync.wire import Fate, Why
from tests.hub.folds import check
from tests.hub.kit import Desk, HubHall
from tests.hub.rows import bill, customer, ids, take

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def hall(database: Database) -> Iterator[HubHall]:
    """A hall with a customer and a bill of 100 yuan."""
    made = HubHall(database)
    take(made, [*customer("1001"), bill("B1", "1001", 10_000)])
    yield made
    check(made)


def paid_twice(hall: HubHall) -> tuple[Desk, Desk, str]:
    """Two counters that took the same bill; the credit's id."""
    first, second = hall.desk("A"), hall.desk("B")
    for desk in (first, second):
        desk.pay((ids(hall, "bill")["B1"], 10_000), account_id=ids(hall, "account")["1001"])
        desk.sent_all()
    return first, second, hall.rows(t.credits_, "credit_id")[0][0]


def settle(desk: Desk, credit_id: str, *, book: int | None = None, fen: int = 10_000, approver: str = "2001") -> None:
    """An entry that settles a credit, into a book or in cash."""
    shift = f"shift-{desk.name}"
    other = Posting("prepaid", str(book), -fen) if book else Posting("drawer", shift, -fen)
    body = {"credit_id": credit_id, "way": "prepaid" if book else "cash", "amount_fen": fen, "task_id": ""}
    if book:
        body |= {"book_id": book, "account_id": ids(desk.hub, "account")["1001"]}
    desk.write("credit.settled", body, (Posting("credit", credit_id, fen), other), shift_id=shift, approver_no=approver)


def test_a_credit_goes_into_a_book_of_the_account_and_its_task_is_done(hall: HubHall) -> None:
    desk, _, credit_id = paid_twice(hall)
    book = 2**40 + 1
    settle(desk, credit_id, book=book)

    assert desk.sent_all().fates == (Fate.APPLIED,)

    assert hall.tasks() == []
    (task,) = hall.tasks("done")
    assert task["facts"]["closed"]["way"] == "prepaid"
    assert task["facts"]["bill_no"] == "B1", "what the task said is still there"
    assert hall.rows(t.book_sums, "book_id", "account_id", "moved_fen") == [
        (book, ids(hall, "account")["1001"], 10_000)
    ]
    assert ("credit", "") not in hall.balances()
    assert hall.balances()["prepaid", ""] == -10_000


def test_a_book_holds_no_credit_twice_though_two_counters_put_it_there(hall: HubHall) -> None:
    first, second, credit_id = paid_twice(hall)
    book = 2**40 + 1
    settle(first, credit_id, book=book)
    settle(second, credit_id, book=book)
    first.sent_all()

    assert second.sent_all().fates == (Fate.QUARANTINED,)

    moves = hall.rows(t.book_moves, "move_id", "amount_fen", "counter_id")
    assert [fen for _, fen, _ in moves] == [10_000, 10_000, -10_000]
    assert [move_id.split(":")[0] for move_id, _, counter_id in moves if counter_id == "B"] == ["B-1-000002", "undone"]
    assert hall.rows(t.book_sums, "moved_fen") == [(10_000,)]


def test_what_waits_for_its_credit_is_in_the_book_and_counts_once_when_it_comes(hall: HubHall) -> None:
    first, second = hall.desk("A"), hall.desk("B")
    bill_id, account_id, book = ids(hall, "bill")["B1"], ids(hall, "account")["1001"], 2**40 + 1
    second.pay((bill_id, 10_000), account_id=account_id)
    # of a history that the hub has lost: there the second payment was too much
    settle(first, "intent-B-1-1:B1:excess", book=book)
    assert first.sent_all().fates == (Fate.PARKED,)
    assert hall.rows(t.book_sums, "book_id", "moved_fen") == [(book, 10_000)]
    assert hall.balances() == {("prepaid", ""): -10_000, ("suspense", ""): 10_000}
    check(hall)
    second.sent_all()

    first.pay((bill_id, 10_000), account_id=account_id)
    first.sent_all()

    # now the first one is, by the same sum of the same bill
    assert hall.rows(t.credits_, "credit_id", "spent_by") == [("intent-A-1-1:B1:excess", "A-1-000001")]
    assert hall.rows(t.book_sums, "moved_fen") == [(10_000,)]
    assert hall.tasks() == [], "nobody is offered that money again"
    assert ("suspense", "") not in hall.balances()


def test_a_credit_is_spent_once_and_a_second_cash_is_missing_money_in_suspense(hall: HubHall) -> None:
    first, second, credit_id = paid_twice(hall)
    settle(first, credit_id)
    settle(second, credit_id)
    first.sent_all()

    assert second.sent_all().fates == (Fate.QUARANTINED,)

    assert hall.rows(t.quarantine, "reason", "counter_id") == [("credit_spent", "B")]
    # each took 100 yuan and gave 100 back: what the second gave belongs to nobody's credit
    assert hall.balances() == {("receivable", ""): -10_000, ("suspense", ""): 10_000}
    assert [task["kind"] for task in hall.tasks()] == ["quarantined"]


@pytest.mark.parametrize(
    ("fen", "approver", "reason"),
    [(9_000, "2001", "credit_other_sum"), (10_000, "1001", "no_approver"), (10_000, "1002", "no_right")],
)
def test_a_credit_is_settled_whole_and_by_two_people(hall: HubHall, fen: int, approver: str, reason: str) -> None:
    desk, _, credit_id = paid_twice(hall)
    settle(desk, credit_id, fen=fen, approver=approver)
    desk.sent_all()

    assert hall.rows(t.quarantine, "reason") == [(reason,)]
    assert hall.rows(t.credits_, "spent_by") == [(None,)]


def test_another_sum_than_the_credits_leaves_book_and_credit_as_they_are_and_is_a_task(hall: HubHall) -> None:
    desk, _, credit_id = paid_twice(hall)
    book = 1 << 41
    desk.pay(stored=(book, 500), account_id=ids(hall, "account")["1001"])
    settle(desk, credit_id, book=book, fen=9_000)
    assert desk.sent_all().fates[-1] is Fate.QUARANTINED

    # the counter has it in the book; the hub takes it out again by a move that every counter gets, the own one too
    assert sum(fen for (fen,) in hall.rows(t.book_moves, "amount_fen")) == 500
    assert [body["amount_fen"] for kind, body in hall.feed() if kind == "book_move"] == [500, 9_000, -9_000]
    assert hall.rows(t.credits_, "amount_fen", "spent_by") == [(10_000, None)]
    assert sorted(task["kind"] for task in hall.tasks()) == ["duplicate_payment", "quarantined"]


def test_what_comes_before_its_credit_waits_for_it(hall: HubHall) -> None:
    first, second = hall.desk("A"), hall.desk("B")
    bill_id = ids(hall, "bill")["B1"]
    first.pay((bill_id, 10_000))
    second.pay((bill_id, 10_000))
    first.sent_all()
    settle(first, "intent-B-1-1:B1:excess")

    assert first.sent_all().fates == (Fate.PARKED,)
    assert hall.balances()["suspense", ""] == 10_000
    second.sent_all()

    assert hall.tasks() == []
    assert hall.rows(t.parked, "freed_by")[0][0] is not None
    assert hall.balances() == {("drawer", "shift-B"): 10_000, ("receivable", ""): -10_000}


def test_what_waits_for_a_day_is_a_task_until_it_comes(hall: HubHall) -> None:
    first, second = hall.desk("A"), hall.desk("B")
    bill_id = ids(hall, "bill")["B1"]
    second.pay((bill_id, 10_000))
    first.pay((bill_id, 10_000))
    settle(first, "intent-B-1-1:B1:excess")
    first.sent_all()
    hall.later(hours=23)
    first.write("login", {"staff_no": "1001"})
    first.sent_all()
    assert hall.tasks() == []

    hall.later(hours=1)
    first.write("login", {"staff_no": "1001"})
    first.sent_all()
    assert [(task["kind"], task["amount_fen"]) for task in hall.tasks()] == [("parked", -10_000)]

    second.sent_all()
    assert hall.tasks() == []


def test_a_task_without_money_is_done_with_its_words_and_one_with_a_credit_is_not(hall: HubHall) -> None:
    desk, _, _ = paid_twice(hall)
    desk.pay((999, 50))
    desk.sent_all()
    by_kind = {task["kind"]: task["task_id"] for task in hall.tasks()}
    for task_id in by_kind.values():
        desk.write("task.done", {"task_id": task_id, "words": "已处理"}, staff_no="2001")

    fates = desk.sent_all().fates

    assert sorted(fates) == [Fate.APPLIED, Fate.QUARANTINED]
    assert hall.rows(t.quarantine, "reason") == [("credit_open",)]
    assert {task["kind"] for task in hall.tasks()} == {"duplicate_payment", "quarantined"}


def test_a_restore_order_moves_the_service_and_an_older_journal_does_not(hall: HubHall) -> None:
    desk, service = hall.desk("A"), ids(hall, "service")["mobile:1391001"]
    body = {"order_id": "o-1", "service_id": service}
    desk.write("restore.sent", {**body, "payment_id": "p", "due_at": "x"})
    desk.write("restore.sent", {**body, "payment_id": "p", "due_at": "x"}, seen_n=1)
    desk.write("restore.confirmed", body, seen_n=1)
    desk.write("restore.confirmed", body, seen_n=1)
    desk.write("restore.archived", body, seen_n=1)
    desk.write("restore.sent", {**body, "service_id": 4_711}, seen_n=1)

    assert desk.sent_all().fates == (*[Fate.APPLIED] * 5, Fate.QUARANTINED)

    told = [body["state"] for kind, body in hall.feed() if kind == "service"]
    assert told == ["cut", "restoring", "active"]
    assert hall.rows(t.quarantine, "reason") == [("unknown_service",)]


def test_steps_of_a_case_are_folded_and_its_records_are_promised(hall: HubHall) -> None:
    desk, service = hall.desk("A"), ids(hall, "service")["mobile:1391001"]
    content = b'{"form":"..."}'
    digest = hashlib.sha256(content).hexdigest()
    first = Step(Act.OPEN, "1001", AT)
    form = Step(Act.SAVE_FORM, "1001", AT, reasons=("price",), record="record-1")
    sealed = Sealed("retention.form", len(content), digest)
    desk.write(kind_of(Act.OPEN), body_of(first, "case-1", opening=Opening("HZ01-1", service)), customer_id=1, seen_n=1)
    desk.write(kind_of(Act.SAVE_FORM), body_of(form, "case-1", sealed=sealed), customer_id=1, seen_n=1)
    desk.write(kind_of(Act.TALK), body_of(Step(Act.TALK, "1001", AT), "case-2"), customer_id=1, seen_n=1)

    assert desk.sent_all().fates == (Fate.APPLIED, Fate.APPLIED, Fate.QUARANTINED)

    assert hall.rows(t.quarantine, "reason") == [("bad_step",)]
    ((case_id, of, facts),) = hall.rows(t.cases, "case_id", "service_id", "facts")
    assert (case_id, of, len(json.loads(facts)["steps"])) == ("case-1", service, 2)
    with hall.database.transaction() as connection:
        caller = desk.caller()
        assert not isinstance(records.put_record(connection, caller, "record-1", content), No)
        assert not isinstance(records.put_record(connection, caller, "record-1", content), No)
        wrong = records.put_record(connection, caller, "record-1", b"other")
        strange = records.put_record(connection, caller, "record-2", content)
    assert isinstance(wrong, No)
    assert isinstance(strange, No)
    assert (wrong.why, strange.why) == (Why.CONFLICT, Why.NOT_FOUND)
    assert hall.rows(t.side_records, "record_id", "content", "received_at") == [("record-1", content, stamp(hall.now))]
    beside, elsewhere = hall.desk("B"), HubHall(hall.database, "hall-2").desk("A")
    with hall.database.transaction() as connection:
        assert records.record_of(connection, desk.caller(), "record-1") == content
        for strange_desk, record_id in ((desk, "record-2"), (beside, "record-1"), (elsewhere, "record-1")):
            asked = records.record_of(connection, strange_desk.caller(), record_id)
            assert asked == No(Why.NOT_FOUND), "nobody learns of a record that is another's"
        erased = update(t.side_records).values(content=None, erased_at="2026-11-22")
        connection.execute(erased)
        assert records.record_of(connection, desk.caller(), "record-1") == No(Why.NOT_FOUND, {"what": "erased"})
        assert records.record_of(connection, beside.caller(), "record-1") == No(Why.NOT_FOUND)


def test_a_signature_of_somebody_whom_the_hall_does_not_have_is_kept_apart(hall: HubHall) -> None:
    desk, service = hall.desk("A"), ids(hall, "service")["mobile:1391001"]
    first, sign = Step(Act.OPEN, "1001", AT), Step(Act.SIGN, "1001", AT, signer=Signer.MANAGER)
    desk.write(kind_of(Act.OPEN), body_of(first, "case-1", opening=Opening("HZ01-1", service)), customer_id=1)
    desk.write(kind_of(Act.SIGN), body_of(sign, "case-1"), customer_id=1, approver_no="4711")
    desk.write(kind_of(Act.SIGN), body_of(sign, "case-1"), customer_id=1, approver_no="2001")

    assert desk.sent_all().fates == (Fate.APPLIED, Fate.QUARANTINED, Fate.APPLIED)
    assert hall.rows(t.quarantine, "reason") == [("unknown_staff",)]


def test_a_step_that_cancels_freezes_the_service_and_closing_holds_its_number(hall: HubHall) -> None:
    desk, service = hall.desk("A"), ids(hall, "service")["mobile:1391001"]
    steps = [
        (Step(Act.OPEN, "1001", AT), {"opening": Opening("HZ01-1", service)}),
        (Step(Act.LEAVE_NOW, "1001", AT), {}),
        (Step(Act.PROCESS, "1001", AT), {}),
        (Step(Act.CLOSE, "1001", AT, until=AT.date().replace(year=2027)), {}),
    ]
    for step, more in steps:
        desk.write(kind_of(step.act), body_of(step, "case-1", **more), customer_id=1, seen_n=1)  # type: ignore[arg-type]  # an opening or nothing
    desk.sent_all()

    assert [body["state"] for kind, body in hall.feed() if kind == "service"] == ["cut", "frozen", "closed"]
    assert hall.rows(t.cases, "held_number", "held_until") == [("1391001", "2027-11-22")]


def rechained(desk: Desk, old: list[tuple[object, str]], *, signature: str | None = None) -> None:
    """Carry an entry of an older epoch, the last of `old`, in the desk's chain."""
    sent, _ = old[-1]
    before = old[-2][1] if len(old) > 1 else "0" * 64
    body = {
        "content": sent.content,  # type: ignore[attr-defined]  # what was sent before
        "prev_hash": before,
        "signature": signature or sent.signature,  # type: ignore[attr-defined]  # as above
    }
    desk.write("recover.rechain", body)


def next_epoch(desk: Desk) -> list[tuple[object, str]]:
    """Put the desk under its next epoch; returns its old chain."""
    old: list[tuple[object, str]] = list(desk.sent)
    desk.epoch, desk.sent, desk.acknowledged = desk.epoch + 1, [], 0
    return old


def test_an_entry_of_an_older_epoch_counts_under_its_own_id_and_once(hall: HubHall) -> None:
    desk, bill_id = hall.desk("A"), ids(hall, "bill")["B1"]
    desk.pay((bill_id, 4_000))
    desk.sent_all()
    desk.pay((bill_id, 6_000))
    old = next_epoch(desk)
    rechained(desk, old)
    rechained(desk, old)
    rechained(desk, old[:1])

    assert desk.sent_all().fates == (Fate.APPLIED, Fate.KNOWN, Fate.KNOWN)

    assert hall.balances() == {("drawer", "shift-A"): 10_000, ("receivable", ""): -10_000}
    lines = hall.rows(t.ledger_lines, "entry_id", "epoch", "seq", "kind")
    assert ("A-1-000002", 1, 2, "payment.take") in lines
    assert [kind for _, _, _, kind in lines].count("recover.rechain") == 3


def test_what_is_carried_is_held_to_its_signature_and_its_id(hall: HubHall) -> None:
    desk, bill_id = hall.desk("A"), ids(hall, "bill")["B1"]
    desk.pay((bill_id, 4_000))
    desk.sent_all()
    old = next_epoch(desk)
    rechained(desk, old, signature="0" * 128)
    desk.sent_all()
    assert hall.rows(t.quarantine, "reason") == [("not_signed",)]

    other = HubHall(hall.database, "hall-2").desk("A")
    other.epoch = 1
    other.pay((bill_id, 9_000))
    rechained(desk, list(other.sent))
    desk.sent_all()
    assert ("tampered",) in hall.rows(t.quarantine, "reason"), "the same id, signed by the same key, with other bytes"


def test_a_device_that_the_hub_has_forgotten_is_known_again_by_the_first_entry_of_its_carried_chain(
    hall: HubHall,
) -> None:
    desk, bill_id = hall.desk("A"), ids(hall, "bill")["B1"]
    own, lost = desk.key, Ed25519PrivateKey.from_private_bytes(bytes([9] * 32))
    # the counter's machine before this one; nothing of it is at the hub
    with patch.object(Desk, "device_id", "device-lost"):
        desk.key = lost
        desk.write("epoch.start", {"epoch": 1, "public_key": lost.public_key().public_bytes_raw().hex()})
        desk.pay((bill_id, 4_000))
    old, desk.key = next_epoch(desk), own
    rechained(desk, old[:1])
    rechained(desk, old)

    assert desk.sent_all().fates == (Fate.APPLIED, Fate.APPLIED)

    assert hall.balances() == {("drawer", "shift-A"): 4_000, ("receivable", ""): -4_000}
    kept = dict(hall.rows(t.devices, "device_id", "revoked_at"))
    assert kept["device-A"] is None
    assert kept["device-lost"], "it is known by its key and may ask for nothing"
    assert "device-lost" in [body["device_id"] for kind, body in hall.feed() if kind == "device"]


def test_what_is_carried_and_does_not_fit_is_kept_apart_and_freed_like_any_other(hall: HubHall) -> None:
    desk, bill_id = hall.desk("A"), ids(hall, "bill")["B1"]
    desk.pay((bill_id, 4_000), staff_no="3003")
    old = next_epoch(desk)
    rechained(desk, old)
    assert desk.sent_all().fates == (Fate.QUARANTINED,)
    assert hall.balances()["suspense", ""] == -4_000

    take(hall, [("staff", {"staff_no": "3003", "name": "周红", "role": "teller", "verifier": "v"})])

    assert hall.balances() == {("drawer", "shift-A"): 4_000, ("receivable", ""): -4_000}
    assert hall.tasks() == []


def reentered(desk: Desk, bill_id: int, *, fen: int = 10_000, said_fen: int | None = None) -> str:
    """A payment of a lost disk, entered again from its receipt; returns the payment's id."""
    entry_id, number = "LOST-000001", "HZ01-A-2026-000077"
    signed = f"R1|{desk.hub.hall_id}|A|{entry_id}|{number}|20261122T090000+0000|{fen}|{bill_id}|{'ab' * 32}"
    body = {
        "entry_id": entry_id,
        "proof": signed_proof(signed, desk.key.sign(signed.encode())),
        "receipt_no": number,
        "year": 2026,
        "serial": 77,
        "amount_fen": fen if said_fen is None else said_fen,
        "account_id": 1,
        "settlements": [[f"lost-intent:{desk.number_of(bill_id)}", bill_id, fen, 0, 0]],
        "books": [],
    }
    desk.write("recover.import", body)
    return entry_id


def test_a_payment_of_a_lost_disk_counts_by_its_receipt_and_once(hall: HubHall) -> None:
    desk, bill_id = hall.desk("A"), ids(hall, "bill")["B1"]
    entry_id = reentered(desk, bill_id)
    reentered(desk, bill_id)

    assert desk.sent_all().fates == (Fate.APPLIED, Fate.KNOWN)

    assert (entry_id, "ab" * 32) in hall.rows(t.ledger_lines, "entry_id", "hash")
    assert hall.balances() == {("recovered", ""): 10_000, ("receivable", ""): -10_000}


def test_a_receipt_that_says_something_else_recovers_nothing(hall: HubHall) -> None:
    desk, bill_id = hall.desk("A"), ids(hall, "bill")["B1"]
    reentered(desk, bill_id, said_fen=9_999)
    desk.sent_all()
    reentered(desk, bill_id)
    content = desk.sent.pop()[0].content
    desk.add(content.replace("|10000|", "|10001|").replace('"amount_fen":10000', '"amount_fen":10001'))
    desk.sent_all()

    assert hall.rows(t.quarantine, "reason") == [("incoherent",), ("not_signed",)]
    assert hall.balances() == {}


def test_what_is_not_understood_is_driven_again_after_an_upgrade(
    hall: HubHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, bill_id = hall.desk("A"), ids(hall, "bill")["B1"]
    for old, new in (("payment.take", "payment.later"), ('"kind_ver":1', '"kind_ver":2')):
        desk.pay((bill_id, 4_000))
        desk.add(desk.sent.pop()[0].content.replace(old, new))
    assert desk.sent_all().fates == (Fate.QUARANTINED, Fate.QUARANTINED)
    assert hall.rows(t.quarantine, "kind", "reason") == [
        ("payment.later", "not_understood"),
        ("payment.take.v2", "not_understood"),
    ]
    assert hall.balances() == {("drawer", "shift-A"): 8_000, ("suspense", ""): -8_000}
    with hall.database.transaction() as connection:
        assert applying.redrive(connection, hall.hall_id, stamp(hall.now)) == 0

    monkeypatch.setitem(ledger.KINDS, "payment.later", ledger.KINDS["payment.take"])
    monkeypatch.setattr(entries, "KIND_VERSION", 2)
    monkeypatch.setattr(entries, "_later", lambda document: document["kind"])
    with hall.database.transaction() as connection:
        upload = desk.upload(3, 0)
        chains.receive(connection, desk.caller(), upload, counter_id="A", epoch=1)
        assert applying.redrive(connection, hall.hall_id, stamp(hall.now)) == 0

    assert hall.balances() == {("drawer", "shift-A"): 8_000, ("receivable", ""): -8_000}
    assert hall.tasks() == []
