"""Consent from afar: asked for one act, given by somebody who may sign it, told with a code, used by one entry."""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from counter_app.commands import hub_approvals
from counter_app.hub import approvals
from counter_app.hub import tables as t
from counter_app.hub.approvals import Given
from counter_app.hub.calls import No
from counter_app.hub.database import Database
from counter_app.sync.wire import Fate, Why
from counter_app.sync.wire_approvals import ApprovalTold, AskApproval, TellApproval
from tests.hub.folds import check
from tests.hub.kit import Desk, HubHall
from tests.hub.test_undo import undo

ACT, OTHER = "ab" * 32, "cd" * 32
SECRETS = itertools.count(1)


@pytest.fixture
def hall(database: Database) -> Iterator[HubHall]:
    """A hall with a bill, and another one whose supervisor is asked."""
    made = HubHall(database)
    made.bill(1, 10_000)
    HubHall(database, "hall-2")
    yield made
    check(made)


def ask(desk: Desk, *, kind: str = "reverse", fen: int = 10_000, challenge: str = ACT, who: str = "1002") -> str | No:
    """A counter asks; the name of what it asked."""
    asked = AskApproval(kind=kind, challenge=challenge, amount_fen=fen, staff_no=who, subject_no="HZ01-A-2026-000001")
    desk.hub.fresh = lambda: f"{next(SECRETS):032x}"[::-1]  # type: ignore[method-assign]  # names come of what is fresh
    with desk.hub.database.transaction() as connection:
        said = approvals.ask(connection, desk.caller(), asked)
    return said if isinstance(said, No) else said.approval_id


def give(hall: HubHall, approval_id: str, by: tuple[str, str] = ("hall-2", "2001")) -> Given | str:
    """Somebody consents at the hub."""
    with hall.database.transaction() as connection:
        return approvals.give(
            connection, hall.hall_id, approval_id, by=by, at=hall.now, secret=lambda n: bytes([next(SECRETS)] * n)
        )


def tell(desk: Desk, approval_id: str, code: str, challenge: str = ACT) -> ApprovalTold:
    """The code is typed at the counter."""
    with desk.hub.database.transaction() as connection:
        said = approvals.tell(connection, desk.caller(), approval_id, TellApproval(challenge=challenge, code=code))
    assert isinstance(said, ApprovalTold)
    return said


def consented(desk: Desk, **more: Any) -> str:
    """A consent that was asked for, given and told."""
    approval_id = ask(desk, **more)
    assert isinstance(approval_id, str)
    given = give(desk.hub, approval_id)
    assert isinstance(given, Given)
    assert tell(desk, approval_id, given.code, more.get("challenge", ACT)).said == "given"
    return approval_id


def undone(desk: Desk, paid: str, approval_id: str, challenge: str = ACT) -> None:
    """An undo that was consented to from afar."""
    undo(desk, desk, paid, approver_no=f"code:{approval_id}", staff_no="1002", wrong={"challenge": challenge})


def test_a_consent_is_used_by_one_entry_and_only_for_what_it_was_given(hall: HubHall) -> None:
    desk, other = hall.desk("A"), hall.desk("B")
    first, second = desk.pay((1, 10_000)), desk.pay((1, 10_000))
    good = consented(desk)
    undone(desk, first, consented(desk, fen=9_999))
    undone(desk, first, consented(desk, kind="refund", challenge=OTHER), challenge=OTHER)
    undone(desk, first, good, challenge=OTHER)
    undone(desk, first, consented(other, challenge=OTHER), challenge=OTHER)
    undone(desk, first, "AAAAAAAA")
    waiting = ask(desk, challenge=OTHER)
    assert isinstance(waiting, str)
    undone(desk, first, waiting, challenge=OTHER)
    undone(desk, first, good)
    undone(desk, second, good)

    fates = desk.sent_all().fates

    assert [fate is Fate.APPLIED for fate in fates[2:]] == [False] * 6 + [True, False]
    reasons = [reason for (reason,) in hall.rows(t.quarantine, "reason")]
    assert reasons == ["code_not_given"] * 6 + ["code_used"]
    assert [used for _, used in hall.rows(t.approval_codes, "approval_id", "used_by") if used] == ["A-1-000009"]


def test_a_code_is_given_by_who_may_sign_and_has_no_hand_in_it(hall: HubHall) -> None:
    desk = hall.desk("A")
    asked = ask(desk)
    assert isinstance(asked, str)
    assert ask(desk) == asked, "asked again it is the same"
    for by, why in (
        (("hall-1", "1002"), "own_hand"),
        (("hall-2", "1001"), "no_right"),
        (("hall-2", "9001"), "no_right"),
        (("hall-9", "2001"), "no_right"),
    ):
        assert give(hall, asked, by) == why
    assert give(hall, "AAAAAAAA") == "not_found"
    refused = [ask(desk, who="9001"), ask(desk, kind="clock")]
    assert [no.why for no in refused if isinstance(no, No)] == [Why.NEEDS_SUPERVISOR, Why.BAD_MESSAGE]
    # whoever consented is not one of the hands of the payment, either
    paid = desk.pay((1, 10_000), staff_no="2001")
    undone(desk, paid, consented(desk))
    assert desk.sent_all().fates[-1] is Fate.QUARANTINED


def test_a_code_is_good_for_a_quarter_of_an_hour_five_tries_and_one_challenge(hall: HubHall) -> None:
    desk, other = hall.desk("A"), hall.desk("B")
    asked = ask(desk)
    assert isinstance(asked, str)
    assert tell(desk, asked, "AAAA-AAAA").said == "waiting"
    given = give(hall, asked)
    assert isinstance(given, Given)
    assert (len(given.code), given.amount_fen, given.staff_no) == (8, 10_000, "1002")
    assert tell(desk, asked, given.code, OTHER).said == "other"
    for left in (4, 3, 2, 1, 0):
        said = tell(desk, asked, "AAAAAAA7")
        assert (said.said, said.tries_left) == ("wrong", left)
    assert tell(desk, asked, given.code).said == "over"

    anew = give(hall, asked)
    assert isinstance(anew, Given)
    hall.now += timedelta(minutes=15)
    assert tell(desk, asked, anew.code).said == "over"
    last = give(hall, asked)
    assert isinstance(last, Given)
    assert tell(desk, asked, anew.code).said == "wrong", "the code before is void"
    typed = f"{last.code[:4].lower()}-{last.code[4:]}"
    assert [tell(desk, asked, typed).given_by for _ in range(2)] == ["hall-2/2001"] * 2, "the reply may be lost"
    assert give(hall, asked) == "told"
    with hall.database.transaction() as connection:
        strange = approvals.tell(connection, other.caller(), asked, TellApproval(challenge=ACT, code=last.code))
    assert isinstance(strange, No)
    late = ask(other, challenge=OTHER)
    assert isinstance(late, str)
    hall.now += timedelta(hours=4)
    assert give(hall, late) == "too_old"


def test_whoever_gives_the_code_sees_what_it_is_for(hall: HubHall, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ask(hall.desk("A"))
    parser = argparse.ArgumentParser()
    hub_approvals.add_arguments(parser)
    words = ["--hall", "hall-1", "--by", "hall-2/2001", str(asked)]

    assert hub_approvals.run(parser.parse_args(words), hall.database, hall.now) == 0
    printed = capsys.readouterr()
    assert len(printed.out.strip()) == 9
    assert "冲正" in printed.err
    assert "100.00 元" in printed.err
    assert "HZ01-A-2026-000001" in printed.err
    assert hub_approvals.run(parser.parse_args([*words[:-1], "AAAAAAAA"]), hall.database, hall.now) == 1
    assert "AAAAAAAA: 没有这个编号的请求" in capsys.readouterr().err
