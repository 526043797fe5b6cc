"""Whoever bought something gives no verdict on it, by the API, by a link, or as a deputy; nor are they asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from casewright.domain.state import ApprovalStatus
from casewright.links import ApprovalLink, Links
from casewright.records import absences, people
from casewright.records.people import NamedPerson, hash_token
from tests.end_to_end.api_calls import Api, fresh_key, open_api, token
from tests.end_to_end.pages import mailed, seal, signed_in
from tests.world import World

BUYER, OTHER, DEPUTY = "manager-1", "manager-2", "agent-1"
HOME = "Ada@Example.com"
WORDS = "the request came from your own address, and nobody approves their own request"


@pytest.fixture
async def api(world: World) -> AsyncIterator[Api]:
    """Ada is a Support Manager who bought something."""
    async with open_api(world) as opened:
        await name_them(opened, HOME)
        yield opened


async def name_them(api: Api, home: str) -> None:
    """The people of these tests; ``home``: what is on file as Ada's address."""
    boss, staff = ("support-manager",), "@staff.example.com"
    named = [
        NamedPerson(id=BUYER, name="Ada", kind="person", roles=boss, mail=home),
        NamedPerson(id=OTHER, name="Bea", kind="person", roles=boss, mail=OTHER + staff),
        NamedPerson(id=DEPUTY, name="Cas", kind="person", roles=("agent",), mail=DEPUTY + staff),
        NamedPerson(id="portal", name="Portal", kind="service"),
    ]
    async with api.world.pool.acquire() as connection:
        tokens = [one.model_copy(update={"token_hash": hash_token(token(one.id))}) for one in named]
        await people.sync(connection, tokens)


async def waiting(api: Api) -> str:
    """Ada's own ticket, of her private address, whose refund waits for a Support Manager."""
    await api.world.duplicate("ada", 20_000)
    ticket: str = (await api.submit("ada", fresh_key(), priority="high")).json()["ticket"]
    await api.world.until(ticket, "waiting-approval")
    await api.world.settled(ticket)
    return ticket


async def status(api: Api, ticket: str) -> ApprovalStatus:
    approval = (await api.world.client.view(ticket)).state.approval
    assert approval is not None
    return approval.status


async def test_a_verdict_on_ones_own_purchase_is_refused_with_words_and_anothers_counts(api: Api) -> None:
    ticket = await waiting(api)
    plan = await api.plan(ticket)
    for act in ({"type": "approve"}, {"type": "reject", "reason": "No."}):
        refused = await api.act(BUYER, ticket, f"{act['type']}-1", plan_hash=plan, **act)
        error = refused.json()["error"]
        assert (refused.status_code, error["code"], error["message"]) == (403, "forbidden", WORDS)
        assert "Ask somebody" in error["what_to_do"]
    assert await status(api, ticket) is ApprovalStatus.PENDING
    note = await api.act(BUYER, ticket, "note-1", type="internal_note", message="It is mine, please look.")
    assert note.status_code == 200
    assert (await api.act(OTHER, ticket, "y2", type="approve", plan_hash=plan)).status_code == 200
    await api.world.until(ticket, "resolved")
    assert await api.world.refunds("ch_ada_0", "ch_ada_1") == [20_000]


async def test_whoever_stands_in_for_the_buyer_approves_nothing_by_what_they_lend(api: Api) -> None:
    ticket = await waiting(api)
    now = api.world.client.now()
    async with api.world.pool.acquire() as connection:
        until = now + timedelta(days=2)
        await absences.set_absence(connection, BUYER, DEPUTY, now - timedelta(hours=1), until, set_by=BUYER, at=now)
    refused = await api.act(DEPUTY, ticket, "y1", type="approve", plan_hash=await api.plan(ticket))
    assert (refused.status_code, "as the deputy of whoever the request came from" in refused.text) == (403, True)
    assert await status(api, ticket) is ApprovalStatus.PENDING


async def test_the_buyer_is_mailed_no_link_and_one_made_for_them_decides_nothing(api: Api) -> None:
    ticket = await waiting(api)
    assert len(await mailed(api, f"{OTHER}@staff.example.com", ticket)) == 1
    assert await mailed(api, HOME, ticket) == []
    assert await mailed(api, HOME.lower(), ticket) == []
    path = await link_of_the_buyer(api, ticket)
    shown = await (await signed_in(api, BUYER)).get(path)
    assert f"You may not decide it: {WORDS}" in shown.text
    assert 'name="seal"' not in shown.text


async def test_a_page_that_was_opened_before_the_address_was_on_file_decides_nothing_either(api: Api) -> None:
    await name_them(api, "ada@staff.example.com")
    ticket = await waiting(api)
    path, browser = await link_of_the_buyer(api, ticket), await signed_in(api, BUYER)
    form = {"seal": seal(await browser.get(path)), "verdict": "approve"}
    await name_them(api, HOME)
    refused = await browser.post(path, data=form)
    assert (refused.status_code, WORDS in refused.text) == (403, True)
    assert await status(api, ticket) is ApprovalStatus.PENDING


async def link_of_the_buyer(api: Api, ticket: str) -> str:
    """One that counts, though nobody sent it."""
    links = Links(api.world.settings.link_key.get_secret_value())
    expires, plan = api.world.client.now() + timedelta(days=1), await api.plan(ticket)
    link = ApprovalLink(nonce="0" * 32, expires=expires, ticket=ticket, person=BUYER, plan_hash=plan)
    return f"/approve/{links.sign(link)}"
