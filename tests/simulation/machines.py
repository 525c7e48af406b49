"""A machine at a counter: its folder of real files, its wall clock, its disk, and the program as long as it runs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

from counter_app.storage.hall import OpenHall, open_hall
from tests.simulation.clocks import WallClock, WorldTime
from tests.simulation.disk import Fuse, PowerCut, disk_driver
from tests.simulation.tellers import Teller
from tests.simulation.truth import Truth


class Machine:
    """One machine; whatever happens to it, its folder is what remains."""

    def __init__(self, name: str, folder: Path, time: WorldTime, truth: Truth, chance: Random) -> None:
        self.name, self.folder, self.truth = name, folder, truth
        self.clock = WallClock(time, name)
        self.fuse = Fuse()
        self.teller = Teller(name, truth, chance)
        self._driver = disk_driver(self.fuse)
        self._hall: OpenHall | None = None

    @property
    def hall(self) -> OpenHall:
        """The hall as the program has it open; a machine that is off is started first."""
        if self._hall is None:
            self.clock.boot()
            self._hall = open_hall(self.folder, clock=self.clock, driver=self._driver)
            self.teller.look_after_restart(self._hall)
        return self._hall

    def off(self) -> None:
        """The program is gone, with everything it had in memory."""
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
            return "power cut"

    def copy_folder(self, target: Path) -> None:
        """Everything of this machine's folder, as it lies on the disk while the program is off."""
        self.off()
        shutil.copytree(self.folder, target)

    def put_file_back(self, copy: Path, *, has_mark: bool) -> None:
        """An older copy of the file takes the file's place; with `has_mark` the mark goes back with it."""
        self.off()
        for name in ("hall.db", "hall.db-wal", "hall.db-shm"):
            (self.folder / name).unlink(missing_ok=True)
        shutil.copyfile(copy / "hall.db", self.folder / "hall.db")
        if has_mark:
            shutil.copyfile(copy / "hall.mark", self.folder / "hall.mark")
