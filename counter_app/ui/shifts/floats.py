"""The float before a shift: asked for, given out by a supervisor, accepted with the count or given back."""

from __future__ import annotations

from collections.abc import Callable

from counter_app.clock import new_intent_id
from counter_app.domain.approvals import ApprovalCase
from counter_app.domain.safe import FloatWanted
from counter_app.domain.shifts import CashCount, Shift
from counter_app.services import floats
from counter_app.services.approvals import Signed
from counter_app.ui.approvals.flow import open_approval
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount
from counter_app.ui.frame import Frame
from counter_app.ui.intents import Intents
from counter_app.ui.language import tr
from counter_app.ui.shifts.pages import CashPanel, CountPage
from counter_app.ui.shifts.presenter import answers_no


class FloatFlow:
    """What the keys of the opening page do about a float out of the safe; `waits` is the one that is on its way."""

    def __init__(self, desk: Desk, frame: Frame, page: Callable[[], CountPage]) -> None:
        self._desk, self._frame, self._page = desk, frame, page
        self._asking = Intents(desk)
        self.waits: FloatWanted | None = None

    @property
    def is_issued(self) -> bool:
        """Whether a float has left the safe for this drawer."""
        return self.waits is not None and self.waits.state == "issued"

    def read(self) -> None:
        """Look whether a float waits, and say so on the page."""
        hall = self._desk.hall
        self._desk.lanes.run("reader", lambda: floats.wanted(hall), self._show, *answers_no(self._page().fail))

    def press(self) -> None:
        """F6: ask for what was counted as wanted, or have what was asked for given out."""
        if self.waits is None:
            self._ask(self._page().grid.count())
        elif not self.is_issued:
            self._look()
        else:
            self._page().fail(_words(self.waits))

    def open_shift(self, count: CashCount, intent_id: str, signed: Signed | None = None) -> Shift:
        """Open the shift with the float that was given out; on the writer's lane."""
        return floats.accept(self._desk.hall, self._desk.who, count, intent_id, signed)

    def give_back(self) -> None:
        """F8: take the request back, or have the money in the safe again."""
        if self.waits is None:
            return
        desk, who, intent_id = self._desk, self._desk.who, new_intent_id()
        panel = CashPanel(tr("退回金库") if self.is_issued else tr("撤回申领"), has_amount=False)

        def done(_none: None) -> None:
            self._frame.panels.close_panel(panel)
            self.read()

        def go() -> None:
            reason = panel.reason.entry.text()
            if panel.begin_work():
                desk.lanes.run(
                    "writer",
                    lambda: floats.refuse(desk.hall, who, reason, intent_id),
                    done,
                    *answers_no(panel.fail),
                )

        panel.button.clicked.connect(go)
        panel.reason.entry.entered.connect(go)
        self._frame.panels.open(panel, beside=self._page().button, actions=())

    def _ask(self, count: CashCount) -> None:
        hall, who = self._desk.hall, self._desk.who

        def asked(wanted: FloatWanted) -> None:
            self._show(wanted)
            self._look()

        self._asking.run(
            tuple(tuple(row) for row in count.as_rows()),
            lambda intent: floats.ask(hall, who, count, intent),
            asked,
            *answers_no(self._page().fail),
            word=tr("正在保存"),
        )

    def _look(self) -> None:
        hall, who = self._desk.hall, self._desk.who
        self._desk.lanes.run("reader", lambda: floats.look(hall, who), self._sign, *answers_no(self._page().fail))

    def _sign(self, case: ApprovalCase) -> None:
        hall, who = self._desk.hall, self._desk.who

        def issued(wanted: FloatWanted) -> None:
            self._page().clear()
            self._show(wanted)
            self._page().grid.begin()

        open_approval(
            self._desk,
            self._frame,
            case,
            lambda signed: floats.issue(hall, who, signed),
            issued,
            what=tr("从金库发放备用金 {sum}，请当面点清后签字。", sum=amount(case.request.amount_fen)),
            on_back=self.read,
        )

    def _show(self, wanted: FloatWanted | None) -> None:
        self.waits = wanted
        self._page().show_note(_words(wanted) if wanted is not None else tr("F6 按所填张数向金库申领备用金。"))


def _words(wanted: FloatWanted) -> str:
    words = {"sum": amount(wanted.fen), "name": wanted.name or wanted.staff_no}
    if wanted.state == "asked":
        return tr("{name} 已申领备用金 {sum}，等待发放。F6 请班长发放，F8 撤回。", **words)
    return tr("备用金 {sum} 已发给 {name}。清点无误按 F9 接收开班，不符按 F8 退回金库。", **words)
