"""An empty sandbox for each test, and our own clients of its gateway and of the smaller systems."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from activities.gateway.client import Gateway, connected
from activities.outside import Outside, outside
from sandbox import running_sandbox
from tests.activities.neighbours import Neighbours, OddSystem, odd_system, settings_for
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


@pytest.fixture(scope="session")
async def _ours(_one_till: Till) -> AsyncIterator[Outside]:
    async with outside(settings_for(_one_till.url)) as opened:
        yield opened


@pytest.fixture
async def neighbours(_one_till: Till, _ours: Outside) -> Neighbours:
    """The smaller systems, emptied, and our clients of them."""
    _one_till.sandbox.world.reset()
    return Neighbours(_one_till.sandbox, _one_till.http, _ours)


@pytest.fixture(scope="session")
async def _one_odd() -> AsyncIterator[tuple[OddSystem, Outside]]:
    async with odd_system() as opened:
        yield opened


@pytest.fixture
def odd(_one_odd: tuple[OddSystem, Outside]) -> tuple[OddSystem, Outside]:
    """A system that answers whatever a test wants, and our clients of it."""
    _one_odd[0].forget()
    return _one_odd
