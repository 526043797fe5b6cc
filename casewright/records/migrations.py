"""The schema: numbered SQL files, applied once each, in order, and never edited afterwards."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib import resources

import asyncpg  # type: ignore[import-untyped, unused-ignore]

from casewright.records.pool import APPLICATION_ROLE
from casewright.records.postgres import Connection, Record

_LOCK = 0x0CA5E  # any number that nobody else locks in this database
_NAME = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")
_APPLIED = f"""
CREATE TABLE IF NOT EXISTS schema_migration (
    number     integer PRIMARY KEY,
    name       text NOT NULL,
    hash       text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON schema_migration TO {APPLICATION_ROLE};
"""
# Roles belong to the server, not to the database: another database's migration may create it at the same moment.
_ROLE = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
        CREATE ROLE {APPLICATION_ROLE} NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
"""
# So that a pool on the owner's own login can become the application. Who may not grant it must log in as it.
_MEMBERSHIP = f"""
DO $$ BEGIN
    IF NOT pg_has_role(current_user, '{APPLICATION_ROLE}', 'SET') THEN
        EXECUTE format('GRANT {APPLICATION_ROLE} TO %I WITH SET TRUE, INHERIT FALSE', current_user);
    END IF;
EXCEPTION WHEN insufficient_privilege THEN NULL;
END $$;
"""


class MigrationError(RuntimeError):
    """The database and the migrations disagree."""


@dataclass(frozen=True)
class Migration:
    """One numbered file."""

    number: int
    name: str
    sql: str

    @property
    def hash(self) -> str:
        """SHA-256 of its text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def shipped() -> list[Migration]:
    """The migrations that come with this release, in order."""
    folder = resources.files("casewright.records") / "schema"
    files = [(match, file) for file in folder.iterdir() if (match := _NAME.match(file.name))]
    found = [Migration(int(match[1]), file.name, file.read_text(encoding="utf-8")) for match, file in files]
    return sorted(found, key=lambda migration: migration.number)


async def migrate(url: str) -> None:
    """Bring the database to this release's schema, or leave it as it was. Safe to run from many processes at once.

    The application's own login may change nothing, so as it this only makes sure that the owner has been here.

    Raises:
        MigrationError: a migration was edited after it was applied, or came in below one that was applied; as the
            application: one is missing.
    """
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            if await connection.fetchval("SELECT current_user") == APPLICATION_ROLE:
                await require_applied(connection, shipped())
            else:
                await apply(connection, shipped())
    finally:
        await connection.close()


async def apply(connection: Connection, migrations: list[Migration]) -> None:
    """Apply those that are missing, inside the caller's transaction.

    Raises:
        MigrationError: see ``migrate``.
    """
    await connection.fetchval("SELECT pg_advisory_xact_lock($1::bigint)", _LOCK)
    await connection.execute(_ROLE + _MEMBERSHIP + _APPLIED)
    applied = await _applied(connection)
    newest = max(applied, default=0)
    for migration in migrations:
        known = applied.get(migration.number)
        if known is not None:
            _require_unedited(migration, known["name"], known["hash"])
            continue
        if migration.number < newest:
            raise MigrationError(f"{migration.name} is numbered below {newest}, which is applied: give it a new number")
        await connection.execute(migration.sql)
        await connection.execute(
            "INSERT INTO schema_migration (number, name, hash) VALUES ($1, $2, $3)",
            migration.number,
            migration.name,
            migration.hash,
        )


async def require_applied(connection: Connection, migrations: list[Migration]) -> None:
    """Make sure that all of them are applied; a newer schema will do.

    Raises:
        MigrationError: one is missing, or was edited after it was applied.
    """
    known = await connection.fetchval("SELECT to_regclass('schema_migration') IS NOT NULL")
    applied = await _applied(connection) if known else {}
    for migration in migrations:
        row = applied.get(migration.number)
        if row is None:
            raise MigrationError(
                f"{migration.name} isn't applied, and {APPLICATION_ROLE} may not: run `casewright setup database`"
            )
        _require_unedited(migration, row["name"], row["hash"])


async def _applied(connection: Connection) -> dict[int, Record]:
    rows = await connection.fetch("SELECT number, name, hash FROM schema_migration")
    return {row["number"]: row for row in rows}


def _require_unedited(migration: Migration, name: str, content_hash: str) -> None:
    if content_hash != migration.hash:
        raise MigrationError(
            f"{migration.name} was edited after it was applied (as {name}): restore it, and put the change in a new one"
        )
