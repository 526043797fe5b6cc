"""The application's connections, which can never do more than the application's role may."""

from __future__ import annotations

import asyncpg  # type: ignore[import-untyped, unused-ignore]

from casewright.records.postgres import Connection, Pool

APPLICATION_ROLE = "casewright_app"
_CONNECT_SECONDS = 60.0

_STANDING = """
SELECT current_user = $1 AS already, pg_has_role(current_user, oid, 'SET') AS may_become
FROM pg_roles WHERE rolname = $1
"""


class WrongRole(RuntimeError):
    """The login can't act as the application's role, so the grants that protect journal and ledger wouldn't bind."""


async def connect(url: str, *, max_size: int = 10, patience: float | None = None) -> Pool:
    """A pool whose connections all act as ``casewright_app``, whoever logs in.

    Args:
        url: Whom to log in as, and where.
        max_size: How many connections at most.
        patience: Seconds for each statement, and again for calling off one that is late: without it, whoever gives up
            on a database that fell silent waits for minutes all the same. None: statements may take as long as they do.

    Raises:
        WrongRole: the login is neither that role nor may become it.
    """
    pool: Pool = await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=max_size,
        init=_become,
        reset=_leave_as_is,
        timeout=patience or _CONNECT_SECONDS,
        command_timeout=patience,
    )
    return pool


async def _become(connection: Connection) -> None:
    standing = await connection.fetchrow(_STANDING, APPLICATION_ROLE)
    if standing is None:
        raise WrongRole(f"the role {APPLICATION_ROLE} doesn't exist: run the migrations first")
    if standing["already"]:
        return
    if not standing["may_become"]:
        raise WrongRole(f"this login may not become {APPLICATION_ROLE}: log in as it, or GRANT it to this login")
    await connection.execute(f"SET ROLE {APPLICATION_ROLE}")


async def _leave_as_is(connection: Connection) -> None:
    """No RESET ALL: we keep no settings on a connection, and it would be one more round trip for each use."""
