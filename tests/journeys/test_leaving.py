"""Customers who want to leave, on the real window by keyboard alone; a program that dies at any step, and the next."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
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
from counter_app.ui.panels import Panel
from counter_app.ui.retention.page import RetentionView
from counter_app.ui.retention.papers_panel import PapersPanel
from counter_app.ui.retention.signoff_panel import SignoffPanel
from tests import halls, leaving
from tests.halls import NOW, PASSWORD
from tests.journeys.window import ALT, CTRL, Key, Window

KEPT, LEFT, VALUED, WITHDRAWN, REFUSED, PORTED = "2345", "7788", "5566", "9911", "1122", "3344"
KEY_S, THINK_S = 0.28, 1.35
"""A key of an average typist, and the thought before each field or step (keystroke-level model)."""
MOST_S = 60


@dataclass
class Teller:
    """Somebody at the real window; counts steps, for each of them is a thought."""

    window: Window
    steps: int = 0
    after_step: Callable[[str], object] = field(default=lambda _name: None)

    @property
    def view(self) -> RetentionView:
        """The case on the screen."""
        found = self.window.counter.retention.view
        assert found is not None, "no case is open"
        return found

    @property
    def page(self) -> str:
        """The step on the screen, once nothing is under way."""
        shown = self.view.screen_shown
        return "" if shown is None or shown.is_working else shown.page

    @property
    def seconds(self) -> float:
        """How long it takes a person, by the keys and steps so far."""
        return self.window.keys * KEY_S + self.steps * THINK_S

    def panel(self) -> Panel | None:
        """What is open beside the page."""
        return self.window.counter.frame.panels.current()

    def open(self, digits: str, page: str = "talk") -> None:
        """F2, the last digits, Enter, F8."""
        window = self.window
        self.window.keys, self.steps = 0, 1
        window.press(Key.Key_F2)
        window.at(window.counter.frame.search)
        window.type(digits)
        window.press(Key.Key_Return)
        window.wait(lambda: window.counter.frame.search.text() == "" and window.counter.payments.current() is not None)
        window.wait(lambda: window.view.money.phase == "paying")
        window.press(Key.Key_F8)
        window.wait(lambda: window.counter.retention.view is not None and self.page == page)
        self.after_step("opened")

    def on(self, page: str, key: Key = Key.Key_F9) -> None:
        """A key that leads to the next page."""
        self.steps += 1
        self.window.press(key)
        self.window.wait(lambda: self.page == page)
        self.after_step(page)

    def write(self, text: str, *, ends: bool = False) -> None:
        """Type where the cursor is, and Enter if that ends it."""
        self.steps += 1
        self.window.type(text)
        if ends:
            self.window.press(Key.Key_Return)

    def reasons(self, text: str) -> None:
        """The reasons by their numbers."""
        self.window.at(self.view.form.lines["reasons"].entry)
        self.write(text)

    def offer(self, text: str, answer: str) -> None:
        """An offer by its number, and the answer by its letter."""
        self.window.at(self.view.offers.number.entry)
        self.write(text, ends=True)
        self.window.wait(lambda: self.view.screen_shown and self.view.screen_shown.offers.waiting)
        self.after_step("offered")
        self.write(answer)
        self.window.wait(lambda: self.view.screen_shown and not self.view.screen_shown.offers.waiting)
        self.after_step("answered")

    def ask(self) -> None:
        """Call whoever has to sign; the button then says that it is signed here."""
        self.steps += 1
        self.window.press(Key.Key_F9)
        self.window.wait(lambda: "在此签字" in self.view.side.next.text())
        self.after_step("asked")

    def sign_here(self, staff_no: str, page: str) -> None:
        """A second person: F9, number, Enter, password, Enter."""
        self.window.press(Key.Key_F9)
        panel = self.panel()
        assert isinstance(panel, SignoffPanel)
        self.window.at(panel.staff_no.entry)
        self.write(staff_no, ends=True)
        self.window.at(panel.password.entry)
        self.write(PASSWORD, ends=True)
        self.window.wait(lambda: self.panel() is None and self.page == page)
        self.after_step("signed")

    def gates(self) -> None:
        """All three, the order, the equipment, the end."""
        for done in (1, 2, 3):
            self.steps += 1
            self.window.press(Key.Key_F9)
            self.window.wait(partial(self._has_checked, done))
            self.after_step(f"gate {done}")
        self.on("order")
        self.steps += 1
        self.window.press(Key.Key_F9)
        self.window.wait(lambda: "办结" in self.view.side.next.text())
        self.after_step("equipment")
        self.on("end")

    def leave_now(self) -> None:
        """Ctrl+L, and F9."""
        self.steps += 1
        self.window.press(Key.Key_L, CTRL)
        self.window.wait(lambda: self.panel() is not None)
        self.window.press(Key.Key_F9)
        self.window.wait(lambda: self.panel() is None and self.page == "talk")
        self.after_step("leaves now")

    def _has_checked(self, count: int) -> bool:
        shown = self.view.screen_shown
        return shown is not None and not shown.is_working and sum(g.tone == "good" for g in shown.gates) == count


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
    assert teller.seconds < MOST_S, (teller.window.keys, teller.steps)
    teller.window.press(Key.Key_F9)


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


def leaves(window: Window) -> None:
    """Ctrl+K, a part of the command's name, Enter."""
    window.press(Key.Key_K, CTRL)
    window.type("换人")
    window.press(Key.Key_Return)
    window.wait(lambda: window.counter.page is window.counter.sign_in_page)


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
    window.close()
    is_true_on_paper(folder)
    is_all_there(dead)
    goes_on(next(copy for name, _desk, copy in dead if name == "answered"), qtbot)
