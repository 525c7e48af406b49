"""An I/O error at every call of a payment or of a shift's act: each ends as recorded or not, and that is the truth."""

from __future__ import annotations

import ctypes
import json
import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from counter_app.clock import new_intent_id
from counter_app.domain.refusals import Refused
from counter_app.services import payments
from counter_app.storage.hall import OpenHall
from counter_app.storage.trouble import CommitUncertain, NotRecorded, StoreTrouble
from tests import halls
from tests.faults import acts
from tests.faults.nursery import Nursery, Say
from tests.faults.preload import build_shim
from tests.faults.teller import CASH_TWICE, TWICE, Ground, Heard, decide, log_of, make_ground, open_ground
from tests.faults.truth import Truth

KINDS = {"EIO": 1, "ENOSPC": 2, "short": 3, "EINTR": 4, "EIO at a sync": 5}
PAY, PAY_AND_EMPTY = "pay", "pay and empty the log"
FLOWS = (PAY, PAY_AND_EMPTY, acts.OPEN, acts.CASH_IN, acts.CASH_OUT, acts.UNDO, acts.CLOSE)
"""What is done on the failing disk. The log is emptied into the file in every flow but the first and cash in."""


@dataclass(frozen=True)
class Task:
    """One payment or act on a disk that fails at call `at`; a `sticky` disk fails from there until it is healed."""

    folder: str
    flow: str
    at: int
    kind: str
    is_sticky: bool
    defect: str = ""


@dataclass
class Errors:
    """How a campaign went."""

    seed: int = 0
    runs: int = 0
    positions: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    wrongs: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.runs} runs, {dict(self.ends)}, {dict(self.wrongs)}\n" + "\n".join(self.examples)


def campaign(
    folder: Path, *, is_demo: bool = True, every: int = 1, defect: str = "", until_found: bool = False
) -> Errors:
    """Fail at every `every`th call position, with each kind of error, once and for good, in each flow."""
    result = Errors()
    started = time.monotonic()
    template = make_ground(folder / "template", customers=3, is_demo=is_demo).folder
    nursery = Nursery("tests.faults.io_errors:live", environment={"LD_PRELOAD": str(build_shim(folder))})
    try:
        for flow in FLOWS if not defect else (PAY,) if defect == TWICE else (acts.CASH_IN,):
            for kind in KINDS if not defect else ("EIO at a sync",):
                calls = _run(nursery, template, folder / "run", Task("", flow, 1_000_000, kind, False), result)
                assert calls > 1, f"the failing disk saw only {calls} calls"
                result.positions += calls if kind in ("EIO", "EIO at a sync") else 0
                # syncs are few, and the most telling; a call that is interrupted for ever is tried for ever
                step = 1 if kind == "EIO at a sync" else every
                both = (False,) if kind == "EINTR" else (False, True)
                for at in range(1, calls + 1, step):
                    for is_sticky in both if step == 1 else both[at // step % len(both) :][:1]:
                        _run(nursery, template, folder / "run", Task("", flow, at, kind, is_sticky, defect), result)
                        if until_found and result.wrongs:
                            return result
    finally:
        nursery.close()
        result.seconds = time.monotonic() - started
    return result


def _run(nursery: Nursery, template: Path, folder: Path, task: Task, result: Errors) -> int:
    """One run; returns how many calls the disk saw."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    nursery.start(json.dumps({**asdict(task), "folder": str(folder)}))
    lines = nursery.last_words()
    truth = Truth()
    for line in lines:
        truth.listen(line)
    if lines[-1]["status"] != 0:
        truth.wrong("crashed", str(lines[-2:]))
    ends = [line for line in lines if line["say"] == "end"]
    hall = open_ground(folder)
    try:
        truth.check(hall, is_whole=True)
    finally:
        hall.close()
    for end in ends:
        if truth.is_recorded(end["intent"]) != end["is_recorded"]:
            truth.wrong("false answer", f"said {end['how']}, recorded {truth.is_recorded(end['intent'])}")
        result.ends[end["how"]] += 1
    result.runs += 1
    result.wrongs.update(truth.wrongs)
    result.examples = (result.examples + [f"{task}: {example}" for example in truth.examples])[:20]
    return max((line["calls"] for line in lines if line["say"] == "calls"), default=0)


def live(task: str, say: Say) -> None:
    """The child: one payment or act on the failing disk, the answer, and more work after the disk was healed."""
    wanted = Task(**json.loads(task))
    with log_of(1_000 if wanted.flow in (PAY, acts.CASH_IN) else 1):
        hall = open_ground(Path(wanted.folder))
        ground = Ground.load(Path(wanted.folder))
        if wanted.flow in (PAY, PAY_AND_EMPTY):
            _live(wanted, hall, ground, say)
        else:
            with acts.nobody_asks(wanted.defect == CASH_TWICE):
                _live_shift(wanted, hall, ground, say)
        hall.close()


def _arm(wanted: Task) -> Callable[[], int]:
    """Make the disk fail; what is returned heals it, and says how many calls it saw."""
    disk = ctypes.CDLL(None)

    def heal() -> int:
        calls = int(disk.fault_calls())
        disk.fault_arm(ctypes.c_long(0), 0, 0)
        return calls

    disk.fault_arm(ctypes.c_long(wanted.at), KINDS[wanted.kind], int(wanted.is_sticky))
    return heal


def _live(wanted: Task, hall: OpenHall, ground: Ground, say: Say) -> None:
    heal = _arm(wanted)
    intent = new_intent_id()
    how = _pay(hall, ground, 0, intent, say)
    say({"say": "calls", "calls": heal()})
    if wanted.defect == TWICE and how != "taken":
        hall.store.reopen()
        _pay(hall, ground, 0, new_intent_id(), say)
    if how == "uncertain":
        how = _ask_again(hall, intent, say)
    say({"say": "end", "intent": intent, "how": how, "is_recorded": how.startswith("taken")})
    if not wanted.defect:
        if not hall.store.is_writable:
            hall.store.reopen()
        again = _pay(hall, ground, 1, new_intent_id(), say)
        assert again == "taken", f"after {how}, on a healthy disk: {again}"


def _live_shift(wanted: Task, hall: OpenHall, ground: Ground, say: Say) -> None:
    """As the window does: the same press again under the same intent, and a new intent once it was said that nothing
    was recorded. Nobody opens the file anew by hand: the counter must go on by itself.
    """
    chance = Random(3)
    if wanted.flow == acts.OPEN:
        acts.carry_out(hall, acts.decide_act(hall, chance, kind=acts.CLOSE), -1, new_intent_id())
    if wanted.flow == acts.UNDO:
        assert _pay(hall, ground, 2, new_intent_id(), say) == "taken"
    act, intent = acts.decide_act(hall, chance, kind=wanted.flow), new_intent_id()
    heal = _arm(wanted)
    how = _do(hall, act, 0, intent, say)
    say({"say": "calls", "calls": heal()})
    if wanted.defect == CASH_TWICE and how != "taken":
        _do(hall, act, 0, new_intent_id(), say)
    if how == "uncertain":
        how = f"{_do(hall, act, 0, intent, say)}, after healing"
    say({"say": "end", "intent": intent, "how": how, "is_recorded": how.startswith("taken")})
    if wanted.defect:
        return
    is_taken = how.startswith("taken")
    again = _do(hall, act, 0, intent if is_taken else new_intent_id(), say)
    assert again == "taken", f"after {how}, pressed again on a healthy disk: {again}"
    if wanted.flow == acts.CLOSE:
        acts.carry_out(hall, acts.decide_act(hall, chance), -1, new_intent_id())
    paid = _pay(hall, ground, 1, new_intent_id(), say)
    assert paid == "taken", f"after {how}, on a healthy disk: {paid}"


def _do(hall: OpenHall, act: acts.Act, decision: int, intent: str, say: Say) -> str:
    """An act of the shift as the window carries it out; how it ended."""
    say({"say": "try", "decision": decision, "intent": intent})
    try:
        did = acts.carry_out(hall, act, decision, intent)
    except NotRecorded:
        return "not recorded"
    except CommitUncertain:
        return "uncertain"
    except (StoreTrouble, Refused):
        return "refused"
    say({"say": "did", **asdict(did)})
    return "taken"


def _pay(hall: OpenHall, ground: Ground, decision: int, intent: str, say: Say) -> str:
    """Pay as the window does; how it ended."""
    someone = ground.customers[decision]
    say({"say": "try", "decision": decision, "intent": intent})
    try:
        payments.begin(hall, halls.teller(), intent, someone.customer_id, 1)
        wish, previewed = decide(halls.position(hall, someone), Random(3))
        order = payments.Order(intent, someone.customer_id, someone.account_id, wish, previewed)
    except StoreTrouble:
        return "refused before cash"
    try:
        taken = payments.take(hall, halls.teller(), order)
    except payments.NotRecorded:
        return "not recorded"
    except CommitUncertain:
        return "uncertain"
    except (StoreTrouble, Refused):
        return "refused"
    _hear(decision, intent, taken, say)
    return "taken after asking" if taken.is_late_answer else "taken"


def _ask_again(hall: OpenHall, intent: str, say: Say) -> str:
    try:
        taken = payments.resolve(hall, intent, CommitUncertain("asked again"))
    except payments.NotRecorded:
        return "not recorded, after healing"
    _hear(0, intent, taken, say)
    return "taken, after healing"


def _hear(decision: int, intent: str, taken: payments.Taken, say: Say) -> None:
    line: dict[str, Any] = asdict(Heard.of(decision, intent, taken))
    say({"say": "ack", **line})
