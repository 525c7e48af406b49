"""The hub behind HTTP: the same answers as the handler's, bodies that end in time, and no word about a bug."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
import uvicorn
from fastapi.testclient import TestClient

from counter_app.hub import app as application
from counter_app.hub import serve
from counter_app.hub.app import make_app
from counter_app.hub.database import Database
from counter_app.hub.handler import Hub, Request
from counter_app.hub.revisions import migrate
from counter_app.hub.serve import PatientProtocol
from counter_app.sync.wire import NO_HASH, request_text
from tests.hub.line import Gadget, a_hub, enrolled


@pytest.fixture
def hub() -> Iterator[Hub]:
    """An empty hub."""
    database = Database.open("sqlite://")
    migrate(database)
    yield a_hub(database)
    database.close()


@pytest.fixture
def client(hub: Hub) -> TestClient:
    """Somebody who speaks HTTP with the hub."""
    return TestClient(make_app(hub), raise_server_exceptions=True)


def headers_of(gadget: Gadget, method: str, target: str, body: bytes = b"") -> dict[str, str]:
    signature = gadget.key.sign(request_text(method, target, gadget.nonce, body)).hex()
    return {"Counter-Device": gadget.device_id, "Counter-Nonce": gadget.nonce, "Counter-Signature": signature}


def test_the_answer_over_http_is_the_handlers(hub: Hub, client: TestClient) -> None:
    gadget = enrolled(hub)
    target = f"/v1/feed?generation=sqlite.1.0&after=0&hash={NO_HASH}"
    headers = headers_of(gadget, "GET", target)
    over = client.get(target, headers=headers)
    plain = hub.handle(Request("GET", target, {name.lower(): value for name, value in headers.items()}, b""))
    assert (over.status_code, over.content) == (plain.status, plain.body)
    assert over.headers["Hub-Signature"] == plain.headers["Hub-Signature"]
    assert over.headers["Cache-Control"] == "no-store"


def test_the_signature_holds_for_the_target_as_it_was_sent(hub: Hub, client: TestClient) -> None:
    gadget = enrolled(hub)
    target = f"/v1/feed?generation=sqlite%2E1.0&after=0&hash={NO_HASH}"
    assert client.get(target, headers=headers_of(gadget, "GET", target)).status_code == 200
    assert client.get(target.replace("%2E", "."), headers=headers_of(gadget, "GET", target)).status_code == 401


@pytest.mark.parametrize("path", ["/", "/docs", "/redoc", "/openapi.json", "/v1/feed/", "/v1/chains/a/b/c"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS", "PATCH"])
def test_there_is_nothing_else(client: TestClient, path: str, method: str) -> None:
    answer = client.request(method, path, follow_redirects=False)
    assert (answer.status_code, answer.json()["why"]) == (404, "not_found")


def test_a_body_over_its_limit_is_not_read_to_its_end(client: TestClient) -> None:
    sent = []

    def endless() -> Iterator[bytes]:
        for _ in range(1000):
            sent.append(1)
            yield bytes(64 * 1024)

    answer = client.post("/v1/devices", content=endless(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["why"]) == (413, "too_large")


def test_a_bug_is_a_500_that_says_nothing(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def bug(_request: object) -> None:
        raise KeyError("张伟")

    monkeypatch.setattr(hub, "handle", bug)
    with caplog.at_level(logging.ERROR):
        answer = TestClient(make_app(hub)).get("/v1/health")
    assert (answer.status_code, answer.content) == (500, b"")
    assert "GET health failed: KeyError" in caplog.text
    assert "张伟" not in caplog.text


# --- over a real socket ---


@contextmanager
def served(hub: Hub) -> Iterator[int]:
    """The hub on a port of this machine, in a thread."""
    config = uvicorn.Config(
        make_app(hub),
        host="127.0.0.1",
        port=0,
        http=PatientProtocol,
        timeout_keep_alive=1,
        log_level="critical",
        lifespan="off",
    )
    server = uvicorn.Server(config)
    with closing(config.bind_socket()) as listening:
        listening.listen()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()


def said_to(port: int, *parts: bytes) -> bytes:
    """What comes back to these bytes until the other side ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        for part in parts:
            line.sendall(part)
        found = b""
        try:
            while part := line.recv(65536):
                found += part
        except ConnectionResetError:
            pass
    return found


def test_who_never_ends_a_request_is_put_down(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "HEADER_S", 0.2)
    with served(hub) as port:
        assert said_to(port) == b""
        assert said_to(port, b"GET /v1/health HT") == b""
        whole = b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n"
        assert said_to(port, whole, b"GET /v1/he").count(b"HTTP/1.1 200") == 1


def test_a_body_that_drips_is_given_up(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "BODY_S", 0.2)
    head = b"POST /v1/devices HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    with served(hub) as port:
        assert said_to(port, head).startswith(b"HTTP/1.1 408")


def test_head_and_body_do_not_wait_for_each_other(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []

    class Seen(PatientProtocol):
        def data_received(self, data: bytes) -> None:
            line = self.transport.get_extra_info("socket")
            found.append(line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            super().data_received(data)

    monkeypatch.setattr("tests.hub.test_app.PatientProtocol", Seen)
    monkeypatch.setattr(serve, "HEADER_S", 0.2)
    with served(hub) as port:
        said_to(port, b"GET /v1/authority HTTP/1.1\r\nHost: x\r\n\r\n")
    assert all(found)
    assert found
