"""The hub's handler: a signature says who asks, bodies have limits, refusals say why, and all of it is signed."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from counter_app.hub import tables as t
from counter_app.hub.buckets import Buckets
from counter_app.hub.database import CommitUncertain, Database, DatabaseBusy
from counter_app.hub.handler import DEVICE_BURST, SIGNATURE, STRANGER_BURST, Hub, Request
from counter_app.hub.messages import BadRequest, body_of
from counter_app.sync.wire import NO_HASH, FeedPage, Refusal, Why, request_text
from tests.hub.line import Gadget, HandlerLine, Moment, a_hub, enrolled


@pytest.fixture
def moment() -> Moment:
    """The hub's time."""
    return Moment()


@pytest.fixture
def hub(database: Database, moment: Moment) -> Hub:
    """An empty hub."""
    return a_hub(database, moment)


def feed_target(hub: Hub, after: int = 0, digest: str = NO_HASH) -> str:
    from counter_app.hub.revisions import generation

    with hub.database.transaction() as connection:
        history = generation(hub.database, connection)
    return f"/v1/feed?generation={history}&after={after}&hash={digest}"


def no_of(answer: tuple[int, bytes]) -> tuple[int, Why]:
    return answer[0], Refusal.model_validate_json(answer[1]).why


def test_a_recognised_device_reads_its_halls_feed(hub: Hub) -> None:
    gadget = enrolled(hub)
    status, body = gadget.ask("GET", feed_target(hub))
    page = FeedPage.model_validate_json(body)
    assert (status, page.upto) == (200, page.hub.feed)
    assert [row.kind for row in page.rows] == ["hall", "hall", "counter", "device"]


def test_halls_do_not_see_each_other(hub: Hub) -> None:
    first = enrolled(hub, 1, hall_code="HZ01")
    other = enrolled(hub, 2, hall_code="NB02")
    page = FeedPage.model_validate_json(other.ask("GET", feed_target(hub))[1])
    assert all(first.device_id not in row.body for row in page.rows)
    assert page.hub.feed.n == 4


@pytest.mark.parametrize("missing", ["Counter-Device", "Counter-Nonce", "Counter-Signature"])
def test_a_request_without_a_header_is_not_signed(hub: Hub, missing: str) -> None:
    gadget = enrolled(hub)
    target = feed_target(hub)
    signature = gadget.key.sign(request_text("GET", target, gadget.nonce, b"")).hex()
    headers = {"Counter-Device": gadget.device_id, "Counter-Nonce": gadget.nonce, "Counter-Signature": signature}
    assert gadget.line.call("GET", target, headers, b"")[0] == 200
    del headers[missing]
    status, said, body = gadget.line.call("GET", target, headers, b"")
    assert no_of((status, body)) == (401, Why.NOT_SIGNED)
    assert (SIGNATURE in said) == (missing != "Counter-Signature")


@pytest.mark.parametrize("changed", ["method", "target", "nonce", "body"])
def test_the_signature_covers_method_target_nonce_and_body(hub: Hub, changed: str) -> None:
    gadget = enrolled(hub)
    target = feed_target(hub)
    signed: dict[str, Any] = {"method": "GET", "target": target, "nonce": gadget.nonce, "body": b""}
    signed[changed] = b"{}" if changed == "body" else target + "&limit=1" if changed == "target" else "PUT"
    signature = gadget.key.sign(request_text(**signed)).hex()
    answer = gadget.ask("GET", target, headers={"Counter-Signature": signature})
    assert no_of(answer) == (401, Why.NOT_SIGNED)


def test_an_unknown_device_is_told_so_and_the_answer_is_signed(hub: Hub) -> None:
    enrolled(hub)
    stranger = Gadget(HandlerLine(hub), device_id="nobody")
    assert no_of(stranger.ask("GET", feed_target(hub))) == (401, Why.UNKNOWN_DEVICE)


def test_another_devices_signature_does_not_help(hub: Hub) -> None:
    first, second = enrolled(hub, 1), enrolled(hub, 2, counter_code="04")
    second.device_id = first.device_id
    assert no_of(second.ask("GET", feed_target(hub))) == (401, Why.NOT_SIGNED)


def test_a_refusal_to_a_device_brings_the_hubs_state(hub: Hub) -> None:
    gadget = enrolled(hub)
    status, body = gadget.ask("GET", f"/v1/feed?generation=other&after=0&hash={NO_HASH}")
    no = Refusal.model_validate_json(body)
    assert (status, no.why) == (409, Why.OTHER_GENERATION)
    assert no.hub is not None
    assert no.hub.feed.n == 4


@pytest.mark.parametrize(
    "query",
    ["", "after=0", "generation=g&after=-1&hash=" + NO_HASH, "generation=g&after=1e3&hash=" + NO_HASH,
     f"generation=g&after=0&hash={NO_HASH}&after=1", f"generation=g&after=0&hash={NO_HASH}&x=1", "%ff=1", "&&",
     f"generation=g&after={2**60}&hash={NO_HASH}", f"generation={'g' * 65}&after=0&hash={NO_HASH}"],
)  # fmt: skip
def test_a_query_that_does_not_fit_is_refused_in_words(hub: Hub, query: str) -> None:
    gadget = enrolled(hub)
    assert no_of(gadget.ask("GET", f"/v1/feed?{query}")) == (400, Why.BAD_MESSAGE)


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/feed/", "/v2/feed", "/docs", "/openapi.json", "/v1/feed\n", "/v1/../x"]
)
def test_nothing_is_anywhere_else(hub: Hub, path: str) -> None:
    gadget = enrolled(hub)
    assert no_of(gadget.ask("GET", path)) == (404, Why.NOT_FOUND)


def test_what_is_open_tells_nothing_of_a_hall(hub: Hub) -> None:
    enrolled(hub)
    line = HandlerLine(hub)
    assert line.call("GET", "/v1/health", {}, b"")[2] == b'{"ok":true}'
    assert line.call("GET", "/v1/authority", {}, b"")[2].startswith(b"-----BEGIN CERTIFICATE-----")


# --- bodies ---


# without the moment in it: each process of a test run names its cases by the same bytes
GZIPPED = gzip.compress(b"{}", mtime=0)
PACKED: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress}


@pytest.mark.parametrize("encoding", sorted(PACKED))
def test_a_packed_body_is_unpacked(encoding: str) -> None:
    headers = {"content-type": "application/json; charset=utf-8", "content-encoding": encoding}
    found = body_of(headers, PACKED[encoding](b"[1]" * 1000), content_type="application/json", most=3000)
    assert found == b"[1]" * 1000


@pytest.mark.parametrize("encoding", [*sorted(PACKED), "identity"])
def test_a_body_that_unpacks_to_more_than_its_limit_is_too_large(encoding: str) -> None:
    packed = PACKED.get(encoding, bytes)(bytes(50_000_000))
    headers = {"content-type": "application/json", "content-encoding": encoding}
    with pytest.raises(BadRequest) as bad:
        body_of(headers, packed, content_type="application/json", most=1_000_000)
    assert bad.value.why is Why.TOO_LARGE


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"content-type": "text/html"}, b"{}"),
        ({}, b"{}"),
        ({"content-type": "application/json", "content-encoding": "br"}, b"{}"),
        ({"content-type": "application/json", "content-encoding": "gzip"}, b"{}"),
        ({"content-type": "application/json", "content-encoding": "gzip"}, GZIPPED[:-1]),
        ({"content-type": "application/json", "content-encoding": "gzip"}, GZIPPED + b"x"),
        ({"content-type": "application/json", "content-encoding": "gzip, gzip"}, gzip.compress(GZIPPED, mtime=0)),
    ],
)
def test_a_body_that_is_not_what_it_says_is_refused(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(BadRequest) as bad:
        body_of(headers, body, content_type="application/json", most=1000)
    assert bad.value.why is Why.BAD_MESSAGE


def test_a_body_where_none_belongs_is_refused(hub: Hub) -> None:
    gadget = enrolled(hub)
    assert no_of(gadget.ask("GET", feed_target(hub), b"{}")) == (400, Why.BAD_MESSAGE)


def test_a_body_over_the_limit_is_not_even_looked_at(hub: Hub) -> None:
    line = HandlerLine(hub)
    status, _, body = line.call("POST", "/v1/devices", {"Content-Type": "application/json"}, bytes(10**6))
    assert no_of((status, body)) == (413, Why.TOO_LARGE)


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"x"', b"{", b"\xff\xfe", b"[" * 100_000, b'{"proto":' + b"9" * 400 + b"}", b'{"proto":NaN}',
     b'{"proto":1,"proto":2}'],
)  # fmt: skip
def test_a_message_that_is_none_is_refused(hub: Hub, body: bytes) -> None:
    status, _, answer = HandlerLine(hub).call("POST", "/v1/devices", {"Content-Type": "application/json"}, body)
    assert status in (400, 413, 426)
    assert Refusal.model_validate_json(answer).why in (Why.BAD_MESSAGE, Why.TOO_LARGE, Why.OLD_PROTOCOL)


# --- pressure ---


def test_a_bucket_lets_a_burst_through_and_then_its_rate() -> None:
    moment = Moment()
    buckets = Buckets(2.0, 3, moment.monotonic)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 1]
    assert buckets.take("b") == 0
    moment.wait(1)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 1]
    moment.wait(-3600)
    assert buckets.take("a") == 1
    moment.wait(7200)
    assert [buckets.take("a", 3), buckets.take("a", 2)] == [0, 1]


def test_a_device_that_asks_too_often_is_told_when(hub: Hub, moment: Moment) -> None:
    gadget = enrolled(hub)
    target = feed_target(hub)
    assert {gadget.ask("GET", target)[0] for _ in range(DEVICE_BURST)} == {200}
    line = gadget.line
    signature = gadget.key.sign(request_text("GET", target, gadget.nonce, b"")).hex()
    headers = {"Counter-Device": gadget.device_id, "Counter-Nonce": gadget.nonce, "Counter-Signature": signature}
    status, said, body = line.call("GET", target, headers, b"")
    assert no_of((status, body)) == (429, Why.TOO_MANY)
    assert said["Retry-After"] == "1"
    moment.wait(1)
    assert gadget.ask("GET", target)[0] == 200


def test_a_stranger_waits_and_holds_up_nobody_else(hub: Hub) -> None:
    gadget = enrolled(hub)
    stranger = Gadget(HandlerLine(hub, peer="198.51.100.9"), device_id="nobody")
    statuses = [stranger.ask("GET", feed_target(hub))[0] for _ in range(STRANGER_BURST + 1)]
    assert statuses == [401] * STRANGER_BURST + [429]
    assert gadget.ask("GET", feed_target(hub))[0] == 200


# --- a data base that does not answer ---


class Broken(Database):
    """A data base whose next transactions end as they are told to."""

    endings: list[DatabaseBusy]

    @contextmanager
    def transaction(self, isolation: Any = "READ COMMITTED") -> Iterator[Connection]:
        """As it is, but for what was planned."""
        with super().transaction(isolation) as connection:
            yield connection
            if self.endings:
                raise self.endings.pop(0)


def test_a_conflict_is_done_again_and_trouble_is_busy() -> None:
    from counter_app.hub.revisions import migrate

    database = Broken(Database.open("sqlite://").engine)
    database.endings = []
    migrate(database)
    hub = a_hub(database)
    gadget = enrolled(hub)
    target = feed_target(hub)
    conflict = DatabaseBusy("40001", is_conflict=True)
    database.endings = [conflict, conflict]
    assert gadget.ask("GET", target)[0] == 200
    database.endings = [conflict, conflict, conflict]
    assert no_of(gadget.ask("GET", target)) == (503, Why.BUSY)
    database.endings = [CommitUncertain("no copy")]
    assert no_of(gadget.ask("GET", target)) == (503, Why.BUSY)
    assert not database.endings
    database.close()


def test_what_was_refused_leaves_no_trace(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from counter_app.hub import asking, routes
    from counter_app.hub.calls import No

    def act(call: asking.Call) -> No:
        call.connection.execute(
            insert(t.evidence).values({c.name: 1 if c.name in ("epoch", "seq") else "x" for c in t.evidence.c})
        )
        return No(Why.GAP)

    gadget = enrolled(hub)
    changed = [replace(route, act=act) for route in routes.ROUTES if route.name == "feed"]
    monkeypatch.setattr(routes, "ROUTES", changed)
    assert no_of(gadget.ask("GET", feed_target(hub))) == (409, Why.GAP)
    with hub.database.transaction() as connection:
        assert connection.execute(select(t.evidence)).all() == []


def test_the_same_requests_give_the_same_bytes(moment: Moment) -> None:
    from counter_app.hub.revisions import migrate

    def history() -> list[bytes]:
        database = Database.open("sqlite://")
        migrate(database)
        hub = a_hub(database, Moment())
        gadget = enrolled(hub)
        found = [gadget.ask("GET", feed_target(hub))[1], hub.handle(Request("GET", "/x", {}, b"")).body]
        database.close()
        return found

    assert history() == history()
    assert json.loads(history()[1])["why"] == "not_found"
