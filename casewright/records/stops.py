"""Emergency stops of a policy or a whole category (RULES §8): set and lifted explicitly, each time on record."""

from __future__ import annotations

from datetime import datetime

from casewright.domain.model import Frozen
from casewright.records.postgres import Connection

_SET = "INSERT INTO emergency_stop_log (scope, action, person, reason, at) VALUES ($1, 'set', $2, $3, $4)"
_LIFT = """
INSERT INTO emergency_stop_log (scope, action, person, reason, at)
SELECT $1, 'lift', $2, $3, $4 WHERE EXISTS (SELECT FROM emergency_stop WHERE scope = $1)
"""
_ACTIVE = "SELECT scope, person, reason, at FROM emergency_stop ORDER BY scope"


class EmergencyStop(Frozen):
    """A stop in force."""

    scope: str
    """A policy (``A.1``) or a category (``A``)."""
    person: str
    reason: str
    at: datetime


async def set_stop(connection: Connection, scope: str, person: str, reason: str, at: datetime) -> None:
    """No side effect of these policies from now on; the latest reason counts."""
    await connection.execute(_SET, scope, person, reason, at)


async def lift_stop(connection: Connection, scope: str, person: str, reason: str, at: datetime) -> bool:
    """Allow side effects again, resuming nothing; False: this scope wasn't stopped (another one may still hold)."""
    return await connection.execute(_LIFT, scope, person, reason, at) == "INSERT 0 1"


async def active_stops(connection: Connection) -> list[EmergencyStop]:
    """The stops in force."""
    return [EmergencyStop.model_validate(dict(row)) for row in await connection.fetch(_ACTIVE)]
