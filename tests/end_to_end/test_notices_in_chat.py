"""Word of a broken commitment reaches its team's channel in the chat, once, however often the answer is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from casewright.domain import events as ev
from casewright.domain.state import StepRecord, StepStatus
from casewright.domain.steps import NoticeStep
from casewright.domain.tempo import Tempo
from casewright.domain.ticket import Priority
from casewright.embedded.postgres import PostgresUrls
from casewright.embedded.temporal import TemporalServer
from casewright.records import reads
from casewright.records.views import TicketView
from tests.world import PATIENCE, World, running_world
from worker import connect_temporal, running_worker

POST = "/chat/api/chat.postMessage"


@pytest.fixture
async def swift(database: PostgresUrls, temporal: TemporalServer) -> AsyncIterator[World]:
    """An hour a second, and a worker with a chat."""
    tempo = Tempo(epoch=datetime.now(UTC) - timedelta(hours=1), speed=3600)
    async with running_world(database, temporal.address, worker=False, tempo=tempo) as world:
        chat = {"chat_url": f"{world.sandbox.http_url}/chat/api", "chat_token": SecretStr("xoxb-test")}
        settings = world.settings.model_copy(update={**chat, "anchor_key": SecretStr("")})
        await world.seed(channels=[{"id": "C0SUPPORT", "name": "support"}, {"id": "C0BILLING", "name": "billing"}])
        async with running_worker(settings, client=await connect_temporal(settings)):
            yield world


def breach_notices(view: TicketView) -> list[StepRecord]:
    """Those that were carried out."""
    return [
        record
        for record in view.state.steps.values()
        if isinstance(record.step, NoticeStep)
        and record.step.template == "staff-breach"
        and record.status is StepStatus.DONE
    ]


def posted(world: World, channel: str) -> dict[str, list[str]]:
    """The texts in a channel by the key that is kept beside each."""
    named = world.sandbox.world.chat.named(channel)
    assert named is not None
    found: dict[str, list[str]] = {}
    for message in world.sandbox.world.chat.messages(named.id):
        assert message.metadata is not None
        found.setdefault(str(message.metadata.event_payload["key"]), []).append(message.text)
    return found


@pytest.mark.parametrize("lost", [False, True], ids=["answered", "every answer lost"])
async def test_a_broken_commitment_is_told_once_in_its_teams_channel(swift: World, lost: bool) -> None:
    if lost:
        await swift.fault(target="chat", path=POST, kind="lost_answer")
    await swift.duplicate("ada")
    # It waits for an approval that nobody gives: the first response is broken after an hour.
    ticket = await swift.submit("ada", invoice="INV-ada", priority=Priority.HIGH)
    view = await swift.watcher.until(ticket, lambda view: bool(breach_notices(view)), PATIENCE)
    notice = breach_notices(view)[0]
    (text,) = posted(swift, "billing")[f"{ticket}/{notice.step.id}"]
    assert "Breached: " in text
    assert f"of ticket {ticket} was due at" in text
    assert f"/tickets/{ticket}" in text
    breaches = [row.event for row in await reads.rows(swift.pool, ticket) if isinstance(row.event, ev.Breached)]
    assert any(view.state.clocks[breach.clock].name in text for breach in breaches)
    everything = [
        key for channel in ("billing", "support") for key, texts in posted(swift, channel).items() for _ in texts
    ]
    assert set(Counter(everything).values()) == {1}, "none twice, warnings included"
    asked = [call for call in swift.sandbox.world.calls.find(path=POST) if call.status is None]
    assert bool(asked) is lost
