"""What runs by the calendar: set once, kept by the server."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
)

from casewright.domain.anchoring import ANCHOR_SCHEDULE, ANCHOR_WORKFLOW

EVERY = timedelta(days=1)


async def ensure(client: Client, task_queue: str) -> None:
    """Have the journal anchored once a day, from now on; an existing schedule is left as operators set it."""
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(ANCHOR_WORKFLOW, id=ANCHOR_SCHEDULE, task_queue=task_queue),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=EVERY)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=EVERY),
    )
    with contextlib.suppress(ScheduleAlreadyRunningError):
        await client.create_schedule(ANCHOR_SCHEDULE, schedule, trigger_immediately=True)
