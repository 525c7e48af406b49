"""The hub's OpenAPI document, made from the same routes and messages that answer."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from counter_app.hub.asking import ID, NUMBER, NUMBERS, Route
from counter_app.hub.messages import JSON_TYPE
from counter_app.hub.routes import ROUTES
from counter_app.sync.wire import PROTOCOLS, Message, Refusal

_RESPONSES = "#/components/responses/"
_REF = "#/components/schemas/{model}"
_HEADERS = {
    "Counter-Device": "The device's id.",
    "Counter-Nonce": "The lease nonce that the device holds; only an upload consumes it.",
    "Counter-Signature": "Ed25519 over wire.request_text(method, target, nonce, body as sent), in hex.",
}
_HUB_SIGNATURE = {
    "description": "Ed25519 of the hub over wire.reply_text(signature of the request, status, body), in hex.",
    "schema": {"type": "string", "pattern": "^[0-9a-f]{128}$"},
}
_TEXTS = {
    400: "It is no message of this protocol.",
    401: "Not signed by a device that the hub knows.",
    403: "Not allowed: revoked, a wrong code, or a supervisor is needed.",
    404: "Nothing is there for this device.",
    409: "It does not fit what the hub has; the refusal says how, and brings the hub's state.",
    413: "Larger than the hub takes.",
    426: "A protocol that the hub does not speak; `floor_proto` is the oldest it does.",
    429: "Too often; `Retry-After` says when.",
    503: "Not now; the same request again later.",
}


def document() -> dict[str, Any]:
    """The document, with everything in a fixed order."""
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "counter_app hub",
            "version": f"v{PROTOCOLS[-1]}",
            "description": "Counters send their journals up and take the hall's data down; docs/sync.md says how.",
        },
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "responses": {
                str(status): {"description": text, "content": {JSON_TYPE: {"schema": _schema_of(Refusal)}}}
                for status, text in _TEXTS.items()
            },
            "securitySchemes": {
                name: {"type": "apiKey", "in": "header", "name": name, "description": text}
                for name, text in _HEADERS.items()
            },
        },
    }


def document_text() -> str:
    """The document as it is kept in `docs/hub-openapi.json`."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def _operation(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.says.strip().splitlines()[0],
        "parameters": [*_path_parameters(route), *_query_parameters(route)],
        "responses": {"200": _answer(route), **{str(status): {"$ref": f"{_RESPONSES}{status}"} for status in _TEXTS}},
        "security": [{name: [] for name in _HEADERS}] if route.access == "device" else [],
    }
    if route.content_type is not None:
        found["requestBody"] = {"required": True, "content": {route.content_type: {"schema": _schema_of(route.asks)}}}
    return found


def _answer(route: Route) -> dict[str, Any]:
    kind = JSON_TYPE if not isinstance(route.answers, str) else route.answers
    answer: dict[str, Any] = {"description": "Done.", "content": {kind: {"schema": _schema_of(route.answers)}}}
    return answer if route.access == "open" else {**answer, "headers": {"Hub-Signature": _HUB_SIGNATURE}}


def _schema_of(kind: type[Message] | str | None) -> dict[str, Any]:
    if isinstance(kind, type):
        return {"$ref": _REF.format(model=kind.__name__)}
    return {"type": "object"} if kind == JSON_TYPE else {"type": "string", "contentMediaType": kind}


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    names = list(route.pattern.groupindex)
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{NUMBER if name in NUMBERS else ID}$"},
        }
        for name in names
    ]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema()
    required = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": part}
        for name, part in schema["properties"].items()
    ]


def _schemas() -> dict[str, Any]:
    kinds: list[type[BaseModel]] = [Refusal]
    for route in ROUTES:
        kinds += [kind for kind in (route.asks, route.answers) if isinstance(kind, type)]
    _, schema = models_json_schema([(kind, "validation") for kind in dict.fromkeys(kinds)], ref_template=_REF)
    return dict(sorted(schema["$defs"].items()))
