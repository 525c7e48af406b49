"""The papers of a case from its page: issued once, looked at, printed, printed again, and what failed is said."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from counter_app.clock import new_intent_id
from counter_app.domain.retention_papers import PaperKind
from counter_app.services import retention, retention_papers, settings
from counter_app.services.hall import OpenHall
from counter_app.storage.trouble import CommitUncertain
from counter_app.ui.blocks import Label
from counter_app.ui.desk import Desk
from counter_app.ui.retention.papers_panel import PapersPanel
from counter_app.ui.retention.presenter_papers import PapersPresenter, PapersScreen
from tests import halls, leaving
from tests.ui.payments.lanes import Inline
from tests.ui.retention.desks import AtDesk, at_desk

CTRL = Qt.KeyboardModifier.ControlModifier


class Sight:
    """What the presenter shows."""

    def __init__(self) -> None:
        self.screens: list[PapersScreen] = []

    @property
    def last(self) -> PapersScreen:
        """The panel as it stands."""
        return self.screens[-1]

    def show_papers(self, screen: PapersScreen) -> None:
        """A screen was drawn."""
        self.screens.append(screen)


def begun(hall: OpenHall, case_id: str) -> tuple[PapersPresenter, Sight]:
    sight = Sight()
    presenter = PapersPresenter(Desk(hall, Inline(), leaving.TELLER), case_id, sight, picture_px=200)
    presenter.open()
    return presenter, sight


def a_case(hall: OpenHall) -> str:
    return leaving.open_case(hall, leaving.a_line(hall)).case.case_id


def test_ctrl_p_issues_shows_prints_and_prints_again(hall: OpenHall) -> None:
    desk: AtDesk = at_desk(hall)
    desk.open()
    desk.press(Qt.Key.Key_P, CTRL)
    panel = desk.window.shell.frame.panels.current()
    assert isinstance(panel, PapersPanel)
    assert panel.press_button.text().startswith("开具")
    desk.press(Qt.Key.Key_P, CTRL)
    assert "DJ000001" in panel.state.text()
    assert not panel.picture.pixmap().isNull()
    assert panel.press_button.text().startswith("打印")
    for times in (1, 2):
        desk.press(Qt.Key.Key_P, CTRL)
        assert len(list((hall.folder / "receipts").glob("*DJ000001*.pdf"))) == times
    assert panel.press_button.text().startswith("补打")
    rows = [label.text() for label in panel.findChildren(Label) if "DJ000001 ·" in label.text()]
    assert ["补打第 1 次" in row for row in rows] == [False, True]
    desk.press(Qt.Key.Key_Right)
    assert "现在不能开" in panel.state.text(), "there is no order before the customer goes"
    assert not panel.press_button.isEnabled()
    desk.press(Qt.Key.Key_Escape)
    assert desk.window.shell.frame.panels.current() is None
    desk.close()


def test_what_is_typed_stands_on_the_paper(hall: OpenHall) -> None:
    desk = at_desk(hall)
    desk.open()
    desk.type("2.1")
    desk.press(Qt.Key.Key_P, CTRL)
    assert desk.case.form.reason == "NETWORK_NO_SIGNAL"
    desk.close()


def test_a_case_that_changed_gets_a_new_paper_and_the_old_one_can_still_be_printed(hall: OpenHall) -> None:
    case_id = a_case(hall)
    presenter, sight = begun(hall, case_id)
    presenter.press()
    first = sight.last.paper_no
    leaving.with_reason(hall, case_id)
    presenter.read()
    assert (sight.last.act, sight.last.old_no) == ("issue", first)
    presenter.print_old()
    assert "原件" in sight.last.prints[0]
    presenter.press()
    assert sight.last.paper_no != first
    assert (sight.last.act, sight.last.word, sight.last.old_no) == ("print", "打印", "")


def test_a_print_that_fails_is_said_kept_and_tried_again(hall: OpenHall) -> None:
    case_id = a_case(hall)
    settings.put(hall, leaving.TELLER, "printer.a4", "tcp:127.0.0.1:9")
    presenter, sight = begun(hall, case_id)
    presenter.press()
    presenter.press()
    assert sight.last.is_bad
    assert "没有打印" in sight.last.message
    assert "印不了整张纸" in sight.last.prints[0], "a receipt printer takes no sheets"
    presenter.choose_printer("pdf")
    presenter.press()
    assert not sight.last.is_bad
    assert "已打印" in sight.last.prints[1]
    assert settings.get(hall, "printer.a4") == "pdf", "the choice is remembered"
    assert not sight.last.is_working


def test_an_uncertain_issue_asks_again_under_the_same_intent(hall: OpenHall, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = a_case(hall)
    presenter, sight = begun(hall, case_id)
    real, intents = retention_papers.issue, []

    def cut(*args: object) -> object:
        intents.append(args[-1])
        made = real(*args)  # type: ignore[arg-type]  # the presenter's own arguments go through
        if len(intents) == 1:
            raise CommitUncertain("EIO")
        return made

    monkeypatch.setattr(retention_papers, "issue", cut)
    presenter.press()
    assert sight.last.is_bad
    # the paper is there: whoever reads anew sees it, and a press that came twice makes no second one
    presenter._issue()
    assert intents[0] == intents[1]
    assert len(retention_papers.papers(hall, leaving.TELLER, case_id)) == 1


def test_the_slip_comes_on_a_sheet_that_is_remembered(hall: OpenHall) -> None:
    halls.an_open_shift(hall)
    case_id = leaving.tell(hall, leaving.a_line(hall, is_vip=True), leaving.LEFT)
    presenter, sight = begun(hall, case_id)
    presenter.choose(PaperKind.EXIT_SLIP.value)
    presenter.press()
    presenter.choose_sheet("a5")
    assert sight.last.picture is not None
    presenter.press()
    again, other = begun(hall, case_id)
    again.choose(PaperKind.EXIT_SLIP.value)
    assert other.last.sheet == "a5"
    assert "PT000001" in other.last.prints[0]


def test_an_auditor_looks_and_prints_nothing(hall: OpenHall) -> None:
    case_id = a_case(hall)
    retention_papers.issue(hall, leaving.TELLER, case_id, PaperKind.REGISTER, new_intent_id())
    sight = Sight()
    presenter = PapersPresenter(Desk(hall, Inline(), leaving.AUDITOR), case_id, sight, picture_px=200)
    presenter.open()
    assert sight.last.picture is not None
    assert sight.last.act == ""
    presenter.press()
    assert sight.last.prints == ()


def test_papers_after_a_withdrawal_say_what_is_no_more(hall: OpenHall) -> None:
    case_id = a_case(hall)
    retention.withdraw(hall, leaving.TELLER, case_id, new_intent_id())
    presenter, sight = begun(hall, case_id)
    presenter.choose(PaperKind.WORK_ORDER.value)
    assert "客户撤回" in sight.last.state
    assert sight.last.act == ""
