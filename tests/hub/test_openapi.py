"""The OpenAPI document is the one that the code makes, and the hub keeps to it whatever is asked: a short fuzz run.

A long one: `COUNTER_HUB_FUZZ=2000 .venv/bin/python -m pytest tests/hub/test_openapi.py` (examples for each question).
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import pytest
import requests
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, settings

from counter_app.hub.app import make_app
from counter_app.hub.buckets import Buckets
from counter_app.hub.database import Database
from counter_app.hub.handler import Hub
from counter_app.hub.openapi import document, document_text
from counter_app.hub.routes import ROUTES
from counter_app.hub.schema import API_ROLE
from counter_app.sync.wire import STATUS, Refusal, Why, request_text
from tests.house.checkout import ROOT
from tests.hub.line import Gadget, Moment, a_code, a_hub, enrolled
from tests.hub.postgres import PrivatePostgres

EXAMPLES = int(os.environ.get("COUNTER_HUB_FUZZ", "10"))
schema = schemathesis.openapi.from_dict(document())
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES < 100,
    suppress_health_check=list(HealthCheck),
)


@schemathesis.serializer("application/gzip")
def packed(_context: object, value: object) -> bytes:
    """A made-up body as a real archive: what is in it is nonsense enough."""
    return gzip.compress(value if isinstance(value, bytes) else json.dumps(value).encode())


def test_the_kept_document_is_the_one_the_code_makes() -> None:
    kept = (ROOT / "docs" / "hub-openapi.json").read_text(encoding="utf-8")
    assert kept == document_text(), "run: counter-app hub openapi docs/hub-openapi.json"


def test_the_document_names_every_route_status_and_message() -> None:
    found = document()
    asked = {(path, method.upper()) for path, methods in found["paths"].items() for method in methods}
    assert asked == {(route.path, route.method) for route in ROUTES}
    assert set(map(int, found["components"]["responses"])) == set(STATUS.values())
    text = json.dumps(found)
    for name in found["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in text
    assert text.count('"$ref": "#/components/schemas/') >= len(ROUTES)


@dataclass(frozen=True)
class World:
    """A hub on PostgreSQL with one enrolled device, and a way to send it whatever was made up."""

    hub: Hub
    client: TestClient
    gadget: Gadget

    def send(self, case: schemathesis.Case[Any], *, is_signed: bool) -> Any:
        """Send a made-up request, signed or not; returns the answer."""
        made = requests.Request(**case.as_transport_kwargs(base_url="http://hub")).prepare()
        assert made.body is None or isinstance(made.body, str | bytes)
        body = made.body.encode() if isinstance(made.body, str) else made.body or b""
        headers = {name: str(value) for name, value in made.headers.items() if not name.startswith("Counter-")}
        target = made.path_url
        if is_signed:
            headers |= self.signed(str(made.method), target, body)
        return self.client.request(str(made.method), target, content=body, headers=headers)

    def put(self, target: str, body: bytes, kind: str) -> Any:
        """Send bytes, signed."""
        return self.client.put(target, content=body, headers={**self.signed("PUT", target, body), "Content-Type": kind})

    def signed(self, method: str, target: str, body: bytes) -> dict[str, str]:
        """The device's headers for a request."""
        signature = self.gadget.key.sign(request_text(method, target, self.gadget.nonce, body)).hex()
        return {
            "Counter-Device": self.gadget.device_id,
            "Counter-Nonce": self.gadget.nonce,
            "Counter-Signature": signature,
        }


@pytest.fixture(scope="module")
def world(postgres: PrivatePostgres, template: str) -> Iterator[World]:
    """One hub for all that is made up: what one request leaves behind, the next one meets."""
    postgres.create("fuzz", template)
    database = Database.open(postgres.url("fuzz"), role=API_ROLE)
    hub = a_hub(database)
    hub.devices = hub.strangers = Buckets(1.0, 10**9, Moment().monotonic)
    yield World(hub, TestClient(make_app(hub), raise_server_exceptions=True), enrolled(hub))
    database.close()
    postgres.drop("fuzz")


@schema.parametrize()
@fuzzed
def test_a_stranger_is_told_nothing_and_breaks_nothing(world: World, case: schemathesis.Case[Any]) -> None:
    answer = world.send(case, is_signed=False)
    assert answer.status_code < 500, answer.content
    if case.path in ("/v1/health", "/v1/authority"):
        return
    assert answer.status_code >= 400
    assert Refusal.model_validate_json(answer.content).hub is None
    case.validate_response(answer, checks=[schemathesis.checks.not_a_server_error])


@schema.parametrize()
@fuzzed
def test_a_device_that_asks_for_nonsense_breaks_nothing(world: World, case: schemathesis.Case[Any]) -> None:
    answer = world.send(case, is_signed=True)
    assert answer.status_code < 500, answer.content
    assert "Hub-Signature" in answer.headers
    route = next((route for route in ROUTES if (route.path, route.method) == (case.path, case.method)), None)
    if route is None or answer.status_code != 200:
        Refusal.model_validate_json(answer.content)
    elif isinstance(route.answers, type):
        route.answers.model_validate_json(answer.content)


def test_a_planted_bug_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def bug(_call: object) -> NoReturn:
        raise ZeroDivisionError

    planted = [replace(route, act=bug) if route.name == "feed" else route for route in ROUTES]
    monkeypatch.setattr("counter_app.hub.routes.ROUTES", planted)
    case = schema["/v1/feed"]["GET"].Case(query={"generation": "g", "after": 0, "hash": "0" * 64})
    assert world.send(case, is_signed=True).status_code == 500
    assert "GET feed failed" in caplog.text
    assert world.send(case, is_signed=False).status_code == 401


DEEP = "[" * 100_000
POISON = {
    "not gzip": b"rows",
    "deep": gzip.compress(json.dumps(["staff", DEEP]).encode()),
    "deep outside": gzip.compress(DEEP.encode()),
    "nul": gzip.compress(json.dumps(["customer", json.dumps({"customer_no": "1\0", "name": "\0"})]).encode()),
    "half a character": gzip.compress(b'["customer", "{\\"customer_no\\":\\"1\\",\\"name\\":\\"\\\\ud800\\"}"]'),
    "huge": gzip.compress(json.dumps(["bill", json.dumps({"bill_no": "1", "principal_fen": 10**400})]).encode()),
    "bomb": gzip.compress(bytes(200_000_000)),
    "no object": gzip.compress(b'["bill", "[]"]'),
}


@pytest.mark.parametrize("name", sorted(POISON))
def test_a_poisoned_part_is_refused_in_words(world: World, name: str) -> None:
    answer = world.put(f"/v1/master/{name.replace(' ', '-')}/0", POISON[name], "application/gzip")
    assert answer.status_code in (400, 413), answer.content


def test_text_that_no_data_base_holds_is_refused_in_words(world: World) -> None:
    gadget = Gadget(world.gadget.line, device_id="nul", counter_id="nul")
    status, no = gadget.enrol(a_code(world.hub, counter_code="99"), "99", counter_name="a\0b")
    assert (status, no.why) == (400, Why.BAD_MESSAGE)
    found = json.dumps({"kind": "account", "term": "1234\0", "staff_no": "1"}).encode()
    assert world.gadget.ask("POST", "/v1/customers/find", found)[0] == 400
