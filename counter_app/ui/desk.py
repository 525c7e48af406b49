"""What all screens of one counter share: the open hall, who is signed in, and the lanes that work runs on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from counter_app.domain.refusals import Refusal
from counter_app.domain.staff import Session
from counter_app.services.hall import OpenHall
from counter_app.ui.look import Looks

if TYPE_CHECKING:
    from counter_app.sync.hub_line import Certificate
    from counter_app.sync.joining import Joining
    from counter_app.sync.status import SyncStatus

T = TypeVar("T")


class Lanes(Protocol):
    """Where work goes that the window does not wait for; `ui.background.Background` is the real one."""

    def run(
        self,
        lane: Any,
        job: Callable[[], T],
        on_done: Callable[[T], object],
        on_refused: Callable[[Refusal], object],
        on_trouble: Callable[[Exception], object],
        *,
        word: str = "",
    ) -> object:
        """Run a job on a lane and call exactly one of the callbacks on the window's thread."""

    def run_long(
        self,
        job: Callable[[Any], T],
        on_done: Callable[[T], object],
        on_refused: Callable[[Refusal], object],
        on_trouble: Callable[[Exception], object],
        *,
        word: str,
        on_stopped: Callable[[], object] = ...,
    ) -> Any:
        """Run a job that tells how far it is and can be stopped; see `Background.run_long`."""


class Line(Protocol):
    """The line to the hub as screens see it; `sync.keeper.LineKeeper` is the real one."""

    @property
    def is_enrolled(self) -> bool:
        """Whether the hall has a hub."""

    def standing(self, hall: OpenHall) -> SyncStatus | None:
        """How it stands at this moment, None without a hub; for the reader's lane."""

    def find(self, term: str, staff_no: str) -> tuple[int, ...]:
        """Customers of other halls by one exact word, in the file from then on; for the lane of the line.

        Raises:
            Refused: `ElsewhereSilent`, `ElsewhereRefused`.
        """

    def joining(self) -> Joining:
        """What a hub is asked with to take this counter in, on the lane of the line."""

    def joined(self, hall: OpenHall) -> None:
        """The hall has its hub now: speak with it from now on; for the writer's lane."""

    def certificate(self) -> Certificate | None:
        """The certificate of the hub's server, as far as it was spoken with."""


class NoLine:
    """The line of a hall that works alone."""

    is_enrolled: bool = False

    def standing(self, _hall: OpenHall) -> SyncStatus | None:
        """There is nothing to say."""
        return None

    def find(self, _term: str, _staff_no: str) -> tuple[int, ...]:
        """There is nobody to ask."""
        return ()

    def joining(self) -> Joining:
        """What a hub is asked with; nobody speaks with it afterwards."""
        from counter_app.sync.joining import Joining

        return Joining()

    def joined(self, _hall: OpenHall) -> None:
        """Nothing is begun."""

    def certificate(self) -> Certificate | None:
        """Nobody was spoken with."""
        return None


class Desk:
    """One counter at work; presenters get it, widgets get their presenter.

    `changed` tells whoever listens that money moved or a shift began or ended: the status bar and open customers
    read anew.
    """

    def __init__(
        self,
        hall: OpenHall,
        lanes: Lanes,
        session: Session | None = None,
        looks: Looks | None = None,
        line: Line | None = None,
    ) -> None:
        self.hall, self.lanes, self.session, self.looks = hall, lanes, session, looks or Looks()
        self.line: Line = line or NoLine()
        self._listeners: list[Callable[[], object]] = []

    @property
    def who(self) -> Session:
        """Who is signed in.

        Raises:
            RuntimeError: nobody is; a bug, for no page is reachable then.
        """
        if self.session is None:
            message = "nobody is signed in"
            raise RuntimeError(message)
        return self.session

    def listen(self, listener: Callable[[], object]) -> None:
        """Be told when something changed."""
        self._listeners.append(listener)

    def forget(self, listener: Callable[[], object]) -> None:
        """Not be told any more."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def changed(self) -> None:
        """Tell everybody that something changed."""
        for listener in tuple(self._listeners):
            listener()
