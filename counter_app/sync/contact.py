"""One question to the hub: signed by the device, answered by the hub's signature or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from counter_app.storage.device import Device, is_signed
from counter_app.sync import wire
from counter_app.sync.hub_line import DownWhy, Line, LineDown

M = TypeVar("M", bound=wire.Message)

_JSON = "application/json"
_MOST_RETRY_S = 86_400


class Proven(NamedTuple):
    """A reply that the hub signed for this request."""

    status: int
    body: bytes


class Contact:
    """The device and the hub that it was enrolled at, over one line; one request at a time."""

    def __init__(self, line: Line, device: Device, hub_key: str) -> None:
        self._line, self._device, self._hub_key = line, device, bytes.fromhex(hub_key)

    def ask(
        self,
        method: str,
        target: str,
        *,
        nonce: str,
        answer: type[M],
        body: bytes = b"",
        content_type: str = _JSON,
    ) -> M | wire.Refusal:
        """The hub's answer, or its "no".

        Raises:
            LineDown: no reply of the hub, or one that cannot be read.
        """
        status, reply = self.call(method, target, nonce=nonce, body=body, content_type=content_type)
        return _read(answer, status, reply) if status == 200 else _read(wire.Refusal, status, reply)

    def ask_bytes(self, target: str, *, nonce: str) -> bytes | wire.Refusal:
        """What the hub has under an address, as it is, or its "no".

        Raises:
            LineDown: no reply of the hub, or one that cannot be read.
        """
        status, reply = self.call("GET", target, nonce=nonce)
        return reply if status == 200 else _read(wire.Refusal, status, reply)

    def call(self, method: str, target: str, *, nonce: str, body: bytes = b"", content_type: str = _JSON) -> Proven:
        """A reply that the hub has signed, whatever it says.

        Raises:
            LineDown: there is none.
        """
        signature = self._device.sign(wire.request_text(method, target, nonce, body)).hex()
        headers = {
            "Counter-Device": self._device.device_id,
            "Counter-Nonce": nonce,
            "Counter-Signature": signature,
            "Content-Type": content_type,
        }
        try:
            status, given, reply = self._line.call(method, target, headers, body)
        except LineDown:
            raise
        except OSError as error:
            raise LineDown("offline", type(error).__name__) from error
        known = {name.lower(): value for name, value in given.items()}
        text = wire.reply_text(signature, status, reply)
        if not is_signed(self._hub_key, text, _unhexed(known.get("hub-signature", ""))):
            raise unsigned(status, known, reply)
        return Proven(status, reply)


def _read(kind: type[M], status: int, reply: bytes) -> M:
    try:
        return kind.model_validate_json(reply)
    except ValidationError as error:
        raise LineDown("bad_reply", f"status {status}: {error.error_count()} errors") from error


def unsigned(status: int, headers: Mapping[str, str], reply: bytes) -> LineDown:
    """A reply that nobody signed is no reply; but when to come again may be said by whoever stands before the hub."""
    why: DownWhy = "busy" if status == 429 else "server" if status >= 500 else "not_the_hub"
    return LineDown(why, _said(status, reply), _seconds(headers.get("retry-after", "")))


def _said(status: int, reply: bytes) -> str:
    """The word of a refusal that the hub could not sign, for it did not know whom it spoke with."""
    try:
        found = json.loads(reply)["why"] if len(reply) < 4096 else ""
    except (ValueError, KeyError, TypeError, RecursionError):
        found = ""
    return f"status {status} {wire.Why(found).value}" if found in tuple(wire.Why) else f"status {status}"


def _seconds(text: str) -> int | None:
    return min(int(text), _MOST_RETRY_S) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _unhexed(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
