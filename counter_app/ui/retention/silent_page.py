"""The room's page 隐性离网: who leaves without a word, why the program thinks so, and F8 to the retention page."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout

from counter_app.ui.blocks import SPACE, Button, Card, Label
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.retention.presenter_silent import SilentPresenter, SilentRow
from counter_app.ui.retention.room_page import RoomPage
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px


class SilentPage(RoomPage):
    """Read once and again with Ctrl+R, for it goes through the bills of all lines; F8 and Enter open a row. Esc stops a
    search, and so does going to another page; coming back begins it anew.
    """

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__(desk, frame)
        self._presenter = SilentPresenter(desk)
        self._is_read = False
        self.note = Label(role="muted", is_wrapped=True)
        self.again = Button(tr("重新查找"), key="Ctrl+R")
        self.table: Table[SilentRow] = Table(
            (
                Column("number", tr("号码"), lambda r: r.number, 150, sort=lambda r: r.number),
                Column("who", tr("姓名"), lambda r: r.who, 110),
                Column("kind", tr("迹象"), lambda r: r.kind, 130, sort=lambda r: r.kind),
                Column("less", tr("少了"), lambda r: r.less, 100, align="right", sort=lambda r: r.share),
                Column("months", tr("依据：各月账单"), lambda r: r.months, 520),
            ),
            name=tr("隐性离网的号码"),
            empty="",
            stretch="months",
        )
        self._lay_out()
        self._connect()
        self._say_nothing_yet()

    def read(self) -> None:
        if not self._is_read:
            self.read_again()

    def read_again(self) -> None:
        """Look through the bills anew; what was found before stays until then."""
        if not self.table.rows():
            self._say_nothing_yet()
        self._is_read = self._presenter.rows(self._show, self._failed, self._stopped)

    def let_go(self) -> None:
        self._give_up()
        self._is_read = False
        self._say_nothing_yet()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        # a window that is only minimised is still waited for
        if not event.spontaneous():
            self._give_up()

    def retain(self) -> None:
        """F8: the retention page of the line pointed at."""
        row = self.table.current_row()
        if row is not None:
            self.service_wanted.emit(row.customer_id, row.service_id)

    def _show(self, rows: tuple[SilentRow, ...]) -> None:
        self.table.show_empty_text(tr("没有隐性离网的号码。账单连续下降或只剩固定费用的号码会出现在这里。"))
        self.table.show_rows(rows)
        self.note.setText(tr("{count} 个号码，少得最多的在前。F8 打开挽留，Enter 看客户。", count=len(rows)))
        self.note.setVisible(bool(rows))

    def _failed(self, words: str) -> None:
        self._is_read = False
        self.table.show_empty_text(words)
        self.say(words)

    def _stopped(self) -> None:
        if self.table.rows():
            self.say(tr("查找已停止，下面还是上次找到的号码。按 Ctrl+R 再查一次。"))
            return
        self._is_read = False
        self.table.show_empty_text(tr("查找已停止。按 Ctrl+R 再查一次。"))

    def _give_up(self) -> None:
        if self._presenter.reading.is_running:
            self._presenter.reading.give_up()
            self._is_read = False

    def _say_nothing_yet(self) -> None:
        self.table.show_empty_text(tr("正在查看所有号码最近几个月的账单。"))
        self.table.show_rows(())
        self.note.hide()

    def _connect(self) -> None:
        self.setFocusProxy(self.table)
        self.table.activated_row.connect(lambda row: self.customer_wanted.emit(row.customer_id))
        self.again.clicked.connect(self.read_again)
        reading = self._presenter.reading
        for action in (
            Action("silent-retain", tr("离网挽留"), "F8", self.retain),
            Action("silent-again", tr("重新查找"), "Ctrl+R", self.read_again),
            Action("silent-stop", tr("停止查找"), "Escape", reading.stop, is_possible=lambda: reading.is_running),
        ):
            self.frame.keys.add(action, page=self)

    def _lay_out(self) -> None:
        card = Card()
        head = QHBoxLayout()
        head.addWidget(Label(tr("隐性离网的号码"), role="heading"))
        head.addStretch(1)
        head.addWidget(self.again)
        card.body.addLayout(head)
        card.body.addWidget(self.note)
        card.body.addSpacing(SPACE)
        card.body.addWidget(self.table, 1)
        self.table.setMinimumHeight(px(120))
        self.put_card(card)
