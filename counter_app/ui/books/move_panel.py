"""The panel that moves prepaid money to another use: out of which book, where to, how much, and why."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout

from counter_app.ui.blocks import SPACE, Label, PrimaryButton, ScrollColumn
from counter_app.ui.books.screen import BookChoice, MoveScreen, TypedMove
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.fields import AmountField, TextField
from counter_app.ui.formats import amount
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel

_WIDTH_PX, _LEAST_PX = 560, 300


class BookMovePanel(Panel):
    """`on_next` gets what was typed; what both books hold afterwards stands there before the press."""

    def __init__(self, screen: MoveScreen, typed: TypedMove, on_next: Callable[[TypedMove], object]) -> None:
        super().__init__(tr("预存转用途：户号 {no}", no=screen.account_no), width_px=_WIDTH_PX)
        self._screen, self._on_next = screen, on_next
        self.source = SegmentedChoice(_choices(screen.sources), name=tr("转出"), is_wrapped=True)
        self.target = SegmentedChoice(_choices(screen.targets), name=tr("转到"), is_wrapped=True)
        self.amount = AmountField(tr("转多少"), role="body")
        self.reason = TextField(tr("原因（必填）"), hint=tr("不写姓名、电话、证件号"))
        self.after = Label(is_wrapped=True)
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.next = PrimaryButton(tr("确认转用"), "F9")
        self.first = self.amount.entry
        self._lay_out()
        self._fill(typed)
        self.source.chosen.connect(lambda _key: self._show_after())
        self.target.chosen.connect(lambda _key: self._show_after())
        self.amount.entry.typed.connect(lambda _text: self._show_after())
        self.amount.entry.exact_wanted.connect(self.put_all)
        self.amount.entry.entered.connect(self.reason.entry.setFocus)
        self.reason.entry.entered.connect(self.press)
        self.next.clicked.connect(self.press)

    def press(self) -> None:
        """F9: on; the button is inert until there is an answer."""
        if self.next.isEnabled():
            self.next.setEnabled(False)
            self._say("")
            self._on_next(self.typed())

    def put_all(self) -> None:
        """F5: all that the book holds."""
        self.amount.entry.put_fen(self._source().balance_fen)
        self._show_after()

    def typed(self) -> TypedMove:
        """What stands in the panel."""
        reason = self.reason.entry.text().strip()
        return TypedMove(self.source.choice(), self.target.choice(), self.amount.entry.text(), reason)

    def fail(self, words: str) -> None:
        """Say why it does not go on; what was typed stays."""
        self.next.setEnabled(True)
        self._say(words)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (
            Action("book-move", tr("确认转用"), "F9", self.press),
            Action("book-all", tr("全部转出"), "F5", self.put_all),
            Action("book-target", tr("换转到的用途"), "F6", self.target.next_choice),
            Action("book-source", tr("换转出的账本"), "F7", self.source.next_choice),
        )

    def _fill(self, typed: TypedMove) -> None:
        if typed.source in {choice.key for choice in self._screen.sources}:
            self.source.choose(typed.source)
        own = next((one.key for one in self._screen.targets if one.name != self._source().name), "")
        if target := typed.target or own:
            self.target.choose(target)
        self.amount.entry.setText(typed.text)
        self.reason.entry.setText(typed.reason)
        self._show_after()

    def _source(self) -> BookChoice:
        return next(one for one in self._screen.sources if one.key == self.source.choice())

    def _show_after(self) -> None:
        """What both hold afterwards; nothing while there is no amount."""
        source = self._source()
        target = next(one for one in self._screen.targets if one.key == self.target.choice())
        fen = self.amount.entry.fen()
        if not isinstance(fen, int):
            self.after.setText(tr("F5 全部转出；总额不变，专款只抵扣约定的项目。"))
            return
        self.after.setText(
            tr(
                "之后：{source} {left}，{target} {more}。总额不变。",
                source=source.name,
                left=amount(source.balance_fen - fen),
                target=target.name,
                more=amount(target.balance_fen + fen),
            )
        )

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))

    def _lay_out(self) -> None:
        column = ScrollColumn()
        for widget in (
            *(Label(tr("转出（F7 换）"), role="muted"), self.source),
            *(Label(tr("转到（F6 换）"), role="muted"), self.target),
            *(self.amount, self.after, self.reason),
        ):
            column.body.addWidget(widget)
        column.body.addStretch(1)
        column.setMinimumHeight(_LEAST_PX)
        self.body.addWidget(column, 1)
        self.body.addWidget(self.error)
        end = QHBoxLayout()
        end.setSpacing(2 * SPACE)
        end.addWidget(self.next)
        end.addWidget(Label(tr("数额大的要班长签字。Esc 返回"), role="note", is_wrapped=True), 1)
        self.body.addLayout(end)


def _choices(books: tuple[BookChoice, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((one.key, one.word) for one in books)
