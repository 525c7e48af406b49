"""The hub's answer to one request: who asks, what they may ask, one transaction, a signed reply.

A plain function over bytes. The service puts it behind HTTPS, the simulator calls it as it is.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import DataError

from counter_app.hub import auth, enrolment, evidence
from counter_app.hub.asides import Asides, Later
from counter_app.hub.asking import PEM_TYPE, Bytes, Call
from counter_app.hub.buckets import Buckets
from counter_app.hub.calls import Caller, No, state_of
from counter_app.hub.database import Database, DatabaseBusy
from counter_app.hub.guests import HallsMoved
from counter_app.hub.keys import HubKey
from counter_app.hub.messages import JSON_TYPE, BadRequest, body_of, message_of
from counter_app.hub.revisions import generation
from counter_app.hub.routes import AUTHORITY, ENROL, HEALTH, Found, find_route
from counter_app.sync.wire import PROTOCOLS, STATUS, Enrol, Message, Refusal, Why, reply_text

ATTEMPTS = 3
"""How often a transaction that met another one is done again before the device is told to wait."""

DEVICE_RATE, DEVICE_BURST = 20.0, 200
STRANGER_RATE, STRANGER_BURST = 1.0, 20
BUSY_S = 1
DISK_FULL = "53100"
"""What PostgreSQL calls it."""
SIGNATURE = "Hub-Signature"


class Request(NamedTuple):
    """What came: the path with its query, headers with names in lower case, the body as it was sent, from where."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    peer: str = ""


class Reply(NamedTuple):
    """What goes back."""

    status: int
    headers: dict[str, str]
    body: bytes


class _Refused(Exception):
    """Leaves a transaction, so that nothing of what was refused is kept."""

    def __init__(self, no: No, caller: Caller | None = None, wait_s: int = 0) -> None:
        super().__init__(no.why)
        self.no, self.caller, self.wait_s = no, caller, wait_s


@dataclass
class Hub:
    """Everything a request is answered with; the clock and the secrets come from outside."""

    database: Database
    key: HubKey
    authority: bytes | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    secret: enrolment.Secret = secrets.token_bytes
    monotonic: Callable[[], float] = time.monotonic
    devices: Buckets = field(init=False)
    strangers: Buckets = field(init=False)
    asides: Asides = field(init=False)

    def __post_init__(self) -> None:
        """Give each hub its own buckets, and a place for what is made beside its requests."""
        self.devices = Buckets(DEVICE_RATE, DEVICE_BURST, self.monotonic)
        self.strangers = Buckets(STRANGER_RATE, STRANGER_BURST, self.monotonic)
        self.asides = Asides()

    def handle(self, request: Request) -> Reply:
        """Answer a request: a message or bytes, signed for whoever signed, and nothing half done.

        Only a bug leaves as an exception.
        """
        path, _, query = request.target.partition("?")
        found = find_route(request.method, path)
        if found is None:
            reply = self._strange(request, No(Why.NOT_FOUND))
        elif len(request.body) > found.route.most:
            reply = _refusal(No(Why.TOO_LARGE, {"most": str(found.route.most)}))
        else:
            try:
                reply = self._answer(found, query, request)
            except (DatabaseBusy, HallsMoved) as busy:
                # a full disk passes only when somebody makes room: the counter says so to whoever can
                reply = _refusal(No(Why.BUSY, {"what": "full"} if str(busy) == DISK_FULL else {}), BUSY_S)
        return self._signed(reply, request.headers.get(auth.SIGNATURE, ""))

    def _answer(self, found: Found, query: str, request: Request) -> Reply:
        if found.route is HEALTH:
            with self.database.transaction() as connection:
                generation(self.database, connection)
            return Reply(200, {"Content-Type": JSON_TYPE}, b'{"ok":true}')
        if found.route is AUTHORITY:
            if self.authority is None:
                return self._strange(request, No(Why.NOT_FOUND))
            return Reply(200, {"Content-Type": PEM_TYPE}, self.authority)
        if found.route is ENROL:
            return self._enrol(found, request)
        signed = auth.signed_by(request.headers)
        if signed is None:
            return self._strange(request, No(Why.NOT_SIGNED))
        return self._call(found, query, request, signed)

    def _call(self, found: Found, query: str, request: Request, signed: auth.Signed) -> Reply:
        attempt, has_joined = 1, False
        while True:
            try:
                with self.database.transaction(found.route.isolation) as connection:
                    return self._within(connection, found, query, request, signed)
            except _Refused as refused:
                if refused.caller is None and not refused.wait_s:
                    return self._strange(request, refused.no)
                if refused.caller is not None and refused.no.evidence:
                    with self.database.transaction() as connection:
                        evidence.keep(connection, refused.caller, refused.no.evidence)
                if isinstance(refused.no, Later) and not has_joined and self.asides.join(self.database, refused.no):
                    has_joined = True
                    continue
                return _refusal(refused.no, refused.wait_s)
            except (DatabaseBusy, HallsMoved) as busy:
                is_conflict = isinstance(busy, HallsMoved) or busy.is_conflict
                if not is_conflict or attempt == ATTEMPTS:
                    raise
                attempt += 1

    def _within(self, connection: Connection, found: Found, query: str, request: Request, signed: auth.Signed) -> Reply:
        route = found.route
        device = auth.recognise(connection, request.method, request.target, signed, request.body)
        if isinstance(device, No):
            raise _Refused(device)
        if wait_s := self.devices.take(device.device_id, route.cost):
            raise _Refused(No(Why.TOO_MANY), wait_s=wait_s)
        caller = Caller(
            hall_id=device.hall_id,
            counter_id=device.counter_id,
            device_id=device.device_id,
            epoch=device.epoch,
            nonce=signed.nonce,
            generation=generation(self.database, connection),
            at=self.clock(),
            fresh_nonce=lambda: self.secret(16).hex(),
        )
        assert route.act is not None, f"{route.name} has no rule"
        try:
            body = body_of(request.headers, request.body, content_type=route.content_type, most=route.most)
            said = route.act(Call(connection, caller, found.names, query, body, self.key))
        except BadRequest as bad:
            said = No(bad.why, bad.facts)
        except (DataError, RecursionError) as odd:
            # values that no column holds, or lists in lists without end: no rule has to think of each of them
            raise _Refused(No(Why.BAD_MESSAGE, {"what": type(odd).__name__}), caller) from odd
        if isinstance(said, No):
            no = replace(said, hub=said.hub or state_of(connection, caller))
            if no.next_nonce is None:
                raise _Refused(no, caller, no.wait_s if isinstance(no, Later) else 0)
            return _refusal(no)
        return _done(said)

    def _enrol(self, found: Found, request: Request) -> Reply:
        if wait_s := self.strangers.take(request.peer):
            return _refusal(No(Why.TOO_MANY), wait_s)
        route = found.route
        try:
            body = body_of(request.headers, request.body, content_type=route.content_type, most=route.most)
            asked = message_of(Enrol, body)
        except BadRequest as bad:
            return _refusal(No(bad.why, bad.facts))
        try:
            with self.database.transaction("SERIALIZABLE") as connection:
                history = generation(self.database, connection)
                edge = enrolment.Edge(history, self.clock(), self.secret, self.key.public)
                said = enrolment.redeem(connection, asked, edge)
                if isinstance(said, No):
                    raise _Refused(said)
                reply = _done(said)
        except _Refused as refused:
            if refused.no.why is Why.BAD_CODE:
                with self.database.transaction() as connection:
                    enrolment.count_try(connection, asked.counter_code, self.clock())
            reply = _refusal(refused.no)
        return self._signed(reply, asked.proof)

    def _strange(self, request: Request, no: No) -> Reply:
        """An answer to somebody who is not known to be a device; whoever tries too often waits."""
        wait_s = self.strangers.take(request.peer)
        return _refusal(No(Why.TOO_MANY), wait_s) if wait_s else _refusal(no)

    def _signed(self, reply: Reply, request_signature: str) -> Reply:
        if SIGNATURE not in reply.headers and auth.is_signature(request_signature):
            text = reply_text(request_signature, reply.status, reply.body)
            reply.headers[SIGNATURE] = self.key.sign(text)
        return reply


def _done(said: Message | Bytes) -> Reply:
    if isinstance(said, Bytes):
        return Reply(200, {"Content-Type": said.content_type, "Cache-Control": "no-store"}, said.content)
    return _json(200, said)


def _refusal(no: No, retry_after_s: int = 0) -> Reply:
    floor = PROTOCOLS[0] if no.why is Why.OLD_PROTOCOL else None
    refusal = Refusal(
        why=no.why,
        hub=no.hub,
        facts=dict(no.facts),
        next_nonce=no.next_nonce,
        retry_after_s=retry_after_s or None,
        floor_proto=floor,
    )
    reply = _json(STATUS[no.why], refusal)
    if retry_after_s:
        reply.headers["Retry-After"] = str(retry_after_s)
    return reply


def _json(status: int, message: Message) -> Reply:
    headers = {"Content-Type": JSON_TYPE, "Cache-Control": "no-store"}
    return Reply(status, headers, message.model_dump_json().encode("utf-8"))
