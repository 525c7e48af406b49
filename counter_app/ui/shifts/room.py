"""The 班结 room: the float is counted before a shift, the sums stand there during it, the drawer is counted after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from counter_app.clock import new_intent_id
from counter_app.domain.approvals import ApprovalCase
from counter_app.domain.refusals import Refusal
from counter_app.domain.rights import Right
from counter_app.domain.shift_close import CustomerStillOpen
from counter_app.domain.shifts import Shift
from counter_app.services import days, shifts
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.shifts.closing import ClosingFlow
from counter_app.ui.shifts.compared_page import ComparedPage
from counter_app.ui.shifts.drop_panel import open_drop
from counter_app.ui.shifts.floats import FloatFlow
from counter_app.ui.shifts.pages import CashPanel, ClosedPage, CountPage, RunningPage
from counter_app.ui.shifts.presenter import ClosedScreen, SheetScreen, ShiftPresenter, answers_no
from counter_app.ui.shifts.presenter_close import ComparedScreen, EntryRow
from counter_app.ui.shifts.presenter_restores import RestoresPresenter
from counter_app.ui.shifts.reports import ReportsPanel
from counter_app.ui.shifts.safe_panel import SafeFlow
from counter_app.ui.shifts.signing import sign_cash, sign_clock
from counter_app.ui.wording import sentences

P = TypeVar("P", bound=QWidget)
_PAGES = ("opening", "running", "closing", "compared", "closed")


class ShiftRoom(QWidget):
    """Shows the open shift, or the way to open one.

    A page is built when it is first needed, or ahead of that by `build_next`: all of them in one turn would hold the
    window. `customer_wanted` asks for the page of a record's customer.
    """

    customer_wanted = Signal(object)

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__()
        self._desk, self._frame = desk, frame
        self.presenter = ShiftPresenter(desk)
        self.flow = ClosingFlow(desk, frame, self)
        self.safe = SafeFlow(desk, frame)
        self.floats = FloatFlow(desk, frame, lambda: self.opening)
        self.is_serving: Callable[[], bool] = lambda: False
        self.restores = RestoresPresenter(desk)
        self.stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)
        self.stack.setCurrentWidget(self.opening)
        frame.keys.add(Action("shift-next", tr("开班 / 班结"), "F9", self._press), page=self)
        frame.keys.add(Action("shift-back", tr("返回"), "Escape", self._back, is_possible=self._is_ending), page=self)
        frame.keys.add(
            Action("shift-side", tr("重新清点 / 打印班结单"), "F6", self._side, is_possible=self._has_side), page=self
        )
        frame.keys.add(
            Action("shift-hand", tr("交给下一位"), "F8", self.flow.hand_over, is_possible=self._is_compared), page=self
        )
        frame.keys.add(
            Action("shift-papers", tr("标出缺的单据"), "F4", self.flow.mark_missing, is_possible=self._is_compared),
            page=self,
        )
        self._add_safe_keys()
        frame.keys.add(Action("shift-reports", tr("班结单与班中报告"), "F7", self.show_reports), page=self)
        desk.listen(self._changed)

    def _add_safe_keys(self) -> None:
        keys = self._frame.keys
        keys.add(
            Action("float-ask", tr("申领备用金"), "F6", self.floats.press, is_possible=lambda: self._is_at("opening")),
            page=self,
        )
        keys.add(
            Action("float-back", tr("撤回 / 退回备用金"), "F8", self.floats.give_back, is_possible=self._has_float),
            page=self,
        )
        keys.add(
            Action("shift-drop", tr("上缴金库"), "F6", self._ask_drop, is_possible=lambda: self._is_at("running")),
            page=self,
        )
        keys.add(Action("safe", tr("金库与日结"), "F5", self.safe.open, is_possible=self._may_see_safe), page=self)

    @cached_property
    def opening(self) -> CountPage:
        """The float is counted."""
        words = tr("清点钱箱里的备用金，逐面额输入张数。回车到下一行。")
        page = self._put(CountPage(tr("开班"), words, tr("开班"), has_slips=False, parent=self.stack))
        page.button.clicked.connect(self.open_shift)
        return page

    @cached_property
    def running(self) -> RunningPage:
        """The sums of the open shift."""
        page = self._put(RunningPage(self.stack))
        page.close_button.clicked.connect(self.begin_closing)
        page.in_button.clicked.connect(lambda: self._ask_cash(is_in=True))
        page.out_button.clicked.connect(lambda: self._ask_cash(is_in=False))
        page.drawer_button.clicked.connect(self._ask_drawer)
        page.drop_button.clicked.connect(self._ask_drop)
        page.reports_button.clicked.connect(self.show_reports)
        page.restores.step_wanted.connect(self._step_order)
        return page

    @cached_property
    def closing(self) -> CountPage:
        """The drawer is counted."""
        words = tr(
            "清点钱箱里的全部现金和单据，先点后看：账面数在清点之后才显示。支票和转账单逐张输入，空格分开；"
            "终端净退款，合计写负数。"
        )
        page = self._put(CountPage(tr("班结"), words, tr("清点完毕"), has_slips=True, parent=self.stack))
        page.button.clicked.connect(self.flow.count)
        return page

    @cached_property
    def compared(self) -> ComparedPage:
        """What the count came to."""
        page = self._put(ComparedPage(self.stack))
        page.button.clicked.connect(self.flow.close)
        page.again_button.clicked.connect(self.begin_closing)
        page.hand_button.clicked.connect(self.flow.hand_over)
        page.papers_button.clicked.connect(self.flow.mark_missing)
        page.causes.activated_row.connect(self.flow.show_rows)
        return page

    @cached_property
    def closed(self) -> ClosedPage:
        """What the closed shift came to."""
        page = self._put(ClosedPage(self.stack))
        page.button.clicked.connect(self.begin_opening)
        page.print_button.clicked.connect(self.flow.print)
        return page

    def build_next(self) -> bool:
        """Build one page that nobody has needed yet; False when all are there."""
        missing = next((name for name in _PAGES if name not in vars(self)), "")
        return bool(missing) and getattr(self, missing) is not None

    def read(self) -> None:
        """Show what is true now."""
        self.presenter.read(self._show, self._say)
        self.restores.read(self.running.restores.show_rows, self._say)

    def show_reports(self) -> None:
        """F7: the figures of the open shift and of those before, and their Z reports to be printed again."""
        panel = ReportsPanel(self._desk, self._frame, self.go_to_customer)
        self._frame.panels.open(panel, actions=panel.shortcuts())

    def go_to_customer(self, row: EntryRow | None) -> None:
        """Leave for the customer of a record, where it has one."""
        panel = self._frame.panels.current()
        if row is not None and row.customer_id is not None and panel is not None:
            self._frame.panels.close_panel(panel)
            self.customer_wanted.emit(row.customer_id)

    def catch_forgotten(self) -> None:
        """Somebody has signed in: a shift that was forgotten on an earlier day is what they see first (feature 59)."""
        hall = self._desk.hall

        def show(shift: Shift | None) -> None:
            session = self._desk.session
            if shift is not None and session is not None and session.may(Right.RUN_SHIFT):
                self._frame.show_room("shifts")
                self.read()

        words = answers_no(self._say)
        self._desk.lanes.run("reader", lambda: shifts.forgotten(hall), show, *words)
        if self._desk.session is not None and self._desk.session.may(Right.SIGN_OFF):
            self._desk.lanes.run("reader", lambda: days.forgotten(hall), self._say_forgotten, *words)

    def _say_forgotten(self, on: date | None) -> None:
        if on is not None:
            self._say(tr("{day} 还没有日结。请在班结页按 F5 办理。", day=on.isoformat()))

    def let_go(self) -> None:
        """The person leaves the counter: no count of theirs is left for the next one."""
        for name in ("opening", "closing", "compared"):
            if name in vars(self):
                getattr(self, name).clear()
        self.flow.presenter.begin()
        self.stack.setCurrentWidget(self.opening)

    def begin_opening(self) -> None:
        """Show the float count, empty, with the cursor in it."""
        self.opening.clear()
        self.stack.setCurrentWidget(self.opening)
        self.opening.grid.begin()

    def open_shift(self) -> None:
        """Open the shift with what was counted."""
        if not self.opening.begin_work():
            return
        act = self.floats.open_shift if self.floats.is_issued else None
        self.presenter.open(self.opening.grid.count(), self._opened, self.opening.fail, self._ask_clock, act)

    def begin_closing(self) -> None:
        """Show the count of the drawer, empty; what it should come to is nowhere on that page."""
        if self.is_serving():
            # who waits is served first: nothing closes by the clock (004-34)
            self._say(sentences(CustomerStillOpen()))
            return
        self.closing.clear()
        self.stack.setCurrentWidget(self.closing)
        self.closing.grid.begin()

    def show_compared(self, screen: ComparedScreen) -> None:
        """Show what the count came to."""
        self.compared.show_compared(screen)
        self.stack.setCurrentWidget(self.compared)
        self.compared.begin()

    def show_closed(self, screen: ClosedScreen) -> None:
        """Show what the shift came to; the next one is another."""
        self.closing.clear()
        self.compared.clear()
        self.presenter.begin_anew()
        self.closed.show_closed(screen)
        self.stack.setCurrentWidget(self.closed)
        self.closed.button.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._desk.session is not None and not self._is_at("closing", "compared", "closed"):
            self.read()

    def _say(self, words: str) -> None:
        self._frame.toast.say(words, tone="warn")

    def _press(self) -> None:
        if self._is_at("opening"):
            self.open_shift()
        elif self._is_at("running"):
            if self.running.close_button.isEnabled():
                self.begin_closing()
        elif self._is_at("closing"):
            self.flow.count()
        elif self._is_at("compared"):
            self.flow.close()
        else:
            self.begin_opening()

    def _back(self) -> None:
        self.stack.setCurrentWidget(self.running)
        self.running.close_button.setFocus()
        self.read()

    def _side(self) -> None:
        if self._is_at("compared"):
            self.begin_closing()
        else:
            self.flow.print()

    def _is_compared(self) -> bool:
        return self._is_at("compared")

    def _has_side(self) -> bool:
        return self._is_at("compared", "closed")

    def _is_ending(self) -> bool:
        return self._is_at("closing", "compared")

    def _is_at(self, *names: str) -> bool:
        here = self.stack.currentWidget()
        return any(vars(self).get(name) is here for name in names)

    def _put(self, built: P) -> P:
        self.stack.addWidget(built)
        return built

    def _changed(self) -> None:
        if self.isVisible() and self._is_at("running"):
            self.read()

    def _show(self, screen: SheetScreen | None) -> None:
        if self._is_ending():
            return  # an answer that comes late takes nobody out of the count
        if screen is None:
            self.stack.setCurrentWidget(self.opening)
            self.opening.end_work()
            self.floats.read()
            if self.isVisible():
                # a room that is left already takes no cursor away
                self.opening.grid.begin()
        else:
            is_new = not self._is_at("running")
            self.running.show_sheet(screen)
            self.stack.setCurrentWidget(self.running)
            # whoever comes back finds the cursor on this page, and never in a count that is out of sight
            is_new = is_new or not self.running.isAncestorOf(QApplication.focusWidget() or self)
            if is_new and self.isVisible() and self.running.close_button.isEnabled():
                self.running.close_button.setFocus()

    def _ask_clock(self, why: str) -> None:
        """A second person looks at a clock that cannot be right."""
        self.opening.fail(why)

        def signs(case: ApprovalCase) -> None:
            act = self.floats.open_shift if self.floats.is_issued else None
            sign_clock(self._desk, self._frame, case, self.opening.grid.count(), why, self._opened, act)

        self.presenter.ask_clock(signs, self.opening.fail)

    def _opened(self, shift: Shift) -> None:
        self.opening.clear()
        self._frame.toast.say(tr("班次 {no} 已开，可以收款。", no=shift.shift_no))
        self._frame.show_room("payments")
        self._frame.go_to_search()

    def _ask_cash(self, *, is_in: bool, amount_fen: int = 0, reason: str = "") -> None:
        panel = CashPanel(tr("存入现金") if is_in else tr("取出现金"))
        intent_id = new_intent_id()
        if amount_fen:
            panel.amount.entry.put_fen(amount_fen)
            panel.reason.entry.setText(reason)

        def go() -> None:
            found = panel.amount.entry.fen()
            if found is None or found == 0:
                panel.amount.show_error(tr("还没有输入金额。"))
                panel.amount.entry.setFocus()
            elif isinstance(found, Refusal):
                panel.amount.show_error(sentences(found))
                panel.amount.entry.setFocus()
            elif panel.begin_work():
                moved_fen = found if is_in else -found
                self.presenter.move_cash(moved_fen, panel.reason.entry.text(), intent_id, done, panel.fail, signs)

        def done() -> None:
            self._frame.panels.close_panel(panel)
            self.read()

        def signs(case: ApprovalCase) -> None:
            self._frame.panels.close_panel(panel)
            asked = case.request
            sign_cash(
                self._desk,
                self._frame,
                case,
                self.read,
                lambda: self._ask_cash(is_in=is_in, amount_fen=asked.amount_fen, reason=asked.words),
                beside=self.running.in_button,
            )

        panel.button.clicked.connect(go)
        panel.reason.entry.entered.connect(go)
        self._frame.panels.open(panel, beside=self.running.in_button, actions=())

    def _step_order(self, order_id: str) -> None:
        def done() -> None:
            self.restores.read(self.running.restores.show_rows, self._say)

        def failed(words: str) -> None:
            self._say(words)
            done()

        self.restores.step(order_id, done, failed)

    def _ask_drop(self) -> None:
        if self.running.drop_button.isEnabled():
            open_drop(self._desk, self._frame, self.read)

    def _has_float(self) -> bool:
        return self._is_at("opening") and self.floats.waits is not None

    def _may_see_safe(self) -> bool:
        return self._desk.session is not None and self._desk.session.may(Right.SEE_JOURNAL)

    def _ask_drawer(self) -> None:
        panel = CashPanel(tr("开钱箱"), has_amount=False)

        def done() -> None:
            self._frame.panels.close_panel(panel)
            self._frame.toast.say(tr("已记录，钱箱已打开。"))

        def go() -> None:
            if panel.begin_work():
                self.presenter.open_drawer(panel.reason.entry.text(), done, panel.fail)

        panel.button.clicked.connect(go)
        panel.reason.entry.entered.connect(go)
        self._frame.panels.open(panel, beside=self.running.drawer_button, actions=())
