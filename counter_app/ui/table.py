"""The one table: frozen rows, columns that say how to show and sort them, painted with as little work as can be."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QTableView,
    QWidget,
)

from counter_app.ui.blocks import EmptyState
from counter_app.ui.formats import LONGEST_TEXT, for_a_sheet, plain
from counter_app.ui.ground import lay_ground
from counter_app.ui.table_cells import PAD, CellPainter
from counter_app.ui.table_headings import Headings
from counter_app.ui.theme import BODY_PX, ROW_PX, Tone, px, scale_in_use, sized_font, theme_in_use

R = TypeVar("R")
_Index = QModelIndex | QPersistentModelIndex
_Cells = tuple[tuple[str, ...], tuple[Tone, ...]]
_MEASURED_ROWS = 30


@dataclass(frozen=True)  # slots would forbid Column[Row](…)
class Column(Generic[R]):
    """A column: `text` makes the cell from the row, `sort` the value to sort by (None: its heading does nothing).

    `width_px` counts at 100 % text and is remembered by `key` once the person has changed it. `tone` colours a cell.
    """

    key: str
    header: str
    text: Callable[[R], str]
    width_px: int
    align: Literal["left", "right"] = "left"
    sort: Callable[[R], Any] | None = None
    tone: Callable[[R], Tone] | None = None


class Rows(QAbstractTableModel, Generic[R]):
    """Frozen rows as a model; the texts of a row are made once, when it is first painted or read."""

    def __init__(self, columns: Sequence[Column[R]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._texts, self._tones = [c.text for c in columns], [c.tone for c in columns]
        self.rows: tuple[R, ...] = ()
        self._cells: dict[int, _Cells] = {}
        self._sorted: tuple[int, Qt.SortOrder] | None = None

    def replace(self, rows: Sequence[R], *, in_sight: int = 0) -> None:
        """Shows other rows, in the order the person has chosen; of the first `in_sight` only cells that changed."""
        ordered, before = self._in_order(rows), self.rows
        kept, nowhere = min(len(before), len(ordered)), QModelIndex()
        # a reset would make the view begin anew, headings and all
        if len(ordered) > kept:
            self.beginInsertRows(nowhere, kept, len(ordered) - 1)
            self.rows = (*before, *ordered[kept:])
            self.endInsertRows()
        elif len(before) > kept:
            self.beginRemoveRows(nowhere, kept, len(before) - 1)
            self.rows = before[:kept]
            self.endRemoveRows()
        self.rows = ordered
        shown, self._cells = self._cells, {}
        self._tell_changes(shown, kept, in_sight)

    def _tell_changes(self, shown: dict[int, _Cells], kept: int, in_sight: int) -> None:
        """Tells the view which cells of the rows that stay look otherwise than what was shown; the others stay painted.

        Rows that nobody looks at are told whole: to make their cells only to compare them would cost more.
        """
        last = len(self.columns) - 1
        unseen = next((place for place in range(min(in_sight, kept)) if place not in shown), min(in_sight, kept))
        before = zip(*[shown[place][part] for part in (0, 1) for place in range(unseen)], strict=True)
        after = zip(*[self.cells(place)[part] for part in (0, 1) for place in range(unseen)], strict=True)
        changed = [column for column, (was, now) in enumerate(zip(before, after, strict=True)) if was != now]
        if changed:
            self.dataChanged.emit(self.createIndex(0, changed[0]), self.createIndex(unseen - 1, changed[-1]))
        if unseen < kept:
            self.dataChanged.emit(self.createIndex(unseen, 0), self.createIndex(kept - 1, last))

    def cells(self, place: int) -> _Cells:
        """The texts and the colours of a row."""
        found = self._cells.get(place)
        if found is None:
            row = self.rows[place]
            texts = tuple([text(row) for text in self._texts])
            together = "".join(texts)
            if not together.isprintable() or len(together) > LONGEST_TEXT:
                texts = tuple(map(plain, texts))
            tones = tuple([tone(row) if tone else "ink" for tone in self._tones])
            found = self._cells[place] = (texts, tones)
        return found

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.cells(index.row())[0][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self.columns[index.column()])
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].header
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self.columns[section])
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sorts by a column; equal rows keep their order. A column without `sort` does nothing."""
        if not 0 <= column < len(self.columns) or self.columns[column].sort is None:
            return
        self._sorted = (column, order)
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        held = [self.rows[index.row()] for index in before]
        self.rows = self._in_order(self.rows)
        self._cells.clear()
        places = {id(row): place for place, row in enumerate(self.rows)}
        after = [self.index(places[id(row)], index.column()) for row, index in zip(held, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _in_order(self, rows: Sequence[R]) -> tuple[R, ...]:
        if self._sorted is None:
            return tuple(rows)
        column, order = self._sorted
        key = self.columns[column].sort
        assert key is not None
        return tuple(sorted(rows, key=key, reverse=order == Qt.SortOrder.DescendingOrder))


_NO_LIMIT = 16_777_215
"""Qt's own word for any height."""


class Table(QTableView, Generic[R]):
    """Shows rows of one kind.

    `activated_row` is Enter or a double click on a row, `current_changed` the row pointed at (None: none).
    Widths live in the mapping that the caller keeps. Ctrl+C copies the chosen rows with their headings, tab by tab.
    """

    activated_row = Signal(object)
    current_changed = Signal(object)

    def __init__(
        self,
        columns: Sequence[Column[R]],
        *,
        name: str,
        empty: str,
        widths: MutableMapping[str, int] | None = None,
        stretch: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._model: Rows[R] = Rows(columns, self)
        self._widths = {} if widths is None else widths
        self._stretch = stretch
        self._is_laying_out = self._is_filling = False
        self._laid_out: tuple[int, ...] = ()
        self._at_least = 0
        self.setModel(self._model)
        self._painter = CellPainter(self, self._model)
        self._set_up()
        self._empty = EmptyState(empty, parent=self.viewport())
        self._lay_out_columns()
        header = self.horizontalHeader()
        header.sectionResized.connect(self._resized)
        header.sectionClicked.connect(self._sort_by)
        self.doubleClicked.connect(lambda _index: self._activate())
        self.selectionModel().currentRowChanged.connect(lambda *_: self._tell_current())
        self._show_empty()

    def rows(self) -> tuple[R, ...]:
        """The rows in the order shown."""
        return self._model.rows

    def show_rows(self, rows: Sequence[R]) -> None:
        """Shows other rows and points at the first."""
        self._is_filling = True
        row_px, up_px = self.verticalHeader().defaultSectionSize(), self.verticalHeader().offset()
        self._model.replace(rows, in_sight=(self.viewport().height() + up_px) // row_px + 1)
        self._show_empty()
        self._lay_out_columns()
        if rows:
            self.setCurrentIndex(self._model.index(0, 0))
        self._is_filling = False
        self.current_changed.emit(self.current_row())

    def fit_rows(self, *, at_least: int) -> None:
        """Never higher than its rows need, and never so low that fewer than `at_least` show; empty it may fill all."""
        self._at_least = at_least
        self._fit()

    def show_empty_text(self, text: str) -> None:
        """Another sentence for the case that there is nothing."""
        self._empty.show_text(text)

    def current_row(self) -> R | None:
        """The row pointed at."""
        place = self.currentIndex().row()
        return self._model.rows[place] if 0 <= place < len(self._model.rows) else None

    def chosen_rows(self) -> tuple[R, ...]:
        """The rows marked, from top to bottom."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self._model.rows[place] for place in places)

    def as_text(self, *, is_only_chosen: bool = False) -> str:
        """The table as text, tab by tab, with its headings; a foreign formula stays text where it is pasted."""
        places: Sequence[int] = range(len(self._model.rows))
        if is_only_chosen:
            places = sorted(index.row() for index in self.selectionModel().selectedRows())
        lines = [
            tuple(column.header for column in self._model.columns),
            *(self._model.cells(place)[0] for place in places),
        ]
        return "\n".join("\t".join(map(for_a_sheet, cells)) for cells in lines)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QApplication.clipboard().setText(self.as_text(is_only_chosen=True))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self._activate()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_empty"):
            self._lay_out_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out_columns()
        if self._at_least:
            self._fit()
        self._empty.setGeometry(self.viewport().rect())
        self._keep_ring()

    def scrollContentsBy(self, across: int, down: int) -> None:
        super().scrollContentsBy(across, down)
        self._keep_ring()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        lay_ground(painter, event.rect(), "raised")
        self._painter.paint(painter, event.rect())
        if self.hasFocus():
            painter.setPen(theme_in_use().color("focus"))
            for inset in (0, 1):
                painter.drawRect(self.viewport().rect().adjusted(inset, inset, -1 - inset, -1 - inset))
        painter.end()

    def _keep_ring(self) -> None:
        """The ring stands at the edges, wherever the rows go that were painted with it."""
        if self.hasFocus():
            self.viewport().update()

    def _fit(self) -> None:
        bar = self.horizontalScrollBar()
        edges = 2 * self.frameWidth() + self.horizontalHeader().sizeHint().height()
        edges += bar.sizeHint().height() if bar.maximum() else 0
        row, count = self.verticalHeader().defaultSectionSize(), len(self._model.rows)
        least, most = edges + row * min(max(count, 2), self._at_least), edges + row * count if count else _NO_LIMIT
        if (self.minimumHeight(), self.maximumHeight()) != (least, most):
            self.setMinimumHeight(least)
            self.setMaximumHeight(most)

    def _set_up(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        # it paints all of its ground: nothing below is painted in vain; and what stands there stays at another height
        for attribute in (Qt.WidgetAttribute.WA_OpaquePaintEvent, Qt.WidgetAttribute.WA_StaticContents):
            self.viewport().setAttribute(attribute)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = Headings(self)
        self.setHorizontalHeader(header)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(32)
        header.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _lay_out_columns(self) -> None:
        room = self.viewport().width()
        look = (room, scale_in_use(), *self._widths.values())
        if look == self._laid_out:
            return
        self._is_laying_out = True
        if self.verticalHeader().defaultSectionSize() != px(ROW_PX):
            self.verticalHeader().setDefaultSectionSize(px(ROW_PX))
        scale = scale_in_use() / 100
        widths = [round(self._widths.get(c.key, c.width_px) * scale) for c in self._model.columns]
        # where the room is short the rows have their say
        self._laid_out = look if sum(widths) <= room else ()
        if sum(widths) > room:
            widths = [min(width, needed) for width, needed in zip(widths, self._needed_widths(), strict=True)]
        for place, width in enumerate(self._spread(widths, max(0, room - sum(widths)))):
            if self.columnWidth(place) != width:
                self.setColumnWidth(place, width)
        self._is_laying_out = False

    def _spread(self, widths: Sequence[int], spare: int) -> list[int]:
        """What is spare goes to the column named `stretch`, else to all in proportion."""
        columns, whole = self._model.columns, max(1, sum(widths))
        if self._stretch:
            return [w + (spare if c.key == self._stretch else 0) for w, c in zip(widths, columns, strict=True)]
        return [width + width * spare // whole for width in widths]

    def _needed_widths(self) -> list[int]:
        """The widths that show the headings and the first rows whole; asked only when the room is short."""
        metrics = QFontMetrics(sized_font(BODY_PX))
        measured = range(min(_MEASURED_ROWS, len(self._model.rows)))
        cells = [[c.header for c in self._model.columns], *(self._model.cells(place)[0] for place in measured)]
        return [
            max(metrics.horizontalAdvance(text) for text in column) + 2 * PAD for column in zip(*cells, strict=True)
        ]

    def _resized(self, place: int, _before: int, width: int) -> None:
        if not self._is_laying_out:
            self._widths[self._model.columns[place].key] = round(width * 100 / scale_in_use())

    def _sort_by(self, place: int) -> None:
        header = self.horizontalHeader()
        if self._model.columns[place].sort is None:
            return
        is_again = header.isSortIndicatorShown() and header.sortIndicatorSection() == place
        is_down = is_again and header.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        order = Qt.SortOrder.DescendingOrder if is_down else Qt.SortOrder.AscendingOrder
        header.setSortIndicatorShown(True)
        header.setSortIndicator(place, order)
        self._model.sort(place, order)

    def _activate(self) -> None:
        row = self.current_row()
        if row is not None:
            self.activated_row.emit(row)

    def _tell_current(self) -> None:
        if not self._is_filling:
            self.current_changed.emit(self.current_row())

    def _show_empty(self) -> None:
        self._empty.setVisible(not self._model.rows)


def _alignment(column: Column[Any]) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.align == "right" else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
