"""Asking a hub to take this counter in while the window goes on: on the line's own lane, and ended from any other."""

from __future__ import annotations

from counter_app.sync.enrolment import Answer, Wanted, Way, ask, identify
from counter_app.sync.hub_line import Line, LineDown, OneCall, fetch_authority


class Joining:
    """The two questions of an enrolment, one after the other; once it was ended, no further one is asked."""

    def __init__(self, way: Way | None = None) -> None:
        self._line: OneCall | None = None
        self._is_over = False
        self._way = way or Way(lambda url: fetch_authority(url, self._lent(url, "")), self._lent)

    def identify(self, wanted: Wanted) -> str:
        """The authority that the code names, had from the address.

        Raises:
            Refused, LineDown: as `enrolment.identify` says.
        """
        return identify(wanted, self._way)

    def ask(self, wanted: Wanted, authority: str) -> Answer:
        """Hand in the code.

        Raises:
            Refused, LineDown: as `enrolment.ask` says.
        """
        return ask(wanted, self._way, authority)

    def end(self) -> None:
        """Cut what is under way."""
        self._is_over = True
        if self._line is not None:
            self._line.cut()

    def _lent(self, url: str, authority: str) -> Line:
        if self._is_over:
            raise LineDown("offline", "ended")
        self._line = OneCall(url, authority)
        return self._line
