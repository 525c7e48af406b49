"""How somebody behaves who stands where the hub should: with its certificate or another, and with what answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.sync.tls_server import OK, Authority, Manner, an_authority, answer, drip, serving

_FAULT = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
_WAIT = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"

EXPIRED, EARLY, ANOTHER = "certificate expired", "certificate not yet valid", "certificate of another authority"
MANNERS: Mapping[str, tuple[Manner, str]] = {
    EXPIRED: (answer(OK), "certificate_expired"),
    EARLY: (answer(OK), "certificate_early"),
    ANOTHER: (answer(OK), "certificate"),
    "500": (answer(_FAULT), "server"),
    "429": (answer(_WAIT), "busy"),
    "drips": (drip(_HEAD), "slow"),
    "captive portal": (answer(OK), "not_the_hub"),
}
"""What each does, and the word under which the counter's status knows it."""

_DAYS = {EXPIRED: -100, EARLY: 2}


def hub_certificate(keys: Path, folder: Path, manner: str) -> Path:
    """A server's certificate of the hub's own authority, or a wrong one where the manner is that."""
    authority = an_authority() if manner == ANOTHER else _authority_of(keys)
    return authority.issue(folder, starts_in_days=_DAYS.get(manner, -1))


def _authority_of(keys: Path) -> Authority:
    key = load_pem_private_key((keys / "authority.key").read_bytes(), None)
    assert isinstance(key, EllipticCurvePrivateKey)
    return Authority(x509.load_pem_x509_certificate((keys / "authority.pem").read_bytes()), key)


@contextmanager
def served(manner: Manner, certificate: Path) -> Iterator[int]:
    """Somebody on a port of this machine."""
    with serving(manner, certificate) as url:
        yield int(url.rpartition(":")[2])
