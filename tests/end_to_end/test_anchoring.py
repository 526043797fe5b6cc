"""The journal's chains are anchored outside the database by a schedule of the server's own (RULES §8)."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from pydantic import SecretStr
from temporalio.client import ScheduleActionExecutionStartWorkflow
from temporalio.service import RPCError

from casewright.domain.anchoring import ANCHOR_SCHEDULE
from tests.world import World
from worker import connect_temporal, running_worker

KEY = "a key that only this test has"


async def test_a_worker_has_the_journal_anchored_at_once_and_daily_from_then_on(
    workerless: World, tmp_path: Path
) -> None:
    settings = workerless.settings.model_copy(update={"anchors": tmp_path, "anchor_key": SecretStr(KEY)})
    temporal = await connect_temporal(settings)
    schedule = temporal.get_schedule_handle(ANCHOR_SCHEDULE)
    # The server is shared: a worker of another test may have set the schedule for itself.
    with contextlib.suppress(RPCError):
        await schedule.delete()
    async with running_worker(settings, client=temporal):
        try:
            described = await schedule.describe()
            while not described.info.recent_actions:
                await asyncio.sleep(0.05)
                described = await schedule.describe()
            started = described.info.recent_actions[-1].action
            assert isinstance(started, ScheduleActionExecutionStartWorkflow)
            await temporal.get_workflow_handle(started.workflow_id).result()
            assert described.schedule.spec.intervals[0].every.days == 1
            assert len(list(tmp_path.iterdir())) == 1
        finally:
            await schedule.delete()
    # A second start finds the schedule again, or sets it anew; neither fails.
    async with running_worker(settings, client=temporal):
        await schedule.delete()
