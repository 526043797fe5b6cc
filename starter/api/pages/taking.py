"""Whether what a link brings was taken before: the journal tells, long after Temporal has forgotten."""

from __future__ import annotations

from casewright.records import reads
from starter.api.parts import Parts


async def was_taken(parts: Parts, ticket: str, act: str) -> bool:
    """Whether the ticket has rows of this act."""
    return any(row.act == act for row in await reads.rows(parts.pool, ticket))
