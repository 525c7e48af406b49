"""Material for those who agreed, on the real window by keyboard alone: a list, a consent taken back, what was sent."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from counter_app.clock import FixedClock
from counter_app.storage.hall import open_hall
from counter_app.storage.search_index import index_customers
from counter_app.storage.verify import verify_folder
from counter_app.ui.ask import QuestionPanel
from counter_app.ui.export_panel import ExportPanel
from counter_app.ui.retention.mailing_page import MailingPage
from counter_app.ui.retention.mailing_panels import SentPanel, TakePanel
from tests import leaving
from tests.halls import NOW
from tests.journeys.window import ALT, CTRL, Key, Window
from tests.ui.retention import lists


def test_a_list_is_taken_a_consent_taken_back_and_what_was_sent_is_noted(tmp_path: Path, qtbot: QtBot) -> None:
    folder, file = tmp_path / "hall", tmp_path / "list.csv"
    hall = leaving.a_hall(folder)
    lists.agreed(hall, "")
    with hall.writing() as work:
        index_customers(work)
    hall.close()
    window = Window(folder, qtbot)
    window.sign_in("2001")
    page = at_the_page(window)
    window.wait(lambda: len(page.table.rows()) == 3)
    window.press(Key.Key_E, CTRL)
    window.wait(lambda: isinstance(panel(window), TakePanel))
    window.type("家庭套餐")
    window.press(Key.Key_Return)
    window.type("寄送新业务资料")
    window.press(Key.Key_Return)
    window.wait(lambda: isinstance(panel(window), ExportPanel))
    window.press(Key.Key_A, CTRL)
    window.type(str(file))
    window.press(Key.Key_Return)
    window.wait(file.exists)
    window.wait(lambda: panel(window) is None)
    window.wait(lambda: [row.had for row in page.table.rows()][1:] == ["家庭套餐（已导出，待登记）"] * 2)
    window.at(page.search.entry)
    window.type("4321")
    window.press(Key.Key_D, CTRL)
    window.wait(lambda: isinstance(panel(window), QuestionPanel))
    window.press(Key.Key_F9)
    window.wait(lambda: page.table.rows() == ())
    window.press(Key.Key_F9)
    window.wait(lambda: isinstance(panel(window), SentPanel))
    window.press(Key.Key_F9)
    window.wait(lambda: panel(window) is None)
    window.close()
    with file.open(encoding="utf-8-sig", newline="") as opened:
        assert [row[2] for row in csv.reader(opened)] == ["联系方式", "13810002356", "13987654321"]
    again = bodies(folder)
    assert [len(body["customers"]) for body in again["mailing.take"]] == [2]
    assert [(body["sent_on"], len(body["customers"])) for body in again["mailing.send"]] == [("2026-11-21", 1)]
    assert len(again["consent.withdraw"]) == 1
    assert verify_folder(folder).findings == ()


def at_the_page(window: Window) -> MailingPage:
    """Ctrl+2, Alt+8: the page, with the cursor in its search."""
    window.press(Key.Key_2, CTRL)
    room = window.counter.retention
    window.wait(room.isVisible)
    window.press(Key.Key_8, ALT)
    window.wait(lambda: room.choice.choice() == "mailing")
    page = room.page("mailing")
    assert isinstance(page, MailingPage)
    window.at(page.search.entry)
    return page


def panel(window: Window) -> object:
    """What stands before the page."""
    return window.shell.frame.panels.current()


def bodies(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What the journal holds of each kind, once the window is gone."""
    hall = open_hall(folder, clock=FixedClock(NOW))
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT kind, content FROM entries ORDER BY id").fetchall()
    hall.close()
    found: dict[str, list[dict[str, Any]]] = {}
    for kind, content in rows:
        found.setdefault(kind, []).append(json.loads(content)["body"])
    return found
