"""A machine at a counter: its folder of files, its wall clock, disk and line, and the program while it runs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from random import Random

from counter_app.domain.refusals import Refused
from counter_app.services import new_epochs
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.trouble import CommitUncertain, FileIsOlder, StoreTrouble
from counter_app.sync.engine import Engine, Round
from counter_app.sync.rhythm import MOST_S
from tests.simulation.clocks import WallClock, WorldTime
from tests.simulation.disk import Fuse, PowerCut, disk_driver
from tests.simulation.joining import engine_of
from tests.simulation.older_files import bring_up
from tests.simulation.tellers import Teller
from tests.simulation.truth import Truth
from tests.simulation.weather import Weather

OFF = "power cut"


class Machine:
    """One machine; whatever happens to it, its folder is what remains."""

    def __init__(self, name: str, folder: Path, time: WorldTime, truth: Truth, seed: str) -> None:
        self.name, self.folder, self.truth = name, folder, truth
        self.clock = WallClock(time, name)
        self.fuse = Fuse()
        self.teller = Teller(name, truth, Random(f"{name}/{seed}"))
        self.weather: Weather | None = None
        self.is_gone = False
        self.was_other = False
        """Whether its file was ever put back, or has a twin: then the hub may rightly stop it."""
        self.program: Callable[[], AbstractContextManager[None]] = nullcontext
        """In which version of the program its rounds run."""
        self._driver = disk_driver(self.fuse)
        self._chance = Random(f"jitter/{name}/{seed}")
        self._hall: OpenHall | None = None
        self._engine: Engine | None = None

    @property
    def hall(self) -> OpenHall:
        """The hall as the program has it open; a machine that is off is started first."""
        if self._hall is None:
            self.clock.boot()
            self._hall = self._opened()
            self.teller.look_after_restart(self._hall)
        return self._hall

    @property
    def engine(self) -> Engine:
        """The rounds with the hub, as long as the program runs."""
        if self._engine is None:
            assert self.weather is not None, "a machine without a line"
            self._engine = engine_of(self.hall, self.weather, self._chance)
        return self._engine

    @property
    def is_stopped(self) -> bool:
        """Whether a second person has to say that this file goes on."""
        return new_epochs.standing(self.hall) is not None

    def _opened(self) -> OpenHall:
        try:
            return open_hall(self.folder, clock=self.clock, driver=self._driver)
        except FileIsOlder:
            bring_up(self.folder, self._driver, self.fuse)
            return open_hall(self.folder, clock=self.clock, driver=self._driver)

    def off(self) -> None:
        """The program is gone, with everything it had in memory."""
        self._engine = None
        if self._hall is not None:
            self._hall.close()
            self._hall = None

    def does(self, act: Callable[[OpenHall], str]) -> str:
        """Do something; when the power is cut in it, the machine is off and starts again at its next act."""
        try:
            return act(self.hall)
        except PowerCut:
            self.fuse.left = None
            self.off()
            return OFF

    def round(self) -> Round | None:
        """One round with the hub; None when the power was cut in it."""
        try:
            with self.program():
                return self.engine.round()
        except (CommitUncertain, StoreTrouble):
            # the program's thread does the same: it looks again later
            return Round(why="disk", next_s=MOST_S)
        except PowerCut:
            self.fuse.left = None
            self.off()
            return None

    def join_again(self, join: Callable[[OpenHall], None]) -> str:
        """Somebody brings the counter back to a hub that has forgotten it, with a new code."""

        def act(hall: OpenHall) -> str:
            try:
                with self.program():
                    join(hall)
            except Refused as no:
                return type(no.refusal).__name__
            except (CommitUncertain, StoreTrouble):
                return "disk"
            return "joined again"

        return self.does(act)

    def copy_folder(self, target: Path) -> None:
        """Everything of this machine's folder, as it lies on the disk while the program is off."""
        self.off()
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.folder, target)

    def put_file_back(self, copy: Path, *, has_mark: bool) -> None:
        """An older copy of the file takes the file's place; with `has_mark` the mark goes back with it."""
        self.off()
        for name in ("hall.db", "hall.db-wal", "hall.db-shm"):
            (self.folder / name).unlink(missing_ok=True)
        shutil.copyfile(copy / "hall.db", self.folder / "hall.db")
        if has_mark:
            shutil.copyfile(copy / "hall.mark", self.folder / "hall.mark")
