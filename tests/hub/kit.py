"""A hall at the hub with counters that sign real entries, without a line between them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Connection, Table, func, insert, select, text

from counter_app.domain.journal import Draft, Place, Posting, content_of, nonzero
from counter_app.hub import chains, evidence, feed
from counter_app.hub import tables as t
from counter_app.hub.calls import Caller, No
from counter_app.hub.database import Database
from counter_app.hub.entries import hash_of
from counter_app.sync.wire import NO_HASH, Sent, Upload, Uploaded

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)
GENERATION = "test.1.0"
HALL = "hall-1"

_NUMBER = text(
    "SELECT b.bill_no FROM bill_sums b WHERE b.hall_id = :hall AND b.bill_id = :id"
    " UNION ALL SELECT b.bill_no FROM guests g JOIN bill_sums b ON b.hall_id = g.home_hall_id AND b.bill_id = g.home_id"
    " WHERE g.hall_id = :hall AND g.kind = 'bill' AND g.id = :id"
)


@dataclass
class Desk:
    """A counter of a hall with its own key and its own chain, as it would stand in its file."""

    hub: HubHall
    name: str
    key: Ed25519PrivateKey
    nonce: str
    epoch: int = 1
    sent: list[tuple[Sent, str]] = field(default_factory=list)
    acknowledged: int = 0
    serial: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def device_id(self) -> str:
        """The device of this counter."""
        return f"device-{self.name}"

    def caller(self, nonce: str | None = None) -> Caller:
        """The device as the edge would recognise it."""
        return Caller(
            self.hub.hall_id,
            self.name,
            self.device_id,
            self.epoch,
            self.nonce if nonce is None else nonce,
            self.hub.generation,
            self.hub.now,
            self.hub.fresh,
        )

    def write(
        self,
        kind: str,
        body: Mapping[str, Any],
        postings: Sequence[Posting] = (),
        *,
        staff_no: str = "1001",
        **more: Any,
    ) -> str:
        """Add an entry to the chain; returns its id."""
        seen_n = more.pop("seen_n", None)
        entry_id: str = more.pop("entry_id", f"{self.name}-{self.epoch}-{len(self.sent) + 1:06}")
        draft = Draft(kind, body, staff_no, DAY, tuple(postings), **more)
        place = Place(
            hall_id=self.hub.hall_id,
            counter_id=self.name,
            device_id=self.device_id,
            epoch=self.epoch,
            seq=len(self.sent) + 1,
            entry_id=entry_id,
            at=NOW,
            boot_id="boot",
            monotonic_ms=1,
            app_version="1",
            schema_version=7,
            rules_version="1",
        )
        content = content_of(draft, place)
        if seen_n is not None:
            content = content.replace('"seen_hub_seq":null', f'"seen_hub_seq":{seen_n}')
            content = content.replace('"seen_gen":null', f'"seen_gen":"{self.hub.generation}"')
        self.add(content)
        return entry_id

    def add(self, content: str) -> None:
        """Put any text behind the chain, signed."""
        digest = hash_of(self.hash, content)
        self.sent.append((Sent(content=content, signature=self.key.sign(bytes.fromhex(digest)).hex()), digest))

    @property
    def hash(self) -> str:
        """The hash at the end of the chain."""
        return self.sent[-1][1] if self.sent else NO_HASH

    def pay(
        self,
        *bills: tuple[int, int] | tuple[int, int, int] | tuple[int, int, int, int],
        stored: tuple[int, int] | None = None,
        used: tuple[int, int] | None = None,
        intent: str | None = None,
        **more: Any,
    ) -> str:
        """A payment: (bill, principal, late fee, cost) …, money stored in a book, money used from one."""
        serial = next(self.serial)
        intent = intent or f"intent-{self.name}-{self.epoch}-{serial}"
        rows: list[list[Any]] = [
            [f"{intent}:{self.number_of(bill)}", bill, *fen, *[0] * (3 - len(fen))] for bill, *fen in bills
        ]
        books = [[used[0], -used[1]]] if used else []
        books += [[stored[0], stored[1]]] if stored else []
        settled = sum(sum(row[2:]) for row in rows)
        cash = settled + sum(fen for _, fen in books)
        shift = f"shift-{self.name}"
        postings = [Posting("drawer", shift, cash)]
        for _, bill, principal, late, cost in rows:
            postings += [Posting("receivable", str(bill), -principal), Posting("late_fee", str(bill), -late)]
            postings += [Posting("cost", str(bill), -cost)]
        postings += [Posting("prepaid", str(book), -fen) for book, fen in books]
        body = {
            "account_id": more.pop("account_id", 1),
            "books": books,
            "change_fen": 0,
            "receipt": {"receipt_no": f"HZ01-{self.name}-2026-{serial:06}", "serial": serial, "year": 2026},
            "received_fen": cash,
            "settlements": rows,
        }
        if "account_no" in more:
            body["account_no"] = more.pop("account_no")
        return self.write(
            "payment.take", body, nonzero(postings), shift_id=shift, intent_id=intent, customer_id=1, **more
        )

    def number_of(self, bill_id: int) -> str:
        """The number of a bill as the counter read it, at home in this hall or in another."""
        with self.hub.database.transaction() as connection:
            row = connection.execute(_NUMBER, {"hall": self.hub.hall_id, "id": bill_id}).first()
        return f"B{bill_id}" if row is None else str(row[0])

    def upload(self, first: int, count: int) -> Upload:
        """A range of the chain as it is sent."""
        before = self.sent[first - 2][1] if first > 1 else NO_HASH
        return Upload(
            proto=1,
            first_seq=first,
            prev_hash=before,
            entries=tuple(sent for sent, _ in self.sent[first - 1 : first - 1 + count]),
        )

    def send(self, first: int | None = None, count: int | None = None, *, nonce: str | None = None) -> Uploaded | No:
        """Send a range (all that is not acknowledged) the way the edge does, evidence included."""
        start = self.acknowledged + 1 if first is None else first
        many = len(self.sent) - start + 1 if count is None else count
        upload, caller = self.upload(start, many), self.caller(nonce)
        try:
            with self.hub.database.transaction() as connection:
                said = chains.receive(connection, caller, upload, counter_id=self.name, epoch=self.epoch)
                if isinstance(said, No) and said.next_nonce is None:
                    raise Refusing(said)
        except Refusing as refusing:
            with self.hub.database.transaction() as connection:
                evidence.keep(connection, caller, refusing.no.evidence)
            return refusing.no
        assert said.next_nonce is not None
        self.nonce = said.next_nonce
        if isinstance(said, Uploaded):
            self.acknowledged = max(self.acknowledged, said.upto.n)
        return said

    def sent_all(self) -> Uploaded:
        """Send everything, which is expected to be taken."""
        said: Uploaded | No = self.send(count=min(200, len(self.sent) - self.acknowledged))
        while isinstance(said, Uploaded) and self.acknowledged < len(self.sent):
            said = self.send(count=min(200, len(self.sent) - self.acknowledged))
        assert isinstance(said, Uploaded), said
        return said


class Refusing(Exception):
    """Leaves the transaction as the edge does when the hub says no."""

    def __init__(self, no: No) -> None:
        super().__init__(no.why)
        self.no = no


class HubHall:
    """A hall of a hub with staff and a few bills."""

    def __init__(self, database: Database, hall_id: str = HALL) -> None:
        self.database = database
        self.hall_id = hall_id
        self.generation = GENERATION
        self.now = NOW
        self._nonces = (f"nonce-{hall_id}-{n}" for n in itertools.count(1))
        with database.transaction() as connection:
            connection.execute(
                insert(t.halls).values(hall_id=hall_id, hall_code=hall_id, facts="{}", created_at="2026-11-22")
            )
            feed.open_feed(connection, hall_id)
            for staff_no, role in (("1001", "teller"), ("1002", "teller"), ("2001", "supervisor"), ("9001", "admin")):
                self.staff(connection, staff_no, role)

    @classmethod
    def over(cls, database: Database, hall_id: str) -> HubHall:
        """A hall that the hub has already, to look at."""
        made = cls.__new__(cls)
        made.database, made.hall_id, made.generation, made.now = database, hall_id, GENERATION, NOW
        return made

    def fresh(self) -> str:
        """The next nonce."""
        return next(self._nonces)

    def staff(self, connection: Connection, staff_no: str, role: str, state: str = "active", n: int = 0) -> None:
        """Somebody holds a role from a row of the feed on."""
        connection.execute(
            insert(t.staff_history).values(hall_id=self.hall_id, staff_no=staff_no, n=n, role=role, state=state)
        )

    def desk(self, name: str) -> Desk:
        """A counter with an enrolled device; the same name has the same key."""
        key = Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"k")[:32])
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
        nonce = self.fresh()
        with self.database.transaction() as connection:
            row = t.counters.c
            count = connection.execute(select(func.count()).where(row.hall_id == self.hall_id)).scalar_one()
            connection.execute(
                insert(t.counters).values(
                    hall_id=self.hall_id, counter_id=name, ordinal=count + 1, code=name, name=name, is_active=1
                )
            )
            connection.execute(
                insert(t.devices).values(
                    hall_id=self.hall_id,
                    device_id=f"device-{name}",
                    counter_id=name,
                    public_key=public,
                    epoch=1,
                    nonce=nonce,
                    app_version="1",
                    enrolled_at="2026-11-22",
                )
            )
        return Desk(self, name, key, nonce)

    def bill(self, bill_id: int, principal_fen: int, *, cost_fen: int = 0, account_id: int = 1) -> None:
        """A bill that the hub knows."""
        with self.database.transaction() as connection:
            connection.execute(
                insert(t.bill_sums).values(
                    hall_id=self.hall_id,
                    bill_id=bill_id,
                    bill_no=f"B{bill_id}",
                    account_id=account_id,
                    customer_id=account_id,
                    principal_fen=principal_fen,
                    cost_fen=cost_fen,
                    settled_principal_fen=0,
                    settled_late_fee_fen=0,
                    settled_cost_fen=0,
                )
            )

    def rows(self, table: Table, *columns: str) -> list[Any]:
        """Rows of the hall, some columns, in the order of the first."""
        chosen = [table.c[name] for name in columns] or [*table.c]
        with self.database.transaction() as connection:
            found = connection.execute(select(*chosen).where(table.c.hall_id == self.hall_id)).all()
        return sorted(tuple(row) for row in found) if columns else [row._asdict() for row in found]

    def tasks(self, state: str = "open") -> list[dict[str, Any]]:
        """The hall's tasks with their facts read."""
        found = [row for row in self.rows(t.tasks) if row["state"] == state]
        return sorted(({**row, "facts": json.loads(row["facts"])} for row in found), key=lambda row: row["task_id"])

    def feed(self) -> list[tuple[str, dict[str, Any]]]:
        """The rows of the feed, in their order."""
        found = sorted(self.rows(t.feed), key=lambda row: row["n"])
        return [(row["kind"], json.loads(row["body"])) for row in found]

    def rows_of_feed(self) -> list[Any]:
        """The feed as it stands: n, kind, body, hash."""
        return self.rows(t.feed, "n", "kind", "body", "hash")

    def desk_caller(self) -> Caller:
        """Some device of the hall, for questions in which it does not matter which."""
        return Caller(self.hall_id, "A", "device-A", 1, "nonce", self.generation, self.now, self.fresh)

    def balances(self) -> dict[tuple[str, str], int]:
        """The hall's ledger; a law of the hub is that it sums to zero."""
        found = {
            (account, subject): fen
            for account, subject, fen in self.rows(t.balances, "account", "subject", "balance_fen")
        }
        assert sum(found.values()) == 0
        return {key: fen for key, fen in found.items() if fen}

    def later(self, **time: float) -> None:
        """The hub's clock moves on."""
        self.now += timedelta(**time)


Make = Callable[[Database], HubHall]
