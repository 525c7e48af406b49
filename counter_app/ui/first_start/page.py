"""The first page of a machine without a hall: the demo, or the hall's own words and its first admin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from counter_app.clock import Clock
from counter_app.ui.blocks import SPACE, Button, Card, KeyValueRow, Label, PrimaryButton
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.cover_page import CoverPage
from counter_app.ui.fields import TextField
from counter_app.ui.first_start.presenter import (
    COUNTER_FIELDS,
    HALL_FIELDS,
    SECRET_FIELDS,
    TRADES,
    Ends,
    FirstStartPresenter,
    MadeScreen,
    Work,
)
from counter_app.ui.keys import Action
from counter_app.ui.language import language_in_use, tr
from counter_app.ui.theme import px

_CARD_PX = 860


class FirstStartPage(CoverPage):
    """Makes a hall in the folder, then calls `on_made`; three steps on one card: choose, fill in, know.

    `language_chosen` carries the language that the person wants to read.
    """

    language_chosen = Signal(str)

    def __init__(self, work: Work, folder: Path, clock: Clock, on_made: Callable[[], object]) -> None:
        super().__init__(_CARD_PX)
        self._presenter = FirstStartPresenter(work, folder, clock)
        self._on_made = on_made
        self.error = Label(role="field-error", is_wrapped=True)
        self.choosing = _ChoosingStep(folder)
        self.filling = FillingStep()
        self.steps = QStackedWidget()
        self.made: _MadeStep | None = None
        for step in (self.choosing, self.filling):
            self.steps.addWidget(step)
        self.steps.currentChanged.connect(self._fit)
        self._fit()
        self.card.body.addWidget(self.steps)
        self.card.body.addWidget(self.error)
        self.error.hide()
        self.choosing.demo_button.clicked.connect(self.make_demo)
        self.choosing.own_button.clicked.connect(self.begin_own)
        self.choosing.language.chosen.connect(self.language_chosen)
        self.filling.button.clicked.connect(self.make_own)
        self.filling.back.clicked.connect(self.go_back)
        self.filling.finished.connect(self.make_own)

    def key_actions(self) -> tuple[Action, ...]:
        """F9 does what the filled button does, Esc goes back to the choice."""
        return (
            Action("first-next", tr("下一步"), "F9", self._press),
            Action("first-back", tr("返回"), "Escape", self.go_back, is_possible=self._is_filling),
        )

    def begin_own(self) -> None:
        """Lead through the hall's own words."""
        self._say("")
        self.steps.setCurrentWidget(self.filling)
        self.filling.begin()

    def go_back(self) -> None:
        """Back to the choice; what was typed stays."""
        self._say("")
        self.steps.setCurrentWidget(self.choosing)
        self.choosing.own_button.setFocus()

    def make_demo(self) -> None:
        """Make the demo hall, with progress."""
        if self._begin_work():
            self._presenter.make_demo(self.choosing.trade.choice(), Ends(self._on_made, self._wrong))

    def make_own(self) -> None:
        """Make the hall's own file with its first admin."""
        if self._begin_work():
            self.filling.clear_errors()
            self._presenter.make_own(self.filling.trade.choice(), self.filling.texts(), self.show_made, self._wrong)

    def show_made(self, screen: MadeScreen) -> None:
        """The last step: what the person must know of the hall that was made."""
        self.filling.forget_secrets()
        self.made = _MadeStep(screen)
        self.made.button.clicked.connect(self._on_made)
        self.steps.addWidget(self.made)
        self.steps.setCurrentWidget(self.made)
        self.made.button.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.steps.currentWidget() is self.choosing:
            self.choosing.demo_button.setFocus()

    def _fit(self) -> None:
        # as high as the step on the screen, not as the highest of them
        for step in (self.choosing, self.filling):
            is_here = step is self.steps.currentWidget()
            policy = QSizePolicy.Policy.Preferred if is_here else QSizePolicy.Policy.Ignored
            step.setSizePolicy(QSizePolicy.Policy.Preferred, policy)

    def _press(self) -> None:
        here = self.steps.currentWidget()
        if here is self.choosing:
            self.make_demo()
        elif here is self.filling:
            self.make_own()
        else:
            self._on_made()

    def _is_filling(self) -> bool:
        return self.steps.currentWidget() is self.filling and self.filling.button.isEnabled()

    def _begin_work(self) -> bool:
        if not self.choosing.demo_button.isEnabled():
            return False
        self._say("")
        self._set_enabled(False)
        return True

    def _set_enabled(self, is_enabled: bool) -> None:
        for button in (
            self.choosing.demo_button,
            self.choosing.own_button,
            self.filling.button,
            self.filling.back,
        ):
            button.setEnabled(is_enabled)

    def _wrong(self, key: str, words: str) -> None:
        self._set_enabled(True)
        if not self.filling.show_error(key, words):
            self._say(words)

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))


class _ChoosingStep(QWidget):
    """The demo, or a hall of one's own."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.trade = _trade_choice()
        self.demo_button = PrimaryButton(tr("打开演示营业厅"), "F9")
        self.own_button = Button(tr("建立本厅"))
        self.language = SegmentedChoice((("zh", "中文"), ("en", "English")), name="语言 Language")
        self.language.choose(language_in_use())
        demo, own = Card(is_inset=True), Card(is_inset=True)
        demo.body.addWidget(Label(tr("先试一试"), role="heading"))
        demo.body.addWidget(
            Label(
                tr(
                    "演示营业厅有两千位虚构客户、账单和预存，可以照真实流程收费、打印和班结。数据全是编的，收据上印有“演示”。"
                ),
                is_wrapped=True,
            )
        )
        demo.body.addStretch(1)
        demo.body.addWidget(Label(tr("行业"), role="muted"))
        demo.body.addWidget(self.trade)
        demo.body.addWidget(self.demo_button)
        own.body.addWidget(Label(tr("建立本厅"), role="heading"))
        own.body.addWidget(
            Label(
                tr("填写营业厅、柜台和第一位厅管理员，就可以登录。数据文件加密保存，客户和账单以后从本厅的表格导入。"),
                is_wrapped=True,
            )
        )
        own.body.addStretch(1)
        own.body.addWidget(self.own_button)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(2 * SPACE)
        grid.addWidget(Label(tr("这台电脑上还没有营业厅"), role="heading", is_wrapped=True), 0, 0)
        grid.addWidget(self.language, 0, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(Label(tr("数据目录：{folder}", folder=folder), role="muted", is_wrapped=True), 1, 0, 1, 2)
        grid.addWidget(demo, 2, 0)
        grid.addWidget(own, 2, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowMinimumHeight(2, px(240))
        for before, after in pairwise((self.trade, self.demo_button, self.own_button)):
            QWidget.setTabOrder(before, after)


class FillingStep(QWidget):
    """The hall on the left, its counter and first admin on the right; Enter goes on from field to field."""

    finished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.trade = _trade_choice()
        left = _fields(HALL_FIELDS, is_secret=False)
        right = {**_fields(COUNTER_FIELDS, is_secret=False), **_fields(SECRET_FIELDS, is_secret=True)}
        self.fields = {**left, **right}
        for key in ("hall_code", "counter_code", "hotline", "admin_no"):
            self.fields[key].entry.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        order = list(self.fields.values())
        for before, after in pairwise(order):
            before.entry.entered.connect(after.entry.setFocus)
        order[-1].entry.entered.connect(self.finished)
        self.button = PrimaryButton(tr("建立本厅"), "F9")
        self.back = Button(tr("返回"), key="Esc", kind="quiet")
        columns = QHBoxLayout()
        columns.setSpacing(3 * SPACE)
        columns.addLayout(_column(left, (Label(tr("行业"), role="muted"), self.trade)), 1)
        columns.addLayout(_column(right, ()), 1)
        buttons = QHBoxLayout()
        for button in (self.button, self.back):
            # one height for both of them, whatever their kind
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)
        buttons.addWidget(self.button, 1)
        buttons.addWidget(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(Label(tr("建立本厅"), role="heading"))
        column.addLayout(columns)
        column.addLayout(buttons)

    def begin(self) -> None:
        """The cursor to the first field that is empty."""
        empty = (field for field in self.fields.values() if not field.entry.text())
        next(empty, self.fields["name"]).entry.setFocus()

    def texts(self) -> dict[str, str]:
        """What stands in the fields."""
        return {key: field.entry.text() for key, field in self.fields.items()}

    def clear_errors(self) -> None:
        """All fields as if they were right."""
        for field in self.fields.values():
            field.show_error("")

    def show_error(self, key: str, words: str) -> bool:
        """Say what is wrong beside the field; False when there is no such field."""
        field = self.fields.get(key)
        if field is None:
            return False
        field.show_error(words)
        field.entry.setFocus()
        return True

    def forget_secrets(self) -> None:
        """The password is not needed any more."""
        for key in SECRET_FIELDS:
            self.fields[key].entry.clear()


class _MadeStep(QWidget):
    """What the person must know of the new hall."""

    def __init__(self, screen: MadeScreen) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(Label(screen.heading, role="heading"))
        for word, value in screen.facts:
            row = KeyValueRow(word, value)
            row.value.setWordWrap(True)
            column.addWidget(row)
        for words in screen.words:
            column.addWidget(Label(words, is_wrapped=True))
        column.addStretch(1)
        self.button = PrimaryButton(tr("去登录"), "F9")
        column.addWidget(self.button)


def _trade_choice() -> SegmentedChoice:
    return SegmentedChoice(tuple((trade, tr(word)) for trade, word in TRADES.items()), name=tr("行业"))


def _fields(words: Mapping[str, str], *, is_secret: bool) -> dict[str, TextField]:
    return {key: TextField(tr(word), is_secret=is_secret) for key, word in words.items()}


def _column(fields: dict[str, TextField], more: tuple[QWidget, ...]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(SPACE + 4)
    for widget in (*more, *fields.values()):
        column.addWidget(widget)
    column.addStretch(1)
    return column
