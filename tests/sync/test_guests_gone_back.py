"""A customer asked for in a history that the hub has lost: what came with the answer is held against the new one."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

from counter_app.clock import FixedClock
from counter_app.domain.id_ranges import GUESTS, RANGE
from counter_app.hub.masters import take
from counter_app.hub.revisions import raise_generation
from counter_app.services.passwords import make_verifier
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.sync_state import read_state
from counter_app.sync.enrolment import join_new
from counter_app.sync.find_elsewhere import find_elsewhere
from counter_app.sync.ground import Ground
from tests import halls
from tests.simulation.views import differences, view_of_counter, view_of_hub
from tests.sync.feeds import ask, findings
from tests.sync.real_hub import URL, RealHub, a_real_hub

BOOKS = "SELECT b.id, coalesce(m.amount_fen, 0) FROM books b LEFT JOIN book_moves m ON m.book_id = b.id ORDER BY b.id"
BILLS = "SELECT id, bill_no FROM bills ORDER BY id"


def test_the_book_that_home_had_opened_in_the_lost_tail_comes_under_its_new_id_with_its_money(tmp_path: Path) -> None:
    home = halls.a_hall(tmp_path / "home")
    someone = halls.three_months_behind(home)
    halls.an_open_shift(home)
    with a_real_hub() as hub:
        hub.joined(home)
        hub.rounds(home)
        away = _away(hub, home, tmp_path / "away")
        older = _file(hub).serialize()
        halls.pay(home, someone, halls.cash(500), is_change_stored=True)
        hub.rounds(home)
        find_elsewhere(Ground(away), hub.line, "account", "10002345", "1001")
        [(lost_book, stored_fen)] = ask(away, BOOKS)
        bills = ask(away, BILLS)
        guest = halls.Someone(*ask(away, "SELECT customer_id, id FROM accounts")[0])
        halls.pay(away, guest, halls.cash(39), is_change_stored=True)

        _put_back(hub, older)
        # the other hall comes first: what it took finds no book at home, and opens one there when it has told
        for hall in (away, home, away, home, away):
            assert hub.rounds(hall).why == ""

        assert stored_fen > 0
        assert ask(away, BILLS) == bills != [], "another counter of the hall may have taken money under these ids"
        [own, (new_book, came_fen)] = ask(away, BOOKS)
        assert own == (lost_book, 0), "what came ahead is nobody's word any more"
        assert (new_book > lost_book, came_fen) == (True, stored_fen)
        [opened] = [row_id for (row_id,) in ask(home, "SELECT id FROM books") if row_id < RANGE]
        assert opened >= GUESTS, "a lost history may have given the next of home's ids to another account's book"
        for hall in (home, away):
            with hub.hub.database.transaction() as connection:
                there = view_of_hub(connection, hall.hall.hall_id)
            assert differences(view_of_counter(hall), there) == []
            assert ask(hall, "SELECT kind, why FROM feed_held") == []
            assert findings(hall) == []
        with away.reading() as reading:
            assert read_state(reading).ahead is None
        away.close()
    home.close()


def test_rows_that_the_feed_has_brought_as_well_are_not_ahead_of_it(tmp_path: Path) -> None:
    home = halls.a_hall(tmp_path / "home")
    halls.three_months_behind(home)
    with a_real_hub() as hub:
        hub.joined(home)
        hub.rounds(home)
        away = _away(hub, home, tmp_path / "away")
        ground = Ground(away)
        find_elsewhere(ground, hub.line, "account", "10002345", "1001")
        [at] = ground.state().ahead or ()
        assert ground.state().ahead_of(at) is None
        hub.rounds(away)
        assert ground.state().ahead is None
        find_elsewhere(ground, hub.line, "account", "10002345", "1001")
        assert ground.state().ahead is None, "asked for again, nothing is new"
        away.close()
    home.close()


def _away(hub: RealHub, home: OpenHall, folder: Path) -> OpenHall:
    """A counter of another hall, with a teller and an open shift, that has read its feed."""
    code = hub.code(replace(home.hall, hall_code="HZ02", counter_code="01", name="另一营业厅"))
    join_new(folder, URL, code, "01", clock=FixedClock(halls.NOW), way=hub.way)
    hall = open_hall(folder, clock=FixedClock(halls.NOW))
    teller = {"staff_no": "1001", "name": "王芳", "role": "teller", "must_change_password": 0}
    teller["verifier"] = make_verifier(halls.PASSWORD, is_cheap=True)
    with hub.hub.database.transaction() as connection:
        take(connection, hall.hall.hall_id, "2026-11-21T00:00:00+00:00", [("staff", teller)])
    hub.rounds(hall)
    halls.an_open_shift(hall)
    hub.rounds(hall)
    return hall


def _file(hub: RealHub) -> Any:
    return hub.hub.database.engine.raw_connection().driver_connection


def _put_back(hub: RealHub, older: bytes) -> None:
    kept = sqlite3.connect(":memory:")
    kept.deserialize(older)
    kept.backup(_file(hub))
    kept.close()
    raise_generation(hub.hub.database)
