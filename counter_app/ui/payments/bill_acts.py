"""What is done to a bill of the customer's page beside paying it: its late fee let off or put off."""

from __future__ import annotations

from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from counter_app.ui.payments.page import CustomerView
from counter_app.ui.reliefs.flow import Relieving


def relieve(desk: Desk, frame: Frame, view: CustomerView) -> None:
    """Ctrl+G: what stands for the late fee of the bill that is pointed at, or the panel that asks for something."""
    position, row = view.position(), view.data.open_bills.table.current_row()
    bills = position.open_bills if position is not None else ()
    found = next((one for one in bills if row is not None and one.bill.bill_id == row.bill_id), None)
    if position is None or not bills:
        frame.toast.say(tr("没有欠费账单，没有可以减免、暂缓的违约金。"), tone="warn")
    else:
        way = Relieving(desk, frame, beside=view.data)
        way.begin(view.customer_id, found or bills[0], bills, position.on)
