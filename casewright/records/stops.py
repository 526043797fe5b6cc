"""Emergency stops of a policy or a whole category (RULES §8): set and lifted explicitly, each time on record."""

from __future__ import annotations

from datetime import datetime

from casewright.domain.model import Frozen
from casewright.records.postgres import Connection

MAX_SHOWN = 200
# One at a time, so that nobody sets or lifts on what is not so any more; any number that nobody else locks.
_TURN = "SELECT pg_advisory_xact_lock(hashtext('emergency_stop_log'))"
_SET = """
INSERT INTO emergency_stop_log (scope, action, person, reason, at) VALUES ($1, 'set', $2, $3, $4) RETURNING id
"""
_LIFT = """
INSERT INTO emergency_stop_log (scope, action, person, reason, at, lifts) VALUES ($1, 'lift', $2, $3, $4, $5)
"""
_STOPS = """
SELECT stop.id, stop.scope, stop.person, stop.reason, stop.at, active.id IS NOT NULL AS in_force,
       lift.person AS lifted_by, lift.reason AS lifted_because, lift.at AS lifted_at
FROM emergency_stop_log AS stop
LEFT JOIN emergency_stop AS active ON active.id = stop.id
LEFT JOIN emergency_stop_log AS lift ON lift.lifts = stop.id
WHERE stop.action = 'set' AND
"""


class EmergencyStop(Frozen):
    """A stop and what became of it. Neither in force nor lifted: a later one of the same scope replaced it."""

    id: int
    scope: str
    """A policy (``A.1``) or a category (``A``)."""
    person: str
    """Who set it."""
    reason: str
    at: datetime
    in_force: bool
    lifted_by: str | None = None
    lifted_because: str | None = None
    lifted_at: datetime | None = None


class NotInForce(Exception):
    """The stop has ended: it was lifted, or a later one of its scope replaced it."""

    def __init__(self, stop: EmergencyStop) -> None:
        super().__init__(f"the stop {stop.id} of {stop.scope} isn't in force")
        self.stop = stop


async def set_stop(connection: Connection, scope: str, person: str, reason: str, at: datetime) -> EmergencyStop:
    """No side effect of these policies from now on. It replaces an earlier stop of the scope; the same person's with
    the same reason is the same stop."""
    async with connection.transaction():
        await connection.execute(_TURN)
        for known in await active_stops(connection):
            if (known.scope, known.person, known.reason) == (scope, person, reason):
                return known
        found = await get(connection, await connection.fetchval(_SET, scope, person, reason, at))
        assert found is not None
        return found


async def lift_stop(connection: Connection, id: int, person: str, reason: str, at: datetime) -> EmergencyStop | None:
    """Allow side effects again, resuming nothing (another stop may still hold); None: there is no such stop.

    Raises:
        NotInForce: it had ended.
    """
    async with connection.transaction():
        await connection.execute(_TURN)
        stop = await get(connection, id)
        if stop is None:
            return None
        if not stop.in_force:
            raise NotInForce(stop)
        await connection.execute(_LIFT, stop.scope, person, reason, at, id)
        return await get(connection, id)


async def get(connection: Connection, id: int) -> EmergencyStop | None:
    """One stop, or None."""
    row = await connection.fetchrow(f"{_STOPS} stop.id = $1", id)
    return EmergencyStop.model_validate(dict(row)) if row is not None else None


async def active_stops(connection: Connection) -> list[EmergencyStop]:
    """The stops in force, by scope."""
    rows = await connection.fetch(f"{_STOPS} active.id IS NOT NULL ORDER BY stop.scope")
    return [EmergencyStop.model_validate(dict(row)) for row in rows]


async def all_stops(connection: Connection) -> list[EmergencyStop]:
    """The latest ones, those that have ended included, newest first."""
    rows = await connection.fetch(f"{_STOPS} true ORDER BY stop.id DESC LIMIT {MAX_SHOWN}")
    return [EmergencyStop.model_validate(dict(row)) for row in rows]
