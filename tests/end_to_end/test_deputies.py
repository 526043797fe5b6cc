"""Deputies: while an absence lasts they may do what the absent person may, and nothing after it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from casewright.domain.state import StepStatus
from tests.end_to_end.api_calls import STOPPER, Api, open_api
from tests.end_to_end.pages import asked, send, signed_in
from tests.world import PATIENCE, World

BOSS, OTHER_BOSS, AGENT = "manager-1", "manager-2", "agent-1"


@pytest.fixture
async def api(world: World) -> AsyncIterator[Api]:
    async with open_api(world) as opened:
        yield opened


@pytest.fixture
async def quiet(workerless: World) -> AsyncIterator[Api]:
    """Without a worker."""
    async with open_api(workerless) as opened:
        yield opened


async def away(api: Api, who: str, deputy: str, **order: object) -> httpx.Response:
    told = {"deputy": deputy, "until": (datetime.now(UTC) + timedelta(days=3)).isoformat(), **order}
    return await api.call(who, "POST", "/absences", json=told)


async def ended(api: Api, who: str, id: object) -> httpx.Response:
    return await api.call(who, "POST", f"/absences/{id}/end", json={})


async def waiting(api: Api, name: str, **fields: object) -> str:
    """A ticket whose refund of 200 USD waits for a Support Manager."""
    await api.world.duplicate(name, 20_000)
    ticket = await api.started(name, "waiting-approval", priority="high", **fields)
    await api.world.settled(ticket)
    return ticket


async def approve(api: Api, who: str, ticket: str) -> httpx.Response:
    return await api.act(who, ticket, f"yes-{who}", type="approve", plan_hash=await api.plan(ticket))


async def test_a_deputy_is_asked_by_mail_approves_by_link_and_the_money_moves(api: Api) -> None:
    absence = await away(api, BOSS, AGENT)
    assert absence.status_code == 201, absence.text
    ticket = await waiting(api, "ada")
    browser = await signed_in(api, AGENT)
    assert (await send(browser, await asked(api, ticket, AGENT), "approve")).status_code == 200
    await api.world.until(ticket, "resolved")
    assert await api.world.refunds("ch_ada_0", "ch_ada_1") == [20_000]
    (entry,) = await api.world.entries(ticket)
    assert entry.approved_by == AGENT


async def test_who_stands_in_for_nobody_any_more_may_not(api: Api) -> None:
    ticket = await waiting(api, "ben")
    assert (await approve(api, AGENT, ticket)).status_code == 403
    absence = (await away(api, BOSS, AGENT)).json()
    assert (await ended(api, BOSS, absence["id"])).status_code == 200
    assert (await approve(api, AGENT, ticket)).status_code == 403


async def test_an_absence_that_ends_between_the_verdict_and_the_money_is_refused_at_the_envelope(api: Api) -> None:
    ticket = await waiting(api, "cyd")
    absence = (await away(api, BOSS, AGENT)).json()
    # The gateway takes nothing until the absence is over.
    await api.world.fault(target="payments", path="/v1/refunds*", kind="error", status=500)
    assert (await approve(api, AGENT, ticket)).status_code == 200
    assert (await ended(api, BOSS, absence["id"])).status_code == 200
    view = await api.world.watcher.until(ticket, lambda v: v.state.steps["d1-refund"].status.over, PATIENCE)
    refund = view.state.steps["d1-refund"]
    assert refund.status in (StepStatus.REFUSED, StepStatus.UNCERTAIN)
    assert "any more" in (refund.reason or "")
    assert await api.world.refunds("ch_cyd_0", "ch_cyd_1") == []


async def test_the_deputy_of_whoever_asked_for_it_may_not_approve_it(api: Api) -> None:
    """The Support Manager submitted the ticket; their deputy holds the role from nobody else."""
    assert (await away(api, BOSS, AGENT)).status_code == 201
    await api.world.duplicate("dea", 20_000)
    submitted = await api.submit("dea", "dea-by-a-manager", who=BOSS, priority="high")
    ticket = submitted.json()["ticket"]
    await api.world.until(ticket, "waiting-approval")
    await api.world.settled(ticket)
    refused = await approve(api, AGENT, ticket)
    assert (refused.status_code, "deputy" in refused.json()["error"]["message"]) == (403, True)
    found = (await api.world.http.get("/mailbox", params={"to": f"{AGENT}@staff.example.com"})).json()
    assert (found["data"] if isinstance(found, dict) else found) == []
    assert (await approve(api, OTHER_BOSS, ticket)).status_code == 200


async def test_nobody_takes_somebodys_authority_by_naming_themselves(quiet: Api) -> None:
    taken = await away(quiet, STOPPER, STOPPER, person=BOSS)
    assert (taken.status_code, "taking their authority" in taken.json()["error"]["message"]) == (403, True)
    assert (await away(quiet, BOSS, AGENT, person="finance-1")).status_code == 403
    assert (await quiet.call(AGENT, "GET", "/absences")).json() == {"absences": []}


async def test_everybody_names_their_own_deputy_and_those_designated_anybodys(quiet: Api) -> None:
    assert (await away(quiet, AGENT, BOSS)).status_code == 201
    assert (await away(quiet, AGENT, OTHER_BOSS, person=BOSS)).status_code == 403
    for_another = await away(quiet, STOPPER, OTHER_BOSS, person=BOSS)
    assert (for_another.status_code, for_another.json()["set_by"]) == (201, STOPPER)
    assert (await ended(quiet, AGENT, for_another.json()["id"])).status_code == 403
    assert (await away(quiet, "portal", BOSS)).status_code == 403
    # What is lent gives no right to arrange others' absences.
    assert (await away(quiet, AGENT, "senior-1", person=OTHER_BOSS)).status_code == 403
    assert (await away(quiet, BOSS, AGENT)).status_code == 201
    assert (await away(quiet, AGENT, "senior-1", person=OTHER_BOSS)).status_code == 403


async def test_one_deputy_stands_in_once_at_a_time(quiet: Api) -> None:
    until = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    first = await away(quiet, BOSS, AGENT, until=until)
    assert first.status_code == 201
    again = await away(quiet, BOSS, AGENT, until=until)
    assert again.json()["id"] == first.json()["id"]
    longer = (datetime.now(UTC) + timedelta(days=40)).isoformat()
    overlapping = await quiet.call(BOSS, "POST", "/absences", json={"deputy": AGENT, "until": longer})
    assert (overlapping.status_code, f"absence {first.json()['id']}" in overlapping.text) == (409, True)
    assert (await ended(quiet, BOSS, first.json()["id"])).status_code == 200
    assert (await quiet.call(BOSS, "POST", "/absences", json={"deputy": AGENT, "until": longer})).status_code == 201


async def test_what_is_lent_is_not_lent_on(quiet: Api) -> None:
    assert (await away(quiet, STOPPER, AGENT)).status_code == 201
    assert (await away(quiet, AGENT, "specialist-1")).status_code == 201
    order = {"scope": "A.1", "reason": "Refunds look wrong."}
    assert (await quiet.call("specialist-1", "POST", "/stops", json=order)).status_code == 403
    assert (await quiet.call(AGENT, "POST", "/stops", json=order)).status_code == 201


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ({"deputy": AGENT}, "deputy"),
        ({"deputy": "nobody"}, "deputy"),
        ({"deputy": "gone"}, "deputy"),
        ({"deputy": "portal"}, "deputy"),
        ({"until": "2020-01-01T00:00:00Z"}, "until"),
        ({"until": "2999-01-01T00:00:00"}, "until"),
        ({"from": "2999-01-01T00:00:00Z"}, ""),
        ({"reason": "holidays"}, "reason"),
    ],
)
async def test_an_absence_that_makes_no_sense_is_refused(quiet: Api, order: dict[str, str], field: str) -> None:
    answer = await away(quiet, AGENT, **{"deputy": BOSS, **order})
    assert (answer.status_code, answer.json()["error"].get("field") or "") == (422, field)
    assert (await quiet.call(AGENT, "GET", "/absences")).json() == {"absences": []}


async def test_absences_stay_on_record_with_who_ended_them(quiet: Api) -> None:
    first = (await away(quiet, AGENT, BOSS, until="2999-01-01T00:00:00Z")).json()
    over = (await ended(quiet, AGENT, first["id"])).json()
    assert (over["ended_by"], over["ended_at"] is not None) == (AGENT, True)
    again = await ended(quiet, AGENT, first["id"])
    assert (again.status_code, bool(again.json()["error"]["what_to_do"])) == (409, True)
    assert (await ended(quiet, AGENT, first["id"] + 1)).status_code == 404
    assert (await quiet.call(AGENT, "GET", "/absences")).json() == {"absences": []}
    (kept,) = (await quiet.call(AGENT, "GET", "/absences", params={"all": "true"})).json()["absences"]
    assert kept == over
    async with quiet.world.pool.acquire() as connection:
        for statement in ("UPDATE absence SET deputy = person", "DELETE FROM absence_ended"):
            with pytest.raises(Exception, match="permission denied"):
                await connection.execute(statement)
