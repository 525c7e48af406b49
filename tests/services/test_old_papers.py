"""Papers that an earlier shift handed in and that go back in a later one: nothing is missing in the drawer of today."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.payments import Tender
from counter_app.domain.shift_close import Compared, Declared, SlipCount
from counter_app.domain.shifts import CashCount
from counter_app.domain.staff import Role
from counter_app.domain.undo import TenderAnswer, UndoWish
from counter_app.domain.z_report import ShiftReport
from counter_app.services import deposits, shift_close
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import balance
from counter_app.storage.shift_report import read_report
from counter_app.storage.verify import verify
from tests import halls
from tests.services.test_moves import moved
from tests.undoing import undo

FLOAT = CashCount({10_000: 5})
SUPERVISOR = halls.teller("2001", Role.SUPERVISOR)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path)
    yield opened
    opened.close()


def cheque(fen: int, no: str) -> Tender:
    return Tender("cheque", fen, bank="工行", document_no=no)


def test_papers_of_an_earlier_shift_go_back_and_todays_count_is_right(hall: OpenHall) -> None:
    who, first = halls.teller(), halls.an_open_shift(hall)
    someone, other = halls.three_months_behind(hall), halls.three_months_behind(hall, no="10002346", name="李雷")
    halls.pay(hall, halls.three_months_behind(hall, no="10002347", name="韩梅"), cheque(800, "C-3"))
    _, paid = halls.pay(hall, someone, Tender("card", 3_000, reference="4000"), cheque(2_000, "C-1"))
    _, misplaced = halls.pay(hall, other, cheque(1_100, "C-2"))
    halls.close_shift(hall, who, FLOAT, "", new_intent_id())
    assert waiting(hall) == [(first.shift_no, 3_900)]

    second = halls.an_open_shift(hall)
    wish = UndoWish("wish", "客户要求", answers=(TenderAnswer(1, reference="R-1"),))
    undo(hall, paid.payment_id, wish)
    # moved in this shift, and undone in it: its cheque lies with those of the first one all the same
    to = moved(hall, misplaced.payment_id, someone.account_id)
    undo(hall, to.taken.payment_id)
    halls.pay(hall, someone, cheque(600, "C-4"))
    _, own = halls.pay(hall, someone, cheque(700, "C-5"))
    undo(hall, own.payment_id)
    slips = (SlipCount("card", 1, -3_000), SlipCount("cheque", 1, 600, (600,)))
    counted = shift_close.count(hall, who, Declared(FLOAT, slips), new_intent_id())
    assert counted.lines[1:] == (Compared("card", -3_000, -3_000, 0, 1), Compared("cheque", 600, 600, 2, 1))
    assert (counted.off_fen, counted.signatures, counted.causes) == (0, 0, ())
    with hall.reading() as reading:
        report = read_report(reading, second)
        assert isinstance(report, ShiftReport)
    assert [report.fen(f"back.{tender}") for tender in ("card", "cheque", "old_cheque")] == [-3_000, -700, -3_100]
    assert "old_cheque" not in report.expected_fen
    behind = shift_close.entries_behind(hall, SUPERVISOR, second.shift_id, report.rows("back.old_cheque"))
    assert [entry.fen for entry in behind] == [-5_000, -1_100], "each with all that went back by it"
    shift_close.close(hall, who, "", new_intent_id())
    with hall.reading() as reading:
        assert balance(reading, "slips_off", second.shift_id) == 0
    # the bank waits for what is there: neither for those two, nor is a shift less than nothing
    assert waiting(hall) == [(first.shift_no, 800), (second.shift_no, 600)]
    assert verify(hall.store).findings == ()


def waiting(hall: OpenHall) -> list[tuple[str, int]]:
    return [(one.shift_no, one.fen) for one in deposits.waiting(hall, SUPERVISOR) if one.tender == "cheque"]
