"""What can be asked of a hub: each path with its limits, and the rule that answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from counter_app.hub import chains, feed
from counter_app.hub.calls import Caller, No
from counter_app.hub.database import Isolation
from counter_app.hub.keys import HubKey
from counter_app.hub.messages import JSON_TYPE, message_of, query_of
from counter_app.sync.wire import MOST_ROWS, Count, Hash, Id, Mark, Message, Upload, Why

KB, MB = 1024, 1024 * 1024
GZIP_TYPE, BYTES_TYPE = "application/gzip", "application/octet-stream"

ID = r"[0-9A-Za-z:._-]{1,64}"
NUMBER = r"[0-9]{1,16}"


class Bytes(NamedTuple):
    """An answer that is no message."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Call:
    """A request of a recognised device, as its rule sees it; `body` is unpacked."""

    connection: Connection
    caller: Caller
    names: dict[str, str]
    query: str
    body: bytes
    key: HubKey


Act = Callable[[Call], Message | Bytes | No]


@dataclass(frozen=True, slots=True)
class Route:
    """One thing that can be asked; `access` says whether a device must have signed."""

    name: str
    method: str
    path: str
    access: Literal["open", "code", "device"]
    act: Act | None = None
    content_type: str | None = None
    most_packed: int = 64 * KB
    most: int = 64 * KB
    isolation: Isolation = "READ COMMITTED"
    cost: int = 1


class Found(NamedTuple):
    """A route, and what stands for its names in the path."""

    route: Route
    names: dict[str, str]


class FeedAsked(BaseModel):
    """The query of a feed's page."""

    model_config = ConfigDict(extra="forbid")
    generation: Id
    after: Count
    hash: Hash
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = MOST_ROWS


class ChainAsked(BaseModel):
    """The query of a page of a chain."""

    model_config = ConfigDict(extra="forbid")
    after: Count = 0


def _upload(call: Call) -> Message | No:
    upload = message_of(Upload, call.body)
    counter_id, epoch = call.names["counter_id"], int(call.names["epoch"])
    return chains.receive(call.connection, call.caller, upload, counter_id=counter_id, epoch=epoch)


def _chain(call: Call) -> Message | No:
    if call.names["counter_id"] != call.caller.counter_id:
        return No(Why.NOT_FOUND)
    after = query_of(ChainAsked, call.query).after
    return chains.page(call.connection, call.caller, epoch=int(call.names["epoch"]), after=after)


def _feed(call: Call) -> Message | No:
    asked = query_of(FeedAsked, call.query)
    after = Mark(n=asked.after, hash=asked.hash)
    return feed.page(call.connection, call.caller, generation=asked.generation, after=after, limit=asked.limit)


ROUTES = (
    Route("health", "GET", "/v1/health", "open"),
    Route("authority", "GET", "/v1/authority", "open"),
    Route("enrol", "POST", "/v1/devices", "code", content_type=JSON_TYPE),
    Route(
        "upload",
        "POST",
        "/v1/chains/{counter_id}/{epoch}",
        "device",
        _upload,
        content_type=JSON_TYPE,
        most_packed=2 * MB,
        most=2 * MB,
    ),
    Route("chain", "GET", "/v1/chains/{counter_id}/{epoch}", "device", _chain),
    Route("feed", "GET", "/v1/feed", "device", _feed),
)
"""Everything there is; a path that is not here is not found."""


def find_route(method: str, path: str) -> Found | Why:
    """The route of a path, or why there is none."""
    for route, pattern in _PATTERNS:
        found = pattern.fullmatch(path)
        if found is not None and route.method == method:
            return Found(route, found.groupdict())
    return Why.NOT_FOUND


def _pattern(path: str) -> re.Pattern[str]:
    kinds = {"epoch": NUMBER, "part": NUMBER}
    return re.compile(
        "".join(
            f"(?P<{part[1:-1]}>{kinds.get(part[1:-1], ID)})" if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{\w+\})", path)
        ),
        re.ASCII,
    )


_PATTERNS = tuple((route, _pattern(route.path)) for route in ROUTES)
