"""Absences: who is away from when until when, and who stands in for them meanwhile (RULES §5). Nothing is changed: an
absence that ends before its time gets a record of that."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict, Field

from casewright.domain.model import Frozen
from casewright.domain.people import PersonId
from casewright.records.postgres import Connection, Record

MAX_SHOWN = 200
_COLUMNS = """
SELECT absence.id, absence.person, absence.deputy, absence."from", absence.until, absence.set_by, absence.at,
       ended.ended_by, ended.at AS ended_at
FROM absence LEFT JOIN absence_ended AS ended ON ended.absence = absence.id
"""
_SET = """
INSERT INTO absence (person, deputy, "from", until, set_by, at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
"""
_END = "INSERT INTO absence_ended (absence, ended_by, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING at"
_KNOWN = f"""{_COLUMNS} WHERE (absence.person, absence.deputy, absence."from", absence.until) = ($1, $2, $3, $4)
             AND ended.at IS NULL"""
# One at a time, so that two requests that are sent twice stay one absence; any number that nobody else locks.
_TURN = "SELECT pg_advisory_xact_lock(hashtext('absence'))"


class Absence(Frozen):
    """Somebody away, and their deputy."""

    model_config = ConfigDict(serialize_by_alias=True)

    id: int
    person: PersonId
    deputy: PersonId
    since: datetime = Field(alias="from")
    until: datetime
    """Up to, and no longer at, this instant."""
    set_by: PersonId
    at: datetime
    ended_by: PersonId | None = None
    """Who ended it before its time."""
    ended_at: datetime | None = None

    def lasts(self, now: datetime) -> bool:
        """Whether the deputy stands in now."""
        return self.ended_at is None and self.since <= now < self.until

    def is_over(self, now: datetime) -> bool:
        """Whether nothing more will come of it."""
        return self.ended_at is not None or self.until <= now


async def set_absence(
    connection: Connection, person: str, deputy: str, since: datetime, until: datetime, *, set_by: str, at: datetime
) -> Absence:
    """Name a deputy for a time; the very same again is the same absence. Person and deputy must be known.

    Raises:
        asyncpg.IntegrityConstraintViolationError: they are one, unknown, or the time is none.
    """
    async with connection.transaction():
        await connection.execute(_TURN)
        known = await connection.fetchrow(_KNOWN, person, deputy, since, until)
        if known is not None:
            return _absence(known)
        found = await get(connection, await connection.fetchval(_SET, person, deputy, since, until, set_by, at))
        assert found is not None
        return found


async def end(connection: Connection, id: int, *, ended_by: str, at: datetime) -> bool:
    """End an absence now, or call it off; False: it had been ended before."""
    return await connection.fetchval(_END, id, ended_by, at) is not None


async def get(connection: Connection, id: int) -> Absence | None:
    """One, or None."""
    row = await connection.fetchrow(f"{_COLUMNS} WHERE absence.id = $1", id)
    return _absence(row) if row is not None else None


async def listed(connection: Connection, now: datetime, *, all: bool = False) -> list[Absence]:
    """Those that last or are to come, soonest first; ``all``: the latest, those that are over too, newest first."""
    if all:
        rows = await connection.fetch(f"{_COLUMNS} ORDER BY absence.id DESC LIMIT {MAX_SHOWN}")
    else:
        current = f'{_COLUMNS} WHERE ended.at IS NULL AND absence.until > $1 ORDER BY absence."from", absence.id'
        rows = await connection.fetch(current, now)
    return [_absence(row) for row in rows]


def _absence(row: Record) -> Absence:
    return Absence.model_validate(dict(row))
