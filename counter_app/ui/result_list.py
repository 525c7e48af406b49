"""A short list that is walked with the arrow keys while the typing goes on elsewhere: search results, commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from counter_app.ui.formats import plain
from counter_app.ui.theme import NOTE_PX, Tone, px, sized_font, theme_in_use

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One line to choose: `key` is handed back, the rest is shown; `note` stands at the right in its tone."""

    key: str
    title: str
    detail: str = ""
    note: str = ""
    tone: Tone = "muted"


class ResultList(QListView):
    """Shows rows, best first; `chosen` carries the key of the row taken by click or `take`."""

    chosen = Signal(str)

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = _Rows(self)
        self.setAccessibleName(name)
        self.setModel(self._rows)
        self.setItemDelegate(_RowPainter(self))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(lambda _index: self.take())

    def show_rows(self, rows: Sequence[ResultRow]) -> None:
        """Shows other rows and points at the first."""
        self._rows.replace(rows)
        if rows:
            self.setCurrentIndex(self._rows.index(0))

    def walk(self, step: int) -> None:
        """Points at the next or the previous row, from the end to the start."""
        count = self._rows.rowCount()
        if count:
            self.setCurrentIndex(self._rows.index((self.currentIndex().row() + step) % count))

    def take(self) -> bool:
        """Chooses the row pointed at; False when there is none."""
        row = self.currentIndex().row()
        if not 0 <= row < self._rows.rowCount():
            return False
        self.chosen.emit(self._rows.rows[row].key)
        return True

    def height_for(self, most_rows: int) -> int:
        """The height that shows all rows, or that many."""
        return min(self._rows.rowCount(), most_rows) * row_height() + 2


def row_height() -> int:
    """The height of a line with title and detail."""
    return px(44)


class _Rows(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[ResultRow, ...] = ()

    def replace(self, rows: Sequence[ResultRow]) -> None:
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self.rows[index.row()]
        return plain(" ".join(part for part in (row.title, row.detail, row.note) if part))


class _RowPainter(QStyledItemDelegate):
    def __init__(self, view: ResultList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(0, row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        theme, row = theme_in_use(), self._view._rows.rows[index.row()]
        area: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, theme.color("accent_soft"))
            painter.fillRect(QRect(area.left(), area.top(), 3, area.height()), theme.color("accent"))
        inner = area.adjusted(14, 0, -14, 0)
        painter.setFont(sized_font(14))
        note = plain(row.note)
        taken = painter.fontMetrics().horizontalAdvance(note) + 16 if note else 0
        painter.setPen(theme.color(row.tone))
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), note)
        inner.setRight(inner.right() - taken)
        lines = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.color("ink"))
        upper = inner if not row.detail else inner.adjusted(0, 3, 0, -inner.height() // 2 + 2)
        painter.drawText(upper, int(lines), _short(painter, plain(row.title), inner.width()))
        if row.detail:
            painter.setFont(sized_font(NOTE_PX))
            painter.setPen(theme.color("muted"))
            lower = inner.adjusted(0, inner.height() // 2, 0, -4)
            painter.drawText(lower, int(lines), _short(painter, plain(row.detail), inner.width()))


def _short(painter: QPainter, text: str, width: int) -> str:
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)
