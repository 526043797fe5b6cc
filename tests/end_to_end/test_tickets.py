"""Whole tickets of policy A.1 on real servers: decided, acted on, resumed, ended."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus

from casewright.client import ActRefused
from casewright.domain import acts as a
from casewright.domain import events as ev
from casewright.domain.decision import Ownership
from casewright.domain.events import EventRow
from casewright.domain.messages import TICKET_WORKFLOW, TicketStart, TicketTerms
from casewright.domain.people import POLICY_EXCEPTION_QUEUE, SYSTEM
from casewright.domain.state import ApprovalStatus, Phase, StepStatus
from casewright.domain.ticket import Priority, Requester, Submission
from casewright.records import reads, stops
from casewright.records.journal import flush
from tests.world import CUSTOMER, PATIENCE, World, usd, who


async def events(world: World, ticket: str) -> list[str]:
    return [row.event.type for row in await reads.rows(world.pool, ticket)]


async def mails(world: World, name: str) -> list[str]:
    found = (await world.http.get("/mailbox", params={"to": f"{name}@example.com"})).json()
    messages = found["data"] if isinstance(found, dict) else found
    return [message["subject"] for message in messages]


async def started(world: World, ticket: str, submission: Submission, **terms: int) -> str:
    """A ticket with terms of its own."""
    start = TicketStart(ticket=ticket, submission=submission, terms=TicketTerms(**terms))
    await world.client.temporal.start_workflow(TICKET_WORKFLOW, start, id=ticket, task_queue=world.settings.task_queue)
    return ticket


def about(name: str, **fields: object) -> Submission:
    requester = Requester(email=f"{name}@example.com", customer=f"cus_{name}")
    values = {"claims": {"invoice": f"INV-{name}"}, **fields}
    return Submission.model_validate({"policy": "A.1", "subject": "Charged twice", "requester": requester, **values})


async def test_a_proven_duplicate_is_refunded_confirmed_and_resolved(world: World) -> None:
    await world.duplicate("ada")
    ticket = await world.submit("ada", invoice="INV-ada")
    view = await world.until(ticket, "resolved")
    assert view.state.ruling is not None
    assert view.state.ruling.rule == "A.1/auto-refund"
    subjects = await mails(world, "ada")
    assert len(subjects) == 2
    assert all(ticket in subject for subject in subjects)
    (entry,) = await world.entries(ticket)
    assert (entry.policy, entry.policy_version, entry.rule) == ("A.1", 1, "A.1/auto-refund")
    assert entry.gateway_reference == view.state.steps["d1-refund"].reference


async def test_the_journal_and_the_workflow_agree_to_the_last_row(world: World) -> None:
    await world.duplicate("ada")
    ticket = await world.submit("ada", invoice="INV-ada", priority=Priority.HIGH)
    view = await world.until(ticket, "waiting-approval")
    assert view.state.approval is not None
    await world.act(ticket, a.InternalNote(id="n", actor=who("agent-1"), message="Looks right to me."))
    await world.act(ticket, a.Approve(id="y", actor=who("manager-1"), plan_hash=view.state.approval.plan_hash))
    view = await world.until(ticket, "resolved")
    believed = await world.believed(ticket, lambda state: state.phase is Phase.RESOLVED)
    assert view.state == believed.model_copy(update={"acts": view.state.acts})
    assert [row.seq for row in await reads.rows(world.pool, ticket)] == list(range(1, believed.seq + 1))


async def test_a_question_answered_is_decided_again(world: World) -> None:
    await world.duplicate("ada")
    ticket = await world.submit("ada")
    view = await world.until(ticket, "waiting-customer")
    assert view.state.ownership is Ownership.ASK
    answer = a.CustomerAnswer(id="m1", actor=CUSTOMER, message="It is INV-ada", claims={"invoice": "INV-ada"})
    await world.act(ticket, answer)
    view = await world.until(ticket, "resolved")
    assert await world.refunds("ch_ada_0", "ch_ada_1") == [2000]
    assert view.state.decisions == 2


async def test_an_act_counts_once_however_often_it_comes(world: World) -> None:
    ticket = await world.submit("nobody", invoice="INV-none")
    await world.until(ticket, "with-people")
    note = a.InternalNote(id="same", actor=who("agent-1"), message="once")
    receipts = await asyncio.gather(*(world.act(ticket, note) for _ in range(5)))
    assert len({receipt.seq for receipt in receipts}) == 1
    assert (await events(world, ticket)).count("noted") == 1


async def test_an_act_counts_once_across_continue_as_new(world: World) -> None:
    ticket = await started(world, "T-00000000000000CA", about("nobody"), history_events=30)
    await world.until(ticket, "with-people")
    note = a.InternalNote(id="same", actor=who("agent-1"), message="once")
    first = await world.act(ticket, note)
    before = (await world.handle(ticket).describe()).run_id
    for number in range(12):
        await world.act(ticket, a.InternalNote(id=f"n{number}", actor=who("agent-1"), message="more"))
    assert (await world.handle(ticket).describe()).run_id != before
    again = await world.act(ticket, note)
    assert (again.seq, again.repeated) == (first.seq, True)
    assert (await events(world, ticket)).count("noted") == 13


async def test_the_same_key_is_the_same_ticket_also_after_it_closed(world: World) -> None:
    await world.duplicate("ada")
    ticket = await world.submit("ada", key="mail-1", invoice="INV-ada")
    await world.until(ticket, "resolved")
    assert await world.submit("ada", key="mail-1", invoice="INV-ada") == ticket
    await world.handle(ticket).terminate("as if its history were gone")
    assert await world.submit("ada", key="mail-1", invoice="INV-ada") == ticket
    assert await world.refunds("ch_ada_0", "ch_ada_1") == [2000]


async def test_a_rejected_plan_gives_nothing_and_a_person_ends_the_ticket(world: World) -> None:
    await world.duplicate("ada")
    ticket = await world.submit("ada", invoice="INV-ada", priority=Priority.CRITICAL)
    view = await world.until(ticket, "waiting-approval")
    assert view.state.approval is not None
    shown = view.state.approval.plan_hash
    await world.act(ticket, a.Reject(id="no", actor=who("manager-1"), plan_hash=shown, reason="The customer withdrew."))
    with pytest.raises(ActRefused, match="first verdict stands"):
        await world.act(ticket, a.Approve(id="late", actor=who("manager-2"), plan_hash=shown))
    await world.act(ticket, a.Resolve(id="end", actor=who("specialist-1"), code="withdrawn", summary="As you asked."))
    view = await world.until(ticket, "resolved")
    assert view.state.approval is not None
    assert view.state.approval.status is ApprovalStatus.REJECTED
    assert await world.refunds("ch_ada_0", "ch_ada_1") == []


async def test_an_override_refunds_on_ones_own_authority(world: World) -> None:
    await world.overcharge("ada", charged=7500, owed=7500)
    ticket = await world.submit("ada", invoice="INV-ada")
    await world.until(ticket, "with-people")
    remedy = a.Remedy(kind="refund", amount=usd(1000))
    await world.act(
        ticket, a.Override(id="o", actor=who("senior-1"), justification="Goodwill after a long wait.", remedy=remedy)
    )
    view = await world.until(ticket, "resolved")
    assert await world.refunds("ch_ada") == [1000]
    (entry,) = await world.entries(ticket)
    assert entry.approved_by == "senior-1"
    assert view.state.code == "overridden"


async def test_an_override_beyond_ones_authority_asks_someone_else(world: World) -> None:
    await world.overcharge("ada", charged=90000, owed=90000)
    ticket = await world.submit("ada", invoice="INV-ada")
    await world.until(ticket, "with-people")
    remedy = a.Remedy(kind="refund", amount=usd(20000))
    await world.act(ticket, a.Override(id="o", actor=who("lead-1"), justification="Promised by phone.", remedy=remedy))
    view = await world.until(ticket, "waiting-approval")
    approval = view.state.approval
    assert approval is not None
    assert approval.requested_by.id == "lead-1"
    with pytest.raises(ActRefused, match="own request"):
        await world.act(ticket, a.Approve(id="me", actor=who("lead-1"), plan_hash=approval.plan_hash))
    await world.act(ticket, a.Approve(id="yes", actor=who("manager-1"), plan_hash=approval.plan_hash))
    await world.until(ticket, "resolved")
    assert await world.refunds("ch_ada") == [20000]


async def test_a_credit_is_goodwill_on_the_balance_and_in_the_ledger(world: World) -> None:
    await world.overcharge("ada", charged=7500, owed=7500)
    ticket = await world.submit("ada", invoice="INV-ada")
    await world.until(ticket, "with-people")
    remedy = a.Remedy(kind="credit", amount=usd(1500))
    await world.act(ticket, a.Override(id="o", actor=who("manager-1"), justification="A gesture.", remedy=remedy))
    await world.until(ticket, "resolved")
    (entry,) = await world.entries(ticket)
    assert entry.kind == "credit"
    assert await world.refunds("ch_ada") == []


async def test_a_remedy_that_the_systems_contradict_leaves_the_ticket_with_people(world: World) -> None:
    await world.overcharge("ada", charged=7500, owed=7500)
    ticket = await world.submit("ada", invoice="INV-ada")
    await world.until(ticket, "with-people")
    remedy = a.Remedy(kind="refund", amount=usd(99900))
    await world.act(ticket, a.Override(id="o", actor=who("manager-1"), justification="A mistake.", remedy=remedy))
    await world.watcher.until(ticket, lambda view: view.state.remedy is None, 30)
    assert "remedy_refused" in await events(world, ticket)
    assert await world.refunds("ch_ada") == []


async def test_claims_notes_reassignments_and_priorities_are_all_in_the_journal(world: World) -> None:
    ticket = await world.submit("nobody", invoice="INV-none")
    await world.until(ticket, "with-people")
    agent = who("agent-1")
    await world.act(ticket, a.Claim(id="1", actor=agent))
    await world.act(ticket, a.Reply(id="2", actor=agent, message="We are looking."))
    await world.act(ticket, a.AskCustomer(id="3", actor=agent, message="Which card was it?"))
    await world.until(ticket, "waiting-customer")
    await world.act(ticket, a.CustomerAnswer(id="4", actor=CUSTOMER, message="The blue one."))
    await world.act(ticket, a.Reprioritise(id="5", actor=who("lead-1"), priority=Priority.HIGH, reason="Two cards."))
    await world.act(ticket, a.Reassign(id="6", actor=agent, team="billing-specialists", reason="Cards are theirs."))
    view = await world.settled(ticket)
    assert (view.team, view.priority) == ("billing-specialists", Priority.HIGH)
    told = await events(world, ticket)
    for kind in ("claimed", "wrote", "customer_wrote", "reprioritised"):
        assert kind in told
    assert len(await mails(world, "nobody")) == 3


async def test_facts_that_cannot_be_had_send_the_ticket_to_people_and_never_refund(world: World) -> None:
    await world.duplicate("ada")
    await world.fault(target="payments", kind="outage")
    ticket = await started(world, "T-00000000000000FA", about("ada"), facts_budget_seconds=2)
    view = await world.until(ticket, "with-people")
    assert view.state.team == POLICY_EXCEPTION_QUEUE
    assert view.state.ruling is not None
    assert view.state.ruling.rule is None
    assert await world.refunds("ch_ada_0", "ch_ada_1") == []


async def test_facts_that_come_back_within_the_budget_are_waited_for(world: World) -> None:
    await world.duplicate("ada")
    await world.fault(target="payments", kind="outage", times=4)
    ticket = await world.submit("ada", invoice="INV-ada")
    await world.until(ticket, "resolved")
    assert await world.refunds("ch_ada_0", "ch_ada_1") == [2000]


async def test_a_step_without_a_certain_answer_goes_to_people_with_its_reason(world: World) -> None:
    await world.duplicate("ada")
    await world.fault(target="payments", kind="outage", method="POST", path="/v1/refunds")
    ticket = await started(world, "T-00000000000000EF", about("ada"), effect_budget_seconds=2)
    view = await world.until(ticket, "with-people")
    assert view.state.steps["d1-refund"].status is StepStatus.UNCERTAIN
    assert view.state.team == POLICY_EXCEPTION_QUEUE
    assert "no certain outcome" in view.state.owned_because
    # Its money stays reserved: another ticket can't give it meanwhile.
    await world.http.request("DELETE", "/_sandbox/faults")
    other = await world.submit("ada", invoice="INV-ada")
    assert (await world.settled(other)).state.ownership is Ownership.EXCEPTION
    assert await world.refunds("ch_ada_0", "ch_ada_1") == []


async def test_a_bounced_closing_mail_does_not_lose_the_ticket(world: World) -> None:
    await world.duplicate("ada")
    (await world.http.post("/_sandbox/refusals", json={"address": "ada@example.com", "code": 550})).raise_for_status()
    ticket = await world.submit("ada", invoice="INV-ada")
    view = await world.until(ticket, "with-people")
    assert view.state.steps["d1-refund"].status is StepStatus.DONE
    assert "mail was refused" in view.state.owned_because


async def test_an_emergency_stop_holds_the_money_and_sends_the_ticket_to_people(world: World) -> None:
    await world.duplicate("ada")
    async with world.pool.acquire() as connection:
        await stops.set_stop(connection, "A.1", "manager-1", "Refunds look wrong.", datetime.now(UTC))
    ticket = await world.submit("ada", invoice="INV-ada")
    view = await world.until(ticket, "with-people")
    assert view.state.team == POLICY_EXCEPTION_QUEUE
    assert await world.refunds("ch_ada_0", "ch_ada_1") == []
    await world.act(ticket, a.Resolve(id="end", actor=who("agent-1"), code="done", summary="Looked at by hand."))
    await world.until(ticket, "resolved")


async def test_an_approver_who_lost_the_role_before_the_money_moved_is_not_enough(world: World) -> None:
    await world.duplicate("ada")
    ticket = await world.submit("ada", invoice="INV-ada", priority=Priority.HIGH)
    view = await world.until(ticket, "waiting-approval")
    assert view.state.approval is not None
    async with world.pool.acquire() as connection:
        await connection.execute("UPDATE person SET active = false WHERE id = 'manager-1'")
    await world.act(ticket, a.Approve(id="y", actor=who("manager-1"), plan_hash=view.state.approval.plan_hash))
    view = await world.until(ticket, "with-people")
    assert view.state.steps["d1-refund"].status is StepStatus.REFUSED
    assert await world.refunds("ch_ada_0", "ch_ada_1") == []


async def test_a_journal_that_contradicts_the_ticket_is_not_overwritten_and_people_get_the_ticket(world: World) -> None:
    await world.duplicate("ada")
    ticket = "T-00000000000000DF"
    foreign = EventRow(
        ticket=ticket,
        seq=1,
        at=datetime.now(UTC),
        actor=SYSTEM,
        event=ev.Submitted(submission=about("ada", subject="Another matter")),
    )
    await flush(world.pool, [foreign])
    await started(world, ticket, about("ada"))
    await world.believed(ticket, lambda state: state.team == POLICY_EXCEPTION_QUEUE)
    assert (await reads.rows(world.pool, ticket))[0] == foreign
    assert await world.refunds("ch_ada_0", "ch_ada_1") == []
    async with world.pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM journal_conflict WHERE ticket = $1", ticket) >= 1
    assert (await world.handle(ticket).describe()).status is WorkflowExecutionStatus.RUNNING


async def test_a_policy_that_nobody_wrote_goes_to_people_at_once(world: World) -> None:
    ticket = await started(world, "T-00000000000000BB", about("ada", policy="L.9"))
    view = await world.until(ticket, "with-people")
    assert "no policy 'L.9'" in view.state.owned_because


async def test_an_answer_after_the_resolution_reopens_the_ticket(world: World) -> None:
    await world.duplicate("ada")
    ticket = await world.submit("ada", invoice="INV-ada")
    await world.until(ticket, "resolved")
    await world.client.tell(ticket, a.CustomerAnswer(id="again", actor=CUSTOMER, message="Only half came back."))
    view = await world.until(ticket, "with-people")
    assert view.state.team == POLICY_EXCEPTION_QUEUE


def attributes(described: WorkflowExecutionDescription) -> dict[str, object]:
    return {"CasewrightState": "working", **{p.key.name: p.value for p in described.typed_search_attributes}}


async def test_operators_see_what_a_ticket_waits_for(world: World) -> None:
    await world.duplicate("ada")
    ticket = await world.submit("ada", invoice="INV-ada", priority=Priority.HIGH)
    await world.until(ticket, "waiting-approval")
    await world.settled(ticket)
    async with asyncio.timeout(PATIENCE):
        while (shown := attributes(described := await world.handle(ticket).describe()))["CasewrightState"] == "working":
            await asyncio.sleep(0.05)
    assert shown["CasewrightState"] == "waiting-approval"
    assert shown["CasewrightTeam"] == "billing-specialists"
    everything = repr(described.raw_description)
    assert "ada@example.com" not in everything.replace("ada%40", "")


async def test_a_cancelled_workflow_leaves_its_ticket_in_the_queue_with_the_reason(world: World) -> None:
    await world.fault(target="payments", kind="outage")
    ticket = await world.submit("ada", invoice="INV-ada")
    await world.watcher.until(ticket, lambda view: view.state.steps["acknowledgment"].status is StepStatus.DONE, 30)
    await world.handle(ticket).cancel()
    view = await world.until(ticket, "with-people")
    assert view.state.team == POLICY_EXCEPTION_QUEUE
    assert "cancelled" in view.state.owned_because
