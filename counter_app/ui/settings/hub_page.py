"""上游连接: how this counter stands with its hub on the left, and at its side the way to connect it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Button, Card, KeyValueRow, Label, ScrollColumn
from counter_app.ui.desk import Desk
from counter_app.ui.fields import TextField
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.settings.form import SavingPage
from counter_app.ui.settings.presenter_hub import ADDRESS, CODE, Hands, HubPresenter, HubScreen
from counter_app.ui.theme import px

_SIDE_PX, _MOST_PX = 480, 500
_LOOK_MS = 5_000
"""While the page is looked at, what goes up and comes down moves its figures."""


class HubPage(SavingPage):
    """Facts on the left; on the right address, one-time code, and what a press does."""

    def __init__(self, desk: Desk, frame: Frame, parent: QWidget | None = None) -> None:
        super().__init__(
            frame,
            {
                ADDRESS: TextField(tr("上游地址"), is_number=True, hint="https://hub.example:8443"),
                CODE: TextField(tr("接入码（整行，连同指纹）"), is_number=True, hint="ABCD-EFGH-…"),
            },
            parent,
            word=tr("接入上游"),
        )
        self._desk = desk
        self.presenter = HubPresenter(desk)
        self.words = Label(is_wrapped=True)
        self.rows: tuple[KeyValueRow, ...] = ()
        self.before = Label(role="muted", is_wrapped=True)
        self.begun = Label(tone="warn", is_wrapped=True)
        self.doing = Label(role="muted", is_wrapped=True)
        self.stop_button = Button(tr("停止"), key="F8")
        self._facts = ScrollColumn()
        self._head = Label(role="heading")
        self._side_head = Label(role="heading")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE + 4)
        row.addWidget(self._facts_card(), 1)
        row.addWidget(self._side_card())
        self.fields[ADDRESS].entry.entered.connect(self.fields[CODE].entry.setFocus)
        self.stop_button.clicked.connect(self.presenter.stop)
        frame.keys.add(
            Action("hub-stop", tr("停止"), "F8", self.presenter.stop, is_possible=self.stop_button.isVisible), page=self
        )
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.read)

    def read(self) -> None:
        """Show how it stands now; what somebody is just typing stays."""
        if self._desk.session is not None:
            self.presenter.read(self._show, self.say)

    def keep(self) -> None:
        """Connect."""
        self._show_doing("")
        self.presenter.connect(
            self.fields[ADDRESS].entry.text(),
            self.fields[CODE].entry.text(),
            Hands(self._show_doing, self._done, self._wrong),
        )

    def let_go(self) -> None:
        """The person leaves: a code that was typed is nobody else's."""
        for field in self.fields.values():
            field.entry.clear()
            field.entry.setModified(False)
            field.show_error("")
        self.say("")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _done(self, words: str) -> None:
        self._show_doing("")
        self.let_go()
        self.saved(words)

    def _wrong(self, key: str, words: str) -> None:
        self._show_doing("")
        self.wrong(key, words)
        self.read()

    def _show_doing(self, words: str) -> None:
        self.doing.setText(words)
        self.doing.setVisible(bool(words))
        self.stop_button.setVisible(bool(words))

    def _show(self, screen: HubScreen) -> None:
        self._head.setText(tr("已接入上游") if screen.is_connected else tr("没有接入上游"))
        word = tr("再接入一次") if screen.is_connected else tr("接入上游")
        self._side_head.setText(word)
        self.save_button.set_word(word)
        self.words.set_tone("bad" if screen.is_bad else None)
        self.words.setText(screen.words)
        self._show_rows(screen.rows)
        before = screen.before or tr(
            "被上游停用、或上游不再认得这台电脑时，用同一地址的新接入码再接入一次，数据不变。证书由上游自己更换。"
            "更换上游地址、脱离上游，本程序不提供。"
        )
        self.before.setText(before)
        self.begun.setText(screen.begun)
        self.begun.setVisible(bool(screen.begun))
        self.fields[ADDRESS].entry.setReadOnly(screen.is_connected)
        for key, text in ((ADDRESS, screen.address), (CODE, screen.code)):
            entry = self.fields[key].entry
            if text and not entry.isModified() and not entry.text():
                entry.setText(text)

    def _show_rows(self, rows: tuple[tuple[str, str], ...]) -> None:
        if [row.key.text() for row in self.rows] != [word for word, _value in rows]:
            for row in self.rows:
                self._facts.body.removeWidget(row)
                row.hide()
                row.deleteLater()
            self.rows = tuple(KeyValueRow(word) for word, _value in rows)
            for place, row in enumerate(self.rows):
                row.value.setWordWrap(True)
                self._facts.body.insertWidget(place, row)
        for row, (_word, value) in zip(self.rows, rows, strict=True):
            row.show_value(value)

    def _facts_card(self) -> Card:
        card = Card(parent=self)
        card.body.addWidget(self._head)
        card.body.addWidget(self.words)
        card.body.addSpacing(SPACE)
        card.body.addWidget(self._facts, 1)
        self._facts.body.setSpacing(SPACE)
        self._facts.body.addStretch(1)
        return card

    def _side_card(self) -> Card:
        card, column = Card(parent=self), ScrollColumn()
        card.setFixedWidth(min(px(_SIDE_PX), _MOST_PX))
        card.body.addWidget(column, 1)
        column.body.setSpacing(SPACE + 4)
        column.body.addWidget(self._side_head)
        column.body.addWidget(self.before)
        column.body.addWidget(self.begun)
        for field in self.fields.values():
            column.body.addWidget(field)
        column.body.addWidget(
            Label(
                tr("接入码由上游的人用 counter-app hub enrol 生成，只给本柜台，十分钟内有效，试错五次作废。"),
                role="note",
                is_wrapped=True,
            )
        )
        column.body.addStretch(1)
        card.body.addWidget(self.error)
        card.body.addWidget(self.doing)
        card.body.addWidget(self.stop_button)
        card.body.addWidget(self.save_button)
        self._show_doing("")
        return card
