"""What puts a payment right is held to its entry: every column, every row more or less, and an undo that is none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.journal import Draft, Posting
from counter_app.domain.payments import Tender
from counter_app.domain.retenders import RetenderWish
from counter_app.domain.undo import TenderAnswer, UndoWish
from counter_app.services import invoices
from counter_app.storage import tables as t
from counter_app.storage import tables_undo as u
from counter_app.storage.hall import OpenHall
from counter_app.storage.schema import trigger_ddl
from counter_app.storage.sql import Writing
from counter_app.storage.verify_folds import restores, written_by
from counter_app.storage.verify_undo import put_right
from tests import halls
from tests.services.test_moves import moved
from tests.services.test_retenders import corrected
from tests.undoing import findings, undo

RED = UndoWish("wish", answers=(TenderAnswer(2, reference="9"),), red_no="R-1")
NOT_SAID = {"payments_undone.at"}
"""The entry's own moment counts."""
HELD = [
    *((table, column.name) for table in (u.payments_undone, u.tender_moves, u.invoice_notes) for column in table.c),
    *((t.settlements, name) for name in ("settled_on", "principal_fen", "late_fee_fen", "source", "entry")),
]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenHall]:
    """One shift with a tender corrected, an invoice taken back in red, an undo, a move, and a restore order."""
    opened = halls.a_hall(tmp_path_factory.mktemp("verify") / "hall")
    first, second = halls.three_months_behind(opened), halls.three_months_behind(opened, no="10002346")
    with opened.writing() as work:
        work.driver.execute("UPDATE services SET state='stopped', state_reason='arrears'")
    halls.an_open_shift(opened)
    _, taken = halls.pay(opened, first, halls.cash(400), is_change_stored=True)
    invoices.note(opened, halls.teller(), taken.receipt_no, "F-1", halls.NOW.date(), new_intent_id())
    corrected(opened, taken.payment_id, RetenderWish(1, (Tender("card", 3_000, reference="4"),), "实际刷卡"))
    undo(opened, taken.payment_id, RED)
    _, wrong = halls.pay(opened, first, halls.cash(70))
    moved(opened, wrong.payment_id, second.account_id)
    assert findings(opened) == []
    yield opened
    opened.close()


@contextmanager
def harmed(hall: OpenHall, change: Callable[[Writing], object]) -> Iterator[list[str]]:
    """What is found after a change that no trigger hinders; the file is as before afterwards."""
    found: list[str] = []
    try:
        with hall.writing() as work:
            for trigger in trigger_ddl():
                work.driver.execute(f"DROP TRIGGER IF EXISTS {trigger.split()[5]}")
            change(work)
            for check in (put_right, written_by, restores):
                found += [str(finding) for finding in check(work)]
            yield found
            raise InterruptedError
    except InterruptedError:
        pass


@pytest.mark.parametrize(("table", "name"), [pytest.param(*held, id=f"{held[0].name}.{held[1]}") for held in HELD])
def test_an_edit_of_any_column_is_found(hall: OpenHall, table: Any, name: str) -> None:
    is_number = str(table.c[name].type) == "INTEGER"
    value = f"coalesce({name}, 0) + 1000" if is_number else f"coalesce({name}, '') || '8'"
    where = "source = 'undo'" if table is t.settlements else "1"
    one = "SELECT {} FROM {} WHERE {} LIMIT 1"

    def change(work: Writing) -> None:
        key = "settlement_id" if table is t.settlements else table.primary_key.columns.keys()[0]
        chosen = one.format(key, table.name, where)
        if table.primary_key.columns.keys() == ["undo_id", "line"]:
            work.driver.execute(f"UPDATE {table.name} SET {name} = {value} WHERE line = 1 AND undo_id = ({chosen})")
        else:
            work.driver.execute(f"UPDATE {table.name} SET {name} = {value} WHERE {key} = ({chosen})")

    with harmed(hall, change) as found:
        assert bool(found) is (f"{table.name}.{name}" not in NOT_SAID)


@pytest.mark.parametrize("table", ["payments_undone", "tender_moves", "invoice_notes", "settlements"])
def test_a_row_less_is_found(hall: OpenHall, table: str) -> None:
    with harmed(hall, lambda work: work.driver.execute(f"DELETE FROM {table} WHERE 1")) as found:
        assert found
    with harmed(hall, lambda _work: None) as found:
        assert found == []


def test_an_undo_that_is_none_is_found(hall: OpenHall) -> None:
    with hall.reading() as reading:
        row = reading.driver.execute(
            "SELECT content FROM entries WHERE kind IN ('payment.reverse', 'payment.refund')"
        ).fetchone()
    assert row is not None
    said = json.loads(row[0])

    def again(**changed: Any) -> Callable[[Writing], object]:
        def change(work: Writing) -> None:
            staff_no, approver_no = "1001", changed.get("approver_no", "2001")
            body = {**said["body"], **changed.get("body", {})}
            postings = tuple(Posting(*line) for line in said["postings"])
            draft = Draft(said["kind"], body, staff_no, halls.NOW.date(), postings, said["shift_id"])
            hall.journal.append(work, replace(draft, approver_no=approver_no))

        return change

    with harmed(hall, again()) as found:
        assert any(finding.startswith("payment undone") and "undone again" in finding for finding in found)
    for changed, expected in (
        ({"approver_no": "1001"}, "second persons"),
        ({"body": {"approvers": []}}, "second persons"),
        ({"body": {"settlements": said["body"]["settlements"][1:]}}, "body settlements"),
        ({"body": {"books": []}}, "body books"),
        ({"body": {"payment_id": "elsewhere"}}, "the payment elsewhere"),
    ):
        with harmed(hall, again(**changed)) as found:
            assert any(expected in finding for finding in found), expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("DELETE FROM papers WHERE kind = 'reverse_slip'", ["'reverse_slip', '{undo}'], found nothing"]),
        ("UPDATE papers SET kind = 'refund_slip' WHERE kind = 'reverse_slip'", ["found ['refund_slip', '{undo}']"]),
        (
            "UPDATE papers SET subject = 'x' WHERE kind = 'reverse_slip'",
            ["found nothing", "a payment that is undone, found x"],
        ),
        (
            # the slip of the move is said to be a second one of what was reversed
            "UPDATE papers SET subject = (SELECT payment_id FROM payments_undone WHERE way = 'reverse') "
            "WHERE kind = 'move_slip'",
            ["line 2: expected nothing, found ['move_slip'", "line 1: expected ['move_slip'"],
        ),
    ],
)
def test_an_undo_without_its_slip_and_a_slip_without_an_undo_are_found(
    hall: OpenHall, change: str, expected: list[str]
) -> None:
    with hall.reading() as reading:
        row = reading.driver.execute("SELECT undo_id FROM payments_undone WHERE way = 'reverse'").fetchone()
    assert row is not None
    with harmed(hall, lambda work: work.driver.execute(change)) as found:
        told = [finding for finding in found if finding.startswith("undo slip")]
        assert len(told) == len(expected), told
        for words in expected:
            assert any(words.format(undo=row[0]) in finding for finding in told), (words, told)


def test_money_that_was_moved_and_has_not_arrived_is_found(hall: OpenHall) -> None:
    change = "UPDATE balances SET balance_fen = 5 WHERE account = 'transfer'"
    with harmed(hall, lambda work: work.driver.execute(change)) as found:
        assert any(finding.startswith("payment undone at balances transfer") for finding in found)
