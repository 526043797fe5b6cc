"""HTTP connections that can be dropped without an answer, as a failing network drops them."""

import asyncio
from typing import ClassVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

Ends = tuple[tuple[str, int] | None, tuple[str, int | None] | None]
"""The client's and the server's address: together they name one connection."""


class DroppableConnection(H11Protocol):
    """A server connection that is found again by its two ends."""

    open: ClassVar[dict[Ends, asyncio.Transport]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Note the connection."""
        super().connection_made(transport)
        self.open[self.client, self.server] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self.open.get((self.client, self.server)) is self.transport:
            del self.open[self.client, self.server]
        super().connection_lost(exc)


class DroppedConnection(Response):
    """The answer that never comes: the client's connection is reset instead."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reset the connection and wait until the server has noticed."""
        transport = DroppableConnection.open.get((tuple(scope["client"]), tuple(scope["server"])))
        if transport is None:
            raise RuntimeError("the sandbox is not served by its own server")
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass
