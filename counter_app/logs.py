"""What the program writes down about itself: codes, ids and durations, never a name, number or amount in words."""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import threading
import traceback
import zlib
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Any

LOGGER = logging.getLogger("counter_app")
_SIZE_BYTES = 2_000_000
_FILES = 5
_kept: list[tuple[logging.Handler, TextIOWrapper, Callable[..., Any], Callable[..., Any]]] = []
"""The log that is open, and what stood in the place of its two hooks before."""


class ProgramFault(Exception):
    """A bug as a person hears of it: a number, under which the log has its kind and its places."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


def fault_number(kind: type[BaseException], trace: TracebackType | None) -> str:
    """The number of a bug: the same slip at the same place has the same one, whatever it was about."""
    return f"{zlib.crc32(f'{kind.__name__} {places(trace)}'.encode()):08X}"


def note_fault(bug: Exception) -> ProgramFault:
    """Write a bug down that is answered where it happened; what the person hears of it."""
    LOGGER.critical("bug", exc_info=bug)
    return ProgramFault(fault_number(type(bug), bug.__traceback__))


class _JsonLines(logging.Formatter):
    """One JSON object a line; JSON itself escapes line breaks and everything else that is not plain ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S"),
            "level": record.levelname,
            "what": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0] is not None:
            # the class and the places, never the message or the values: they may hold personal data
            line["error"] = record.exc_info[0].__name__
            line["places"] = places(record.exc_info[2])
            line["number"] = fault_number(record.exc_info[0], record.exc_info[2])
        import json

        return json.dumps(line)


class _OwnersFile(logging.FileHandler):
    """A log that nobody but its owner reads, whatever the umask says; a full one makes room for the next.

    The standard library's own brings sockets and pickles with it, which cost a start more than the log does.
    """

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        try:
            # the lane that opens the hall and the window's thread both write: `handle` holds the lock here
            if self.stream is not None and self.stream.tell() >= _SIZE_BYTES:
                self._make_room()
        except OSError:
            self.handleError(record)

    def _open(self) -> TextIOWrapper:
        return _owners_text(Path(self.baseFilename))

    def _make_room(self) -> None:
        self.close()
        for place in range(_FILES - 1, 0, -1):
            if os.path.exists(f"{self.baseFilename}.{place}"):
                os.replace(f"{self.baseFilename}.{place}", f"{self.baseFilename}.{place + 1}")
        os.replace(self.baseFilename, f"{self.baseFilename}.1")


def keep_log(folder: Path) -> Callable[[], None]:
    """Write the log into `folder/logs` from now on, crashes of the interpreter included; the answer lets go of it.

    What is printed of a bug, too, is from now on its kind and its places: a message may quote a customer.
    """
    let_go_of_log()
    place = folder / "logs"
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = _OwnersFile(place / "counter.log", encoding="utf-8", delay=True)
    handler.setFormatter(_JsonLines())
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
    crash = _owners_text(place / "crash.log")
    faulthandler.enable(crash)
    _kept.append((handler, crash, sys.excepthook, threading.excepthook))
    sys.excepthook = _excepthook
    threading.excepthook = _thread_excepthook
    return let_go_of_log


def let_go_of_log() -> None:
    """Close the log, so that its folder can be moved away, and put back what stood in its place before."""
    while _kept:
        handler, crash, sys.excepthook, threading.excepthook = _kept.pop()
        LOGGER.removeHandler(handler)
        handler.close()
        faulthandler.disable()
        crash.close()


def places(trace: TracebackType | None) -> str:
    """File and line of every frame, innermost last."""
    return " > ".join(f"{Path(f.filename).name}:{f.lineno}" for f in traceback.extract_tb(trace))


def say_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """An `excepthook` that says on stderr what kind of bug it was and where, and none of the values."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    elif sys.stderr is not None:
        print(f"程序错误 · a bug: {kind.__name__} ({places(trace)})", file=sys.stderr)


def _excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    LOGGER.critical("bug", exc_info=(kind, error, trace))
    say_bug(kind, error, trace)


def _thread_excepthook(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        LOGGER.critical("bug in a thread", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))


def _owners_text(path: Path) -> TextIOWrapper:
    """The file, open for more text; one from before that others may read is closed to them."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    if sys.platform != "win32":
        os.fchmod(handle, 0o600)
    return os.fdopen(handle, "a", encoding="utf-8")
