"""A line to a server that can be frozen: bytes stop, nothing is closed, as when a network dies under a program."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Line:
    """A TCP forwarder on a port of its own."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._connections: set[asyncio.Task[None]] = set()
        self.address = ""

    def freeze(self) -> None:
        """Nothing goes through any more, in either direction."""
        self._flowing.clear()

    def thaw(self) -> None:
        """Everything that was held goes through."""
        self._flowing.set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward one connection until either side ends it, or the line does."""
        connection = asyncio.create_task(self._forward(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def cut(self) -> None:
        """Close every connection, also a frozen one; what was held is lost."""
        while connections := list(self._connections):
            for connection in connections:
                connection.cancel()
            await asyncio.wait(connections)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with _closing(writer):
            with contextlib.suppress(OSError):
                far_reader, far_writer = await self._reach()
                async with _closing(far_writer):
                    await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._target.startswith("/"):
            return await asyncio.open_unix_connection(self._target)
        host, _, port = self._target.rpartition(":")
        return await asyncio.open_connection(host, int(port))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def _closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    try:
        yield
    finally:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def line_to(address: str) -> AsyncIterator[Line]:
    """A line to ``host:port``, or to a socket in the file system."""
    line = Line(address)
    server = await asyncio.start_server(line.accept, "127.0.0.1", 0)
    line.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield line
    finally:
        server.close()
        await line.cut()
        await server.wait_closed()
