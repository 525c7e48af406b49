"""Asking the hub for a customer while somebody stands at the desk: a line of its own, three seconds, no more."""

from __future__ import annotations

import re
import time
from concurrent.futures import Executor
from contextlib import suppress

from counter_app.domain.refusals import Refused
from counter_app.domain.sync_refusals import ElsewhereRefused, ElsewhereSilent
from counter_app.logs import LOGGER
from counter_app.storage.hall import OpenHall
from counter_app.storage.sync_state import read_state
from counter_app.sync import wire
from counter_app.sync.find_elsewhere import TOTAL_S, FindBy, find_elsewhere
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import HttpLine, LineDown
from counter_app.sync.worker import Gate, Over

_LEAST_S = 0.2
"""With less than this left nothing more is asked."""

_IDENTITY = re.compile(r"\d{17}[0-9Xx]")
_MOBILE = re.compile(r"1\d{10}")


def ways_of(term: str) -> tuple[FindBy, ...]:
    """What an exact word may be, the likeliest first."""
    if _IDENTITY.fullmatch(term):
        return ("id",)
    if _MOBILE.fullmatch(term):
        return ("service", "account")
    return ("account", "service", "customer")


class Asker:
    """One question at a time, on the thread of whoever asks; `end` cuts it from another one."""

    def __init__(self, hall: OpenHall, writer: Executor) -> None:
        self._hall, self._gate = hall, Gate(writer)
        self._line: HttpLine | None = None
        self._is_over = False

    def find(self, term: str, staff_no: str) -> tuple[int, ...]:
        """The customers that are in the file now; none: the hub knows nobody by that word.

        Raises:
            Refused: `ElsewhereSilent`, `ElsewhereRefused`.
        """
        ends_at = time.monotonic() + TOTAL_S
        with self._hall.reading() as reading:
            enrolment = read_state(reading).enrolment
        if enrolment is None or self._is_over:
            raise Refused(ElsewhereSilent("offline"))
        for by in ways_of(term):
            left_s = ends_at - time.monotonic()
            if left_s < _LEAST_S:
                raise Refused(ElsewhereSilent("slow"))
            self._line = line = HttpLine(enrolment.url, enrolment.authority, total_s=left_s)
            try:
                found = find_elsewhere(Ground(self._hall, self._gate), line, by, term, staff_no)
            except (LineDown, Over) as down:
                why = down.why if isinstance(down, LineDown) else "offline"
                LOGGER.info("a customer asked for at the hub: no answer, %s", why)
                raise Refused(ElsewhereSilent(why)) from down
            finally:
                self._line = None
                with suppress(OSError):
                    line.close()
            if isinstance(found, wire.Refusal):
                raise Refused(ElsewhereRefused(found.why.value))
            if found.customer_ids:
                return found.customer_ids
        return ()

    def end(self) -> None:
        """Cut what is under way; nothing comes into the file any more."""
        self._is_over = True
        if self._line is not None:
            self._line.cut()
        self._gate.shut()
