"""What a question to the hub is: its path and limits, who may ask it, and what its rule is given."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from pydantic import BaseModel
from sqlalchemy import Connection

from counter_app.hub.calls import Caller, No
from counter_app.hub.database import Isolation
from counter_app.hub.keys import HubKey
from counter_app.hub.messages import JSON_TYPE
from counter_app.sync.wire import Message

KB, MB = 1024, 1024 * 1024
GZIP_TYPE, BYTES_TYPE, PEM_TYPE = "application/gzip", "application/octet-stream", "application/x-pem-file"

ID = r"[0-9A-Za-z:._-]{1,64}"
NUMBER = r"[0-9]{1,15}"
NUMBERS = frozenset(("epoch", "part"))
"""The names in paths that stand for whole numbers; the others are ids."""


class Bytes(NamedTuple):
    """An answer that is no message."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Call:
    """A question of a recognised device, as its rule sees it; `body` is unpacked."""

    connection: Connection
    caller: Caller
    names: dict[str, str]
    query: str
    body: bytes
    key: HubKey


Act = Callable[[Call], Message | Bytes | No]


@dataclass(frozen=True)
class Route:
    """One thing that can be asked: with which message or bytes, how large, by whom, and what answers.

    `access` is `open` (anybody; nothing of a hall is in the answer), `code` (a one-time code) or `device` (signed).
    """

    name: str
    method: Literal["GET", "POST", "PUT"]
    path: str
    says: str
    access: Literal["open", "code", "device"] = "device"
    act: Act | None = None
    query: type[BaseModel] | None = None
    asks: type[Message] | str | None = None
    answers: type[Message] | str = JSON_TYPE
    most: int = 64 * KB
    isolation: Isolation = "READ COMMITTED"
    cost: int = 1

    @property
    def content_type(self) -> str | None:
        """The type of the body that has to come with it, or None."""
        return self.asks if self.asks is None or isinstance(self.asks, str) else JSON_TYPE

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The paths that are this route's."""
        parts = re.split(r"(\{\w+\})", self.path)
        return re.compile("".join(_named(part[1:-1]) if part[:1] == "{" else re.escape(part) for part in parts))


def _named(name: str) -> str:
    return f"(?P<{name}>{NUMBER if name in NUMBERS else ID})"
