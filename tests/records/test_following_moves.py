"""The lines after the samples: what time brings about is said in words, once, and where a ticket came to rest."""

from __future__ import annotations

from datetime import timedelta

from casewright.domain import events as ev
from casewright.domain.steps import MailStep, NoticeStep
from casewright.domain.tempo import WALL_CLOCK, Tempo
from casewright.records.journal import flush
from casewright.records.postgres import Pool
from starter.run.follow import Follower
from tests.records.story import NOON, Story

FLYING = Tempo(epoch=NOON, speed=3600)
PLAN = "ab" * 32


def mail(id: str, template: str) -> ev.StepPlanned:
    return ev.StepPlanned(step=MailStep(id=id, template=template, to="ada@example.com"))


async def test_what_deadlines_and_timers_bring_is_said_in_words_and_once(pool: Pool, story: Story) -> None:
    follower = Follower(pool, FLYING, NOON)
    await follower.look()
    due = NOON + timedelta(hours=4)
    events: list[ev.Event] = [
        ev.AtRisk(clock="first-contact", deadline=due),
        ev.StepPlanned(step=NoticeStep(id="notice-2", template="staff-at-risk", team="billing", to=(), values={})),
        ev.Breached(clock="first-contact", deadline=due),
        ev.ApprovalPassedUp(plan_hash=PLAN, level=1, roles=("support-manager",)),
        ev.ApprovalReminded(plan_hash=PLAN),
        mail("survey-1", "survey"),
        ev.StepDone(step="survey-1", reference="m-1"),
        mail("d1-reply", "refund-confirmation"),
        ev.StepDone(step="d1-reply", reference="m-2"),
    ]
    await flush(pool, [story.row(event) for event in events])
    said = await follower.look()
    stamp = f"2026-03-02 12:00 {story.ticket}"
    assert said == [
        f"{stamp} at risk: first-contact, due 2026-03-02 16:00:00 UTC",
        f"{stamp} breached: first-contact was due 2026-03-02 16:00:00 UTC",
        f"{stamp} no answer in time, passed up: support-manager asked to approve plan abababababab",
        f"{stamp} reminded of plan abababababab, which nobody has answered",
        f"{stamp} survey sent",
    ]
    assert not any("at risk" in line or "survey" in line for line in await follower.look())


async def test_what_happened_before_the_run_is_not_told_again(pool: Pool, story: Story) -> None:
    await flush(pool, [story.row(ev.Breached(clock="first-contact", deadline=NOON))])
    follower = Follower(pool, WALL_CLOCK, NOON + timedelta(days=1))
    assert await follower.look() == []
    assert await follower.look() == []


async def test_what_happened_while_the_samples_were_played_is_told_first(pool: Pool, story: Story) -> None:
    await flush(pool, [story.row(ev.Breached(clock="first-contact", deadline=NOON))])
    (line,) = await Follower(pool, FLYING, NOON).look()
    assert line.endswith("breached: first-contact was due 2026-03-02 12:00:00 UTC")


async def test_a_ticket_is_told_of_where_it_has_come_to_rest(pool: Pool, story: Story) -> None:
    follower = Follower(pool, WALL_CLOCK, NOON)
    await follower.look()
    await flush(pool, [story.row(ev.Resolved(code="explained", summary="Nothing is owed."))])
    assert await follower.look() == []  # it may go on at once
    (line,) = await follower.look()
    assert line.split(" ", 1)[1].startswith(f"{story.ticket} resolved, not decided; waits for")
    assert await follower.look() == []
