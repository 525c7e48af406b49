"""A line that breaks: a program between counters and the hub that carries their bytes, TLS untouched, and harms them.

`python -m tests.faults.proxy PORT SEED` says its own port, and then takes orders as lines of JSON on its standard
input, each answered with the counts of what it did: `{"weather": {kind: weight, ...}}` for connections from now on
(and at once for some that stand), `{"cut": kind}` for all that stand and all that follow, `{"port": n}` for another hub
behind it. With a certificate and its key as further words it speaks TLS itself, and plainly with a hub behind it: only
then does what it says twice mean anything to the hub the second time.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import socket
import ssl
import struct
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

PIECE = 16_384
KINDS = (
    "clear",  # carried as it comes
    "refuse",  # reset as soon as it is there
    "reset_request",  # reset after some bytes of what the counter says
    "reset_reply",  # reset after some bytes of what the hub says: what was asked may be done
    "swallow_request",  # from some byte on nothing goes up, and nobody hears of it
    "swallow_reply",  # all goes up, and from some byte on nothing comes down
    "half_open",  # the hub's side is gone, the counter's stands and is silent
    "delay",  # each piece comes late
    "throttle",  # so many bytes a second, and no more
    "duplicate",  # what the counter says goes to a second connection as well, a moment later
    "flap",  # nobody listens for a moment, again and again
    "away",  # nobody listens at all
)
HARMS = ("reset_request", "reset_reply", "swallow_request", "swallow_reply", "half_open")
LISTENS_S, AWAY_S = 0.4, 0.2


@dataclass(frozen=True)
class Fault:
    """What happens to one connection, and after how many bytes of the one who is speaking."""

    kind: str
    after: int
    seconds: float
    bytes_per_s: int

    @classmethod
    def drawn(cls, kind: str, chance: Random, *, is_cut: bool) -> Fault:
        """A fault of a kind; bytes by their order of magnitude, as both a greeting and many entries are said.

        On a line that is cut nothing goes up at all.
        """
        after = int(math.exp(chance.uniform(math.log(300), math.log(120_000))))
        if kind in ("reset_reply", "swallow_reply", "half_open"):
            # a reply is short: most of these fall into the first replies behind the greeting of TLS
            after = int(math.exp(chance.uniform(math.log(1_000), math.log(12_000))))
        if is_cut and kind in ("reset_request", "swallow_request"):
            after = 0
        return cls(kind, after, chance.uniform(0.01, 0.15), int(math.exp(chance.uniform(math.log(2e4), math.log(1e6)))))


@dataclass(eq=False)
class Link:
    """One connection of a counter, and the one to the hub that belongs to it."""

    fault: Fault
    counter: asyncio.StreamWriter
    hub: asyncio.StreamWriter | None = None
    second: asyncio.StreamWriter | None = None
    said: Counter[str] = field(default_factory=Counter)
    is_silent: bool = False

    def reset(self) -> None:
        """Both sides hear at once that it is over."""
        for side in (self.counter, self.hub, self.second):
            if side is not None:
                cut(side)

    def harm(self, kind: str) -> None:
        """Make this one what a kind makes of a connection in its middle."""
        if kind in ("swallow_request", "swallow_reply", "half_open"):
            self.is_silent = True
            if kind == "half_open" and self.hub is not None:
                cut(self.hub)
        else:
            self.reset()


def cut(side: asyncio.StreamWriter) -> None:
    """End a connection with a reset instead of a farewell."""
    with suppress(OSError, ValueError):
        found = side.get_extra_info("socket")
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    side.transport.abort()


class Proxy:
    """The line: what it does to new connections, and those that stand."""

    def __init__(self, hub_port: int, seed: int, *certificate: str) -> None:
        self.hub_port = hub_port
        self._tls: ssl.SSLContext | None = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*certificate)
        self.chance = Random(seed)
        self.weather = {"clear": 1.0}
        self.is_cut = False
        self.counts: Counter[str] = Counter()
        self.links: set[Link] = set()
        self.port = 0
        self._server: asyncio.Server | None = None
        self._flaps: asyncio.Task[None] | None = None

    async def listen(self) -> None:
        """Be there; the second time on the same port."""
        self._server = await asyncio.start_server(self.meet, "127.0.0.1", self.port, backlog=100, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def obey(self, order: dict[str, object]) -> None:
        """Take an order."""
        if self._flaps is not None:
            self._flaps.cancel()
            self._flaps = None
        if self._server is None:
            await self.listen()
        if isinstance(port := order.get("port"), int):
            self.hub_port = port
        if isinstance(weather := order.get("weather"), dict):
            self.weather = {str(kind): float(weight) for kind, weight in weather.items()}
            self.is_cut = False
            for link in list(self.links):
                # who stands is not spared: else one lucky connection would outlast every weather
                if (drawn := self._drawn()) in HARMS:
                    self.counts[f"{drawn} struck"] += 1
                    link.harm(drawn)
        if isinstance(kind := order.get("cut"), str):
            self.weather, self.is_cut = {kind: 1.0}, True
            for link in list(self.links):
                link.harm(kind)
            if kind == "away" and self._server is not None:
                self._server.close()
                self._server = None
        if "flap" in self.weather:
            self._flaps = asyncio.create_task(self._flap())

    async def _flap(self) -> None:
        while True:
            await asyncio.sleep(LISTENS_S * self.chance.random())
            if self._server is not None:
                self._server.close()
                self._server = None
                self.counts["flap"] += 1
                for link in list(self.links):
                    link.reset()
            await asyncio.sleep(AWAY_S * self.chance.random())
            await self.listen()

    def _drawn(self) -> str:
        kinds = [kind for kind in self.weather if kind != "flap"] or ["clear"]
        return self.chance.choices(kinds, [self.weather.get(kind, 1.0) for kind in kinds])[0]

    async def meet(self, said: asyncio.StreamReader, counter: asyncio.StreamWriter) -> None:
        """Carry one connection to its end."""
        kind = self._drawn()
        link = Link(Fault.drawn(kind, self.chance, is_cut=self.is_cut), counter)
        self.links.add(link)
        self.counts[kind] += 1
        try:
            await self._carry(link, said)
        except OSError:
            link.reset()
        finally:
            self.links.discard(link)
            for side in (link.counter, link.hub, link.second):
                if side is not None:
                    side.transport.abort()

    async def _carry(self, link: Link, said: asyncio.StreamReader) -> None:
        if link.fault.kind == "refuse":
            link.reset()
            return
        answers, link.hub = await asyncio.open_connection("127.0.0.1", self.hub_port)
        if link.fault.kind == "duplicate":
            # what it answers is for nobody
            _, link.second = await asyncio.open_connection("127.0.0.1", self.hub_port)
        up = asyncio.create_task(self._pass(link, said, "up"))
        down = asyncio.create_task(self._pass(link, answers, "down"))
        done, rest = await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
        if link.is_silent:
            # whoever waits for an answer gives up by itself: the other side's end is not passed on
            await asyncio.wait((up,))
        for task in (*done, *rest):
            task.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await task

    async def _pass(self, link: Link, source: asyncio.StreamReader, way: str) -> None:
        """Carry one direction; what is swallowed is still read, so that nobody is held up by a full pipe."""
        fault = link.fault
        while piece := await source.read(PIECE):
            if link.is_silent:
                continue
            target = link.hub if way == "up" else link.counter
            if target is None or target.transport.is_closing():
                return
            if fault.kind == "delay":
                await asyncio.sleep(fault.seconds * self.chance.random())
            elif fault.kind == "throttle":
                await asyncio.sleep(len(piece) / fault.bytes_per_s)
            left = fault.after - link.said[way]
            link.said[way] += len(piece)
            if _is_hit(fault.kind, way) and left <= len(piece):
                target.write(piece[: max(0, left)])
                await target.drain()
                if self._strike(link):
                    return
                continue
            target.write(piece)
            if way == "up" and link.second is not None:
                asyncio.get_running_loop().call_later(fault.seconds, _write, link.second, piece)
            await target.drain()

    def _strike(self, link: Link) -> bool:
        """The moment of the fault; true when the connection is over."""
        self.counts[f"{link.fault.kind} struck"] += 1
        link.harm(link.fault.kind)
        return not link.is_silent


def _write(side: asyncio.StreamWriter, piece: bytes) -> None:
    if not side.transport.is_closing():
        side.write(piece)


def _is_hit(kind: str, way: str) -> bool:
    if way == "up":
        return kind in ("reset_request", "swallow_request")
    return kind in ("reset_reply", "swallow_reply", "half_open")


async def serve(hub_port: int, seed: int, *certificate: str) -> None:
    """Serve until standard input ends."""
    proxy = Proxy(hub_port, seed, *certificate)
    await proxy.listen()
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    _say({"port": proxy.port})
    while line := await orders.readline():
        await proxy.obey(json.loads(line))
        _say({"counts": dict(proxy.counts)})
    # whatever is still on the line goes with it: nothing here is worth a farewell
    os._exit(0)


def _say(words: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
