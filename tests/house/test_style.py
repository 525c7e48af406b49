"""Style and types: ruff and mypy --strict have nothing to say about the program, its tests and its installer."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.checkout import ROOT, modules, name_of

SILENCED = re.compile(
    r"# *(?:type: *ignore|noqa)\b(?:: *(?P<codes>[A-Z0-9, ]*[A-Z0-9])|\[[\w, -]*\])?\s*(?:[#-]+\s*)?(?P<reason>.*)"
)


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


def unreasoned(text: str) -> list[str]:
    """Each silenced finding that does not say why, on its line or in the comment right above it."""
    lines = text.splitlines()
    found = []
    for number, line in enumerate(lines):
        silenced = SILENCED.search(line)
        if silenced is None or silenced["codes"] == "E402":  # what must stand before the imports says why itself
            continue
        if not silenced["reason"] and not lines[number - 1].lstrip().startswith("#"):
            found.append(line.strip())
    return found


@pytest.mark.parametrize("path", [*modules(), *modules(ROOT / "tests"), *modules(ROOT / "installer")], ids=name_of)
def test_whoever_silences_a_finding_says_why(path: Path) -> None:
    assert unreasoned(path.read_text(encoding="utf-8")) == []


def test_a_silenced_finding_without_a_reason_is_seen() -> None:
    mark = "# " + "type: ignore"
    source = f"a = b  {mark}[misc]\nc = d  {mark}[misc]  # d has no types\ne = f  {mark}\n# why\ng = h  {mark}[misc]\n"
    assert [line[0] for line in unreasoned(source)] == ["a", "e"]
