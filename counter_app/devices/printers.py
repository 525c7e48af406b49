"""Ways for a print job to reach paper, or a file where there is no printer."""

from __future__ import annotations

import errno
import os
import re
import select
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from counter_app.devices.queue_state import QueueState, Standing

_SAFE_NAME = re.compile(r"[^\w.-]+")
_QUEUE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+@-]{0,126}")
_MEDIA = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_STATE_SECONDS, _CONNECT_SECONDS = 5.0, 1.0
_OFFLINE_ALERTS = {"offline", "connecting-to-device", "timed-out", "shutdown"}
_HAND_ALERTS = {
    "media-empty",
    "media-needed",
    "media-jam",
    "cover-open",
    "door-open",
    "interlock-open",
    "input-tray-missing",
}
_HAND_ALERTS |= {"output-area-full", "toner-empty", "marker-supply-empty", "marker-waste-full"}
_ABSENT = {errno.ENXIO, errno.ENODEV, errno.EBUSY}


class Reason(Enum):
    """Why a job did not get through; the value is the stable name that commands and the job's row keep."""

    NOT_FOUND = "not_found"
    NO_RIGHT = "no_right"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    BROKEN_OFF = "broken_off"
    NO_SPACE = "no_space"
    REFUSED_BY_SPOOLER = "refused_by_spooler"
    BAD_SETTING = "bad_setting"


@dataclass(frozen=True, slots=True)
class PrinterTrouble:
    """What kept a job from the printer; the receipt stands all the same and can be printed again.

    `detail` is what the system said, for the log and the second line of the message. After `TIMED_OUT` and `BROKEN_OFF`
    a part of the job may be on paper.
    """

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Printed:
    """The job is with the printer, its spooler, or in a file (`where`)."""

    where: str


class Printer(Protocol):
    """Takes one whole job, PDF or raw bytes as the printer's settings say, within a limited time."""

    def send(self, job: bytes, *, title: str) -> Printed | PrinterTrouble:
        """Hands the job over; never raises for what a printer can do. `title` names it in queues and files."""
        ...

    def state(self) -> QueueState:
        """How the printer stands, within a few seconds; prints nothing and never raises for what a printer can do."""
        ...


@dataclass(frozen=True, slots=True)
class FolderPrinter:
    """Keeps each job as a file in a folder, for halls and days without a printer."""

    folder: Path
    suffix: str = ".pdf"

    def send(self, job: bytes, *, title: str) -> Printed | PrinterTrouble:
        """Writes the file whole or not at all; an equal title gets a number."""
        stem = _SAFE_NAME.sub("_", title).strip("._")[:80] or "job"
        draft = ""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, draft = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".part")
            with os.fdopen(handle, "wb") as file:
                file.write(job)
                file.flush()
                os.fsync(file.fileno())
            path = self._free_path(stem)
            os.replace(draft, path)
        except OSError as error:
            if draft:
                with suppress(OSError):
                    os.unlink(draft)
            return trouble_of(error)
        return Printed(where=str(path))

    def state(self) -> QueueState:
        """Whether files can be made there."""
        place = next(place for place in (self.folder, *self.folder.absolute().parents) if place.exists())
        can = place.is_dir() and os.access(place, os.W_OK | os.X_OK)
        return QueueState(Standing.READY if can else Standing.NO_RIGHT, detail="" if can else str(place))

    def _free_path(self, stem: str) -> Path:
        path, number = self.folder / f"{stem}{self.suffix}", 1
        while path.exists():
            number += 1
            path = self.folder / f"{stem}-{number}{self.suffix}"
        return path


@dataclass(frozen=True, slots=True)
class CupsPrinter:
    """A CUPS queue, through the `lp` command; `media` as CUPS names it (`A5`), `is_raw` for ESC/POS bytes."""

    queue: str
    media: str = ""
    is_raw: bool = False
    timeout_s: float = 20.0

    def command(self, *, title: str) -> list[str] | PrinterTrouble:
        """The command line, or what is wrong with the settings; the job goes to its standard input."""
        if not _QUEUE.fullmatch(self.queue):
            return PrinterTrouble(Reason.BAD_SETTING, f"queue {self.queue!r}")
        if self.media and not _MEDIA.fullmatch(self.media):
            return PrinterTrouble(Reason.BAD_SETTING, f"media {self.media!r}")
        lp = shutil.which("lp")
        if lp is None:
            return PrinterTrouble(Reason.NOT_FOUND, "lp")
        command = [lp, "-d", self.queue, "-t", _SAFE_NAME.sub("_", title)[:80] or "job"]
        if self.is_raw:
            command += ["-o", "raw"]
        elif self.media:
            command += ["-o", f"media={self.media}", "-o", "fit-to-page=false"]
        return [*command, "--", "-"]

    def send(self, job: bytes, *, title: str) -> Printed | PrinterTrouble:
        """Spools the job."""
        command = self.command(title=title)
        if isinstance(command, PrinterTrouble):
            return command
        try:
            done = subprocess.run(  # noqa: S603 - no shell, every argument is checked above
                command, input=job, capture_output=True, timeout=self.timeout_s, check=False
            )
        except subprocess.TimeoutExpired:
            return PrinterTrouble(Reason.TIMED_OUT, f"lp {self.timeout_s:g} s")
        except OSError as error:
            return trouble_of(error)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip()
            return PrinterTrouble(Reason.REFUSED_BY_SPOOLER, said[:400] or f"lp {done.returncode}")
        return Printed(where=done.stdout.decode(errors="replace").strip() or self.queue)

    def state(self) -> QueueState:
        """What `lpstat` says of the queue and its jobs."""
        lpstat = shutil.which("lpstat")
        if lpstat is None or not _QUEUE.fullmatch(self.queue):
            return QueueState(Standing.MISSING, detail="lpstat" if lpstat is None else f"queue {self.queue!r}")
        command = [lpstat, "-a", self.queue, "-o", self.queue, "-l", "-p", self.queue]
        try:
            done = subprocess.run(  # noqa: S603 - no shell, the queue is checked above
                command, capture_output=True, timeout=_STATE_SECONDS, check=False, env=os.environ | {"LC_ALL": "C"}
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return QueueState(Standing.UNKNOWN, detail=str(error))
        said = done.stderr.decode(errors="replace").strip()
        if done.returncode:
            is_missing = "invalid destination" in said.casefold()
            return QueueState(Standing.MISSING if is_missing else Standing.UNKNOWN, detail=said[:400])
        return cups_state(self.queue, done.stdout.decode(errors="replace"))


@dataclass(frozen=True, slots=True)
class NetworkPrinter:
    """A printer that takes raw bytes over TCP, mostly on port 9100."""

    host: str
    port: int = 9100
    timeout_s: float = 8.0

    def send(self, job: bytes, *, title: str) -> Printed | PrinterTrouble:
        """Sends the job and waits until the printer has taken all of it; the time limit holds for the whole."""
        deadline = time.monotonic() + self.timeout_s
        is_connected = False
        try:
            with socket.create_connection((self.host, self.port), timeout=self.timeout_s) as line:
                is_connected = True
                view = memoryview(job)
                while view:
                    line.settimeout(max(0.01, deadline - time.monotonic()))
                    view = view[line.send(view) :]
                line.shutdown(socket.SHUT_WR)
        except TimeoutError:
            return PrinterTrouble(Reason.TIMED_OUT, f"{self.host}:{self.port} {self.timeout_s:g} s")
        except OSError as error:
            reason = Reason.BROKEN_OFF if is_connected else Reason.UNREACHABLE
            return PrinterTrouble(reason, f"{self.host}:{self.port} {error}")
        return Printed(where=f"{self.host}:{self.port}")

    def state(self) -> QueueState:
        """Whether it takes a connection; one that has no paper does so too."""
        try:
            socket.create_connection((self.host, self.port), timeout=_CONNECT_SECONDS).close()
        except OSError as error:
            return QueueState(Standing.OFFLINE, detail=f"{self.host}:{self.port} {error}")
        return QueueState(Standing.READY)


@dataclass(frozen=True, slots=True)
class DevicePrinter:
    """A printer behind a device file, such as `/dev/usb/lp0`."""

    device: Path
    timeout_s: float = 8.0

    def send(self, job: bytes, *, title: str) -> Printed | PrinterTrouble:
        """Writes the job; a printer that stops taking bytes (no paper, cover open) runs into the time limit."""
        deadline = time.monotonic() + self.timeout_s
        flags = os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            handle = os.open(self.device, flags)
        except OSError as error:
            return trouble_of(error)
        try:
            view = memoryview(job)
            while view:
                if not _is_writable(handle, deadline):
                    return PrinterTrouble(Reason.TIMED_OUT, f"{self.device} {self.timeout_s:g} s")
                with suppress(BlockingIOError):
                    view = view[os.write(handle, view) :]
        except OSError as error:
            reason = Reason.NO_SPACE if error.errno in _FULL else Reason.BROKEN_OFF
            return PrinterTrouble(reason, f"{self.device} {error}")
        finally:
            os.close(handle)
        return Printed(where=str(self.device))

    def state(self) -> QueueState:
        """Whether the device is plugged in and ours to write to; opening it would disturb a job on its way."""
        if not self.device.exists():
            return QueueState(Standing.MISSING, detail=str(self.device))
        can = os.access(self.device, os.W_OK)
        return QueueState(Standing.READY if can else Standing.NO_RIGHT, detail="" if can else str(self.device))


def cups_queues() -> tuple[str, ...]:
    """The names of this machine's CUPS queues; none where there is no CUPS or it does not answer."""
    lpstat = shutil.which("lpstat")
    if lpstat is None:
        return ()
    try:
        done = subprocess.run([lpstat, "-e"], capture_output=True, timeout=_STATE_SECONDS, check=False)  # noqa: S603 - a fixed command
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(done.stdout.decode(errors="replace").split())


def cups_state(queue: str, said: str) -> QueueState:
    """What the words of `lpstat -a -o -l -p` in the C locale mean; alerts are IPP's `printer-state-reasons`."""
    lines = said.splitlines()
    waiting = sum(line.startswith(f"{queue}-") for line in lines)
    alerts = " ".join(line.partition(":")[2] for line in lines if line.strip().startswith("Alerts:"))
    words = {alert.removesuffix("-error").removesuffix("-warning").removesuffix("-report") for alert in alerts.split()}
    if words & _OFFLINE_ALERTS:
        return QueueState(Standing.OFFLINE, waiting, alerts.strip())
    if words & _HAND_ALERTS:
        return QueueState(Standing.NEEDS_HAND, waiting, alerts.strip())
    stops = (f"printer {queue} disabled", f"{queue} not accepting")
    stopped = next((line for line in lines if line.startswith(stops)), "")
    return QueueState(Standing.PAUSED if stopped else Standing.READY, waiting, stopped)


def trouble_of(error: OSError) -> PrinterTrouble:
    """The trouble that an error of the system means."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        reason = Reason.NOT_FOUND
    elif isinstance(error, PermissionError):
        reason = Reason.NO_RIGHT
    elif error.errno in _FULL:
        reason = Reason.NO_SPACE
    elif error.errno in _ABSENT:
        reason = Reason.UNREACHABLE
    else:
        reason = Reason.BROKEN_OFF
    return PrinterTrouble(reason, str(error))


def _is_writable(handle: int, deadline: float) -> bool:
    """Waits until the device takes bytes; where the system cannot wait for files (Windows) it just tries."""
    if os.name == "nt":
        return time.monotonic() < deadline
    return bool(select.select([], [handle], [], max(0.0, deadline - time.monotonic()))[1])
