"""The 收费 room before a customer stands there: how to find one, and, where no shift is open, the way to open it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from counter_app.domain.shifts import ShiftSheet
from counter_app.domain.staff import Right
from counter_app.services import shifts
from counter_app.ui.blocks import SPACE, Label, PrimaryButton, page
from counter_app.ui.desk import Desk
from counter_app.ui.icons import IconView
from counter_app.ui.language import tr


class HomePage(QWidget):
    """`open_shift_wanted` is the filled button of a counter without a shift."""

    open_shift_wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.words = _middle(Label(role="muted", is_wrapped=True))
        self.why = _middle(Label(is_wrapped=True))
        self.open_shift = PrimaryButton(tr("开班"), "F9")
        self.open_shift.clicked.connect(self.open_shift_wanted)
        ground, column = page(parent=self)
        column.setSpacing(SPACE)
        column.addStretch(2)
        column.addWidget(IconView("search", "muted", size_px=32), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.words)
        column.addSpacing(2 * SPACE)
        column.addWidget(self.why)
        column.addWidget(self.open_shift, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(ground)
        self.words.setText(tr("按 F2，输入手机号、户号、姓名或拼音，回车打开客户。\n也可以直接扫收据或通知单。"))
        self.offer_shift(is_offered=False)

    def read(self) -> None:
        """Look whether a shift is open."""
        if self._desk.session is None:
            return
        hall = self._desk.hall
        self._desk.lanes.run("reader", lambda: shifts.sheet(hall), self._show, lambda _r: None, lambda _t: None)

    def offer_shift(self, *, is_offered: bool) -> None:
        """Whether opening a shift is the next thing to do."""
        self.why.setText(tr("还没有开班，可以查询，不能收款。"))
        self.why.setVisible(is_offered)
        self.open_shift.setVisible(is_offered)

    def _show(self, sheet: ShiftSheet | None) -> None:
        who, store = self._desk.session, self._desk.hall.store
        can_open = who is not None and who.may(Right.RUN_SHIFT) and store.is_writable and not store.money_off
        self.offer_shift(is_offered=sheet is None and can_open)


def _middle(label: Label) -> Label:
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
    return label
