"""A client with everything that it needs, for as long as a block lasts."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from casewright.client.client import Client
from casewright.client.errors import Unavailable
from casewright.client.journal import FAILURES
from casewright.records import pool as pools
from casewright.records.watcher import JournalWatcher
from casewright.settings import Settings


@contextlib.asynccontextmanager
async def open_client(settings: Settings) -> AsyncIterator[Client]:
    """A client with the journal's database, where the settings name one.

    Raises:
        Unavailable: Temporal or the database gives no answer.
    """
    url = settings.database_url.get_secret_value()
    if not url:
        yield await Client.connect(settings)
        return
    try:
        pool = await pools.connect(url)
    except FAILURES as error:
        raise Unavailable("the journal's database gave no answer") from error
    try:
        async with JournalWatcher(pool, url) as watcher:
            yield await Client.connect(settings, pool=pool, watcher=watcher)
    finally:
        await pool.close()
