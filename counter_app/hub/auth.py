"""Who asks: a request is of the device whose key signed it, and a revoked device is refused from the next one on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from counter_app.hub.calls import No
from counter_app.hub.keys import is_signed
from counter_app.hub.sql import ask
from counter_app.hub.tables import devices
from counter_app.sync.wire import Why, request_text

DEVICE, NONCE, SIGNATURE = "counter-device", "counter-nonce", "counter-signature"
_ID = re.compile(r"[0-9A-Za-z:._-]{1,64}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_c = devices.c
_DEVICE = select(_c.hall_id, _c.device_id, _c.counter_id, _c.public_key, _c.epoch, _c.revoked_at).where(
    _c.device_id == bindparam("device")
)


class Signed(NamedTuple):
    """What a request says of its sender."""

    device_id: str
    nonce: str
    signature: str


class Device(NamedTuple):
    """A device as the hub knows it."""

    hall_id: str
    device_id: str
    counter_id: str
    public_key: str
    epoch: int
    revoked_at: str | None


def is_signature(text: str) -> bool:
    """Whether a text has the form of a signature."""
    return _SIGNATURE.fullmatch(text) is not None


def signed_by(headers: Mapping[str, str]) -> Signed | None:
    """What the headers (names in lower case) say of the sender; None when one is missing or misshapen."""
    found = Signed(headers.get(DEVICE, ""), headers.get(NONCE, ""), headers.get(SIGNATURE, ""))
    if _ID.fullmatch(found.device_id) and _ID.fullmatch(found.nonce) and is_signature(found.signature):
        return found
    return None


def device_of(connection: Connection, device_id: str) -> Device | None:
    """A device by its id, in whichever hall it stands."""
    found = ask(connection, _DEVICE, device=device_id)
    return Device(*found[0]) if found else None


def recognise(connection: Connection, method: str, target: str, signed: Signed, body: bytes) -> Device | No:
    """The device that signed this request (its body as it was sent, packed or not)."""
    device = device_of(connection, signed.device_id)
    if device is None:
        return No(Why.UNKNOWN_DEVICE)
    if not is_signed(device.public_key, request_text(method, target, signed.nonce, body), signed.signature):
        return No(Why.NOT_SIGNED)
    if device.revoked_at is not None:
        return No(Why.REVOKED, {"revoked_at": device.revoked_at})
    return device
