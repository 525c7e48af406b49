"""The way through the end of a shift: counted, compared, signed where it is off by much, closed, printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from counter_app.domain.approvals import ApprovalCase
from counter_app.domain.proofs import Proof, ProofKey
from counter_app.domain.refusals import Refused
from counter_app.domain.shift_close import Declared
from counter_app.services.handovers import HandedOver
from counter_app.ui.approvals.flow import open_approval
from counter_app.ui.blocks import Label
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.shifts.compared_page import ComparedPage
from counter_app.ui.shifts.pages import CountPage
from counter_app.ui.shifts.presenter import ClosedScreen
from counter_app.ui.shifts.presenter_close import (
    CauseRow,
    ClosePresenter,
    ComparedScreen,
    EntryRow,
    difference_facts,
)
from counter_app.ui.shifts.proofs_panel import ProofsPanel
from counter_app.ui.shifts.z_prints import print_z
from counter_app.ui.table import Column, Table
from counter_app.ui.wording import sentences

_WIDTH_PX, _LIST_PX = 720, 260


class RowsPanel(Panel):
    """The entries behind a likely cause."""

    def __init__(self, words: str, rows: tuple[EntryRow, ...], go: Callable[[EntryRow | None], object]) -> None:
        super().__init__(tr("相关记录"), width_px=_WIDTH_PX)
        self.body.addWidget(Label(words, is_wrapped=True))
        self.table: Table[EntryRow] = Table(
            (
                Column("at", tr("时间"), lambda r: r.at, 150),
                Column("kind", tr("事项"), lambda r: r.kind, 110),
                Column("words", tr("收据 / 原因"), lambda r: r.words, 200),
                Column("amount", tr("金额"), lambda r: r.amount, 120, align="right"),
            ),
            name=tr("相关记录"),
            empty=tr("这一条没有具体记录：请复点钱箱。"),
            stretch="words",
        )
        self.table.setMinimumHeight(_LIST_PX)
        self.table.show_rows(rows)
        self.table.activated_row.connect(go)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(Label(tr("回车到客户，Esc 返回"), role="note"))
        self.first = self.table


class EndingPages(Protocol):
    """The room as far as the end of a shift goes through it."""

    @property
    def closing(self) -> CountPage:
        """The drawer is counted."""

    @property
    def compared(self) -> ComparedPage:
        """What the count came to."""

    def show_compared(self, screen: ComparedScreen) -> None:
        """Show what the count came to."""

    def show_closed(self, screen: ClosedScreen) -> None:
        """Show what the shift came to."""

    def go_to_customer(self, row: EntryRow | None) -> None:
        """Leave for the customer of a record."""


class ClosingFlow:
    """What the buttons of the pages at the end of a shift do."""

    def __init__(self, desk: Desk, frame: Frame, room: EndingPages) -> None:
        self._desk, self._frame, self._room = desk, frame, room
        self.presenter = ClosePresenter(desk)
        self._z_no = ""

    def count(self) -> None:
        """Write down what was counted, and show what it came to."""
        page = self._room.closing
        if not page.begin_work():
            return
        try:
            slips = page.slips.slips() if page.slips is not None else ()
        except Refused as refused:
            page.fail(sentences(refused.refusal))
            return
        self.presenter.count(Declared(page.grid.count(), slips), self._counted, page.fail)

    def close(self) -> None:
        """Close on what was counted; where it is off by much, somebody else signs first."""
        page, reason = self._room.compared, self._room.compared.reason.entry.text()
        if not page.begin_work():
            return
        if self.presenter.signatures and reason.strip():
            self.presenter.ask(reason, lambda case: self._sign(case, reason), page.fail)
        else:
            self.presenter.close(reason, self._ended, page.fail)

    def hand_over(self) -> None:
        """Give the drawer to the next teller as it was counted; she signs for it."""
        page, reason = self._room.compared, self._room.compared.reason.entry.text()
        if page.hand_button.isVisible() and page.begin_work():
            self.presenter.ask_next(reason, lambda case: self._take_over(case, reason), page.fail)

    def mark_missing(self) -> None:
        """F4: name the papers that are not there, one by one."""
        page, presenter = self._room.compared, self.presenter
        if not page.papers_button.isVisible():
            return

        def marked(missing: frozenset[ProofKey]) -> None:
            presenter.missing = missing
            page.say(tr("标为缺失的单据 {count} 张，班结时登记。", count=len(missing)) if missing else "")

        def show(papers: tuple[Proof, ...]) -> None:
            panel = ProofsPanel(papers, presenter.missing, marked)
            self._frame.panels.open(panel, beside=page.papers_button, actions=panel.shortcuts())

        presenter.papers(show, page.say)

    def show_rows(self, row: CauseRow | None) -> None:
        """Open the entries behind a cause."""
        if row is None:
            return

        def show(rows: tuple[EntryRow, ...]) -> None:
            self._frame.panels.open(
                RowsPanel(row.words, rows, self._room.go_to_customer), beside=self._room.compared.causes
            )

        self.presenter.rows(row.ids, show, self._room.compared.say)

    def print(self) -> None:
        """Print the Z report of the shift that was closed."""
        if self._z_no:
            print_z(self._desk, self._z_no, lambda words, tone: self._frame.toast.say(words, tone=tone or "ink"))

    def _counted(self, screen: ComparedScreen) -> None:
        self._room.closing.end_work()
        self._room.show_compared(screen)

    def _sign(self, case: ApprovalCase, reason: str) -> None:
        page = self._room.compared
        open_approval(
            self._desk,
            self._frame,
            case,
            lambda signed: self.presenter.end(reason, signed),
            lambda closed: self._ended(self.presenter.ended(closed)),
            what=tr("长短款合计 {sum}，请当面复点后签字。", sum=amount(case.request.amount_fen)),
            facts=difference_facts(case),
            on_back=lambda: page.fail(""),
        )

    def _take_over(self, case: ApprovalCase, reason: str) -> None:
        page, count = self._room.compared, amount(case.request.amount_fen)

        def done(handed: HandedOver) -> None:
            self._ended(self.presenter.ended(handed.closed))
            taker, no = handed.shift.staff_no, handed.shift.shift_no
            self._frame.toast.say(tr("钱箱已交给工号 {staff}，新班次 {no}。请她登录。", staff=taker, no=no))

        open_approval(
            self._desk,
            self._frame,
            case,
            lambda signed: self.presenter.hand_over(reason, signed),
            done,
            what=tr("接收钱箱现金 {sum}，请当面点清后签字。", sum=count),
            on_back=lambda: page.fail(""),
        )

    def _ended(self, screen: ClosedScreen) -> None:
        self._z_no = screen.z_no
        self._room.show_closed(screen)
