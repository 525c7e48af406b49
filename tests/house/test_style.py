"""Style and types: ruff and mypy --strict have nothing to say about the program, its tests and its installer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.checkout import ROOT


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, encoding="utf-8")


def test_ruff_has_nothing_to_say() -> None:
    result = run("ruff", "check", "--output-format", "concise", ".")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.timeout(900)
def test_mypy_strict_has_nothing_to_say() -> None:
    result = run("mypy")
    assert result.returncode == 0, result.stdout + result.stderr


def test_both_see_a_planted_fault(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("import os\n\n\ndef grace_days(text):\n    return text\n", encoding="utf-8")
    config = str(ROOT / "pyproject.toml")
    assert "F401" in run("ruff", "check", "--config", config, str(planted)).stdout
    assert "no-untyped-def" in run("mypy", "--config-file", config, "--no-incremental", str(planted)).stdout
