"""How every request is received: who calls, then the body within its limits, and any failure as one shape."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from starter.api.callers import authenticate
from starter.api.parts import parts_of
from starter.api.problems import ApiProblem, Code, answer, problem
from starter.api.refusing import as_problem
from starter.api.strict_json import Json, read_json

MAX_BODY = 256 * 1024
REQUEST_SECONDS = 90.0
"""More than an act may take with its journal row; a database that hangs ends here."""
JSON = "application/json"


class StrictRequest(Request):
    """A request whose body is small, JSON, and read strictly."""

    async def body(self) -> bytes:
        """The bytes.

        Raises:
            ApiProblem: 415 unless it is JSON; 413 as soon as it is too large, whatever its headers said.
        """
        if not hasattr(self, "_limited"):
            self._check_headers()
            self._limited = await self._within_limits()
        return self._limited

    async def json(self) -> Json:
        """The content.

        Raises:
            ApiProblem: as ``read_json``.
        """
        return read_json(await self.body())

    def _check_headers(self) -> None:
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != JSON:
            raise problem(
                415, Code.UNSUPPORTED_MEDIA_TYPE, f"the body must be {JSON}", what_to_do=f"Send Content-Type: {JSON}."
            )
        told = self.headers.get("content-length", "0")
        if not told.isdecimal() or int(told[:12]) > MAX_BODY:
            raise _too_large()

    async def _within_limits(self) -> bytes:
        content = bytearray()
        async for chunk in self.stream():
            content += chunk
            if len(content) > MAX_BODY:
                raise _too_large()
        return bytes(content)


class StrictRoute(APIRoute):
    """A route for authenticated callers only."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, inside ours."""
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            try:
                async with asyncio.timeout(REQUEST_SECONDS):
                    header = request.headers.get("authorization")
                    parts = parts_of(request)
                    request.state.caller = await authenticate(parts.pool, header, parts.client.now())
                    return await handle(StrictRequest(request.scope, request.receive))
            except Exception as error:
                return answer(as_problem(error))

        return strictly


def _too_large() -> ApiProblem:
    return problem(
        413, Code.TOO_LARGE, f"the body has more than {MAX_BODY} bytes", what_to_do="Shorten it; a ticket is text."
    )
