"""How the line to the hub stands, in words, for whoever asks by Ctrl+K: the same that the status bar says on hover."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from counter_app.ui.blocks import KeyValueRow, Label
from counter_app.ui.formats import day_and_clock
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.wording_line import line_words

if TYPE_CHECKING:
    from counter_app.sync.status import SyncStatus
    from counter_app.ui.desk import Desk
    from counter_app.ui.frame import Frame
    from counter_app.ui.status import Status

_WIDTH_PX = 440


class LinePanel(Panel):
    """What is the matter, what waits since when, and when the hub last answered."""

    def __init__(self, line: SyncStatus, now: datetime) -> None:
        super().__init__(tr("上游连接情况"), width_px=_WIDTH_PX)
        self.words = Label(line_words(line, now), is_wrapped=True)
        self.body.addWidget(self.words)
        answered = line.answered_at
        self.rows = (
            KeyValueRow(tr("待上传"), tr("{count} 条", count=line.waiting)),
            KeyValueRow(tr("最早一条"), _moment(line.oldest_at, now) if line.waiting else tr("没有等待的")),
            KeyValueRow(tr("最后联系"), _moment(answered, now) if answered else tr("本次开机后还没有")),
        )
        for row in self.rows:
            self.body.addWidget(row)
        self.body.addWidget(Label(tr("Esc 返回"), role="note"))


def line_action(desk: Desk, frame: Frame, status: Status) -> Action:
    """The command that shows it; there is none where the hall has no hub."""

    def tell() -> None:
        if status.line is not None:
            frame.panels.open(LinePanel(status.line, desk.hall.clock.now()))

    return Action("line", tr("上游连接情况"), "", tell, is_possible=lambda: status.line is not None)


def _moment(at: datetime | None, now: datetime) -> str:
    return "" if at is None else day_and_clock(at.astimezone(now.tzinfo))
