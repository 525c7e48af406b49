"""What is done with the safe: a day closed, money banked, a paper found, money for floats put in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from PySide6.QtWidgets import QHBoxLayout

from counter_app.domain.day_report import OpenDay
from counter_app.domain.payments import CASH
from counter_app.domain.proofs import MissingProof
from counter_app.domain.refusals import Refusal
from counter_app.domain.safe import Deposit, InSafe, oldest_first
from counter_app.ui.blocks import SPACE, Label, PrimaryButton, ScrollColumn
from counter_app.ui.fields import AmountField, TextField
from counter_app.ui.formats import amount
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.shifts.count_grid import CountGrid
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px
from counter_app.ui.wording import sentences
from counter_app.ui.wording_money import tender_word

_LIST_PX = 150
_MOST_GRID_PX = 420


def _nothing() -> None:
    """Before the flow has said what the button does."""


class ActPanel(Panel):
    """A panel with one button, which is inert while its press works; F9 presses it."""

    def __init__(self, heading: str, button: str, *, width_px: int = 420) -> None:
        super().__init__(heading, width_px=width_px)
        self.on_go: Callable[[], object] = _nothing
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.button = PrimaryButton(button, "F9")
        self.button.clicked.connect(self.press)

    def press(self) -> None:
        """Do it."""
        self.on_go()

    def begin_work(self) -> bool:
        """The button is inert until there is an answer; False while an earlier press still works."""
        if not self.button.isEnabled():
            return False
        self.button.setEnabled(False)
        self.say("")
        return True

    def fail(self, words: str) -> None:
        """Say why it was not done; everything typed stays."""
        self.button.setEnabled(True)
        self.say(words)

    def say(self, words: str) -> None:
        """What is wrong, or nothing."""
        self.error.setText(words)
        self.error.setVisible(bool(words))

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (Action("safe-act", self.button.text(), "F9", self.press),)

    def add_grid(self, grid: CountGrid) -> None:
        """A count, which scrolls where the screen is too low for all of it."""
        column = ScrollColumn()
        column.body.addWidget(grid)
        column.setMinimumHeight(min(grid.sizeHint().height() + 2 * SPACE, _MOST_GRID_PX))
        self.body.addWidget(column, 1)

    def end(self) -> None:
        """The last lines of every such panel."""
        self.body.addWidget(self.error)
        self.body.addWidget(self.button)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A shift of the day, or another counter of the hall, and how it stands."""

    who: str
    state: str


class DayPanel(ActPanel):
    """A business date before it is closed: its shifts, and what the hub has told of the other counters."""

    def __init__(self, day: OpenDay, on_go: Callable[[], object]) -> None:
        super().__init__(tr("日结 {day}", day=day.business_date.isoformat()), tr("日结"), width_px=520)
        self.on_go = on_go
        words = tr("把本台这一天的班结单合计成一张日结单，生成后不能更改。之后再开的班另出一张。")
        self.body.addWidget(Label(words, role="muted", is_wrapped=True))
        self.table: Table[PlaceRow] = Table(
            (
                Column("who", tr("班次 / 柜台"), lambda r: r.who, 220),
                Column("state", tr("状态"), lambda r: r.state, 220),
            ),
            name=tr("各班与其他柜台"),
            empty="",
            stretch="state",
        )
        self.table.setMinimumHeight(min(px(_LIST_PX), _LIST_PX))
        self.table.show_rows(_places(day))
        self.body.addWidget(self.table, 1)
        if day.others:
            note = tr("其他柜台各自日结，本台不必等。")
            self.body.addWidget(Label(note, role="note", is_wrapped=True))
        self.end()
        self.first = self.button


def _places(day: OpenDay) -> tuple[PlaceRow, ...]:
    own = (PlaceRow(no, tr("还没有班结") if no == day.open_shift_no else tr("已班结")) for no in day.shift_nos)
    others = (
        PlaceRow(
            other.name,
            tr("开 {opened} 班，结 {closed} 班，", opened=other.opened, closed=other.closed)
            + (tr("已日结") if other.days_closed else tr("还没有日结")),
        )
        for other in day.others
    )
    return (*own, *others)


class FoundPanel(ActPanel):
    """A missing paper is there: how, in words."""

    def __init__(self, proof: MissingProof, on_go: Callable[[str], object]) -> None:
        super().__init__(tr("找到单据"), tr("登记找到"))
        said = tr(
            "收据 {no} 的{tender}单据 {sum}，班次 {shift}，{staff} 经手。班结的差异不变，只是这张单据不再缺。",
            no=proof.receipt_no,
            tender=tender_word(proof.tender),
            sum=amount(proof.fen),
            shift=proof.shift_no,
            staff=proof.staff_no,
        )
        self.body.addWidget(Label(said, is_wrapped=True))
        self.words = TextField(tr("怎么找到的"), hint=tr("不写姓名、电话、证件号"))
        self.body.addWidget(self.words)
        self.end()
        self.on_go = lambda: on_go(self.words.entry.text())
        self.words.entry.entered.connect(self.press)
        self.first = self.words.entry


class FundPanel(ActPanel):
    """Money for floats and change, by note and coin, with where it is from."""

    def __init__(self) -> None:
        super().__init__(tr("备用金入库"), tr("登记入库"))
        self.grid = CountGrid()
        self.reason = TextField(tr("来源"), hint=tr("如：从银行领取"))
        self.add_grid(self.grid)
        self.body.addWidget(self.reason)
        self.end()
        self.grid.finished.connect(self.reason.entry.setFocus)
        self.reason.entry.entered.connect(self.press)
        self.first = next(iter(self.grid.entries.values()))


@dataclass(frozen=True, slots=True)
class LineRow:
    """What goes to the bank of one shift."""

    shift_no: str
    tender: str
    amount: str


class DepositPanel(ActPanel):
    """The bank's slip, and what of which shifts it is: all cheques, and the cash of the oldest shifts up to the sum."""

    def __init__(self, waiting: tuple[InSafe, ...], today: date) -> None:
        super().__init__(tr("解款"), tr("登记解款"), width_px=560)
        self._waiting = waiting
        self.bank, self.slip_no = TextField(tr("存入银行")), TextField(tr("解款单号"))
        self.day, self.cash = TextField(tr("解款日期")), AmountField(tr("现金"), role="body")
        self.day.entry.setText(today.isoformat())
        self.cash.entry.put_fen(sum(held.fen for held in waiting if held.tender == CASH and held.fen > 0))
        for pair in ((self.bank, self.slip_no), (self.day, self.cash)):
            row = QHBoxLayout()
            row.setSpacing(2 * SPACE)
            for field in pair:
                row.addWidget(field, 1)
            self.body.addLayout(row)
        self.table: Table[LineRow] = Table(
            (
                Column("shift", tr("班次"), lambda r: r.shift_no, 180),
                Column("tender", tr("收款方式"), lambda r: r.tender, 120),
                Column("amount", tr("金额"), lambda r: r.amount, 130, align="right"),
            ),
            name=tr("解款明细"),
            empty=tr("没有要解的款。"),
            stretch="shift",
        )
        self.table.setMinimumHeight(min(px(_LIST_PX), _LIST_PX))
        self.body.addWidget(self.table, 1)
        self.total = Label(role="muted")
        self.body.addWidget(self.total)
        self.end()
        self.bank.entry.entered.connect(self.slip_no.entry.setFocus)
        self.slip_no.entry.entered.connect(self.day.entry.setFocus)
        self.day.entry.entered.connect(self.cash.entry.setFocus)
        self.cash.entry.entered.connect(self.button.setFocus)
        self.cash.entry.textChanged.connect(lambda _text: self._show_lines())
        self.first = self.bank.entry
        self._show_lines()

    def wish(self) -> Deposit | None:
        """The deposit as it is typed; None, and said, where it cannot be read."""
        fen = self.cash.entry.fen()
        if isinstance(fen, Refusal):
            self.fail(sentences(fen))
            return None
        try:
            on = date.fromisoformat(self.day.entry.text().strip())
        except ValueError:
            self.fail(tr("日期请写成 2026-11-21 这样。"))
            self.day.entry.setFocus()
            return None
        lines = oldest_first(self._waiting, fen or 0)
        cash_fen = sum(line.fen for line in lines if line.tender == CASH)
        if cash_fen < (fen or 0):
            self.fail(tr("没有解款的现金只有 {sum}。请改金额。", sum=amount(cash_fen)))
            return None
        return Deposit(self.bank.entry.text(), self.slip_no.entry.text(), on, lines)

    def _show_lines(self) -> None:
        fen = self.cash.entry.fen()
        lines = oldest_first(self._waiting, fen if isinstance(fen, int) else 0)
        numbers = {held.shift_id: held.shift_no for held in self._waiting}
        self.table.show_rows(
            [LineRow(numbers[line.shift_id], tender_word(line.tender), amount(line.fen)) for line in lines]
        )
        self.total.setText(tr("解款单应写 {sum}", sum=amount(sum(line.fen for line in lines))))
