"""Policy versions: what was loaded stays readable for ever, and is never edited."""

from __future__ import annotations

from datetime import datetime

from casewright.domain.model import Frozen
from casewright.domain.ticket import PolicyId
from casewright.records.postgres import Connection

_REGISTER = """
INSERT INTO policy_version (policy, version, content, hash, effective_from) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (policy, version) DO NOTHING
"""
_COLUMNS = "policy, version, content, hash, effective_from"


class PolicyVersion(Frozen):
    """One version of a policy, as it was loaded."""

    policy: PolicyId
    version: int
    content: str
    """The file's text."""
    hash: str
    effective_from: datetime


class PolicyEdited(RuntimeError):
    """A policy version that was loaded before has another content now."""


async def register(connection: Connection, loaded: PolicyVersion) -> None:
    """Keep a version; the same one again changes nothing.

    Raises:
        PolicyEdited: it was loaded before, with another content.
    """
    await connection.execute(
        _REGISTER, loaded.policy, loaded.version, loaded.content, loaded.hash, loaded.effective_from
    )
    kept = await get(connection, loaded.policy, loaded.version)
    if kept is not None and (kept.hash, kept.effective_from) != (loaded.hash, loaded.effective_from):
        raise PolicyEdited(
            f"policy {loaded.policy} version {loaded.version} was edited after it was loaded; "
            f"a change is a new version: restore this one, and number yours {loaded.version + 1} or higher"
        )


async def get(connection: Connection, policy: str, version: int) -> PolicyVersion | None:
    """One version, or None."""
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM policy_version WHERE policy = $1 AND version = $2", policy, version
    )
    return PolicyVersion.model_validate(dict(row)) if row is not None else None


async def versions(connection: Connection, policy: str) -> list[PolicyVersion]:
    """All versions of a policy, oldest first."""
    rows = await connection.fetch(f"SELECT {_COLUMNS} FROM policy_version WHERE policy = $1 ORDER BY version", policy)
    return [PolicyVersion.model_validate(dict(row)) for row in rows]
