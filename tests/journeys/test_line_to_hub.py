"""The whole program with the real hub behind real TLS: a payment goes up behind the teller's back, and a hub that takes
every question and says nothing is noticed by nobody but the light.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from counter_app.hub import tables as t
from counter_app.storage.hall import OpenHall
from counter_app.storage.search_index import index_customers
from counter_app.storage.verify import verify_folder
from counter_app.sync.enrolment import join
from counter_app.ui.settings.presenter_hub import ADDRESS, CODE
from counter_app.ui.status_bar import StatusItem
from tests import halls
from tests.journeys.window import ALT, CTRL, Key, Window
from tests.sync.real_hub import RealHub, a_real_hub
from tests.sync.tls_server import serving

ROOMS = 7


class Mood:
    """How the hub behaves: it answers, or takes a question and says nothing until it is let go."""

    def __init__(self, hub: RealHub) -> None:
        self._hub = hub
        self.answers, self.is_asked = threading.Event(), threading.Event()
        self.answers.set()

    def serve(self, spoken: socket.socket, head: bytes) -> None:
        """One request."""
        if not self.answers.is_set():
            self.is_asked.set()
            assert self.answers.wait(120)
            return
        self._hub._answer(spoken, head)


@contextmanager
def a_hall_beside_a_hub(folder: Path) -> Iterator[tuple[RealHub, Mood, OpenHall, str]]:
    """A hall with a customer and an open shift, and a hub that it has not joined yet, at an address."""
    with a_real_hub() as hub:
        mood = Mood(hub)
        hub.hub.authority = hub.authority.encode()
        with serving(mood.serve, hub.authorities.issue(folder)) as url:
            hall = halls.a_hall(folder / "hall")
            halls.three_months_behind(hall)
            with hall.writing() as work:
                index_customers(work)
            halls.an_open_shift(hall)
            try:
                yield hub, mood, hall, url
            finally:
                mood.answers.set()


@contextmanager
def an_enrolled_hall(folder: Path) -> Iterator[tuple[RealHub, Mood]]:
    """A hall with a customer, an open shift and a hub, closed."""
    with a_hall_beside_a_hub(folder) as (hub, mood, hall, url):
        join(hall, url, hub.code(hall.hall), hub.way._replace(fetch_authority=lambda _url: hub.authority))
        hall.close()
        yield hub, mood


@pytest.fixture
def enrolled(tmp_path: Path) -> Iterator[tuple[RealHub, Mood]]:
    with an_enrolled_hall(tmp_path) as found:
        yield found


def shown(window: Window) -> dict[str, StatusItem]:
    """What the bar at the bottom says."""
    return {item.word: item for item in window.shell.frame.status._items}


def pay(window: Window) -> str:
    """The customer's bills, in cash, by keys; the number of the receipt."""
    view = window.find("2345")
    window.type("500")
    window.press(Key.Key_F9)
    return window.recorded(view)


def test_a_payment_goes_up_and_the_light_says_so(enrolled: tuple[RealHub, Mood], tmp_path: Path, qtbot: QtBot) -> None:
    hub, _mood = enrolled
    window = Window(tmp_path / "hall", qtbot, speaks=True, rooms=ROOMS)
    window.sign_in()
    receipt_no = pay(window)
    window.wait(lambda: "上游" in shown(window) and shown(window)["上游"].light == "good")
    window.wait(lambda: shown(window)["待上传"].value == "0")
    assert shown(window)["上游"].value == "02:04"
    with hub.hub.database.transaction() as connection:
        rows = connection.execute(t.ledger_lines.select().with_only_columns(t.ledger_lines.c.receipt_no)).fetchall()
    assert (receipt_no,) in [tuple(row) for row in rows]
    window.close()
    assert verify_folder(tmp_path / "hall").findings == ()


def test_an_admin_connects_the_counter_in_its_window_by_keys(tmp_path: Path, qtbot: QtBot) -> None:
    with a_hall_beside_a_hub(tmp_path) as (hub, mood, hall, url):
        own, folder = hall.hall, hall.folder
        hall.close()
        window = Window(folder, qtbot, speaks=True)
        window.sign_in("9001")
        window.press(Key.Key_5, ALT)
        page = window.counter.settings.hub_page
        window.wait(page.before.text)
        page.fields[ADDRESS].entry.setFocus()
        window.type(url)
        window.press(Key.Key_Return)
        window.at(page.fields[CODE].entry)
        QApplication.clipboard().setText(hub.code(own))
        window.press(Key.Key_V, CTRL)
        # a hub that says nothing: the window is free, and one key ends the question
        mood.answers.clear()
        window.press(Key.Key_F9)
        window.wait(mood.is_asked.is_set)
        window.wait(page.stop_button.isVisible)
        window.press(Key.Key_F8)
        window.wait(lambda: page.error.text().startswith("已停止"))
        mood.answers.set()
        window.press(Key.Key_F9)
        window.wait(lambda: page._head.text() == "已接入上游")
        window.wait(lambda: window.shell.frame.has_room("tasks"))
        window.wait(lambda: "上游" in shown(window) and shown(window)["上游"].light == "good")
        window.wait(lambda: any("到 20" in row.value.text() for row in page.rows if row.key.text() == "上游的证书"))
        assert {row.key.text(): row.value.text() for row in page.rows}["上游地址"] == url
        window.close()
        with hub.hub.database.transaction() as connection:
            received = connection.execute(t.inbox.select().with_only_columns(t.inbox.c.seq)).fetchall()
        assert len(received) >= 3  # the shift, the sign-in, the connection
        assert "sync" not in [thread.name for thread in threading.enumerate()]
    assert verify_folder(folder).findings == ()


def test_a_hub_that_hangs_takes_nothing_from_the_teller(
    enrolled: tuple[RealHub, Mood], tmp_path: Path, qtbot: QtBot
) -> None:
    _hub, mood = enrolled
    mood.answers.clear()
    window = Window(tmp_path / "hall", qtbot, speaks=True, rooms=ROOMS)
    window.sign_in()
    window.wait(mood.is_asked.is_set)
    pay(window)
    window.wait(lambda: "待上传" in shown(window) and int(shown(window)["待上传"].value) > 0)
    assert shown(window)["上游"].light in ("off", "warn")
    # a close in the middle of a question that nobody answers
    window.close()
    assert "sync" not in [thread.name for thread in threading.enumerate()]
    assert verify_folder(tmp_path / "hall").findings == ()
