"""The survey's page: the link of the mail suffices, opening it changes nothing, and it is answered once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from casewright.domain.messages import TICKET_WORKFLOW, TicketStart, TicketTerms
from casewright.domain.ticket import Requester, Submission
from casewright.links import ApprovalLink, Links, SurveyLink
from casewright.records import reads
from casewright.records.views import TicketView
from tests.end_to_end.api_calls import Api, fresh_key, open_api
from tests.end_to_end.pages import mailed
from tests.world import PATIENCE, World


@pytest.fixture
async def api(world: World) -> AsyncIterator[Api]:
    async with open_api(world) as opened:
        yield opened


async def surveyed(api: Api, name: str) -> tuple[str, str]:
    """A ticket whose customer was asked as soon as it was resolved, and the link that they got."""
    await api.world.duplicate(name)
    ticket = api.world.client.ticket_of("portal", fresh_key())
    start = TicketStart(
        ticket=ticket,
        submission=Submission(
            policy="A.1",
            subject="Charged twice: private words",
            requester=Requester(email=f"{name}@example.com", customer=f"cus_{name}"),
            claims={"invoice": f"INV-{name}"},
        ),
        submitter="portal",
        terms=TicketTerms(survey_hours=0),
    )
    temporal = api.world.client.temporal
    await temporal.start_workflow(TICKET_WORKFLOW, start, id=ticket, task_queue=api.world.settings.task_queue)
    await api.world.watcher.until(ticket, _was_asked, PATIENCE)
    (path,) = await mailed(api, f"{name}@example.com", "How did we do?")
    return ticket, path


def _was_asked(view: TicketView) -> bool:
    return any(id.startswith("survey-") and record.status.over for id, record in view.state.steps.items())


async def test_the_customer_rates_once_without_signing_in(api: Api) -> None:
    ticket, path = await surveyed(api, "ada")
    browser = api.browser()
    shown = await browser.get(path)
    assert shown.status_code == 200
    assert ticket in shown.text
    first = await browser.post(path, data={"score": "4", "comment": "Quick\r\nand kind."})
    assert (first.status_code, "Your answer was taken" in first.text) == (200, True)
    again = await browser.post(path, data={"score": "1", "comment": ""})
    assert (again.status_code, "already answered" in again.text) == (409, True)
    assert "already answered" in (await browser.get(path)).text
    view = await api.world.client.view(ticket)
    assert view.state.rating is not None
    assert (view.state.rating.score, view.state.rating.comment, view.state.ratings) == (4, "Quick\nand kind.", 1)
    (rated,) = [row for row in await reads.rows(api.world.pool, ticket) if row.event.type == "rated"]
    assert rated.actor.kind == "customer"


async def test_the_page_tells_nothing_but_the_tickets_id(api: Api) -> None:
    _, path = await surveyed(api, "ben")
    for told in ("private words", "ben@example.com", "cus_ben", "A.1", "refund", "20.00"):
        assert told not in (await api.browser().get(path)).text


async def test_scanners_that_follow_the_link_rate_nothing(api: Api) -> None:
    ticket, path = await surveyed(api, "cyd")
    before = await reads.rows(api.world.pool, ticket)
    for method in ("HEAD", "GET", "HEAD"):
        assert (await api.browser().request(method, path)).status_code == 200
    assert await reads.rows(api.world.pool, ticket) == before


@pytest.mark.parametrize(
    "form", [{}, {"score": "0"}, {"score": "6"}, {"score": "good"}, {"score": "3", "comment": "x" * 2001}]
)
async def test_an_answer_that_is_none_says_so_and_leaves_the_link_unused(api: Api, form: dict[str, str]) -> None:
    ticket, path = await surveyed(api, "dea")
    wrong = await api.browser().post(path, data={"comment": "", **form})
    assert (wrong.status_code, "from 1 to 5" in wrong.text) == (422, True)
    assert (await api.world.client.view(ticket)).state.ratings == 0
    assert (await api.browser().post(path, data={"score": "5"})).status_code == 200


async def test_the_link_expires_with_the_reopening_window_and_is_for_nothing_else(api: Api) -> None:
    ticket, path = await surveyed(api, "eli")
    links, now = Links(api.world.settings.link_key.get_secret_value()), api.world.client.now()
    link = links.read(SurveyLink, path.removeprefix("/survey/"), now)
    resolved = (await api.world.client.view(ticket)).resolved_at
    assert resolved is not None
    assert link.expires == resolved + timedelta(days=14)
    past = links.sign(link.model_copy(update={"expires": now}))
    approval = links.sign(
        ApprovalLink(nonce=link.nonce, expires=link.expires, ticket=ticket, person="manager-1", plan_hash="0" * 64)
    )
    for token, code in ((past, 410), (approval, 404), (f"{path.removeprefix('/survey/')}x", 404)):
        browser = api.browser()
        assert (await browser.get(f"/survey/{token}")).status_code == code
        assert (await browser.post(f"/survey/{token}", data={"score": "5"})).status_code == code
    assert (await api.world.client.view(ticket)).state.ratings == 0


async def test_a_service_passes_on_a_rating_of_its_own_tickets_only_and_the_staff_gives_none(api: Api) -> None:
    ticket, _ = await surveyed(api, "fay")
    rating = {"type": "rate", "score": 5, "comment": "Good."}
    assert (await api.act("app", ticket, "s1", **rating)).status_code == 404
    refused = await api.act("manager-1", ticket, "s2", **rating)
    assert (refused.status_code, "service that submitted" in refused.json()["error"]["what_to_do"]) == (403, True)
    assert (await api.act("portal", ticket, "s3", **rating)).status_code == 200
    assert (await api.act("portal", ticket, "s4", **rating)).status_code == 409
