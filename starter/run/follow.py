"""After the samples: a line whenever any ticket moves, one's own included, and for all that time brings about."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from casewright.domain.tempo import Tempo
from casewright.records import reads
from casewright.records.postgres import Pool
from casewright.records.views import TicketSummary
from starter.run.moves import by_time

_EVERY_SECONDS = 1.0


async def follow(pool: Pool, tempo: Tempo, since: datetime, tell: Callable[[str], None]) -> None:
    """Tell of the newest tickets' moves, and of what time brought about since an instant; returns never."""
    follower = Follower(pool, tempo, since)
    while True:
        for said in await follower.look():
            tell(said)
        await asyncio.sleep(_EVERY_SECONDS)


class Follower:
    """Looks again and again, and says each thing once."""

    def __init__(self, pool: Pool, tempo: Tempo, since: datetime) -> None:
        self._pool, self._tempo, self._since = pool, tempo, since
        self._seen: dict[str, TicketSummary] | None = None
        self._told: dict[str, TicketSummary] = {}
        self._rows_told: set[tuple[str, int]] = set()

    async def look(self) -> list[str]:
        """What is new since the last look, in the order in which it happened."""
        newest = (await reads.tickets(self._pool, limit=reads.MAX_PAGE)).tickets
        lines: list[tuple[datetime, str]] = []
        for ticket in newest:
            before = (self._seen or {}).get(ticket.id)
            if ticket != before:
                lines += await self._brought(ticket)
            elif _moved(self._told.get(ticket.id), ticket):
                lines.append((ticket.updated_at, words(ticket, self._tempo)))
                self._told[ticket.id] = ticket
        if self._seen is None:
            self._told = {ticket.id: ticket for ticket in newest}
        self._seen = {ticket.id: ticket for ticket in newest}
        return [line for _, line in sorted(lines)]

    async def _brought(self, ticket: TicketSummary) -> list[tuple[datetime, str]]:
        lines = []
        for row, said in by_time(await reads.rows(self._pool, ticket.id), self._since):
            if (ticket.id, row.seq) not in self._rows_told:
                self._rows_told.add((ticket.id, row.seq))
                lines.append((row.at, f"{_at(row.at, self._tempo)} {ticket.id} {said}"))
        return lines


def words(ticket: TicketSummary, tempo: Tempo) -> str:
    """Where a ticket has come to, in one line."""
    at = _at(ticket.updated_at, tempo)
    return f"{at} {ticket.id} {ticket.standing}, {ticket.rule or 'not decided'}; waits for {ticket.waits_for}"


def _at(instant: datetime, tempo: Tempo) -> str:
    """When by the clock on the wall, or on which day when days fly."""
    return instant.astimezone().strftime("%H:%M:%S") if tempo.speed == 1 else instant.strftime("%Y-%m-%d %H:%M")


def _moved(told: TicketSummary | None, now: TicketSummary) -> bool:
    """Whether it came to rest somewhere else. What lasts for less than a look is told by its results alone."""
    if told is None:
        return True
    return (told.standing, told.rule, told.waits_for) != (now.standing, now.rule, now.waits_for)
