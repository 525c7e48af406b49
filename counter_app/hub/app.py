"""The hub behind HTTP: bodies are read to their limit and in time, everything else is the handler's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from counter_app.hub import handler
from counter_app.hub.asking import KB
from counter_app.hub.handler import Hub
from counter_app.hub.openapi import document
from counter_app.hub.routes import ROUTES, find_route
from counter_app.logs import places

BODY_S = 30
"""How long the body of a request may take to arrive."""

logger = logging.getLogger(__name__)
Endpoint = Callable[[Request], Awaitable[Response]]


def make_app(hub: Hub) -> FastAPI:
    """The ASGI application of a hub; it serves no page and no description of itself."""
    app = FastAPI(title="counter_app hub", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.openapi = document  # type: ignore[method-assign]  # the document is made from the routes themselves
    endpoint = _endpoint(hub)
    for route in ROUTES:
        app.add_api_route(route.path, endpoint, methods=[route.method], name=route.name, response_model=None)
    for status in (404, 405):
        app.add_exception_handler(status, _elsewhere(endpoint))
    return app


def _endpoint(hub: Hub) -> Endpoint:
    async def answer(request: Request) -> Response:
        target = _target(request.scope)
        found = find_route(request.method, target.partition("?")[0])
        try:
            async with asyncio.timeout(BODY_S):
                body = await _body(request, found.route.most if found else KB)
        except (TimeoutError, ClientDisconnect):
            return Response(status_code=408, headers={"Connection": "close"})
        peer = request.client.host if request.client else ""
        asked = handler.Request(request.method, target, dict(request.headers), body, peer)
        try:
            reply = await run_in_threadpool(hub.handle, asked)
        except Exception as bug:
            # the one place where a bug of the hub is caught: its kind and places, never what was asked or its values
            where = places(bug.__traceback__)
            logger.error(
                "%s %s failed: %s (%s)", request.method, found.route.name if found else "?", type(bug).__name__, where
            )
            return Response(status_code=500)
        return Response(reply.body, reply.status, reply.headers)

    return answer


def _elsewhere(endpoint: Endpoint) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, _error: Exception) -> Response:
        return await endpoint(request)

    return answer


async def _body(request: Request, most: int) -> bytes:
    """The body, or one byte more than its limit: the handler then says that it is too large."""
    parts, size = [], 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > most:
            break
    return b"".join(parts)[: most + 1]


def _target(scope: Any) -> str:
    path = bytes(scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
    query = bytes(scope["query_string"])
    return (path + b"?" + query if query else path).decode("latin-1")
