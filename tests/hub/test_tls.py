"""The hub's certificates: an authority that stays, a server's certificate that is renewed in time, keys kept apart."""

from __future__ import annotations

import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from counter_app.hub.keys import HubKey, is_signed
from counter_app.hub.tls import RENEW_DAYS, SERVER_DAYS, Certificates
from counter_app.sync.wire import FINGERPRINT_DIGITS, authority_fingerprint

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
NAMES = ("hub.example", "192.0.2.1", "中心.example")


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    """A hub's folder with fresh certificates."""
    found = Certificates(tmp_path / "hub")
    assert found.renew(NAMES, NOW)
    return found


def test_the_authority_signs_for_every_name(certificates: Certificates) -> None:
    server = x509.load_pem_x509_certificate(certificates.server.read_bytes())
    authority = x509.load_pem_x509_certificate(certificates.authority.read_bytes())
    server.verify_directly_issued_by(authority)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["hub.example", "xn--fiqq24b.example"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["192.0.2.1"]
    assert server.not_valid_after_utc - NOW == timedelta(days=SERVER_DAYS)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server, certificates.server_key)


def test_it_is_renewed_in_time_and_the_authority_stays(certificates: Certificates) -> None:
    authority, server = certificates.authority.read_bytes(), certificates.server.read_bytes()
    assert not certificates.renew(NAMES, NOW + timedelta(days=SERVER_DAYS - RENEW_DAYS - 1))
    assert certificates.renew(NAMES, NOW + timedelta(days=SERVER_DAYS - RENEW_DAYS + 1))
    assert certificates.server.read_bytes() != server
    assert certificates.authority.read_bytes() == authority


@pytest.mark.parametrize("names", [("other.example",), (*NAMES, "more.example")])
def test_other_names_or_a_clock_that_was_wrong_make_a_new_one(
    certificates: Certificates, names: tuple[str, ...]
) -> None:
    assert certificates.renew(names, NOW)
    assert not certificates.renew(names, NOW)
    assert certificates.renew(names, NOW - timedelta(days=400))


def test_keys_are_their_owners_alone(certificates: Certificates) -> None:
    HubKey.of_folder(certificates.folder)
    if os.name != "nt":
        modes = {path.name: path.stat().st_mode & 0o777 for path in certificates.folder.iterdir()}
        assert modes == {
            "authority.key": 0o600,
            "authority.pem": 0o644,
            "server.key": 0o600,
            "server.pem": 0o644,
            "hub.key": 0o600,
        }
        assert certificates.folder.stat().st_mode & 0o777 == 0o700


def test_the_hubs_key_stays_and_signs(tmp_path: Path) -> None:
    key = HubKey.of_folder(tmp_path)
    assert HubKey.of_folder(tmp_path).public == key.public
    assert is_signed(key.public, b"words", key.sign(b"words"))
    assert not is_signed(key.public, b"other words", key.sign(b"words"))
    assert "private" not in repr(key)


def test_the_fingerprint_is_that_of_the_authority(certificates: Certificates) -> None:
    der = ssl.PEM_cert_to_DER_cert(certificates.authority.read_text("ascii"))
    assert certificates.fingerprint_source() == der
    assert len(authority_fingerprint(der)) == FINGERPRINT_DIGITS


def test_without_the_authoritys_key_the_certificate_serves_to_its_end(certificates: Certificates) -> None:
    certificates.authority_key.unlink()
    server = certificates.server.read_bytes()
    assert not certificates.renew(NAMES, NOW + timedelta(days=1))
    with pytest.raises(FileNotFoundError):
        certificates.renew(NAMES, NOW + timedelta(days=SERVER_DAYS - 1))
    assert certificates.server.read_bytes() == server
