"""The journal as the client reads it: optional, and never the reason why a ticket can't be submitted."""

from __future__ import annotations

import logging

import asyncpg  # type: ignore[import-untyped, unused-ignore]

from casewright.client.errors import Unavailable
from casewright.client.limits import within
from casewright.records import journal, reads
from casewright.records.postgres import Pool
from casewright.records.views import TicketView
from casewright.records.watcher import JournalWatcher

log = logging.getLogger(__name__)

FAILURES = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What a database that is down or overworked raises."""
LOOK_SECONDS = 3.0


class JournalReader:
    """Looks and waits, where there is a database."""

    def __init__(self, pool: Pool | None, watcher: JournalWatcher | None) -> None:
        self.pool, self.watcher = pool, watcher

    async def knows(self, ticket: str) -> bool:
        """Whether the ticket was ever journalled; False too when nobody can tell."""
        if self.pool is None:
            return False
        try:
            return await within(LOOK_SECONDS, _exists(self.pool, ticket))
        except FAILURES as error:
            # Temporal knows what it started for as long as it keeps histories: days on which the database may be down.
            log.warning("the journal can't be asked for %s: %s", ticket, type(error).__name__)
            return False

    async def view(self, ticket: str) -> TicketView | None:
        """The ticket as its journal adds up, or None.

        Raises:
            Unavailable: the database doesn't answer.
        """
        if self.pool is None:
            return None
        try:
            return await within(LOOK_SECONDS, reads.ticket(self.pool, ticket))
        except FAILURES as error:
            raise Unavailable("the journal's database gave no answer") from error

    async def has(self, ticket: str, seq: int, seconds: float) -> bool:
        """Wait until the row is in the journal; False when it isn't in time, or nobody can tell."""
        if self.watcher is None:
            return False
        try:
            await within(seconds, self.watcher.wait_for(ticket, seq, seconds))
        except FAILURES as error:
            log.warning("row %d of %s isn't known to be journalled: %s", seq, ticket, type(error).__name__)
            return False
        return True


async def _exists(pool: Pool, ticket: str) -> bool:
    async with pool.acquire() as connection:
        return await journal.exists(connection, ticket)
