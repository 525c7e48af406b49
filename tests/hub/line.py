"""A device with its own key, and a line that ends in the hub's handler without a network between."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counter_app.hub.database import Database
from counter_app.hub.enrolment import Wish, issue
from counter_app.hub.handler import SIGNATURE, Hub, Request
from counter_app.hub.keys import HubKey, is_signed
from counter_app.sync.hub_line import Line
from counter_app.sync.wire import Enrolled, Refusal, enrol_text, reply_text, request_text

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
HUB_KEY = HubKey.from_secret(bytes(range(32)))


@dataclass
class Moment:
    """A clock that stands where it is put; both kinds of time go together."""

    at: datetime = NOON

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.at

    def monotonic(self) -> float:
        """Seconds since noon."""
        return (self.at - NOON).total_seconds()

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


@dataclass
class Counted:
    """A source of "secrets" that is the same in every run."""

    last: int = 0

    def __call__(self, size: int) -> bytes:
        """Bytes that were not given before."""
        self.last += 1
        return self.last.to_bytes(size, "big")


def a_hub(database: Database, moment: Moment | None = None) -> Hub:
    """A hub whose time and secrets are the test's."""
    moment = moment or Moment()
    return Hub(
        database,
        HUB_KEY,
        authority=b"-----BEGIN CERTIFICATE-----\n",
        clock=moment.now,
        secret=Counted(),
        monotonic=moment.monotonic,
    )


@dataclass(frozen=True)
class HandlerLine:
    """The line of `sync.hub_line`, ending in the handler."""

    hub: Hub
    peer: str = "192.0.2.7"

    def call(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Carry a request there and its reply back."""
        lower = {name.lower(): value for name, value in headers.items()}
        reply = self.hub.handle(Request(method, target, lower, body, self.peer))
        return reply.status, reply.headers, reply.body


@dataclass
class Gadget:
    """A device as the hub sees it: an id, a key, and the nonce it holds."""

    line: Line
    device_id: str = "00000000-0000-4000-8000-0000000000d1"
    counter_id: str = "00000000-0000-4000-8000-0000000000c1"
    nonce: str = "none"
    generation: str = ""
    hub_key: str = HUB_KEY.public
    key: Ed25519PrivateKey = field(default_factory=lambda: Ed25519PrivateKey.from_private_bytes(bytes([7] * 32)))

    @property
    def public(self) -> str:
        """Its public key in hex."""
        return self.key.public_key().public_bytes_raw().hex()

    def enrol(self, code: str, counter_code: str = "03", **changed: Any) -> tuple[int, Any]:
        """Ask to be a counter; returns status and message."""
        proof = self.key.sign(enrol_text(code, self.device_id, self.counter_id, self.public)).hex()
        asked = {
            "proto": 1,
            "code": code,
            "hall_id": None,
            "counter_id": self.counter_id,
            "counter_code": counter_code,
            "counter_name": f"{counter_code} 号台",
            "device_id": self.device_id,
            "public_key": self.public,
            "app_version": "0.1.0",
            "proof": proof,
            **changed,
        }
        headers = {"Content-Type": "application/json"}
        status, said, body = self.line.call("POST", "/v1/devices", headers, json.dumps(asked).encode())
        if status != 200:
            return status, Refusal.model_validate_json(body)
        answer = Enrolled.model_validate_json(body)
        assert is_signed(answer.hub_key, reply_text(str(asked["proof"]), status, body), _signature(said))
        self.hub_key, self.generation = answer.hub_key, answer.hub.generation
        self.nonce, self.counter_id = answer.next_nonce, answer.counter_id
        return status, answer

    def ask(
        self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """A signed request; the reply's signature is checked."""
        signature = self.key.sign(request_text(method, target, self.nonce, body)).hex()
        sent = {
            "Counter-Device": self.device_id,
            "Counter-Nonce": self.nonce,
            "Counter-Signature": signature,
            **({"Content-Type": "application/json"} if body else {}),
            **(headers or {}),
        }
        status, said, answer = self.line.call(method, target, sent, body)
        signature = sent["Counter-Signature"]
        assert is_signed(self.hub_key, reply_text(signature, status, answer), _signature(said))
        return status, answer


def _signature(headers: Mapping[str, str]) -> str:
    return {name.lower(): value for name, value in headers.items()}[SIGNATURE.lower()]


def a_code(hub: Hub, *, counter_code: str = "03", hall_code: str = "HZ01", replaces: bool = False) -> str:
    """A one-time code as `counter-app hub enrol` issues it."""
    with hub.database.transaction() as connection:
        wish = Wish(hall_code, counter_code, "", {"name": "测试营业厅", "trade": "telecom"}, replaces)
        code = issue(connection, wish, hub.clock(), hub.secret)
    assert isinstance(code, str), code
    return code


def enrolled(hub: Hub, number: int = 1, *, counter_code: str = "03", hall_code: str = "HZ01") -> Gadget:
    """A device that is a counter of the hall."""
    gadget = Gadget(
        HandlerLine(hub),
        f"00000000-0000-4000-8000-0000000000d{number}",
        f"00000000-0000-4000-8000-0000000000c{number}",
        key=Ed25519PrivateKey.from_private_bytes(bytes([number] * 32)),
    )
    status, answer = gadget.enrol(a_code(hub, counter_code=counter_code, hall_code=hall_code), counter_code)
    assert status == 200, answer
    return gadget
