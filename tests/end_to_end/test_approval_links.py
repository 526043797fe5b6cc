"""Approvals by signed links in mails: GET shows, POST acts, once, and only for the person it was sent to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from casewright.domain.state import ApprovalStatus
from casewright.links import ApprovalLink, Links, SurveyLink
from casewright.records import reads
from tests.end_to_end.api_calls import Api, open_api, token
from tests.end_to_end.pages import asked, seal, send, signed_in
from tests.world import World

BOSS, OTHER_BOSS = "manager-1", "manager-2"


@pytest.fixture
async def api(world: World) -> AsyncIterator[Api]:
    async with open_api(world) as opened:
        yield opened


async def waiting(api: Api, name: str) -> str:
    """A ticket whose refund of 200 USD waits for a Support Manager, all of whom were asked by mail."""
    await api.world.duplicate(name, 20_000)
    ticket = await api.started(name, "waiting-approval", priority="high")
    await api.world.settled(ticket)
    return ticket


async def link_of(api: Api, ticket: str, who: str = BOSS) -> tuple[Links, ApprovalLink]:
    links = Links(api.world.settings.link_key.get_secret_value())
    path = await asked(api, ticket, who)
    return links, links.read(ApprovalLink, path.removeprefix("/approve/"), api.world.client.now())


async def status(api: Api, ticket: str) -> ApprovalStatus:
    approval = (await api.world.client.view(ticket)).state.approval
    assert approval is not None
    return approval.status


async def refunds(api: Api, name: str) -> list[int]:
    return await api.world.refunds(f"ch_{name}_0", f"ch_{name}_1")


async def test_whoever_was_asked_approves_by_their_link_and_the_money_moves_once(api: Api) -> None:
    ticket = await waiting(api, "ada")
    browser, path = await signed_in(api, BOSS), await asked(api, ticket, BOSS)
    shown = await browser.get(path)
    assert shown.status_code == 200
    assert "refund 200.00 USD of charge" in shown.text
    assert "A.1/" in shown.text
    form = {"seal": seal(shown), "verdict": "approve"}
    answers = await asyncio.gather(*(browser.post(path, data=form) for _ in range(3)))
    # Those that come at once are one act to Temporal, and are told alike; any later one is told that it was used.
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert 200 in [answer.status_code for answer in answers]
    rows = await reads.rows(api.world.pool, ticket)
    assert [row.event.type for row in rows].count("approval_given") == 1
    await api.world.until(ticket, "resolved")
    assert await refunds(api, "ada") == [20_000]
    again = await browser.post(path, data=form)
    assert (again.status_code, "This link was used already" in again.text) == (409, True)
    (entry,) = await api.world.entries(ticket)
    assert entry.approved_by == BOSS


async def test_a_rejection_needs_a_reason_and_is_final_for_everybody_elses_link(api: Api) -> None:
    ticket = await waiting(api, "ben")
    browser, path = await signed_in(api, BOSS), await asked(api, ticket, BOSS)
    empty = await send(browser, path, "reject", "  ")
    assert (empty.status_code, "needs a reason" in empty.text) == (422, True)
    assert (await send(browser, path, "perhaps")).status_code == 422
    assert await status(api, ticket) is ApprovalStatus.PENDING
    assert (await send(browser, path, "reject", "Billed rightly.")).status_code == 200
    assert await status(api, ticket) is ApprovalStatus.REJECTED
    late = await (await signed_in(api, OTHER_BOSS)).get(await asked(api, ticket, OTHER_BOSS))
    assert f"already rejected by {BOSS}" in late.text
    assert 'name="seal"' not in late.text
    assert await refunds(api, "ben") == []


async def test_a_link_that_is_forwarded_shows_and_does_nothing(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    ticket = await waiting(api, "cyd")
    path, own = await asked(api, ticket, BOSS), await asked(api, ticket, OTHER_BOSS)
    other = await signed_in(api, OTHER_BOSS)
    form = {"seal": seal(await other.get(own)), "verdict": "approve"}
    with caplog.at_level(logging.WARNING, "casewright.links"):
        for answer in (await other.get(path), await other.post(path, data=form)):
            assert answer.status_code == 403
            assert "somebody else" in answer.text
            assert "refund" not in answer.text
    (refused, _) = caplog.records
    assert "other-person" in refused.getMessage()
    assert OTHER_BOSS not in refused.getMessage()
    anybody = api.browser()
    for answer in (await anybody.get(path), await anybody.post(path, data=form)):
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={path}")
    assert await status(api, ticket) is ApprovalStatus.PENDING


async def test_a_tampered_an_expired_and_another_purposes_link_are_refused_each_for_its_reason(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ticket = await waiting(api, "dea")
    browser, path = await signed_in(api, BOSS), await asked(api, ticket, BOSS)
    links, link = await link_of(api, ticket)
    now = api.world.client.now()
    middle = len(path) // 2
    tampered = path[:middle] + ("A" if path[middle] != "A" else "B") + path[middle + 1 :]
    expired = links.sign(link.model_copy(update={"expires": now - timedelta(seconds=1)}))
    survey = links.sign(SurveyLink(nonce=link.nonce, expires=now + timedelta(days=1), ticket=ticket))
    foreign = Links("another key").sign(link)
    form = {"seal": seal(await browser.get(path)), "verdict": "approve"}
    for wrong, code, flaw in (
        (tampered, 404, "tampered"),
        (f"/approve/{foreign}", 404, "tampered"),
        (f"/approve/{expired}", 410, "expired"),
        (f"/approve/{survey}", 404, "other-purpose"),
        (path.replace("/approve/", "/survey/"), 404, "other-purpose"),
    ):
        caplog.clear()
        with caplog.at_level(logging.WARNING, "casewright.links"):
            answers = [await browser.get(wrong), await browser.post(wrong, data=form)]
        assert [answer.status_code for answer in answers] == [code, code], wrong
        assert {record.getMessage().rpartition(": ")[2] for record in caplog.records} == {flaw}
    assert await status(api, ticket) is ApprovalStatus.PENDING
    assert await refunds(api, "dea") == []


async def test_scanners_that_follow_everything_change_nothing(api: Api) -> None:
    ticket = await waiting(api, "eli")
    path = await asked(api, ticket, BOSS)
    before = await reads.rows(api.world.pool, ticket)
    scanner, browser = api.browser(), await signed_in(api, BOSS)
    for client in (scanner, browser):
        for method in ("HEAD", "GET", "HEAD", "GET"):
            answer = await client.request(method, path, follow_redirects=True)
            assert answer.status_code == 200
        assert (await client.request("HEAD", path)).content == b""
        for verb in ("PUT", "DELETE", "PATCH"):
            assert (await client.request(verb, path)).status_code == 405
    assert await reads.rows(api.world.pool, ticket) == before
    assert (await send(browser, path, "approve")).status_code == 200


async def test_a_form_that_another_site_has_the_browser_send_does_nothing(api: Api) -> None:
    ticket = await waiting(api, "fay")
    browser, path = await signed_in(api, BOSS), await asked(api, ticket, BOSS)
    sealed = seal(await browser.get(path))
    elsewhere = {"Origin": "https://elsewhere.example"}
    for form, headers in (
        ({"verdict": "approve"}, {}),
        ({"verdict": "approve", "seal": seal(await (await signed_in(api, BOSS)).get(path))}, {}),
        ({"verdict": "approve", "seal": sealed}, elsewhere),
    ):
        assert (await browser.post(path, data=form, headers=headers)).status_code == 403
    assert await status(api, ticket) is ApprovalStatus.PENDING
    own = await browser.post(path, data={"verdict": "approve", "seal": sealed}, headers={"Origin": "http://api"})
    assert own.status_code == 200


async def test_a_request_that_was_withdrawn_or_whose_plan_changed_says_so(api: Api) -> None:
    ticket = await waiting(api, "gus")
    browser, path = await signed_in(api, BOSS), await asked(api, ticket, BOSS)
    links, link = await link_of(api, ticket)
    changed = links.sign(link.model_copy(update={"plan_hash": "0" * 64}))
    shown = await browser.get(f"/approve/{changed}")
    assert "The plan has changed" in shown.text
    assert "refund 200.00" not in shown.text
    sealed = seal(await browser.get(path))
    summary = {"type": "resolve", "code": "explained", "summary": "It was explained."}
    assert (await api.act(OTHER_BOSS, ticket, "r1", **summary)).status_code == 200
    assert "withdrawn" in (await browser.get(path)).text
    refused = await browser.post(path, data={"seal": sealed, "verdict": "approve"})
    assert (refused.status_code, "Nothing was done" in refused.text) == (409, True)
    assert await refunds(api, "gus") == []


async def test_the_request_is_not_mailed_to_whom_it_is_none_of_the_business(api: Api) -> None:
    ticket = await waiting(api, "hal")
    found = (await api.world.http.get("/mailbox", params={"subject": ticket})).json()
    messages = found["data"] if isinstance(found, dict) else found
    reached = {one for message in messages for one in message["recipients"]}
    assert {one for one in reached if "staff" in one} == {f"{who}@staff.example.com" for who in (BOSS, OTHER_BOSS)}
    texts = [message["text"] for message in messages if "staff" in message["recipients"][0]]
    assert [text for text in texts if "hal@example.com" in text] == []


async def test_signing_in_takes_an_active_persons_token_and_leads_to_our_own_pages_only(api: Api) -> None:
    ticket = await waiting(api, "ida")
    path, browser = await asked(api, ticket, BOSS), api.browser()
    for wrong in ("", "nobody's", token("portal"), token("gone"), "x" * 5000):
        answer = await browser.post("/sign-in", data={"token": wrong, "next": path})
        assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    for place in (
        "https://elsewhere.example/",
        "//elsewhere.example",
        f"{path}?x=https://elsewhere.example",
        "/tickets",
    ):
        answer = await browser.post("/sign-in", data={"token": token(BOSS), "next": place})
        assert (answer.status_code, "location" in answer.headers) == (200, False)
    answer = await browser.post("/sign-in", data={"token": token(BOSS), "next": path})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    cookie = answer.headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Max-Age=28800"))
    assert "Secure" not in cookie
    assert (await browser.get(path)).status_code == 200
    await browser.post("/sign-out", data={"sure": "yes"})
    assert (await browser.get(path)).status_code == 303


async def test_pages_keep_to_themselves(api: Api) -> None:
    answer = await api.browser().get("/sign-in")
    assert answer.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "same-origin"
    assert (await api.browser().get("/pages.css")).headers["content-type"].startswith("text/css")
