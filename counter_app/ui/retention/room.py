"""The 挽留 room: the cases at the desk, and the one that somebody works on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from counter_app.domain.staff import Right
from counter_app.ui.blocks import SPACE, Card, Label, page
from counter_app.ui.desk import Desk
from counter_app.ui.fields import TextField
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.retention.page import RetentionView
from counter_app.ui.retention.presenter_lists import ListPresenter, matching
from counter_app.ui.retention.screen import CaseLine, Option
from counter_app.ui.retention.service_panel import ServicePanel
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px

ROOM = "retention"
"""The key under which the frame holds this room."""


class RetentionRoom(QWidget):
    """The list of cases, and over it the page of one; `customer_wanted` asks for the customer's own page."""

    customer_wanted = Signal(int)

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__()
        self._desk, self._frame = desk, frame
        self.lists = ListPresenter(desk)
        self.view: RetentionView | None = None
        self._lines: tuple[CaseLine, ...] = ()
        self.search = TextField(tr("查找挽留单：单号、姓名、号码、原因、工号"))
        self.table: Table[CaseLine] = Table(
            (
                Column("case_no", tr("单号"), lambda r: r.case_no, 210, sort=lambda r: r.case_no),
                Column("who", tr("客户"), lambda r: r.who, 110),
                Column("number", tr("号码"), lambda r: r.number, 140),
                Column("stage", tr("进度"), lambda r: r.stage, 160, sort=lambda r: r.stage),
                Column("reason", tr("原因"), lambda r: r.reason, 180, sort=lambda r: r.reason),
                Column("average", tr("月均"), lambda r: r.average, 110, align="right"),
                Column("opened", tr("受理时间"), lambda r: r.opened, 170, sort=lambda r: r.opened),
                Column("staff_no", tr("经办"), lambda r: r.staff_no, 100),
            ),
            name=tr("在办的挽留单"),
            empty=tr("没有在办的挽留单。客户要离网时，在客户页按 F8 打开。"),
            stretch="reason",
        )
        self._stack = QStackedWidget()
        self._lay_out()
        self.search.entry.typed.connect(lambda _text: self._show_lines())
        self.search.entry.entered.connect(self._open_current)
        self.table.activated_row.connect(lambda row: self.open_case(row.case_id))
        self._add_keys()
        desk.listen(self._changed)

    @property
    def has_form(self) -> bool:
        """Whether this trade keeps a retention form."""
        return self.lists.has_form

    def open_customer(self, customer_id: int) -> None:
        """F8 on the customer's page: the one service straight, one of several by its number."""
        self.lists.services(customer_id, lambda services: self._choose_service(customer_id, services), self._say)

    def open_service(self, customer_id: int, service_id: int) -> None:
        """The case of a service, new or taken up."""
        self._open(lambda view: view.presenter.open(customer_id, service_id, self._failed))

    def open_case(self, case_id: str) -> None:
        """Go on with a case, whoever opened it."""
        self._open(lambda view: view.presenter.resume(case_id, self._failed))

    def read(self) -> None:
        """Read the list anew."""
        self.lists.cases(self._show_cases, self._say)

    def keep_typed(self) -> None:
        """Somebody is about to leave the counter: what stands on the page is kept."""
        if self.view is not None:
            self.view.presenter.keep_typed()

    def let_go(self) -> None:
        """The person leaves the counter: nothing of the customer stays on the screen."""
        self._close_view()
        self._lines = ()
        self.search.entry.clear()
        self.table.show_rows(())

    def back(self) -> None:
        """From the case to the list."""
        self._close_view()
        self.read()
        self.search.entry.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._desk.session is not None:
            self.read()
            if self.view is None:
                self.search.entry.setFocus()

    def _choose_service(self, customer_id: int, services: tuple[Option, ...]) -> None:
        if len(services) == 1:
            self.open_service(customer_id, int(services[0].number))
            return

        def chosen(number: str) -> None:
            self._frame.panels.close_panel(panel)
            self.open_service(customer_id, int(number))

        panel = ServicePanel(services, chosen)
        self._frame.panels.open(panel)

    def _open(self, begin: Callable[[RetentionView], object]) -> None:
        self._close_view()
        view = self.view = RetentionView(self._desk, self._frame)
        view.left.connect(self._left)
        self._stack.addWidget(view)
        self._stack.setCurrentWidget(view)
        self._frame.show_room(ROOM)
        begin(view)

    def _close_view(self) -> None:
        view, self.view = self.view, None
        if view is not None:
            view.close_page()
            self._stack.setCurrentIndex(0)
            self._stack.removeWidget(view)
            view.hide()
            view.deleteLater()

    def _left(self, way: str) -> None:
        if way == "pay" and self.view is not None:
            self.customer_wanted.emit(self.view.presenter.view.case.customer_id)
        elif way == "back":
            self.back()

    def _failed(self, words: str) -> None:
        self._close_view()
        self._say(words)
        self.read()

    def _say(self, words: str) -> None:
        self._frame.toast.say(words, tone="warn")

    def _changed(self) -> None:
        if self.view is not None:
            self.view.presenter.read()
        if self._desk.session is not None and self.isVisible():
            self.read()

    def _show_cases(self, lines: tuple[CaseLine, ...]) -> None:
        self._lines = lines
        who = self._desk.session
        if who is not None and who.may(Right.SEE_RETENTION):
            self._show_lines()

    def _show_lines(self) -> None:
        self.table.show_rows(matching(self._lines, self.search.entry.text()))

    def _open_current(self) -> None:
        row = self.table.current_row()
        if row is not None:
            self.open_case(row.case_id)

    def _with(self, act: Callable[[RetentionView], object]) -> Callable[[], object]:
        return lambda: act(self.view) if self.view is not None else None

    def _add_keys(self) -> None:
        def is_open() -> bool:
            return self.view is not None

        def can_leave() -> bool:
            shown = None if self.view is None else self.view.screen_shown
            return shown is not None and shown.can_leave_now

        leave = self._with(RetentionView.leave_now)
        for action in (
            Action("retention-next", tr("下一步"), "F9", self._with(RetentionView.press), is_possible=is_open),
            Action("retention-leave", tr("现在离网"), "Ctrl+L", leave, is_possible=can_leave),
            Action(
                "retention-page",
                tr("看下一个步骤"),
                "Ctrl+Tab",
                self._with(lambda view: view.presenter.next_page()),
                is_possible=is_open,
            ),
            Action(
                "retention-more",
                tr("更多方案"),
                "Ctrl+M",
                self._with(lambda view: view.presenter.show_all_offers()),
                is_possible=is_open,
            ),
            Action(
                "retention-pay",
                tr("去收费"),
                "F4",
                self._with(lambda view: view.go_to("pay")),
                is_possible=is_open,
            ),
            Action("retention-back", tr("回到名单"), "Escape", self.back, is_possible=is_open),
        ):
            self._frame.keys.add(action, page=self)

    def _lay_out(self) -> None:
        ground, column = page()
        card = Card()
        head = QHBoxLayout()
        head.addWidget(Label(tr("在办的挽留单"), role="heading"))
        head.addStretch(1)
        card.body.addLayout(head)
        card.body.addWidget(self.search)
        card.body.addSpacing(SPACE)
        card.body.addWidget(self.table, 1)
        self.table.setMinimumHeight(px(120))
        column.addWidget(card, 1)
        self._stack.addWidget(ground)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
