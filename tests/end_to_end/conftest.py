"""A whole world for each test: its own database, sandbox and task queue."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from casewright.embedded.postgres import PostgresUrls
from casewright.embedded.temporal import TemporalServer
from tests.world import World, running_world


@pytest.fixture
async def world(database: PostgresUrls, temporal: TemporalServer) -> AsyncIterator[World]:
    """With a worker in this process."""
    async with running_world(database, temporal.address) as running:
        yield running


@pytest.fixture
async def workerless(database: PostgresUrls, temporal: TemporalServer) -> AsyncIterator[World]:
    """Without a worker: the test starts, and kills, its own."""
    async with running_world(database, temporal.address, worker=False) as running:
        yield running
