"""The line to the hub: HTTPS to one pinned authority, one request at a time, each with an end to its patience."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    import httpx2

CONNECT_S = 3.0
READ_S = 10.0
TOTAL_S = 10.0
MOST_REPLY_BYTES = 32 * 1024 * 1024
"""A reply that goes on behind this is no reply; the largest there is is a part of a snapshot."""

DownWhy = Literal[
    "offline",
    "slow",
    "certificate",
    "certificate_expired",
    "certificate_early",
    "not_the_hub",
    "too_large",
    "server",
    "busy",
    "bad_reply",
]
"""Why there was no reply that counts: nobody there, too late, a certificate that is not the pinned authority's or not
for this address, one whose days are over or have not begun (by this machine's clock), somebody else (a captive portal),
too much, the hub's own fault, too many asking, or signed by the hub and yet not understood.
"""

_BY_THE_CLOCK: dict[int, DownWhy] = {9: "certificate_early", 10: "certificate_expired"}
"""OpenSSL's numbers for what a wrong date alone can bring about (X509_V_ERR_CERT_NOT_YET_VALID, …_HAS_EXPIRED)."""


class LineDown(OSError):
    """No reply that counts; whether the request arrived, nobody knows."""

    def __init__(self, why: DownWhy, detail: str = "", retry_after_s: int | None = None) -> None:
        super().__init__(f"{why}: {detail}" if detail else why)
        self.why, self.detail, self.retry_after_s = why, detail, retry_after_s


class LineReply(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Certificate(NamedTuple):
    """A certificate in words: whose it is, and the last moment of its validity."""

    name: str
    until: datetime


class Line(Protocol):
    """Carries one request to the hub and its reply back."""

    def call(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Carry a request.

        Raises:
            OSError: no reply; `LineDown` says why.
        """


class HttpLine:
    """HTTPS with the hub's own authority as the only one that counts; follows nothing, and asks no proxy."""

    def __init__(self, url: str, authority: str, *, total_s: float = TOTAL_S) -> None:
        self._url, self._total_s = url.rstrip("/"), total_s
        self._context = _context(authority)
        self._client: httpx2.Client | None = None
        self._socket: socket.socket | None = None
        self._is_cut = False
        self.certificate: Certificate | None = None
        """The server's own, as far as this line has spoken with it."""

    @property
    def ends_at(self) -> datetime | None:
        """When the first of the certificates that this line rests on ends: the server's, or its authority's."""
        known = [self.certificate, *map(_certificate, self._context.get_ca_certs())]
        return min((found.until for found in known if found is not None), default=None)

    def call(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> LineReply:
        """Carry a request; after `total_s` the line is cut, whatever still drips out of it.

        Raises:
            LineDown: as it says.
        """
        import httpx2

        ends_at = time.monotonic() + self._total_s
        watch = threading.Timer(self._total_s, self.cut)
        watch.daemon = True
        self._is_cut = False
        watch.start()
        try:
            with self._opened().stream(
                method,
                self._url + target,
                headers=dict(headers),
                content=body or None,
                extensions={"trace": self._trace},
            ) as response:
                return LineReply(response.status_code, dict(response.headers), _read(response, ends_at))
        except LineDown:
            self.close()
            raise
        except (httpx2.HTTPError, httpx2.StreamError, OSError, ValueError) as error:
            self.close()
            raise _down(error, is_late=self._is_cut) from error
        finally:
            watch.cancel()

    def cut(self) -> None:
        """End what is under way, from any thread: whoever waits for a reply gets none."""
        self._is_cut = True
        found = self._socket
        if found is not None:
            # shut down and not closed: only that wakes a thread which is waiting in it
            with suppress(OSError, ValueError):
                socket.socket.shutdown(found, socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connection; the next call makes another."""
        client, self._client, self._socket = self._client, None, None
        if client is not None:
            with suppress(Exception):
                client.close()

    def _opened(self) -> httpx2.Client:
        import httpx2

        if self._client is None:
            self._client = httpx2.Client(
                verify=self._context,
                timeout=httpx2.Timeout(READ_S, connect=CONNECT_S, pool=CONNECT_S),
                follow_redirects=False,
                trust_env=False,
                headers={"Accept-Encoding": "identity", "User-Agent": "counter-app"},
                limits=httpx2.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=120),
            )
        return self._client

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Remember the socket, which is the only thing that can be cut."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            found = info["return_value"].get_extra_info("socket")
            self._socket = found if isinstance(found, socket.socket) else None
            if isinstance(found, ssl.SSLSocket):
                self.certificate = _certificate(found.getpeercert()) or self.certificate


class OneCall:
    """An `HttpLine` for a single call, which leaves no connection behind."""

    def __init__(self, url: str, authority: str) -> None:
        self._line = HttpLine(url, authority)

    def call(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> LineReply:
        """Carry the request.

        Raises:
            LineDown: as it says.
        """
        try:
            return self._line.call(method, target, headers, body)
        finally:
            self._line.close()

    def cut(self) -> None:
        """End it, from any thread."""
        self._line.cut()


def fetch_authority(url: str, line: Line | None = None) -> str:
    """The authority's certificate (PEM) as whoever answers there gives it: nobody is trusted until it is held against
    the fingerprint of a one-time code.

    Raises:
        LineDown: as it says.
    """
    status, _, body = (line or OneCall(url, "")).call("GET", "/v1/authority", {}, b"")
    if status != 200 or len(body) > 64 * 1024:
        raise LineDown("not_the_hub", f"status {status}")
    try:
        return body.decode("ascii")
    except UnicodeDecodeError:
        raise LineDown("not_the_hub", "no certificate") from None


def _context(authority: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if authority:
        context.load_verify_locations(cadata=authority)
    else:
        # the first contact alone: what comes is a certificate that is looked at before it counts
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _certificate(said: Mapping[str, Any] | None) -> Certificate | None:
    """What `ssl` tells of a certificate that it has checked; of one that nobody checked it tells nothing."""
    if not said or "notAfter" not in said:
        return None
    names = [value for part in said.get("subject", ()) for key, value in part if key == "commonName"]
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(said["notAfter"])), UTC)
    return Certificate(str(names[0]) if names else "", until)


def _read(response: httpx2.Response, ends_at: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in response.iter_raw():
        size += len(part)
        if size > MOST_REPLY_BYTES:
            raise LineDown("too_large", f"more than {MOST_REPLY_BYTES} bytes")
        if time.monotonic() > ends_at:
            raise LineDown("slow", "the reply does not end")
        parts.append(part)
    return b"".join(parts)


def _down(error: Exception, *, is_late: bool) -> LineDown:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return LineDown(_BY_THE_CLOCK.get(cause.verify_code, "certificate"), cause.verify_message)
        if isinstance(cause, ssl.SSLError) and not is_late:
            return LineDown("certificate", cause.reason or "no TLS")
    late = is_late or any(isinstance(cause, TimeoutError) for cause in _causes(error))
    late = late or type(error).__name__.endswith("Timeout")
    return LineDown("slow" if late else "offline", type(error).__name__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__
