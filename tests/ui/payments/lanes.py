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
