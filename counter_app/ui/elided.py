"""A line that shortens itself, for foreign texts in narrow places."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from counter_app.ui.covering import CoveringLabel
from counter_app.ui.label import Role
from counter_app.ui.shaped import Shaped, whole


class ElidedLabel(CoveringLabel):
    """A line that shortens itself where the room is short; hovering tells all.

    It takes whatever width its layout gives it; one that `has_own_width` asks for what its text needs.
    """

    def __init__(
        self,
        text: str = "",
        *,
        role: Role = "body",
        ground: str = "",
        has_own_width: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        self._has_own_width = has_own_width
        self._shortened: tuple[str, int, str, Shaped] | None = None
        super().__init__(text, role=role, ground=ground, parent=parent)
        self.setProperty("is_elided", True)
        across = QSizePolicy.Policy.Preferred if has_own_width else QSizePolicy.Policy.Ignored
        self.setSizePolicy(across, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        super().setText(text)
        self._tell_the_rest()

    def shown_text(self) -> str:
        """What is painted, shortened if it must be."""
        return self._fitted()[0]

    def needed_room(self) -> tuple[int, int]:
        return whole(self.whole_line().width) if self._has_own_width else 0, self.fontMetrics().height()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._shortened = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_the_rest()

    def fitted_line(self) -> Shaped:
        return self._fitted()[1]

    def letters_px(self, line: Shaped) -> float:
        return line.height

    def _fitted(self) -> tuple[str, Shaped]:
        """The text whole where there is room for it, else as much as there is room for."""
        text, room, line = self.text(), self.contentsRect().width(), self.whole_line()
        if line.width <= room:
            return text, line
        if self._shortened is None or self._shortened[:2] != (text, room):
            shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
            self._shortened = (text, room, shown, self.letters().line(shown))
        return self._shortened[2:]

    def _tell_the_rest(self) -> None:
        text = self.text()
        rest = "" if self._fitted()[0] == text else text
        tip = f"<qt>{escape(rest)}</qt>" if rest else ""
        if tip != self.toolTip():
            self.setToolTip(tip)
