"""The API on real servers: who may come in and act, and what counts once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from casewright.client import Client
from casewright.handbook import Handbook
from casewright.records import pool as pools
from casewright.records import reads
from starter.api import create_app
from tests.end_to_end.api_calls import (
    NOBODY_ANY_MORE,
    SERVICES,
    WITHOUT_ROLE,
    Api,
    fresh_key,
    open_api,
    token,
)
from tests.world import World


@pytest.fixture
async def api(world: World) -> AsyncIterator[Api]:
    async with open_api(world) as opened:
        yield opened


async def test_the_same_key_is_the_same_ticket(api: Api) -> None:
    key = fresh_key()
    first = await api.submit("ada", key)
    again = await api.submit("ada", key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["ticket"] == again.json()["ticket"]
    assert first.headers["location"] == f"/tickets/{first.json()['ticket']}"
    assert again.json()["differs"] is False
    other = await api.submit("ada", key, subject="Something else")
    assert (other.status_code, other.json()["differs"]) == (200, True)


async def test_keys_of_different_submitters_never_meet(api: Api) -> None:
    key = fresh_key()
    tickets = [(await api.submit("ada", key, who=who)).json()["ticket"] for who in (*SERVICES, "agent-1")]
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
    await api.world.settled(ticket)
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
    key = fresh_key()
    tickets = await asyncio.gather(*(api.submit("nobody", key) for _ in range(5)))
    (ticket,) = {answer.json()["ticket"] for answer in tickets}
    assert sorted(answer.status_code for answer in tickets) == [200, 200, 200, 200, 201]
    await api.world.until(ticket, "with-people")
    answers = await asyncio.gather(*(api.act("agent-1", ticket, "a", type="claim") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["seq"] for answer in answers}) == 1


async def test_the_database_shows_the_reading_that_the_api_shows(api: Api) -> None:
    ticket = await api.started("nobody", "with-people")
    assert (await api.act("agent-1", ticket, "mine", type="claim")).status_code == 200
    view = await reads.ticket(api.world.pool, ticket)
    assert view is not None
    assert view.assignee == "agent-1"
    shown = (await api.call("agent-1", "GET", f"/tickets/{ticket}")).json()
    assert (shown["assignee"], shown["waits_for"], shown["seq"]) == ("agent-1", view.waits_for, view.seq)
    assert shown["ruling"]["reason"]


async def test_pages_follow_one_another_and_filters_hold(api: Api) -> None:
    tickets = [await api.started("nobody", "with-people") for _ in range(3)]
    seen, after = [], None
    for _ in range(3):
        query = {"limit": "1", "state": "with-people", **({"after": after} if after else {})}
        page = (await api.call("agent-1", "GET", "/tickets", params=query)).json()
        seen += [ticket["id"] for ticket in page["tickets"]]
        after = page["after"]
    assert (seen, after) == (tickets[::-1], None)
    none = await api.call("agent-1", "GET", "/tickets", params={"policy": "A.1", "phase": "closed"})
    assert none.json() == {"tickets": [], "after": None}


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer nobody-has-this-token",
        f"Basic {token('agent-1')}",
        token("agent-1"),
        f"Bearer {token(NOBODY_ANY_MORE)}",
        "Bearer " + "x" * 20_000,
        "Bearer \xff\x01".encode("latin-1"),
    ],
)
async def test_who_has_no_valid_token_gets_nothing(api: Api, header: str | bytes | None) -> None:
    key = fresh_key()
    headers = [(b"Idempotency-Key", key.encode())]
    if header is not None:
        headers.append((b"Authorization", header if isinstance(header, bytes) else header.encode()))
    # The body is nonsense too: who may not come in does not learn that.
    for method, path in (("POST", "/tickets"), ("GET", "/tickets"), ("POST", "/tickets/T-0000000000000000/acts")):
        answer = await api.http.request(method, path, content=b"{", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["error"]["code"] == "unauthenticated"


async def test_services_pass_on_answers_and_people_do_everything_else(api: Api) -> None:
    await api.world.duplicate("ada")
    ticket = await api.started("ada", "waiting-customer", claims={})
    answer = {"type": "customer_answer", "message": "It is INV-ada", "claims": {"invoice": "INV-ada"}}
    ways_on = set()
    for who, act in (("agent-1", answer), ("portal", {"type": "claim"}), (WITHOUT_ROLE, {"type": "claim"})):
        refused = await api.act(who, ticket, "x", **act)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
        ways_on.add(refused.json()["error"]["what_to_do"])
    assert len(ways_on) == 3
    assert (await api.act("portal", ticket, "m1", **answer)).status_code == 200
    await api.world.until(ticket, "resolved")
    for path in ("/tickets", f"/tickets/{ticket}/events", f"/tickets/{ticket}/ledger"):
        assert (await api.call("portal", "GET", path)).status_code == 403
        assert (await api.call(WITHOUT_ROLE, "GET", path)).status_code == 403
    assert (await api.call(WITHOUT_ROLE, "GET", f"/tickets/{ticket}")).status_code == 403


async def test_an_act_takes_its_id_from_the_header_if_the_body_has_none(api: Api) -> None:
    ticket = await api.started("nobody", "with-people")
    note = {"type": "internal_note", "message": "x"}
    path = f"/tickets/{ticket}/acts"
    assert (await api.call("agent-1", "POST", path, json=note)).json()["error"]["field"] == "id"
    taken = await api.call("agent-1", "POST", path, json=note, headers={"Idempotency-Key": "from-header"})
    assert taken.status_code == 200
    assert "from-header" in [row.act for row in await reads.rows(api.world.pool, ticket)]


async def test_unknown_tickets_and_paths_are_not_found(api: Api) -> None:
    for path in (
        "/tickets/T-0000000000000000",
        "/tickets/x",
        "/tickets/%00",
        "/tickets/T-0000000000000000/events",
        "/x",
    ):
        answer = await api.call("agent-1", "GET", path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found"), path
        assert answer.json()["error"]["what_to_do"]
    act = await api.act("agent-1", "T-0000000000000000", "a", type="claim")
    assert act.status_code == 404
    assert (await api.call("agent-1", "DELETE", "/tickets")).json()["error"]["code"] == "method_not_allowed"


async def test_a_service_reaches_only_what_it_submitted_and_cant_tell_the_rest_from_nothing(api: Api) -> None:
    theirs = await api.started("nobody", "with-people")
    by_hand = (await api.submit("nobody", fresh_key(), who="agent-1")).json()["ticket"]
    for ticket in (theirs, by_hand):
        await api.world.settled(ticket)
    answer = {"type": "customer_answer", "message": "It was me."}
    before = {ticket: (await reads.rows(api.world.pool, ticket))[-1].seq for ticket in (theirs, by_hand)}
    unknown = "T-0000000000000000"
    for act in (answer, {**answer, "claims": {"invoice": "INV-1"}}, {"type": "claim"}):
        nos = [await api.act("app", ticket, "x", **act) for ticket in (unknown, theirs, by_hand)]
        assert {(no.status_code, no.content) for no in nos} == {(404, nos[0].content)}
    nos = [await api.call("app", "GET", f"/tickets/{ticket}") for ticket in (unknown, theirs, by_hand)]
    assert {(no.status_code, no.content) for no in nos} == {(404, nos[0].content)}
    assert {ticket: (await reads.rows(api.world.pool, ticket))[-1].seq for ticket in before} == before
    assert (await api.call("portal", "GET", f"/tickets/{theirs}")).status_code == 200
    assert (await api.act("portal", theirs, "mine", **answer)).status_code == 200
    for ticket in (theirs, by_hand):
        assert (await api.call("specialist-1", "GET", f"/tickets/{ticket}")).status_code == 200


async def test_who_claims_twice_or_takes_a_used_id_is_told_what_to_do_instead(api: Api) -> None:
    ticket = await api.started("nobody", "with-people")
    assert (await api.act("agent-1", ticket, "c1", type="claim")).status_code == 200
    twice = (await api.act("agent-1", ticket, "c2", type="claim")).json()["error"]
    assert twice["message"] == "the ticket is yours already"
    assert "reply" in twice["what_to_do"]
    used = (await api.act("agent-1", ticket, "c1", type="ask_customer", message="Which?")).json()["error"]
    assert (used["code"], "an id of its own" in used["what_to_do"]) == ("conflict", True)


async def test_what_is_down_is_said_and_may_be_tried_again(workerless: World) -> None:
    async with open_api(workerless) as api:
        assert (await api.http.get("/ready")).json() == {"database": "up", "temporal": "up"}
        handbook = Handbook.load(workerless.settings.handbook)
        closed = await pools.connect(workerless.settings.database_url.get_secret_value())
        await closed.close()
        nowhere = workerless.settings.model_copy(update={"temporal_address": "127.0.0.1:1"})
        lost = await Client.connect(nowhere, pool=workerless.pool, watcher=workerless.watcher, lazy=True)
        for client, pool, ready in (
            (workerless.client, closed, {"database": "down", "temporal": "up"}),
            (lost, workerless.pool, {"database": "up", "temporal": "down"}),
        ):
            app = create_app(client, pool, handbook)
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as http:
                assert (await http.get("/health")).status_code == 200
                said = await http.get("/ready")
                assert (said.status_code, said.json()) == (503, ready)
                answer = await Api(workerless, http).submit("ada", fresh_key())
                assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
                assert int(answer.headers["retry-after"]) > 0


async def test_a_request_for_approval_shows_the_evidence_to_staff_only(api: Api) -> None:
    await api.world.duplicate("ada")
    ticket = await api.started("ada", "waiting-approval", priority="high")
    shown = (await api.call("manager-1", "GET", f"/tickets/{ticket}")).json()["evidence"]
    assert shown["conditions"]["priority in [high, critical]"] == "true"
    assert shown["inputs"]["proof"] == "duplicate"
    assert "billing.charge" in {source["fact"] for source in shown["sources"]}
    seen_by_portal = (await api.call("portal", "GET", f"/tickets/{ticket}")).json()
    assert seen_by_portal.keys() == {"id", "subject", "status", "submitted_at", "messages"}
