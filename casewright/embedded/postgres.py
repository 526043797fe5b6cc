"""An embedded PostgreSQL for those who have none: unprivileged, behind a password, on a unix socket, gone with us."""

import re
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg  # type: ignore[import-untyped, unused-ignore]

from casewright.embedded.errors import EmbeddedServerError
from casewright.embedded.locks import exclusive
from casewright.embedded.postgres_binaries import reachable_binaries
from casewright.embedded.postgres_cluster import (
    APPLICATION_ROLE,
    OWNER_ROLE,
    Passwords,
    connect_superuser,
    ensure_roles,
    prepare_cluster,
    server_environment,
    socket_url,
    wait_for_predecessor,
)
from casewright.embedded.postgres_home import PostgresHome, prepare_home
from casewright.embedded.processes import ChildProcess, Progress, spawn

_START_PATIENCE_SECONDS = 60.0  # a recovery after a crash comes first
_UNCLEAN_PATIENCE_SECONDS = 10.0
_NOT_YET = (OSError, asyncpg.CannotConnectNowError, TimeoutError)
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class PostgresUrls:
    """The same database as seen by its owner, who migrates it, and by the application, which owns nothing."""

    owner: str
    application: str


@asynccontextmanager
async def embedded_postgres(data_dir: Path, progress: Progress, *, fast: bool = False) -> AsyncIterator[PostgresUrls]:
    """Run PostgreSQL on `data_dir` (created, or kept from before) while the block runs.

    Args:
        data_dir: Holds the data, the passwords and the log.
        progress: Told what takes time.
        fast: For tests: gives up safety against a crash of the machine for speed.

    Raises:
        EmbeddedServerError: it can't be started, or another process runs it on this folder.
    """
    data_dir = data_dir.absolute()
    data_dir.mkdir(parents=True, exist_ok=True)
    with exclusive(data_dir / "lock", f"The PostgreSQL in {data_dir}"):
        home = prepare_home(data_dir, progress)
        binaries = reachable_binaries(home.account, progress)
        passwords = await prepare_cluster(home, binaries, progress, fast=fast)
        server = await _start(home, binaries, passwords, fast=fast)
        try:
            yield PostgresUrls(
                owner=socket_url(home, OWNER_ROLE, passwords.owner),
                application=socket_url(home, APPLICATION_ROLE, passwords.application),
            )
        finally:
            await server.stop(signal.SIGINT)


async def create_database(urls: PostgresUrls, name: str, template: str | None = None) -> PostgresUrls:
    """Create a database beside that of `urls`, empty or a copy of `template`, which nobody may be connected to."""
    copied = f" TEMPLATE {_identifier(template)}" if template else ""
    await _as_owner(urls, f"CREATE DATABASE {_identifier(name)}{copied}")
    return PostgresUrls(owner=_with_database(urls.owner, name), application=_with_database(urls.application, name))


async def drop_database(urls: PostgresUrls, name: str) -> None:
    """Drop a database made by `create_database`, ending the connections to it."""
    await _as_owner(urls, f"DROP DATABASE IF EXISTS {_identifier(name)} WITH (FORCE)")


async def _start(home: PostgresHome, binaries: Path, passwords: Passwords, *, fast: bool) -> ChildProcess:
    unclean = await wait_for_predecessor(home.cluster_dir)
    deadline = time.monotonic() + _UNCLEAN_PATIENCE_SECONDS
    while True:
        server = spawn(
            "PostgreSQL",
            [binaries / "postgres", "-D", home.cluster_dir, *_settings(home, fast=fast)],
            home.data_dir / "postgres.log",
            death_signal=signal.SIGQUIT,  # at once, recovering at the next start: which may follow right away
            account=home.account,
            environment=server_environment(),
        )
        try:
            connection = await server.until_ready(
                lambda: connect_superuser(home, passwords), _NOT_YET, _START_PATIENCE_SECONDS
            )
            await _finish(connection, passwords)
            return server
        except EmbeddedServerError:
            # Backends of a server that was killed hold its shared memory for a moment longer.
            if not (unclean and server.exit_code is not None and time.monotonic() < deadline):
                await server.stop()
                raise
        except BaseException:
            await server.stop()
            raise


async def _finish(connection: Any, passwords: Passwords) -> None:
    try:
        await ensure_roles(connection, passwords)
    finally:
        await connection.close()


def _settings(home: PostgresHome, *, fast: bool) -> list[str]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{home.socket_dir}"',
        "unix_socket_permissions": "0700",
        "shared_buffers": "128MB",
        "max_connections": "200",
        "timezone": "UTC",
        "log_timezone": "UTC",
        **(_FAST if fast else {}),
    }
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


async def _as_owner(urls: PostgresUrls, statement: str) -> None:
    connection = await asyncpg.connect(urls.owner)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _with_database(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _identifier(name: str) -> str:
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name):
        raise ValueError(f"{name!r} isn't a plain lower-case database name")
    return name
