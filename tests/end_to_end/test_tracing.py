"""What leaves the processes about a ticket, on real servers: one trace, true counts, and nobody's words or name."""

from __future__ import annotations

import time

import pytest

from casewright.embedded.ports import free_port
from casewright.telemetry.exporting import LEAVE_SECONDS
from tests.end_to_end.api_calls import about, fresh_key
from tests.end_to_end.observed import PORTAL, Programs, observed
from tests.end_to_end.otlp import Collector, collector
from tests.world import World

SECRETS = ("quittenmus", "kamelhaar", "sample customer", "wolpertinger")
"""A mail address' name, words of the message, and names; nothing else has them."""
UNASKED = {"baggage": "who=quittenmus", "tracestate": "who=quittenmus"}
"""What a caller may send along in OpenTelemetry's own headers."""
JSON = {"Content-Type": "application/json", "Idempotency-Key": "quittenmus"}


async def submitted(programs: Programs, name: str, **fields: object) -> str:
    headers = {**PORTAL, "Idempotency-Key": fresh_key(), **UNASKED}
    answer = await programs.http.post("/tickets", json=about(name, **fields), headers=headers)
    assert answer.status_code == 201, answer.text
    ticket: str = answer.json()["ticket"]
    return ticket


async def telling(world: World, seen: Collector, **changed: object) -> Programs:
    """A ticket full of what must not be told, through a lost answer of the gateway and a person's letter."""
    async with observed(world, seen.url, **changed) as programs:
        await world.duplicate("quittenmus")
        await world.fault(target="payments", method="POST", path="/v1/refunds", kind="lost_answer", times=1)
        # Without the account's id, the gateway is asked by the mail address.
        requester = {"email": "quittenmus@example.com", "name": "Wolpertinger"}
        ticket = await submitted(programs, "quittenmus", requester=requester, body="About my kamelhaar coat")
        await world.until(ticket, "resolved")
        again = {"id": "m1", "type": "customer_answer", "message": "The kamelhaar coat, and quittenmus@example.com"}
        taken = await programs.http.post(f"/tickets/{ticket}/acts", json=again, headers=PORTAL)
        assert taken.status_code == 200, taken.text
        await programs.http.get("/tickets/quittenmus@example.com?email=quittenmus@example.com", headers=PORTAL)
        await programs.http.get("/nowhere/quittenmus?name=Wolpertinger", headers=PORTAL)
        await programs.http.post("/tickets", content=b'{"quittenmus": kamelhaar', headers={**PORTAL, **JSON})
    return programs


async def test_one_trace_leads_from_the_request_to_every_activity_and_its_calls(workerless: World) -> None:
    world = workerless
    # Spans arrive when the programs end.
    async with collector() as seen, observed(world, seen.url) as programs:
        await world.duplicate("ada")
        await world.until(await submitted(programs, "ada"), "resolved")
    (request,) = seen.named("POST /tickets")
    assert request.service == "casewright-api"
    for activity, call in (
        ("assess", "GET /v1/customers/{}"),
        ("assess", "GET /v1/invoices/search"),
        ("refund", "POST /v1/refunds"),
        ("mail", "SMTP send"),
        ("refund", "SELECT"),
    ):
        chains = [seen.ancestry(span) for span in seen.named(call) if span.trace == request.trace]
        path = [f"RunActivity:{activity}", f"StartActivity:{activity}", "StartWorkflow:Ticket", "POST /tickets"]
        assert [call, *path] in chains, (call, chains)
    # The SDK ends a workflow's own span at once, beside those of what the workflow does.
    (run,) = seen.named("RunWorkflow:Ticket")
    assert seen.ancestry(run) == ["RunWorkflow:Ticket", "StartWorkflow:Ticket", "POST /tickets"]
    for activity in ("assess", "refund", "mail"):
        told = seen.named(f"RunActivity:{activity}")
        assert told
        assert {(span.trace, span.service) for span in told} == {(request.trace, "casewright-worker")}
        assert len(told) == len(seen.named(f"StartActivity:{activity}"))


async def test_a_replay_tells_and_counts_nothing_twice_and_goes_on_in_the_trace(workerless: World) -> None:
    async with collector() as seen:
        # Nothing cached: every task of the workflow replays what was before.
        await telling(workerless, seen, max_cached_workflows=0)
    assert len(seen.named("RunWorkflow:Ticket")) == 1
    assert len(seen.named("StartActivity:refund")) == 1
    (request,) = {span.trace for span in seen.named("StartWorkflow:Ticket")}
    assert {span.trace for span in seen.spans if span.name.startswith(("RunActivity:", "StartActivity:"))} == {request}
    assert seen.count("casewright.tickets.submitted", policy="A.1") == 1
    assert seen.count("casewright.tickets.decided", policy="A.1", ownership="automate") == 1
    assert seen.count("casewright.tickets.time_to_decision", policy="A.1", ownership="automate") == 1
    assert seen.count("casewright.decision.duration", policy="A.1", ownership="automate") == 1
    assert seen.count("casewright.effects.attempts", kind="refund") == 2
    assert seen.count("casewright.effects.retries", kind="refund") == 1
    assert seen.count("casewright.effects.failures", kind="refund", error="Unreachable") == 1
    assert seen.count("casewright.effects.done", kind="refund", found="true") == 1
    assert seen.count("casewright.effects.done", kind="refund", found="false") == 0


async def test_temporals_own_metrics_come_along(workerless: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # The core sends them at this interval only, not when it ends.
    monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", "200")
    async with collector() as seen, observed(workerless, seen.url):
        await seen.until("temporal_")


async def test_neither_spans_nor_metrics_nor_logs_hold_what_a_customer_wrote_or_who_they_are(workerless: World) -> None:
    async with collector() as seen:
        programs = await telling(workerless, seen)
    exported, logged = bytes(seen.raw).lower(), bytes(programs.log).lower()
    for secret in (*SECRETS, "cus_", "sandbox-token", "sk_test"):
        assert secret.encode() not in exported, secret
        assert secret.encode() not in logged, secret
    # It is about that very request, and the call that asked for the address.
    assert seen.named("POST /tickets")
    assert "GET /v1/customers" in {span.name for span in seen.spans}


async def test_what_callers_send_along_in_headers_of_tracing_goes_no_further(workerless: World) -> None:
    world = workerless
    async with collector() as seen, observed(world, seen.url) as programs:
        ticket = await submitted(programs, "ada")
        await world.until(ticket, "with-people")
    history = await world.handle(ticket).fetch_history()
    started = history.events[0].workflow_execution_started_event_attributes
    assert b"traceparent" in started.header.SerializeToString()
    assert b"quittenmus" not in started.header.SerializeToString()


async def test_a_collector_that_is_not_there_holds_up_neither_tickets_nor_the_end(workerless: World) -> None:
    world = workerless
    nowhere = f"http://127.0.0.1:{free_port()}"
    async with observed(world, nowhere) as programs:
        await world.until(await submitted(programs, "ada"), "with-people")
        ending = time.monotonic()
    # Both processes wait for it, one after the other, and for nothing else; its own patience would be 30 s each.
    assert time.monotonic() - ending < 3 * LEAVE_SECONDS
    assert any("could not be sent" in str(line["message"]) for line in programs.lines)


async def test_each_line_of_the_log_is_json_and_names_ticket_and_trace(workerless: World) -> None:
    async with collector() as seen:
        programs = await telling(workerless, seen)
    (request,) = [span for span in seen.named("POST /tickets") if len(seen.ancestry(span)) == 1][:1]
    (lost,) = [line for line in programs.lines if "failed" in str(line["message"])]
    assert lost["service"] == "worker"
    assert lost["trace_id"] == request.trace.hex()
    assert str(lost["ticket"]).startswith("T-")
    assert lost["error"][0] == "ApplicationError (Unreachable)"  # type: ignore[index]
    asked = [line for line in programs.lines if line["logger"] == "casewright.access"]
    assert [(line["method"], line["route"], line["status"]) for line in asked] == [
        ("POST", "/tickets", 201),
        ("POST", "/tickets/{ticket}/acts", 200),
        ("GET", "/tickets/{ticket}", 404),
        ("GET", "unknown address", 404),
        ("POST", "/tickets", 400),
    ]
