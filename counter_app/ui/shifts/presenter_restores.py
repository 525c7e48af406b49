"""Restore orders that still run, without Qt: what the list shows and the one next step of each (001-25)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from counter_app.domain.customers import RestoreOrder
from counter_app.domain.masks import mask_phone
from counter_app.services import restores
from counter_app.ui.desk import Desk
from counter_app.ui.formats import day_and_clock
from counter_app.ui.language import later, tr
from counter_app.ui.wording import sentences, trouble_sentences

_STATES = {"sent": later("已发送"), "confirmed": later("已恢复"), "countered": later("已撤销，待通知网络")}
_STEPS = {"sent": later("确认已恢复"), "confirmed": later("归档"), "countered": later("已通知，归档")}


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order: the masked line or meter, since when, until when, its state and the word of its next step."""

    order_id: str
    number: str
    ordered_at: str
    due_at: str
    state: str
    step: str
    is_late: bool

    @property
    def tone(self) -> Literal["bad", "ink"]:
        """How the moment it is due by is coloured; the word beside it says the same."""
        return "bad" if self.is_late else "ink"


class RestoresPresenter:
    """Reads the running orders and takes the next step of one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._orders: dict[str, RestoreOrder] = {}

    def read(self, on_rows: Callable[[tuple[OrderRow, ...]], object], on_error: Callable[[str], object]) -> None:
        """Read what still runs, the most urgent first."""
        hall = self._desk.hall

        def done(orders: tuple[RestoreOrder, ...]) -> None:
            self._orders = {order.order_id: order for order in orders}
            now = hall.clock.now()
            on_rows(tuple(order_row(order, now, hall.hall.trade) for order in orders))

        self._desk.lanes.run(
            "reader",
            lambda: restores.running(hall),
            done,
            lambda refusal: on_error(sentences(refusal)),
            lambda trouble: on_error(trouble_sentences(trouble)),
        )

    def step(self, order_id: str, on_done: Callable[[], object], on_error: Callable[[str], object]) -> None:
        """Confirm an order that was sent, archive one that was confirmed."""
        desk, who, order = self._desk, self._desk.who, self._orders[order_id]
        act = restores.confirm if order.state == "sent" else restores.archive

        def done(_none: None) -> None:
            on_done()
            desk.changed()

        desk.lanes.run(
            "writer",
            lambda: act(desk.hall, who, order_id),
            done,
            lambda refusal: on_error(sentences(refusal)),
            lambda trouble: on_error(trouble_sentences(trouble)),
            word=tr("正在保存"),
        )


def order_row(order: RestoreOrder, now: datetime, trade: str) -> OrderRow:
    """One order as the list shows it; moments in the zone of `now`."""
    is_late = order.state == "sent" and now > order.due_at
    due = day_and_clock(order.due_at.astimezone(now.tzinfo))
    return OrderRow(
        order.order_id,
        mask_phone(order.number) if trade == "telecom" else order.number,
        day_and_clock(order.ordered_at.astimezone(now.tzinfo)),
        tr("{due} 已超时", due=due) if is_late else due,
        tr(_STATES.get(order.state, order.state)),
        tr(_STEPS.get(order.state, order.state)),
        is_late,
    )
