"""Migrations and roles."""

import asyncio
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from casewright.embedded.postgres import PostgresUrls, create_database, drop_database
from casewright.records import pool as pools
from casewright.records.migrations import MigrationError, apply, migrate, require_applied, shipped


async def test_many_processes_may_migrate_at_once(postgres: PostgresUrls) -> None:
    urls = await create_database(postgres, "migrated_at_once")
    await asyncio.gather(*(migrate(urls.owner) for _ in range(4)))
    connection = await asyncpg.connect(urls.owner)
    assert await connection.fetchval("SELECT count(*) FROM schema_migration") == len(shipped())
    await connection.close()
    await drop_database(postgres, "migrated_at_once")


async def test_a_migration_that_was_edited_after_it_was_applied_is_refused(owner: Any) -> None:
    first, *others = shipped()
    transaction = owner.transaction()
    await transaction.start()
    with pytest.raises(MigrationError, match=r"0001_journal\.sql was edited after it was applied"):
        await apply(owner, [replace(first, sql=first.sql + "-- a word more"), *others])
    await transaction.rollback()


async def test_a_new_migration_is_applied_once_and_never_below_those_applied(owner: Any) -> None:
    new = replace(shipped()[0], number=9999, name="9999_new.sql", sql="CREATE TABLE new ()")
    low = replace(new, number=0, name="0000_low.sql")
    transaction = owner.transaction()
    await transaction.start()
    await apply(owner, [*shipped(), new])
    await apply(owner, [*shipped(), new])
    with pytest.raises(MigrationError, match="numbered below 9999"):
        await apply(owner, [low, *shipped(), new])
    await transaction.rollback()


async def test_an_older_release_may_run_on_a_newer_schema(owner: Any) -> None:
    transaction = owner.transaction()
    await transaction.start()
    await apply(owner, shipped()[:-1])
    await transaction.rollback()


async def test_a_login_that_can_never_be_the_application_gets_no_pool(database: PostgresUrls) -> None:
    with pytest.raises(pools.WrongRole, match="may not become casewright_app"):
        await pools.connect(database.owner, max_size=1)


async def test_a_login_that_may_become_the_application_always_is_it(database: PostgresUrls, owner: Any) -> None:
    # Another role stands for the application: that of the server belongs to its superuser.
    await owner.execute("CREATE ROLE stand_in")
    await owner.execute("GRANT stand_in TO current_user WITH SET TRUE, INHERIT FALSE")
    original = pools.APPLICATION_ROLE
    pools.APPLICATION_ROLE = "stand_in"
    try:
        pool = await pools.connect(database.owner, max_size=1)
        for _ in range(2):
            async with pool.acquire() as connection:
                assert await connection.fetchval("SELECT current_user") == "stand_in"
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute("DELETE FROM journal")
        await pool.close()
    finally:
        pools.APPLICATION_ROLE = original
        await owner.execute("DROP ROLE stand_in")


async def test_the_applications_login_makes_sure_of_the_migrations_and_applies_none(
    postgres: PostgresUrls, database: PostgresUrls
) -> None:
    await migrate(database.application)
    empty = await create_database(postgres, "never_migrated")
    try:
        with pytest.raises(MigrationError, match="run `casewright setup database`"):
            await migrate(empty.application)
    finally:
        await drop_database(postgres, "never_migrated")


async def test_the_applications_login_refuses_what_is_missing_or_edited(app: Any) -> None:
    first, *others = shipped()
    await require_applied(app, others)
    with pytest.raises(MigrationError, match="was edited after it was applied"):
        await require_applied(app, [replace(first, sql=first.sql + "-- a word more")])
    with pytest.raises(MigrationError, match=r"9999_new\.sql isn't applied"):
        await require_applied(app, [first, *others, replace(first, number=9999, name="9999_new.sql")])
