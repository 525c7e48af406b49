"""The hub of a simulated world: the real handler over a data base that can die, fill up and lose its tail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from random import Random

from sqlalchemy import Connection, text

from counter_app.hub.handler import Hub, Request
from counter_app.hub.keys import HubKey
from counter_app.hub.revisions import migrate, raise_generation
from counter_app.sync.hub_line import LineDown
from tests.simulation.clocks import WorldTime
from tests.simulation.disk import Fuse, PowerCut
from tests.simulation.hub_disk import HubDisk, PostgresDisk
from tests.simulation.weather import Reply


@dataclass(frozen=True)
class Image:
    """The hub's data base at some moment."""

    at_ms: int
    content: bytes


class HubHouse:
    """One hub; its clock is right, its secrets come from the seed."""

    def __init__(
        self, time: WorldTime, seed: str, image: bytes | None = None, disk: PostgresDisk | None = None
    ) -> None:
        self._time, self._secrets = time, Random(f"hub/{seed}")
        self.disk = disk or HubDisk(Fuse())
        self.fuse = self.disk.fuse
        self.key = HubKey.from_secret(Random("hub key").randbytes(32))
        self.images: list[Image] = []
        self.is_down = False
        self.program: Callable[[], AbstractContextManager[None]] = nullcontext
        """In which version of the program it answers."""
        self.turns = 0
        """Requests, starts and whatever else has moved the data base."""
        self.bugs: list[str] = []
        if disk is None and image is None:
            migrate(self.disk.database)
        elif image:
            self.disk.put_back(image)
        self._hub = self._started()

    @property
    def hub(self) -> Hub:
        """The process that runs now."""
        return self._hub

    def now(self) -> datetime:
        """The hub's clock."""
        return self._time.now()

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer a request, as far as the process lives that long.

        Raises:
            LineDown: it died, or is down.
        """
        if self.is_down:
            raise LineDown("offline", "hub down")
        self.turns += 1
        named = {name.lower(): value for name, value in headers.items()}
        try:
            with self.program():
                reply = self._hub.handle(Request(method, target, named, body, "peer"))
        except PowerCut as cut:
            self.restart()
            raise LineDown("offline", "hub died") from cut
        except Exception as bug:
            self.bugs.append(f"{method} {target}: {type(bug).__name__}: {bug}"[:300])
            self.restart()
            return 500, {"content-type": "text/plain"}, b"bug"
        return reply.status, reply.headers, reply.body

    def restart(self) -> None:
        """The process is gone, with what it had in memory; another one starts on the same data base."""
        self.turns += 1
        self.fuse.mend()
        self.disk.stop()
        self._hub = self._started()

    def keep_image(self) -> None:
        """A copy of the data base is made; the standby or the backup is that far."""
        self.images = [*self.images[-5:], Image(self._time.ms, self.disk.image())]

    def lose_tail(self, chance: Random) -> int | None:
        """Fail-over to a standby that was behind, or a restore: the history goes on from the older moment that comes
        back; None where there is none.
        """
        if not self.images:
            return None
        image = chance.choice(self.images)
        self.restart()
        self.disk.put_back(image.content)
        raise_generation(self.disk.database, self._secrets.randbytes)
        self.restart()
        return image.at_ms

    def feed_ends(self, connection: Connection) -> list[tuple[str, int, str]]:
        """Where each hall's feed ends."""
        rows = connection.execute(text("SELECT hall_id, n, hash FROM hall_feed"))
        return [(hall_id, n, digest) for hall_id, n, digest in rows]

    def _started(self) -> Hub:
        return Hub(
            self.disk.database,
            self.key,
            clock=self.now,
            secret=self._secrets.randbytes,
            monotonic=lambda: self._time.ms / 1000,
        )
