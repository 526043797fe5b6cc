"""Runs the sandbox's HTTP and SMTP servers in the present event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import uvicorn

from sandbox.application import build_application
from sandbox.clock import Now, SandboxClock, system_now
from sandbox.connections import DroppableConnection
from sandbox.mail.reception import ReceivingProtocol
from sandbox.seeding import plant_files
from sandbox.world import World


@dataclass(frozen=True)
class RunningSandbox:
    """A sandbox that takes requests. ``http_url`` is the base address for the payments client too."""

    host: str
    http_port: int
    smtp_port: int
    world: World

    @property
    def http_url(self) -> str:
        """Where the gateway, the mailbox, the admin API and the pages are."""
        return f"http://{self.host}:{self.http_port}"

    @property
    def smtp_host(self) -> str:
        """The mail server's host."""
        return self.host


class _HttpServer(uvicorn.Server):
    """Says when it has started, and leaves signals to whoever runs the process."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def running_sandbox(
    http_port: int = 0,
    smtp_port: int = 0,
    state: Path | None = None,
    clock: Now | None = None,
    *,
    seeds: Path | None = None,
    host: str = "127.0.0.1",
    epoch: datetime | None = None,
    speed: float = 1.0,
) -> AsyncIterator[RunningSandbox]:
    """Run a sandbox for as long as the context is open.

    Args:
        http_port: Where to serve HTTP; 0 picks a free port.
        smtp_port: Where to take mail; 0 picks a free port.
        state: A file that the state is read from and kept in.
        clock: Where the time comes from, before what the admin API adds; the machine's clock unless given.
        seeds: A folder of seed files, planted unless a state was restored; ``seeding.DEFAULT_SEEDS`` has ours.
        host: The address to listen on.
        epoch: The aware instant from which time runs at ``speed``; needed for any speed but 1.
        speed: How many of the sandbox's seconds pass in a real one.
    """
    world = World(SandboxClock(clock or system_now, epoch=epoch, speed=speed), state)
    if seeds is not None and not world.restored:
        plant_files(world, seeds)
    async with _serve_http(world, host, http_port) as bound_http, _serve_smtp(world, host, smtp_port) as bound_smtp:
        yield RunningSandbox(host, bound_http, bound_smtp, world)


@asynccontextmanager
async def _serve_http(world: World, host: str, port: int) -> AsyncIterator[int]:
    listener = socket.create_server((host, port))
    config = uvicorn.Config(
        build_application(world),
        http=DroppableConnection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    server = _HttpServer(config)
    serving = asyncio.create_task(server.serve([listener]))
    try:
        await server.ready.wait()
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await serving
        listener.close()


@asynccontextmanager
async def _serve_smtp(world: World, host: str, port: int) -> AsyncIterator[int]:
    transports: set[asyncio.BaseTransport] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: ReceivingProtocol(world, transports), host, port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for transport in list(transports):
            transport.close()
        await server.wait_closed()
