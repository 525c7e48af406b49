"""The real hub behind a line without a network: its handler, its rules, an SQLite in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from random import Random
from ssl import PEM_cert_to_DER_cert

from counter_app.domain.hall import Hall
from counter_app.hub.database import Database
from counter_app.hub.enrolment import Wish, issue, revoke
from counter_app.hub.handler import Hub
from counter_app.hub.revisions import migrate
from counter_app.storage.hall import OpenHall
from counter_app.sync import wire
from counter_app.sync.engine import Engine
from counter_app.sync.enrolment import Joined, Way, join
from counter_app.sync.ground import Ground
from tests import halls
from tests.hub.line import HandlerLine, Moment, a_hub
from tests.sync.test_engine import no_snapshot
from tests.sync.tls_server import an_authority

URL = "https://hub.example"


@dataclass
class RealHub:
    """A hub with its clock."""

    hub: Hub
    moment: Moment

    @cached_property
    def authority(self) -> str:
        """The certificate authority of its line (PEM)."""
        return an_authority().pem

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
        return Engine(Ground(hall), lambda _enrolment: self.line, no_snapshot, Random(1))


@contextmanager
def a_real_hub(url: str = "sqlite://") -> Iterator[RealHub]:
    """An empty hub."""
    database = Database.open(url)
    migrate(database)
    moment = Moment(halls.NOW)
    yield RealHub(a_hub(database, moment), moment)
    database.close()
