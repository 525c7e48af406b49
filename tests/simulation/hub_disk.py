"""The hub's data base of a simulated world: in memory, with commits that a crash meets, and images to go back to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection as SqlConnection
from sqlalchemy import event

from counter_app.hub.database import Database
from counter_app.hub.schema import API_ROLE
from tests.simulation.disk import Fuse


class HubDown(BaseException):
    """The hub's process ends here: nothing in it may catch this."""


class HubDisk:
    """One data base in memory; what `image` gave can be put back, as a fail-over or a restore does."""

    def __init__(self, fuse: Fuse) -> None:
        self.fuse = fuse
        self.database = Database.open("sqlite://")
        event.listen(self.database.engine, "do_connect", self._connect)
        self._raw: Any = None

    def image(self) -> bytes:
        """Everything that is committed."""
        return bytes(self._connection().serialize())

    def put_back(self, image: bytes) -> None:
        """Everything is as it was when the image was made."""
        kept = sqlite3.connect(":memory:")
        kept.deserialize(image)
        # copied page by page: what a connection has prepared would not outlive another file under it
        kept.backup(self._connection())
        kept.close()

    @contextmanager
    def looking(self) -> Iterator[SqlConnection]:
        """The simulator itself looks, and no fault meets it."""
        fuse = self.fuse
        kept = fuse.left, fuse.full_after, fuse.error_after
        fuse.mend()
        try:
            with self.database.transaction() as connection:
                yield connection
        finally:
            fuse.left, fuse.full_after, fuse.error_after = kept

    def stop(self) -> None:
        """The process is gone: what was not committed never was."""
        self._connection().rollback()

    def _connection(self) -> Any:
        if self._raw is None:
            with self.database.transaction():
                pass
        return self._raw

    def _connect(self, *_: Any) -> Any:
        fuse = self.fuse

        class Connection(sqlite3.Connection):
            """A commit is where a process that dies shows."""

            def commit(self) -> None:
                fuse.moment()
                if fuse.is_full:
                    raise sqlite3.OperationalError("database or disk is full")
                super().commit()
                fuse.moment()
                if fuse.committed():
                    raise sqlite3.OperationalError("disk I/O error")

            def close(self) -> None:
                """A connection that is given up takes nothing with it: the disk stays."""
                self.rollback()

        self._raw = self._raw or sqlite3.connect(":memory:", check_same_thread=False, factory=Connection)
        return self._raw


class PostgresDisk(HubDisk):
    """The same on a PostgreSQL that is there, with the rights of the API; it neither dies nor goes back here."""

    def __init__(self, url: str) -> None:
        self.fuse = Fuse()
        self.database = Database.open(url, role=API_ROLE)

    def image(self) -> bytes:
        """None: what a PostgreSQL goes back to, tests of real fail-overs look at."""
        return b""

    def stop(self) -> None:
        """Its connections are given back."""
        self.database.close()
