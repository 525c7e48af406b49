"""Silent leavers (隐性离网) without Qt: lines that are used less and less, or not at all, and what shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from counter_app.domain.masks import mask_name, mask_phone
from counter_app.services import retention_lists
from counter_app.services.retention_lists import Progress, SilentLine
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount
from counter_app.ui.language import later, tr
from counter_app.ui.retention.presenter_long import LongReading

_KINDS = {"falling": later("用量下降"), "idle": later("不再使用")}


@dataclass(frozen=True, slots=True)
class SilentRow:
    """A line in the list; `share` is how much less the last month was, in basis points."""

    service_id: int
    customer_id: int
    number: str
    who: str
    kind: str
    share: int
    months: str

    @property
    def less(self) -> str:
        """How much less, in per cent with one decimal; of a line without use there is nothing to compare."""
        return f"{self.share / 100:.1f}%" if self.share else ""


class SilentPresenter:
    """Looks through the bills of all lines on the lane for long work, tells how far it is, and can be stopped."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.reading = LongReading(desk, later("正在查找隐性离网"))

    def rows(
        self,
        show: Callable[[tuple[SilentRow, ...]], object],
        say: Callable[[str], object],
        on_stopped: Callable[[], object] = lambda: None,
    ) -> bool:
        """Look, and give up an older search; False where nobody is there who may."""
        hall, who = self._desk.hall, self._desk.session

        def job(progress: Progress) -> tuple[SilentRow, ...]:
            assert who is not None, "nothing is read where nobody is signed in"
            return tuple(map(silent_row, retention_lists.silent(hall, who, progress)))

        return self.reading.begin(job, show, say, on_stopped)


def silent_row(line: SilentLine) -> SilentRow:
    """One line as the list shows it; the number and the name masked."""
    used = " → ".join(f"{month.month} {amount(month.total_fen)}" for month in line.fading.months)
    return SilentRow(
        service_id=line.service_id,
        customer_id=line.customer_id,
        number=mask_phone(line.number),
        who=mask_name(line.name),
        kind=tr(_KINDS[line.fading.kind]),
        share=line.fading.share,
        months=tr("{used}，只有固定费用", used=used) if line.fading.kind == "idle" else used,
    )
