"""Where the project's own files are, and how they read as Python."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "counter_app"


def modules(folder: Path = PACKAGE) -> list[Path]:
    """Every Python file under this folder."""
    return sorted(path for path in folder.rglob("*.py") if "_resources" not in path.parts)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    """The path as it is read in a message: from the project's folder, with forward strokes."""
    return path.relative_to(ROOT).as_posix()


def tracked_files() -> list[Path]:
    """Every file that belongs to the project; without git, every file that is not hidden or made by a tool."""
    files = files_known_to_git()
    return sorted(_visible_files(ROOT)) if files is None else files


def files_known_to_git() -> list[Path] | None:
    """What git keeps of the project; None in an unpacked archive, or where git is not installed."""
    command = ["git", "-c", f"safe.directory={ROOT.as_posix()}", "ls-files", "-z", "--cached"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return sorted(path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file())


def _visible_files(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name.startswith(".") or entry.name in {"__pycache__", "dist", "build"}:
            continue
        if entry.is_dir():
            yield from _visible_files(entry)
        else:
            yield entry
