"""What the program writes down about itself: codes, ids and durations, never a name, number or amount in words."""

from __future__ import annotations

import faulthandler
import json
import logging
import sys
import threading
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

LOGGER = logging.getLogger("counter_app")
_SIZE_BYTES = 2_000_000
_FILES = 5


class _JsonLines(logging.Formatter):
    """One JSON object a line; line breaks inside a message are escaped by JSON itself."""

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
        return json.dumps(line, ensure_ascii=False)


def keep_log(folder: Path) -> None:
    """Write the log into `folder/logs` from now on, crashes of the interpreter included."""
    place = folder / "logs"
    place.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        place / "counter.log", maxBytes=_SIZE_BYTES, backupCount=_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(_JsonLines())
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
    crash = (place / "crash.log").open("a", encoding="utf-8")
    faulthandler.enable(crash)
    sys.excepthook = _excepthook
    threading.excepthook = _thread_excepthook


def places(trace: TracebackType | None) -> str:
    """File and line of every frame, innermost last."""
    return " > ".join(f"{Path(f.filename).name}:{f.lineno}" for f in traceback.extract_tb(trace))


def _excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    LOGGER.critical("bug", exc_info=(kind, error, trace))
    sys.__excepthook__(kind, error, trace)


def _thread_excepthook(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        LOGGER.critical("bug in a thread", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))
