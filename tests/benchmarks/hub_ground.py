"""A hub to measure: a private PostgreSQL with a real one's settings, the hub's own processes, counters with chains.

In the size that only proves to run, an SQLite in memory stands for PostgreSQL and a thread for the processes.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from ssl import PEM_cert_to_DER_cert
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, select

from counter_app.domain.journal import Draft, Place, Posting, content_of, nonzero
from counter_app.hub import tables as t
from counter_app.hub.database import Database
from counter_app.hub.enrolment import Wish, issue
from counter_app.hub.entries import hash_of
from counter_app.hub.handler import Hub
from counter_app.hub.revisions import migrate
from counter_app.hub.rows import BillSum
from counter_app.hub.schema import API_ROLE
from counter_app.hub.sql import put
from counter_app.sync.hub_line import HttpLine, Line, fetch_authority
from counter_app.sync.wire import MOST_BYTES, MOST_ENTRIES, NO_HASH, Sent, Upload, Uploaded, authority_fingerprint
from tests.benchmarks.measuring import Scene
from tests.hub.line import HUB_KEY, Gadget, HandlerLine, Moment
from tests.hub.postgres import PrivatePostgres, running
from tests.hub.service import Service, a_service
from tests.sync.real_hub import RealHub

BILLS_EACH = 2
PRINCIPAL_FEN, LATE_FEE_FEN = 9_800, 35
HALL_CODE = "HZ01"
_DAY = date(2026, 11, 21)
_AT = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


class Batch(NamedTuple):
    """One upload as it is sent: how many entries, and its body."""

    entries: int
    body: bytes


@dataclass
class HubGround:
    """A hub's data base with the rights of its requests, where it is served, and the processes that work for it."""

    database: Database
    hub: Hub
    folder: Path
    url: str = ""
    cluster: PrivatePostgres | None = None
    service: Service | None = None
    lines: list[HttpLine] = field(default_factory=list)
    _gadgets: int = field(default=0, init=False)

    def cpu_s(self) -> float:
        """CPU seconds that PostgreSQL and the hub's processes have used so far; 0 where the system tells nobody."""
        roots = set()
        if self.cluster is not None:
            roots.add(int((self.cluster.data / "postmaster.pid").read_text("ascii").split()[0]))
        if self.service is not None and self.service.process is not None:
            roots.add(self.service.process.pid)
        return _cpu_of(roots)

    def code(self, counter_code: str, *, replaces: bool = False) -> str:
        """A one-time code for a counter of the hall, as the hub knows it."""
        with self.database.transaction() as connection:
            facts = {"name": "测试营业厅", "company": "测试公司", "trade": "telecom"}
            wish = Wish(HALL_CODE, counter_code, f"{counter_code} 号台", facts, replaces)
            code = issue(connection, wish, self.hub.clock(), secrets.token_bytes)
        assert isinstance(code, str), code
        return code

    def printed(self, counter_code: str, *, replaces: bool = False) -> str:
        """The same as it is printed, for a counter's own enrolment."""
        authority = authority_fingerprint(PEM_cert_to_DER_cert(fetch_authority(self.url)))
        return f"{self.code(counter_code, replaces=replaces)}-{authority}"

    def line(self) -> HttpLine:
        """A counter's line to where the hub is served, open to the end."""
        self.lines.append(HttpLine(self.url, fetch_authority(self.url)))
        return self.lines[-1]

    def gadget(self, line: Line | None = None) -> Gadget:
        """A further counter of the hall; without a line it speaks with the handler in this process."""
        self._gadgets += 1
        n = self._gadgets
        key = Ed25519PrivateKey.from_private_bytes(bytes([n] * 32))
        made = Gadget(
            line or HandlerLine(self.hub),
            f"{n:08x}-0000-4000-8000-0000000000d1",
            f"{n:08x}-0000-4000-8000-0000000000c1",
            key=key,
        )
        status, answer = made.enrol(self.code(f"{n:02}"), f"{n:02}")
        assert status == 200, answer
        return made

    def hall_id(self) -> str:
        """The hall's id, once it has a counter."""
        with self.database.transaction() as connection:
            return str(connection.execute(select(t.halls.c.hall_id)).scalar_one())

    def fill(self, bills: int) -> None:
        """Somebody who may take payments, and bills that are open."""
        hall_id = self.hall_id()
        with self.database.transaction() as connection:
            teller = {"staff_no": "1001", "n": 0, "role": "teller", "state": "active"}
            connection.execute(insert(t.staff_history).values(hall_id=hall_id, **teller))
            for first in range(1, bills + 1, 10_000):
                rows = [
                    BillSum(hall_id, n, f"B{n}", n, n, PRINCIPAL_FEN, 0, 0, 0, 0)
                    for n in range(first, min(first + 10_000, bills + 1))
                ]
                put(connection, t.bill_sums, rows)


@contextmanager
def a_hub_ground(scene: Scene, *, is_served: bool = True) -> Iterator[HubGround]:
    """An empty hub, served by two workers over TLS where it is asked for."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-ground-")))
        if scene.is_tiny:
            made = _tiny(stack, folder) if is_served else HubGround(*_in_memory(stack), folder)
        else:
            cluster = stack.enter_context(running({}))
            cluster.create("ground")
            owner = Database.open(cluster.url("ground"))
            migrate(owner)
            owner.close()
            database = Database.open(cluster.url("ground"), role=API_ROLE)
            stack.callback(database.close)
            made = HubGround(database, _patient(Hub(database, HUB_KEY)), folder, cluster=cluster)
            if is_served:
                made.service = stack.enter_context(a_service(cluster.url("ground"), folder))
                made.url = made.service.url
        try:
            yield made
        finally:
            for line in made.lines:
                line.close()


def _in_memory(stack: ExitStack) -> tuple[Database, Hub]:
    database = Database.open("sqlite://")
    stack.callback(database.close)
    migrate(database)
    return database, _patient(Hub(database, HUB_KEY))


def _tiny(stack: ExitStack, folder: Path) -> HubGround:
    database, hub = _in_memory(stack)
    served = RealHub(hub, Moment(hub.clock()))
    return HubGround(database, hub, folder, stack.enter_context(served.served(folder)))


def _patient(hub: Hub) -> Hub:
    """Its buckets are full again with each request: what is measured is not how long a device has to wait."""
    ticks = iter(range(2**40))
    return Hub(hub.database, hub.key, secret=hub.secret, monotonic=lambda: 1000.0 * next(ticks))


def chain_of(gadget: Gadget, hall_id: str, count: int, *, first_bill: int = 1) -> list[Batch]:
    """A counter's chain of payments, each of some bills of its own, as the uploads that bring it up."""
    entries: list[tuple[Sent, str]] = []
    last = NO_HASH
    for seq in range(1, count + 1):
        content = _payment(gadget, hall_id, seq, first_bill + (seq - 1) * BILLS_EACH)
        last = hash_of(last, content)
        entries.append((Sent(content=content, signature=gadget.key.sign(bytes.fromhex(last)).hex()), last))
    return _batches(entries)


def _payment(gadget: Gadget, hall_id: str, seq: int, bill: int) -> str:
    intent = f"{seq:08x}-0000-4000-8000-{gadget.counter_id[:8]}c1c1"
    shift = f"{seq // 300:08x}-0000-4000-8000-{gadget.counter_id[:8]}51f7"
    bills = range(bill, bill + BILLS_EACH)
    total_fen = BILLS_EACH * (PRINCIPAL_FEN + LATE_FEE_FEN)
    postings = [Posting("drawer", shift, total_fen)]
    for n in bills:
        postings += [Posting("receivable", str(n), -PRINCIPAL_FEN), Posting("late_fee", str(n), -LATE_FEE_FEN)]
    body = {
        "account_id": seq,
        "books": [],
        "change_fen": 0,
        "receipt": {"receipt_no": f"HZ01-{gadget.counter_id[:8]}-2026-{seq:06}", "serial": seq, "year": 2026},
        "received_fen": total_fen,
        "restore": [],
        "settlements": [[f"{intent}:B{n}", n, PRINCIPAL_FEN, LATE_FEE_FEN, 0] for n in bills],
        "tenders": [["cash", total_fen, ""]],
    }
    draft = Draft(
        "payment.take", body, "1001", _DAY, tuple(nonzero(postings)), shift_id=shift, intent_id=intent, customer_id=seq
    )
    place = Place(
        hall_id=hall_id,
        counter_id=gadget.counter_id,
        device_id=gadget.device_id,
        epoch=1,
        seq=seq,
        entry_id=f"{seq:08x}-0000-7000-8000-{gadget.counter_id[:8]}e1e1",
        at=_AT,
        boot_id="f2b7a0a0-0000-4000-8000-000000000001",
        monotonic_ms=123_456 + seq,
        app_version="0.3.0",
        schema_version=7,
        rules_version="telecom 2026.1",
    )
    return content_of(draft, place)


def _batches(entries: Sequence[tuple[Sent, str]]) -> list[Batch]:
    made, start = list[Batch](), 0
    while start < len(entries):
        end, size = start, 0
        while end < len(entries) and end - start < MOST_ENTRIES:
            size += len(entries[end][0].content.encode())
            if end > start and size > MOST_BYTES:
                break
            end += 1
        sent = tuple(one for one, _ in entries[start:end])
        before = entries[start - 1][1] if start else NO_HASH
        upload = Upload(proto=1, first_seq=start + 1, prev_hash=before, entries=sent)
        made.append(Batch(end - start, upload.model_dump_json().encode()))
        start = end
    return made


def send(gadget: Gadget, batch: Batch) -> Uploaded:
    """Send one upload, which is expected to be taken."""
    status, body = gadget.ask("POST", f"/v1/chains/{gadget.counter_id}/1", batch.body)
    assert status == 200, body
    said = Uploaded.model_validate_json(body)
    gadget.nonce = said.next_nonce
    return said


def _cpu_of(roots: set[int]) -> float:
    """CPU seconds of processes, of what they started, and of what of that has ended."""
    if not Path("/proc/self/stat").exists():
        return 0.0
    found: dict[int, tuple[int, int]] = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                words = (place / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
            except OSError:
                continue
            # user and system time, and those of children that were waited for
            found[int(place.name)] = int(words[1]), sum(map(int, words[11:15]))
    family, before = set(roots), set[int]()
    while family != before:
        before = set(family)
        family |= {pid for pid, (parent, _) in found.items() if parent in family}
    return sum(ticks for pid, (_, ticks) in found.items() if pid in family) / os.sysconf("SC_CLK_TCK")
