"""The time that tickets live in is settled once, with the data."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from casewright.domain.tempo import WALL_CLOCK, Tempo
from casewright.records.migrations import apply, shipped
from casewright.records.postgres import Connection, Pool
from casewright.records.tempo import TempoChanged, settle

EPOCH = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)
HOUR_A_SECOND = Tempo(epoch=EPOCH, speed=3600)


async def test_a_tempo_that_is_settled_may_be_settled_again(app: Connection) -> None:
    await settle(app, HOUR_A_SECOND)
    await settle(app, HOUR_A_SECOND)
    assert await app.fetchval("SELECT count(*) FROM tempo") == 1


@pytest.mark.parametrize(
    "asked",
    [
        WALL_CLOCK,
        Tempo(epoch=EPOCH, speed=60),
        Tempo(epoch=datetime(2026, 3, 3, tzinfo=UTC), speed=3600),
    ],
    ids=["the wall clock", "another speed", "another epoch"],
)
async def test_another_tempo_on_kept_data_is_refused(app: Connection, asked: Tempo) -> None:
    await settle(app, HOUR_A_SECOND)
    with pytest.raises(TempoChanged) as refused:
        await settle(app, asked)
    words = str(refused.value)
    assert "CASEWRIGHT_SPEED=3600 and CASEWRIGHT_EPOCH=2026-03-02T12:00:00.123456+00:00" in words
    assert f"speed {asked.speed:g}" in words
    assert "FRESH=1" in words
    assert [tuple(row.values()) for row in await app.fetch("SELECT epoch, speed FROM tempo")] == [(EPOCH, 3600)]


async def test_a_speed_on_data_of_the_wall_clock_is_refused(app: Connection) -> None:
    await settle(app, WALL_CLOCK)
    with pytest.raises(TempoChanged, match=r"by the wall clock \(speed 1\), and asked for was at speed 3600"):
        await settle(app, HOUR_A_SECOND)


async def test_no_epoch_counts_at_speed_1(app: Connection) -> None:
    await settle(app, WALL_CLOCK)
    await settle(app, Tempo(epoch=EPOCH))


async def test_of_many_that_settle_at_once_one_tempo_is_kept(pool: Pool) -> None:
    async def settled(tempo: Tempo) -> bool:
        async with pool.acquire() as connection:
            try:
                await settle(connection, tempo)
            except TempoChanged:
                return False
        return True

    speeds = [60.0, 3600.0] * 4
    taken = await asyncio.gather(*(settled(Tempo(epoch=EPOCH, speed=speed)) for speed in speeds))
    assert len({speed for speed, was in zip(speeds, taken, strict=True) if was}) == 1


async def test_nobody_changes_it_afterwards(app: Connection, owner: Any) -> None:
    await settle(app, HOUR_A_SECOND)
    for statement in ("UPDATE tempo SET speed = 1", "DELETE FROM tempo"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(statement)
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="tempo is append-only"):
            await owner.execute(statement)


async def test_tickets_of_earlier_releases_have_lived_by_the_wall_clock(owner: Any) -> None:
    transaction = owner.transaction()
    await transaction.start()
    try:
        await owner.execute("DROP TABLE tempo")
        await owner.execute("DELETE FROM schema_migration WHERE name = '0004_tempo.sql'")
        await owner.execute(
            "INSERT INTO journal (ticket, seq, position, at, actor, type, body, prev_hash, hash) "
            "VALUES ('T-1', 1, 1, now(), 'system', 'submitted', '{}', '', '')"
        )
        await owner.execute("DELETE FROM schema_migration WHERE number > 4")
        await apply(owner, [migration for migration in shipped() if migration.number <= 4])
        with pytest.raises(TempoChanged):
            await settle(owner, HOUR_A_SECOND)
    finally:
        await transaction.rollback()
