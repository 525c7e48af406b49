"""The pages of the 班结 room: a count, the running sums, a closed shift, and cash in or out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from counter_app.ui.blocks import (
    SPACE,
    BigFigure,
    Button,
    Card,
    Chip,
    KeyValueRow,
    Label,
    PrimaryButton,
    ScrollColumn,
    page,
)
from counter_app.ui.cover_page import in_the_middle
from counter_app.ui.fields import AmountField, TextField
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.shifts.count_grid import CountGrid
from counter_app.ui.shifts.presenter import ClosedScreen, SheetScreen, TotalRow
from counter_app.ui.shifts.restores_card import RestoresCard
from counter_app.ui.shifts.slips_grid import SlipsGrid
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px

_CARD_WIDTH = 440
_MOST_PX = 560
_MOST_COUNT_PX = 1160


class CountPage(QWidget):
    """A count with one button below it."""

    def __init__(
        self, heading: str, words: str, button: str, *, has_slips: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        card = _in_the_middle(self)
        card.setFixedWidth(min(px(2 * _CARD_WIDTH), _MOST_COUNT_PX) if has_slips else px(_CARD_WIDTH))
        card.body.addWidget(Label(heading, role="heading"))
        card.body.addWidget(Label(words, role="muted", is_wrapped=True))
        self.grid = CountGrid()
        self.slips: SlipsGrid | None = SlipsGrid() if has_slips else None
        # notes on the left, papers on the right: both in sight while the drawer is counted
        beside = QHBoxLayout()
        beside.setSpacing(4 * SPACE)
        beside.addWidget(self.grid, 1)
        if self.slips is not None:
            beside.addWidget(self.slips, 1, Qt.AlignmentFlag.AlignTop)
            self.slips.changed.connect(lambda: self._say(""))
        card.body.addLayout(beside)
        self.note = Label(role="note", is_wrapped=True)
        self.note.hide()
        card.body.addWidget(self.note)
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        card.body.addWidget(self.error)
        self.button = PrimaryButton(button, "F9")
        card.body.addWidget(self.button)
        if self.slips is not None:
            self.slips.finished.connect(self.button.setFocus)
        self.grid.finished.connect(self.slips.begin if self.slips else self.button.setFocus)
        self.grid.changed.connect(lambda: self._say(""))

    def begin_work(self) -> bool:
        """The button is inert until there is an answer; False while an earlier press still works."""
        if not self.button.isEnabled():
            return False
        self.button.setEnabled(False)
        self._say("")
        return True

    def end_work(self) -> None:
        """The button works again."""
        self.button.setEnabled(True)

    def fail(self, words: str) -> None:
        """Say why it was not done; what was counted stays."""
        self.end_work()
        self._say(words)

    def show_note(self, words: str) -> None:
        """What else can be done here, or nothing."""
        self.note.setText(words)
        self.note.setVisible(bool(words))

    def clear(self) -> None:
        """Ready for another count."""
        self.end_work()
        self._say("")
        self.grid.clear()
        if self.slips is not None:
            self.slips.clear()

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))


class RunningPage(QWidget):
    """The sums of an open shift, and below them the restore orders that still run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ground, row = page("across", parent=self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ground)
        self.heading = Label(role="heading")
        self.table: Table[TotalRow] = Table(
            (
                Column("tender", tr("收款方式"), lambda r: r.tender, 160),
                Column("payments", tr("笔数"), lambda r: r.payments, 100, align="right"),
                Column("amount", tr("金额"), lambda r: r.amount, 160, align="right"),
            ),
            name=tr("各收款方式合计"),
            empty=tr("本班还没有收款。收第一笔后，这里按收款方式合计。"),
            stretch="tender",
        )
        self.restores = RestoresCard()
        self._facts = QVBoxLayout()
        self._rows: list[KeyValueRow] = []
        self.cash = BigFigure(tr("账面现金"))
        self.blind = Label(tr("各项金额和钱箱应有数清点后显示。"), role="muted", is_wrapped=True)
        self.whose = Label(tone="warn", is_wrapped=True)
        self.in_button, self.out_button = Button(tr("存入现金")), Button(tr("取出现金"))
        self.drop_button = Button(tr("上缴金库"), key="F6")
        self.drawer_button = Button(tr("开钱箱"))
        self.reports_button = Button(tr("班结单"), key="F7")
        self.close_button = PrimaryButton(tr("班结"), "F9")
        left = QVBoxLayout()
        left.setSpacing(SPACE + 4)
        row.addLayout(left, 1)
        left.addWidget(self._sums_card(ground), 1)
        left.addWidget(self.restores, 1)
        row.addWidget(self._cash_card(ground))

    def show_sheet(self, screen: SheetScreen) -> None:
        """Show the sums; a shift of somebody else can be looked at only."""
        self.heading.setText(screen.heading)
        self.table.show_rows(screen.totals)
        self.cash.show_figure(screen.expected_cash)
        self.cash.setVisible(bool(screen.expected_cash))
        self.blind.setVisible(not screen.expected_cash)
        self.whose.setText(screen.whose)
        self.whose.setVisible(bool(screen.whose))
        for button in (self.in_button, self.out_button, self.drawer_button, self.drop_button):
            button.setEnabled(screen.is_own)
        self.close_button.setEnabled(screen.may_close)
        _show_facts(self._facts, self._rows, screen.facts)

    def _sums_card(self, ground: QWidget) -> Card:
        card = Card(parent=ground)
        card.body.addWidget(self.heading)
        card.body.addWidget(self.table, 1)
        return card

    def _cash_card(self, ground: QWidget) -> Card:
        card = Card(parent=ground)
        card.setFixedWidth(min(px(_CARD_WIDTH - 60), _MOST_PX))
        card.body.addWidget(self.cash)
        card.body.addWidget(self.blind)
        column = ScrollColumn()
        card.body.addWidget(column, 1)
        column.body.addLayout(self._facts)
        column.body.addWidget(self.whose)
        column.body.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        for button in (self.in_button, self.out_button):
            buttons.addWidget(button)
        card.body.addLayout(buttons)
        below = QHBoxLayout()
        below.setSpacing(SPACE)
        for button in (self.drawer_button, self.reports_button):
            below.addWidget(button)
        card.body.addLayout(below)
        card.body.addWidget(self.drop_button)
        card.body.addWidget(self.close_button)
        return card


class ClosedPage(QWidget):
    """What a close came to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._card = _in_the_middle(self)
        self._card.setFixedWidth(px(_CARD_WIDTH))
        self.heading = Label(role="heading")
        self._card.body.addWidget(self.heading)
        self._facts = QVBoxLayout()
        self._rows: list[KeyValueRow] = []
        self._card.body.addLayout(self._facts)
        self._chip: Chip | None = None
        self.print_button = Button(tr("打印班结单"), key="F6")
        self._card.body.addWidget(self.print_button)
        self.button = PrimaryButton(tr("开下一班"), "F9")
        self._card.body.addWidget(self.button)

    def show_closed(self, screen: ClosedScreen) -> None:
        """Show the result."""
        self.heading.setText(screen.heading)
        _show_facts(self._facts, self._rows, screen.facts)
        if self._chip is not None:
            self._chip.hide()
            self._chip.deleteLater()
        self._chip = Chip("good" if screen.is_equal else "warn", screen.difference)
        self._card.body.insertWidget(2, self._chip)


class CashPanel(Panel):
    """An amount and a reason."""

    def __init__(self, heading: str, *, has_amount: bool = True) -> None:
        super().__init__(heading)
        self.amount = AmountField(tr("金额"))
        self.reason = TextField(tr("原因"), hint=tr("不写姓名、电话、证件号"))
        self.button = PrimaryButton(heading)
        if has_amount:
            self.body.addWidget(self.amount)
            self.amount.entry.entered.connect(self.reason.entry.setFocus)
        self.body.addWidget(self.reason)
        self.body.addWidget(self.button)
        self.first = self.amount.entry if has_amount else self.reason.entry

    def begin_work(self) -> bool:
        """The button is inert until there is an answer; False while an earlier press still works."""
        if not self.button.isEnabled():
            return False
        self.button.setEnabled(False)
        return True

    def fail(self, words: str) -> None:
        """Say why it was not done, beside the reason; everything typed stays."""
        self.button.setEnabled(True)
        self.reason.show_error(words)


def _in_the_middle(ground: QWidget) -> Card:
    """A card that stands in its place, to be filled there: one that comes there full is styled all anew."""
    column, card = ScrollColumn(), Card()
    outer = QVBoxLayout(ground)
    outer.addWidget(column)
    column.body.addStretch(1)
    column.body.addLayout(in_the_middle(card))
    column.body.addStretch(1)
    return card


def _show_facts(layout: QVBoxLayout, rows: list[KeyValueRow], facts: tuple[tuple[str, str], ...]) -> None:
    for row in rows:
        layout.removeWidget(row)
        row.hide()
        row.deleteLater()
    rows[:] = [KeyValueRow(word, value) for word, value in facts]
    for row in rows:
        layout.addWidget(row)
