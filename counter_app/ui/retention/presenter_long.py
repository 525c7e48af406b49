"""One long reading of a page without Qt: it tells how far it is, the person can stop it, and it ends with its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from counter_app.domain.staff import Right
from counter_app.services.retention_lists import Progress
from counter_app.ui.desk import Desk
from counter_app.ui.language import tr
from counter_app.ui.wording import sentences, trouble_sentences

T = TypeVar("T")


class LongReading:
    """At most one at a time: a newer one ends the older, so that none waits behind one that nobody looks at.

    `word` (by `later`) says what is done, `right` who may.
    """

    def __init__(self, desk: Desk, word: str, right: Right = Right.SEE_RETENTION) -> None:
        self._desk, self._word, self._right = desk, word, right
        self._task: Any = None
        self._asked: object = None

    @property
    def is_running(self) -> bool:
        """Whether an answer is waited for."""
        return self._asked is not None

    def begin(
        self,
        job: Callable[[Progress], T],
        show: Callable[[T], object],
        say: Callable[[str], object],
        on_stopped: Callable[[], object],
    ) -> bool:
        """Read, and give up an older reading; False where nobody is there who may see it."""
        self.give_up()
        who = self._desk.session
        if who is None or not who.may(self._right):
            return False
        asked = self._asked = object()

        def work(progress: Any) -> T:
            def tell(done: int, total: int) -> None:
                progress.step(done, total, tr(self._word))

            # one that was given up while it waited for its turn ends before it reads anything
            tell(0, 0)
            return job(tell)

        def if_wanted(end: Callable[[Any], object]) -> Callable[[Any], None]:
            def ended(found: Any) -> None:
                if self._asked is asked:
                    self._asked = None
                    end(found)

            return ended

        self._task = self._desk.lanes.run_long(
            work,
            if_wanted(show),
            if_wanted(lambda refusal: say(sentences(refusal))),
            if_wanted(lambda trouble: say(trouble_sentences(trouble))),
            word=tr(self._word),
            on_stopped=lambda: if_wanted(lambda _none: on_stopped())(None),
        )
        return True

    def stop(self) -> None:
        """The person at the page stops it, and is told when it has ended."""
        if self.is_running:
            self._task.stop()

    def give_up(self) -> None:
        """Nobody looks at the page any more: it ends, and nothing is said."""
        self.stop()
        self._asked = None
