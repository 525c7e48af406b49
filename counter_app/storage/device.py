"""The device's own key: it signs every entry and never lies in the hall's file."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from counter_app.storage.keys import KeyPlace, device_id_of


@dataclass(frozen=True, slots=True)
class Device:
    """This installation, able to sign."""

    device_id: str
    public_key: bytes
    _private: Ed25519PrivateKey

    @classmethod
    def from_secret(cls, secret: bytes) -> Device:
        """The device whose secret (16 bytes of identity, 32 bytes of key) was kept."""
        private = Ed25519PrivateKey.from_private_bytes(secret[16:48])
        public = private.public_key().public_bytes_raw()
        return cls(device_id_of(secret), public, private)

    @classmethod
    def make(cls, place: KeyPlace) -> Device:
        """A new device; its secret is kept in `place` before it is used."""
        private = Ed25519PrivateKey.generate()
        raw = private.private_bytes_raw()
        secret = uuid.uuid4().bytes + raw
        place.write("device", secret)
        return cls.from_secret(secret)

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature of `message` (64 bytes)."""
        return self._private.sign(message)


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature over the message is that of the key."""
    from cryptography.exceptions import InvalidSignature

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
