"""The people of the hall: who may sign in, as what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from counter_app.ui.blocks import Button, Card, PrimaryButton
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.settings.presenter import SettingsPresenter, StaffRow
from counter_app.ui.settings.staff_panel import StaffPanel
from counter_app.ui.table import Column, Table


class StaffPage(Card):
    """A list; adding and changing happen on a panel beside it."""

    def __init__(self, presenter: SettingsPresenter, frame: Frame) -> None:
        super().__init__()
        self._presenter, self._frame = presenter, frame
        self.table: Table[StaffRow] = Table(
            (
                Column("no", tr("工号"), lambda r: r.staff.staff_no, 140, sort=lambda r: r.staff.staff_no),
                Column("name", tr("姓名"), lambda r: r.staff.name, 200, sort=lambda r: r.staff.name),
                Column("role", tr("角色"), lambda r: r.role, 160, sort=lambda r: r.role),
                Column("state", tr("状态"), lambda r: r.state, 200, sort=lambda r: r.state),
            ),
            name=tr("人员"),
            empty=tr("还没有人员。按“增加人员”添加。"),
            stretch="name",
        )
        self.add_button = PrimaryButton(tr("增加人员"), "F9")
        self.change_button = Button(tr("修改所选"), key="Enter")
        self.table.activated_row.connect(self.change)
        self.add_button.clicked.connect(self.add)
        self.change_button.clicked.connect(lambda: self.change(self.table.current_row()))
        for button in (self.add_button, self.change_button):
            # one height for both of them, whatever their kind
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)
        buttons = QHBoxLayout()
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.change_button)
        buttons.addStretch(1)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(buttons)

    def read(self) -> None:
        """Show everybody."""
        self._presenter.read_staff(self.table.show_rows, lambda words: self._frame.toast.say(words, tone="warn"))

    def add(self) -> None:
        """Ask for somebody new."""
        self._open(StaffPanel(None), self._presenter.add)

    def change(self, row: StaffRow | None) -> None:
        """Ask what becomes of somebody."""
        if row is not None:
            self._open(StaffPanel(row.staff), self._presenter.change)

    def _open(self, panel: StaffPanel, work: Callable[..., Any]) -> None:
        def done() -> None:
            self._frame.panels.close_panel(panel)
            self._frame.toast.say(tr("已保存。"))
            self.read()

        def go() -> None:
            if panel.begin_work():
                work(panel.wish(), done, panel.fail)

        panel.button.clicked.connect(go)
        self._frame.panels.open(panel, actions=(Action("staff-save", tr("保存"), "F9", go),))
