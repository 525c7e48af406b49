"""Names in rare characters and hostile text on the real window: no empty box anywhere, nothing read as markup."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QTextLayout
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from counter_app.storage.search_index import index_customers
from tests.halls import a_customer, a_hall, an_open_shift
from tests.journeys.window import Key, Window

NAME = "滨江𠮷𬭎㛃䶮<b>粗</b>公司"


def boxes(window: QWidget) -> list[str]:
    """The visible texts of which some character has no glyph in any face."""
    return [label.text() for label in window.findChildren(QLabel) if label.isVisible() and _has_box(label)]


def _has_box(label: QLabel) -> bool:
    layout = QTextLayout(label.text(), label.font())
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return any(0 in run.glyphIndexes() for run in layout.glyphRuns())


def test_a_name_in_rare_characters_shows_no_box(tmp_path: Path, qtbot: QtBot) -> None:
    hall = a_hall(tmp_path)
    an_open_shift(hall)
    a_customer(hall, name=NAME, kind="organisation")
    with hall.writing() as work:
        index_customers(work)
    hall.close()
    window = Window(tmp_path, qtbot)
    window.sign_in()
    window.at(window.counter.frame.search)
    window.type("𠮷𬭎")
    window.wait(window.counter.frame.search.drop.isVisible)
    window.press(Key.Key_Return)
    window.wait(lambda: window.counter.payments.current() is not None and window.view.title)
    window.wait(window.view.header.isVisible)
    assert window.view.header.name.text() == NAME
    assert boxes(window.shell) == []
    window.close()


def test_the_check_finds_a_box(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    label = QLabel("\U0010fffd", page)
    page.show()
    assert boxes(page) == [label.text()]
