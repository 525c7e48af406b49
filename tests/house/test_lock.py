"""The lock files: they name, with hashes, exactly one version of everything that pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from typing import NamedTuple

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house.checkout import ROOT

MACHINES = [
    pytest.param(
        {"python_version": python, "python_full_version": f"{python}.7", **system},
        id=f"{python}-{system['sys_platform']}",
    )
    for python in ("3.11", "3.12", "3.13")
    for system in (
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
        {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
    )
]


class Locked(NamedTuple):
    name: str
    version: Version
    marker: Marker | None
    hashes: int

    def is_for(self, machine: dict[str, str]) -> bool:
        return self.marker is None or self.marker.evaluate(dict(machine))


def locked(name: str) -> list[Locked]:
    text = (ROOT / "installer" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    rows = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            requirement = Requirement(re.split(r"\s--hash", line)[0])
            version = Version(str(requirement.specifier).removeprefix("=="))
            hashes = line.count("--hash=sha256:")
            rows.append(Locked(canonicalize_name(requirement.name), version, requirement.marker, hashes))
    return rows


def asked(*, with_tests: bool) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    words = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    if with_tests:
        words += project["project"]["optional-dependencies"]["test"]
    return [Requirement(word) for word in words]


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(("lock", "with_tests"), [("requirements.lock", True), ("runtime.lock", False)])
def test_each_requirement_is_locked_once_in_its_range(lock: str, with_tests: bool, machine: dict[str, str]) -> None:
    rows = [row for row in locked(lock) if row.is_for(machine)]
    names = [row.name for row in rows]
    assert len(names) == len(set(names)), "two versions of one package on one machine"
    versions = {row.name: row.version for row in rows}
    for requirement in asked(with_tests=with_tests):
        if requirement.marker is None or requirement.marker.evaluate(dict(machine)):
            version = versions[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(version), f"{requirement}, locked {version}: run lock.sh"


@pytest.mark.parametrize("lock", ["requirements.lock", "runtime.lock"])
def test_every_line_has_hashes(lock: str) -> None:
    assert [row.name for row in locked(lock) if not row.hashes] == []


def test_the_counter_runs_with_the_versions_that_were_tested() -> None:
    tested = {(row.name, row.version, str(row.marker)) for row in locked("requirements.lock")}
    running = {(row.name, row.version, str(row.marker)) for row in locked("runtime.lock")}
    assert running <= tested
    assert not {"pytest", "mypy", "ruff"} & {row.name for row in locked("runtime.lock")}


@pytest.mark.parametrize("machine", MACHINES)
def test_the_qt_that_loses_references_is_never_locked_for_old_pythons(machine: dict[str, str]) -> None:
    rows = [row for row in locked("requirements.lock") if row.is_for(machine)]
    (qt,) = [row.version for row in rows if row.name == "pyside6-essentials"]
    is_immortal = Version(machine["python_version"]) >= Version("3.12")
    assert is_immortal or qt < Version("6.12")
