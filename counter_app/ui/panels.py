"""The one place where panels appear: beside what they are about, one at a time, over a dimmed page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from counter_app.ui.blocks import SPACE, Label
from counter_app.ui.keys import Action, Keys
from counter_app.ui.language import tr
from counter_app.ui.theme import px, theme_in_use

PANEL_PX = 360
"""Least width of a panel at 100 %."""


class Panel(QFrame):
    """A floating card with a heading; Tab stays inside it. Fill `body`; `first` gets the focus."""

    def __init__(self, heading: str, *, width_px: int = PANEL_PX) -> None:
        super().__init__()
        self.setProperty("block", "floating")
        self.setAccessibleName(heading)
        self.width_px = width_px
        self.first: QWidget | None = None
        self.keeps_typed_text = True
        self._warning: Label | None = None
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 3 * SPACE)
        self.body.setSpacing(SPACE + 4)
        self.heading = Label(heading, role="heading", is_wrapped=True)
        self.body.addWidget(self.heading)

    def may_close(self) -> bool:
        """Whether Esc may close it: typed text is given up only by a second Esc, after a line that says so."""
        if self._warning is not None or not self.keeps_typed_text or not self._has_typed_text():
            return True
        self._warning = Label(tr("已填写的内容还没有用上。再按一次 Esc 放弃。"), tone="warn", is_wrapped=True)
        self.body.addWidget(self._warning)
        return False

    def _has_typed_text(self) -> bool:
        entries = self.findChildren(QLineEdit)
        return any(e.isModified() and e.text() and e.echoMode() == QLineEdit.EchoMode.Normal for e in entries)

    def focusNextPrevChild(self, is_next: bool) -> bool:
        stops = [widget for widget in self._chain() if _can_stop_at(widget)]
        if not stops:
            return False
        now = QApplication.focusWidget()
        place = stops.index(now) if now in stops else (-1 if is_next else 0)
        reason = Qt.FocusReason.TabFocusReason if is_next else Qt.FocusReason.BacktabFocusReason
        stops[(place + (1 if is_next else -1)) % len(stops)].setFocus(reason)
        return True

    def _chain(self) -> list[QWidget]:
        found: list[QWidget] = []
        widget = self.nextInFocusChain()
        while widget is not None and widget is not self:
            if self.isAncestorOf(widget):
                found.append(widget)
            widget = widget.nextInFocusChain()
        return found


def _can_stop_at(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isEnabled() and widget.isVisible()


class _Shown:
    def __init__(
        self,
        panel: Panel,
        beside: QWidget | None,
        actions: tuple[Action, ...],
        on_back: Callable[[], object] | None,
    ) -> None:
        self.panel, self.beside, self.actions, self.on_back = panel, beside, actions, on_back
        self.focus_before: QWidget | None = None


class Panels(QWidget):
    """Covers the frame while a panel is open. A second panel waits until the first is closed."""

    def __init__(self, frame: QWidget, keys: Keys) -> None:
        super().__init__(frame)
        self._frame = frame
        self._keys = keys
        self._shown: _Shown | None = None
        self._waiting: list[_Shown] = []
        self._is_covered = False
        frame.installEventFilter(self)
        self.hide()

    def open(
        self,
        panel: Panel,
        *,
        beside: QWidget | None = None,
        actions: Sequence[Action] = (),
        on_back: Callable[[], object] | None = None,
    ) -> None:
        """Shows a panel beside a widget, or at the right edge; Esc closes it and then calls `on_back`."""
        back = Action("panel-back", tr("返回"), "Escape", lambda: self._back(panel))
        shown = _Shown(panel, beside, (*actions, back), on_back)
        if self._shown is not None or self._is_covered:
            self._waiting.append(shown)
            return
        self._show(shown)

    def close_panel(self, panel: Panel) -> None:
        """Closes a panel, gives the focus back, and shows the one that waits, if any."""
        if self._shown is None or self._shown.panel is not panel:
            self._waiting = [shown for shown in self._waiting if shown.panel is not panel]
            return
        focus = self._shown.focus_before
        self._shown = None
        self._keys.close_panel(panel)
        panel.hide()
        panel.deleteLater()
        if self._waiting and not self._is_covered:
            self._show(self._waiting.pop(0))
            return
        self.hide()
        if focus is not None and isValid(focus):
            focus.setFocus(Qt.FocusReason.OtherFocusReason)

    def let_go(self) -> None:
        """The person leaves the counter: what is open and what waits is gone, with all that was typed in it."""
        self._waiting.clear()
        if self._shown is not None:
            self.close_panel(self._shown.panel)

    def set_covered(self, is_covered: bool) -> None:
        """While the frame is covered nothing is shown or opened; afterwards all is as it was, and what waits comes."""
        self._is_covered = is_covered
        self.setVisible(self._shown is not None and not is_covered)
        if self._shown is None and self._waiting and not is_covered:
            self._show(self._waiting.pop(0))

    def current(self) -> Panel | None:
        """The open panel."""
        return None if self._shown is None else self._shown.panel

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._shown is not None:
            self._place()
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and self._shown is not None:
            self._place()
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = QColor(theme_in_use().surface)
        ground.setAlpha(150)
        painter.fillRect(self.rect(), ground)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # a click beside the panel neither answers nor reaches the page
        event.accept()

    def _back(self, panel: Panel) -> None:
        if not panel.may_close():
            return
        on_back = self._shown.on_back if self._shown is not None else None
        self.close_panel(panel)
        if on_back is not None:
            on_back()

    def _show(self, shown: _Shown) -> None:
        shown.focus_before = QApplication.focusWidget()
        self._shown = shown
        shown.panel.setParent(self)
        self._keys.open_panel(shown.panel, shown.actions)
        self.show()
        self.raise_()
        shown.panel.show()
        self._place()
        (shown.panel.first or shown.panel).setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self) -> None:
        assert self._shown is not None
        panel, beside = self._shown.panel, self._shown.beside
        frame = self._frame
        self.setGeometry(frame.rect())
        width = min(max(px(panel.width_px), panel.minimumSizeHint().width()), self.width() - 4 * SPACE)
        height = panel.heightForWidth(width) if panel.hasHeightForWidth() else panel.sizeHint().height()
        height = min(max(height, panel.minimumSizeHint().height()), self.height() - 4 * SPACE)
        left, top = self.width() - width - 2 * SPACE, 9 * SPACE
        if beside is not None and isValid(beside) and beside.isVisible():
            about = QRect(beside.mapTo(frame, QPoint(0, 0)), beside.size())
            left = about.left() - width - SPACE if about.left() >= width + 2 * SPACE else about.right() + SPACE
            top = about.top()
        left = max(2 * SPACE, min(left, self.width() - width - 2 * SPACE))
        top = max(2 * SPACE, min(top, self.height() - height - 2 * SPACE))
        panel.setGeometry(left, top, width, height)
