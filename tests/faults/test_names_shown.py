"""Hostile names on the real page, in what is copied from it, and on the receipt: text everywhere, and never endless."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from counter_app.services import receipts
from counter_app.storage.hall import OpenHall
from counter_app.ui.formats import LONGEST_TEXT, for_a_sheet, plain
from counter_app.ui.table import Column, Table
from tests import halls
from tests.faults.test_names import NAMES
from tests.ui.payments.rooms import Counter, a_counter, a_desk, settle

pytestmark = pytest.mark.usefixtures("qapp")

PRINTED = {
    **NAMES,
    "right to left": "三张李",
    "nul": "张三",
    "control": "张 [31m三",
    "combining": "éＺ",
    "emoji": "〔U+1F468〕〔U+1F469〕〔U+1F467〕〔U+1F466〕〔U+1F3F3〕〔U+1F308〕张",
    "only spaces": "",
}
"""Marks without a glyph of their own are left out, and a character that the fonts lack is named."""


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    """The payments room over a hall of organisations, whose names are not masked; addresses are hostile too."""
    hall = halls.a_hall(tmp_path / "hall")
    halls.an_open_shift(hall)
    for number, name in enumerate(NAMES.values()):
        someone = an_organisation(hall, name, number)
        with hall.writing() as work:
            work.driver.execute("UPDATE accounts SET address = ? WHERE id = ?", (name, someone.account_id))
            work.driver.execute("UPDATE services SET plan = ? WHERE account_id = ?", (name, someone.account_id))
    made = a_counter(a_desk(hall))
    made.frame.resize(1366, 768)
    made.frame.show()
    yield made
    made.frame.close()
    made.frame.deleteLater()
    settle()
    hall.close()


def an_organisation(hall: OpenHall, name: str, number: int) -> halls.Someone:
    someone = halls.a_customer(hall, name=name, no=str(10_002_345 + number), kind="organisation")
    halls.a_bill(hall, someone.account_id, "2026-06", 9_800, due_on=date(2026, 7, 15))
    return someone


def test_a_hostile_name_is_plain_text_on_the_page(counter: Counter) -> None:
    for number, name in enumerate(NAMES.values(), 1):
        counter.room.open_customer(number)
        settle()
        header = counter.view().header
        assert header.name.text() == plain(name)
        for label in counter.frame.findChildren(QLabel):
            assert label.textFormat() == Qt.TextFormat.PlainText, label.text()[:60]
            assert len(label.text()) <= LONGEST_TEXT + 1, f"{len(label.text())} characters hold the window"
        for widget in counter.frame.findChildren(QWidget):
            assert_tip_is_text(widget)


def assert_tip_is_text(widget: QWidget) -> None:
    """A tip is read as markup when it looks like it: what is seen must be the text, and nothing is fetched."""
    tip = widget.toolTip()
    if not GuiQt.mightBeRichText(tip):
        return
    read = QTextDocument()
    read.setHtml(tip)
    assert isinstance(widget, QLabel), tip
    assert " ".join(read.toPlainText().split()) == " ".join(widget.text().split())


def test_the_check_finds_markup(qapp: object) -> None:
    label = QLabel("张三")
    label.setToolTip("<b>李四</b>")
    with pytest.raises(AssertionError):
        assert_tip_is_text(label)


def test_what_is_copied_is_one_line_of_cells_without_a_formula(qtbot: QtBot) -> None:
    columns = tuple(Column(key, key, lambda name: name, 120) for key in ("a", "b"))
    table: Table[str] = Table(columns, name="names", empty="")
    qtbot.addWidget(table)
    names = tuple(NAMES.values())
    table.show_rows(names)
    lines = [line.split("\t") for line in table.as_text().split("\n")]
    assert [len(cells) for cells in lines] == [2] * (len(names) + 1)
    for cells in lines:
        for cell in cells:
            assert cell == for_a_sheet(cell)
            assert not cell.startswith(("=", "@"))
    assert any(cells[0].startswith("'=HYPERLINK") for cells in lines)


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        ("=1+1", "'=1+1"),
        ("\t=1+1", "' =1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("＝1+1", "'＝1+1"),
        ("a\tb\r\nc", "a b  c"),
        ("-1,234.50", "-1,234.50"),
        ("-￥12.00", "-￥12.00"),
        ("+8613800000000", "+8613800000000"),
        ("—", "—"),
        ("张三", "张三"),
    ],
)
def test_a_cell_for_a_spreadsheet(text: str, copied: str) -> None:
    assert for_a_sheet(text) == copied


@pytest.mark.parametrize("kind", NAMES)
def test_the_receipt_gives_the_name_back(tmp_path: Path, kind: str) -> None:
    hall = halls.a_hall(tmp_path / "hall")
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, an_organisation(hall, NAMES[kind], 0), halls.cash(500))
    wanted = "".join(PRINTED[kind].split())
    for paper in ("a5", "roll-80"):
        pdf = receipts.preview(hall, halls.teller(), taken.receipt_no, paper, halls.NOW)
        found = printed_name(pdf)
        is_cut = found.endswith("…") and len(found) > 8
        assert found == wanted or (is_cut and wanted.startswith(found[:-1])), paper
    hall.close()


def printed_name(pdf: bytes) -> str:
    """What stands between the words for the name and for the account, without spaces and line ends."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    text = page.get_textpage()
    words: str = text.get_text_range()
    text.close()
    page.close()
    document.close()
    return "".join(words.partition("户名")[2].partition("户号")[0].split())
