"""Keys: in a keyring that works, else in files of their owner; never in the hall's file; no hall without them."""

from __future__ import annotations

import math
import shutil
import stat
import sys
from collections import Counter
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from counter_app.clock import FixedClock
from counter_app.domain.hall import Hall
from counter_app.storage.driver import find_driver
from counter_app.storage.hall import OpenHall, create_hall, open_hall
from counter_app.storage.keys import KeyFiles, KeyRing, best_key_place, new_key_place
from counter_app.storage.store import Store
from counter_app.storage.trouble import NotThisKey
from tests import halls

CLOCK = FixedClock(halls.NOW)
SECRETS = ("device", "data", "pepper")
posix = pytest.mark.skipif(sys.platform == "win32", reason="rights of files are POSIX here")


class InMemory(KeyringBackend):
    """A keyring that works."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring has no type for it
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError(username)


class Locked(InMemory):
    """A keyring that nobody opens."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("locked")


class TakesNothing(InMemory):
    """A keyring that answers, and fails with its system's own error when it is to keep something."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError("org.freedesktop.DBus.Error.ServiceUnknown")


class Forgets(InMemory):
    """A keyring that takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        return


def real(folder: Path) -> OpenHall:
    hall = Hall(
        "6f1c2f7e-0000-4000-8000-00000000beef",
        "HZ01",
        "厅",
        "公司",
        "telecom",
        "c1",
        "03",
        "3 号台",
        "10000",
        "",
        False,
    )
    return create_hall(folder, hall, clock=CLOCK)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_without_a_keyring_the_keys_are_files_and_the_words_say_where(tmp_path: Path) -> None:
    opened = real(tmp_path / "hall")
    assert isinstance(opened.keys, KeyFiles)
    assert opened.keys.words == str(tmp_path / "hall" / "keys")
    assert sorted(path.name for path in (tmp_path / "hall" / "keys").iterdir()) == [
        "data.key",
        "device.key",
        "pepper.key",
    ]
    opened.close()


@posix
def test_key_files_are_their_owners_alone_even_in_a_folder_that_was_open(tmp_path: Path) -> None:
    (tmp_path / "hall" / "keys").mkdir(parents=True, mode=0o777)
    (tmp_path / "hall" / "keys").chmod(0o777)
    real(tmp_path / "hall").close()
    assert mode(tmp_path / "hall" / "keys") == 0o700
    assert {path.name: mode(path) for path in (tmp_path / "hall" / "keys").iterdir()} == {
        f"{name}.key": 0o600 for name in SECRETS
    }


def test_a_keyring_that_works_keeps_every_secret_and_no_file_does(tmp_path: Path) -> None:
    ring = InMemory()
    keyring.set_keyring(ring)
    opened = real(tmp_path / "hall")
    assert opened.keys.words == "keyring"
    opened.close()
    assert sorted(name.rpartition("/")[2] for _, name in ring.kept) == sorted(SECRETS)
    assert not (tmp_path / "hall" / "keys").exists()
    again = open_hall(tmp_path / "hall", clock=CLOCK)
    assert isinstance(again.keys, KeyRing)
    again.close()
    secrets = [bytes.fromhex(text) for text in ring.kept.values()]
    for path in (tmp_path / "hall").iterdir():
        data = path.read_bytes()
        assert [s for s in secrets if s in data or s[-32:] in data or s.hex().encode() in data] == [], path.name


@pytest.mark.parametrize("kind", [Locked, TakesNothing, Forgets])
def test_a_keyring_that_fails_is_not_used_and_the_words_say_so(kind: type[InMemory], tmp_path: Path) -> None:
    keyring.set_keyring(kind())
    opened = real(tmp_path / "hall")
    assert opened.keys.words == str(tmp_path / "hall" / "keys")
    opened.close()
    again = open_hall(tmp_path / "hall", clock=CLOCK)
    assert again.keys.words == str(tmp_path / "hall" / "keys")
    again.close()


def test_a_keyring_that_is_locked_later_refuses_the_hall_and_opens_it_afterwards(tmp_path: Path) -> None:
    ring = InMemory()
    keyring.set_keyring(ring)
    real(tmp_path / "hall").close()
    keyring.set_keyring(Locked())
    with pytest.raises(NotThisKey):
        open_hall(tmp_path / "hall", clock=CLOCK)
    keyring.set_keyring(ring)
    open_hall(tmp_path / "hall", clock=CLOCK).close()


def test_trying_a_keyring_leaves_nothing_in_it(tmp_path: Path) -> None:
    ring = InMemory()
    keyring.set_keyring(ring)
    assert isinstance(new_key_place("some-hall", tmp_path), KeyRing)
    assert isinstance(best_key_place("some-hall", tmp_path), KeyRing)
    assert ring.kept == {}


def test_a_demo_hall_never_touches_the_keyring(tmp_path: Path) -> None:
    ring = InMemory()
    keyring.set_keyring(ring)
    halls.a_hall(tmp_path / "hall").close()
    assert ring.kept == {}


@pytest.mark.parametrize("missing", ["all", "device", "data"])
def test_a_hall_copied_without_its_keys_refuses(missing: str, tmp_path: Path) -> None:
    real(tmp_path / "hall").close()
    without = "keys" if missing == "all" else f"{missing}.key"
    shutil.copytree(tmp_path / "hall", tmp_path / "copy", ignore=shutil.ignore_patterns(without))
    with pytest.raises(NotThisKey):
        open_hall(tmp_path / "copy", clock=CLOCK)


def test_keys_of_another_hall_refuse(tmp_path: Path) -> None:
    real(tmp_path / "one").close()
    real(tmp_path / "two").close()
    shutil.copy(tmp_path / "two" / "keys" / "device.key", tmp_path / "one" / "keys" / "device.key")
    with pytest.raises(NotThisKey, match="not enrolled"):
        open_hall(tmp_path / "one", clock=CLOCK)


def test_a_real_halls_file_is_noise_to_whoever_has_no_key(tmp_path: Path) -> None:
    opened = real(tmp_path / "hall")
    halls.three_months_behind(opened)
    opened.close()
    data = (tmp_path / "hall" / "hall.db").read_bytes()
    assert not data.startswith(b"SQLite format 3")
    counts = Counter(data)
    bits = -sum(n / len(data) * math.log2(n / len(data)) for n in counts.values())
    assert bits > 7.99
    driver = find_driver()
    for key in (None, bytes(32)):
        with pytest.raises(NotThisKey):
            Store.open(tmp_path / "hall" / "hall.db", key=key, driver=driver)
