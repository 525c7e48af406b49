"""What the frame holds beneath every cover: the rail, the search box, the rooms and the status."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Label
from counter_app.ui.busy import BusyStrip
from counter_app.ui.search_box import SearchBox
from counter_app.ui.status_bar import StatusBar


class FrameBody(QWidget):
    """Filled by its frame: `head` and `foot` of the rail with buttons, `stack` with rooms."""

    def __init__(self, frame: QWidget) -> None:
        super().__init__(frame)
        self.search = SearchBox(frame)
        self.status = StatusBar()
        self.who, self.counter = Label(), Label(role="muted")
        self.stack = QStackedWidget()
        self.head, self.foot = QVBoxLayout(), QVBoxLayout()
        rail = QFrame()
        rail.setProperty("block", "rail")
        rail_column = QVBoxLayout(rail)
        rail_column.setContentsMargins(SPACE, SPACE + 4, SPACE, SPACE + 4)
        for part in (self.head, self.foot):
            part.setSpacing(4)
        rail_column.addLayout(self.head)
        rail_column.addStretch(1)
        rail_column.addLayout(self.foot)
        top = QFrame()
        top.setProperty("block", "top")
        self.busy = BusyStrip(top, parent=self)
        top_row = QHBoxLayout(top)
        top_row.setContentsMargins(2 * SPACE, SPACE + 2, 2 * SPACE, SPACE + 2)
        top_row.setSpacing(2 * SPACE)
        top_row.addWidget(self.search, 1)
        top_row.addWidget(self.counter)
        top_row.addWidget(self.who)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(top, 0, 1)
        grid.addWidget(self.stack, 1, 1)
        grid.addWidget(rail, 0, 0, 2, 1)
        grid.addWidget(self.status, 2, 0, 1, 2)
        grid.setRowStretch(1, 1)
        grid.setColumnStretch(1, 1)
