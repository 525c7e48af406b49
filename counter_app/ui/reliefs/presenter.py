"""Letting late fees off and putting them off, without Qt: look, ask, decide, end; each press finds what it did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple, TypeVar

from counter_app.clock import new_intent_id
from counter_app.domain.approvals import ApprovalCase
from counter_app.domain.masks import mask
from counter_app.domain.reliefs import Relief
from counter_app.services import reliefs
from counter_app.services.approvals import Signed
from counter_app.services.reliefs import ReliefView
from counter_app.ui.desk import Desk
from counter_app.ui.formats import day
from counter_app.ui.language import tr
from counter_app.ui.reliefs.screen import ToAsk, WaitingRow
from counter_app.ui.step_trouble import step_trouble
from counter_app.ui.wording import sentences
from counter_app.ui.wording_reliefs import what_is_asked

T = TypeVar("T")
Say = Callable[[str], object]
_RUNNING = ("asked", "approved")


class Standing(NamedTuple):
    """A relief, and the case of whoever approves it, where it waits for that."""

    view: ReliefView
    case: ApprovalCase | None


class ReliefPresenter:
    """One relief at a time; a press after a failed COMMIT asks under the same intent."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._intents: dict[tuple[str, ...], str] = {}

    def ask(self, wanted: Callable[[], ToAsk], ready: Callable[[Standing], object], say: Say) -> None:
        """Hold what was typed against the bills as they stand, and write that it is asked for."""
        hall, who = self._desk.hall, self._desk.who
        intent_id = self._intent("ask")

        def job() -> Standing:
            asked = wanted()
            ids = (asked.customer_id, asked.account_id)
            plan = reliefs.look(hall, who, *ids, asked.wish)
            return self._standing(reliefs.ask(hall, who, *ids, asked.wish, plan, intent_id))

        self._run("writer", job, ready, say)

    def read(self, relief_id: str, show: Callable[[Standing], object], say: Say) -> None:
        """A relief as it stands now."""
        self._run("reader", lambda: self._standing(relief_id), show, say)

    def of_bill(
        self, account_id: int, bill_id: int, on: date, show: Callable[[Sequence[str]], object], say: Say
    ) -> None:
        """The ids of what is still to be decided, or holds, of one bill, paid or not."""
        hall, who = self._desk.hall, self._desk.who

        def job() -> Sequence[str]:
            return [relief.relief_id for relief in running(reliefs.of_bill(hall, who, account_id, bill_id), on)]

        self._run("reader", job, show, say)

    def approve(self, relief_id: str, signed: Signed) -> ReliefView:
        """Approve it as it was shown and signed; for the writer's lane.

        Raises:
            Refused: those of `services.reliefs.approve`.
        """
        return reliefs.approve(self._desk.hall, self._desk.who, relief_id, signed)

    def decline(self, relief_id: str, words: str, done: Callable[[ReliefView], object], say: Say) -> None:
        """Say no to it."""
        hall, who, intent_id = self._desk.hall, self._desk.who, self._intent("decline", relief_id, words)
        self._run("writer", lambda: reliefs.decline(hall, who, relief_id, words, intent_id), done, say)

    def withdraw(self, relief_id: str, done: Callable[[ReliefView], object], say: Say) -> None:
        """Take it back before it is decided."""
        hall, who, intent_id = self._desk.hall, self._desk.who, self._intent("withdraw", relief_id)
        self._run("writer", lambda: reliefs.withdraw(hall, who, relief_id, intent_id), done, say)

    def end_deferral(self, relief_id: str, words: str, done: Callable[[ReliefView], object], say: Say) -> None:
        """The late fee is to be paid from today on."""
        hall, who, intent_id = self._desk.hall, self._desk.who, self._intent("end", relief_id, words)
        self._run("writer", lambda: reliefs.end_deferral(hall, who, relief_id, words, intent_id), done, say)

    def case_of_end(self, relief_id: str, words: str, ready: Callable[[ApprovalCase], object], say: Say) -> None:
        """The case of a waiver that is taken back."""
        hall, who = self._desk.hall, self._desk.who
        self._run("reader", lambda: reliefs.case_of_end(hall, who, relief_id, words), ready, say)

    def end_waiver(self, relief_id: str, words: str, signed: Signed) -> ReliefView:
        """Take a waiver back as it was signed; for the writer's lane.

        Raises:
            Refused: those of `services.reliefs.end_waiver`.
        """
        return reliefs.end_waiver(self._desk.hall, self._desk.who, relief_id, words, signed)

    def waiting(self, show: Callable[[tuple[WaitingRow, ...]], object], say: Say) -> None:
        """What waits for a decision in the hall, the oldest first."""
        hall, who = self._desk.hall, self._desk.who
        self._run("reader", lambda: tuple(map(_waiting_row, reliefs.waiting(hall, who))), show, say)

    def _standing(self, relief_id: str) -> Standing:
        hall, who = self._desk.hall, self._desk.who
        view = reliefs.view(hall, who, relief_id)
        is_asked = view.first.step == "asked"
        return Standing(view, reliefs.case_of(hall, who, relief_id) if is_asked else None)

    def _intent(self, *of: str) -> str:
        return self._intents.setdefault(of, new_intent_id())

    def _run(self, lane: str, job: Callable[[], T], done: Callable[[T], object], say: Say) -> None:
        def failed(words: str, *, is_over: bool) -> None:
            if is_over:
                self._intents.clear()
            say(words)

        self._desk.lanes.run(
            lane,
            job,
            done,
            lambda refusal: failed(sentences(refusal), is_over=True),
            lambda trouble: failed(step_trouble(trouble), is_over=False),
            word=tr("正在保存") if lane == "writer" else "",
        )


def running(found: Sequence[Relief], on: date) -> list[Relief]:
    """What is still to be decided or still holds of a bill: what is asked for first, then what is put off."""
    held = [relief for relief in found if relief.state(on) in _RUNNING]
    return sorted(held, key=lambda relief: (relief.step != "asked", relief.way != "defer", relief.relief_id))


def _waiting_row(found: reliefs.WaitingRelief) -> WaitingRow:
    first = found.reliefs[0]
    words = tr(
        "{name} {account} · {what} · 工号 {by}，{on}",
        name=mask("name", found.name),
        account=found.account_no,
        what=what_is_asked(first, sum(relief.amount_fen for relief in found.reliefs)),
        by=first.asked_by,
        on=day(first.asked_on),
    )
    return WaitingRow(first.relief_id, found.customer_id, first.bill_id, words)
