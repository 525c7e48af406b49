"""Late fees let off (减免) or put off (暂缓): asked for, decided by somebody else, ended; a fold over steps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple, get_args

from counter_app.domain.money import Fen

ASK, DECIDE, END = "relief.ask", "relief.decide", "relief.end"
WAIVED = "waived"
"""The account of what the hall lets off, its subject the relief: the other side of a late fee that nobody pays."""
WAIVER = "waiver"
"""The source of a settlement by which a late fee is let off: it settles nothing else, and nobody paid it."""
LONGEST_DAYS = 366
"""How far ahead a late fee may be put off: longer than that is a decision of its own [house rule]."""

Way = Literal["waive", "defer"]
StepName = Literal["asked", "approved", "declined", "withdrawn", "ended"]
WAYS: tuple[Way, ...] = get_args(Way)
STEPS: tuple[StepName, ...] = get_args(StepName)
State = Literal["asked", "approved", "lapsed", "declined", "withdrawn", "ended"]

REASONS = ("hardship", "our_fault", "channel_delay", "service_dispute", "policy", "other")
"""Why a late fee is let off or put off; `other` says it in words."""


class ReliefStep(NamedTuple):
    """One thing that happened to the relief of one bill, in the order of the columns that keep it.

    `amount_fen` is the late fee that is let off; of one put off what it came to when it was asked for. `approvers` are
    whoever signed, in order.
    """

    relief_id: str
    step: StepName
    bill_id: int
    bill_no: str
    way: Way
    amount_fen: Fen
    until: date | None
    reason_code: str
    staff_no: str
    approvers: tuple[str, ...]
    on: date


class Relief(NamedTuple):
    """What became of one bill's relief; who decided is in `approvers`, or `decided_by` where nobody signed beside."""

    relief_id: str
    bill_id: int
    bill_no: str
    way: Way
    amount_fen: Fen
    until: date | None
    reason_code: str
    asked_by: str
    asked_on: date
    step: StepName = "asked"
    approvers: tuple[str, ...] = ()
    decided_by: str = ""
    decided_on: date | None = None
    ended_by: str = ""
    ended_on: date | None = None

    def state(self, on: date) -> State:
        """How it stands on a day: what was put off comes back by itself when its day is over."""
        is_over = self.step == "approved" and self.until is not None and on > self.until
        return "lapsed" if is_over else self.step

    def is_deferring(self, on: date) -> bool:
        """Whether the late fee is put off on a day; nothing has to run for it to end."""
        if self.until is None or self.way != "defer" or self.decided_on is None:
            return False
        return self.decided_on <= on <= self.until and (self.ended_on is None or on < self.ended_on)

    def waived_on_fen(self, on: date) -> Fen:
        """What was let off of the bill by it on a day, whatever became of it since."""
        is_after = self.decided_on is None or on < self.decided_on or self.step in ("declined", "withdrawn")
        is_over = self.ended_on is not None and on >= self.ended_on
        return 0 if self.way != "waive" or is_after or is_over else self.amount_fen

    @property
    def waived_fen(self) -> Fen:
        """What is let off of the bill by it, and not taken back."""
        return self.amount_fen if self.way == "waive" and self.step == "approved" else 0


_WEIGHT: dict[str, int] = {"asked": 0, "withdrawn": 1, "declined": 2, "approved": 3, "ended": 4}
"""Which step counts where two counters decided apart: money that was let off is let off, until somebody ends it."""


def fold(steps: Iterable[ReliefStep]) -> tuple[Relief, ...]:
    """The reliefs that steps tell of, in the order of the days on which they were asked for; steps may come in any
    order, and each may come twice.
    """
    found: dict[tuple[str, int], dict[StepName, ReliefStep]] = {}
    for step in steps:
        found.setdefault((step.relief_id, step.bill_id), {}).setdefault(step.step, step)
    reliefs = [_of(by_name) for by_name in found.values()]
    return tuple(sorted(reliefs, key=lambda relief: (relief.asked_on, relief.relief_id, relief.bill_id)))


def _of(by_name: dict[StepName, ReliefStep]) -> Relief:
    last = max(by_name.values(), key=lambda step: _WEIGHT[step.step])
    granted, asked = by_name.get("approved"), by_name.get("asked", last)
    decided = granted or by_name.get("declined")
    ended = by_name.get("ended") or (by_name.get("withdrawn") if last.step == "withdrawn" else None)
    return Relief(
        relief_id=last.relief_id,
        bill_id=last.bill_id,
        bill_no=last.bill_no,
        way=last.way,
        amount_fen=last.amount_fen,
        until=last.until,
        reason_code=asked.reason_code,
        asked_by=asked.staff_no,
        asked_on=asked.on,
        step=last.step,
        approvers=decided.approvers if decided else (),
        decided_by=decided.staff_no if decided else "",
        decided_on=decided.on if decided else None,
        ended_by=ended.staff_no if ended else "",
        ended_on=ended.on if ended else None,
    )


def step_id(relief_id: str, step: StepName, bill_no: str) -> str:
    """The name of a step of one bill's relief: each happens once, whoever tells of it."""
    return f"{relief_id}:{step}:{bill_no}"


def settlement_id(relief_id: str, bill_no: str) -> str:
    """The name of the settlement that lets a bill's late fee off: the same wherever it is written."""
    return f"{relief_id}:{bill_no}"
