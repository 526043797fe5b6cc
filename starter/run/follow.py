"""After the samples: a line whenever any ticket moves, one's own included."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from casewright.domain.tempo import Tempo
from casewright.records import reads
from casewright.records.postgres import Pool
from casewright.records.views import TicketSummary

_EVERY_SECONDS = 1.0


async def follow(pool: Pool, tempo: Tempo, tell: Callable[[str], None]) -> None:
    """Tell of the newest tickets' moves; returns never."""
    known = {ticket.id: ticket for ticket in await _newest(pool)}
    while True:
        await asyncio.sleep(_EVERY_SECONDS)
        for ticket in reversed(await _newest(pool)):
            before = known.get(ticket.id)
            if before is None or _moved(before, ticket):
                tell(words(ticket, tempo))
            known[ticket.id] = ticket


def words(ticket: TicketSummary, tempo: Tempo) -> str:
    """A ticket's move in one line: when by the clock on the wall, or on which day when days fly."""
    moved = ticket.updated_at
    at = moved.astimezone().strftime("%H:%M:%S") if tempo.speed == 1 else moved.strftime("%Y-%m-%d %H:%M")
    return f"{at} {ticket.id} {ticket.standing}, {ticket.rule or 'not decided'}; waits for {ticket.waits_for}"


def _moved(before: TicketSummary, after: TicketSummary) -> bool:
    return (before.standing, before.rule, before.waits_for) != (after.standing, after.rule, after.waits_for)


async def _newest(pool: Pool) -> tuple[TicketSummary, ...]:
    return (await reads.tickets(pool, limit=reads.MAX_PAGE)).tickets
