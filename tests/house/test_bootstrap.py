"""Set-up on a fresh machine: what is missing is installed or named exactly, once, and again after an interruption."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import bootstrap
import pytest

from tests.house.checkout import ROOT

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="apt-get and the shell scripts are for Debian")

# The smallest project that pip can install in place, so that a real environment is made without the network.
TINY_BACKEND = """
import zipfile

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        wheel.writestr("tiny.py", "")
        wheel.writestr("tiny-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n")
        wheel.writestr("tiny-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("tiny-1.dist-info/RECORD", "tiny.py,,\\n")
    return name
"""


@pytest.mark.parametrize(
    ("words", "plan"),
    [
        ([], ("run", "", [])),
        (["run", "rules", "kpi", "x.json"], ("run", "", ["rules", "kpi", "x.json"])),
        (["test", "-k", "money"], ("test", "", ["-k", "money"])),
        (["run", "--index", "https://mirror.example", "demo"], ("run", "https://mirror.example", ["demo"])),
        (["test", "--index=https://mirror.example"], ("test", "https://mirror.example", [])),
    ],
)
def test_words_are_read_and_the_rest_is_handed_on(words: list[str], plan: tuple[str, str, list[str]]) -> None:
    assert bootstrap.read_words(words) == plan


@pytest.mark.parametrize("words", [["dance"], ["run", "--index"]])
def test_words_that_mean_nothing_are_refused(words: list[str]) -> None:
    with pytest.raises(bootstrap.CannotGoOn):
        bootstrap.read_words(words)


@pytest.mark.parametrize(
    ("words", "opens"),
    [
        ([], True),
        (["demo"], True),
        (["demo", "--trade", "water"], True),
        (["--data", "hall"], True),
        (["--theme", "dark", "--text-size", "150"], True),
        (["--data", "hall", "verify"], False),
        (["demo", "--no-open"], False),
        (["--offscreen-picture", "counter.png"], False),
        (["--offscreen-picture=counter.png"], False),
        (["--help"], False),
        (["rules", "kpi", "demo"], False),
    ],
)
def test_only_what_opens_a_window_needs_a_screen(words: list[str], opens: bool) -> None:
    assert bootstrap.opens_a_window(words) is opens


@pytest.mark.parametrize("version", [(3, 8), (3, 10)])
def test_an_old_python_is_told_what_to_install(version: tuple[int, int]) -> None:
    with pytest.raises(bootstrap.CannotGoOn) as stop:
        bootstrap.require_python(version)
    assert "winget install Python.Python.3.13" in stop.value.chinese
    assert "apt-get install python3" in stop.value.english


def test_this_python_and_newer_ones_are_new_enough() -> None:
    bootstrap.require_python((3, 11))
    bootstrap.require_python((3, 15))


@linux_only
def test_a_library_that_is_not_there_is_seen() -> None:
    assert bootstrap.library_loads("libc.so.6")
    assert not bootstrap.library_loads("libno-such-thing.so.9")


@linux_only
def test_a_machine_that_can_draw_misses_nothing_for_the_tests() -> None:
    assert bootstrap.missing_packages(bootstrap.Plan("test", "", [])) == []


# --- apt-get and sudo, as small programs that write down how they were called ---


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of an ordinary user on which only a recording apt-get can be found."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("env", "sh"):
        (programs / name).symlink_to(str(shutil.which(name)))
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "deb.example_Packages").touch()
    monkeypatch.setattr(bootstrap, "APT_LISTS", lists)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    program(tmp_path, "apt-get", "exit 0")
    return tmp_path


def program(desk: Path, name: str, action: str) -> None:
    path = desk / "bin" / name
    path.write_text(f'#!/bin/sh\necho "{name} $*" >> "{desk}/calls"\n{action}\n', encoding="utf-8")
    path.chmod(0o755)


def calls(desk: Path) -> list[str]:
    path = desk / "calls"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


@linux_only
def test_without_the_right_to_install_the_exact_line_is_said_and_nothing_is_done(desk: Path) -> None:
    with pytest.raises(bootstrap.CannotGoOn) as stop:
        bootstrap.install_packages(["libegl1", "libgl1"])
    line = "apt-get update && apt-get install -y -q --no-install-recommends libegl1 libgl1"
    assert line in stop.value.chinese
    assert line in stop.value.english
    assert calls(desk) == []


@linux_only
def test_a_sudo_that_refuses_is_no_right(desk: Path) -> None:
    program(desk, "sudo", "exit 1")
    with pytest.raises(bootstrap.CannotGoOn, match="may not install"):
        bootstrap.install_packages(["libegl1"])
    assert [call for call in calls(desk) if call.startswith("apt-get")] == []


@linux_only
def test_sudo_is_used_after_saying_so(desk: Path, capfd: pytest.CaptureFixture[str]) -> None:
    program(desk, "sudo", 'shift\nexec "$@"')
    (desk / "bin" / "true").symlink_to(str(shutil.which("true", path="/usr/bin:/bin")))
    bootstrap.install_packages(["libegl1"])
    assert calls(desk)[-1] == "apt-get install -y -q --no-install-recommends libegl1"
    assert "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install" in capfd.readouterr().out


@linux_only
def test_a_good_installation_asks_apt_once(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    bootstrap.install_packages(["libegl1"])
    assert calls(desk) == ["apt-get install -y -q --no-install-recommends libegl1"]


@linux_only
def test_empty_package_lists_are_fetched_first(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    (desk / "lists" / "deb.example_Packages").unlink()
    bootstrap.install_packages(["libegl1"])
    assert [call.split()[1] for call in calls(desk)] == ["update", "install"]


@linux_only
def test_stale_package_lists_are_fetched_and_the_installation_tried_again(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program(desk, "apt-get", f'[ "$1" = update ] && : > "{desk}/fresh"; [ -e "{desk}/fresh" ]')
    bootstrap.install_packages(["libegl1"])
    assert [call.split()[1] for call in calls(desk)] == ["install", "update", "install"]


@linux_only
def test_a_machine_without_python_is_told_so_by_the_script(desk: Path) -> None:
    for name in ("cat", "dirname", "id"):
        (desk / "bin" / name).symlink_to(str(shutil.which(name, path="/usr/bin:/bin")))
    (desk / "bin" / "apt-get").unlink()
    command = ["/bin/sh", str(ROOT / "installer" / "run.sh")]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", env={"PATH": str(desk / "bin")})
    assert result.returncode == 2
    assert "需要 Python 3.11" in result.stderr
    assert "needs Python 3.11" in result.stderr


# --- the virtual environment ---


@pytest.fixture
def tiny_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "installer").mkdir()
    for lock in bootstrap.LOCKS.values():
        (tmp_path / "installer" / lock).write_text("# nothing is needed\n", encoding="utf-8")
    (tmp_path / "backend.py").write_text(TINY_BACKEND, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "tiny"\nversion = "1"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    return tmp_path


def test_an_environment_is_made_once_kept_and_mended(tiny_project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The first run installs, the second does nothing, the tests add theirs, an unreadable state installs again."""
    run, test = bootstrap.Plan("run", "", []), bootstrap.Plan("test", "", [])
    said = "each checked by its hash"
    python = bootstrap.prepare_environment(run)
    assert subprocess.call([str(python), "-c", "import tiny"]) == 0
    assert said in capfd.readouterr().out

    bootstrap.prepare_environment(run)
    assert said not in capfd.readouterr().out

    bootstrap.prepare_environment(test)
    assert said in capfd.readouterr().out
    bootstrap.prepare_environment(run)  # what the tests need holds what running needs
    assert said not in capfd.readouterr().out

    (tiny_project / ".venv" / "installed.json").write_text("{half", encoding="utf-8")
    bootstrap.prepare_environment(run)
    out = capfd.readouterr().out
    assert said in out
    assert "Making the virtual environment" not in out


def test_what_is_installed_is_compiled_even_where_python_keeps_no_bytecode(
    tiny_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    (tiny_project / "counter_app").mkdir()
    (tiny_project / "counter_app" / "desk.py").write_text("WORD = 'cash'\n", encoding="utf-8")
    python = bootstrap.prepare_environment(bootstrap.Plan("run", "", []))
    assert list((tiny_project / "counter_app" / "__pycache__").glob("desk.*.pyc"))
    packages = next((tiny_project / ".venv").rglob("site-packages"))
    assert list((packages / "__pycache__").glob("tiny.*.pyc"))
    assert python.exists()


def test_after_an_interruption_all_is_made_anew(tiny_project: Path) -> None:
    """A half-copied package looks installed to pip; here one lies in the way after the installation broke off."""
    plan = bootstrap.Plan("run", "", [])
    (tiny_project / "backend.py").write_text("raise SystemExit('the power went')\n", encoding="utf-8")
    with pytest.raises(bootstrap.CannotGoOn, match="installs anew"):
        bootstrap.prepare_environment(plan)
    (tiny_project / "backend.py").write_text(TINY_BACKEND, encoding="utf-8")
    half_copied = tiny_project / ".venv" / "half-copied"
    half_copied.touch()
    python = bootstrap.prepare_environment(plan)
    assert subprocess.call([str(python), "-c", "import tiny"]) == 0
    assert not half_copied.exists()


@pytest.mark.parametrize("name", ["installer/runtime.lock", "pyproject.toml"])
def test_a_change_of_what_is_asked_for_is_seen(tiny_project: Path, name: str) -> None:
    before = bootstrap.fingerprint("run")
    assert bootstrap.fingerprint("run") == before
    with (tiny_project / name).open("a", encoding="utf-8") as file:
        file.write("# one more line\n")
    assert bootstrap.fingerprint("run") != before


# --- handing over ---


@linux_only
def test_the_libraries_of_a_screen_are_asked_for_only_where_a_window_can_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "SCREEN_AND_PRINTER", {"libno-such-thing.so.9": "libno-such-thing9"})
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    opening, checking = bootstrap.Plan("run", "", ["demo"]), bootstrap.Plan("run", "", ["verify"])
    monkeypatch.setenv("DISPLAY", ":0")
    assert "libno-such-thing9" in bootstrap.missing_packages(opening)
    assert "libno-such-thing9" not in bootstrap.missing_packages(checking)
    monkeypatch.delenv("DISPLAY")
    assert "libno-such-thing9" not in bootstrap.missing_packages(opening)


@linux_only
def test_without_a_screen_the_counter_says_so_and_offers_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert bootstrap.open_counter(Path(sys.executable), ["--data", str(tmp_path)]) != 0
    said = capfd.readouterr().err
    assert "没有屏幕" in said
    assert "--offscreen-picture" in said


@pytest.mark.parametrize("name", ["run", "test"])
def test_each_command_is_there_for_both_systems(name: str) -> None:
    folder = ROOT / "installer"
    assert f'with-python.sh" {name} "$@"' in (folder / f"{name}.sh").read_text(encoding="utf-8")
    batch = (folder / f"{name}.cmd").read_bytes()
    assert f'with-python.cmd" {name} %*'.encode() in batch
    for script in (batch, (folder / "with-python.cmd").read_bytes()):
        assert script.isascii(), "cmd.exe reads a batch file in the machine's own code page"
        assert script.count(b"\r\n") == script.count(b"\n"), "cmd.exe loses its labels without CRLF"
