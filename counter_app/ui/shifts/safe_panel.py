"""The safe on the screen: what waits in it, and Enter on a line does what is to be done with it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from counter_app.domain.day_report import DayFacts, OpenDay
from counter_app.domain.proofs import MissingProof
from counter_app.domain.safe import InSafe
from counter_app.ui.blocks import SPACE, BigFigure, Button, Label
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.shifts.presenter_safe import SafePresenter, SafeRow, SafeScreen
from counter_app.ui.shifts.preview_panel import open_day_preview
from counter_app.ui.shifts.safe_acts import DayPanel, DepositPanel, FoundPanel, FundPanel
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import Tone, px

_WIDTH_PX, _LIST_PX = 860, 300


class SafePanel(Panel):
    """What lies in the safe and everything that waits; `flow` opens what a line is about."""

    def __init__(self, flow: SafeFlow) -> None:
        super().__init__(tr("金库与日结"), width_px=_WIDTH_PX)
        self._flow = flow
        self.cash = BigFigure(tr("金库现金"))
        self.table: Table[SafeRow] = Table(
            (
                Column("what", tr("事项"), lambda r: r.what, 90, tone=lambda r: r.tone),
                Column("no", tr("编号"), lambda r: r.no, 300),
                Column("since", tr("日期 / 起始"), lambda r: r.since, 210),
                Column("amount", tr("金额"), lambda r: r.amount, 130, align="right"),
            ),
            name=tr("金库与日结"),
            empty=tr("金库里没有要办的事。"),
            stretch="no",
        )
        self.table.setMinimumHeight(min(px(_LIST_PX), _LIST_PX))
        self.words = Label(is_wrapped=True)
        self.deposit_button, self.fund_button = Button(tr("解款"), key="F8"), Button(tr("备用金入库"), key="F6")
        self.deposit_button.clicked.connect(flow.deposit)
        self.fund_button.clicked.connect(flow.put_in)
        self.table.activated_row.connect(flow.open_row)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.words, 1)
        row.addWidget(self.fund_button)
        row.addWidget(self.deposit_button)
        self.body.addWidget(self.cash)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(row)
        self.body.addWidget(Label(tr("回车办理这一行：日结、找到单据、解款、看日结单。Esc 返回"), role="note"))
        self.first = self.table
        for button in (self.deposit_button, self.fund_button):
            button.setVisible(flow.presenter.may_act)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        may = self._flow.may_act
        return (
            Action("safe-deposit", tr("解款"), "F8", self._flow.deposit, is_possible=may),
            Action("safe-fund", tr("备用金入库"), "F6", self._flow.put_in, is_possible=may),
        )

    def show_safe(self, screen: SafeScreen) -> None:
        """Show what is true now."""
        self.cash.show_figure(screen.cash)
        self.table.show_rows(screen.rows)

    def say(self, words: str, tone: Tone | None = "warn") -> None:
        """What came of an act, or why it was not done."""
        self.words.set_tone(tone)
        self.words.setText(words)


class SafeFlow:
    """The way through the panels of the safe: the list, one act, and back to the list."""

    def __init__(self, desk: Desk, frame: Frame) -> None:
        self._desk, self._frame = desk, frame
        self.presenter = SafePresenter(desk)
        self._panel: SafePanel | None = None
        self._screen: SafeScreen | None = None

    def may_act(self) -> bool:
        """Whether whoever looks may close days, bank and find papers."""
        return self.presenter.may_act

    def open(self, words: str = "", tone: Tone | None = None) -> None:
        """Show the list, with what came of the act before."""
        self._panel = panel = SafePanel(self)
        panel.say(words, tone)
        self._frame.panels.open(panel, actions=panel.shortcuts())
        self.presenter.read(self._show, panel.say)

    def open_row(self, row: SafeRow | None) -> None:
        """Do what is to be done with a line."""
        about = row.about if row is not None else None
        if isinstance(about, DayFacts):
            self._print(about)
        elif not self.may_act():
            return
        elif isinstance(about, OpenDay):
            self._act(DayPanel(about, lambda: self._close_day(about)))
        elif isinstance(about, MissingProof):
            self._act(FoundPanel(about, lambda words: self._found(about, words)))
        elif isinstance(about, InSafe):
            self.deposit()

    def deposit(self) -> None:
        """F8: money goes to the bank."""
        screen = self._screen
        if screen is None or not self.may_act():
            return
        if not any(held.fen > 0 for held in screen.waiting):
            self._say(tr("金库里没有要解的款。"))
            return
        panel = DepositPanel(screen.waiting, screen.today)

        def go() -> None:
            wish = panel.wish()
            if wish is not None and panel.begin_work():
                self.presenter.deposit(wish, lambda made: self._back(panel, _banked(made.deposit.fen)), panel.fail)

        panel.on_go = go
        self._act(panel)

    def put_in(self) -> None:
        """F6: money for floats comes into the safe."""
        if not self.may_act():
            return
        panel = FundPanel()

        def go() -> None:
            if panel.begin_work():
                count, reason = panel.grid.count(), panel.reason.entry.text()
                self.presenter.put_in(count, reason, lambda _fen: self._back(panel, tr("备用金已入库。")), panel.fail)

        panel.on_go = go
        self._act(panel)

    def _close_day(self, day: OpenDay) -> None:
        panel = self._frame.panels.current()
        if isinstance(panel, DayPanel) and panel.begin_work():
            self.presenter.close_day(
                day.business_date,
                lambda facts: self._back(panel, tr("日结单 {no} 已生成。在这一行按回车看和打印。", no=facts.paper_no)),
                panel.fail,
            )

    def _found(self, proof: MissingProof, words: str) -> None:
        panel = self._frame.panels.current()
        if isinstance(panel, FoundPanel) and panel.begin_work():
            self.presenter.found(
                proof.key, words, lambda _none: self._back(panel, tr("已登记：单据找到了。")), panel.fail
            )

    def _print(self, facts: DayFacts) -> None:
        open_day_preview(self._desk, self._frame, facts.paper_no, self.open, self._say)

    def _act(self, panel: DayPanel | FoundPanel | DepositPanel | FundPanel) -> None:
        if self._panel is not None:
            self._frame.panels.close_panel(self._panel)
        self._frame.panels.open(panel, actions=panel.shortcuts(), on_back=self.open)

    def _back(self, panel: Panel, words: str) -> None:
        self._frame.panels.close_panel(panel)
        self._desk.changed()
        self.open(words, "good")

    def _show(self, screen: SafeScreen) -> None:
        self._screen = screen
        if self._panel is not None and self._frame.panels.current() is self._panel:
            self._panel.show_safe(screen)

    def _say(self, words: str, tone: Tone | None = "warn") -> None:
        if self._panel is not None and self._frame.panels.current() is self._panel:
            self._panel.say(words, tone)


def _banked(fen: int) -> str:
    return tr("已登记解款 {sum}。", sum=amount(fen))
