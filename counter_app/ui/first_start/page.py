"""The first page of a machine without a hall: the demo, the hall's own words and its first admin, or the hub."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from counter_app.clock import Clock
from counter_app.ui.blocks import SPACE, Button, Card, KeyValueRow, Label, PrimaryButton
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.cover_page import CoverPage
from counter_app.ui.first_start.presenter import Ends, FirstStartPresenter, MadeScreen, Work
from counter_app.ui.first_start.steps import FieldsStep, FillingStep, JoiningStep, trade_choice
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
        self.joining = JoiningStep()
        self.steps = QStackedWidget()
        self.made: _MadeStep | None = None
        for step in (self.choosing, self.filling, self.joining):
            self.steps.addWidget(step)
        self.steps.currentChanged.connect(self._fit)
        self._fit()
        self.card.body.addWidget(self.steps)
        self.card.body.addWidget(self.error)
        self.error.hide()
        self.choosing.demo_button.clicked.connect(self.make_demo)
        self.choosing.own_button.clicked.connect(self.begin_own)
        self.choosing.language.chosen.connect(self.language_chosen)
        self.choosing.join_button.clicked.connect(self.begin_joining)
        for fields, act in ((self.filling, self.make_own), (self.joining, self.join)):
            fields.button.clicked.connect(act)
            fields.back.clicked.connect(self.go_back)
            fields.finished.connect(act)

    def key_actions(self) -> tuple[Action, ...]:
        """F9 does what the filled button does, Esc goes back to the choice."""
        return (
            Action("first-next", tr("下一步"), "F9", self._press),
            Action("first-back", tr("返回"), "Escape", self.go_back, is_possible=self._is_typing),
        )

    def begin_own(self) -> None:
        """Lead through the hall's own words."""
        self._say("")
        self.steps.setCurrentWidget(self.filling)
        self.filling.begin()

    def begin_joining(self) -> None:
        """Ask for the hub that has the hall already."""
        self._say("")
        self.steps.setCurrentWidget(self.joining)
        self.joining.begin()

    def go_back(self) -> None:
        """Back to the choice; what was typed stays."""
        self._say("")
        button = self.choosing.join_button if self._typed() is self.joining else self.choosing.own_button
        self.steps.setCurrentWidget(self.choosing)
        button.setFocus()

    def make_demo(self) -> None:
        """Make the demo hall, with progress."""
        if self._begin_work():
            self._presenter.make_demo(self.choosing.trade.choice(), Ends(self._on_made, self._wrong))

    def make_own(self) -> None:
        """Make the hall's own file with its first admin."""
        if self._begin_work():
            self.filling.clear_errors()
            self._presenter.make_own(self.filling.trade.choice(), self.filling.texts(), self.show_made, self._wrong)

    def join(self) -> None:
        """Make the hall's file out of what the hub says."""
        if self._begin_work():
            self.joining.clear_errors()
            self._presenter.join(self.joining.texts(), self.show_made, self._wrong)

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
        for step in (self.choosing, self.filling, self.joining):
            is_here = step is self.steps.currentWidget()
            policy = QSizePolicy.Policy.Preferred if is_here else QSizePolicy.Policy.Ignored
            step.setSizePolicy(QSizePolicy.Policy.Preferred, policy)

    def _press(self) -> None:
        here = self.steps.currentWidget()
        if here is self.choosing:
            self.make_demo()
        elif here is self.filling:
            self.make_own()
        elif here is self.joining:
            self.join()
        else:
            self._on_made()

    def _typed(self) -> FieldsStep | None:
        """The step in which something is typed, where that is on the screen."""
        here = self.steps.currentWidget()
        return here if isinstance(here, FieldsStep) else None

    def _is_typing(self) -> bool:
        typed = self._typed()
        return typed is not None and typed.button.isEnabled()

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
            self.choosing.join_button,
            self.filling.button,
            self.filling.back,
            self.joining.button,
            self.joining.back,
        ):
            button.setEnabled(is_enabled)

    def _wrong(self, key: str, words: str) -> None:
        self._set_enabled(True)
        typed = self._typed()
        if typed is None or not typed.show_error(key, words):
            self._say(words)

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))


class _ChoosingStep(QWidget):
    """The demo, or a hall of one's own."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.trade = trade_choice()
        self.demo_button = PrimaryButton(tr("打开演示营业厅"), "F9")
        self.own_button = Button(tr("建立本厅"))
        self.join_button = Button(tr("接入上游"))
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
        grid.addWidget(self._join_card(), 3, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowMinimumHeight(2, px(240))
        for before, after in pairwise((self.trade, self.demo_button, self.own_button, self.join_button)):
            QWidget.setTabOrder(before, after)

    def _join_card(self) -> Card:
        card, row = Card(is_inset=True), QHBoxLayout()
        row.setSpacing(2 * SPACE)
        words = tr("新增一个柜台，或换了电脑、坏了硬盘：用上游给的接入码，取回本厅数据。")
        row.addWidget(Label(words, is_wrapped=True), 1)
        row.addWidget(self.join_button)
        card.body.addWidget(Label(tr("本厅已有上游"), role="heading"))
        card.body.addLayout(row)
        return card


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
