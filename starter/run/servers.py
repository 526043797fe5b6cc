"""PostgreSQL and Temporal: those that run already, where an address says so, else our own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr, ValidationError
from temporalio.client import Client

from casewright.client.connecting import BadConnection, target
from casewright.embedded.errors import EmbeddedServerError, log_tail
from casewright.embedded.postgres import PostgresUrls, embedded_postgres
from casewright.embedded.processes import Progress
from casewright.embedded.search_attributes import register_search_attributes
from casewright.embedded.temporal import TemporalServer, dev_server
from casewright.payloads import data_converter
from casewright.search_attributes import SEARCH_ATTRIBUTES
from casewright.settings import Settings, in_words
from starter.run import questions
from starter.run.folder import DataFolder
from starter.run.ports import choose
from starter.run.problem import RunProblem
from starter.run.programs import NotYet
from starter.run.racing import first
from starter.run.wishes import Wishes

_EVERY_SECONDS = 2.0
_FAILURES = 3


@dataclass(frozen=True)
class Servers:
    """What runs, how to reach it, and where it writes its log (None: not ours)."""

    database: PostgresUrls
    temporal: TemporalServer
    client: Client
    database_log: Path | None
    temporal_log: Path | None

    async def watch(self) -> None:
        """Ask both again and again; returns never.

        Raises:
            RunProblem: one stopped answering.
        """
        await first(
            _watch("PostgreSQL", lambda: questions.database(self.database.application), self.database_log),
            _watch("Temporal", lambda: questions.temporal(self.client), self.temporal_log),
        )


async def _watch(name: str, ask: Callable[[], Awaitable[None]], log_file: Path | None) -> None:
    failures = 0
    while True:
        await asyncio.sleep(_EVERY_SECONDS)
        try:
            await ask()
            failures = 0
        except NotYet as reason:
            failures += 1
            if failures == _FAILURES:
                raise _lost(name, reason, log_file) from reason


def _lost(name: str, reason: NotYet, log_file: Path | None) -> RunProblem:
    where = f" The end of its log, {log_file}:{log_tail(log_file)}" if log_file else " Is it still running?"
    return RunProblem(f"{name} no longer answers ({reason}). The data are kept: start again.{where}")


def reached(address: str, wishes: Wishes) -> Settings:
    """How a run reaches Temporal: its own without TLS, whatever the environment says of others.

    Raises:
        RunProblem: the environment sets what can't be.
    """
    try:
        found = Settings(temporal_address=address, temporal_namespace=wishes.temporal_namespace)
    except ValidationError as refused:
        raise RunProblem(in_words(refused)) from refused
    own = {"temporal_tls": False, "temporal_api_key": SecretStr("")}
    return found if wishes.temporal_address is not None else found.model_copy(update=own)


@asynccontextmanager
async def running_servers(folder: DataFolder, wishes: Wishes, say: Progress) -> AsyncIterator[Servers]:
    """Both servers, answering, while the block runs.

    Raises:
        RunProblem: one that is named by an address doesn't answer, or a wanted port is taken.
        EmbeddedServerError: one of ours can't be had or started.
    """
    async with _database(folder, wishes, say) as urls, _temporal(folder, wishes, say) as temporal:
        where = target(reached(temporal.address, wishes))
        client = await Client.connect(**where, data_converter=data_converter())
        yield Servers(
            urls,
            temporal,
            client,
            None if wishes.database_url else folder.postgres / "postgres.log",
            None if wishes.temporal_address else folder.temporal.with_name("temporal.log"),
        )


@asynccontextmanager
async def _database(folder: DataFolder, wishes: Wishes, say: Progress) -> AsyncIterator[PostgresUrls]:
    if wishes.database_url is None:
        async with embedded_postgres(folder.postgres, say) as urls:
            folder.show_log(folder.postgres / "postgres.log")
            say("PostgreSQL is up")
            yield urls
        return
    url = wishes.database_url.get_secret_value()
    try:
        await questions.database(url)
    except NotYet as reason:
        raise RunProblem(
            f"The PostgreSQL of DATABASE_URL doesn't answer ({reason}): start it, or unset it."
        ) from reason
    say("PostgreSQL is the one of DATABASE_URL")
    yield PostgresUrls(owner=url, application=url)


@asynccontextmanager
async def _temporal(folder: DataFolder, wishes: Wishes, say: Progress) -> AsyncIterator[TemporalServer]:
    namespace = wishes.temporal_namespace
    if wishes.temporal_address is None:
        port = choose("Temporal", 7233, wishes.temporal_port, say)
        ui_port = choose("Temporal's Web UI", 8233, wishes.ui_port, say)
        async with dev_server(
            folder.temporal, True, namespace, SEARCH_ATTRIBUTES, progress=say, port=port, ui_port=ui_port
        ) as server:
            folder.show_log(folder.temporal.with_name("temporal.log"))
            say("Temporal is up")
            yield server
        return
    address = wishes.temporal_address
    try:
        client = await Client.connect(**target(reached(address, wishes)))
        await register_search_attributes(client, SEARCH_ATTRIBUTES)
    except (RuntimeError, EmbeddedServerError, BadConnection) as error:
        raise RunProblem(f"The Temporal of TEMPORAL_ADDRESS={address} can't be used ({error}).") from error
    say(f"Temporal is the one at {address}")
    yield TemporalServer(address, None)
