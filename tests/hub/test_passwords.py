"""A changed password at the hub: one's own row of the staff, and nobody else's."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import insert

from counter_app.hub import tables as t
from counter_app.hub.database import Database
from counter_app.sync.wire import Fate
from tests.hub.kit import HubHall

VERIFIER = "$argon2id$v=19$m=8192,t=1,p=1$c2FsdA$aGFzaA"


@pytest.fixture
def hall(database: Database) -> HubHall:
    """A hall whose teller 1001 is among its master data."""
    made = HubHall(database)
    row = {
        "staff_no": "1001",
        "name": "王芳",
        "role": "teller",
        "state": "active",
        "verifier": "",
        "must_change_password": 1,
    }
    with database.transaction() as connection:
        connection.execute(
            insert(t.master_rows).values(
                hall_id=made.hall_id, kind="staff", key="1001", id=None, customer_id=None, body=json.dumps(row)
            )
        )
    return made


def test_ones_own_verifier_goes_into_the_row_and_to_the_hall(hall: HubHall) -> None:
    desk = hall.desk("A")
    desk.write("staff.password", {"staff_no": "1001", "verifier": VERIFIER})
    assert desk.sent_all().fates == (Fate.APPLIED,)
    ((_, told),) = [row for row in hall.feed() if row[0] == "staff"]
    assert (told["verifier"], told["must_change_password"], told["role"]) == (VERIFIER, 0, "teller")
    (kept,) = hall.rows(t.master_rows, "body")
    assert json.loads(kept[0] if isinstance(kept, tuple) else kept)["verifier"] == VERIFIER


@pytest.mark.parametrize(
    "body",
    [
        {"staff_no": "1002", "verifier": VERIFIER},
        {"staff_no": "1001", "verifier": "plain"},
        {"staff_no": "1001", "verifier": 7},
        {"staff_no": "1001", "verifier": "$argon2id$" + "x" * 300},
    ],
)
def test_somebody_elses_or_what_is_no_verifier_is_kept_apart(hall: HubHall, body: dict[str, object]) -> None:
    desk = hall.desk("A")
    desk.write("staff.password", body)
    assert desk.sent_all().fates == (Fate.QUARANTINED,)
    assert [kind for kind, _ in hall.feed() if kind == "staff"] == []


@pytest.mark.parametrize("kind", ["staff.password", "feed.sealed", "guest.found"])
def test_what_says_nothing_for_the_hub_changes_nothing_but_its_line(hall: HubHall, kind: str) -> None:
    desk = hall.desk("A")
    desk.write(kind, {"staff_no": "1001"})
    assert desk.sent_all().fates == (Fate.APPLIED,)
    assert [kind for kind, _ in hall.feed() if kind != "line"] == []
    assert hall.tasks() == []
