"""A worker that couldn't reach the staff: refused in production, warned of elsewhere."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from activities.ways_to_people import NO_CHAT, NO_LINKS, NO_MAIL, missing_addresses
from casewright.embedded.postgres import PostgresUrls
from casewright.embedded.temporal import TemporalServer
from casewright.records import people
from casewright.records.people import NamedPerson
from casewright.settings import Settings
from tests.world import PATIENCE, ROOT, World, running_world, worker_process
from worker import connect_temporal, running_worker

CHAT, KEY = "CASEWRIGHT_CHAT_URL", "CASEWRIGHT_LINK_KEY"


@pytest.fixture
async def idle(temporal: TemporalServer, database: PostgresUrls) -> AsyncIterator[World]:
    """A world without its worker."""
    async with running_world(database, temporal.address, worker=False) as world:
        yield world


async def ended(settings: Settings, **changed: str) -> tuple[int | None, str]:
    """What a worker process says that ends by itself."""
    environment = {**os.environ, **settings.as_environment(), "CASEWRIGHT_PRODUCTION": "true", **changed}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "worker.py", cwd=ROOT, env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(PATIENCE):
            _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({KEY: ""}, (CHAT, KEY)),
        ({}, (CHAT,)),
        ({CHAT: "https://chat.example.com/api", KEY: ""}, (KEY,)),
        ({CHAT: "", KEY: "a key"}, (CHAT,)),
    ],
)
async def test_in_production_the_worker_refuses_to_start_without_a_chat_and_a_link_key(
    idle: World, changed: dict[str, str], named: tuple[str, ...]
) -> None:
    code, said = await ended(idle.settings, **changed)
    assert code == 1
    assert "the worker can't start: in production" in said
    assert "Traceback" not in said
    assert [one for one in (CHAT, KEY) if one in said] == list(named)


async def test_in_production_it_starts_with_both(idle: World) -> None:
    told = {"CASEWRIGHT_PRODUCTION": "true", CHAT: f"{idle.sandbox.http_url}/chat/api", "CASEWRIGHT_ANCHOR_KEY": ""}
    async with worker_process(idle.settings, **told) as process:
        assert process.returncode is None


async def test_elsewhere_what_reaches_nobody_is_warned_of(idle: World, caplog: pytest.LogCaptureFixture) -> None:
    told = idle.settings.model_copy(update={"link_key": SecretStr(""), "anchor_key": SecretStr("")})
    with caplog.at_level(logging.WARNING, "casewright.worker"):
        async with running_worker(told, client=await connect_temporal(told)):
            pass
    assert {NO_CHAT, NO_LINKS, NO_MAIL} <= {record.getMessage() for record in caplog.records}


async def test_one_address_is_enough_and_where_nobody_is_named_yet_nothing_is_said(idle: World) -> None:
    async with idle.pool.acquire() as connection:
        assert await missing_addresses(connection) == [NO_MAIL]
        mia = NamedPerson(id="mia", name="Mia", kind="person")
        await people.sync(
            connection, [mia, NamedPerson(id="portal", name="Portal", kind="service", mail="p@x.example")]
        )
        assert await missing_addresses(connection) == [NO_MAIL]
        await people.sync(connection, [mia.model_copy(update={"mail": "mia@staff.example.com"})])
        assert await missing_addresses(connection) == []
        await people.sync(connection, [])
        assert await missing_addresses(connection) == []
