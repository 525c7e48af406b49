"""The confirmation after a payment: it stays until the next customer."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, BigFigure, Button, Chip, KeyValueRow, Label, ScrollColumn
from counter_app.ui.language import tr
from counter_app.ui.payments.screen import DoneScreen
from counter_app.ui.printing import PrintState, printed_words
from counter_app.ui.theme import LARGEST_SCALE, scale_in_use


class DoneCard(QWidget):
    """Receipt number, received, change, and how the print goes; `print_again` after a print that failed, `undo` when it
    was a mistake.
    """

    def __init__(self) -> None:
        super().__init__()
        self.receipt_no = ""
        self._settled, self._received = KeyValueRow(tr("本次缴费")), KeyValueRow(tr("实收"))
        self.change = BigFigure(tr("找零"), tone="good")
        self.number, self.after = Label(role="amount", is_wrapped=True), Label(role="note", is_wrapped=True)
        self.spoken = Label(role="muted", is_wrapped=True)
        self.late = Label(
            tr("磁盘先报了错，已查明：这笔已经记账，只记了一次。"), role="note", tone="warn", is_wrapped=True
        )
        self.print = Label(role="note", is_wrapped=True)
        self.print_again = Button(tr("再打一次"), key="Ctrl+P")
        self.again = Button(tr("同一客户再收一笔"), kind="quiet")
        self.undo = Button(tr("收错了，撤销"), key="Ctrl+F8", kind="quiet")
        chip = Chip("good", tr("已收费"))
        scroll = ScrollColumn()
        inner = scroll.body
        inner.setSpacing(SPACE + 4)
        inner.addWidget(chip)
        inner.addWidget(Label(tr("收据号"), role="muted"))
        inner.addWidget(self.number)
        for widget in (self.late, self.change, self._settled, self._received, self.spoken, self.after):
            inner.addWidget(widget)
        inner.addStretch(1)
        inner.addWidget(self.print)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(scroll, 1)
        column.addWidget(self.print_again)
        column.addWidget(self.again)
        # with the largest text the change needs the room, and this one scrolls
        (inner if scale_in_use() == LARGEST_SCALE else column).addWidget(self.undo)
        column.addWidget(Label(tr("F2 查下一位客户"), role="note"))

    def stops(self) -> list[QWidget]:
        """Everything that takes the focus, in reading order."""
        return [self.print_again, self.again, self.undo]

    def show_done(self, done: DoneScreen) -> None:
        """Draws a recorded payment."""
        self.receipt_no = done.receipt_no
        self.number.setText(done.receipt_no)
        self._settled.show_value(done.settled)
        self._received.show_value(done.received)
        self.change.show_figure(done.change, "good")
        self.spoken.setText(done.spoken)
        self.spoken.setVisible(bool(done.spoken))
        self.after.setText(done.after)
        self.late.setVisible(done.is_late_answer)

    def show_print(self, state: PrintState) -> None:
        """How the print goes on; only a failure is told in colour."""
        is_failed = state.state == "failed"
        told = tr("已收款，没有打印：{why}。可以再打一次。", why=state.why.rstrip("。"))
        words = told if is_failed else printed_words(state)
        self.print.set_tone("bad" if is_failed else None)
        self.print.setText(words)
