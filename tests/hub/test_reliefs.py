"""Late fees let off or put off at the hub: each step once, held to what was asked, told to every counter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from counter_app.domain.journal import Posting
from counter_app.hub import snapshots
from counter_app.hub import tables as t
from counter_app.hub.database import Database
from counter_app.sync.wire import ROW_KEYS, Fate
from tests.hub.folds import check
from tests.hub.kit import DAY, Desk, HubHall
from tests.hub.test_undo import settled

BILLS: list[list[Any]] = [[1, "B1", 30], [2, "B2", 12]]


@pytest.fixture
def hall(database: Database) -> Iterator[HubHall]:
    """A hall with two bills."""
    made = HubHall(database)
    made.bill(1, 10_000)
    made.bill(2, 4_000)
    yield made
    check(made)


def said(way: str, **more: Any) -> dict[str, Any]:
    """What an entry of a relief says."""
    until = "2026-12-31" if way == "defer" else None
    body = {"relief_id": "r1", "way": way, "account_id": 1, "bills": BILLS, "until": until, "reason_code": "hardship"}
    return {**body, **more}


def waived(sign: int = 1) -> dict[str, Any]:
    """The settlements and postings of what is let off, or of that taken back."""
    end = "" if sign > 0 else ":undo"
    rows = [[f"r1:{no}{end}", bill, 0, sign * fen, 0, DAY.isoformat()] for bill, no, fen in BILLS]
    return {"settlements": rows}


def lines(sign: int = 1) -> tuple[Posting, ...]:
    """What is let off, posted."""
    return (Posting("waived", "r1", 42 * sign), *(Posting("late_fee", str(row[0]), -sign * row[2]) for row in BILLS))


def approve(desk: Desk, way: str = "waive", *, by: str = "2001", staff_no: str = "1001", **more: Any) -> str:
    """Somebody approves what was asked for."""
    rows = waived() if way == "waive" else {"settlements": []}
    body = said(way, outcome="approved", approvers=[by], asked_by="1001", **{**rows, **more})
    return desk.write("relief.decide", body, lines() if way == "waive" else (), staff_no=staff_no, approver_no=by)


def test_what_is_let_off_counts_once_whoever_decided_it_and_is_taken_back(hall: HubHall) -> None:
    desk, other = hall.desk("A"), hall.desk("B")
    # decided at another counter, and come before it was asked for: it waits
    approve(other)
    assert other.sent_all().fates == (Fate.PARKED,)
    desk.write("relief.ask", said("waive"))
    approve(desk)
    assert desk.sent_all().fates == (Fate.APPLIED, Fate.APPLIED)
    assert settled(hall) == [(1, 0, 30, 0), (2, 0, 12, 0)]
    assert hall.balances() == {("waived", ""): 42, ("late_fee", ""): -42}
    assert hall.rows(t.quarantine) == []
    told = [(kind, body) for kind, body in hall.feed() if kind in ("relief", "settlement")]
    assert [kind for kind, _ in told] == ["relief", "relief", "settlement", "relief", "settlement", "relief"]
    assert all(body.keys() == set(ROW_KEYS[kind]) for kind, body in told)
    assert {body["source"] for kind, body in told if kind == "settlement"} == {"waiver"}
    assert (told[3][1]["step_id"], told[3][1]["approvers"]) == ("r1:approved:B1", ["2001"])

    end = said("waive", outcome="ended", approvers=["2001"], asked_by="1001", **waived(-1))
    desk.write("relief.end", end, lines(-1), approver_no="2001")
    assert desk.sent_all().fates == (Fate.APPLIED,)
    assert settled(hall) == [(1, 0, 0, 0), (2, 0, 0, 0)]
    assert hall.balances() == {}
    with hall.database.transaction("REPEATABLE READ") as connection:
        kept = [body for kind, body in snapshots.rows_of(connection, hall.hall_id) if kind == "relief"]
    assert len(kept) == len(hall.rows(t.relief_steps)) == 6


def test_what_was_not_asked_so_or_is_signed_by_whoever_asked_is_kept_apart(hall: HubHall) -> None:
    desk = hall.desk("A")
    desk.write("relief.ask", said("waive"))
    wrongs: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("1001", "1002", {}),
        ("1002", "1001", {}),
        ("2001", "2001", {"approvers": ["2001", "1002"]}),
        ("2001", "1001", {"approvers": []}),
        ("2001", "1001", {"bills": [[1, "B1", 31], [2, "B2", 12]]}),
        ("2001", "1001", {"settlements": []}),
        ("2001", "1001", {"until": "2026-12-01"}),
    )
    for by, staff_no, wrong in wrongs:
        body = {**said("waive", outcome="approved", approvers=[by], asked_by="1001", **waived()), **wrong}
        desk.write("relief.decide", body, lines(), staff_no=staff_no, approver_no=by)
    assert desk.sent_all().fates == (Fate.APPLIED, *[Fate.QUARANTINED] * len(wrongs))
    reasons = [row["reason"] for row in sorted(hall.rows(t.quarantine), key=lambda row: row["seq"])]
    assert reasons == ["no_approver", "no_right", "no_approver", "no_approver", *["not_what_was_asked"] * 3]
    assert settled(hall) == [(1, 0, 0, 0), (2, 0, 0, 0)]


def test_a_deferral_is_told_and_moves_nothing_and_a_supervisor_decides_at_the_own_desk(hall: HubHall) -> None:
    desk = hall.desk("A")
    desk.write("relief.ask", said("defer"))
    approve(desk, "defer", staff_no="2001")
    desk.write("relief.end", said("defer", outcome="ended", approvers=[], asked_by="1001", settlements=[]))
    desk.write("relief.ask", said("defer", relief_id="r2"))
    no = said("defer", relief_id="r2", outcome="declined", approvers=[], asked_by="1001", settlements=[])
    desk.write("relief.decide", no, staff_no="1001")
    desk.write("relief.decide", no, staff_no="2001")
    desk.write("relief.ask", said("waive", relief_id="r3", bills=[[9, "B9", 1]]))
    fates = desk.sent_all().fates
    assert fates == (*[Fate.APPLIED] * 4, Fate.QUARANTINED, Fate.APPLIED, Fate.QUARANTINED)
    assert hall.balances() == {}
    assert [reason for (reason,) in hall.rows(t.quarantine, "reason")] == ["no_right", "unknown_bill"]
    steps = hall.rows(t.relief_steps, "relief_id", "step", "until")
    assert ("r1", "ended", "2026-12-31") in steps
    assert len(steps) == 10
