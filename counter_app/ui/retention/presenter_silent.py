"""Silent leavers (隐性离网) without Qt: lines that are used less and less, or not at all, and what shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from counter_app.domain.masks import mask_name, mask_phone
from counter_app.domain.staff import Right
from counter_app.services import retention_lists
from counter_app.services.retention_lists import SilentLine
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount
from counter_app.ui.language import later, tr
from counter_app.ui.wording import sentences, trouble_sentences

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
        self._task: Any = None
        self._asked: object = None

    def rows(
        self,
        show: Callable[[tuple[SilentRow, ...]], object],
        say: Callable[[str], object],
        on_stopped: Callable[[], object] = lambda: None,
    ) -> bool:
        """Look, and give up an older search; False where nobody is there who may. What comes after the person has left
        is shown to nobody.
        """
        self.stop()
        desk = self._desk
        hall, who = desk.hall, desk.session
        if who is None or not who.may(Right.SEE_RETENTION):
            return False

        asked = self._asked = object()

        def job(progress: Any) -> tuple[SilentRow, ...]:
            def tell(count: int) -> None:
                progress.step(count, 0, tr("正在查找隐性离网：已看 {count} 个号码", count=count))

            return tuple(map(silent_row, retention_lists.silent(hall, who, tell)))

        self._task = desk.lanes.run_long(
            job,
            lambda rows: show(rows) if self._asked is asked else None,
            lambda refusal: say(sentences(refusal)),
            lambda trouble: say(trouble_sentences(trouble)),
            word=tr("正在查找隐性离网"),
            on_stopped=lambda: on_stopped() if self._asked is asked else None,
        )
        return True

    def stop(self) -> None:
        """Nobody waits for it any more."""
        self._asked = None
        if self._task is not None:
            self._task.stop()
            self._task = None


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
