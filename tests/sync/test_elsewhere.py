"""The question to the hub over real TLS: one exact word, what it may be, and an end that cuts it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from counter_app.clock import FixedClock
from counter_app.domain.refusals import Refused
from counter_app.domain.sync_refusals import ElsewhereRefused, ElsewhereSilent
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.sync.elsewhere import Asker, ways_of
from counter_app.sync.enrolment import join_new
from tests import halls
from tests.sync.feeds import ask
from tests.sync.real_hub import RealHub
from tests.sync.test_down_with_hub import rounds
from tests.sync.test_find_elsewhere import home, hub

__all__ = ["home", "hub"]


@pytest.fixture
def lane() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(max_workers=1) as executor:
        yield executor


def away_at(hub: RealHub, home: OpenHall, url: str, folder: Path) -> OpenHall:
    """A counter of another hall, enrolled at the hub's real address."""
    code = hub.code(replace(home.hall, hall_code="HZ02", counter_code="01", name="另一营业厅"))
    way = hub.way._replace(fetch_authority=lambda _url: hub.authority)
    join_new(folder, url, code, "01", clock=FixedClock(halls.NOW), way=way)
    hall = open_hall(folder, clock=FixedClock(halls.NOW))
    rounds(hub, hall)
    return hall


@pytest.mark.parametrize(
    ("term", "ways"),
    [
        ("11010519491231002X", ("id",)),
        ("13800000013", ("service", "account")),
        ("10002345", ("account", "service", "customer")),
    ],
)
def test_a_word_is_asked_as_what_it_may_be(term: str, ways: tuple[str, ...]) -> None:
    assert ways_of(term) == ways


def test_over_real_tls_a_stranger_is_refused_and_an_end_lets_nothing_in(
    hub: RealHub, home: OpenHall, lane: ThreadPoolExecutor, tmp_path: Path
) -> None:
    with hub.served(tmp_path) as url:
        away = away_at(hub, home, url, tmp_path / "away")
        lane.submit(away.store.adopt).result()
        asker = Asker(away, lane)
        with pytest.raises(Refused) as caught:
            asker.find("10002345", "nobody")
        assert caught.value.refusal == ElsewhereRefused("needs_supervisor")
        asker.end()
        with pytest.raises(Refused) as caught:
            asker.find("10002345", "1001")
        assert caught.value.refusal == ElsewhereSilent("offline")
    late = Asker(away, lane)
    with pytest.raises(Refused) as caught:
        late.find("10002345", "1001")
    assert caught.value.refusal == ElsewhereSilent("offline")
    assert ask(away, "SELECT count(*) FROM customers") == [(0,)]
    lane.submit(away.close).result()
