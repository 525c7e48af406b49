"""The floors hold: who may import whom, with a planted violation of each contract as its control."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.checkout import PACKAGE, ROOT, modules, name_of, parsed

PURE = {
    "__future__", "abc", "base64", "binascii", "bisect", "calendar", "collections", "collections.abc",
    "contextlib", "copy", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "hashlib",
    "heapq", "hmac", "itertools", "json", "math", "operator", "re", "string", "struct", "textwrap", "tomllib",
    "types", "typing", "unicodedata", "urllib.parse", "uuid", "zlib",
}  # fmt: skip

# what is planted, where, and the contract that must break
PLANTS = [
    ("domain/planted.py", "import sqlite3", "domain"),
    ("domain/planted.py", "from counter_app.resources import resource", "domain"),
    ("services/planted.py", "import PySide6.QtCore", "qt"),
    ("storage/planted.py", "from counter_app.services import planted", "floors"),
    ("services/planted.py", "import sqlalchemy", "sql"),
    ("ui/planted.py", "import sqlalchemy", "sql"),
    ("services/planted.py", "import reportlab.pdfgen", "paper"),
    ("ui/planted.py", "import counter_app.storage", "screens"),
    ("services/planted.py", "import counter_app.sync", "floors"),
    ("hub/planted.py", "import counter_app.storage", "hub"),
    ("services/planted.py", "import counter_app.hub", "no-hub"),
    ("domain/planted.py", "import counter_app.domain.planted_too", "no-circles"),
]


def lint_imports(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command as check; check()"
    return subprocess.run(
        [sys.executable, "-c", code, "--config", "pyproject.toml", "--no-cache", *words],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env=_environment(),
    )


def test_every_import_contract_is_kept() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("place", "source", "contract"), PLANTS)
def test_a_planted_violation_breaks_its_contract(tmp_path: Path, place: str, source: str, contract: str) -> None:
    shutil.copytree(PACKAGE, tmp_path / "counter_app", ignore=shutil.ignore_patterns("__pycache__", "_resources"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for floor in ("domain", "services"):
        for name in ("planted", "planted_too"):
            back = "import counter_app.domain.planted\n" if (floor, name) == ("domain", "planted_too") else ""
            (tmp_path / "counter_app" / floor / f"{name}.py").write_text(back, encoding="utf-8")
    (tmp_path / "counter_app" / place).write_text(f"{source}\n", encoding="utf-8")
    result = lint_imports(tmp_path, "--contract", contract)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "planted" in result.stdout


@pytest.mark.parametrize("path", modules(PACKAGE / "domain"), ids=name_of)
def test_the_domain_imports_only_itself_and_pure_modules(path: Path) -> None:
    foreign = [name for name in imported(parsed(path)) if not is_pure(name)]
    assert foreign == [], f"{name_of(path)} reaches outside: {foreign}"


def test_the_check_of_the_domain_sees_what_is_impure() -> None:
    source = "import os.path\nfrom time import time\nimport logging\nfrom counter_app.storage import x\nimport datetime"
    foreign = [name for name in imported(ast.parse(source)) if not is_pure(name)]
    assert foreign == ["os.path", "time", "logging", "counter_app.storage"]


def imported(tree: ast.Module) -> list[str]:
    """Every module named in an import, wherever it stands in the file."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append("counter_app.domain" if node.level else node.module or "")
    return names


def is_pure(name: str) -> bool:
    return name == "counter_app.domain" or name.startswith("counter_app.domain.") or name in PURE


@pytest.mark.parametrize("path", modules(PACKAGE / "domain"), ids=name_of)
def test_the_domain_never_asks_what_time_it_is(path: Path) -> None:
    asked = [
        ast.unparse(node)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "today", "utcnow", "uuid1", "uuid4", "fromtimestamp"}
    ]
    assert asked == [], f"{name_of(path)} asks the machine: {asked}"


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": ""}
