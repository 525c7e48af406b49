"""What is done to a bill of the customer's page beside paying it: its late fee let off or put off."""

from __future__ import annotations

from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from counter_app.ui.payments.page import CustomerView
from counter_app.ui.reliefs.flow import Relieving


def relieve(desk: Desk, frame: Frame, view: CustomerView) -> None:
    """Ctrl+G: what stands for the late fee of the bill that is pointed at, or the panel that asks for something."""
    position, bill_id = view.position(), view.data.pointed_bill()
    if position is None or not bill_id:
        frame.toast.say(tr("没有选账单，没有可以减免、暂缓的违约金。"), tone="warn")
        return
    way, bills = Relieving(desk, frame, beside=view.data), position.open_bills
    found = next((one for one in bills if one.bill.bill_id == bill_id), None)
    if found is not None:
        way.begin(view.customer_id, found, bills, position.on)
    else:
        way.of_paid_bill(position.account.id, bill_id, position.on)
