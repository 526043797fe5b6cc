"""An empty sandbox for each test, with the clients that its users have."""

from collections.abc import AsyncIterator

import httpx
import pytest
import stripe

from sandbox import RunningSandbox, running_sandbox
from tests.sandbox.seed import NOON, SEED, official_client


@pytest.fixture(scope="session")
async def _one_sandbox() -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(clock=lambda: NOON) as running:
        yield running


@pytest.fixture
def own_sandbox(_one_sandbox: RunningSandbox) -> RunningSandbox:
    """An empty sandbox: the session's one, emptied, as starting servers takes longer than most tests."""
    _one_sandbox.world.reset()
    return _one_sandbox


@pytest.fixture
async def own_admin(own_sandbox: RunningSandbox) -> AsyncIterator[httpx.AsyncClient]:
    """The admin API of a sandbox that holds ``SEED``."""
    async with httpx.AsyncClient(base_url=own_sandbox.http_url) as client:
        (await client.post("/_sandbox/seed", json=SEED)).raise_for_status()
        yield client


@pytest.fixture
async def own_gateway(own_sandbox: RunningSandbox, own_admin: httpx.AsyncClient) -> AsyncIterator[stripe.StripeClient]:
    async with official_client(own_sandbox.http_url) as client:
        yield client
