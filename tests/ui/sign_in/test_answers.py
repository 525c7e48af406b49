"""After a restart the first thing anybody sees about unfinished money is "recorded" or "not recorded"."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from counter_app.clock import FixedClock, new_intent_id
from counter_app.services import hall as halls
from counter_app.services import payments
from counter_app.ui.sign_in.answers import AnswersPage
from counter_app.ui.sign_in.page import SignInPage
from tests.halls import NOW, a_hall, an_open_shift, cash, pay, teller, three_months_behind
from tests.ui.counter.whole import whole


def two_unfinished(folder: Path) -> str:
    """A payment that was taken and whose end nobody saw, and one that was begun and never recorded; then the end.

    Returns the receipt's number.
    """
    hall = a_hall(folder)
    someone = three_months_behind(hall)
    an_open_shift(hall)
    taken = new_intent_id()
    payments.begin(hall, teller(), taken, someone.customer_id, 35_000)
    _plan, result = pay(hall, someone, cash(350), intent_id=taken)
    payments.begin(hall, teller(), new_intent_id(), someone.customer_id, 12_300)
    hall.close()
    return result.facts.receipt_no


def test_recorded_and_not_recorded_come_before_everything(tmp_path: Path) -> None:
    receipt_no = two_unfinished(tmp_path)
    hall = halls.open_for_counter(tmp_path, clock=FixedClock(NOW))
    counter = whole(hall)
    counter.sign_in()
    page = counter.page
    assert isinstance(page, AnswersPage)
    assert {(answer.headline, answer.is_recorded) for answer in page.answers} == {
        ("已经记账", True),
        ("没有记账", False),
    }
    said = " ".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())
    assert receipt_no in said
    assert "350.00" in said
    assert "123.00" in said
    counter.press(Qt.Key.Key_F12)
    assert counter.page is page, "no key goes around the answers"
    counter.press(Qt.Key.Key_F9)
    assert counter.counter.page is None
    assert halls.answers(hall) == ()
    counter.counter.sign_out()
    counter.sign_in("1002")
    assert counter.counter.page is None, "what was seen is not asked again"
    counter.close()
    hall.close()


def test_answers_that_cannot_be_read_let_nobody_in(tmp_path: Path) -> None:
    two_unfinished(tmp_path)
    hall = halls.open_for_counter(tmp_path, clock=FixedClock(NOW))
    counter = whole(hall)
    with hall.writing() as work:
        work.driver.execute("ALTER TABLE intents RENAME TO gone")
    counter.sign_in()
    assert isinstance(counter.page, SignInPage)
    assert counter.page.password.error.text() != ""
    assert counter.counter.desk.session is None
    counter.close()
    hall.close()
