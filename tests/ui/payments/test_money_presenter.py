"""The money panel's mind on a real hall: one press is one payment or none, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from counter_app.clock import FixedClock
from counter_app.domain.shifts import CashCount
from counter_app.domain.staff import Role, Session
from counter_app.logs import fault_number
from counter_app.services import hall as halls_service
from counter_app.services import payments, shifts
from counter_app.services.customers import CustomerPage, open_customer
from counter_app.services.hall import answers
from counter_app.services.payments import Taken
from counter_app.storage.driver import Driver, find_driver
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount
from counter_app.ui.payments.money_view import Till
from counter_app.ui.payments.presenter_figures import Confirmation
from counter_app.ui.payments.presenter_money import MoneyPresenter
from counter_app.ui.payments.screen import MoneyScreen
from tests import halls
from tests.storage.test_store import FailingCommits
from tests.ui.payments.lanes import Inline


class Held:
    """Lanes whose jobs wait until they are told to run."""

    def __init__(self) -> None:
        self.jobs: list[Callable[[], object]] = []
        self._inline = Inline()

    def run(self, *arguments: Any, word: str = "") -> object:
        """Keep the job."""
        self.jobs.append(lambda: self._inline.run(*arguments, word=word))
        return None

    def go(self) -> None:
        """Run what waits, and what that starts."""
        while self.jobs:
            self.jobs.pop(0)()


@dataclass
class Panel:
    """A panel without a window: it paints at once, answers what it is told to, and reads the customer anew."""

    hall: OpenHall
    someone: halls.Someone
    lanes: Any = field(default_factory=Inline)
    session: Session = field(default_factory=halls.teller)
    is_painting: bool = True
    till: Till = field(default_factory=Till)
    screens: list[MoneyScreen] = field(default_factory=list)
    questions: list[Confirmation] = field(default_factory=list)
    receipts: list[Taken] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.presenter = MoneyPresenter(
            Desk(self.hall, self.lanes, self.session), self.someone.customer_id, self, self.till
        )
        self.read_again()

    @property
    def screen(self) -> MoneyScreen:
        """What stands on the panel."""
        return self.screens[-1]

    def show_money(self, screen: MoneyScreen) -> None:
        """Draws, and paints."""
        self.screens.append(screen)
        if self.is_painting and hasattr(self, "presenter"):
            self.presenter.painted(screen.revision)

    def confirm(self, question: Confirmation) -> None:
        """Keeps the question."""
        self.questions.append(question)

    def taken(self, taken: Taken) -> None:
        """Keeps the receipt."""
        self.receipts.append(taken)

    def read_again(self) -> None:
        """Reads the customer."""
        self.presenter.set_page(self.page(), self.someone.account_id)

    def page(self) -> CustomerPage:
        """The customer as the file has it."""
        return open_customer(self.hall, halls.teller(), self.someone.customer_id)

    def type(self, text: str) -> None:
        """Types an amount, key by key."""
        for count in range(1, len(text) + 1):
            self.presenter.type_amount(text[:count])


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    """A telecom hall with an open shift."""
    made = halls.a_hall(tmp_path)
    halls.an_open_shift(made)
    yield made
    made.close()


@pytest.fixture
def panel(hall: OpenHall) -> Panel:
    """The panel of the customer who is three months behind."""
    return Panel(hall, halls.three_months_behind(hall))


def test_the_preview_says_what_the_press_does(panel: Panel) -> None:
    due_fen = panel.page().due_fen
    panel.type("500")
    screen = panel.screen
    assert screen.can_take
    assert [mark for _bill, mark in screen.marks] == ["clear"] * 3
    assert screen.change == f"{(50_000 - due_fen) / 100:.2f}"
    assert screen.spoken.startswith("“收您五百元，应收")
    panel.presenter.press()
    assert panel.screen.phase == "done"
    assert panel.screen.done is not None
    assert panel.screen.done.change == screen.change
    assert panel.receipts[0].facts.change_fen == 50_000 - due_fen


def test_part_of_the_sum_settles_the_oldest_month_first(panel: Panel) -> None:
    panel.type("150")
    assert [mark for _bill, mark in panel.screen.marks] == ["clear", "part"]
    assert panel.screen.change == "0.00"
    panel.presenter.press()
    assert [o.bill.month for o in panel.page().positions[0].open_bills] == ["2026-07", "2026-08"]


def test_two_presses_are_one_payment(hall: OpenHall) -> None:
    lanes = Held()
    panel = Panel(hall, halls.three_months_behind(hall), lanes=lanes)
    panel.type("500")
    for _ in range(3):
        panel.presenter.press()
    assert panel.screen.phase == "taking"
    assert not panel.screen.can_take
    lanes.go()
    panel.presenter.press()
    lanes.go()
    assert (len(panel.receipts), len(panel.page().payments)) == (1, 1)


def test_a_press_before_the_figures_are_painted_takes_nothing(panel: Panel) -> None:
    panel.is_painting = False
    panel.type("500")
    panel.presenter.press()
    assert panel.receipts == []
    panel.presenter.painted(panel.screen.revision)
    panel.presenter.press()
    assert len(panel.receipts) == 1


def test_a_press_for_older_figures_takes_nothing(panel: Panel) -> None:
    panel.type("500")
    panel.is_painting = False
    panel.presenter.type_amount("5000")
    panel.presenter.press()
    assert (panel.receipts, panel.questions) == ([], [])


def test_nothing_typed_is_refused_beside_the_field(panel: Panel) -> None:
    panel.presenter.press()
    assert (panel.screen.wrong, bool(panel.screen.refusal)) == ("amount", True)
    assert panel.receipts == []


def test_f5_is_the_exact_sum_and_leaves_what_other_tenders_pay(panel: Panel) -> None:
    due_fen = panel.page().due_fen
    assert panel.presenter.exact() == due_fen
    panel.type("100")
    panel.presenter.add_tender()
    assert panel.presenter.exact() == due_fen - 10_000


def test_a_card_without_reference_is_refused_beside_its_field_and_keeps_what_was_typed(panel: Panel) -> None:
    panel.presenter.choose_tender("card")
    panel.type("500")
    panel.presenter.press()
    assert (panel.screen.wrong, panel.presenter.table.line.text) == ("reference", "500")
    panel.presenter.type_field("reference", "887731")
    panel.presenter.press()
    assert [t.reference_tail for t in panel.receipts[0].facts.tenders] == ["7731"]
    assert panel.receipts[0].facts.prepaid_stored_fen == 50_000 - panel.receipts[0].facts.arrears_before_fen


def test_cash_and_cheque_together_give_change_from_cash_only(panel: Panel) -> None:
    panel.presenter.choose_tender("cheque")
    panel.presenter.type_field("bank", "城东支行")
    panel.presenter.type_field("document_no", "00771234")
    panel.type("300")
    panel.presenter.add_tender()
    panel.presenter.choose_tender("cash")
    panel.type("200")
    panel.presenter.press()
    facts = panel.receipts[0].facts
    assert {tender.kind for tender in facts.tenders} == {"cheque", "cash"}
    assert facts.change_fen == 50_000 - facts.total_fen


def test_change_can_be_kept_as_prepaid(panel: Panel) -> None:
    due_fen = panel.page().due_fen
    panel.type("500")
    panel.presenter.store_change(True)
    assert panel.screen.change_word == "转存预存"
    panel.presenter.press()
    assert panel.page().positions[0].prepaid_fen == 50_000 - due_fen


def test_far_too_much_is_asked_about_first(panel: Panel) -> None:
    panel.type("9000")
    panel.presenter.press()
    assert (len(panel.questions), panel.receipts) == (1, [])
    panel.presenter.confirmed()
    assert len(panel.receipts) == 1


def test_a_confirmation_counts_for_its_own_figures_only(panel: Panel) -> None:
    panel.type("9000")
    panel.presenter.press()
    panel.presenter.confirmed()
    assert len(panel.receipts) == 1
    panel.presenter.again()
    panel.type("9")
    panel.presenter.press()
    assert len(panel.questions) == 1


def test_more_than_any_receipt_can_name_is_refused(panel: Panel) -> None:
    panel.presenter.type_amount("999999999999.99")
    panel.presenter.add_tender()
    panel.presenter.choose_tender("cash")
    panel.presenter.type_amount("999999999999.99")
    panel.presenter.press()
    assert (panel.receipts, bool(panel.screen.refusal)) == ([], True)


def test_without_a_shift_the_panel_explains_and_offers_one(tmp_path: Path) -> None:
    hall = halls.a_hall(tmp_path)
    panel = Panel(hall, halls.three_months_behind(hall))
    assert (panel.screen.phase, panel.screen.can_open_shift) == ("closed", True)
    assert "开班" in panel.screen.message
    panel.presenter.press()
    assert panel.receipts == []
    halls.an_open_shift(hall)
    panel.read_again()
    assert panel.screen.phase == "paying"
    hall.close()


def test_another_tellers_shift_and_an_auditor_cannot_take_money(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    for session in (halls.teller("1002"), halls.teller("8001", Role.AUDITOR)):
        panel = Panel(hall, someone, session=session)
        assert (panel.screen.phase, panel.screen.can_open_shift) == ("closed", False)


def test_another_bill_first_needs_a_supervisor_and_a_reason(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    panel = Panel(hall, someone)
    newest = panel.page().positions[0].open_bills[-1].bill.bill_id
    panel.type("50")
    panel.presenter.redirect((newest,), "客户要求")
    panel.presenter.press()
    assert (panel.receipts, bool(panel.screen.refusal), panel.screen.can_redirect) == ([], True, False)
    hall_shift = shifts.sheet(hall)
    assert hall_shift is not None
    halls.close_shift(hall, halls.teller(), _count_of(hall_shift.expected_cash_fen), "", "close")
    boss = halls.teller("2001", Role.SUPERVISOR)
    halls.an_open_shift(hall, boss)
    panel = Panel(hall, someone, session=boss)
    panel.type("50")
    panel.presenter.redirect((newest,), "客户要求")
    assert panel.screen.can_redirect
    panel.presenter.press()
    assert [line.bill_id for line in panel.receipts[0].facts.lines] == [newest]


def test_a_bill_that_changed_meanwhile_is_shown_anew_and_nothing_is_taken(panel: Panel) -> None:
    panel.type("500")
    halls.a_bill(panel.hall, panel.someone.account_id, "2026-05", 5_000, due_on=date(2026, 6, 15))
    panel.presenter.press()
    assert panel.receipts == []
    assert panel.screen.phase == "paying"
    assert panel.screen.message
    panel.presenter.press()
    assert len(panel.receipts) == 1


def test_an_intent_is_kept_when_the_hands_rest_and_let_go_with_the_amount(panel: Panel) -> None:
    panel.type("500")
    assert answers(panel.hall) == ()
    panel.presenter.typing_rests()
    assert [(a.intent.amount_fen, a.taken) for a in answers(panel.hall)] == [(50_000, None)]
    panel.presenter.type_amount("600")
    assert answers(panel.hall) == ()
    panel.presenter.typing_rests()
    panel.presenter.close()
    assert answers(panel.hall) == ()


def test_a_page_closed_in_the_middle_leaves_one_payment_and_its_answer(hall: OpenHall) -> None:
    lanes = Held()
    panel = Panel(hall, halls.three_months_behind(hall), lanes=lanes)
    panel.type("500")
    panel.presenter.press()
    panel.presenter.close()
    lanes.go()
    assert panel.receipts == []
    found = answers(hall)
    assert [answer.taken.receipt_no if answer.taken else "" for answer in found] == ["HZ01-03-2026-000001"]
    halls_service.seen(hall, found[0].intent.intent_id)
    assert answers(hall) == ()


def test_a_recorded_payment_leaves_no_question_for_the_restart(panel: Panel) -> None:
    panel.type("500")
    panel.presenter.press()
    assert answers(panel.hall) == ()


def test_what_must_be_paid_to_restore_gives_change_from_a_larger_note(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.a_bill(hall, someone.account_id, "2026-11", 9_900, due_on=date(2026, 12, 15))
    with hall.writing() as work:
        work.driver.execute("UPDATE services SET state = 'stopped', state_reason = 'arrears'")
    panel = Panel(hall, someone)
    wanted_fen = panel.presenter.restore_only()
    assert panel.screen.restore_word == f"缴 {amount(wanted_fen or 0)} 可复机"
    assert wanted_fen == panel.page().positions[0].restore_fen
    panel.type("500")
    assert "立即发出复机指令" in panel.screen.after
    panel.presenter.press()
    assert panel.receipts[0].facts.change_fen == 50_000 - wanted_fen
    assert panel.page().positions[0].due_fen == 9_900


@pytest.mark.parametrize("is_done", [True, False], ids=["done", "not done"])
def test_a_failed_commit_is_one_payment_or_none_and_says_which(tmp_path: Path, *, is_done: bool) -> None:
    hall, failing = _failing_hall(tmp_path, is_done=is_done)
    panel = Panel(hall, halls.three_months_behind(hall))
    panel.type("500")
    panel.presenter.typing_rests()
    failing.skip, failing.is_armed = 1, True
    panel.presenter.press()
    if is_done:
        assert panel.screen.done is not None
        assert panel.screen.done.is_late_answer
    else:
        assert (panel.screen.phase, panel.receipts) == ("paying", [])
        assert "没有记账" in panel.screen.message
        panel.presenter.press()
    assert len(panel.page().payments) == len(panel.receipts) == 1
    hall.close()


@pytest.mark.parametrize("is_recorded", [True, False])
def test_a_bug_while_the_money_is_taken_ends_in_recorded_or_not_recorded(
    panel: Panel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, is_recorded: bool
) -> None:
    take = payments.take

    def fails(*arguments: Any) -> Taken:
        if is_recorded:
            take(*arguments)
        message = "张伟"
        raise KeyError(message)

    monkeypatch.setattr(payments, "take", fails)
    panel.type("300")
    panel.presenter.press()
    (line,) = caplog.records
    assert line.exc_info is not None
    assert line.exc_info[0] is KeyError
    ends = [panel.screen.phase]
    if is_recorded:
        assert ends == ["done"]
        assert [taken.is_late_answer for taken in panel.receipts] == [True]
        return
    assert "已查明：这笔没有记账" in panel.screen.message
    assert fault_number(KeyError, line.exc_info[2]) in panel.screen.message
    assert answers(panel.hall) == ()
    monkeypatch.undo()
    panel.type("300")
    panel.presenter.press()
    assert [*ends, panel.screen.phase] == ["paying", "done"], "the same money is taken once the bug is gone"


def test_a_bug_in_the_question_itself_leaves_the_payment_uncertain(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: Any) -> Taken:
        raise KeyError

    resolve = payments.resolve
    monkeypatch.setattr(payments, "take", fails)
    monkeypatch.setattr(payments, "resolve", fails)
    panel.type("300")
    panel.presenter.press()
    phases = [panel.screen.phase]
    assert "还不能确定" in panel.screen.message
    panel.presenter.look_again()
    phases.append(panel.screen.phase)
    monkeypatch.setattr(payments, "resolve", resolve)
    panel.presenter.look_again()
    assert [*phases, panel.screen.phase] == ["uncertain", "uncertain", "paying"], "asked as often as the teller wants"
    assert "已查明：这笔没有记账" in panel.screen.message


def test_while_it_is_uncertain_nothing_else_is_possible_until_it_is_looked_up(tmp_path: Path) -> None:
    hall, failing = _failing_hall(tmp_path, is_done=True)
    other = halls.three_months_behind(hall, no="10007788")
    till = Till()
    panel = Panel(hall, halls.three_months_behind(hall), till=till)
    neighbour = Panel(hall, other, till=till)
    neighbour.type("500")
    panel.type("500")
    panel.presenter.typing_rests()
    failing.skip, failing.is_armed, failing.is_gone = 1, True, True
    panel.presenter.press()
    assert panel.screen.phase == "uncertain"
    panel.presenter.press()
    neighbour.presenter.press()
    assert (panel.receipts, neighbour.receipts) == ([], [])
    assert "没有查清" in neighbour.screen.message
    panel.presenter.look_again()
    assert panel.screen.phase == "uncertain"
    failing.is_gone = False
    panel.presenter.look_again()
    assert (panel.screen.phase, len(panel.receipts)) == ("done", 1)
    neighbour.presenter.press()
    assert len(neighbour.receipts) == 1
    hall.close()


class _Failing(FailingCommits):
    """Commits that fail after `skip` good ones, and a file that cannot be opened while it `is_gone`."""

    skip = 0
    is_gone = False

    def __init__(self, real: Driver, *, is_done: bool) -> None:
        super().__init__(real, is_done=is_done)
        outer = self
        base = real.module.Connection

        class Skipping(base):  # type: ignore[misc, valid-type]  # a class of the driver's module
            def commit(self) -> None:
                if outer.is_armed and outer.skip:
                    outer.skip -= 1
                    super().commit()
                    return
                if not outer.is_armed:
                    super().commit()
                    return
                outer.is_armed = False
                if is_done:
                    super().commit()
                raise real.module.OperationalError("disk I/O error")

        def connect(*arguments: Any, **more: Any) -> Any:
            if outer.is_gone and not outer.is_armed:
                raise real.module.OperationalError("unable to open database file")
            return real.module.connect(*arguments, **more, factory=Skipping)

        module: Any = self.driver.module
        module.connect = connect


def _failing_hall(folder: Path, *, is_done: bool) -> tuple[OpenHall, _Failing]:
    halls.a_hall(folder).close()
    failing = _Failing(find_driver(), is_done=is_done)
    hall = open_hall(folder, clock=FixedClock(halls.NOW), driver=failing.driver)
    halls.an_open_shift(hall)
    return hall, failing


def _count_of(fen: int) -> CashCount:
    return CashCount({}, fen)


def test_a_sum_to_settle_of_its_own_gives_the_rest_back(panel: Panel) -> None:
    assert panel.presenter.settle_part()
    panel.presenter.type_settle("50")
    panel.type("20")
    panel.presenter.press()
    assert panel.receipts == []
    assert "只收到 20.00" in panel.screen.refusal
    panel.presenter.type_settle("5x0")
    panel.presenter.press()
    assert panel.screen.wrong == "settle"
    panel.presenter.type_settle("50")
    panel.type("80")
    panel.presenter.press()
    facts = panel.receipts[0].facts
    assert (facts.total_fen, facts.change_fen) == (5_000, 3_000)
