"""Looks at a page for text that is cut or overlaps, nameless controls, missing focus rings and a wild Tab order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QFontMetrics, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QTabBar,
    QWidget,
)

from counter_app.ui.icons import IconView
from counter_app.ui.panels import Panels
from counter_app.ui.payments.working_card import PaintedWorking
from counter_app.ui.rail import RoomButton
from counter_app.ui.result_list import ResultList
from counter_app.ui.table import Table

_RING_PIXELS = 40
_HEADER_PAD = 12
_FLOATING = ("Panels", "Toast", "BusyStrip")


def faults(window: QWidget) -> list[str]:
    """Everything wrong with the page as it stands, one sentence each; empty when nothing is."""
    return [*cut_texts(window), *outside(window), *overlaps(window), *nameless(window)]


def cut_texts(window: QWidget) -> list[str]:
    """Texts that do not fit where they are painted, unless the widget says that it shortens itself."""
    found: list[str] = []
    for widget in _visible(window):
        found += [f"cut: {_about(widget)}: {what}" for what in _cut(widget)]
    return found


def outside(window: QWidget) -> list[str]:
    """Widgets that reach beyond a parent that does not scroll."""
    found = []
    for widget in _visible(window):
        if not isinstance(widget, (QLabel, QAbstractButton, QLineEdit, QTabBar, QComboBox)):
            continue
        ancestor = widget.parentWidget()
        while ancestor is not None:
            if isinstance(ancestor.parentWidget(), QAbstractScrollArea):
                break
            place = QRect(widget.mapTo(ancestor, QPoint(0, 0)), widget.size())
            if not ancestor.rect().adjusted(-1, -1, 1, 1).contains(place):
                found.append(f"outside: {_about(widget)} reaches out of {type(ancestor).__name__}")
                break
            if ancestor is window:
                break
            ancestor = ancestor.parentWidget()
    return found


def overlaps(window: QWidget) -> list[str]:
    """Neighbours that are painted over each other."""
    found = []
    for parent in (window, *_visible(window)):
        if isinstance(parent, (QLineEdit, QAbstractScrollArea)):
            continue
        children = [child for child in parent.children() if isinstance(child, QWidget) and _counts(child)]
        for place, first in enumerate(children):
            for second in children[place + 1 :]:
                common = first.geometry().intersected(second.geometry())
                if common.width() > 1 and common.height() > 1:
                    found.append(f"overlap: {_about(first)} and {_about(second)}")
    return found


def nameless(window: QWidget) -> list[str]:
    """Controls that can take the focus and tell a screen reader nothing."""
    found = []
    for widget in _stops(window):
        spoken = QAccessible.queryAccessibleInterface(widget)
        if spoken is None or not spoken.text(QAccessible.Text.Name).strip():
            found.append(f"nameless: {_about(widget)}")
    return found


def ringless(window: QWidget) -> list[str]:
    """Controls that look the same with the focus as without it."""
    window.activateWindow()
    found = []
    for widget in _stops(window):
        widget.clearFocus()
        before = widget.grab().toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if not widget.hasFocus():
            continue
        if isinstance(widget, QLineEdit):
            widget.deselect()
        if _difference(before, widget.grab().toImage()) < _RING_PIXELS:
            found.append(f"no focus ring: {_about(widget)}")
    return found


def tab_faults(window: QWidget) -> list[str]:
    """Places where Tab jumps back against the reading order; the best place to begin is looked for."""
    stops = _stops(window)
    if len(stops) < 2:
        return []
    turns = [stops[i:] + stops[:i] for i in range(len(stops))]
    return min((_jumps(window, turn) for turn in turns), key=len)


def _jumps(window: QWidget, stops: list[QWidget]) -> list[str]:
    found = []
    for before, after in pairwise(stops):
        first, second = (QRect(w.mapTo(window, QPoint(0, 0)), w.size()) for w in (before, after))
        is_above = second.bottom() <= first.top() and second.left() < first.right()
        is_same_row = second.top() < first.bottom() and first.top() < second.bottom()
        is_left = is_same_row and second.right() <= first.left()
        if is_above or is_left:
            found.append(f"tab order: from {_about(before)} back to {_about(after)}")
    return found


def _stops(window: QWidget) -> list[QWidget]:
    found: list[QWidget] = []
    panel = next((panels.current() for panels in window.findChildren(Panels) if panels.isVisible()), None)
    widget = window.nextInFocusChain()
    while widget is not None and widget is not window:
        if (
            (panel or window).isAncestorOf(widget)
            and widget.isVisible()
            and widget.isEnabled()
            and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and not widget.visibleRegion().isEmpty()
        ):
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def _visible(window: QWidget) -> Iterator[QWidget]:
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and widget.width() > 0 and widget.height() > 0:
            yield widget


def _counts(widget: QWidget) -> bool:
    if not widget.isVisible() or isinstance(widget, (IconView, QHeaderView)) or type(widget).__name__ in _FLOATING:
        return False
    return not (isinstance(widget, QFrame) and widget.property("block") == "floating")


def _cut(widget: QWidget) -> list[str]:
    if widget.property("is_elided"):
        return []
    if isinstance(widget, QLabel):
        return _cut_label(widget)
    if isinstance(widget, PaintedWorking):
        least = QSize(widget.minimumSizeHint().width(), widget.heightForWidth(widget.width()))
        return [] if least.boundedTo(widget.size()) == least else [widget.accessibleName()]
    if isinstance(widget, RoomButton):
        return _wider(widget.fontMetrics(), widget.shown_text(), widget.text_rect())
    if isinstance(widget, QPushButton):
        option = QStyleOptionButton()
        widget.initStyleOption(option)
        room = widget.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, widget)
        return _wider(widget.fontMetrics(), widget.text().replace("&&", "&"), room)
    if isinstance(widget, (QCheckBox, QRadioButton)):
        wanted = widget.sizeHint()
        return [widget.text()] if wanted.width() > widget.width() or wanted.height() > widget.height() else []
    if isinstance(widget, QLineEdit):
        return _cut_line(widget)
    if isinstance(widget, QTabBar):
        return _cut_tabs(widget)
    if isinstance(widget, Table):
        return _cut_table(widget)
    if isinstance(widget, ResultList):
        return []
    return []


def _cut_label(label: QLabel) -> list[str]:
    room, metrics, text = label.contentsRect(), label.fontMetrics(), label.text()
    if not text:
        return []
    if not label.wordWrap():
        return _wider(metrics, text, room)
    flags = int(Qt.TextFlag.TextWordWrap)
    needed = metrics.boundingRect(QRect(0, 0, room.width(), 100_000), flags, text)
    return [text] if needed.height() > room.height() + 1 or needed.width() > room.width() + 1 else []


def _cut_line(line: QLineEdit) -> list[str]:
    room = line.rect().adjusted(8, 2, -8, -2)
    margins = line.textMargins()
    room.setWidth(room.width() - margins.left() - margins.right())
    text = line.text() or line.placeholderText()
    return _wider(line.fontMetrics(), text, room)


def _cut_tabs(tabs: QTabBar) -> list[str]:
    found = []
    for place in range(tabs.count()):
        area = tabs.tabRect(place)
        found += _wider(tabs.fontMetrics(), tabs.tabText(place).replace("&&", "&"), area.adjusted(8, 0, -8, 0))
        if area.right() > tabs.width():
            found.append(f"tab {tabs.tabText(place)}")
    return found


def _cut_table(table: Table[object]) -> list[str]:
    """Headings always whole; a cell of words may be shortened, a figure (right-aligned) never."""
    found = []
    header, model = table.horizontalHeader(), table.model()
    for column in range(model.columnCount()):
        width = header.sectionSize(column)
        heading = str(model.headerData(column, Qt.Orientation.Horizontal))
        if header.fontMetrics().horizontalAdvance(heading) > width - _HEADER_PAD:
            found.append(f"heading {heading}")
        alignment = model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        if not alignment & Qt.AlignmentFlag.AlignRight:
            continue
        for row in range(min(model.rowCount(), 30)):
            text = str(model.index(row, column).data())
            if table.fontMetrics().horizontalAdvance(text) > width - 2 * _HEADER_PAD:
                found.append(f"figure {text} under {heading}")
    return found


def _wider(metrics: QFontMetrics, text: str, room: QRect) -> list[str]:
    is_cut = metrics.horizontalAdvance(text) > room.width() + 1 or metrics.height() > room.height() + 2
    return [
        f"{text!r} needs {metrics.horizontalAdvance(text)}x{metrics.height()}, has {room.width()}x{room.height()}"
    ] * is_cut


def _difference(first: QImage, second: QImage) -> int:
    if first.size() != second.size():
        return first.width() * first.height()
    one, other = (image.convertToFormat(QImage.Format.Format_RGB32) for image in (first, second))
    left, right = (memoryview(image.constBits()).cast("B").cast("I") for image in (one, other))
    return sum(a != b for a, b in zip(left, right, strict=True))


def _about(widget: QWidget) -> str:
    text = ""
    if isinstance(widget, (QLabel, QLineEdit, QAbstractButton)):
        text = f" {widget.text()[:30]!r}"
    return f"{type(widget).__name__}{text or ' ' + widget.accessibleName()}"
