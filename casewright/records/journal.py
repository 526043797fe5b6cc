"""The journal: rows are added once, never changed; the read table is folded in the same transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from casewright.domain.events import EventRow
from casewright.records.postgres import Connection, Pool
from casewright.records.ticket_log import JournalConflict, open_log

__all__ = ["JournalConflict", "append", "exists", "flush", "transaction"]

_CONFLICT = "INSERT INTO journal_conflict (ticket, seq, stored, offered) VALUES ($1, $2, $3, $4)"


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """A transaction; a JournalConflict that ends it is recorded in another one before it goes on."""
    try:
        async with pool.acquire() as connection, connection.transaction():
            yield connection
    except JournalConflict as conflict:
        async with pool.acquire() as connection:
            await connection.execute(_CONFLICT, conflict.ticket, conflict.seq, conflict.stored, conflict.offered)
        raise


async def flush(pool: Pool, rows: Sequence[EventRow]) -> None:
    """Append in a transaction of its own.

    Raises:
        JournalConflict: see ``append``; it is recorded.
    """
    async with transaction(pool) as connection:
        await append(connection, rows)


async def append(connection: Connection, rows: Sequence[EventRow]) -> None:
    """Add rows of one ticket, inside the caller's transaction; those that are stored already must be identical.

    Raises:
        JournalConflict: a stored row differs; roll back (``transaction`` does, and records it).
    """
    if not rows:
        return
    log = await open_log(connection, rows[0].ticket, [row.seq for row in rows])
    await log.write(log.missing(rows))


async def exists(connection: Connection, ticket: str) -> bool:
    """Whether the ticket was ever journalled: so a resend is answered after its workflow's history is gone."""
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM ticket WHERE id = $1)", ticket))
