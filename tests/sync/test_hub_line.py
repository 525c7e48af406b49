"""HTTPS to the hub: nobody but the pinned authority's certificate counts, and nothing that drips or floods holds on."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from counter_app.sync import hub_line
from counter_app.sync.hub_line import HttpLine, LineDown, fetch_authority
from tests.sync.tls_server import OK, Authority, Manner, an_authority, answer, drip, flood, serving


@pytest.fixture(scope="module")
def authority() -> Authority:
    return an_authority()


def down(line: HttpLine) -> LineDown:
    try:
        with pytest.raises(LineDown) as found:
            line.call("POST", "/v1/x", {"Counter-Device": "d"}, b"{}")
    finally:
        line.close()
    return found.value


def test_a_reply_comes_back_whole_and_the_connection_is_kept(tmp_path: Path, authority: Authority) -> None:
    heads: list[bytes] = []

    def manner(spoken: object, head: bytes) -> None:
        heads.append(head)
        answer(OK)(spoken, head)  # type: ignore[arg-type]  # the server hands its socket on

    with serving(manner, authority.issue(tmp_path)) as url:
        line = HttpLine(url, authority.pem)
        for _ in range(2):
            status, headers, body = line.call("GET", "/v1/feed?after=0", {"Counter-Device": "d"}, b"")
            assert (status, headers["hub-signature"], body) == (200, "aa", b"{}")
        line.close()
    assert heads[0].startswith(b"GET /v1/feed?after=0 HTTP/1.1\r\n")
    lines = heads[0].lower().split(b"\r\n")
    assert b"counter-device: d" in lines
    assert b"accept-encoding: identity" in lines


@pytest.mark.parametrize(
    ("how", "why", "detail"),
    [
        ({"name": "other.example"}, "certificate", "IP address mismatch"),
        ({"starts_in_days": -100, "days": 10}, "certificate_expired", "certificate has expired"),
        ({"starts_in_days": 5}, "certificate_early", "certificate is not yet valid"),
    ],
)
def test_a_certificate_that_does_not_hold_is_named(
    tmp_path: Path, authority: Authority, how: dict[str, object], why: str, detail: str
) -> None:
    with serving(answer(OK), authority.issue(tmp_path, **how)) as url:  # type: ignore[arg-type]  # the cases above
        found = down(HttpLine(url, authority.pem))
    assert found.why == why
    assert detail in found.detail


def test_another_authority_is_nobody(tmp_path: Path, authority: Authority) -> None:
    with serving(answer(OK), an_authority().issue(tmp_path)) as url:
        found = down(HttpLine(url, authority.pem))
    assert found.why == "certificate"


def test_a_line_without_tls_is_refused(authority: Authority) -> None:
    with serving(answer(OK), None) as url:
        assert down(HttpLine(url, authority.pem)).why in ("certificate", "offline", "slow")


def test_nobody_there_is_offline(authority: Authority) -> None:
    with serving(answer(OK), None) as url:
        pass
    assert down(HttpLine(url, authority.pem)).why == "offline"


@pytest.mark.parametrize(
    ("manner", "why"),
    [
        (drip(b""), "slow"),
        (drip(b"HTTP/1.1 200 OK\r\nX: "), "slow"),
        (drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"), "slow"),
        (flood, "too_large"),
        (answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}"), "slow"),
        (answer(b"nonsense\r\n\r\n"), "offline"),
    ],
)
def test_what_never_ends_is_cut(
    tmp_path: Path, authority: Authority, manner: Manner, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_line, "MOST_REPLY_BYTES", 4 * 1024 * 1024)
    with serving(manner, authority.issue(tmp_path)) as url:
        assert down(HttpLine(url, authority.pem, total_s=60 if why == "too_large" else 1)).why == why


def test_a_redirect_is_not_followed(tmp_path: Path, authority: Authority) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with serving(answer(moved), authority.issue(tmp_path)) as url:
        line = HttpLine(url, authority.pem)
        assert line.ends_at == authority.certificate.not_valid_after_utc
        assert line.call("GET", "/", {}, b"").status == 302
        assert line.certificate is not None
        assert line.ends_at == min(line.certificate.until, authority.certificate.not_valid_after_utc)
        line.close()


def test_a_hanging_call_is_cut_from_another_thread(tmp_path: Path, authority: Authority) -> None:
    is_asked = threading.Event()

    def silent(spoken: object, head: bytes) -> None:
        is_asked.set()
        threading.Event().wait(600)

    with serving(silent, authority.issue(tmp_path)) as url:
        line = HttpLine(url, authority.pem, total_s=600)
        found: list[LineDown] = []
        asking = threading.Thread(target=lambda: found.append(down(line)))
        asking.start()
        assert is_asked.wait(60)
        line.cut()
        asking.join(60)
        assert not asking.is_alive()
    assert len(found) == 1


def test_the_authority_is_had_from_whoever_answers(tmp_path: Path, authority: Authority) -> None:
    pem = authority.pem.encode()
    reply = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-pem-file\r\nContent-Length: %d\r\n\r\n" % len(pem) + pem
    with serving(answer(reply), an_authority().issue(tmp_path)) as url:
        assert fetch_authority(url) == authority.pem
    with serving(answer(OK.replace(b"200 OK", b"404 No")), authority.issue(tmp_path)) as url:
        with pytest.raises(LineDown) as no:
            fetch_authority(url)
        assert no.value.why == "not_the_hub"
