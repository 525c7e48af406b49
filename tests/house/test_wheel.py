"""The wheel: a plain `pip install .` brings the resources inside the package, and nothing of the tests."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.checkout import PACKAGE, ROOT, modules


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert result.returncode == 0, result.stdout + result.stderr
    (path,) = folder.glob("*.whl")
    return path


def test_it_holds_every_resource_and_every_module(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    resources = [path for path in (ROOT / "resources").rglob("*") if path.is_file() and not path.name.startswith(".")]
    assert {f"counter_app/_resources/{path.relative_to(ROOT / 'resources').as_posix()}" for path in resources} <= names
    assert {f"counter_app/{path.relative_to(PACKAGE).as_posix()}" for path in modules()} <= names
    assert "counter_app/py.typed" in names


def test_it_holds_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"counter_app", "counter_app-0.1.0.dist-info"}
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert [name for name in names if "__pycache__" in name] == []


def test_the_installed_program_finds_its_resources_with_no_checkout_near(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import counter_app.resources as r; print(r.resource('rules')); print(r.__file__)"
    )
    result = subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert result.returncode == 0, result.stderr
    found, module = result.stdout.splitlines()
    assert Path(found) == tmp_path.resolve() / "counter_app" / "_resources" / "rules"
    assert Path(module).resolve().is_relative_to(tmp_path.resolve())
