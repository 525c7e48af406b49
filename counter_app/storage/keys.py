"""Where a hall's secrets lie: beside its file as its owner's files, or in the operating system's keyring."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple, Protocol

from counter_app.storage.file_copy import sync_folder

SERVICE = "counter-app"


class KeyPlace(Protocol):
    """Where secrets are kept: the operating system's keyring, or files of the folder."""

    @property
    def words(self) -> str:
        """`keyring` or the folder, for the page that says where the keys are."""

    def read(self, name: str) -> bytes | None:
        """A secret, or None when there is none."""

    def write(self, name: str, secret: bytes) -> None:
        """Keep a secret."""


class KeyFiles(NamedTuple):
    """Secrets as files that only their owner may read (0600); the demo hall always uses these."""

    folder: Path

    @property
    def words(self) -> str:
        """The folder of the key files."""
        return str(self.folder)

    def read(self, name: str) -> bytes | None:
        """The secret in `name.key`, or None."""
        path = self.folder / f"{name}.key"
        return path.read_bytes() if path.exists() else None

    def write(self, name: str, secret: bytes) -> None:
        """Write `name.key` with mode 0600, durably and whole or not at all, never over an existing one."""
        is_new = not self.folder.exists()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.chmod(self.folder, 0o700)
        path = self.folder / f"{name}.key"
        if path.exists():
            raise FileExistsError(path)
        fresh = self.folder / f"{name}.key.new"
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
        # a key whose name is lost in a power cut is a hall that does not open, with every payment in it
        sync_folder(self.folder)
        if is_new:
            sync_folder(self.folder.parent)

    def change(self, name: str, secret: bytes) -> None:
        """Keep a secret; another one of its name is put aside, for what it opens or signed may be needed again."""
        kept = self.read(name)
        if kept == secret:
            return
        if kept is not None:
            os.replace(self.folder / f"{name}.key", self.folder / f"{_aside(name, kept)}.key")
        self.write(name, secret)

    def forget(self, name: str) -> None:
        """The secret is nowhere any more, nor is a folder that held nothing else."""
        (self.folder / f"{name}.key").unlink(missing_ok=True)
        if self.folder.exists() and not any(self.folder.iterdir()):
            self.folder.rmdir()


class KeyRing(NamedTuple):
    """Secrets in the operating system's keyring (DPAPI, Keychain, Secret Service)."""

    hall_id: str

    @property
    def words(self) -> str:
        """The word for the keyring."""
        return "keyring"

    def read(self, name: str) -> bytes | None:
        """The secret, or None.

        Raises:
            OSError: the keyring does not answer.
        """
        import keyring

        try:
            found = keyring.get_password(SERVICE, self._entry(name))
        except Exception as error:  # a backend raises what its system raises
            raise OSError(f"keyring: {type(error).__name__}") from error
        return None if found is None else bytes.fromhex(found)

    def write(self, name: str, secret: bytes) -> None:
        """Keep the secret in the keyring.

        Raises:
            OSError: the keyring does not take it.
        """
        import keyring

        try:
            keyring.set_password(SERVICE, self._entry(name), secret.hex())
        except Exception as error:
            raise OSError(f"keyring: {type(error).__name__}") from error

    def change(self, name: str, secret: bytes) -> None:
        """Keep a secret; another one of its name is put aside.

        Raises:
            OSError: the keyring does not answer.
        """
        kept = self.read(name)
        if kept is not None and kept != secret:
            self.write(_aside(name, kept), kept)
        self.write(name, secret)

    def forget(self, name: str) -> None:
        """The secret is nowhere any more.

        Raises:
            OSError: the keyring does not answer.
        """
        import keyring

        try:
            keyring.delete_password(SERVICE, self._entry(name))
        except Exception as error:  # a backend raises what its system raises
            raise OSError(f"keyring: {type(error).__name__}") from error

    def works(self) -> bool:
        """Whether the machine has a keyring that gives back what it is given."""
        import keyring

        secret = os.urandom(16)
        try:
            if keyring.get_keyring().priority <= 0:
                return False
            self.write("trial", secret)
            is_kept = self.read("trial") == secret
            keyring.delete_password(SERVICE, self._entry("trial"))
        except Exception:
            return False
        return is_kept

    def _entry(self, name: str) -> str:
        return f"{self.hall_id}/{name}"


def _aside(name: str, secret: bytes) -> str:
    return f"{name}-{hashlib.sha256(secret).hexdigest()[:16]}"


def new_key_place(hall_id: str, folder: Path) -> KeyFiles | KeyRing:
    """Where a new hall's secrets go: into a keyring that keeps them, else into 0600 files of `folder`."""
    if (folder / "device.key").exists() or not KeyRing(hall_id).works():
        return KeyFiles(folder)
    return KeyRing(hall_id)


def best_key_place(hall_id: str, folder: Path) -> KeyPlace:
    """Where a hall's secrets are: in the 0600 files of `folder` when they are there, else in a keyring that answers."""
    if (folder / "device.key").exists():
        return KeyFiles(folder)
    place = KeyRing(hall_id)
    try:
        place.read("device")
    except OSError:
        return KeyFiles(folder)
    return place


def device_id_of(secret: bytes) -> str:
    """The identity in a device's secret (its first 16 bytes), as a UUID is written."""
    name = secret[:16].hex()
    return "-".join((name[:8], name[8:12], name[12:16], name[16:20], name[20:]))
