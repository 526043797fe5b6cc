"""A migrated database as the application and as its owner see it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from casewright.embedded.postgres import PostgresUrls
from casewright.records import pool as pools
from casewright.records.journal import flush
from casewright.records.postgres import Connection, Pool
from tests.records.story import Story, Tamper


@pytest.fixture
async def pool(database: PostgresUrls) -> AsyncIterator[Pool]:
    """The application's connections."""
    opened = await pools.connect(database.application, max_size=8)
    yield opened
    await opened.close()


@pytest.fixture
async def app(pool: Pool) -> AsyncIterator[Connection]:
    """One connection of the application."""
    async with pool.acquire() as connection:
        yield connection


@pytest.fixture
async def owner(database: PostgresUrls) -> AsyncIterator[Any]:
    """The owner's connection, who may do what the application may not."""
    connection = await asyncpg.connect(database.owner)
    yield connection
    await connection.close()


@pytest.fixture
async def tamper(owner: Any) -> Tamper:
    """Run a statement with the append-only triggers of a table off: as someone with the owner's rights could."""

    @asynccontextmanager
    async def unguarded(table: str) -> AsyncIterator[None]:
        await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        await owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    async def run(table: str, statement: str, *values: object) -> None:
        async with unguarded(table):
            assert await owner.execute(statement, *values) not in ("UPDATE 0", "DELETE 0")

    return run


@pytest.fixture
async def story(pool: Pool) -> Story:
    """A ticket with its first row stored."""
    told = Story()
    await flush(pool, [told.submitted()])
    return told
