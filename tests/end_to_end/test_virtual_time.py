"""A world whose time runs an hour a second: what it stamps and compares is its own time, not the wall clock's."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from casewright.domain import events as ev
from casewright.domain.tempo import Tempo
from casewright.embedded.postgres import PostgresUrls
from casewright.embedded.temporal import TemporalServer
from casewright.records import reads
from casewright.records.money import automatic_refunds
from casewright.settings import Settings
from tests.end_to_end.api_calls import STOPPER, open_api
from tests.world import PATIENCE, ROOT, World, running_world

PROGRAMS = {"worker": ("worker.py",), "API": ("-m", "starter.api")}
program = pytest.mark.parametrize("program", list(PROGRAMS))


@pytest.fixture
async def swift(database: PostgresUrls, temporal: TemporalServer) -> AsyncIterator[World]:
    """It began an hour ago, which were 150 days: no machine is so slow that the two times could be confused."""
    tempo = Tempo(epoch=datetime.now(UTC) - timedelta(hours=1), speed=3600)
    async with running_world(database, temporal.address, tempo=tempo) as world:
        yield world


async def test_results_facts_and_money_are_stamped_in_the_tickets_time(swift: World) -> None:
    began = swift.settings.tempo.now()
    await swift.duplicate("swift")
    ticket = await swift.submit("swift", invoice="INV-swift")
    await swift.until(ticket, "resolved")
    rows = await reads.rows(swift.pool, ticket)
    ended = swift.settings.tempo.now()
    results = [row.at for row in rows if isinstance(row.event, ev.StepDone)]
    (decision,) = [row.event.decision for row in rows if isinstance(row.event, ev.Decided)]
    (entry,) = await swift.entries(ticket)
    async with swift.pool.acquire() as connection:
        (reserved,) = await automatic_refunds(connection, "cus_swift", began, "another")
    stamps = [*results, decision.decided_at, *(fact.observed_at for fact in decision.facts), entry.at, reserved.at]
    assert results
    assert [at for at in stamps if not began <= at <= ended] == []


async def test_an_outcome_that_stays_uncertain_is_stamped_in_the_tickets_time(swift: World) -> None:
    settings = swift.settings.model_copy(update={"effect_budget_seconds": 1})
    swift.client = await type(swift.client).connect(settings, pool=swift.pool, watcher=swift.watcher)
    await swift.duplicate("unsure")
    await swift.fault(target="payments", method="POST", path="/v1/refunds", kind="error", status=500, times=100)
    began = swift.settings.tempo.now()
    ticket = await swift.submit("unsure", invoice="INV-unsure")
    await swift.until(ticket, "with-people")
    uncertain = [r.at for r in await reads.rows(swift.pool, ticket) if isinstance(r.event, ev.StepUncertain)]
    assert [began <= at <= swift.settings.tempo.now() for at in uncertain] == [True]


async def test_what_the_api_does_is_stamped_in_the_tickets_time(swift: World) -> None:
    async with open_api(swift) as api:
        began = swift.settings.tempo.now()
        order = {"scope": "A.1", "reason": "Refunds look wrong."}
        stop = (await api.call(STOPPER, "POST", "/stops", json=order)).json()
        path, why = f"/stops/{stop['id']}/lift", {"reason": "They are right."}
        lifted = (await api.call(STOPPER, "POST", path, json=why)).json()
    set_at, lifted_at = (datetime.fromisoformat(at) for at in (stop["at"], lifted["lifted_at"]))
    assert began <= set_at <= lifted_at <= swift.settings.tempo.now()


@program
async def test_a_program_with_another_tempo_than_the_datas_does_not_start(swift: World, program: str) -> None:
    said = await refusal(program, swift.settings.model_copy(update={"speed": 60.0}))
    assert "this database's tickets live at speed 3600 since" in said
    assert "asked for was at speed 60" in said
    assert "FRESH=1" in said


@program
async def test_a_program_in_production_starts_at_speed_1_only(swift: World, program: str) -> None:
    said = await refusal(program, swift.settings.model_copy(update={"production": True}))
    assert "CASEWRIGHT_SPEED=3600 is for demonstrations" in said


async def refusal(program: str, settings: Settings) -> str:
    """What a program says that ends instead of starting."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *PROGRAMS[program], cwd=ROOT, env={**os.environ, **settings.as_environment()},
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE):
            _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    assert process.returncode == 1
    assert b"Traceback" not in said
    return said.decode()
