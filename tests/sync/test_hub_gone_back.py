"""A hub that was put back to an older copy, and counters that know what it has lost: nobody's money is another's."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import text

from counter_app.hub.calls import stamp
from counter_app.hub.masters import take
from counter_app.hub.revisions import raise_generation
from counter_app.storage.hall import OpenHall
from tests import halls
from tests.hub.rows import customer
from tests.sync.feeds import ask, findings
from tests.sync.real_hub import RealHub, a_real_hub

LOST, OTHER = "20001", "20002"
_ACCOUNTS = text("SELECT key, id FROM master_rows WHERE kind = 'account'")
_BOOKS = text("SELECT account_id, sum(moved_fen) FROM book_sums GROUP BY account_id")
_WAITING = text("SELECT sum(amount_fen) FROM suspense WHERE kind = 'book' AND cleared_by IS NULL")


def test_prepaid_of_a_lost_account_never_goes_to_the_one_that_has_its_id_by_now(tmp_path: Path) -> None:
    hall = halls.a_hall(tmp_path / "first")
    halls.an_open_shift(hall)
    with a_real_hub() as hub:
        hub.joined(hall)
        hub.rounds(hall)
        older = _file(hub).serialize()
        _give(hub, hall, LOST)
        hub.rounds(hall)
        [(customer_id, account_id)] = ask(hall, "SELECT customer_id, id FROM accounts WHERE account_no = ?", LOST)
        halls.pay(hall, halls.Someone(customer_id, account_id), halls.cash(70), is_change_stored=True)

        _put_back(hub, older)
        _give(hub, hall, OTHER)
        hub.rounds(hall)

        with hub.hub.database.transaction() as connection:
            assert dict(connection.execute(_ACCOUNTS).all()) == {OTHER: account_id}, "the id was given again"
            assert connection.execute(_BOOKS).all() == []
            assert connection.execute(_WAITING).scalar_one() == 7_000
        _give(hub, hall, LOST)
        hub.rounds(hall)
        with hub.hub.database.transaction() as connection:
            assert connection.execute(_BOOKS).all() == []
            assert connection.execute(_WAITING).scalar_one() == 7_000, "a person says what becomes of it"
        assert ask(hall, "SELECT account_no FROM accounts WHERE id = ?", account_id) == [(LOST,)]
        assert findings(hall) == []
    hall.close()


def _give(hub: RealHub, hall: OpenHall, no: str) -> None:
    with hub.hub.database.transaction() as connection:
        assert take(connection, hall.hall.hall_id, stamp(hub.moment.now()), customer(no)).faults == []


def _file(hub: RealHub) -> Any:
    return hub.hub.database.engine.raw_connection().driver_connection


def _put_back(hub: RealHub, older: bytes) -> None:
    kept = sqlite3.connect(":memory:")
    kept.deserialize(older)
    kept.backup(_file(hub))
    kept.close()
    raise_generation(hub.hub.database)
