"""The 审批 room: what waits for a decision, the longest first; opening one shows the whole case, to sign it or not."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from counter_app.services.retention_desk import CaseView
from counter_app.ui.blocks import SPACE, Card, Label, page
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from counter_app.ui.retention.presenter_lists import ListPresenter
from counter_app.ui.retention.screen import WaitingLine
from counter_app.ui.retention.signoff_panel import open_signoff
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px

ROOM = "signoffs"
"""The key under which the frame holds this room."""

_LATE_MINUTES = 10
"""Minutes after which a request is shown as late."""


class SignoffsRoom(QWidget):
    """The list; its length stands beside the room's word in the rail."""

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__()
        self._desk, self._frame = desk, frame
        self.lists = ListPresenter(desk)
        self.table: Table[WaitingLine] = Table(
            (
                Column("case_no", tr("单号"), lambda r: r.case_no, 210, sort=lambda r: r.case_no),
                Column("who", tr("客户"), lambda r: r.who, 120),
                Column("what", tr("等什么"), lambda r: r.what, 180, sort=lambda r: r.what),
                Column("since", tr("几时请的"), lambda r: r.since, 180, sort=lambda r: r.since),
                Column(
                    "minutes",
                    tr("已等（分钟）"),
                    lambda r: str(r.minutes),
                    130,
                    align="right",
                    sort=lambda r: r.minutes,
                    tone=lambda r: "bad" if r.minutes >= _LATE_MINUTES else "ink",
                ),
                Column("staff_no", tr("谁请的"), lambda r: r.staff_no, 110),
            ),
            name=tr("等待审批的挽留单"),
            empty=tr("没有等待您审批的挽留单。营业员请签字或送审方案后，会出现在这里。"),
            stretch="what",
        )
        self._lay_out()
        self.table.activated_row.connect(self.open_case)
        desk.listen(self.count)

    def read(self) -> None:
        """Read the list anew."""
        self.lists.waiting(self._show, self._say)

    def count(self) -> None:
        """Read how many wait; the rail says it."""
        if self._desk.session is not None and self._frame.has_room(ROOM):
            self.read()

    def open_case(self, line: WaitingLine) -> None:
        """Enter: the whole case, and the decision on it under the own password."""

        def opened(shown: CaseView) -> None:
            open_signoff(self._desk, self._frame, shown, line.wanted, self._decided)

        self.lists.waiting_case(line, opened, self._say)

    def let_go(self) -> None:
        """The person leaves the counter."""
        self._show(())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._desk.session is not None:
            self.read()
            self.table.setFocus()

    def _decided(self, shown: CaseView) -> None:
        self._frame.toast.say(tr("挽留单 {no} 的决定已记下。", no=shown.case.case_no))
        self._desk.changed()
        self.table.setFocus()

    def _show(self, lines: tuple[WaitingLine, ...]) -> None:
        self.table.show_rows(lines)
        if self._frame.has_room(ROOM):
            self._frame.set_count(ROOM, len(lines))

    def _say(self, words: str) -> None:
        self._frame.toast.say(words, tone="warn")

    def _lay_out(self) -> None:
        ground, column = page()
        card = Card()
        card.body.addWidget(Label(tr("等待审批"), role="heading"))
        card.body.addSpacing(SPACE)
        card.body.addWidget(self.table, 1)
        self.table.setMinimumHeight(px(120))
        column.addWidget(card, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(ground)
