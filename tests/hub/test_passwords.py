"""A changed password at the hub: one's own row of the staff, and nobody else's."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import insert

from counter_app.hub import tables as t
from counter_app.hub.database import Database
from counter_app.hub.masters import take
from counter_app.sync.wire import Fate
from tests.hub.kit import GENERATION, Desk, HubHall

VERIFIER = "$argon2id$v=19$m=8192,t=1,p=1$c2FsdA$aGFzaA"
AT = "2026-11-22T08:00:00+00:00"


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


def test_a_change_that_comes_late_does_not_replace_a_newer_one_that_it_had_not_seen(hall: HubHall) -> None:
    kept, late, again, reset = (f"{VERIFIER}{name}" for name in ("kept", "late", "again", "reset"))

    def changed(desk: Desk, verifier: str, seen_n: int) -> None:
        desk.write("staff.password", {"staff_no": "1001", "verifier": verifier}, seen_n=seen_n)
        assert desk.sent_all().fates == (Fate.APPLIED,), "known, whatever it changes"

    def told() -> list[str]:
        return [row["verifier"] for kind, row in hall.feed() if kind == "staff"]

    def end() -> int:
        return len(hall.feed())

    first, second = hall.desk("A"), hall.desk("B")
    seen = end()
    changed(first, kept, seen)
    changed(second, late, seen)
    assert told() == [kept, kept], "told once more: B has its own one until a row comes down"
    changed(first, again, seen)
    assert told()[-1] == again, "what a counter did later is later, though it has not seen its own row come down"
    with hall.database.transaction() as connection:
        took = take(connection, hall.hall_id, AT, [("staff", {"staff_no": "1001", "verifier": reset})])
    assert took.changed == 1
    before = end()
    changed(first, kept, before - 1)
    changed(second, late, before - 1)
    assert told()[-3:] == [reset] * 3, "the administrator's reset holds"
    (body,) = (json.loads(row[0]) for row in hall.rows(t.master_rows, "body"))
    assert body["verifier"] == reset
    changed(second, late, before)
    assert told()[-1] == late, "who has seen the reset changes it"


def test_how_far_a_lost_history_was_read_says_nothing_of_a_change_in_this_one(hall: HubHall) -> None:
    kept, late = f"{VERIFIER}kept", f"{VERIFIER}late"
    first, second = hall.desk("A"), hall.desk("B")
    far = len(hall.feed()) + 50
    hall.generation = "lost.1.0"
    second.write("staff.password", {"staff_no": "1001", "verifier": late}, seen_n=far)
    hall.generation = GENERATION
    first.write("staff.password", {"staff_no": "1001", "verifier": kept}, seen_n=len(hall.feed()))
    first.sent_all()
    second.sent_all()
    assert [row["verifier"] for kind, row in hall.feed() if kind == "staff"] == [kept, kept]
    second.write("staff.password", {"staff_no": "1001", "verifier": late}, seen_n=len(hall.feed()))
    second.sent_all()
    assert [row["verifier"] for kind, row in hall.feed() if kind == "staff"][-1] == late


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
