"""A customer of another hall, asked for by one key at the search box, opened and paid for; a hub that says nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from counter_app.domain.refusals import Refused
from counter_app.domain.sync_refusals import ElsewhereRefused, ElsewhereSilent
from counter_app.storage.hall import OpenHall
from counter_app.sync.find_elsewhere import FoundElsewhere, find_elsewhere
from counter_app.sync.ground import Ground
from counter_app.ui.background import Background
from counter_app.ui.desk import Desk, NoLine
from counter_app.ui.frame import Frame
from counter_app.ui.payments.elsewhere import Elsewhere
from counter_app.ui.payments.presenter_room import Found, SearchPresenter
from tests import halls
from tests.sync.feeds import ask
from tests.sync.real_hub import RealHub
from tests.sync.test_find_elsewhere import away, home, hub
from tests.ui.counter.whole import Whole, whole

__all__ = ["away", "home", "hub"]

Key, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier
NOBODY = "99990000"


@dataclass
class ToHub(NoLine):
    """The line of a hall with the real hub behind it."""

    hub: RealHub
    hall: OpenHall
    refuses: Refused | None = None
    is_enrolled: bool = True

    def standing(self, _hall: OpenHall) -> None:
        """Nothing is said of it."""

    def find(self, term: str, staff_no: str) -> tuple[int, ...]:
        """Ask the hub by the number of an account."""
        if self.refuses is not None:
            raise self.refuses
        found = find_elsewhere(Ground(self.hall), self.hub.line, "account", term, staff_no)
        assert isinstance(found, FoundElsewhere)
        return found.customer_ids


@pytest.fixture
def line(hub: RealHub, away: OpenHall) -> ToHub:
    return ToHub(hub, away)


@pytest.fixture
def counter(away: OpenHall, line: ToHub) -> Iterator[Whole]:
    halls.an_open_shift(away)
    made = whole(away, line=line)
    made.sign_in()
    yield made
    made.close()


def said(counter: Whole) -> str:
    """What stands below the search box."""
    drop = counter.shell.frame.search.drop
    return " ".join(label.text() for label in drop.findChildren(QLabel) if label.isVisible())


def test_a_customer_of_another_hall_is_opened_and_pays_like_any_other(counter: Whole, away: OpenHall) -> None:
    counter.press(Key.Key_F2)
    counter.type("10002345")
    assert "按 Ctrl+Enter 向上游查询" in said(counter)
    counter.press(Key.Key_Return, CTRL)
    view = counter.counter.payments.current()
    assert view is not None
    assert ask(away, "SELECT account_no FROM accounts") == [("10002345",)]
    counter.type("500")
    counter.press(Key.Key_F9)
    assert view.money.phase == "done"
    assert ask(away, "SELECT count(*) FROM payments") == [(1,)]


def test_nobody_there_and_a_hub_that_does_not_answer_are_said_in_words(counter: Whole, line: ToHub) -> None:
    counter.press(Key.Key_F2)
    counter.type(NOBODY)
    for refusal, words in (
        (ElsewhereSilent("offline"), "现在连不上上游"),
        (ElsewhereSilent("slow"), "3 秒内没有答复"),
        (ElsewhereRefused("needs_supervisor"), "上游不答复这次查询"),
    ):
        line.refuses = Refused(refusal)
        counter.press(Key.Key_Return, CTRL)
        assert words in said(counter)
    line.refuses = None
    counter.press(Key.Key_Return, CTRL)
    assert said(counter) == "上游也没有查到这个号码。请与客户核对。"
    assert counter.counter.payments.current() is None


@pytest.mark.parametrize("text", ["张伟", "zhangwei", "123"])
def test_only_a_whole_number_is_asked_for(counter: Whole, text: str) -> None:
    counter.press(Key.Key_F2)
    counter.type(text)
    assert "上游" not in said(counter)
    assert not counter.shell.frame.keys.press("Ctrl+Return")


def test_a_hall_without_a_hub_offers_nothing(away: OpenHall) -> None:
    counter = whole(away)
    counter.sign_in()
    counter.press(Key.Key_F2)
    counter.type(NOBODY)
    assert "没有找到" in said(counter)
    assert "上游" not in said(counter)
    counter.close()


def test_while_the_hub_hangs_the_box_answers_and_a_late_customer_opens_nothing(away: OpenHall, qtbot: QtBot) -> None:
    is_asked, may_answer = threading.Event(), threading.Event()

    class Hanging(ToHub):
        """A hub that takes the question and says nothing for long."""

        def find(self, term: str, staff_no: str) -> tuple[int, ...]:
            is_asked.set()
            assert may_answer.wait(60)
            return (1,)

    background = Background()
    frame = Frame()
    qtbot.addWidget(frame)
    frame.show()
    desk = Desk(away, background, halls.teller(), line=Hanging(None, away))  # type: ignore[arg-type]  # no hub is reached
    opened: list[int] = []
    found: list[Found] = []
    elsewhere = Elsewhere(desk, frame.search, opened.append)
    frame.search.setText(NOBODY)
    elsewhere.words(Found(NOBODY, (), "没有找到。"))
    elsewhere.ask()
    assert is_asked.wait(60)
    search = SearchPresenter(desk, found.append)
    frame.search.setText("10002345")
    search.wanted("10002345")
    qtbot.waitUntil(lambda: bool(found), timeout=30_000)
    may_answer.set()
    background.lane("line").submit(lambda: None).result()
    qtbot.wait(50)
    assert opened == []
    background.close()
