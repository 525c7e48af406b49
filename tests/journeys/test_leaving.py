"""Customers who want to leave, on the real window by keyboard alone; a program that dies at any step, and the next."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from pytestqt.qtbot import QtBot

from counter_app.clock import FixedClock
from counter_app.domain.retention import Result, Stage
from counter_app.services import hall as opened_halls
from counter_app.services import retention_papers
from counter_app.storage.retention import cases_at_desk, cases_ended
from counter_app.storage.search_index import index_customers
from counter_app.storage.verify import verify_folder
from counter_app.ui.retention.feedback_panel import FeedbackPanel
from counter_app.ui.retention.feedbacks_page import FeedbacksPage
from counter_app.ui.retention.papers_panel import PapersPanel
from counter_app.ui.retention.signoff_panel import SignoffPanel
from tests import halls, leaving
from tests.halls import NOW, PASSWORD
from tests.journeys.leaving_teller import Teller, leaves
from tests.journeys.window import ALT, CTRL, Key, Window

KEPT, LEFT, VALUED, WITHDRAWN, REFUSED, PORTED = "2345", "7788", "5566", "9911", "1122", "3344"
MOST_S = 60
ANSWERED = "工号 2001 答复：已报网络部，下周回访"


def a_morning(folder: Path) -> None:
    """Six customers who want to leave, two of them valued; one still owes."""
    hall = leaving.a_hall(folder)
    halls.an_open_shift(hall)
    for digits in (KEPT, LEFT, VALUED, WITHDRAWN, REFUSED, PORTED):
        line = leaving.a_line(hall, no=f"1000{digits}", is_vip=digits in (VALUED, REFUSED))
        if digits != PORTED:
            leaving.pay_all(hall, line)
    with hall.writing() as work:
        index_customers(work)
    hall.close()


def is_kept(teller: Teller) -> None:
    """A reason, an offer, yes, and the case is closed; well below a minute of hands and head."""
    teller.open(KEPT)
    teller.reasons("1.2")
    teller.on("offers")
    teller.offer("1", "y")
    teller.on("end")
    keys = teller.window.keys
    teller.tell()
    assert teller.window.keys - keys == 2
    assert teller.seconds < MOST_S, (teller.window.keys, teller.steps)
    teller.window.press(Key.Key_F9)
    teller.window.wait(lambda: teller.window.counter.retention.view is None)


def leaves_at_once(teller: Teller) -> None:
    """No talk: the reason, a signature on paper, three gates, the order; and the three papers."""
    teller.open(LEFT)
    teller.leave_now()
    teller.reasons("11")
    teller.on("customer")
    teller.on("gates", Key.Key_F7)
    teller.gates()
    assert teller.seconds < MOST_S, (teller.window.keys, teller.steps)
    window = teller.window
    window.press(Key.Key_P, CTRL)
    panel = teller.panel()
    assert isinstance(panel, PapersPanel)
    for letters in ("DJ", "GD", "PT"):
        window.wait(lambda: panel.press_button.text().startswith("开具"))
        window.press(Key.Key_P, CTRL)
        window.wait(lambda: panel.press_button.text().startswith("打印") and not panel.picture.pixmap().isNull())
        window.press(Key.Key_P, CTRL)
        window.wait(partial(is_printed, panel, letters))
        window.press(Key.Key_Right)
    window.press(Key.Key_Escape)
    window.wait(lambda: teller.panel() is None)
    window.press(Key.Key_F9)


def is_printed(panel: PapersPanel, letters: str) -> bool:
    """Whether the first paper of its kind is a file."""
    return f"{letters}000001-1.pdf" in panel.message.text()


def leaves_after_a_talk(teller: Teller) -> None:
    """A valued customer: the manager and the receptionist sign at this screen."""
    teller.open(VALUED, "manager")
    teller.ask()
    teller.sign_here("2001", "talk")
    teller.reasons("1.2 5")
    teller.on("offers")
    teller.offer("1", "n")
    teller.on("sign")
    teller.ask()
    teller.sign_here("1002", "customer")
    teller.on("gates", Key.Key_F7)
    teller.gates()
    teller.tell("家里信号差")
    teller.window.press(Key.Key_F9)


def withdraws(teller: Teller) -> None:
    """Tab from the filled button to the request that is taken back, Space, F9."""
    teller.open(WITHDRAWN)
    teller.reasons("3")
    teller.on("offers")
    window = teller.window
    for _ in range(20):
        if teller.view.side.withdraw.hasFocus():
            break
        window.press(Key.Key_Tab)
    assert teller.view.side.withdraw.hasFocus(), "Tab comes to every button"
    window.press(Key.Key_Space)
    window.wait(lambda: teller.panel() is not None)
    teller.on("end")
    window.press(Key.Key_F9)


def takes_the_number_along(teller: Teller) -> None:
    """Nothing is offered; what is owed is paid on the customer's page, and F8 comes back to the gates."""
    teller.open(PORTED)
    teller.reasons("15")
    teller.on("customer")
    teller.on("gates", Key.Key_F7)
    window = teller.window
    window.press(Key.Key_F4)
    window.wait(lambda: window.counter.frame.room() == "payments" and window.view.money.phase == "paying")
    window.at(window.view.money_panel.received.entry)
    window.press(Key.Key_F5)
    window.press(Key.Key_F9)
    view = window.view
    window.recorded(view)
    window.press(Key.Key_F8)
    window.wait(lambda: window.counter.frame.room() == "retention" and teller.page == "gates")
    teller.gates()
    window.press(Key.Key_F9)


def is_refused_by_the_supervisor(teller: Teller) -> None:
    """The teller asks and goes; the supervisor signs in, reads, says no with a reason; the teller reads it."""
    teller.open(REFUSED, "manager")
    teller.ask()
    window = teller.window
    leaves(window)
    window.sign_in("2001")
    window.press(Key.Key_3, CTRL)
    room = window.counter.signoffs
    window.wait(lambda: len(room.table.rows()) == 1)
    window.at(room.table)
    window.press(Key.Key_Return)
    window.wait(lambda: isinstance(teller.panel(), SignoffPanel))
    panel = teller.panel()
    assert isinstance(panel, SignoffPanel)
    window.at(panel.password.entry)
    window.type(PASSWORD)
    window.press(Key.Key_Tab)
    window.at(panel.words.entry)
    window.type("先谈积分")
    while not panel.refuse_button.hasFocus():
        window.press(Key.Key_Tab)
    window.press(Key.Key_Space)
    window.wait(lambda: teller.panel() is None)
    leaves(window)
    window.sign_in("1001")
    window.press(Key.Key_2, CTRL)
    window.wait(lambda: window.counter.frame.room() == "retention")
    window.press(Key.Key_1, ALT)
    window.at(window.counter.retention.cases.search.entry)
    window.wait(lambda: len(window.counter.retention.cases.table.rows()) == 1)
    window.press(Key.Key_Return)
    window.wait(lambda: window.counter.retention.view is not None and teller.page == "manager")
    assert "先谈积分" in " ".join(line.state for line in teller.view.screen_shown.signatures)  # type: ignore[union-attr]  # a page is shown


def is_answered_by_the_hall_manager(teller: Teller) -> None:
    """The supervisor is told at the sign-in, reads what was fed back, answers; the teller reads it on the page."""
    window = teller.window
    leaves(window)
    window.sign_in("2001")
    window.wait(lambda: "有 2 个客户问题等您答复" in window.counter.frame.toast.label.text())
    room = window.counter.retention
    window.press(Key.Key_2, CTRL)
    window.wait(lambda: window.counter.frame.room() == "retention")
    window.press(Key.Key_9, ALT)
    page = room.page("feedback")
    assert isinstance(page, FeedbacksPage)
    window.wait(lambda: len(page.table.rows()) == 2)
    window.at(page.table)
    window.press(Key.Key_Down)
    window.press(Key.Key_Return)
    window.wait(lambda: isinstance(teller.panel(), FeedbackPanel))
    panel = teller.panel()
    assert isinstance(panel, FeedbackPanel)
    window.at(panel.words.entry)
    window.type("已报网络部，下周回访")
    window.press(Key.Key_Return)
    window.wait(lambda: teller.panel() is None and sum(row.is_waiting for row in page.table.rows()) == 1)
    leaves(window)
    window.sign_in("1001")
    window.press(Key.Key_2, CTRL)
    window.wait(lambda: window.counter.frame.room() == "retention")
    window.press(Key.Key_9, ALT)
    window.wait(lambda: [row.state for row in page.table.rows() if not row.is_waiting] == [ANSWERED])


Dead = list[tuple[str, str, Path]]
"""Copies of the folder as it lay there when the program died: after which step, and where the case stood."""


def watched(teller: Teller, folder: Path) -> Dead:
    """The valued customer's case once more, the folder copied after each step as a program that dies leaves it."""
    dead: Dead = []

    def dies(name: str) -> None:
        copy = folder.parent / f"dead {len(dead)}"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("receipts"))
        dead.append((name, teller.view.presenter.view.case.desk.value, copy))

    teller.after_step = dies
    leaves_after_a_talk(teller)
    teller.after_step = lambda _name: None
    return dead


def is_all_there(dead: Dead) -> None:
    """Whatever step was answered is in the file."""
    for name, desk, copy in dead:
        hall = opened_halls.open_for_counter(copy, clock=FixedClock(NOW))
        with hall.reading() as reading:
            rows = (*cases_at_desk(reading), *cases_ended(reading, NOW.date(), NOW.date()))
        hall.close()
        assert [row.stage.value for row in rows if row.number.endswith(VALUED)] == [desk], name


def goes_on(folder: Path, qtbot: QtBot) -> None:
    """The next program takes the case up where the last one died, and brings it to its end."""
    window = Window(folder, qtbot)
    window.sign_in("1001")
    teller = Teller(window)
    teller.open(VALUED, "offers")
    teller.on("sign")
    teller.ask()
    teller.sign_here("1002", "customer")
    teller.on("gates", Key.Key_F7)
    teller.gates()
    teller.tell()
    window.close()
    assert verify_folder(folder).findings == ()


def goes_on_telling(folder: Path, qtbot: QtBot) -> None:
    """The program died between the end of the case and the word to the hall manager: the next one can still say it."""
    hall = opened_halls.open_for_counter(folder, clock=FixedClock(NOW))
    with hall.reading() as reading:
        (row,) = (row for row in cases_ended(reading, NOW.date(), NOW.date()) if row.number.endswith(VALUED))
    assert not row.is_fed_back
    hall.close()
    window = Window(folder, qtbot)
    window.sign_in("1001")
    teller = Teller(window)
    window.counter.retention.open_case(row.case_id)
    window.wait(lambda: window.counter.retention.view is not None and teller.page == "end")
    teller.tell()
    window.close()
    assert verify_folder(folder).findings == ()


def is_true_on_paper(folder: Path) -> None:
    """The hall's file tells the same stories."""
    assert verify_folder(folder).findings == ()
    hall = opened_halls.open_for_counter(folder, clock=FixedClock(NOW))
    with hall.reading() as reading:
        ended = cases_ended(reading, NOW.date(), NOW.date())
        (waiting,) = cases_at_desk(reading)
    results = {row.number[-4:]: row.result for row in ended}
    assert results == {
        KEPT: Result.KEPT,
        LEFT: Result.REFUSED_TALK,
        VALUED: Result.LEFT,
        WITHDRAWN: Result.WITHDRAWN,
        PORTED: Result.REFUSED_TALK,
    }
    assert (waiting.number[-4:], waiting.stage) == (REFUSED, Stage.VALUE_CHECKED)
    held = {row.number[-4:] for row in ended if row.held_until is not None}
    assert held == {LEFT, VALUED}, "a number that goes to another operator is not kept"
    told = {row.number[-4:] for row in ended if row.is_fed_back}
    assert told == {KEPT, VALUED}, "nobody had to, and whoever left without it is named to the audit"
    (left,) = (row for row in ended if row.number.endswith(LEFT))
    papers = retention_papers.papers(hall, leaving.TELLER, left.case_id)
    assert [paper.kind for paper in papers] == ["register", "work_order", "exit_slip"]
    hall.close()


def test_customers_leave_and_stay_by_keyboard_alone_and_a_program_that_died_goes_on(
    tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "hall"
    a_morning(folder)
    window = Window(folder, qtbot)
    window.sign_in()
    teller = Teller(window)
    is_kept(teller)
    leaves_at_once(teller)
    dead = watched(teller, folder)
    withdraws(teller)
    takes_the_number_along(teller)
    is_refused_by_the_supervisor(teller)
    is_answered_by_the_hall_manager(teller)
    window.close()
    is_true_on_paper(folder)
    is_all_there(dead)
    goes_on(next(copy for name, _desk, copy in dead if name == "answered"), qtbot)
    goes_on_telling(next(copy for name, _desk, copy in dead if name == "end"), qtbot)
