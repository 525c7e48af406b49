"""When the next round with the hub is due: soon after an entry, now and then without one, later after each failure."""

from __future__ import annotations

from typing import NamedTuple

SETTLE_S = 0.25
"""After an entry was written: its receipt is being drawn, and the next entry may follow at once."""
POLL_S = 15.0
"""With nothing to send: whether there is anything new."""
BEAT_S = 60.0
"""With nothing to send: the upload that says "here I am"."""
LEAST_S = 1.0
MOST_S = 300.0


def after_failure(failures: int, *, chance: float, retry_after_s: int | None) -> float:
    """Seconds until the next try after so many failures in a row: full jitter, so that counters which lost the hub in
    the same second do not come back in the same second. `chance` is drawn from [0, 1); what the hub asked for is the
    least, and the jitter comes on top of it.
    """
    reach = min(MOST_S, LEAST_S * 2.0 ** min(failures, 16))
    wait = LEAST_S + chance * (reach - LEAST_S)
    return wait if retry_after_s is None else retry_after_s + chance * min(reach, float(retry_after_s) + LEAST_S)


class Rhythm(NamedTuple):
    """Counts failures in a row; frozen, each round gives the next one."""

    failures: int = 0

    def next(self, *, is_failed: bool, is_more: bool, chance: float, retry_after_s: int | None) -> tuple[Rhythm, float]:
        """The rhythm after a round, and the seconds until the next one."""
        if is_failed:
            failures = self.failures + 1
            return Rhythm(failures), after_failure(failures, chance=chance, retry_after_s=retry_after_s)
        return Rhythm(), 0.0 if is_more else POLL_S
