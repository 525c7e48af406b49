"""A TLS server of a few lines whose certificate and whose manners a test chooses."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Manner = Callable[[socket.socket, bytes], None]
"""What the server does once it has read a request's head."""

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nHub-Signature: aa\r\n\r\n{}"


@dataclass(frozen=True)
class Authority:
    """A certificate authority with its key."""

    certificate: x509.Certificate
    key: EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        """What a counter pins."""
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def issue(self, folder: Path, *, name: str = "127.0.0.1", starts_in_days: int = -1, days: int = 90) -> Path:
        """A server's certificate with its key, in one file."""
        key = generate_private_key(SECP256R1())
        begin = datetime.now(UTC) + timedelta(days=starts_in_days)
        alternative: x509.GeneralName = x509.DNSName(name)
        with suppress(ValueError):
            alternative = x509.IPAddress(ip_address(name))
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub")]))
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        path = folder / f"{made.serial_number}.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(private + made.public_bytes(Encoding.PEM))
        return path


def an_authority() -> Authority:
    """A fresh authority."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a hub's authority")])
    begin = datetime.now(UTC) - timedelta(days=400)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=4000))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(made, key)


@contextmanager
def serving(manner: Manner, certificate: Path | None) -> Iterator[str]:
    """Serve until the block ends; without a certificate it speaks plain HTTP. Gives the address for https."""
    listening = socket.create_server(("127.0.0.1", 0))
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    threading.Thread(target=_serve, args=(listening, context, manner), daemon=True).start()
    try:
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def _serve(listening: socket.socket, context: ssl.SSLContext | None, manner: Manner) -> None:
    while True:
        try:
            taken, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_meet, args=(taken, context, manner), daemon=True).start()


def _meet(taken: socket.socket, context: ssl.SSLContext | None, manner: Manner) -> None:
    with suppress(OSError, ssl.SSLError):
        spoken = context.wrap_socket(taken, server_side=True) if context else taken
        with spoken:
            while head := _head(spoken):
                manner(spoken, head)


def _head(spoken: socket.socket) -> bytes:
    found = b""
    while b"\r\n\r\n" not in found:
        more = spoken.recv(4096)
        if not more:
            return b""
        found += more
    return found


def answer(reply: bytes) -> Manner:
    """Says always the same."""

    def say(spoken: socket.socket, head: bytes) -> None:
        spoken.sendall(reply)

    return say


def drip(before: bytes) -> Manner:
    """Begins and then goes on for ever, a byte now and then: each of them comes well before any read times out."""

    def say(spoken: socket.socket, head: bytes) -> None:
        spoken.sendall(before)
        while True:
            spoken.sendall(b"a")
            threading.Event().wait(0.05)

    return say


def flood(spoken: socket.socket, head: bytes) -> None:
    """An endless body, as fast as it goes."""
    spoken.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        spoken.sendall(b"100000\r\n" + b"a" * 0x100000 + b"\r\n")
