"""Between bytes and messages: what was asked is looked at whole before any rule sees it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError

from counter_app.hub.packing import CannotUnpack, UnpacksTooLarge, unpacked
from counter_app.sync.wire import PROTOCOLS, Why

M = TypeVar("M", bound=BaseModel)
JSON_TYPE = "application/json"


class BadRequest(Exception):
    """What was asked cannot be a question of this protocol; `facts` name the field, never its content."""

    def __init__(self, why: Why = Why.BAD_MESSAGE, **facts: str) -> None:
        super().__init__(why)
        self.why, self.facts = why, facts


def body_of(headers: Mapping[str, str], body: bytes, *, content_type: str | None, most: int) -> bytes:
    """The unpacked body of a request that may have one of a type, or (None) may have none.

    Raises:
        BadRequest: another type, an unknown packing, too large.
    """
    if content_type is None:
        if body:
            raise BadRequest(what="body")
        return body
    if headers.get("content-type", "").partition(";")[0].strip().lower() != content_type:
        raise BadRequest(what="content-type")
    try:
        return unpacked(body, headers.get("content-encoding", "").strip().lower(), most)
    except UnpacksTooLarge:
        raise BadRequest(Why.TOO_LARGE, most=str(most)) from None
    except CannotUnpack:
        raise BadRequest(what="content-encoding") from None


def message_of(kind: type[M], body: bytes) -> M:
    """The message in a body.

    Raises:
        BadRequest: it is none of its kind, or of a protocol that this hub does not speak.
    """
    try:
        found = kind.model_validate_json(body)
    except ValidationError as error:
        # a newer program's message has fields that this one does not know: that is what it has to be told
        _require_protocol(_proto_in(body))
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise BadRequest(field=".".join(map(str, first["loc"]))[:80], error=str(first["type"])) from None
    _require_protocol(getattr(found, "proto", None))
    for name, value in found:
        if isinstance(value, str) and "\0" in value:
            raise BadRequest(field=name, error="nul")
    return found


def query_of(kind: type[M], query: str) -> M:
    """The message in a query.

    Raises:
        BadRequest: a name is missing, twice there or unknown, or its value does not fit.
    """
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), errors="strict")
        if len(dict(pairs)) != len(pairs):
            raise BadRequest(what="query")
        return kind.model_validate_strings(dict(pairs))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise BadRequest(field=".".join(map(str, first["loc"]))[:80], error=str(first["type"])) from None
    except (ValueError, UnicodeError):
        raise BadRequest(what="query") from None


def _require_protocol(proto: object) -> None:
    if isinstance(proto, int) and proto not in PROTOCOLS:
        raise BadRequest(Why.OLD_PROTOCOL)


def _proto_in(body: bytes) -> object:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document.get("proto") if isinstance(document, dict) else None
