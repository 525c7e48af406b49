"""A customer of another hall, asked for at this desk: found by one exact word, paid for, and settled at home."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from counter_app.clock import FixedClock
from counter_app.domain.search import read_query
from counter_app.hub.masters import take
from counter_app.services.passwords import make_verifier
from counter_app.storage.guests import guest_of
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.search import search
from counter_app.sync import wire
from counter_app.sync.enrolment import join_new
from counter_app.sync.find_elsewhere import FoundElsewhere, find_elsewhere
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import LineDown
from tests import halls
from tests.sync.feeds import ask, findings
from tests.sync.real_hub import URL, RealHub, a_real_hub
from tests.sync.test_down_with_hub import rounds


@pytest.fixture
def hub() -> Iterator[RealHub]:
    with a_real_hub() as found:
        yield found


@pytest.fixture
def home(hub: RealHub, tmp_path: Path) -> Iterator[OpenHall]:
    """The hall that has the customer."""
    hall = halls.a_hall(tmp_path / "home")
    halls.three_months_behind(hall)
    hub.joined(hall)
    rounds(hub, hall)
    yield hall
    hall.close()


@pytest.fixture
def away(hub: RealHub, home: OpenHall, tmp_path: Path) -> Iterator[OpenHall]:
    """A counter of another hall, with a teller."""
    code = hub.code(replace(home.hall, hall_code="HZ02", counter_code="01", name="另一营业厅"))
    folder = tmp_path / "away"
    join_new(folder, URL, code, "01", clock=FixedClock(halls.NOW), way=hub.way)
    hall = open_hall(folder, clock=FixedClock(halls.NOW))
    teller = {"staff_no": "1001", "name": "王芳", "role": "teller", "must_change_password": 0}
    teller["verifier"] = make_verifier(halls.PASSWORD, is_cheap=True)
    with hub.hub.database.transaction() as connection:
        taken = take(connection, hall.hall.hall_id, "2026-11-21T00:00:00+00:00", [("staff", teller)])
    assert taken.new == 1
    rounds(hub, hall)
    yield hall
    hall.close()


@pytest.mark.parametrize(
    ("by", "term"), [("account", "10002345"), ("service", "13810002345"), ("customer", "C10002345")]
)
def test_a_customer_of_another_hall_is_found_and_paid_for_like_any_other(
    hub: RealHub, home: OpenHall, away: OpenHall, by: wire.Find, term: str
) -> None:
    found = find_elsewhere(Ground(away), hub.line, by, term, "1001")  # type: ignore[arg-type]  # the names are those of the parameter
    assert isinstance(found, FoundElsewhere)
    (customer_id,) = found.customer_ids
    with away.reading() as reading:
        assert [hit.customer_id for hit in search(reading, read_query("10002345"))] == [customer_id]
        guest = guest_of(reading, customer_id)
    assert guest is not None
    assert guest[0] == "1001"
    ((entry,),) = ask(away, "SELECT count(*) FROM entries WHERE kind = 'guest.found' AND customer_id = ?", customer_id)
    assert entry == 1
    ((account_id,),) = ask(away, "SELECT id FROM accounts")
    halls.an_open_shift(away)
    guest_account = halls.Someone(customer_id, account_id)
    halls.pay(away, guest_account, halls.cash(500))
    rounds(hub, away)
    rounds(hub, home)
    assert halls.position(home, halls.Someone(1, 1)).open_bills == ()
    assert halls.position(away, guest_account).open_bills == ()
    for hall in (home, away):
        assert ask(hall, "SELECT kind, why FROM feed_held") == []
        assert findings(hall) == []


def test_nobody_by_that_word_a_word_that_is_none_and_a_line_that_is_down(
    hub: RealHub, home: OpenHall, away: OpenHall
) -> None:
    ground = Ground(away)
    assert find_elsewhere(ground, hub.line, "account", "99999999", "1001") == FoundElsewhere(())
    with pytest.raises(ValueError, match="term"):
        find_elsewhere(ground, hub.line, "account", "1", "1001")
    refused = find_elsewhere(ground, hub.line, "account", "10002345", "nobody")
    assert isinstance(refused, wire.Refusal)
    assert refused.why is wire.Why.NEEDS_SUPERVISOR

    class Down:
        """No hub there."""

        def call(self, *_asked: object) -> tuple[int, dict[str, str], bytes]:
            raise LineDown("offline")

    with pytest.raises(LineDown):
        find_elsewhere(ground, Down(), "account", "10002345", "1001")
    assert ask(away, "SELECT count(*) FROM customers") == [(0,)]


def test_a_hall_without_a_hub_asks_nobody(hub: RealHub, tmp_path: Path) -> None:
    hall = halls.a_hall(tmp_path / "alone")
    with pytest.raises(ValueError, match="no hub"):
        find_elsewhere(Ground(hall), hub.line, "account", "10002345", "1001")
    hall.close()


def test_a_password_changed_at_one_counter_is_good_at_the_other(hub: RealHub, home: OpenHall, tmp_path: Path) -> None:
    from counter_app.services import staff

    code = hub.code(replace(home.hall, counter_code="04"))
    join_new(tmp_path / "second", URL, code, "04", clock=FixedClock(halls.NOW), way=hub.way)
    second = open_hall(tmp_path / "second", clock=FixedClock(halls.NOW))
    rounds(hub, second)
    staff.change_own_password(home, halls.teller(), halls.PASSWORD, "another-horse-9")
    rounds(hub, home)
    rounds(hub, second)
    assert staff.sign_in(second, "1001", "another-horse-9").staff_no == "1001"
    rounds(hub, second)
    assert staff.sign_in(home, "1001", "another-horse-9").staff_no == "1001"
    assert ask(home, "SELECT kind, state FROM tasks") == []
    assert findings(second) == []
    second.close()
