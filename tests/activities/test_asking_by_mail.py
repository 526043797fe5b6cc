"""Requests for approval by mail, against the sandbox: who is asked, how often, and when nobody is any more."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.testing import ActivityEnvironment

from activities.approval_mail import NOBODY, OVER, ApprovalMailEffect
from activities.smtp import Smtp
from casewright.domain import events as ev
from casewright.domain.decision import ApprovalNeed
from casewright.domain.effects import Done, Refused, Unreachable
from casewright.domain.people import SYSTEM
from casewright.domain.steps import ApprovalMailStep
from casewright.domain.tempo import WALL_CLOCK
from casewright.embedded.postgres import PostgresUrls
from casewright.handbook import Handbook
from casewright.links import Links
from casewright.records import people
from casewright.records import pool as pools
from casewright.records.journal import flush
from casewright.records.people import NamedPerson
from casewright.records.postgres import Pool
from sandbox import RunningSandbox, running_sandbox
from tests.records.story import Story, refund

HANDBOOK = Handbook.load(Path(__file__).parent.parent.parent / "handbook")
PLAN = "0" * 64
NEED = ApprovalNeed(roles=("support-manager",), why="refund of 49.00 USD")
STEP = ApprovalMailStep(id="approval-3", plan_hash=PLAN, roles=NEED.roles)
BOSSES = ("ann", "bea", "cas")
_numbers = itertools.count(1)


@dataclasses.dataclass
class Desk:
    """The effect, and the mailboxes that it writes to."""

    effect: ApprovalMailEffect
    pool: Pool
    sandbox: RunningSandbox
    http: httpx.AsyncClient

    async def ticket(self, *after: ev.Event) -> str:
        """One of ada@example.com's that waits for an approval, and what came of that since; returns the step's key."""
        story = Story(next(_numbers))
        story.submitted()
        for event in (
            ev.StepPlanned(step=refund("49.00"), gate=PLAN, authority=NEED),
            ev.ApprovalRequested(plan_hash=PLAN, need=NEED, requested_by=SYSTEM, steps=("d1-refund",)),
            ev.StepPlanned(step=STEP),
            *after,
        ):
            story.row(event)
        await flush(self.pool, story.rows)
        return f"{story.ticket}/{STEP.id}"

    async def refuses(self, person: str, code: int, times: int | None = None) -> None:
        """The mail server doesn't take somebody's mail."""
        order = {"address": address(person), "code": code, "times": times}
        (await self.http.post("/_sandbox/refusals", json=order)).raise_for_status()

    async def attempts(self, key: str) -> list[Done | Exception]:
        """The step's attempts until it is over, at most ten, as Temporal makes them."""
        kept: list[Any] = []
        outcomes: list[Done | Exception] = []
        while not outcomes or (isinstance(outcomes[-1], Unreachable) and len(outcomes) < 10):
            around = ActivityEnvironment()
            around.info = dataclasses.replace(around.info, heartbeat_details=kept[-1:], attempt=len(outcomes) + 1)
            around.on_heartbeat = kept.append
            try:
                outcomes.append(await around.run(self.effect.perform, key, STEP))
            except (Unreachable, Refused) as error:
                outcomes.append(error)
        assert "@" not in str(kept), "histories keep no address"
        return outcomes

    @property
    def mailed(self) -> Counter[str]:
        """How many messages each address got."""
        return Counter(to for message in self.sandbox.world.mailbox.all() for to in message.recipients)


def address(person: str) -> str:
    return f"{person}@staff.example.com"


async def named(pool: Pool, *everybody: NamedPerson) -> None:
    async with pool.acquire() as connection:
        await people.sync(connection, everybody)


def boss(id: str, mail: str | None = None) -> NamedPerson:
    return NamedPerson(id=id, name=id.title(), kind="person", roles=NEED.roles, mail=mail or address(id))


@pytest.fixture
async def desk(database: PostgresUrls) -> AsyncIterator[Desk]:
    pool = await pools.connect(database.application, max_size=4)
    await named(pool, *map(boss, BOSSES))
    async with running_sandbox() as sandbox, httpx.AsyncClient(base_url=sandbox.http_url) as http:
        smtp = Smtp(sandbox.smtp_host, sandbox.smtp_port, "support@example.com")
        pages = "https://support.example.com"
        yield Desk(ApprovalMailEffect(HANDBOOK, smtp, pool, Links("a key"), pages, WALL_CLOCK), pool, sandbox, http)
    await pool.close()


async def test_everybody_who_may_answer_is_asked_once(desk: Desk) -> None:
    (done,) = await desk.attempts(await desk.ticket())
    assert done == Done(reference="mail to 3")
    assert desk.mailed == {address(one): 1 for one in BOSSES}


async def test_a_slow_mailbox_is_tried_again_and_nobody_else_hears_of_it(desk: Desk) -> None:
    await desk.refuses("bea", 451, times=4)
    *failed, done = await desk.attempts(await desk.ticket())
    assert [type(one) for one in failed] == [Unreachable] * 4
    assert done == Done(reference="mail to 3")
    assert desk.mailed == {address(one): 1 for one in BOSSES}


async def test_an_address_that_bounces_is_told_of_and_isnt_tried_again(desk: Desk) -> None:
    await desk.refuses("ann", 550)
    await desk.refuses("bea", 451, times=2)
    *failed, done = await desk.attempts(await desk.ticket())
    assert (len(failed), done) == (2, Done(reference="mail to 2, 1 refused"))
    assert desk.mailed == {address("bea"): 1, address("cas"): 1}
    hits = {one["address"]: one["hits"] for one in (await desk.http.get("/_sandbox/refusals")).json()}
    assert hits[address("ann")] == 1


async def test_when_every_address_bounces_the_step_is_refused(desk: Desk) -> None:
    for one in BOSSES:
        await desk.refuses(one, 550)
    (refused,) = await desk.attempts(await desk.ticket())
    assert isinstance(refused, Refused)
    assert "@" not in str(refused)


@pytest.mark.parametrize(
    "after",
    [
        ev.ApprovalCancelled(plan_hash=PLAN, reason="the ticket was resolved"),
        ev.ApprovalGiven(plan_hash=PLAN),
        ev.ApprovalRejected(plan_hash=PLAN, reason="Billed rightly."),
        ev.ApprovalRequested(plan_hash="1" * 64, need=NEED, requested_by=SYSTEM, steps=("d1-refund",)),
    ],
    ids=lambda event: event.type,
)
async def test_nobody_is_asked_any_more_once_the_request_is_over_or_another_took_its_place(
    desk: Desk, after: ev.Event
) -> None:
    assert await desk.attempts(await desk.ticket(after)) == [OVER]
    assert desk.mailed == {}


async def test_nobody_is_asked_about_what_they_bought_themselves(desk: Desk) -> None:
    await named(desk.pool, boss("ann"), boss("ada", "Ada@Example.com"))
    assert await desk.attempts(await desk.ticket()) == [Done(reference="mail to 1")]
    assert desk.mailed == {address("ann"): 1}
    await named(desk.pool, boss("ada", "Ada@Example.com"))
    assert await desk.attempts(await desk.ticket()) == [NOBODY]
