"""The preloaded library (`shim.c`): a disk that fails, and a recorder of changes where tracing is forbidden."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.faults.operations import Op

SOURCE = Path(__file__).with_name("shim.c")
KINDS = ("create", "write", "truncate", "sync", "link", "rename", "unlink", "mkdir", "rmdir", "say")


def build_shim(folder: Path) -> Path:
    """Compile it."""
    target = folder / "shim.so"
    assert " " not in str(target), f"the loader takes a space for the end of a name: {target}"
    compiler = shutil.which("gcc") or shutil.which("cc")
    assert compiler, "a C compiler is missing; install one (apt-get install gcc libc6-dev)"
    command = [compiler, "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", str(target), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return target


def recording(shim: Path, *, folder: Path, log: Path, said: Path) -> dict[str, str]:
    """The environment in which a program's changes below `folder`, and what it appends to `said`, go into the log."""
    told = {"LD_PRELOAD": str(shim), "FAULT_RECORD": str(log), "FAULT_FOLDER": str(folder), "FAULT_SAID": str(said)}
    return {**os.environ, **told}


def read(log: Path, *, folder: Path) -> Iterator[Op]:
    """The operations of such a log; a call that is not understood is an error, never left out."""
    data = log.read_bytes()
    at = 0
    while at < len(data):
        end = data.index(b"\n", at)
        kind, *numbers = data[at:end].decode().split()
        offset, *lengths = map(int, numbers)
        parts = []
        at = end + 1
        for length in lengths:
            parts.append(data[at : at + length])
            at += length
        assert kind in KINDS, f"a call without a model: {kind} {parts[0]!r}"
        path, other = (_below(folder, part.decode()) for part in parts[:2])
        yield Op(kind, path, other, offset=offset, data=parts[2])


def _below(folder: Path, path: str) -> str:
    if not path:
        return ""
    inside = os.path.relpath(path, folder)
    assert not inside.startswith(".."), f"from or to outside: {path}"
    assert not inside.endswith(" (deleted)"), f"writes into a deleted file: {path}"
    return inside
