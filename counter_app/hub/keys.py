"""The hub's own key: it signs every reply and every snapshot, and lies in a file that only its owner may read."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FILE_NAME = "hub.key"


@dataclass(frozen=True)
class HubKey:
    """An Ed25519 key that can sign for the hub."""

    public: str
    _private: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def from_secret(cls, secret: bytes) -> HubKey:
        """The key whose 32 secret bytes were kept."""
        private = Ed25519PrivateKey.from_private_bytes(secret)
        return cls(private.public_key().public_bytes_raw().hex(), private)

    @classmethod
    def of_folder(cls, folder: Path) -> HubKey:
        """The key of a hub's folder; made and kept there when there is none yet."""
        path = folder / FILE_NAME
        if not path.exists():
            write_secret(path, Ed25519PrivateKey.generate().private_bytes_raw())
        return cls.from_secret(path.read_bytes())

    def sign(self, message: bytes) -> str:
        """The signature of a message, in hex."""
        return self._private.sign(message).hex()


def is_signed(public_key: str, message: bytes, signature: str) -> bool:
    """Whether a signature over a message is that of a key, all of them in hex."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read (0600), whole or not at all, in place of one that is there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
