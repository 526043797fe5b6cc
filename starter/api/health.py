"""Whether the API is up, and whether what it needs is."""

from __future__ import annotations

import asyncio
from typing import Literal

import asyncpg  # type: ignore[import-untyped, unused-ignore]
from fastapi import APIRouter, Response
from temporalio.service import RPCError

from casewright.domain.model import Frozen
from starter.api.parts import Parts, TheParts
from starter.api.problems import RETRY_SECONDS

router = APIRouter(tags=["operations"])
ASK_SECONDS = 5.0
Answer = Literal["up", "down"]


class Health(Frozen):
    """This process answers."""

    status: Literal["up"] = "up"


class Readiness(Frozen):
    """What was asked just now, and answered or not."""

    database: Answer
    temporal: Answer


@router.get("/health", summary="Whether this process answers")
async def health() -> Health:
    """Asks nobody else: a restart would cure nothing."""
    return Health()


@router.get(
    "/ready",
    summary="Whether requests can be served: asks the database and Temporal",
    responses={503: {"model": Readiness, "description": "Something gives no answer."}},
)
async def ready(parts: TheParts, response: Response) -> Readiness:
    """503 while something gives no answer."""
    database, temporal = await asyncio.gather(_database(parts), _temporal(parts))
    if "down" in (database, temporal):
        response.status_code = 503
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return Readiness(database=database, temporal=temporal)


async def _database(parts: Parts) -> Answer:
    try:
        async with asyncio.timeout(ASK_SECONDS), parts.pool.acquire() as connection:
            await connection.fetchval("SELECT 1")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return "down"
    return "up"


async def _temporal(parts: Parts) -> Answer:
    try:
        async with asyncio.timeout(ASK_SECONDS):
            healthy = await parts.client.temporal.service_client.check_health()
    except (RPCError, RuntimeError, TimeoutError):
        return "down"
    return "up" if healthy else "down"
