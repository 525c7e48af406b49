"""A counter with its line: a teller pays on the writer's lane while the program's own worker speaks with the hub."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from counter_app.clock import SystemClock, new_intent_id
from counter_app.domain.sync_state import ChainMark, Enrolment
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.sync.engine import Engine, Round
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import HttpLine, LineDown, LineReply
from counter_app.sync.snapshots import Snapshots
from counter_app.sync.status import SyncStatus
from counter_app.sync.upload import Answered, Uploads
from counter_app.sync.worker import Gate, Worker
from tests.faults.teller import Task, Teller

Say = Callable[[dict[str, Any]], None]

AGAIN = "pays again under a new intent when the hub does not answer"
SENT = "counts as acknowledged what was only sent"
LINE_DEFECTS = (AGAIN, SENT)
"""Faults that are planted to see whether the harness finds them."""

MOST_ROUNDS = 60
"""Rounds after which a counter whose line is whole again counts as stuck: it needs a handful."""
_PATIENCE_S = 60


@dataclass(frozen=True)
class Work:
    """What one process does: `folders` are the counters that it is, each pays `payments` times from `first` on."""

    folders: list[str]
    seed: int
    first: list[int]
    open_intents: list[str]
    payments: int = 1_000_000
    patience_s: float = 2.0
    defect: str = ""

    def to_json(self) -> str:
        """The task as a nursery takes it."""
        return json.dumps(asdict(self))


class ToldLine(HttpLine):
    """The counter's own line, which says beside its work which entries went unheard, and which the hub had already."""

    def __init__(self, enrolment: Enrolment, patience_s: float, say: Say) -> None:
        super().__init__(enrolment.url, enrolment.authority, total_s=patience_s)
        self._say = say
        self.calls = 0
        self.is_asking = threading.Event()

    def call(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> LineReply:
        """Carry a request.

        Raises:
            LineDown: as it says.
        """
        self.calls += 1
        self.is_asking.set()
        try:
            reply = super().call(method, target, headers, body)
        except LineDown as down:
            if target.startswith("/v1/chains/") and method == "POST":
                sent = json.loads(body)
                count = len(sent["entries"])
                self._say({"say": "unheard", "why": down.why, "first": sent["first_seq"], "count": count})
            raise
        finally:
            self.is_asking.clear()
        if target.startswith("/v1/chains/") and (known := reply.body.count(b'"known"')):
            self._say({"say": "known", "count": known})
        return reply


class ToldEngine(Engine):
    """The counter's own rounds, counted; what each did is said."""

    def __init__(self, ground: Ground, open_line: Callable[[Enrolment], ToldLine], chance: Random, say: Say) -> None:
        super().__init__(ground, open_line, Snapshots(), chance)
        self.rounds, self.idle = 0, 0
        self._say = say

    def round(self) -> Round:
        """One round; `idle` counts the good ones in a row that had nothing to do."""
        done = super().round()
        self.rounds += 1
        self.idle = 0 if done.why or done.sent or done.taken or done.is_more else self.idle + 1
        self._say({"say": "round", "why": done.why, "sent": done.sent, "taken": done.taken})
        return done


class Counter:
    """A counter of a hall that is open, with its lane and its worker, as the program has them."""

    def __init__(self, work: Work, number: int, say: Say) -> None:
        self.folder = Path(work.folders[number])
        self.work = work
        self.decision, self.intent = work.first[number], work.open_intents[number]
        self.say: Say = lambda line: say({**line, "counter": number})
        self.lane = ThreadPoolExecutor(max_workers=1)
        self.hall: OpenHall = self.lane.submit(self._open).result()
        self.teller = Teller(Task(str(self.folder), work.seed + number, 0), self.say)
        self.status: SyncStatus | None = None
        self._is_told = threading.Semaphore(0)
        self.gate = Gate(self.lane)
        self.engine = ToldEngine(Ground(self.hall, self.gate), self._line, Random(f"{work.seed}/{number}"), self._heard)
        self.worker = Worker(self.engine, self.gate, self._tell)
        self.hall.on_grown = self.worker.wake
        self._was_unheard = False
        self.line: ToldLine | None = None
        self.say({"say": "open"})
        self.worker.start()

    def _open(self) -> OpenHall:
        hall = open_hall(self.folder, clock=SystemClock.of_this_machine())
        hall.store.adopt()
        return hall

    def _line(self, enrolment: Enrolment) -> ToldLine:
        self.line = ToldLine(enrolment, self.work.patience_s, self._heard)
        self.worker.lend(self.line)
        return self.line

    def _heard(self, line: dict[str, Any]) -> None:
        self._was_unheard |= line["say"] == "unheard" and line["count"] > 0
        self.say(line)

    def _tell(self, status: SyncStatus) -> None:
        self.status = status
        self._is_told.release()

    def pay(self) -> None:
        """The next decision, on the writer's lane."""
        intent = self.intent or new_intent_id()
        self.intent = ""
        self.lane.submit(self.teller.decide, self.hall, self.decision, intent).result()
        if self.work.defect == AGAIN and self._was_unheard:
            self._was_unheard = False
            self.lane.submit(self.teller.decide, self.hall, self.decision, new_intent_id()).result()
        self.decision += 1

    def next_round(self) -> SyncStatus:
        """Ask for a round as a person may, and wait for how it went."""
        self.ask()
        return self.told()

    def ask(self) -> None:
        """Ask for a round; `told` says how it went."""
        while self._is_told.acquire(blocking=False):
            pass
        self.worker.wake()

    def told(self) -> SyncStatus:
        """Wait for the round that was asked for."""
        assert self._is_told.acquire(timeout=_PATIENCE_S), "the worker is silent"
        assert self.status is not None
        return self.status

    def drain(self) -> int:
        """Rounds until everything is up and down; how many it took, or -1 when that many were not enough."""
        for rounds in range(1, MOST_ROUNDS + 1):
            if self.next_round().waiting == 0 and self.engine.idle:
                return rounds
        return -1

    def close(self) -> None:
        """End as the program does."""
        self.worker.stop()
        self.lane.submit(self.hall.close).result()
        self.lane.shutdown()


def live(task: str, say: Say) -> None:
    """The job of a nursery's child: pay until the end, or until it is killed."""
    work = Work(**json.loads(task))
    with planted(work.defect):
        counters = [Counter(work, number, say) for number in range(len(work.folders))]
        for _ in range(work.payments):
            for counter in counters:
                counter.pay()
        for counter in counters:
            counter.close()


@contextmanager
def planted(defect: str) -> Iterator[None]:
    """The planted defect of a counter that believes what it sent to be there; nothing for every other."""
    honest = Uploads.send

    def hasty(self: Uploads, *, is_beat: bool) -> Answered | None:
        try:
            return honest(self, is_beat=is_beat)
        except LineDown:
            sent = self._ground.state().outstanding
            if sent is not None:
                mark = ChainMark(sent.epoch, sent.first_seq + sent.count - 1, sent.last_hash)
                self._ground.keep(acked=mark, outstanding=None)
            raise

    if defect == SENT:
        Uploads.send = hasty  # type: ignore[method-assign]  # a planted defect
    try:
        yield
    finally:
        Uploads.send = honest  # type: ignore[method-assign]  # and taken out again
