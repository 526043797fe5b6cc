"""The HTTP door of a service: meets the arranged faults, notes each call, and answers in the service's own words."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Match

from sandbox.connections import DroppedConnection
from sandbox.faults.calls import CallRecord
from sandbox.faults.rules import ErrorBody, FaultKind, FaultRule, Target
from sandbox.world import World

Handler = Callable[[Request], Awaitable[Response]]


class Problem(Exception):
    """An error answer before it has a service's shape; ``code`` is the service's own word or number for it."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code


def nobody_is_refused(request: Request) -> None:
    """Lets everybody in: a page for people."""


@dataclass(frozen=True)
class Door:
    """One service's way in.

    Attributes:
        target: What its faults and calls are filed under.
        shape: A problem as the service answers it.
        admits: Raises a ``Problem`` for who may not come in.
        logged: A path as the log of calls may show it.
    """

    world: World
    target: Target
    shape: Callable[[Problem], Response]
    admits: Callable[[Request], None] = nobody_is_refused
    logged: Callable[[str], str] = str

    def router(self, prefix: str) -> APIRouter:
        """A router whose every endpoint is behind this door."""
        door = self

        class GuardedRoute(APIRoute):
            """An endpoint behind the door."""

            def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
                perform = super().get_route_handler()

                async def guarded(request: Request) -> Response:
                    return await door.answer(request, perform)

                return guarded

        return APIRouter(prefix=prefix, tags=[self.target.value], route_class=GuardedRoute)

    def close(self, router: APIRouter) -> APIRouter:
        """The router, answering what none of its endpoints takes with the service's own 404 or 405."""
        endpoints = list(router.routes)

        @router.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
        async def unknown(request: Request) -> Response:
            if any(endpoint.matches(request.scope)[0] is Match.PARTIAL for endpoint in endpoints):
                raise Problem(405, f"{request.url.path} doesn't take {request.method}.", "method_not_allowed")
            raise Problem(404, f"There is no {request.url.path} here.", "not_found")

        return router

    async def answer(self, request: Request, perform: Handler) -> Response:
        """Answer one request, or drop its connection."""
        seq = self.world.calls.next_seq()
        moment = self.world.clock.now()
        strike = self.world.faults.strike(self.target, request.method, [request.url.path], moment)
        await asyncio.sleep(strike.delay_seconds)
        if strike.fault is not None and strike.blocks:
            response = self._blocked(strike.fault)
        else:
            response = await self._performed(request, perform)
            if strike.loses_answer:
                response = DroppedConnection()
        self._note(seq, request, response, strike.names)
        return response

    async def _performed(self, request: Request, perform: Handler) -> Response:
        try:
            self.admits(request)
            return await perform(request)
        except Problem as problem:
            return self.shape(problem)
        except RequestValidationError as wrong:
            first = wrong.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            return self.shape(Problem(400, f"{where}: {first['msg']}", "invalid_request"))

    def _blocked(self, fault: FaultRule) -> Response:
        if fault.refuses_connections:
            return DroppedConnection()
        status = 503 if fault.kind is FaultKind.OUTAGE else fault.status
        if fault.body is ErrorBody.HTML:
            return HTMLResponse(f"<html><body><h1>{status}</h1></body></html>", status)
        if fault.body is ErrorBody.EMPTY:
            return Response(status_code=status)
        return self.shape(Problem(status, "An arranged failure of the sandbox.", "arranged_failure"))

    def _note(self, seq: int, request: Request, response: Response, faults: tuple[str, ...]) -> None:
        call = CallRecord(
            seq=seq,
            at=self.world.clock.now(),
            target=self.target,
            method=request.method,
            path=self.logged(request.url.path),
            key=request.headers.get("idempotency-key"),
            status=None if isinstance(response, DroppedConnection) else response.status_code,
            replayed="idempotent-replayed" in response.headers,
            faults=faults,
        )
        self.world.calls.add(call)


def bearer_token(request: Request, prefix: str) -> str | None:
    """The bearer token, None when there is none; an empty text when it isn't one of the sandbox's."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    return token if token.startswith(prefix) and len(token) > len(prefix) else ""


def base_url(request: Request) -> str:
    """The address that the request came to, without a slash at the end."""
    return str(request.base_url).rstrip("/")
