"""The hub's certificates: an authority of its own that counters pin, and a short-lived certificate for the server."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from counter_app.hub.keys import write_secret

SERVER_DAYS, RENEW_DAYS = 90, 30
AUTHORITY_DAYS = 20 * 365
_BACKDATED = timedelta(hours=1)
"""A counter's clock may be a little behind."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """The files of a hub's folder: `authority.pem` goes out to counters, the two keys never leave the folder."""

    folder: Path

    @property
    def authority(self) -> Path:
        """The authority's certificate."""
        return self.folder / "authority.pem"

    @property
    def authority_key(self) -> Path:
        """The authority's key; the server does without it while its own certificate lasts."""
        return self.folder / "authority.key"

    @property
    def server(self) -> Path:
        """The server's certificate."""
        return self.folder / "server.pem"

    @property
    def server_key(self) -> Path:
        """The server's key."""
        return self.folder / "server.key"

    def fingerprint_source(self) -> bytes:
        """The authority's certificate as DER, which `wire.authority_fingerprint` takes."""
        found = x509.load_pem_x509_certificate(self.authority.read_bytes())
        return found.public_bytes(Encoding.DER)

    def renew(self, names: Sequence[str], now: datetime) -> bool:
        """Make what is missing, and a new certificate when the old one ends soon or is for other names.

        Returns whether there is a new one.
        """
        self.make_authority(now)
        if self.server.exists() and self.server_key.exists() and self._still_fits(names, now):
            return False
        self._make_server(names, now)
        return True

    def _still_fits(self, names: Sequence[str], now: datetime) -> bool:
        found = x509.load_pem_x509_certificate(self.server.read_bytes())
        if found.not_valid_after_utc - now < timedelta(days=RENEW_DAYS) or found.not_valid_before_utc > now:
            return False
        said = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return set(said) == set(_alternatives(names))

    def make_authority(self, now: datetime) -> None:
        """Make the authority, once and for all counters to come."""
        if self.authority.exists():
            return
        key = ec.generate_private_key(ec.SECP256R1())
        # the name is never compared with anything; the fingerprint is what a counter pins
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "counter_app hub authority")])
        certificate = (
            _builder(name, name, key.public_key(), now, AUTHORITY_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        write_secret(self.authority_key, _pem(key))
        _write_open(self.authority, certificate.public_bytes(Encoding.PEM))

    def _make_server(self, names: Sequence[str], now: datetime) -> None:
        authority = x509.load_pem_x509_certificate(self.authority.read_bytes())
        signer = load_pem_private_key(self.authority_key.read_bytes(), password=None)
        assert isinstance(signer, ec.EllipticCurvePrivateKey), "the authority's key is one of this program"
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
        certificate = (
            _builder(name, authority.subject, key.public_key(), now, SERVER_DAYS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(_alternatives(names)), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
                critical=False,
            )
            .sign(signer, hashes.SHA256())
        )
        # the key first: a certificate beside an older key would let no worker start
        write_secret(self.server_key, _pem(key))
        _write_open(self.server, certificate.public_bytes(Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - _BACKDATED)
        .not_valid_after(now.astimezone(UTC) + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _alternatives(names: Sequence[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in dict.fromkeys(names):
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name.encode("idna").decode("ascii")))
    return found


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write_open(path: Path, content: bytes) -> None:
    write_secret(path, content)
    os.chmod(path, 0o644)
