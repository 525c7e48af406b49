"""Steps of a case on the writer's lane: each under an intent that is kept until the file has answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from counter_app.domain.refusals import Refusal
from counter_app.services.retention_desk import CaseView
from counter_app.ui.desk import Desk
from counter_app.ui.intents import Intents
from counter_app.ui.language import tr
from counter_app.ui.retention.presenter_acts import Call
from counter_app.ui.step_trouble import step_trouble as step_trouble

Answered = Callable[[CaseView | None, Refusal | None, str], object]
"""What came of it: the case as far as it got, the refusal that stopped it, and trouble in words."""


class StepLane:
    """Runs steps one after the other, and tells how far they got.

    After a COMMIT whose end nobody knows the same press asks under the same intent, so that nothing is done twice.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._intents = Intents(desk)
        self._working = 0

    @property
    def is_working(self) -> bool:
        """Whether a step is under way."""
        return self._working > 0

    def run(self, case_id: str, calls: Sequence[tuple[str, Call]], answered: Answered, *, is_quiet: bool) -> None:
        """Take steps; each is named by what it decides. What was done before one is refused stays done. A quiet one
        lets the next step be pressed behind it.
        """
        hall, who = self._desk.hall, self._desk.who
        done: list[CaseView] = []
        steps = [(call, self._intents.decide((case_id, key))) for key, call in calls]

        def job() -> None:
            for call, decision in steps:
                done.append(call(hall, who, case_id, decision.intent_id))

        def end(refusal: Refusal | None, trouble: Exception | None) -> None:
            self._working -= not is_quiet
            for _call, decision in steps:
                self._intents.answered(decision, trouble)
            answered(done[-1] if done else None, refusal, "" if trouble is None else step_trouble(trouble))

        self._working += not is_quiet
        self._desk.lanes.run(
            "writer",
            job,
            lambda _none: end(None, None),
            lambda refusal: end(refusal, None),
            lambda trouble: end(None, trouble),
            word="" if is_quiet else tr("正在保存"),
        )
