"""A hub that has forgotten whose guest a customer is: told again, it grants the same ids, and money finds its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from counter_app.hub import finding
from counter_app.hub import tables as t
from counter_app.hub.database import Database
from counter_app.hub.held_guests import grant_again
from counter_app.hub.revisions import migrate
from counter_app.sync.wire import Fate, Find, FoundRows
from counter_app.sync.wire_guests import HeldGuests
from tests.hub.folds import check
from tests.hub.kit import HubHall
from tests.hub.rows import bill, customer, take

Rows = dict[str, dict[str, object]]


@pytest.fixture
def database() -> Iterator[Database]:
    """A hub in memory."""
    made = Database.open("sqlite://")
    migrate(made)
    yield made
    made.close()


def test_who_was_asked_for_in_a_lost_history_is_a_guest_again_and_what_was_paid_finds_its_bill(
    database: Database,
) -> None:
    home, hall = HubHall(database, "hall-home"), HubHall(database, "hall-other")
    opened = ("book", {"account_no": "1001", "kind": "cash", "opening_fen": 5_000, "opened_on": "2026-11-01"})
    take(home, [*customer("1001"), bill("B1", "1001", 10_000), opened])
    take(hall, customer("5005"))
    rows = ask(hall)
    bill_id, account_id, book_id = (int(str(rows[kind]["id"])) for kind in ("bill", "account", "book"))
    desk = hall.desk("B")
    desk.pay((bill_id, 10_000), used=(book_id, 1_000), account_id=account_id, account_no="1001")
    with database.transaction() as connection:
        connection.execute(delete(t.guests))
    assert int(str(ask(hall, after_s=60)["bill"]["id"])) > bill_id + 50, "what a lost history gave is for nobody else"
    with database.transaction() as connection:
        connection.execute(delete(t.guests))

    assert desk.sent_all().fates == (Fate.SUSPENSE,)
    assert len(hall.tasks()) == 2

    told = tell(hall, rows)
    assert told == tell(hall, rows), "told twice, it is as once"
    with database.transaction() as connection:
        ids = {(kind, row_id) for kind, row_id in connection.execute(select(t.guests.c.kind, t.guests.c.id))}
    assert {(kind, rows[kind]["id"]) for kind in ("customer", "account", "bill", "book")} <= ids
    assert home.rows(t.bill_sums, "bill_no", "settled_principal_fen") == [("B1", 10_000)]
    assert home.rows(t.book_sums, "moved_fen") == [(-1_000,)]
    assert hall.tasks() == []
    assert [row["cleared_by"] is None for row in hall.rows(t.suspense)] == [False, False]
    assert ("suspense", "") not in hall.balances()
    check(home)


def test_whom_no_other_hall_has_is_nobodys_guest(database: Database) -> None:
    hall = HubHall(database, "hall-other")
    take(hall, customer("5005"))
    before = len(hall.feed())
    tell(hall, {"customer": {"id": 7, "customer_no": "C9"}, "account": {"id": 8, "account_no": "9999"}})
    tell(hall, {"customer": {"id": 7, "customer_no": "C5"}, "account": {"id": 8, "account_no": "5005"}})
    assert len(hall.feed()) == before


def ask(hall: HubHall, *, after_s: int = 0) -> Rows:
    """Ask for a customer by the account's number, some time later; the rows by their kind."""
    asked = Find.model_validate({"kind": "account", "term": "1001", "staff_no": "1001"})
    caller = hall.desk_caller()
    with hall.database.transaction() as connection:
        said = finding.find_customer(connection, replace(caller, at=caller.at + timedelta(seconds=after_s)), asked)
    assert isinstance(said, FoundRows)
    return {kind: json.loads(body) for kind, body in said.rows}


def tell(hall: HubHall, rows: Rows) -> list[tuple[str, str]]:
    """Tell the hub of a guest again, as a counter does; the feed afterwards."""
    names = {"customer": "customer_no", "account": "account_no", "bill": "bill_no"}
    held = [[kind, rows[kind][name], rows[kind]["id"]] for kind, name in names.items() if kind in rows]
    if "book" in rows:
        held.append(["book", f"{rows['account']['account_no']}:{rows['book']['kind']}", rows["book"]["id"]])
    asked = HeldGuests.model_validate_json(json.dumps({"guests": [{"rows": held}]}))
    with hall.database.transaction() as connection:
        grant_again(connection, hall.desk_caller(), asked)
    return [(kind, json.dumps(body)) for kind, body in hall.feed()]
