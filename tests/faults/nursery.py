"""Fresh processes without the wait for imports: forked from a process that never opened a hall, one after another."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Say = Callable[[dict[str, Any]], None]


class ChildIsSilent(AssertionError):
    """A child said nothing for a long time."""


class Nursery:
    """Starts children that run `module:function(task, say)`; the parent of this object may have halls open."""

    def __init__(self, job: str, *, environment: dict[str, str] | None = None) -> None:
        """`job` is a `module:function`."""
        told = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", **(environment or {})}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery", job],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=told,
        )
        self._rest = b""
        self.child = 0

    def start(self, task: str) -> int:
        """Start a child on a task; returns its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(task.encode() + b"\n")
        self._process.stdin.flush()
        born = self.hear(60)
        assert born["say"] == "born", born
        self.child = int(born["pid"])
        return self.child

    def kill(self) -> None:
        """End the child at once; one that ended by itself says how in its last words."""
        with suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGKILL)

    def hear(self, seconds: float = 30) -> dict[str, Any]:
        """The next line of the child; the last is always `gone`.

        Raises:
            ChildIsSilent: nothing was said in time.
        """
        until = time.monotonic() + seconds
        while b"\n" not in self._rest:
            if not self._is_ready(max(0.0, until - time.monotonic())):
                raise ChildIsSilent(f"child {self.child} is silent")
            self._read()
        line, self._rest = self._rest.split(b"\n", 1)
        heard: dict[str, Any] = json.loads(line)
        return heard

    def listen(self, seconds: float) -> list[dict[str, Any]]:
        """What the child says within a time; ends early when it is gone."""
        until = time.monotonic() + seconds
        lines: list[dict[str, Any]] = []
        while (left := until - time.monotonic()) > 0:
            try:
                lines.append(self.hear(left))
            except ChildIsSilent:
                break
            if lines[-1]["say"] == "gone":
                break
        return lines

    def last_words(self) -> list[dict[str, Any]]:
        """Everything up to and with `gone`."""
        lines = [self.hear()]
        while lines[-1]["say"] != "gone":
            lines.append(self.hear())
        return lines

    def close(self) -> None:
        """End the nursery; its child must be gone."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.wait(30)

    def _is_ready(self, seconds: float) -> bool:
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], seconds)[0])

    def _read(self) -> None:
        assert self._process.stdout is not None
        got = os.read(self._process.stdout.fileno(), 65_536)
        if not got:
            message = "the nursery ended"
            raise AssertionError(message)
        self._rest += got


def run(job: Callable[[str, Say], None]) -> None:
    """Fork a child per line of standard input; it never opened a file of a hall before."""
    from tests.faults.teller import say_to

    say = say_to(1)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _live(job, line, say)
        _, status = os.waitpid(child, 0)
        say({"say": "gone", "status": os.waitstatus_to_exitcode(status)})


def _live(job: Callable[[str, Say], None], line: str, say: Say) -> None:
    try:
        say({"say": "born", "pid": os.getpid()})
        job(line, say)
    except BaseException as error:
        text = "".join(traceback.format_exception(error))
        say({"say": "error", "text": text[-3_000:]})
        os._exit(1)
    os._exit(0)


def pay(task: str, say: Say) -> None:
    """The job of `teller.Teller`."""
    from tests.faults.teller import Task, Teller

    Teller(Task(**json.loads(task)), say).work()


if __name__ == "__main__":
    import importlib

    module, _, name = sys.argv[1].partition(":")
    importlib.import_module("tests.faults.teller").warm_up()
    run(getattr(importlib.import_module(module), name))
