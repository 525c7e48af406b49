"""The real hub behind a line without a network: its handler, its rules, an SQLite in memory."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from random import Random
from ssl import PEM_cert_to_DER_cert

from counter_app.domain.hall import Hall
from counter_app.hub.database import Database
from counter_app.hub.enrolment import Wish, issue, revoke
from counter_app.hub.handler import Hub, Request
from counter_app.hub.revisions import migrate
from counter_app.storage.hall import OpenHall
from counter_app.sync import wire
from counter_app.sync.engine import Engine, Round
from counter_app.sync.enrolment import Joined, Way, join
from counter_app.sync.ground import Ground
from counter_app.sync.snapshots import Snapshots
from tests import halls
from tests.hub.line import HandlerLine, Moment, a_hub
from tests.sync.tls_server import Authority, an_authority, serving

URL = "https://hub.example"


@dataclass
class RealHub:
    """A hub with its clock."""

    hub: Hub
    moment: Moment

    @cached_property
    def authorities(self) -> Authority:
        """The certificate authority of its line."""
        return an_authority()

    @property
    def authority(self) -> str:
        """Its certificate (PEM)."""
        return self.authorities.pem

    @contextmanager
    def served(self, folder: Path) -> Iterator[str]:
        """The hub behind HTTPS on this machine; gives its address."""
        self.hub.authority = self.authority.encode()
        with serving(self._answer, self.authorities.issue(folder, days=3_000)) as url:
            yield url

    def _answer(self, spoken: socket.socket, head: bytes) -> None:
        first, _, body = head.partition(b"\r\n\r\n")
        asked, *lines = first.decode("ascii").split("\r\n")
        method, target, _ = asked.split(" ")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        while len(body) < int(headers.get("content-length", "0")):
            body += spoken.recv(65536)
        reply = self.hub.handle(Request(method, target, headers, body, "127.0.0.1"))
        said = "".join(f"{name}: {value}\r\n" for name, value in reply.headers.items())
        spoken.sendall(f"HTTP/1.1 {reply.status} x\r\nContent-Length: {len(reply.body)}\r\n{said}\r\n".encode())
        spoken.sendall(reply.body)

    @property
    def way(self) -> Way:
        """How a counter reaches it."""
        return Way(lambda url: self.authority, lambda url, authority: self.line)

    @property
    def line(self) -> HandlerLine:
        """The line to it."""
        return HandlerLine(self.hub)

    def code(self, own: Hall, *, replaces: bool = False) -> str:
        """A one-time code for a counter as it is printed."""
        facts = {"name": own.name, "company": own.company, "trade": own.trade, "hotline": own.hotline}
        with self.hub.database.transaction() as connection:
            wish = Wish(own.hall_code, own.counter_code, own.counter_name, facts, replaces=replaces)
            code = issue(connection, wish, self.moment.now(), self.hub.secret)
        assert isinstance(code, str), code
        return f"{code}-{wire.authority_fingerprint(PEM_cert_to_DER_cert(self.authority))}"

    def joined(self, hall: OpenHall) -> Joined:
        """Enrol an open hall."""
        return join(hall, URL, self.code(hall.hall), self.way)

    def revoke(self, device_id: str) -> None:
        """Withdraw a device."""
        with self.hub.database.transaction() as connection:
            assert revoke(connection, device_id, self.moment.now())

    def engine(self, hall: OpenHall) -> Engine:
        """The rounds of a counter with this hub."""
        return Engine(Ground(hall), lambda _enrolment: self.line, Snapshots(), Random(1))

    def rounds(self, hall: OpenHall, engine: Engine | None = None, most: int = 40) -> Round:
        """Rounds until there is nothing more to do, or one fails; the last one, with all that was sent."""
        made, sent = engine or self.engine(hall), 0
        for _ in range(most):
            done = made.round()
            sent += done.sent
            if done.why or not (done.is_more or done.sent or done.taken):
                return replace(done, sent=sent)
        raise AssertionError("the rounds do not end")


@contextmanager
def a_real_hub(url: str = "sqlite://") -> Iterator[RealHub]:
    """An empty hub."""
    database = Database.open(url)
    migrate(database)
    moment = Moment(halls.NOW)
    yield RealHub(a_hub(database, moment), moment)
    database.close()
