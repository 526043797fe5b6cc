"""Tickets outlive releases: what was recorded, finished or open, must replay under today's workflow."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from casewright.payloads import data_converter
from tests.replay.stories import STORIES
from worker import PASSED_THROUGH
from workflows.ticket import TicketWorkflow

HISTORIES = Path(__file__).parent / "histories"


def recorded(name: str) -> WorkflowHistory:
    return WorkflowHistory.from_json("T-0000000000000000", (HISTORIES / f"{name}.json").read_text())


def replayer() -> Replayer:
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return Replayer(
        workflows=[TicketWorkflow],
        data_converter=data_converter(),
        workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions),
    )


@pytest.mark.parametrize("name", [story.__name__ for story in STORIES])
async def test_every_recorded_history_replays(name: str) -> None:
    await replayer().replay_workflow(recorded(name))


async def test_a_history_that_went_another_way_does_not_replay() -> None:
    history = recorded("refunded_and_closed")
    scheduled = [e for e in history.events if e.HasField("activity_task_scheduled_event_attributes")]
    scheduled[1].activity_task_scheduled_event_attributes.activity_type.name = "credit"
    with pytest.raises(Exception, match=r"[Nn]ondeterminism|TMPRL1100"):
        await replayer().replay_workflow(WorkflowHistory(history.workflow_id, history.events))


def test_no_recording_names_the_machine_it_was_made_on() -> None:
    for path in HISTORIES.glob("*.json"):
        assert '"stackTrace": ""' in path.read_text() or "stackTrace" not in path.read_text()
