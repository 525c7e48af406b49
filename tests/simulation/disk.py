"""The disk of a simulated machine: real files, and commits that a power cut, a full disk or an error meets."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from counter_app.storage.driver import Driver, find_driver


class PowerCut(BaseException):
    """The machine is off from here on: nothing in the program may catch this."""


class Fuse:
    """Counts the moments at which a machine can lose its power: before and behind each commit and each message."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.full_after: int | None = None
        """The disk is full once so many commits more were done."""
        self.error_after: int | None = None
        """The commit behind so many others is done, and answered with an error all the same."""

    def moment(self) -> None:
        """One moment is over.

        Raises:
            PowerCut: it was the one.
        """
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            self.left = None
            raise PowerCut

    @property
    def is_full(self) -> bool:
        """Whether the disk takes no further commit."""
        return self.full_after is not None and self.full_after <= 0

    def committed(self) -> bool:
        """One commit is done; returns whether it is answered with an error."""
        if self.full_after is not None:
            self.full_after -= 1
        if self.error_after is not None:
            self.error_after -= 1
            if self.error_after < 0:
                self.error_after = None
                return True
        return False

    def mend(self) -> None:
        """Nothing of this kind happens any more."""
        self.left = self.full_after = self.error_after = None


def disk_driver(fuse: Fuse) -> Driver:
    """The program's own driver on a disk with this fuse."""
    found = find_driver()
    real: Any = found.module

    class Connection(real.Connection):  # type: ignore[misc]  # the driver's module is chosen at run time
        """The driver's connection; a commit is where a disk shows what it is."""

        def commit(self) -> None:
            fuse.moment()
            if fuse.is_full:
                raise real.OperationalError("database or disk is full")
            super().commit()
            fuse.moment()
            if fuse.committed():
                raise real.OperationalError("disk I/O error")

    module = ModuleType("simulated_disk")
    vars(module).update({name: value for name, value in vars(real).items() if not name.startswith("__")})

    def connect(*args: Any, **kwargs: Any) -> Any:
        return real.connect(*args, factory=Connection, **kwargs)

    vars(module)["connect"] = connect
    return Driver(module, found.name, found.version, found.can_encrypt)
