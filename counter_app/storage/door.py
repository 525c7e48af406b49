"""How a second program speaks with the one that has the hall open: a local socket of this user, named in a file."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import stat
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from counter_app.storage.lock import DOOR_NAME

_LONGEST_NAME = 100
"""Bytes; the shortest limit of a socket's name is 104."""

_PATIENCE_S = 10
_LONGEST_REQUEST = 65_536

Message = dict[str, Any]
Answer = Callable[[Message, Callable[[Message], None]], Message]
"""Gets what is asked and a way to tell how far it is; runs on a thread of its own."""


class Door:
    """The socket of the program that has the hall's lock; nobody but this user comes in."""

    def __init__(self, folder: Path, answer: Answer) -> None:
        """Open it. Whatever an older program left goes: the caller has the lock, so nobody else listens.

        Raises:
            OSError: no socket can be made here; the hall is open all the same.
        """
        self._answer, self._note = answer, folder / DOOR_NAME
        self._key = secrets.token_hex(16)
        self._is_open = True
        self._address = _address(folder)
        self._listener = Listener(self._address, backlog=8)
        if sys.platform != "win32":
            os.chmod(self._address, 0o600)
        _write_owners(self._note, {"address": self._address, "key": self._key})
        self._thread = threading.Thread(target=self._wait, name="door", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Nobody comes in any more; who is inside is not waited for."""
        if not self._is_open:
            return
        self._is_open = False
        with suppress(OSError):
            self._note.unlink(missing_ok=True)
        # whoever waits for a knock does not hear that its socket is closed
        with suppress(OSError, EOFError):
            Client(self._address).close()
        self._thread.join(_PATIENCE_S)

    def _wait(self) -> None:
        with self._listener:
            while self._is_open:
                # somebody who knocks and goes away is nothing
                with suppress(OSError, EOFError):
                    line = self._listener.accept()
                    threading.Thread(target=self._serve, args=(line,), name="door", daemon=True).start()

    def _serve(self, line: Connection) -> None:
        with line, suppress(OSError, EOFError, ValueError):
            if not self._is_open or not line.poll(_PATIENCE_S):
                return
            request = json.loads(line.recv_bytes(_LONGEST_REQUEST))
            if not isinstance(request, dict):
                return
            if not hmac.compare_digest(str(request.pop("key", "")).encode(), self._key.encode()):
                return
            line.send_bytes(_packed(self._answer(request, lambda step: line.send_bytes(_packed({"step": step})))))


def knock(folder: Path, request: Message, on_step: Callable[[Message], object] = lambda _step: None) -> Message | None:
    """Ask the program that has the hall open; None when nobody answers there.

    Raises:
        EOFError: the program ended while it was at it.
    """
    try:
        note = json.loads((folder / DOOR_NAME).read_text("utf-8"))
        line = Client(note["address"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    is_begun = False
    try:
        with line:
            line.send_bytes(_packed({**request, "key": note["key"]}))
            # a program that hangs is as good as none; one that has begun is waited for
            while is_begun or line.poll(_PATIENCE_S):
                message: Message = json.loads(line.recv_bytes())
                if "step" not in message:
                    return message
                is_begun = True
                on_step(message["step"])
    except (OSError, EOFError) as error:
        if is_begun:
            raise EOFError from error
    return None


def _packed(message: Message) -> bytes:
    return json.dumps(message).encode()


def _address(folder: Path) -> str:
    if sys.platform == "win32":
        return rf"\\.\pipe\counter-app-{secrets.token_hex(16)}"
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:24]
    place = _own_folder() / f"counter-app-{name}.sock"
    # a program that was killed left its socket
    place.unlink(missing_ok=True)
    return str(place)


def _own_folder() -> Path:
    """A folder with a short name that nobody else may enter: never the hall's, which is copied and may be on any disk.

    Raises:
        OSError: there is none, or somebody else has taken its name.
    """
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    if given and len(os.fsencode(given)) < _LONGEST_NAME // 2 and _is_own(Path(given)):
        return Path(given)
    place = Path(tempfile.gettempdir())
    if len(os.fsencode(place)) > _LONGEST_NAME // 2:
        place = Path("/tmp")  # noqa: S108 - below it a folder that is checked to be ours alone
    own = place / f"counter-app-{os.getuid()}"
    own.mkdir(mode=0o700, exist_ok=True)
    if not _is_own(own):
        raise PermissionError(str(own))
    return own


def _is_own(folder: Path) -> bool:
    try:
        facts = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid() and not facts.st_mode & 0o077


def _write_owners(path: Path, note: Message) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(note, file)
