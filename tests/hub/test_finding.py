"""A customer of another hall: found by one word, paid for like any other, and both halls hear of it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from counter_app.hub import finding, snapshots
from counter_app.hub import tables as t
from counter_app.hub.calls import No
from counter_app.hub.database import Database
from counter_app.hub.lines import unpack
from counter_app.sync.wire import Fate, Find, FoundRows, Uploaded, Why
from tests.hub.kit import Desk, HubHall
from tests.hub.rows import bill, customer, ids, take
from tests.hub.test_undo import settle, undo


@pytest.fixture
def home(database: Database) -> HubHall:
    """The hall to which the customer belongs."""
    made = HubHall(database, "hall-home")
    book = ("book", {"account_no": "1001", "kind": "cash", "opening_fen": 5_000, "opened_on": "2026-11-01"})
    take(made, [*customer("0007"), *customer("1001"), bill("B1", "1001", 10_000), book])
    return made


@pytest.fixture
def hall(database: Database, home: HubHall) -> HubHall:
    """The hall into which the customer walks."""
    made = HubHall(database, "hall-other")
    take(made, customer("5005"))
    return made


def find(hall: HubHall, term: str = "1001", kind: str = "account", staff_no: str = "1001") -> FoundRows | No:
    """Ask for a customer."""
    asked = Find.model_validate({"kind": kind, "term": term, "staff_no": staff_no})
    with hall.database.transaction() as connection:
        return finding.find_customer(connection, hall.desk_caller(), asked)


def found(hall: HubHall, **more: str) -> dict[str, dict[str, object]]:
    """The rows found, by kind."""
    said = find(hall, **more)
    assert isinstance(said, FoundRows)
    return {kind: json.loads(body) for kind, body in said.rows}


def test_a_customer_is_found_by_each_exact_word_under_ids_of_the_asking_hall(home: HubHall, hall: HubHall) -> None:
    told = len(hall.feed())
    first = found(hall)
    for kind, term in (("customer", "1001"), ("id", "ID1001"), ("service", "1391001")):
        assert found(hall, kind=kind, term=term) == first

    assert list(first) == ["customer", "account", "service", "bill", "book"]
    assert first["bill"]["account_id"] == first["account"]["id"] != ids(home, "account")["1001"]
    assert min(int(str(row["id"])) for row in first.values()) > max(ids(hall, "service").values())
    assert [kind for kind, _ in hall.feed()[told:]] == list(first), "told once, however often it is asked"
    assert found(hall, term="10019") == {}


def test_whoever_may_not_see_customers_finds_nobody(home: HubHall, hall: HubHall) -> None:
    said = find(hall, staff_no="9001")

    assert isinstance(said, No)
    assert said.why is Why.NEEDS_SUPERVISOR
    assert hall.rows(t.guests, "id") == []


def test_a_customer_of_the_own_hall_is_answered_under_its_own_ids(home: HubHall) -> None:
    assert found(home)["account"]["id"] == ids(home, "account")["1001"]
    assert home.rows(t.guests, "id") == []


def test_a_guests_payment_settles_the_bill_at_home_and_both_halls_hear_of_it(home: HubHall, hall: HubHall) -> None:
    rows = found(hall)
    desk = hall.desk("B")
    bill_id, account_id, book_id = (int(str(rows[kind]["id"])) for kind in ("bill", "account", "book"))
    desk.pay((bill_id, 10_000, 30), used=(book_id, 1_000), account_id=account_id)

    assert desk.sent_all().fates == (Fate.APPLIED,)

    assert home.rows(t.bill_sums, "bill_no", "settled_principal_fen") == [("B1", 10_000)]
    assert home.balances() == {
        ("hall:hall-other", ""): 9_030,
        ("receivable", ""): -10_000,
        ("late_fee", ""): -30,
        ("prepaid", ""): 1_000,
    }
    assert hall.balances() == {("drawer", "shift-B"): 9_030, ("hall:hall-home", ""): -9_030}
    here, there = (dict(one.feed()[-3:]) for one in (hall, home))
    assert here["settlement"]["bill_id"] == bill_id
    assert there["settlement"]["bill_id"] == ids(home, "bill")["B1"]
    assert here["settlement"]["settlement_id"] == there["settlement"]["settlement_id"]
    assert here["book_move"]["book_id"] == book_id


def test_what_happens_at_home_reaches_the_hall_that_has_the_guest(home: HubHall, hall: HubHall) -> None:
    rows = found(hall)
    take(home, [bill("B2", "1001", 500)])
    desk = home.desk("A")
    desk.pay((ids(home, "bill")["B1"], 10_000))
    desk.sent_all()

    kinds = [(kind, body) for kind, body in hall.feed()[-2:]]
    assert [kind for kind, _ in kinds] == ["bill", "settlement"]
    assert kinds[0][1]["account_id"] == rows["account"]["id"]
    assert kinds[1][1]["bill_id"] == rows["bill"]["id"]

    guest = hall.desk("B")
    guest.pay((int(str(kinds[0][1]["id"])), 500))
    guest.sent_all()
    assert home.rows(t.bill_sums, "bill_no", "settled_principal_fen") == [("B1", 10_000), ("B2", 500)]


def test_a_bill_paid_at_home_and_as_a_guests_is_a_credit_at_home(home: HubHall, hall: HubHall) -> None:
    rows = found(hall)
    places = ((home, "A", ids(home, "bill")["B1"]), (hall, "B", int(str(rows["bill"]["id"]))))
    for one, name, bill_id in places:
        desk = one.desk(name)
        desk.pay((bill_id, 10_000))
        desk.sent_all()

    assert home.rows(t.credits_, "amount_fen") == [(10_000,)]
    assert home.balances()["credit", ""] == -10_000
    (task,) = home.tasks()
    assert task["kind"] == "duplicate_payment"
    receipts = (task["facts"]["other"]["receipt_no"], task["facts"]["this"]["receipt_no"])
    assert receipts == ("HZ01-A-2026-000001", "HZ01-B-2026-000001"), "wherever each was paid"
    assert [kind for kind, _ in hall.feed()][-2:] == ["settlement", "settlement"]


def test_a_guests_payment_is_undone_at_home_too_and_what_was_too_much_there_pays_the_bill(
    home: HubHall, hall: HubHall
) -> None:
    rows = found(hall)
    bill_id, account_id, book_id = (int(str(rows[kind]["id"])) for kind in ("bill", "account", "book"))
    desk, at_home = hall.desk("B"), home.desk("A")
    paid = desk.pay((bill_id, 10_000, 30), used=(book_id, 1_000), account_id=account_id)
    desk.sent_all()
    at_home.pay((ids(home, "bill")["B1"], 10_000))
    at_home.sent_all()
    assert home.rows(t.credits_, "amount_fen") == [(10_000,)]
    told = len(hall.feed())
    undo(desk, desk, paid)

    assert desk.sent_all().fates == (Fate.APPLIED,)

    assert home.rows(t.bill_sums, "settled_principal_fen", "settled_late_fee_fen") == [(10_000, 0)]
    assert home.rows(t.credits_, "way") == [("withdrawn",)]
    assert home.tasks() == []
    assert home.balances() == {("drawer", "shift-A"): 10_000, ("receivable", ""): -10_000}
    assert hall.balances() == {}
    assert [kind for kind, _ in hall.feed()[told:]] == ["line", "undone", "settlement", "settlement", "book_move"]


def test_what_giving_a_credit_back_settles_anew_reaches_the_hall_that_has_the_guest(
    home: HubHall, hall: HubHall
) -> None:
    rows = found(hall)
    desk, at_home = hall.desk("B"), home.desk("A")
    paid = at_home.pay((ids(home, "bill")["B1"], 10_000))
    at_home.sent_all()
    desk.pay((int(str(rows["bill"]["id"])), 10_000))
    desk.sent_all()
    [(credit_id,)] = home.rows(t.credits_, "credit_id")
    undo(at_home, at_home, paid)
    at_home.sent_all()
    # written before its counter heard of anything: the entry names neither bill nor account
    settle(at_home, credit_id, 10_000)

    assert at_home.sent_all().fates == (Fate.APPLIED,)

    here = {name for (name,) in home.rows(t.settlements, "settlement_id")}
    there = {str(body["settlement_id"]) for kind, body in hall.feed() if kind == "settlement"}
    assert f"{credit_id}:undo:excess" in here
    assert there == here


def test_a_first_book_that_a_guest_gets_is_a_book_at_home(home: HubHall, hall: HubHall) -> None:
    rows = found(hall, term="0007")
    desk = hall.desk("B")
    book_id = 2**40 + 5
    desk.pay(stored=(book_id, 700), account_id=int(str(rows["account"]["id"])))
    desk.pay(stored=(book_id, 300), account_id=int(str(rows["account"]["id"])))

    assert desk.sent_all().fates == (Fate.APPLIED, Fate.APPLIED)

    account_id = ids(home, "account")["0007"]
    assert (account_id, 1_000) in home.rows(t.book_sums, "account_id", "moved_fen")
    assert home.balances()["prepaid", ""] == -1_000
    assert [body["book_id"] for kind, body in hall.feed() if kind == "book_move"] == [book_id, book_id]
    assert [body["id"] for kind, body in hall.feed() if kind == "book"] == [book_id]


def test_a_snapshot_holds_guests_under_the_halls_own_ids(home: HubHall, hall: HubHall) -> None:
    rows = found(hall)
    desk = hall.desk("B")
    desk.pay((int(str(rows["bill"]["id"])), 4_000))
    desk.sent_all()
    assert snapshots.make(hall.database, hall.desk_caller())
    with hall.database.transaction("REPEATABLE READ") as connection:
        made = snapshots.ask(connection, hall.desk_caller())
        assert not isinstance(made, No)
        packed = snapshots.part(connection, hall.desk_caller(), made.snapshot_id, 0)
        assert isinstance(packed, bytes)

    bodies = [(kind, json.loads(body)) for kind, body in unpack(packed)]
    assert ("bill", rows["bill"]) in bodies
    assert [body["bill_id"] for kind, body in bodies if kind == "settlement"] == [rows["bill"]["id"]]


def test_two_halls_that_take_money_for_each_others_customers_never_wait_in_a_circle(postgres_url: str) -> None:
    database = Database.open(postgres_url, pool=6)
    halls = [HubHall(database, name) for name in ("hall-a", "hall-b")]
    for number, hall in enumerate(halls):
        rows = [row for no in range(20) for row in customer(f"{number}{no:03}")]
        take(hall, [*rows, *(bill(f"B{no}", f"{number}{no:03}", 1_000) for no in range(20))])
    guests = []
    for number, hall in enumerate(halls):
        met = [found(hall, term=f"{1 - number}{no:03}") for no in range(20)]
        guests.append([int(str(rows_of_one["bill"]["id"])) for rows_of_one in met])
    desks = []
    for name, (hall, bills) in zip("AB", zip(halls, guests, strict=True), strict=True):
        desk = hall.desk(name)
        own = [ids(hall, "bill")[f"B{no}"] for no in range(20)]
        for mine, away in zip(own, bills, strict=True):
            desk.pay((mine, 1_000))
            desk.pay((away, 1_000))
        desks.append(desk)

    def send(desk: Desk) -> None:
        while desk.acknowledged < 40:
            assert isinstance(desk.send(count=1), Uploaded)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(send, desks))

    for hall, other in zip(halls, reversed(halls), strict=True):
        balances = hall.balances()
        assert (balances["receivable", ""], balances["credit", ""]) == (-20_000, -20_000)
        assert (f"hall:{other.hall_id}", "") not in balances, "each took as much for the other"
    database.close()
