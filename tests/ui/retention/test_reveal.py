"""What is personal in a case stays masked on its page, and is shown in full by key, for a purpose, for a minute."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt

from counter_app.domain.retention_form import Agent
from counter_app.services.hall import OpenHall
from counter_app.ui.ask import QuestionPanel
from counter_app.ui.payments.reveal_panel import RevealPanel
from tests import leaving
from tests.ui.retention.desks import AtDesk, at_desk

CTRL = Qt.KeyboardModifier.ControlModifier
AGENT = Agent("李四", "resident_id", "11010519491231002X", "委托书 7")


def reveals(hall: OpenHall) -> list[tuple[str, str]]:
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT content FROM entries WHERE kind = 'reveal'").fetchall()
    return [(body["field"], body["purpose"]) for body in (json.loads(row[0])["body"] for row in rows)]


@pytest.mark.parametrize(("number", "field"), [(0, "id_number"), (1, "agent.id_number")])
def test_the_agents_document_is_masked_on_the_page_and_shown_for_a_purpose(
    hall: OpenHall, number: int, field: str
) -> None:
    desk: AtDesk = at_desk(hall)
    case_id = leaving.open_case(hall, desk.line).case.case_id
    leaving.with_reason(hall, case_id, agent=AGENT)
    desk.open()
    line = desk.view.form.lines["agent_id_number"].entry
    assert (line.text(), line.placeholderText()) == ("", "110***********002X")
    desk.press(Qt.Key.Key_I, CTRL)
    panel = desk.window.shell.frame.panels.current()
    assert isinstance(panel, QuestionPanel)
    desk.type("核对代办人 13987654321")
    panel.buttons[number].click()
    shown = desk.window.shell.frame.panels.current()
    assert isinstance(shown, RevealPanel)
    assert shown.value.text() == "11010519491231002X"
    assert reveals(hall) == [(field, "核对代办人 139****4321")]
    desk.press(Qt.Key.Key_Escape)
    assert desk.window.shell.frame.panels.current() is None
    desk.close()


def test_nothing_is_asked_where_nothing_is_there_to_be_shown(hall: OpenHall) -> None:
    desk: AtDesk = at_desk(hall)
    with hall.writing() as work:
        work.driver.execute("UPDATE customers SET id_kind = NULL, id_number = NULL")
    desk.open()
    desk.press(Qt.Key.Key_I, CTRL)
    assert desk.window.shell.frame.panels.current() is None
    assert "还没有可显示的完整资料" in desk.message
    desk.close()
