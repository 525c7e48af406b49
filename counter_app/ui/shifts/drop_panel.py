"""Cash that is handed in during the shift: counted here, counted again by whoever takes it over, signed."""

from __future__ import annotations

from collections.abc import Callable

from counter_app.domain.approvals import ApprovalCase
from counter_app.domain.shifts import CashCount
from counter_app.services import drops
from counter_app.ui.approvals.flow import open_approval
from counter_app.ui.blocks import Label
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from counter_app.ui.shifts.count_grid import CountGrid
from counter_app.ui.shifts.presenter import answers_no
from counter_app.ui.shifts.safe_acts import ActPanel


class DropPanel(ActPanel):
    """The notes that leave the drawer."""

    def __init__(self) -> None:
        super().__init__(tr("上缴金库"), tr("下一步：签字"))
        words = tr("只点要上缴的现金，逐面额输入张数。接收人当面复点后签字。")
        self.body.addWidget(Label(words, role="muted", is_wrapped=True))
        self.grid = CountGrid()
        self.add_grid(self.grid)
        self.end()
        self.grid.finished.connect(self.button.setFocus)
        self.first = next(iter(self.grid.entries.values()))


def open_drop(desk: Desk, frame: Frame, on_done: Callable[[], object]) -> None:
    """Count, sign, and the cash is in the safe."""
    panel = DropPanel()

    def go() -> None:
        count, hall, who = panel.grid.count(), desk.hall, desk.who
        if panel.begin_work():
            desk.lanes.run(
                "reader",
                lambda: drops.look(hall, who, count),
                lambda case: _sign(desk, frame, panel, case, count, on_done),
                *answers_no(panel.fail),
            )

    panel.on_go = go
    frame.panels.open(panel, actions=panel.shortcuts())


def _sign(
    desk: Desk, frame: Frame, panel: DropPanel, case: ApprovalCase, count: CashCount, on_done: Callable[[], object]
) -> None:
    hall, who = desk.hall, desk.who
    frame.panels.close_panel(panel)

    def done(fen: int) -> None:
        desk.changed()
        frame.toast.say(tr("已上缴金库 {sum}。", sum=amount(fen)))
        on_done()

    open_approval(
        desk,
        frame,
        case,
        lambda signed: drops.drop(hall, who, count, signed),
        done,
        what=tr("接收上缴现金 {sum}，请当面复点后签字。", sum=amount(case.request.amount_fen)),
    )
