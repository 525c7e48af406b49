"""What the journal says of the safe and does not add up is found, each lie by itself; the ordinary is clean."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.journal import Draft, Posting
from counter_app.domain.payments import Tender
from counter_app.domain.safe import Deposit, oldest_first
from counter_app.domain.shift_close import Declared
from counter_app.domain.shifts import CashCount
from counter_app.services import days, deposits, drops, floats, proofs, shift_close
from counter_app.storage.hall import OpenHall
from counter_app.storage.verify import verify
from tests import halls
from tests.services.test_safe import HUNDREDS, SUPERVISOR, signed, with_a_float

Content = dict[str, Any]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path)
    yield opened
    opened.close()


def worked(hall: OpenHall) -> None:
    """Every kind of entry of the safe once or more."""
    who = halls.teller()
    floats.ask(hall, who, HUNDREDS, new_intent_id())
    floats.refuse(hall, who, "不用了", new_intent_id())
    with_a_float(hall)
    someone = halls.three_months_behind(hall)
    halls.pay(hall, someone, Tender("card", 3_000, reference="6222"))
    halls.pay(hall, someone, halls.cash(120))
    drops.drop(hall, who, HUNDREDS, signed(hall, drops.look(hall, who, HUNDREDS)))
    shift_close.count(hall, who, Declared(CashCount({1_000: 12})), new_intent_id())
    (card,) = proofs.of_shift(hall, who)
    gone = frozenset((card.key,))
    shift_close.close(hall, who, "缺单", "", signed(hall, shift_close.look(hall, who, "缺单", gone)), gone)
    proofs.found(hall, SUPERVISOR, card.key, "找到", new_intent_id())
    slip = Deposit("工行", "J-1", halls.NOW.date(), oldest_first(deposits.waiting(hall, SUPERVISOR)))
    deposits.deposit(hall, SUPERVISOR, slip, new_intent_id())
    days.close(hall, SUPERVISOR, halls.NOW.date(), new_intent_id())


def _in_body(name: str, value: object) -> Callable[[Content], None]:
    return lambda said: said["body"].update({name: value})


def _by_one(said: Content) -> None:
    said["approver_no"] = said["staff_no"]


def _less(said: Content) -> None:
    said["postings"] = [[account, subject, fen // 2] for account, subject, fen in said["postings"]]


LIES: tuple[tuple[str, Callable[[Content], None]], ...] = (
    ("float.ask", _in_body("amount_fen", 1)),
    ("float.issue", _in_body("ask_id", "never asked")),
    ("float.issue", _by_one),
    ("float.accept", _less),
    ("float.refuse", _in_body("ask_id", "never given")),
    ("safe.fund", _less),
    ("cash.drop", _in_body("amount_fen", 1)),
    ("cash.drop", _by_one),
    ("deposit.made", _less),
    ("proof.found", _in_body("proof", ["x", 1])),
    ("day.close", _in_body("paper", {"paper_no": "RJ", "facts_sha256": ""})),
)


def test_every_entry_of_the_safe_that_does_not_add_up_is_found(hall: OpenHall) -> None:
    worked(hall)
    assert verify(hall.store).findings == ()
    told = {}
    with hall.writing() as work:
        for place, (kind, lie) in enumerate(LIES):
            sql = "SELECT content FROM entries WHERE kind = ? ORDER BY id DESC LIMIT 1"
            (content,) = work.driver.execute(sql, (kind,)).fetchall()[0]
            said = json.loads(content)
            lie(said)
            postings = tuple(Posting(*line) for line in said["postings"])
            entry = hall.journal.append(
                work,
                Draft(
                    *(kind, said["body"], said["staff_no"], halls.NOW.date(), postings),
                    shift_id=said["shift_id"],
                    approver_no=said["approver_no"],
                ),
            )
            told[place] = f"entry {entry.place.epoch}/{entry.place.seq} {kind}"
    where = " ".join(finding.where for finding in verify(hall.store).findings if finding.what == "safe")
    found = {place for place, words in told.items() if words in where}
    assert found == set(told)
