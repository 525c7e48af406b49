"""Lanes for the tests of presenters: no window, no thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counter_app.domain.refusals import Refusal, Refused
from counter_app.services.hall import StoreTrouble

TROUBLE = (StoreTrouble, OSError)


class Inline:
    """Lanes without a window that answer at once: what a presenter needs and no Qt."""

    def run(
        self,
        _lane: object,
        job: Callable[[], Any],
        on_done: Callable[[Any], object],
        on_refused: Callable[[Refusal], object],
        on_trouble: Callable[[Exception], object],
        *,
        word: str = "",
    ) -> object:
        """Run the job and call one of the three."""
        try:
            result = job()
        except Refused as refused:
            return on_refused(refused.refusal)
        except TROUBLE as trouble:
            return on_trouble(trouble)
        return on_done(result)

    def run_long(
        self,
        job: Callable[[Any], Any],
        on_done: Callable[[Any], object],
        on_refused: Callable[[Refusal], object],
        on_trouble: Callable[[Exception], object],
        *,
        word: str,
        on_stopped: Callable[[], object] = lambda: None,
    ) -> Any:
        """Run a long job at once; nobody stops it."""
        return self.run("long", lambda: job(Unwatched()), on_done, on_refused, on_trouble)


class Unwatched:
    """How far a job is, told to nobody."""

    def step(self, done: int, total: int, doing: str) -> None:
        """Nobody listens."""

    def on_writer(self, work: Callable[[], Any]) -> Any:
        """Nobody else writes."""
        return work()
