"""The hub as a service: workers behind one address, over TLS, that share nothing but the data base and their keys."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.supervisors import Multiprocess

from counter_app.hub.app import make_app
from counter_app.hub.database import Database
from counter_app.hub.handler import Hub
from counter_app.hub.keys import HubKey
from counter_app.hub.schema import API_ROLE
from counter_app.hub.tls import Certificates

WISH = "COUNTER_HUB_WISH"
"""The variable by which a worker learns what it is to serve: a worker is a process of its own."""

logger = logging.getLogger(__name__)

HEADER_S = 15
KEEP_S = 130
"""A counter speaks each minute at least: its connection outlives two silences."""

MOST_CONNECTIONS = 4000
LOOKS_EACH_S = 3600.0


@dataclass(frozen=True, slots=True)
class Serving:
    """What a hub serves: which data base, where, with how many workers; no TLS only behind something that speaks it."""

    database_url: str
    folder: str
    host: str
    port: int
    names: tuple[str, ...]
    workers: int = 2
    has_tls: bool = True
    pool: int = 8


class PatientProtocol(H11Protocol):
    """A connection on which a request has to be there in time: who sends a byte a minute holds no place."""

    _waits: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the class above has it
        """Begin to wait for the first request."""
        super().connection_made(transport)
        # head and body go out apart: else the second waits 40 ms for the other side's delayed word on the first
        transport.get_extra_info("socket").setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Go on waiting until a request is whole."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody waits any more."""
        super().connection_lost(exc)
        if self._waits is not None:
            self._waits.cancel()

    def shutdown(self) -> None:
        """The service ends: an idle connection is cut at once, for a TLS farewell may be waited for in vain."""
        if self.cycle is None or self.cycle.response_complete:
            self.transport.abort()
        else:
            super().shutdown()

    def _watch(self) -> None:
        is_asked = self.cycle is not None and not self.cycle.response_complete
        if is_asked and self._waits is not None:
            self._waits.cancel()
            self._waits = None
        elif not is_asked and self._waits is None:
            self._waits = self.loop.call_later(HEADER_S, self._end)

    def _end(self) -> None:
        self._waits = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.abort()


def serve(serving: Serving, *, started: Callable[[], None] = lambda: None) -> None:
    """Serve until the process is told to stop (SIGINT, SIGTERM); a worker that dies is replaced."""
    certificates = Certificates(Path(serving.folder))
    HubKey.of_folder(certificates.folder)
    if serving.has_tls:
        certificates.renew(serving.names, datetime.now(UTC))
    os.environ[WISH] = json.dumps(asdict(serving))
    config = uvicorn.Config(
        "counter_app.hub.serve:worker",
        factory=True,
        host=serving.host,
        port=serving.port,
        workers=serving.workers,
        http=PatientProtocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_S,
        timeout_graceful_shutdown=15,
        timeout_worker_healthcheck=20,
        limit_concurrency=MOST_CONNECTIONS,
        **_tls(serving, certificates),
    )
    socket = config.bind_socket()
    if serving.has_tls and hasattr(signal, "SIGHUP"):
        threading.Thread(target=_keep_valid, args=(serving, certificates), daemon=True).start()
    started()
    Multiprocess(config, sockets=[socket]).run()


def worker() -> FastAPI:
    """What one worker serves; called in its own process."""
    said = json.loads(os.environ[WISH])
    serving = Serving(**{**said, "names": tuple(said["names"])})
    return make_app(hub_of(serving))


def hub_of(serving: Serving) -> Hub:
    """The hub behind a service's address."""
    certificates = Certificates(Path(serving.folder))
    return Hub(
        Database.open(serving.database_url, role=API_ROLE, pool=serving.pool),
        HubKey.of_folder(certificates.folder),
        authority=certificates.authority.read_bytes() if certificates.authority.exists() else None,
    )


def _tls(serving: Serving, certificates: Certificates) -> dict[str, Any]:
    if not serving.has_tls:
        return {}
    return {"ssl_certfile": certificates.server, "ssl_keyfile": certificates.server_key}


def _keep_valid(serving: Serving, certificates: Certificates) -> None:
    """Renew the certificate in time; the workers are then replaced one after another, none of them in the middle."""
    pause = threading.Event()
    while not pause.wait(LOOKS_EACH_S):
        try:
            is_new = certificates.renew(serving.names, datetime.now(UTC))
        except OSError as error:
            # the authority's key may lie elsewhere: whoever keeps it has a month to bring it
            logger.warning("the certificate is not renewed: %s: %s", error.strerror, error.filename)
            continue
        if is_new:
            os.kill(os.getpid(), signal.SIGHUP)
