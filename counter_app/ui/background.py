"""Work beside the window: one-worker lanes, and the one relay that brings results back to the window's thread."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from counter_app.domain.refusals import Refusal, Refused

T = TypeVar("T")
Lane = Literal["writer", "reader", "paper", "long", "line"]
LANES: tuple[Lane, ...] = ("writer", "reader", "paper", "long", "line")


class Stopped(Exception):
    """Raised inside a long job when the person has stopped it."""


class Step(NamedTuple):
    """How far a long job is: `done` of `total` (0: not known), and what is being done."""

    done: int
    total: int
    doing: str


class Task:
    """One running job, as the window sees it."""

    def __init__(self, word: str, *, can_stop: bool = False) -> None:
        self.word, self.can_stop = word, can_stop
        self._stop = threading.Event()

    def stop(self) -> None:
        """Asks the job to stop at its next step."""
        self._stop.set()

    def is_stopping(self) -> bool:
        """Whether a stop was asked for."""
        return self._stop.is_set()


class Progress(NamedTuple):
    """Handed to a long job, which calls `step` often, from its own thread; `on_writer` runs a unit of work on the
    writer's lane, where a payment passes between two of them, and returns when it is done.
    """

    task: Task
    tell: Callable[[Step], None]
    on_writer: Callable[[Callable[[], Any]], Any] = lambda work: work()

    def step(self, done: int, total: int, doing: str) -> None:
        """Tells how far the job is.

        Raises:
            Stopped: the person has stopped it; the job must leave nothing half done.
        """
        if self.task.is_stopping():
            raise Stopped
        self.tell(Step(done, total, doing))


class Busy(Protocol):
    """Who shows that work is going on."""

    def began(self, task: Task) -> None:
        """A job was started."""

    def stepped(self, task: Task, step: Step) -> None:
        """A long job told how far it is."""

    def ended(self, task: Task) -> None:
        """The job is over, whatever its end."""


class Outcome(NamedTuple):
    """The callbacks of a job; each runs on the window's thread, and exactly one of them.

    Only where one of them is itself a bug is `on_trouble` called after it.
    """

    on_done: Callable[[Any], object]
    on_refused: Callable[[Refusal], object]
    on_trouble: Callable[[Exception], object]
    on_stopped: Callable[[], object] = lambda: None


class Background:
    """Runs jobs on the writer, the reader, the lane for paper, the one for long work or the one of the line to the
    hub, one at a time in each.

    Paper has a lane to itself: a receipt never waits for an import or a report, and pages are drawn by one thread.

    `trouble` names the exceptions that are disk, printer or line and go to `on_trouble`. Anything else is a bug: it
    goes to `on_bug`, the one last resort, on the window's thread, and then to `on_trouble` as a `ProgramFault`, so
    that no button stays inert. Make one per process; call `close` at the end.
    """

    def __init__(
        self,
        *,
        trouble: tuple[type[Exception], ...] = (OSError,),
        on_bug: Callable[[BaseException], object] | None = None,
        busy: Busy | None = None,
    ) -> None:
        self._trouble, self._on_bug, self._busy = trouble, on_bug or _excepthook, busy
        self._relay = _Relay()
        self._lanes = {lane: ThreadPoolExecutor(max_workers=1, thread_name_prefix=lane) for lane in LANES}

    def lane(self, lane: Lane) -> ThreadPoolExecutor:
        """The executor behind a lane, for a part without a window that must share its thread."""
        return self._lanes[lane]

    def run(
        self,
        lane: Lane,
        job: Callable[[], T],
        on_done: Callable[[T], object],
        on_refused: Callable[[Refusal], object],
        on_trouble: Callable[[Exception], object],
        *,
        word: str = "",
    ) -> Task:
        """Runs a job; `word` says what is done, for the case that it takes longer than an eye's blink."""
        return self._start(lane, Task(word), lambda _progress: job(), Outcome(on_done, on_refused, on_trouble))

    def run_long(
        self,
        job: Callable[[Progress], T],
        on_done: Callable[[T], object],
        on_refused: Callable[[Refusal], object],
        on_trouble: Callable[[Exception], object],
        *,
        word: str,
        on_stopped: Callable[[], object] = lambda: None,
    ) -> Task:
        """Runs a job that tells how far it is and can be stopped."""
        return self._start("long", Task(word, can_stop=True), job, Outcome(on_done, on_refused, on_trouble, on_stopped))

    def on_window(self, call: Callable[[], object]) -> None:
        """Runs a call on the window's thread soon; may be asked from any thread, and nothing runs after the end."""
        self._hand_over(lambda: self._called(call))

    def close(self) -> None:
        """Waits for what runs, drops what waits, and delivers nothing more."""
        self._relay.close()
        for executor in self._lanes.values():
            executor.shutdown(wait=True, cancel_futures=True)

    def _start(self, lane: Lane, task: Task, job: Callable[[Progress], Any], outcome: Outcome) -> Task:
        if self._busy is not None:
            self._busy.began(task)

        def tell(step: Step) -> None:
            if self._busy is not None:
                self._hand_over(lambda: self._stepped(task, step))

        def work() -> None:
            finish = self._worked(job, Progress(task, tell, self._on_writer), outcome)
            self._hand_over(lambda: self._finished(task, finish, outcome))

        self._submit(lane, work)
        return task

    def _worked(self, job: Callable[[Progress], Any], progress: Progress, outcome: Outcome) -> Callable[[], object]:
        try:
            result = job(progress)
        except Refused as refused:
            refusal = refused.refusal
            return lambda: outcome.on_refused(refusal)
        except Stopped:
            return outcome.on_stopped
        except self._trouble as trouble:
            kept = trouble
            return lambda: self._tell_trouble(outcome, kept)
        except BaseException as bug:  # the last resort is told of everything
            found = bug
            return lambda: self._failed(outcome, found)
        return lambda: outcome.on_done(result)

    def _finished(self, task: Task, finish: Callable[[], object], outcome: Outcome) -> None:
        if self._busy is not None:
            self._busy.ended(task)
        try:
            finish()
        except Exception as bug:
            self._failed(outcome, bug)

    def _failed(self, outcome: Outcome, bug: BaseException) -> None:
        """The last resort first, then the page: its button comes back, and nothing that was typed is lost."""
        from counter_app.logs import ProgramFault, fault_number

        self._on_bug(bug)
        self._tell_trouble(outcome, ProgramFault(fault_number(type(bug), bug.__traceback__)))

    def _tell_trouble(self, outcome: Outcome, trouble: Exception) -> None:
        try:
            outcome.on_trouble(trouble)
        except Exception as bug:
            self._on_bug(bug)

    def _called(self, call: Callable[[], object]) -> None:
        try:
            call()
        except Exception as bug:
            self._on_bug(bug)

    def _stepped(self, task: Task, step: Step) -> None:
        if self._busy is not None:
            self._busy.stepped(task, step)

    def _submit(self, lane: Lane, work: Callable[[], None]) -> None:
        self._lanes[lane].submit(work)

    def _on_writer(self, work: Callable[[], Any]) -> Any:
        return self._lanes["writer"].submit(work).result()

    def _hand_over(self, call: Callable[[], None]) -> None:
        self._relay.hand_over(call)


class InlineBackground(Background):
    """Runs every job at once on the caller's thread, for tests; callbacks have run when `run` returns."""

    def _submit(self, lane: Lane, work: Callable[[], None]) -> None:
        work()

    def _on_writer(self, work: Callable[[], Any]) -> Any:
        return work()

    def _hand_over(self, call: Callable[[], None]) -> None:
        call()


class _Relay(QObject):
    """Lives as long as the process, on the window's thread: no worker ever owns or destroys an object of Qt."""

    _handed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._is_open = True
        self._home = threading.get_ident()
        # what comes from a worker is queued by Qt itself
        self._handed.connect(self._call)

    def hand_over(self, call: Callable[[], None]) -> None:
        if not self._is_open:
            return
        if threading.get_ident() == self._home:
            QTimer.singleShot(0, self, lambda: self._call(call))
        else:
            self._handed.emit(call)

    def close(self) -> None:
        self._is_open = False

    def _call(self, call: Callable[[], None]) -> None:
        if self._is_open:
            call()


def _excepthook(bug: BaseException) -> None:
    sys.excepthook(type(bug), bug, bug.__traceback__)
