"""What a program asks of the disk: its system calls, recorded and read back as one list of operations."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.faults import preload
from tests.faults.nursery import ROOT
from tests.faults.operations import Op

CALLS = (
    "openat,open,creat,write,pwrite64,pwritev,pwritev2,writev,ftruncate,truncate,fallocate,fsync,fdatasync,"
    "sync_file_range,rename,renameat,renameat2,unlink,unlinkat,link,linkat,mkdir,mkdirat,rmdir,sendfile,copy_file_range,"
    "close,dup,dup2,dup3"
)
MAKES = ("O_CREAT", "O_TRUNC")


STRACE, PRELOADED = "strace", "the preloaded library"


def best_recorder() -> str:
    """`strace` where tracing is allowed, else the preloaded library.

    Raises:
        AssertionError: there is neither; on Linux these tests are not left out.
    """
    strace = shutil.which("strace")
    if strace is not None:
        asked = [strace, "-f", "-o", os.devnull, sys.executable, "-c", ""]
        if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
            return STRACE
    assert shutil.which("gcc") or shutil.which("cc"), (
        "nothing can record what the program asks of the disk: strace is missing or forbidden, and there is no C"
        " compiler (apt-get install strace, or gcc libc6-dev)"
    )
    return PRELOADED


def record(module: str, arguments: list[str], *, folder: Path, log: Path, said: Path, recorder: str) -> list[Op]:
    """Run a module under the recorder; the changes below `folder`, and the lines appended to `said`, in order."""
    command = [sys.executable, "-m", module, *arguments]
    told = dict(os.environ)
    if recorder == STRACE:
        command = ["strace", "-f", "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}", "-o", str(log), *command]
    else:
        told = preload.recording(preload.build_shim(log.parent), folder=folder, log=log, said=said)
    told |= {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-4_000:]
    return list(read(log, folder=folder, said=said) if recorder == STRACE else preload.read(log, folder=folder))


def read(log: Path, *, folder: Path, said: Path) -> Iterator[Op]:
    """The operations of a log of strace; a call that is not understood is an error, never left out."""
    reader = _Reader(str(folder), str(said))
    with log.open(encoding="ascii") as lines:
        for line in _whole(lines):
            yield from reader.op(line)


_LINE = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)(?:<((?:\\x[0-9a-f]{2})*)>)?", re.DOTALL)
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_HANDLE = re.compile(r"^(?:\d+|AT_FDCWD)(?:<((?:\\x[0-9a-f]{2})*)>)?")


def _whole(lines: Iterator[str]) -> Iterator[str]:
    """Lines without the process id; a call that another thread interrupted is put together again, at its end."""
    begun: dict[str, str] = {}
    for line in lines:
        process, _, call = line.rstrip("\n").partition(" ")
        call = call.lstrip()
        if call.endswith("<unfinished ...>"):
            begun[process] = call.removesuffix("<unfinished ...>").rstrip()
        elif call.startswith("<... "):
            yield begun.pop(process) + call.partition("resumed>")[2]
        elif not call.startswith(("+++", "---")):
            yield call


def _text(hexed: str) -> bytes:
    return bytes.fromhex(hexed.replace("\\x", ""))


class _Reader:
    """Knows which folder matters."""

    def __init__(self, folder: str, said: str) -> None:
        self.folder = folder
        self.said = said

    def op(self, line: str) -> Iterator[Op]:
        match = _LINE.match(line)
        assert match, f"not understood: {line[:200]}"
        call, arguments, result = match[1], match[2], int(match[3])
        if result < 0:
            return
        if call in ("openat", "open", "creat"):
            yield from self._open(call, arguments, _text(match[4] or "").decode())
        elif call in ("rename", "renameat", "renameat2", "link", "linkat"):
            yield from self._two_names(call, arguments)
        elif call in ("unlink", "unlinkat", "mkdir", "mkdirat", "rmdir"):
            yield from self._one_name(call, arguments)
        elif call not in ("close", "dup", "dup2", "dup3"):
            yield from self._on_handle(call, arguments, result)

    def _inside(self, path: str) -> str | None:
        return os.path.relpath(path, self.folder) if (path + "/").startswith(self.folder + "/") else None

    def _names(self, arguments: str) -> list[str]:
        """Every name of a call, as an absolute path; a relative one must be outside (the program uses none)."""
        return [_text(found).decode() for found in _TEXT.findall(arguments)]

    def _open(self, call: str, arguments: str, path: str) -> Iterator[Op]:
        inside = self._inside(path)
        if inside is None or (call != "creat" and "O_CREAT" not in arguments and "O_TRUNC" not in arguments):
            return
        yield Op("create", inside)
        if call == "creat" or "O_TRUNC" in arguments:
            yield Op("truncate", inside, offset=0)

    def _two_names(self, call: str, arguments: str) -> Iterator[Op]:
        source, target = (self._inside(name) for name in self._names(arguments))
        if source is None and target is None:
            return
        assert source is not None, f"{call} from outside: {arguments}"
        assert target is not None, f"{call} to outside: {arguments}"
        yield Op("link" if call.startswith("link") else "rename", source, target)

    def _one_name(self, call: str, arguments: str) -> Iterator[Op]:
        inside = self._inside(self._names(arguments)[0])
        if inside is None:
            return
        if call == "unlinkat" and "AT_REMOVEDIR" in arguments:
            call = "rmdir"
        yield Op(call.removesuffix("at"), inside)

    def _on_handle(self, call: str, arguments: str, result: int) -> Iterator[Op]:
        match = _HANDLE.match(arguments)
        path = _text(match[1]).decode() if match and match[1] else ""
        if path == self.said:
            yield Op("say", data=_text(_TEXT.findall(arguments)[0])[:result])
            return
        inside = self._inside(path)
        if inside is None:
            return
        assert " (deleted)" not in path, f"writes into a deleted file: {path}"
        if call == "write":
            yield Op("write", inside, offset=-1, data=_text(_TEXT.findall(arguments)[0])[:result])
        elif call == "pwrite64":
            offset = int(arguments.rsplit(", ", 1)[1])
            yield Op("write", inside, offset=offset, data=_text(_TEXT.findall(arguments)[0])[:result])
        elif call == "ftruncate":
            yield Op("truncate", inside, offset=int(arguments.rsplit(", ", 1)[1]))
        elif call in ("fsync", "fdatasync"):
            yield Op("sync", inside)
        else:
            raise AssertionError(f"a call without a model: {call}({arguments[:200]}")
