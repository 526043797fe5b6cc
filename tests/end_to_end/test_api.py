"""The API on real servers: who may come in, what counts once, and what never becomes a ticket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from casewright.handbook import Handbook
from casewright.records import people, reads
from casewright.records.people import NamedPerson, hash_token
from starter.api import create_app
from tests.world import ROLES, World

SERVICES = ("portal", "app")


def token(who: str) -> str:
    return f"the token of {who}"


@dataclass
class Api:
    """The application over a world, and how its callers speak to it."""

    world: World
    http: httpx.AsyncClient

    async def call(self, who: str, method: str, path: str, **rest: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token(who)}", **rest.pop("headers", {})}  # type: ignore[dict-item]
        return await self.http.request(method, path, headers=headers, **rest)  # type: ignore[arg-type]

    async def submit(self, name: str, key: str, *, who: str = "portal", **fields: object) -> httpx.Response:
        return await self.call(who, "POST", "/tickets", json=about(name, **fields), headers={"Idempotency-Key": key})

    async def act(self, who: str, ticket: str, id: str, **act: object) -> httpx.Response:
        return await self.call(who, "POST", f"/tickets/{ticket}/acts", json={"id": id, **act})

    async def started(self, name: str, state: str, **fields: object) -> str:
        """A ticket in this state."""
        ticket: str = (await self.submit(name, f"key-{name}", **fields)).json()["ticket"]
        await self.world.until(ticket, state)
        return ticket

    async def plan(self, ticket: str) -> str:
        """The hash of the plan that waits for approval."""
        shown = (await self.call("manager-1", "GET", f"/tickets/{ticket}")).json()
        found: str = shown["approval"]["plan_hash"]
        return found


def about(name: str, **fields: object) -> dict[str, object]:
    requester = {"email": f"{name}@example.com", "customer": f"cus_{name}"}
    claims = {"invoice": f"INV-{name}"}
    return {"policy": "A.1", "subject": "Charged twice", "requester": requester, "claims": claims, **fields}


def everybody() -> list[NamedPerson]:
    staff = [
        NamedPerson(id=id, name=f"Sample {id}", kind="person", roles=(role,), token_hash=hash_token(token(id)))
        for id, role in ROLES.items()
    ]
    services = [NamedPerson(id=id, name=id, kind="service", token_hash=hash_token(token(id))) for id in SERVICES]
    gone = NamedPerson(id="gone", name="Gone", kind="person", roles=("agent",), active=False)
    new = NamedPerson(id="new", name="New", kind="person", token_hash=hash_token(token("new")))
    return [*staff, *services, new, gone.model_copy(update={"token_hash": hash_token(token("gone"))})]


async def open_api(world: World) -> AsyncIterator[Api]:
    async with world.pool.acquire() as connection:
        await people.sync(connection, everybody())
    app = create_app(world.client, world.pool, Handbook.load(world.settings.handbook))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as http:
        yield Api(world, http)


@pytest.fixture
async def api(world: World) -> AsyncIterator[Api]:
    async for opened in open_api(world):
        yield opened


async def test_the_same_key_is_the_same_ticket(api: Api) -> None:
    first = await api.submit("ada", "key")
    again = await api.submit("ada", "key")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["ticket"] == again.json()["ticket"]
    assert first.headers["location"] == f"/tickets/{first.json()['ticket']}"
    assert again.json()["differs"] is False
    other = await api.submit("ada", "key", subject="Something else")
    assert (other.status_code, other.json()["differs"]) == (200, True)


async def test_keys_of_different_submitters_never_meet(api: Api) -> None:
    tickets = [(await api.submit("ada", "key", who=who)).json()["ticket"] for who in (*SERVICES, "agent-1")]
    assert len(set(tickets)) == 3


async def test_a_plan_is_approved_by_the_right_role_only(api: Api) -> None:
    await api.world.duplicate("ada")
    ticket = await api.started("ada", "waiting-approval", priority="high")
    plan = await api.plan(ticket)
    wrong = await api.act("specialist-1", ticket, "y1", type="approve", plan_hash=plan)
    assert wrong.status_code == 403
    assert wrong.json()["error"]["code"] == "forbidden"
    assert await api.world.refunds("ch_ada_0", "ch_ada_1") == []
    stale = await api.act("manager-1", ticket, "y2", type="approve", plan_hash="0" * 64)
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "conflict")
    right = await api.act("manager-1", ticket, "y3", type="approve", plan_hash=plan)
    assert right.status_code == 200
    await api.world.until(ticket, "resolved")
    assert await api.world.refunds("ch_ada_0", "ch_ada_1") == [2000]
    ledger = (await api.call("agent-1", "GET", f"/tickets/{ticket}/ledger")).json()["entries"]
    assert [entry["approved_by"] for entry in ledger] == ["manager-1"]
    closed = await api.act("manager-1", ticket, "y4", type="claim")
    assert (closed.status_code, closed.json()["error"]["code"]) == (409, "closed")


async def test_what_waits_for_approval_is_shown_with_its_evidence(api: Api) -> None:
    await api.world.duplicate("ada")
    ticket = await api.started("ada", "waiting-approval", priority="high")
    shown = (await api.call("manager-1", "GET", f"/tickets/{ticket}")).json()
    assert shown["state"] == "waiting-approval"
    assert shown["waits_for"].startswith("an approval by")
    approval = shown["approval"]
    assert "agent" in approval["roles"]
    (refund,) = [step for step in approval["steps"] if step["kind"] == "refund"]
    assert refund["amount"] == {"amount": "20.00", "currency": "USD"}
    assert refund["charge"].startswith("ch_ada_")
    assert any(step["gated"] and step["charge"] == refund["charge"] for step in shown["steps"])


async def test_an_act_is_in_the_journal_when_the_answer_comes_and_counts_once(api: Api) -> None:
    ticket = await api.started("nobody", "with-people")
    note = {"type": "internal_note", "message": "once"}
    for _ in range(3):
        answer = await api.act("agent-1", ticket, "same", **note)
        assert answer.status_code == 200
        row = next(row for row in await reads.rows(api.world.pool, ticket) if row.act == "same")
        assert (row.seq, row.actor.id, row.actor.roles) == (answer.json()["seq"], "agent-1", ("agent",))
    rows = (await api.call("agent-1", "GET", f"/tickets/{ticket}/events")).json()["events"]
    assert [row["event"]["type"] for row in rows].count("noted") == 1
    other = await api.act("agent-1", ticket, "same", type="internal_note", message="another")
    assert other.status_code == 409


async def test_simultaneous_resends_count_once(api: Api) -> None:
    tickets = await asyncio.gather(*(api.submit("nobody", "key") for _ in range(5)))
    (ticket,) = {answer.json()["ticket"] for answer in tickets}
    assert sorted(answer.status_code for answer in tickets) == [200, 200, 200, 200, 201]
    await api.world.until(ticket, "with-people")
    answers = await asyncio.gather(*(api.act("agent-1", ticket, "a", type="claim") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["seq"] for answer in answers}) == 1
