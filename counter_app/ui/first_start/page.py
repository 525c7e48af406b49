"""The first page of a machine without a hall: the demo, or the hall's own words and its first admin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from counter_app.clock import Clock
from counter_app.domain.hall import TRADES
from counter_app.domain.refusals import Refusal
from counter_app.services import hall as halls
from counter_app.services.demo import make_demo
from counter_app.ui.background import Background, Progress
from counter_app.ui.blocks import SPACE, Button, Card, Label, PrimaryButton, ScrollColumn
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.fields import TextField
from counter_app.ui.language import later, tr
from counter_app.ui.theme import px
from counter_app.ui.wording import sentences, trouble_sentences

_TRADES = {
    "telecom": later("电信"),
    "electricity": later("供电"),
    "gas": later("燃气"),
    "water": later("供水"),
    "heating": later("供热"),
    "property": later("物业"),
}

_FIELDS = (
    ("name", later("营业厅名称"), False),
    ("company", later("公司名称"), False),
    ("hall_code", later("营业厅代码（印在收据编号里，如 HZ01）"), False),
    ("counter_code", later("柜台代码（如 03）"), False),
    ("counter_name", later("柜台名称（如 3 号台）"), False),
    ("hotline", later("服务热线"), False),
    ("admin_no", later("厅管理员工号"), False),
    ("admin_name", later("厅管理员姓名"), False),
    ("admin_password", later("厅管理员密码（至少 10 位）"), True),
)


class FirstStartPage(QWidget):
    """Makes a hall in the folder, then calls `on_made`."""

    def __init__(self, background: Background, folder: Path, clock: Clock, on_made: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("frame")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._background, self._folder, self._clock, self._on_made = background, folder, clock, on_made
        self.trade = SegmentedChoice(tuple((trade, tr(_TRADES[trade])) for trade in TRADES), name=tr("行业"))
        self.fields = {key: TextField(tr(word), is_secret=is_secret) for key, word, is_secret in _FIELDS}
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.demo_button = PrimaryButton(tr("打开演示营业厅"))
        self.make_button = Button(tr("建立本厅"))
        self.demo_button.clicked.connect(self.make_demo)
        self.make_button.clicked.connect(self.make_own)
        row = QHBoxLayout(self)
        row.setContentsMargins(4 * SPACE, 4 * SPACE, 4 * SPACE, 4 * SPACE)
        row.setSpacing(3 * SPACE)
        row.addStretch(1)
        row.addWidget(self._demo_card())
        row.addWidget(self._own_card())
        row.addStretch(1)

    def make_demo(self) -> None:
        """Make the demo hall, with progress."""
        trade = self.trade.choice()
        self._set_busy(True)

        def job(progress: Progress) -> None:
            make_demo(
                self._folder,
                trade=trade,
                clock=self._clock,
                progress=lambda done, total: progress.step(done, total, tr("正在生成演示客户")),
            ).close()

        self._background.run_long(
            job,
            lambda _none: self._on_made(),
            self._refused,
            self._failed,
            word=tr("正在生成演示营业厅"),
            on_stopped=lambda: self._set_busy(False),
        )

    def make_own(self) -> None:
        """Make the hall's own file with its first admin."""
        texts = {key: field.entry.text() for key, field in self.fields.items()}
        wanted = halls.NewHall(trade=self.trade.choice(), **texts)
        self._set_busy(True)
        self._background.run(
            "writer",
            lambda: halls.make_hall(self._folder, wanted, clock=self._clock).close(),
            lambda _none: self._on_made(),
            self._refused,
            self._failed,
            word=tr("正在建立本厅"),
        )

    def _demo_card(self) -> QWidget:
        card = Card()
        card.setFixedWidth(px(380))
        card.body.setSpacing(2 * SPACE)
        card.body.addWidget(Label(tr("先试一试"), role="heading"))
        card.body.addWidget(
            Label(
                tr(
                    "演示营业厅有两千位虚构客户、账单和预存，可以照真实流程收费、打印和班结。数据全是编的，收据上印有“演示”。"
                ),
                is_wrapped=True,
            )
        )
        card.body.addWidget(Label(tr("行业"), role="muted"))
        card.body.addWidget(self.trade)
        card.body.addWidget(self.demo_button)
        card.body.addStretch(1)
        return card

    def _own_card(self) -> QWidget:
        card = Card()
        card.setFixedWidth(px(520))
        card.body.addWidget(Label(tr("建立本厅"), role="heading"))
        column = ScrollColumn()
        for field in self.fields.values():
            column.body.addWidget(field)
        column.body.addStretch(1)
        card.body.addWidget(column, 1)
        card.body.addWidget(self.error)
        card.body.addWidget(self.make_button)
        return card

    def _set_busy(self, is_busy: bool) -> None:
        self.error.hide()
        self.demo_button.setEnabled(not is_busy)
        self.make_button.setEnabled(not is_busy)

    def _refused(self, refusal: Refusal) -> None:
        self._say(sentences(refusal))

    def _failed(self, trouble: Exception) -> None:
        self._say(trouble_sentences(trouble))

    def _say(self, words: str) -> None:
        self._set_busy(False)
        self.error.setText(words)
        self.error.show()
