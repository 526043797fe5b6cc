"""B.1's survey, sent in fast time: the same for an address that is known and one that isn't, and just as long after."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casewright.client import Client
from casewright.domain.clocks import Milestone
from casewright.domain.messages import TicketTerms
from casewright.domain.state import StepStatus
from casewright.domain.tempo import Tempo
from casewright.domain.ticket import Requester, Submission
from casewright.embedded.postgres import PostgresUrls
from casewright.embedded.temporal import TemporalServer
from casewright.links import Links, SurveyLink
from casewright.records import reads
from casewright.records.views import TicketView
from tests.end_to_end.api_calls import Api, fresh_key, open_api
from tests.end_to_end.test_login_failure import identity, mails_to
from tests.world import PATIENCE, World, running_world

AFTER = timedelta(hours=24)
SPEED = 7_200
"""Two hours a second: the survey is due after twelve, by when the slowest machine has set its timer."""
PAGE = re.compile(r"http://api(/survey/\S+)")
KNOWN, LOCKED, NOBODY = "known@accounts.example", "locked@accounts.example", "nobody@accounts.example"


@pytest.fixture
async def swift(database: PostgresUrls, temporal: TemporalServer) -> AsyncIterator[World]:
    tempo = Tempo(epoch=datetime.now(UTC) - timedelta(hours=1), speed=SPEED)
    async with running_world(database, temporal.address, tempo=tempo) as world:
        world.client = Client(
            world.client.temporal,
            intake_key=world.settings.intake_key.get_secret_value().encode(),
            task_queue=world.settings.task_queue,
            terms=TicketTerms(tempo=tempo, survey_hours=24),
            pool=world.pool,
            watcher=world.watcher,
        )
        yield world


async def asked(world: World, address: str) -> str:
    requester = Requester(email=address, name="Sample Customer")
    submission = Submission(policy="B.1", subject="I can't sign in", requester=requester)
    return (await world.client.submit(submission, submitter="portal", key=fresh_key())).ticket


def _surveyed(view: TicketView) -> bool:
    record = view.state.steps.get("survey-1")
    return record is not None and record.status is StepStatus.DONE


async def timers(world: World, ticket: str) -> list[datetime]:
    """The virtual instants that the ticket's timers stood for."""
    history = await world.handle(ticket).fetch_history()
    started, found = datetime.min.replace(tzinfo=UTC), []
    for event in history.events:
        if event.HasField("workflow_task_started_event_attributes"):
            started = event.event_time.ToDatetime(UTC)
        if event.HasField("timer_started_event_attributes"):
            span = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
            found.append(world.settings.tempo.virtual(started + span))
    return found


async def survey_to(world: World, address: str, ticket: str) -> tuple[str, str, str]:
    """The subject and the text of its only survey without the ticket's id, and the path of the page it names."""
    (mail,) = [mail for mail in await mails_to(world, address) if "How did we do?" in mail["subject"]]
    (path,) = PAGE.findall(mail["text"])
    return mail["subject"].replace(ticket, "ID"), mail["text"].replace(path, "PAGE").replace(ticket, "ID"), path


async def seen(api: Api, ticket: str) -> dict[str, Any]:
    """What the portal sees, without the ticket's id and instants."""
    view: dict[str, Any] = (await api.call("portal", "GET", f"/tickets/{ticket}")).json()
    messages = sorted(f"{m['sender']} {m['subject']}".replace(ticket, "ID") for m in view.pop("messages"))
    return {"status": view["status"], "subject": view["subject"], "messages": messages, "fields": sorted(view)}


async def test_known_or_not_everybody_gets_the_same_survey_as_long_after_the_answer(swift: World) -> None:
    await identity(swift, "usr_known", KNOWN)
    await identity(swift, "usr_locked", LOCKED, status="locked_for_security")
    tickets = {address: await asked(swift, address) for address in (KNOWN, LOCKED, NOBODY)}
    views = {a: await swift.watcher.until(ticket, _surveyed, PATIENCE) for a, ticket in tickets.items()}
    rules = {address: view.state.ruling.rule for address, view in views.items() if view.state.ruling}
    assert rules == {KNOWN: "B.1/reset", LOCKED: "B.1/secops", NOBODY: "B.1/gap-unknown-address"}
    surveys = {address: await survey_to(swift, address, ticket) for address, ticket in tickets.items()}
    assert len({survey[:2] for survey in surveys.values()}) == 1
    for address, ticket in tickets.items():
        due = views[address].state.reached[Milestone.ANSWERED] + AFTER
        # Temporal counts in milliseconds, of which each is many here.
        assert [at for at in await timers(swift, ticket) if abs(at - due) <= timedelta(milliseconds=2 * SPEED)]
        rows = await reads.rows(swift.pool, ticket)
        (planned,) = [r for r in rows if r.event.type == "step_planned" and r.event.step.id == "survey-1"]
        assert planned.at >= due
        link = Links(swift.settings.link_key.get_secret_value()).read(
            SurveyLink, surveys[address][2].removeprefix("/survey/"), due
        )
        assert link.expires - due == timedelta(days=14) - AFTER
    async with open_api(swift) as api:
        shown = {address: await seen(api, ticket) for address, ticket in tickets.items()}
    assert shown[KNOWN] == shown[LOCKED] == shown[NOBODY]
