"""A simulated hall: its machines, its days, and what befalls them, one step after another from one seed."""

from __future__ import annotations

import hashlib
import heapq
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from counter_app.storage.hall import OpenHall
from tests.simulation.chains import Kept, chain_of
from tests.simulation.chance import happens
from tests.simulation.clocks import DAY_MS, HOUR_MS, MINUTE_MS, WorldTime
from tests.simulation.ground import Ground
from tests.simulation.machines import Machine
from tests.simulation.profiles import Profile
from tests.simulation.tellers import someone_of
from tests.simulation.truth import CASH_IN, CASH_OUT, CLOSE, OPEN, Truth
from tests.simulation.watching import Watcher

Step = tuple[int, int, str, int]
"""When, in which order, what, and at which machine."""


class World:
    """Everything of one seed; `step` carries the next thing out, `digest` is the same whenever the seed is."""

    def __init__(self, seed: str, profile: Profile, ground: Ground, folder: Path) -> None:
        self.seed, self.profile, self.ground, self.folder = seed, profile, ground, folder
        self.chance = Random(f"world/{seed}")
        self.time, self.truth, self.faults = WorldTime(), Truth(), Counter[str]()
        self.machines: list[Machine] = []
        self.watchers: list[Watcher] = []
        self.done = 0
        self.answers = Counter[str]()
        self._line = hashlib.sha256()
        self._heap: list[Step] = []
        self._order = 0
        for number in range(profile.machines):
            self._add_machine(number)
        self.plan(0, "morning", -1)

    @property
    def digest(self) -> str:
        """Everything that was done and answered, in one hash."""
        return self._line.hexdigest()

    def plan(self, at_ms: int, what: str, machine: int) -> None:
        """Something will happen."""
        self._order += 1
        heapq.heappush(self._heap, (at_ms, self._order, what, machine))

    def step(self) -> None:
        """The next thing happens, and what can be seen of it at once is held against the truth."""
        at_ms, _, what, number = heapq.heappop(self._heap)
        self.time.pass_to(at_ms)
        answer = self._morning() if number < 0 else self._at(self.machines[number], what)
        self.done += 1
        self.answers[answer] += 1
        self._line.update(f"{self.done}|{self.time.ms}|{number}|{what}|{answer}\n".encode())
        if number >= 0:
            self._look(number)

    def heal(self) -> None:
        """Whatever is wrong with a machine is put right."""
        for machine in self.machines:
            machine.fuse.mend()
            machine.clock.off_ms = 0
            machine.off()

    def look_at_all(self) -> None:
        """Every invariant of every journal."""
        for machine, watcher in zip(self.machines, self.watchers, strict=True):
            watcher.look_at_all(machine.hall)
            self._line.update(repr([e.hash.hex() for e in _heads(machine.hall)]).encode())

    def close(self) -> None:
        """Let go of every file."""
        for machine in self.machines:
            machine.off()

    def _add_machine(self, number: int) -> None:
        name = f"m{number}"
        folder = self.folder / name
        shutil.copytree(self.ground.folder, folder)
        self.machines.append(Machine(name, folder, self.time, self.truth, Random(f"{name}/{self.seed}")))
        self.watchers.append(Watcher(name, self.truth))

    def _morning(self) -> str:
        """The day of every machine is laid out: its shift, its customers, and what will befall it."""
        begin = self.time.ms
        for number in range(len(self.machines)):
            draw = self.chance.randrange
            opens = begin + draw(HOUR_MS)
            closes = begin + 9 * HOUR_MS + draw(HOUR_MS)
            self.plan(opens, OPEN, number)
            for _ in range(self.chance.randint(*self.profile.payments)):
                self.plan(draw(opens, closes), "pay", number)
            self.plan(draw(opens, closes), self.chance.choice((CASH_IN, CASH_OUT)), number)
            self.plan(draw(opens, closes), "restores", number)
            if not happens(self.chance, 0.1):
                self.plan(closes, CLOSE, number)
        self.plan(begin + DAY_MS, "morning", -1)
        return "a day"

    def _at(self, machine: Machine, what: str) -> str:
        if happens(self.chance, self.profile.acts):
            self._befall(machine)
        answer = machine.does(self._act(machine, what))
        if answer in ("ClockOff", "ClockAhead"):
            # somebody puts the clock right
            machine.clock.off_ms = 0
        return answer

    def _act(self, machine: Machine, what: str) -> Callable[[OpenHall], str]:
        teller = machine.teller
        if what == "pay":
            someone = someone_of(list(self.ground.people), self.chance, 0.3)
            return lambda hall: teller.pay(hall, someone)
        if what == "restores":
            return teller.confirm_restores
        return lambda hall: teller.run_shift(hall, what)

    def _befall(self, machine: Machine) -> None:
        """Something happens to the machine in its next act."""
        kind = self.chance.choice(("power cut", "power cut", "commit answered with an error", "disk full", "clock"))
        self.faults[kind] += 1
        if kind == "power cut":
            machine.fuse.left = self.chance.randrange(8)
        elif kind == "disk full":
            machine.fuse.full_after = self.chance.randrange(3)
        elif kind == "clock":
            days = self.chance.choice((0, 0, 1, 400, 3_650))
            off_ms = days * DAY_MS + self.chance.randrange(10 * MINUTE_MS)
            machine.clock.off_ms = off_ms * self.chance.choice((1, -1))
        else:
            machine.fuse.error_after = self.chance.randrange(3)

    def _look(self, number: int) -> None:
        machine = self.machines[number]
        machine.fuse.mend()
        self.watchers[number].look(machine.hall)


def _heads(hall: OpenHall) -> list[Kept]:
    chain = chain_of(hall)
    return chain[-1:]
