"""The journal: rows are added once, never changed; the read table is folded in the same transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from casewright.domain.events import EventRow
from casewright.domain.state import TicketState
from casewright.records.postgres import Connection, Pool
from casewright.records.ticket_log import JournalConflict, open_log
from casewright.telemetry.counting import count_stored

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


async def flush(pool: Pool, rows: Sequence[EventRow], now: datetime | None = None) -> None:
    """Append in a transaction of its own, and count what was new; ``now`` is the instant in the ticket's time.

    Raises:
        JournalConflict: see ``append``; it is recorded, and the rows that contradict nothing are stored all the same.
    """
    first: JournalConflict | None = None
    while True:
        try:
            async with transaction(pool) as connection:
                added, state = await append(connection, rows)
        except JournalConflict as conflict:
            first = first or conflict
            rows = [row for row in rows if row.seq != conflict.seq]
            continue
        count_stored(added, state, now)
        if first is not None:
            raise first
        return


async def append(connection: Connection, rows: Sequence[EventRow]) -> tuple[Sequence[EventRow], TicketState | None]:
    """Add rows of one ticket, inside the caller's transaction; those that are stored already must be identical.

    Returns those that were added, and the ticket's state after them as ``TicketLog.write`` has it.

    Raises:
        JournalConflict: a stored row differs; roll back (``transaction`` does, and records it).
    """
    if not rows:
        return (), None
    log = await open_log(connection, rows[0].ticket, [row.seq for row in rows])
    missing = log.missing(rows)
    return missing, await log.write(missing)


async def exists(connection: Connection, ticket: str) -> bool:
    """Whether the ticket was ever journalled: so a resend is answered after its workflow's history is gone."""
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM ticket WHERE id = $1)", ticket))
