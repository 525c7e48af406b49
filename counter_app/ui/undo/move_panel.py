"""The panel of a move to another account: find the right one, and see both sides before anybody signs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout

from counter_app.services.moves import MovePlan
from counter_app.ui.blocks import SPACE, Label, PrimaryButton, ScrollColumn
from counter_app.ui.fact_rows import FactRow
from counter_app.ui.facts import Fact
from counter_app.ui.fields import TextField
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px
from counter_app.ui.undo.move_presenter import MovePresenter
from counter_app.ui.undo.move_words import move_screen
from counter_app.ui.undo.screen import MoveScreen, TargetRow
from counter_app.ui.undo.words import signers

_WIDTH_PX, _LIST_PX, _LEAST_PX = 880, 150, 180


class MovePanel(Panel):
    """`on_next` gets the plan that is shown, when it is to be signed."""

    def __init__(self, presenter: MovePresenter, receipt_no: str, on_next: Callable[[MovePlan], object]) -> None:
        super().__init__(tr("转到对的户号：收据 {no}", no=receipt_no), width_px=_WIDTH_PX)
        self._presenter, self._receipt_no, self._on_next = presenter, receipt_no, on_next
        self._plan: MovePlan | None = None
        self.search = TextField(tr("对的户号（手机号、户号、姓名、地址）"))
        self.table: Table[TargetRow] = Table(
            (
                Column("account_no", tr("户号"), lambda row: row.account_no, 170),
                Column("name", tr("姓名"), lambda row: row.name, 230),
                Column("address", tr("地址"), lambda row: row.address, 300),
            ),
            name=tr("找到的户号"),
            empty=tr("输入后在这里选，回车看两边。"),
            stretch="address",
        )
        self.what = Label(is_wrapped=True)
        self._left, self._right = ScrollColumn(), ScrollColumn()
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.next = PrimaryButton(tr("下一步：签字"), "F9")
        self.note = Label(tr("Esc 返回"), role="note", is_wrapped=True)
        self.first = self.search.entry
        self._lay_out()
        self.search.entry.typed.connect(self._typed)
        self.search.entry.entered.connect(self.table.setFocus)
        self.table.activated_row.connect(self._chosen)
        self.next.clicked.connect(self.press)

    def press(self) -> None:
        """F9: on to the signature; without an account that was looked at, back to the search."""
        if self._plan is None:
            self._say(tr("还没有选户号。请输入后在列表里按回车，看清两边再继续。"))
            self.search.entry.setFocus()
        elif self.next.isEnabled():
            self.next.setEnabled(False)
            self._say("")
            self._on_next(self._plan)

    def show_plan(self, plan: MovePlan) -> None:
        """Both sides of the move."""
        self._plan = plan
        self._say("")
        screen = move_screen(plan)
        self.what.setText(screen.what)
        self.note.setText(tr("{signers} Esc 返回", signers=signers(plan.undone)))
        self._show_sides(screen)
        self.next.setFocus()

    def fail(self, words: str) -> None:
        """Say why it does not go on."""
        self.next.setEnabled(True)
        self._say(words)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (Action("move-next", tr("下一步：签字"), "F9", self.press),)

    def _typed(self, text: str) -> None:
        self._plan = None
        self._presenter.find(text, self.table.show_rows, self.fail)

    def _chosen(self, row: TargetRow) -> None:
        self._presenter.look(self._receipt_no, row.account_id, self.show_plan, self.fail)

    def _show_sides(self, screen: MoveScreen) -> None:
        lost = tuple(Fact(tr("不能恢复"), words, "warn") for words in screen.lost)
        _fill(self._left, screen.from_word, (*lost, *screen.from_facts))
        _fill(self._right, screen.to_word, screen.to_facts)

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))

    def _lay_out(self) -> None:
        self.body.addWidget(self.search)
        self.table.setMinimumHeight(min(px(_LIST_PX), _LIST_PX))
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.what)
        both = QHBoxLayout()
        both.setSpacing(4 * SPACE)
        for side in (self._left, self._right):
            side.setMinimumHeight(_LEAST_PX)
            both.addWidget(side, 1)
        self.body.addLayout(both, 2)
        self.body.addWidget(self.error)
        end = QHBoxLayout()
        end.setSpacing(2 * SPACE)
        end.addWidget(self.next)
        end.addWidget(self.note, 1)
        self.body.addLayout(end)


def _fill(side: ScrollColumn, word: str, facts: Sequence[Fact]) -> None:
    """One side anew: its word, and its facts below it."""
    while item := side.body.takeAt(0):
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
    side.body.addWidget(Label(word, role="muted", is_wrapped=True))
    for fact in facts:
        row = FactRow()
        row.show_fact(fact)
        side.body.addWidget(row)
    side.body.addStretch(1)
