"""``python -m starter.api``: serve the API as the settings say, until asked to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from urllib.parse import urlsplit

import asyncpg  # type: ignore[import-untyped, unused-ignore]
import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from casewright import logs
from casewright.client import Client, Unavailable
from casewright.handbook import Handbook
from casewright.identity import PeopleError, sync_people
from casewright.links import Links
from casewright.policy.problems import PolicyError
from casewright.records import pool as pools
from casewright.records import tempo as tempos
from casewright.records.pool import WrongRole
from casewright.records.postgres import Pool
from casewright.records.watcher import JournalWatcher
from casewright.settings import Settings, in_words
from casewright.telemetry.core import set_up_core
from casewright.telemetry.exporting import exporting
from starter.api.app import create_app
from starter.api.observing import observe

SERVICE = "api"
POOL_SIZE = 20
DATABASE_SECONDS = 5.0
"""For a statement: what the API asks takes milliseconds, and a caller is better off with a clear no."""
LEAVE_SECONDS = 10
log = logging.getLogger("casewright.api")
_CANNOT_START = (
    Unavailable,
    PeopleError,
    PolicyError,
    WrongRole,
    tempos.TempoChanged,
    OSError,
    asyncpg.PostgresError,
    ValueError,
)


async def serve(settings: Settings) -> None:
    """Serve at the address of ``CASEWRIGHT_API_URL``."""
    if not settings.intake_key.get_secret_value():
        raise ValueError("CASEWRIGHT_INTAKE_KEY is empty: without it anybody could guess tickets' ids")
    handbook = Handbook.load(settings.handbook)
    url = settings.database_url.get_secret_value()
    pool = await pools.connect(url, max_size=POOL_SIZE, patience=DATABASE_SECONDS)
    try:
        async with pool.acquire() as connection:
            await tempos.settle(connection, settings.tempo)
        async with JournalWatcher(pool, url) as watcher:
            if settings.people is not None:
                await sync_people(pool, settings.people, handbook.organisation.roles)
            client = await Client.connect(settings, pool=pool, watcher=watcher)
            # Not uvicorn's access log: it has callers' network addresses and whole queries.
            place = urlsplit(settings.api_url)
            config = uvicorn.Config(
                observe(_app(client, pool, handbook, settings), settings),
                host=place.hostname or "127.0.0.1",
                port=place.port or 8080,
                lifespan="off",
                access_log=False,
                server_header=False,
                log_config=None,
                timeout_graceful_shutdown=LEAVE_SECONDS,
            )
            # uvicorn raises the signal that ended it once more; we have things to close first.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: None)
            await uvicorn.Server(config).serve()
    finally:
        await pool.close()


def _app(client: Client, pool: Pool, handbook: Handbook, settings: Settings) -> FastAPI:
    links = Links.under(settings.link_key.get_secret_value())
    if links is None:
        log.warning("nobody can approve or rate by a link: set CASEWRIGHT_LINK_KEY, here and for the worker")
    return create_app(client, pool, handbook, links=links, pages_url=settings.pages_url)


async def _observed(settings: Settings) -> None:
    async with exporting(settings, SERVICE):
        await serve(settings)


def main() -> int:
    """Serve, or say in one line why not."""
    logs.configure(SERVICE)
    try:
        settings = Settings()
    except ValidationError as refused:
        log.error("can't start: %s", in_words(refused))
        return 1
    logs.configure(SERVICE, settings.log_format)
    set_up_core(settings)
    try:
        asyncio.run(_observed(settings))
    except KeyboardInterrupt:
        return 0
    except _CANNOT_START as error:
        log.error("can't start: %s: %s", type(error).__name__, error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
