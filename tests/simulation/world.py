"""A simulated hall and its hub: machines, days, and what befalls them, one step after another from one seed."""

from __future__ import annotations

import hashlib
import heapq
import shutil
from collections import Counter
from functools import partial
from pathlib import Path
from random import Random

from tests.simulation.acts import AFTER_CASES, PUT_RIGHT, UNDO_SAME, act_at
from tests.simulation.chance import happens
from tests.simulation.clocks import DAY_MS, HOUR_MS, WorldTime
from tests.simulation.first_counter import BROUGHT, FURTHER, is_whole, plan_joining, set_further_up, small_parts
from tests.simulation.ground import Ground
from tests.simulation.hazards import DAILY, OF_THE_HUB, RETURNS
from tests.simulation.hub_disk import PostgresDisk
from tests.simulation.hub_house import HubHouse
from tests.simulation.losses import count_losses
from tests.simulation.machines import Machine
from tests.simulation.office import Office
from tests.simulation.older_files import make_older
from tests.simulation.profiles import Profile
from tests.simulation.resting import come_to_rest
from tests.simulation.truth import CASH_IN, CASH_OUT, CLOSE, OPEN, Truth
from tests.simulation.versions import Versions
from tests.simulation.watching import HubWatcher, Watcher
from tests.simulation.weather import Weather

Step = tuple[int, int, str, int]
"""When, in which order, what, and at which machine (-1: none)."""


class World:
    """Everything of one seed; `step` carries the next thing out, `digest` is the same whenever the seed is."""

    def __init__(
        self, seed: str, profile: Profile, ground: Ground, folder: Path, disk: PostgresDisk | None = None
    ) -> None:
        self.seed, self.profile, self.ground, self.folder = seed, profile, ground, folder
        self.chance, self.undoing = Random(f"world/{seed}"), Random(f"undoing/{seed}")
        self.time, self.truth, self.faults = WorldTime(), Truth(), Counter[str]()
        self.house = HubHouse(self.time, seed, ground.image, disk)
        self.office = Office(self.house, seed, len(ground.people), folder)
        self.versions = Versions(seed)
        if profile.updates:
            self.house.program = self.versions.at_hub
        if profile.is_first:
            self.office.files.append(BROUGHT)
        self.hub_watcher = HubWatcher(self.truth)
        self.machines: list[Machine] = []
        self.watchers: list[Watcher] = []
        self.copies: dict[int, Path] = {}
        self.done = 0
        self.answers = Counter[str]()
        self._line = hashlib.sha256()
        self._heap: list[Step] = []
        self._order = 0
        for number, place in enumerate(ground.folders):
            shutil.copytree(place, folder / f"m{number}")
            self.add_machine(f"m{number}")
        self.plan(0, "morning", -1)

    @property
    def digest(self) -> str:
        """Everything that was done and answered, in one hash."""
        return self._line.hexdigest()

    @property
    def is_whole(self) -> bool:
        """Whether the hub has all that the hall began with."""
        return not self.profile.is_first or is_whole(self)

    def plan(self, at_ms: int, what: str, machine: int) -> None:
        """Something will happen."""
        self._order += 1
        heapq.heappush(self._heap, (at_ms, self._order, what, machine))

    def note(self, what: str) -> None:
        """Something that two runs of one seed must have alike."""
        self._line.update(f"{self.done}|{self.time.ms}|{what}\n".encode())

    def step(self) -> None:
        """The next thing happens, and what can be seen of it at once is held against the truth."""
        at_ms, _, what, number = heapq.heappop(self._heap)
        self.time.pass_to(at_ms)
        for machine in self.machines:
            assert machine.weather is not None, "every machine has a line"
            machine.weather.arrive(self.time.ms)
        answer = self._of_the_hall(what) if number < 0 else act_at(self, number, what)
        self.done += 1
        self.answers[answer] += 1
        self.note(f"{number}|{what}|{answer}")
        self._look(number)

    def come_to_rest(self) -> None:
        """Everything is healed, and the invariants of the quiet are looked at."""
        come_to_rest(self)

    def close(self) -> None:
        """Let go of every file."""
        for machine in self.machines:
            machine.off()

    def add_machine(self, name: str) -> Machine:
        """A machine whose folder lies there already."""
        machine = Machine(name, self.folder / name, self.time, self.truth, self.seed)
        chance = Random(f"line/{name}/{self.seed}")
        machine.weather = Weather(self.time, chance, self.house.handle, machine.fuse, self.faults)
        machine.weather.share = self.profile.messages
        if self.profile.updates:
            machine.program = partial(self.versions.at_counter, len(self.machines))
        elif self.profile.is_first:
            machine.program = small_parts
        self.machines.append(machine)
        self.watchers.append(Watcher(machine, self.truth))
        return machine

    def _of_the_hall(self, what: str) -> str:
        if what == "hub up":
            self.house.is_down = False
            self.house.restart()
            return what
        if what == "file":
            return self.office.work(self.time.ms) if self.is_whole else "no hall"
        if what == FURTHER:
            return set_further_up(self)
        if what == "update":
            return self._update()
        self._morning()
        return "a day"

    def _update(self) -> str:
        number, answer = self.versions.update(len(self.machines))
        if number >= 0 and not self.machines[number].is_gone:
            machine = self.machines[number]
            machine.off()
            if make_older(machine.folder):
                self.faults["older file"] += 1
        return answer

    def _morning(self) -> None:
        """The day of every machine is laid out: its shift, its customers, its rounds, and what will befall it."""
        begin, draw = self.time.ms, self.chance.randrange
        if self.is_whole:
            self.house.keep_image()
        self._plan_from_above(begin)
        for number, machine in enumerate(self.machines):
            if machine.is_gone:
                continue
            if happens(self.chance, 0.3):
                self.copies[number] = self.folder / f"copy-{machine.name}"
                machine.copy_folder(self.copies[number])
            opens = begin + draw(HOUR_MS)
            closes = begin + 9 * HOUR_MS + draw(HOUR_MS)
            self.plan(opens, OPEN, number)
            for _ in range(self.chance.randint(*self.profile.payments)):
                self.plan(draw(opens, closes), "pay", number)
            for _ in range(self.profile.rounds):
                self.plan(draw(opens, closes), "round", number)
            self.plan(draw(opens, closes), self.chance.choice((CASH_IN, CASH_OUT)), number)
            self.plan(draw(opens, closes), "restores", number)
            self.plan(draw(opens, closes), self.chance.choice(("give back", "give back", "finish")), number)
            for _ in range(self.profile.undos):
                self.plan(self.undoing.randrange((opens + closes) // 2, closes), PUT_RIGHT, number)
            if happens(self.chance, 0.1):
                self.plan(draw(opens, closes), "newer", number)
            for _ in range(int(self.chance.expovariate(1.0 / self.profile.daily) + 0.5)):
                self.plan(draw(opens, closes), "hazard", number)
            for _ in range(self.profile.cases):
                self.plan(draw(opens, closes), "leaver", number)
                self.plan(draw(opens, closes), self.chance.choice(AFTER_CASES), number)
            if not happens(self.chance, 0.1):
                self.plan(closes, CLOSE, number)
        self.plan(begin + DAY_MS, "morning", -1)

    def _plan_from_above(self, begin: int) -> None:
        """What comes from the company, and whatever newer programs do that older ones cannot."""
        for at_ms in self.office.days_work(begin, self.profile.files):
            self.plan(at_ms, "file", -1)
        for at_ms in self.versions.days_work(begin, self.profile.updates):
            self.plan(at_ms, "update", -1)
        if self.profile.is_first:
            plan_joining(self, begin)
        for number in range(len(self.machines)):
            if self.versions.is_newer(number):
                self.plan(self.versions.moment(begin), "deed", number)

    def hazard(self, number: int) -> str:
        """One larger thing happens."""
        weights = [row[0] * (self.profile.returns if row[1] in RETURNS else 1) for row in DAILY]
        befall = self.chance.choices([row[1] for row in DAILY], weights)[0]
        if self.profile.is_hub_spared and befall in OF_THE_HUB:
            return "the hub is spared"
        if befall in RETURNS and not self.is_whole:
            return "no hall"
        kind = befall(self, number)
        self.faults[kind] += 1
        return kind

    def clone(self, number: int) -> None:
        """The machine's folder is copied to a second machine, and both go on."""
        machine = self.machines[number]
        name = f"m{number}-twin"
        machine.copy_folder(self.folder / name)
        self.file_is_other(number)
        self.add_machine(name).was_other = True
        for one in (number, len(self.machines) - 1):
            self.plan(self.time.ms + self.undoing.randrange(HOUR_MS), UNDO_SAME, one)

    def file_is_other(self, number: int) -> None:
        """The machine's file is another one, or has a twin: what it says of itself begins anew."""
        self.machines[number].was_other = True
        self.watchers[number].forget()
        count_losses(self)

    def _look(self, number: int) -> None:
        self.hub_watcher.look(self.house)
        for bug in self.house.bugs:
            self.truth.wrong("I12 converge", f"the hub raised: {bug}")
        if number >= 0 and not self.machines[number].is_gone:
            self.machines[number].fuse.mend()
            self.watchers[number].look()
