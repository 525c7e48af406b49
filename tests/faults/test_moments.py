"""Clocks that jump, printers that are gone, two windows with one intent, and the moment between commit and print."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from counter_app.clock import FixedClock, new_intent_id
from counter_app.devices.printers import DevicePrinter, FolderPrinter, NetworkPrinter, Printer, PrinterTrouble
from counter_app.domain.payment_refusals import IntentUsed
from counter_app.domain.payments import Wish, plan
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import CashCount, ClockOff
from counter_app.services import hall as services
from counter_app.services import payments, receipts, shifts
from counter_app.services.printing import NotPrinted
from counter_app.storage.hall import OpenHall
from counter_app.storage.verify import verify
from counter_app.ui.language import use_language
from counter_app.ui.printing import reason_words
from counter_app.ui.wording import sentences
from tests import halls
from tests.faults.conftest import is_chinese, linux_only
from tests.faults.nursery import Nursery
from tests.faults.teller import Ground, Task, open_ground

YEARS = timedelta(days=3_650)


@pytest.fixture
def chinese() -> Iterator[None]:
    yield
    use_language("zh")


def close(hall: OpenHall) -> None:
    sheet = shifts.sheet(hall)
    assert sheet is not None
    notes, loose = divmod(sheet.expected_cash_fen, 10_000)
    halls.close_shift(hall, halls.teller(), CashCount({10_000: notes}, loose), "", new_intent_id())


@pytest.mark.parametrize("jump", [-YEARS, -timedelta(hours=3), timedelta(hours=3), timedelta(days=1), YEARS])
def test_a_clock_that_jumps_changes_no_order_no_sum_and_no_business_date(ground: Ground, jump: timedelta) -> None:
    hall = open_ground(ground.folder)
    first = halls.pay(hall, ground.customers[0], halls.cash(500))[1]
    due = halls.position(hall, ground.customers[1]).due_fen
    hall.close()
    hall = open_ground(ground.folder, halls.NOW + jump)
    assert halls.position(hall, ground.customers[1]).due_fen == due
    second = halls.pay(hall, ground.customers[1], halls.cash(500))[1]
    assert second.entry > first.entry
    assert second.facts.serial == first.facts.serial + 1
    assert second.facts.business_date == first.facts.business_date == halls.NOW.date()
    assert verify(hall.store).is_clean
    hall.close()


@pytest.mark.usefixtures("chinese")
def test_no_shift_is_opened_with_a_clock_behind_the_journal(ground: Ground) -> None:
    hall = open_ground(ground.folder)
    halls.pay(hall, ground.customers[0], halls.cash(500))
    close(hall)
    clock = hall.journal.clock
    assert isinstance(clock, FixedClock)
    clock.moment = halls.NOW - timedelta(hours=1)
    with pytest.raises(Refused) as refused:
        halls.an_open_shift(hall)
    assert isinstance(refused.value.refusal, ClockOff)
    assert "校准" in sentences(refused.value.refusal)
    use_language("en")
    assert "clock" in sentences(refused.value.refusal)
    assert not is_chinese(sentences(refused.value.refusal))
    clock.moment = halls.NOW + timedelta(minutes=1)
    halls.an_open_shift(hall)
    hall.close()


def test_two_windows_with_one_intent_are_one_payment(hall: OpenHall, ground: Ground) -> None:
    someone, intent = ground.customers[0], new_intent_id()
    wish = Wish((halls.cash(500),))
    order = payments.Order(
        intent, someone.customer_id, someone.account_id, wish, plan(halls.position(hall, someone), wish)
    )
    taken = payments.take(hall, halls.teller(), order)
    with pytest.raises(Refused) as refused:
        payments.take(hall, halls.teller(), order)
    assert refused.value.refusal == IntentUsed(taken.receipt_no)
    assert taken.receipt_no in sentences(refused.value.refusal)


def gone(folder: Path) -> dict[str, Printer]:
    """Printers that are not there."""
    blocked = folder / "a file"
    blocked.write_text("")
    return {
        "network": NetworkPrinter("127.0.0.1", 9, timeout_s=0.5),
        "device": DevicePrinter(folder / "no" / "lp0"),
        "folder": FolderPrinter(blocked),
    }


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("kind", ["network", "device", "folder"])
def test_a_payment_stands_when_the_printer_is_gone(hall: OpenHall, ground: Ground, tmp_path: Path, kind: str) -> None:
    _, taken = halls.pay(hall, ground.customers[0], halls.cash(500))
    order = receipts.order_print(hall, halls.teller(), taken.receipt_no, paper="a5", printer=kind)
    trouble = gone(tmp_path)[kind].send(receipts.render(order), title=taken.receipt_no)
    assert isinstance(trouble, PrinterTrouble)
    receipts.mark_job(hall, order.job.id, "failed", trouble.reason.value)
    words = NotPrinted(trouble.reason.value, trouble.detail)
    assert is_chinese(reason_words(words))
    use_language("en")
    assert reason_words(words)
    assert not is_chinese(reason_words(words))
    assert [(job.state, job.why) for job in receipts.unfinished(hall)] == [("failed", trouble.reason.value)]
    again = receipts.order_print(hall, halls.teller(), taken.receipt_no, paper="a5", printer="pdf")
    assert again.mark.copy_no == 2, "nobody knows what the first one left on paper"
    assert order.facts == again.facts
    assert halls.position(hall, ground.customers[0]).due_fen == 0
    assert verify(hall.store).is_clean


@linux_only
def test_a_death_between_commit_and_print_is_shown_and_printed_later(ground: Ground) -> None:
    nursery = Nursery("tests.faults.nursery:pay")
    nursery.start(Task(str(ground.folder), 1, 0).to_json())
    line = nursery.hear()
    while line["say"] != "ack":
        line = nursery.hear()
    nursery.kill()
    nursery.last_words()
    nursery.close()
    hall = open_ground(ground.folder)
    shown = {answer.intent.intent_id: answer for answer in services.answers(hall)}
    if line["intent"] in shown:  # she may have been a moment quicker and have seen it
        assert shown[line["intent"]].taken is not None
    first = receipts.order_print(hall, halls.teller(), str(line["receipt_no"]), paper="a5", printer="pdf")
    assert first.mark.copy_no == 1
    assert first.facts.receipt_no == line["receipt_no"]
    hall.close()


def test_the_moment_of_these_tests_is_aware() -> None:
    assert halls.NOW.tzinfo is UTC
    assert datetime(2026, 1, 1, tzinfo=UTC) < halls.NOW
