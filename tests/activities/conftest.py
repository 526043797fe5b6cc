"""An empty sandbox for each test, and our own client of its gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from activities.gateway.client import Gateway, connected
from sandbox import running_sandbox
from tests.activities.till import Till

API_KEY = "sk_test_activities"


@pytest.fixture(scope="session")
async def _one_till() -> AsyncIterator[Till]:
    async with running_sandbox() as sandbox, httpx.AsyncClient(base_url=sandbox.http_url) as http:
        yield Till(sandbox, http)


@pytest.fixture(scope="session")
async def gateway(_one_till: Till) -> AsyncIterator[Gateway]:
    """Our client, with its own patience."""
    async with connected(API_KEY, _one_till.url) as opened:
        yield opened


@pytest.fixture
async def till(_one_till: Till) -> Till:
    """What a test does at the gateway without our client: the session's sandbox, emptied but for one customer."""
    _one_till.sandbox.world.reset()
    await _one_till.open()
    return _one_till
