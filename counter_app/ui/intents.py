"""One intent for each decision, kept until the file has answered: the same press again asks under it, once (0.4)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NamedTuple, TypeVar

from counter_app.clock import new_intent_id
from counter_app.domain.refusals import Refusal
from counter_app.services.hall import CommitUncertain
from counter_app.ui.desk import Desk

T = TypeVar("T")


class Decision(NamedTuple):
    """Who decides what, and the intent under which it is carried out."""

    staff_no: str
    what: Hashable
    intent_id: str


class Intents:
    """After a COMMIT whose end nobody knows the same decision goes under the same intent: nothing is done twice.

    A decision is all that it writes down: who changes a word of it before the next press decides something else, and
    must not be told that it was recorded.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: dict[tuple[str, Hashable], str] = {}

    def begin(self) -> None:
        """Something is taken up anew: what was tried before, and never asked again, is another decision."""
        self._kept.clear()

    def decide(self, what: Hashable) -> Decision:
        """The decision of whoever is signed in, under the intent that it was tried with, or a new one."""
        staff_no = self._desk.who.staff_no
        return Decision(staff_no, what, self._kept.setdefault((staff_no, what), new_intent_id()))

    def answered(self, decision: Decision, trouble: Exception | None = None) -> None:
        """The file has said how it ended; with `CommitUncertain` it has not."""
        if not isinstance(trouble, CommitUncertain):
            self._kept.pop((decision.staff_no, decision.what), None)

    def run(
        self,
        what: Hashable,
        job: Callable[[str], T],
        on_done: Callable[[T], object],
        on_refused: Callable[[Refusal], object],
        on_trouble: Callable[[Exception], object],
        *,
        word: str,
    ) -> None:
        """Carry a decision out on the writer's lane; `job` is given its intent, `word` says what is being done."""
        decision = self.decide(what)

        def done(result: T) -> None:
            self.answered(decision)
            on_done(result)

        def refused(refusal: Refusal) -> None:
            self.answered(decision)
            on_refused(refusal)

        def troubled(trouble: Exception) -> None:
            self.answered(decision, trouble)
            on_trouble(trouble)

        self._desk.lanes.run("writer", lambda: job(decision.intent_id), done, refused, troubled, word=word)
