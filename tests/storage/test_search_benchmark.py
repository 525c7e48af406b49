"""The benchmark of the search stays runnable, and finds what it asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from counter_app.clock import SystemClock
from counter_app.storage.hall import open_hall
from tests.benchmarks.big_hall import BILLS, big_hall, raw_connection
from tests.benchmarks.search import table
from tests.storage.older import back_to_version_5

CUSTOMERS = 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return big_hall(tmp_path_factory.mktemp("bench") / "hall", CUSTOMERS)


def test_every_kind_of_question_finds_somebody_except_what_nobody_has(folder: Path) -> None:
    _, _, *lines = table(folder, CUSTOMERS, 5)
    assert len(lines) >= 20
    for line in lines:
        assert (float(line.split()[-1]) == 0) == line.startswith("nobody"), line


def test_the_big_hall_is_made_once_and_opens_like_any_other(folder: Path) -> None:
    made = (folder / "hall.db").stat().st_mtime_ns
    assert big_hall(folder, CUSTOMERS) == folder
    assert (folder / "hall.db").stat().st_mtime_ns == made
    with pytest.raises(ValueError, match="holds 300 customers"):
        big_hall(folder, 5)
    hall = open_hall(folder, clock=SystemClock.of_this_machine())
    assert hall.store.money_off == ()
    hall.close()
    connection = raw_connection(folder / "hall.db")
    assert connection.execute("SELECT count(*) FROM bills").fetchone() == (CUSTOMERS * BILLS,)
    connection.close()


def test_a_hall_of_an_older_program_is_brought_up(tmp_path: Path) -> None:
    hall = big_hall(tmp_path / "hall", 5)
    connection = raw_connection(hall / "hall.db")
    lines = connection.execute("SELECT line FROM search_cards ORDER BY customer_id").fetchall()
    back_to_version_5(connection)
    assert big_hall(hall, 5) == hall
    assert connection.execute("SELECT line FROM search_cards ORDER BY customer_id").fetchall() == lines
    connection.close()
