"""The table: sorted, remembered, copied, activated, empty, and clean in the eyes of Qt's own model tester."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QImage, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from counter_app.ui.blocks import Label
from counter_app.ui.table import Column, Rows, Table
from counter_app.ui.theme import apply_theme, theme_in_use
from tests.ui.demonstration import SAMPLE_BILLS, SampleBill, bill_columns
from tests.ui.hands import press

_DOWN = Qt.SortOrder.DescendingOrder
_RGB = QImage.Format.Format_RGB32


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the small tables here."""

    name: str
    amount_fen: int


LINES = (Line("二", 20), Line("一", 10), Line("三", 20))
COLUMNS = (
    Column[Line]("name", "名称", lambda line: line.name, 100),
    Column[Line]("amount", "金额", lambda line: str(line.amount_fen), 80, "right", sort=lambda line: line.amount_fen),
)


def _table(qtbot: QtBot, widths: dict[str, int] | None = None, *, width_px: int = 180) -> Table[Line]:
    table = Table(COLUMNS, name="流水", empty="今天还没有收费。", widths=widths)
    qtbot.addWidget(table)
    table.resize(width_px, 300)
    table.show()
    table.show_rows(LINES)
    return table


def _click_heading(table: Table[Line], column: int) -> None:
    table.horizontalHeader().sectionClicked.emit(column)


def test_the_model_keeps_qts_rules(qtmodeltester: ModelTester) -> None:
    model: Rows[SampleBill] = Rows(bill_columns())
    model.replace(SAMPLE_BILLS)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt has no types here
    model.sort(2, _DOWN)
    model.replace(SAMPLE_BILLS[:1])
    model.replace(())
    assert model.rowCount(QModelIndex()) == 0
    model.replace(SAMPLE_BILLS[:1])
    model.replace(SAMPLE_BILLS)
    assert model.rowCount(QModelIndex()) == len(SAMPLE_BILLS)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_other_rows_are_told_once_and_pointed_at_from_the_top(qtbot: QtBot, count: int) -> None:
    table = _table(qtbot)
    press(table, Qt.Key.Key_Down)
    others = tuple(Line(f"第{place}", place) for place in range(count))
    heard: list[Line | None] = []
    table.current_changed.connect(heard.append)
    table.show_rows(others)
    assert heard == [others[0]]
    assert table.rows() == others
    assert table.chosen_rows() == others[:1]
    assert table.as_text().splitlines()[1:] == [f"{line.name}\t{line.amount_fen}" for line in others]
    table.show_rows(())
    assert heard[1:] == [None]


def test_a_heading_sorts_up_then_down_and_equal_rows_keep_their_order(qtbot: QtBot) -> None:
    table = _table(qtbot)
    _click_heading(table, 1)
    assert [line.name for line in table.rows()] == ["一", "二", "三"]
    _click_heading(table, 1)
    assert [line.name for line in table.rows()] == ["二", "三", "一"]


def test_new_rows_come_in_the_order_the_person_has_chosen(qtbot: QtBot) -> None:
    table = _table(qtbot)
    _click_heading(table, 1)
    table.show_rows((Line("五", 50), Line("四", 5)))
    assert [line.name for line in table.rows()] == ["四", "五"]


def test_a_heading_without_sort_does_nothing(qtbot: QtBot) -> None:
    table = _table(qtbot)
    _click_heading(table, 0)
    assert table.rows() == LINES


def test_the_row_pointed_at_stays_when_the_order_changes(qtbot: QtBot) -> None:
    table = _table(qtbot)
    assert table.current_row() == LINES[0]
    _click_heading(table, 1)
    assert table.current_row() == LINES[0]
    assert table.chosen_rows() == (LINES[0],)


def test_enter_activates_the_row_and_arrows_point_at_another(qtbot: QtBot) -> None:
    table = _table(qtbot)
    activated: list[Line] = []
    pointed: list[Line | None] = []
    table.activated_row.connect(activated.append)
    table.current_changed.connect(pointed.append)
    press(table, Qt.Key.Key_Down)
    press(table, Qt.Key.Key_Return)
    table.show_rows(())
    press(table, Qt.Key.Key_Return)
    assert activated == [LINES[1]]
    assert pointed[0] == LINES[1]
    assert pointed[-1] is None


def test_widths_are_remembered_in_the_callers_mapping(qtbot: QtBot, qapp: QApplication) -> None:
    widths: dict[str, int] = {}
    table = _table(qtbot, widths)
    table.setColumnWidth(0, 70)
    assert widths == {"name": 70}
    again = _table(qtbot, widths, width_px=150)
    assert again.columnWidth(0) == 70
    apply_theme(qapp, "light", 200, fonts="packaged")
    assert widths == {"name": 70}


def test_spare_width_is_shared_and_short_width_hides_no_figure(qtbot: QtBot) -> None:
    table = _table(qtbot, width_px=360)
    assert (table.columnWidth(0), table.columnWidth(1)) == (200, 160)
    table.resize(120, 300)
    assert table.columnWidth(1) >= table.fontMetrics().horizontalAdvance("金额") + 24


def test_rows_are_copied_as_text(qtbot: QtBot) -> None:
    table = _table(qtbot)
    assert table.as_text() == "名称\t金额\n二\t20\n一\t10\n三\t20"
    press(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "名称\t金额\n二\t20"


def test_an_empty_table_says_why(qtbot: QtBot) -> None:
    table = _table(qtbot)
    label = table.findChild(Label)
    assert label is not None
    assert not label.isVisible()
    table.show_empty_text("没有找到这一天的收费。")
    table.show_rows(())
    assert label.isVisible()
    assert label.text() == "没有找到这一天的收费。"


def test_hostile_cells_are_text(qtbot: QtBot) -> None:
    table = _table(qtbot)
    table.show_rows((Line("<b>\u202e张\n</b>" + "长" * 10_000, 1),))
    cell = table.model().index(0, 0).data()
    assert cell.startswith("<b>张 </b>长")
    assert len(cell) <= 501
    table.grab()


@pytest.mark.parametrize("tone", ["bad", "good"])
def test_a_cell_is_painted_in_its_tone(qtbot: QtBot, tone: str) -> None:
    columns = (Column[Line]("n", "名", lambda _line: "██", 100, tone=lambda _line: tone),)  # type: ignore[arg-type,return-value]  # a test value
    table = Table(columns, name="t", empty="")
    qtbot.addWidget(table)
    table.resize(120, 100)
    table.show()
    table.show_rows((Line("", 0),))
    table.clearSelection()
    image = table.viewport().grab().toImage()
    painted = {image.pixelColor(x, 18).name() for x in range(image.width())}
    assert getattr(theme_in_use(), tone) in painted


def test_rows_are_as_high_as_the_text_size_asks(qtbot: QtBot, qapp: QApplication) -> None:
    table = _table(qtbot)
    assert table.rowHeight(0) == 36
    apply_theme(qapp, "light", 150, fonts="packaged")
    assert table.rowHeight(0) == 54


def _settle() -> None:
    """Lets the window come to rest: layouts, the focus, and what they paint."""
    for _ in range(8):
        QApplication.processEvents()


def _is_as_painted_anew(table: Table[Line]) -> bool:
    """Whether the screen, where parts were painted at different times, shows what a whole new picture shows."""
    _settle()
    on_screen = QApplication.primaryScreen().grabWindow(table.winId()).toImage()
    anew = table.grab().toImage()
    return on_screen.convertToFormat(_RGB) == anew.convertToFormat(_RGB)


def test_whatever_became_of_the_table_the_screen_shows_what_it_holds(qtbot: QtBot) -> None:
    table = _table(qtbot)
    many = tuple(Line(f"第{place}", place) for place in range(30))
    assert _is_as_painted_anew(table)
    table.show_rows((Line("二", 21), LINES[1], LINES[2]))
    assert _is_as_painted_anew(table), "one cell is another"
    table.show_rows((*LINES, Line("四", 40)))
    assert _is_as_painted_anew(table), "one row more"
    table.show_rows(many)
    table.setFocus()
    assert _is_as_painted_anew(table), "more rows than there is room for, and the ring"
    table.verticalScrollBar().setValue(100)
    assert _is_as_painted_anew(table), "scrolled with the ring"
    table.show_rows(tuple(Line(line.name, 7) for line in many))
    assert _is_as_painted_anew(table), "other sums where it is scrolled to"
    table.selectRow(4)
    table.resize(180, 240)
    assert _is_as_painted_anew(table), "another row chosen, and less room"
    table.resize(180, 300)
    table.show_rows(())
    assert _is_as_painted_anew(table), "nothing"


class _Areas(QObject):
    """Keeps which parts of a widget are painted."""

    def __init__(self) -> None:
        super().__init__()
        self.painted: list[QRegion] = []

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.painted.append(event.region())
        return False


def test_only_the_columns_that_look_otherwise_are_painted(qtbot: QtBot) -> None:
    table = _table(qtbot, width_px=400)
    areas = _Areas()
    table.viewport().installEventFilter(areas)
    qtbot.waitUntil(lambda: bool(areas.painted))
    _settle()

    def painted_in_the_second_row() -> list[bool]:
        """Column by column; the first row is painted whenever the window gets or loses the focus."""
        cells = [table.visualRect(table.model().index(1, column)) for column in (0, 1)]
        return [any(part.intersects(cell) for part in areas.painted) for cell in cells]

    areas.painted.clear()
    others = tuple(Line(line.name, 99) for line in LINES)
    table.show_rows(others)
    _settle()
    assert painted_in_the_second_row() == [False, True]
    areas.painted.clear()
    table.show_rows(others)
    _settle()
    assert painted_in_the_second_row() == [False, False], "the same again"
