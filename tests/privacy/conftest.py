"""Halls whose people are canaries; no test writes into the keyring of whoever runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.null import Keyring as NoKeyring

from counter_app.storage.hall import OpenHall
from tests import halls

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    """The machine has no keyring unless the test puts one there."""
    before: KeyringBackend = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # keyring has no type for it
    yield
    keyring.set_keyring(before)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    """A plain hall."""
    opened = halls.a_hall(tmp_path / "hall")
    yield opened
    opened.close()
