"""What a round with the hub stands on: the open hall, the writer's lane, and the state both of them know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from counter_app.domain.sync_state import ChainMark, Stop, StopReason, SyncState
from counter_app.storage import chain
from counter_app.storage.hall import OpenHall
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.stamps import stamp
from counter_app.storage.sync_state import finding_of, keep, read_state

T = TypeVar("T")


class OnWriter(Protocol):
    """Runs a job on the writer's thread and waits for it; it must be short."""

    def __call__(self, job: Callable[[], T], /) -> T:
        """Run the job and return what it returns."""


def inline(job: Callable[[], T], /) -> T:
    """For whoever is the writer's thread itself: a command, a test."""
    return job()


class Ground:
    """The hall as the rounds with the hub see it. Every write is one short commit on the writer's lane."""

    def __init__(self, hall: OpenHall, on_writer: OnWriter = inline) -> None:
        self.hall, self._on_writer = hall, on_writer

    @property
    def counter_id(self) -> str:
        """The counter whose chain goes up."""
        return self.hall.hall.counter_id

    def read(self, ask: Callable[[Reading], T]) -> T:
        """Answers out of one snapshot."""

        def job() -> T:
            with self.hall.reading() as reading:
                return ask(reading)

        # the fallback driver has one connection, and it is the writer's
        return self._on_writer(job) if self.hall.store.is_for_one_thread else job()

    def write(self, act: Callable[[Writing], T]) -> T:
        """One commit on the writer's lane."""

        def job() -> T:
            with self.hall.writing() as work:
                return act(work)

        return self._on_writer(job)

    def on_writer(self, job: Callable[[], T]) -> T:
        """A job on the writer's lane that is more than one commit."""
        return self._on_writer(job)

    def state(self) -> SyncState:
        """How the counter stands with its hub."""
        return self.read(read_state)

    def keep(self, **parts: object) -> None:
        """Keep parts of the state; later entries say what they change in what is known of the hub."""
        self.write(lambda work: keep(work, **parts))
        if parts.keys() & {"feed", "hub_time"}:
            self._on_writer(self.hall.see_hub)

    def hash_at(self, seq: int) -> str | None:
        """The hash of an entry of the running epoch."""
        epoch = self.hall.epoch
        return self.read(lambda reading: chain.hash_at(reading, epoch, seq))

    def end(self) -> ChainMark:
        """The last entry of the running epoch."""
        epoch = self.hall.epoch
        return ChainMark(epoch, *self.read(lambda reading: chain.end_of(reading, epoch)))

    def stop(self, reason: StopReason, *, expected: str, found: str) -> None:
        """No money from now on, and after every restart, until it is settled."""
        stop = Stop(reason, stamp(self.hall.clock.now()), expected, found)

        def job() -> None:
            with self.hall.writing() as work:
                kept = read_state(work).stop
                if kept is not None and kept.reason == reason:
                    return
                keep(work, stop=stop)
            self.hall.store.refuse_money(finding_of(stop))

        self._on_writer(job)

    def go_on(self) -> None:
        """What stopped money is settled."""

        def job() -> None:
            with self.hall.writing() as work:
                keep(work, stop=None, new_epoch=None)
            self.hall.accept_mark()
            # a commit moves the mark up: without one, the next start would find the file behind its mark once more
            with self.hall.writing():
                pass

        self._on_writer(job)
