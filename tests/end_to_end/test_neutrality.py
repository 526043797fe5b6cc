"""B.1 tells nobody who has an account: mails, views, receipts and times are the same, whatever is found (RULES B.1)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from casewright.client import Client
from casewright.domain import acts as a
from casewright.domain.alarms import survey_at
from casewright.domain.clocks import Milestone
from casewright.domain.messages import TicketTerms
from casewright.domain.state import StepStatus
from casewright.domain.steps import MailStep
from casewright.domain.ticket import Priority
from casewright.handbook import Handbook
from casewright.records import reads
from starter.api import create_app
from tests.end_to_end.api_calls import Api, fresh_key, open_api
from tests.end_to_end.test_login_failure import identity, mails_to
from tests.world import PATIENCE, World, who

STATUSES = {
    "good": "active",
    "locked": "locked_for_security",
    "shut": "deactivated_for_security",
    "gone": "deactivated",
}
KINDS = (*STATUSES, "attacked", "nobody")


@pytest.fixture
async def api(world: World) -> AsyncIterator[Api]:
    """The API over a world with an account of every kind; nobody is ``nobody``."""
    for name, status in STATUSES.items():
        await identity(world, f"usr_{name}", address(name), status=status)
    # The acknowledgment must not promise more to whoever has an account with a better plan.
    customer = {"id": "cus_good", "name": "Sample Customer", "email": address("good"), "created": "-400d"}
    await world.seed(customers=[{**customer, "metadata": {"plan": "enterprise"}}])
    await identity(world, "usr_attacked", address("attacked"), failures=5)
    async with open_api(world) as opened:
        yield opened


def address(kind: str) -> str:
    return f"{kind}@accounts.example"


async def asked(api: Api, kind: str, **fields: Any) -> str:
    requester = {"email": address(kind), "name": "Sample Customer"}
    body = {"policy": "B.1", "subject": "I can't sign in", "requester": requester, **fields}
    answer = await api.call("portal", "POST", "/tickets", json=body, headers={"Idempotency-Key": fresh_key()})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["ticket"])


async def everybody(api: Api, **fields: Any) -> dict[str, str]:
    """A ticket of each kind, once nothing is under way any more."""
    tickets = {kind: await asked(api, kind, **fields) for kind in KINDS}
    await asyncio.gather(*(api.world.settled(ticket) for ticket in tickets.values()))
    return tickets


async def seen(api: Api, ticket: str) -> dict[str, Any]:
    """What the portal sees of it, without what differs between any two tickets: its id and its instants."""
    answer = await api.call("portal", "GET", f"/tickets/{ticket}")
    view: dict[str, Any] = answer.json()
    messages = [(m["sender"], _plain(m["subject"], ticket), _plain(m["text"], ticket)) for m in view.pop("messages")]
    assert view.pop("id") == ticket
    view.pop("submitted_at")
    return {**view, "messages": sorted(messages, key=str), "status code": answer.status_code}


def _plain(text: str | None, ticket: str) -> str | None:
    return text.replace(ticket, "TICKET") if text is not None else None


def alike(found: dict[str, Any]) -> bool:
    return len({repr(value) for value in found.values()}) == 1


async def test_everybody_gets_the_same_messages(api: Api) -> None:
    tickets = await everybody(api)
    got = {}
    for kind, ticket in tickets.items():
        mails = [
            mail for mail in await mails_to(api.world, address(kind)) if "Set a new password" not in mail["subject"]
        ]
        got[kind] = sorted((_plain(m["subject"], ticket), _plain(m["text"], ticket)) for m in mails)
    assert len(got["nobody"]) == 2
    assert alike(got)


async def test_the_rulings_differ_and_the_portal_sees_none_of_it(api: Api) -> None:
    tickets = await everybody(api)
    rules = {(await api.world.settled(ticket)).rule for ticket in tickets.values()}
    assert rules == {"B.1/reset", "B.1/secops", "B.1/gap-standing", "B.1/gap-unknown-address"}
    views = {kind: await seen(api, ticket) for kind, ticket in tickets.items()}
    assert set(views["good"]) == {"subject", "status", "messages", "status code"}
    assert views["good"]["status"] == "answered"
    assert len(views["good"]["messages"]) == 3
    assert alike(views)


async def test_the_neutral_reply_is_the_first_step_and_waits_for_nobody(api: Api) -> None:
    for priority in (Priority.LOW, Priority.CRITICAL):
        for ticket in (await everybody(api, priority=priority)).values():
            (view, rows) = (await api.world.settled(ticket), await reads.rows(api.world.pool, ticket))
            first = next(record for id, record in view.state.steps.items() if id.startswith("d1-"))
            assert isinstance(first.step, MailStep)
            assert (first.step.template, first.after, first.gate) == ("login-help", (), None)
            done = [row.event.step for row in rows if row.event.type == "step_done"]
            assert next(step for step in done if step.startswith("d1-")) == "d1-reply"


async def test_the_identity_store_is_called_as_often_for_somebody_as_for_nobody(api: Api) -> None:
    calls = {}
    for kind in KINDS:
        seen_so_far = (await api.world.http.get("/_sandbox/calls", params={"target": "identity"})).json()
        await api.world.settled(await asked(api, kind, priority="high"))
        now = (await api.world.http.get("/_sandbox/calls", params={"target": "identity"})).json()
        calls[kind] = len(_listed(now)) - len(_listed(seen_so_far))
    assert calls["nobody"] == 3
    assert alike(calls)


def _listed(answer: Any) -> list[Any]:
    found: list[Any] = answer["calls"] if isinstance(answer, dict) else answer
    return found


async def test_an_outage_of_the_log_alone_delays_everybody_alike(api: Api) -> None:
    await api.world.fault(target="identity", kind="outage", path="/identity/v1/*")
    tickets = {kind: await asked(api, kind) for kind in KINDS}
    for ticket in tickets.values():
        await api.world.watcher.until(ticket, _is_acknowledged, PATIENCE)
        # Whoever could be decided would be by now: nobody is, while the log can't be had.
        state = await api.world.believed(ticket, lambda state: "acknowledgment" in state.steps)
        assert (state.ruling, state.needs_decision) == (None, True)
    views = {kind: await seen(api, ticket) for kind, ticket in tickets.items()}
    assert views["nobody"]["status"] == "received"
    assert alike(views)


def _is_acknowledged(view: Any) -> bool:
    record = view.state.steps.get("acknowledgment")
    return record is not None and record.status is StepStatus.DONE


async def test_the_survey_is_due_at_the_same_time_after_the_answer(api: Api) -> None:
    for ticket in (await everybody(api)).values():
        state = (await api.world.settled(ticket)).state
        assert survey_at(state, TicketTerms()) == state.reached[Milestone.ANSWERED] + timedelta(hours=24)


async def test_people_who_write_and_end_it_change_nothing_that_the_portal_sees(api: Api) -> None:
    tickets = await everybody(api)
    before = await seen(api, tickets["nobody"])
    agent = who("agent-1")
    await api.world.act(tickets["gone"], a.Reply(id="r", actor=agent, message="Your account is deactivated."))
    end = a.Resolve(id="end", actor=agent, code="deactivated", summary="The account stays deactivated.")
    await api.world.act(tickets["gone"], end)
    await api.world.act(tickets["locked"], a.AskCustomer(id="q", actor=agent, message="Was it you?"))
    await api.world.settled(tickets["gone"])
    await api.world.settled(tickets["locked"])
    assert {kind: await seen(api, ticket) for kind, ticket in tickets.items()} == dict.fromkeys(KINDS, before)


async def test_a_customers_answer_gets_the_same_receipt(api: Api) -> None:
    tickets = await everybody(api)
    receipts = {}
    for kind, ticket in tickets.items():
        answer = await api.act("portal", ticket, "m1", type="customer_answer", message="Nothing has arrived.")
        receipts[kind] = (answer.status_code, answer.json())
    assert receipts["nobody"] == (200, {"seq": None, "repeated": False, "journalled": True})
    assert alike(receipts)
    assert alike({kind: await seen(api, ticket) for kind, ticket in tickets.items()})


async def test_after_the_reopening_window_everybodys_ticket_is_closed_and_takes_nothing(world: World, api: Api) -> None:
    terms = TicketTerms(reopening_days=0, survey_hours=None)
    key = world.settings.intake_key.get_secret_value().encode()
    client = Client(
        world.client.temporal,
        intake_key=key,
        task_queue=world.settings.task_queue,
        terms=terms,
        pool=world.pool,
        watcher=world.watcher,
    )
    app = create_app(client, world.pool, Handbook.load(world.settings.handbook))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as http:
        later = Api(world, http)
        tickets = await everybody(later)
        await world.until(tickets["good"], "closed")
        views = {kind: await seen(later, ticket) for kind, ticket in tickets.items()}
        assert views["nobody"]["status"] == "closed"
        assert alike(views)
        said = {}
        for kind, ticket in tickets.items():
            answer = await later.act("portal", ticket, "m1", type="customer_answer", message="Nothing has arrived.")
            said[kind] = (answer.status_code, answer.text)
        assert said["nobody"][0] == 409
        assert alike(said)


async def test_staff_see_all_of_it(api: Api) -> None:
    ticket = await asked(api, "locked")
    await api.world.settled(ticket)
    shown = (await api.call("agent-1", "GET", f"/tickets/{ticket}")).json()
    assert (shown["ruling"]["rule"], shown["team"]) == ("B.1/secops", "security-operations")
    assert shown["evidence"]["inputs"]["standing"] == "security"
