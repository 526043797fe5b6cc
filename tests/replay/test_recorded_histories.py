"""Tickets outlive releases: what was recorded, finished or open, must replay under today's workflow."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
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
NAMES_A_MACHINE = re.compile(r"""(?<![^\s"'(=:])/\w|File "|localhost|\b\d+\.\d+\.\d+\.\d+\b|@(?!example\.com\b)""")
"""A path, a trace, an address, or a process at a host: only sample mail addresses have an @."""


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


def values(value: object, key: str = "") -> Iterator[tuple[str, object]]:
    """Every value of a recording that holds no other, with its key; a payload's too, as what it encodes."""
    if isinstance(value, dict):
        if "data" in value and "metadata" in value:
            value = {**value, "data": json.loads(base64.b64decode(value["data"]))}
        for name, part in value.items():
            yield from values(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from values(part, key)
    else:
        yield key, value


@pytest.mark.parametrize("name", [path.stem for path in sorted(HISTORIES.glob("*.json"))])
def test_no_recording_names_the_machine_it_was_made_on(name: str) -> None:
    found = list(values(json.loads((HISTORIES / f"{name}.json").read_text())))
    assert len(found) > 100
    assert {value for key, value in found if "identity" in key.lower()} == {"worker"}
    assert {value for key, value in found if key == "stackTrace"} <= {""}
    for key, value in found:
        assert not NAMES_A_MACHINE.search(str(value)), (key, value)
