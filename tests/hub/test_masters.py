"""Master data into the hub: ids are given once, only changes go down, and what the change means for money is done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import pytest

from counter_app.domain.id_ranges import RANGE
from counter_app.hub import masters, offers
from counter_app.hub import tables as t
from counter_app.hub.calls import No
from counter_app.hub.database import Database
from counter_app.hub.enrolment import revoke
from counter_app.hub.lines import pack
from counter_app.sync.wire import ROW_KEYS, Done, Fate, MasterOffer, SnapshotPart, Why
from tests.hub.folds import check
from tests.hub.kit import Desk, HubHall
from tests.hub.rows import bill, customer, ids, paid_elsewhere, take


@pytest.fixture
def hall(database: Database) -> Iterator[HubHall]:
    """A hall without customers; whatever a test does in it, its projections are the fold of its facts."""
    made = HubHall(database)
    yield made
    check(made)


def test_rows_get_ids_of_the_hub_and_go_down_once(hall: HubHall) -> None:
    rows = [*customer("1001"), bill("B1", "1001", 10_000, service_kind="mobile", service_number="1391001")]
    rows.append(("book", {"account_no": "1001", "kind": "cash", "opening_fen": 500, "opened_on": "2026-11-01"}))

    first = take(hall, rows)
    again = take(hall, rows)

    assert (first.new, first.faults) == (5, [])
    assert (again.new, again.changed, again.unchanged) == (0, 0, 5)
    told = hall.feed()
    assert [kind for kind, _ in told] == ["customer", "account", "service", "bill", "book"]
    assert all(body.keys() == set(ROW_KEYS[kind]) for kind, body in told)
    by_kind = dict(told)
    assert by_kind["bill"]["service_id"] == by_kind["service"]["id"]
    assert by_kind["account"]["customer_id"] == by_kind["customer"]["id"]
    assert hall.rows(t.bill_sums, "bill_no", "principal_fen") == [("B1", 10_000)]
    assert hall.rows(t.find_keys, "kind", "term") == [
        ("account", "1001"),
        ("customer", "1001"),
        ("id", "ID1001"),
        ("service", "1391001"),
    ]


def test_a_change_keeps_the_id_and_what_the_row_does_not_say(hall: HubHall) -> None:
    take(hall, customer("1001"))
    before = ids(hall, "customer")

    taken = take(hall, [("customer", {"customer_no": "1001", "name": "李静", "id_number": "ID-NEW"})])

    assert (taken.changed, ids(hall, "customer")) == (1, before)
    kind, body = hall.feed()[-1]
    assert (kind, body["name"], body["id_kind"]) == ("customer", "李静", "resident_id")
    assert ("id", "ID-NEW") in hall.rows(t.find_keys, "kind", "term")
    assert ("id", "ID1001") not in hall.rows(t.find_keys, "kind", "term")


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (bill("B1", "nobody", 1), (0, "unknown_account", "nobody")),
        (bill("B1", "1001", 2**60), (0, "bad_value", "B1 principal_fen")),
        (paid_elsewhere("S1", "B-none", 1), (0, "unknown_bill", "B-none")),
        (("customer", {"name": "无号"}), (0, "no_key", "customer")),
        (("planet", {}), (0, "unknown_kind", "planet")),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_and_the_others_are_taken(
    hall: HubHall, row: tuple[str, dict[str, object]], fault: tuple[int, str, str]
) -> None:
    take(hall, customer("1001"))
    taken = take(hall, [row, bill("B2", "1001", 5)])

    assert (taken.faults, taken.new) == ([fault], 1)


def test_books_of_one_kind_at_one_account_are_offered_apart_and_compared_together(hall: HubHall) -> None:
    own = 3 * RANGE + 5
    offered = [(kind, {**body, "id": 5, "customer_id": 5, "account_id": 5}) for kind, body in customer("1001")]
    book = {"account_id": 5, "kind": "gift", "opened_on": "2026-11-01"}
    offered += [("book", {**book, "id": 7, "opening_fen": 100}), ("book", {**book, "id": own, "opening_fen": 200})]
    assert take(hall, offered, is_offer=True).faults == []

    of_file = {"account_no": "1001", "opened_on": "2026-11-05"}
    openings = (("gift", 300), ("gift", 200), ("cash", 5), ("cash", 5), ("cash", 6))
    taken = take(hall, [("book", {**of_file, "kind": kind, "opening_fen": fen}) for kind, fen in openings])

    assert (taken.unchanged, taken.new, taken.changed) == (2, 1, 0)
    assert taken.faults == [(1, "opening_fixed", "1001"), (4, "opening_fixed", "1001")]
    assert hall.rows(t.book_sums, "book_id", "opening_fen") == [(7, 100), (8, 5), (own, 200)]


def test_another_channel_and_a_counter_pay_the_same_bill(hall: HubHall) -> None:
    take(hall, [*customer("1001"), bill("B1", "1001", 10_000)])
    desk = hall.desk("A")
    desk.pay((ids(hall, "bill")["B1"], 10_000))
    desk.sent_all()

    assert take(hall, [paid_elsewhere("bank-1", "B1", 10_000)]).new == 1
    assert take(hall, [paid_elsewhere("bank-1", "B1", 10_000)]).unchanged == 1

    (task,) = hall.tasks()
    assert (task["kind"], task["facts"]["other"]["receipt_no"]) == ("duplicate_payment", "HZ01-A-2026-000001")
    assert hall.balances()["credit", ""] == -10_000
    assert hall.balances()["elsewhere", ""] == 10_000
    assert hall.rows(t.bill_sums, "settled_principal_fen") == [(10_000,)]


def test_a_bill_made_smaller_than_what_was_paid_is_a_credit_and_made_larger_again_is_open(hall: HubHall) -> None:
    take(hall, [*customer("1001"), bill("B1", "1001", 10_000)])
    desk = hall.desk("A")
    desk.pay((ids(hall, "bill")["B1"], 10_000))
    desk.sent_all()

    take(hall, [bill("B1", "1001", 7_000)])
    take(hall, [bill("B1", "1001", 9_000)])

    (task,) = hall.tasks()
    assert (task["kind"], task["amount_fen"], task["counter_id"]) == ("bill_changed", 3_000, "A")
    assert hall.rows(t.bill_sums, "principal_fen", "settled_principal_fen") == [(9_000, 7_000)]
    assert hall.balances() == {("drawer", "shift-A"): 10_000, ("receivable", ""): -7_000, ("credit", ""): -3_000}


def test_suspended_money_finds_its_bill_when_it_comes(hall: HubHall) -> None:
    desk = hall.desk("A")
    desk.pay((5, 2_000, 30))
    assert desk.sent_all().fates == (Fate.SUSPENSE,)
    rows = [*customer("1001"), bill("B5", "1001", 2_000)]
    offered = [(kind, {**body, "id": 5, "customer_id": 5, "account_id": 5}) for kind, body in rows]

    take(hall, offered, is_offer=True)

    assert hall.tasks() == []
    assert hall.balances() == {("drawer", "shift-A"): 2_030, ("receivable", ""): -2_000, ("late_fee", ""): -30}
    assert hall.rows(t.settlements, "bill_id", "principal_fen", "counter_id") == [(5, 2_000, "A")]
    assert hall.rows(t.suspense, "cleared_by")[0][0] is not None
    assert [kind for kind, _ in hall.feed()][-2:] == ["settlement", "task"]


def test_entries_of_somebody_who_is_new_to_the_hub_are_applied_when_the_staff_comes(hall: HubHall) -> None:
    take(hall, [*customer("1001"), bill("B1", "1001", 10_000)])
    desk = hall.desk("A")
    desk.pay((ids(hall, "bill")["B1"], 10_000), staff_no="3003")
    desk.sent_all()
    assert hall.rows(t.quarantine, "reason") == [("unknown_staff",)]

    take(hall, [("staff", {"staff_no": "3003", "name": "周红", "role": "teller", "verifier": "v"})])

    assert hall.tasks() == []
    assert hall.balances() == {("drawer", "shift-A"): 10_000, ("receivable", ""): -10_000}


def test_a_changed_role_has_a_place_in_the_feed_from_which_it_holds(hall: HubHall) -> None:
    person = {"staff_no": "3003", "name": "周红", "role": "teller", "verifier": "v"}
    take(hall, [("staff", person)])
    take(hall, [("staff", {**person, "role": "auditor"})])

    history = [row[1:] for row in hall.rows(t.staff_history, "staff_no", "n", "role") if row[0] == "3003"]
    assert history == [(0, "teller"), (2, "auditor")]
    assert hall.feed()[1][1]["role"] == "auditor"


def offered_rows() -> list[tuple[str, str]]:
    """What a hall that worked alone has: its own ids, a settlement of its own journal and one of a bank."""
    rows = [*customer("1001"), bill("B7", "1001", 4_000), paid_elsewhere("bank-1", "B7", 1_000)]
    rows.append(("settlement", {"settlement_id": "own-1", "bill_id": 70, "source": "counter", "principal_fen": 1}))
    numbers = {"id": 70, "customer_id": 70, "account_id": 70, "bill_id": 70}
    return [(kind, json.dumps({**numbers, **body})) for kind, body in rows]


def test_a_hall_that_worked_alone_brings_its_rows_with_their_ids(hall: HubHall) -> None:
    desk = hall.desk("A")
    parts = [part.content for part in pack(offered_rows()[:3])] + [part.content for part in pack(offered_rows()[3:])]
    told = hall.feed()

    for number, content in enumerate(parts):
        for _ in range(2):
            assert isinstance(put(desk, number, content), Done)

    assert ids(hall, "bill") == {"B7": 70}
    assert hall.feed() == told, "its own rows do not come back to it"
    assert hall.rows(t.settlements, "settlement_id") == [("bank-1",)]
    with hall.database.transaction() as connection:
        assert offers.is_under_way(connection, hall.hall_id)
        offer = MasterOffer(parts=tuple(SnapshotPart(part=n, rows=1, sha256=sha(c)) for n, c in enumerate(parts)))
        assert isinstance(offers.close(connection, desk.caller(), "up-1", offer), Done)
        assert not offers.is_under_way(connection, hall.hall_id)
    take(hall, customer("2002"))
    assert min(ids(hall, "customer").values()) == 70
    assert ids(hall, "customer")["2002"] > 70


def test_an_offer_has_its_order_and_is_the_only_one(hall: HubHall) -> None:
    desk = hall.desk("A")
    first, second = (next(pack(rows)).content for rows in (offered_rows()[:3], offered_rows()[3:]))

    assert why(put(desk, 1, second)) is Why.GAP
    assert isinstance(put(desk, 0, first), Done)
    assert why(put(desk, 0, second)) is Why.CONFLICT
    assert why(put(desk, 0, first, upload_id="up-2")) is Why.CONFLICT
    assert why(put(desk, 1, b"no rows")) is Why.BAD_MESSAGE
    assert why(put(desk, 1, second[:-9])) is Why.BAD_MESSAGE


def test_an_offer_whose_device_was_withdrawn_holds_nobody_up_and_may_be_made_again(hall: HubHall) -> None:
    lost, desk = hall.desk("A"), hall.desk("B")
    first, second = (next(pack(rows)).content for rows in (offered_rows()[:3], offered_rows()[3:]))
    put(lost, 0, first, upload_id=lost.device_id)
    assert why(put(desk, 0, first, upload_id=desk.device_id)) is Why.CONFLICT
    with hall.database.transaction() as connection:
        assert offers.is_under_way(connection, hall.hall_id)
        revoke(connection, lost.device_id, hall.now)
        assert offers.is_abandoned(connection, hall.hall_id)
        assert not offers.is_under_way(connection, hall.hall_id)

    for number, content in enumerate((first, second)):
        assert isinstance(put(desk, number, content, upload_id=desk.device_id), Done)
    with hall.database.transaction() as connection:
        assert offers.is_under_way(connection, hall.hall_id)
        assert not offers.is_abandoned(connection, hall.hall_id)
    assert ids(hall, "bill") == {"B7": 70}


def test_a_part_with_a_bad_row_is_refused_whole(hall: HubHall) -> None:
    desk = hall.desk("A")
    rows = [*offered_rows()[:3], ("bill", json.dumps({"bill_no": "B9", "account_id": 99, "id": 9}))]
    said = put(desk, 0, next(pack(rows)).content)

    assert why(said) is Why.BAD_MESSAGE
    assert isinstance(said, No)
    assert (said.facts["row"], said.facts["why"]) == ("3", "unknown_account")
    assert hall.rows(t.master_rows, "key") == []


def test_one_call_takes_no_more_than_a_chunk_of_rows_in_few_statements(hall: HubHall) -> None:
    rows = [row for no in range(300) for row in customer(f"{no:05}")]
    assert len(rows) <= masters.CHUNK
    assert take(hall, rows).new == 900


def put(desk: Desk, number: int, content: bytes, upload_id: str = "up-1") -> Done | No:
    """Offer a part as the edge does: refused, nothing of it stays."""
    with desk.hub.database.transaction() as connection:
        point = connection.begin_nested()
        said = offers.put_part(connection, desk.caller(), upload_id, number, content)
        (point.rollback if isinstance(said, No) else point.commit)()
        return said


def why(said: Done | No) -> Why:
    """Why the hub said no."""
    assert isinstance(said, No)
    return said.why


def sha(content: bytes) -> str:
    """The digest of a part."""
    return hashlib.sha256(content).hexdigest()
