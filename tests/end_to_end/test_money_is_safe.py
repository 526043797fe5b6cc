"""Once is once: whatever happens, one claim gives one refund and one ledger entry (RULES A.1, §6)."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.client import WorkflowHistory

from casewright.client import ActRefused
from casewright.domain import acts as a
from casewright.domain.decision import Ownership
from casewright.domain.messages import TICKET_WORKFLOW, TicketStart, TicketTerms
from casewright.domain.state import ApprovalStatus, Phase, StepStatus
from casewright.domain.ticket import Priority, Requester, Submission
from casewright.records import reads
from tests.end_to_end.frozen_line import line_to
from tests.world import CUSTOMER, PATIENCE, World, usd, who, worker_process

REFUND = {"target": "payments", "method": "POST", "path": "/v1/refunds"}


async def one_of(world: World, cents: int, tickets: list[str], *charges: str) -> None:
    """One refund at the gateway and one entry in the ledger, among all these tickets and charges."""
    assert await world.refunds(*charges) == [cents]
    entries = await world.entries(*tickets)
    assert [max(line.amount.minor for line in entry.lines) for entry in entries] == [cents]


async def test_two_tickets_about_one_charge(world: World) -> None:
    await world.duplicate("ada")
    tickets = [await world.submit("ada", invoice="INV-ada") for _ in range(2)]
    views = [await world.settled(ticket) for ticket in tickets]
    await one_of(world, 2000, tickets, "ch_ada_0", "ch_ada_1")
    assert sorted(view.state.phase for view in views) == [Phase.OPEN, Phase.RESOLVED]


async def test_two_tickets_about_the_two_charges_of_one_duplicate(world: World) -> None:
    await world.duplicate("ben")
    await world.seed(
        invoices=[
            {
                "id": "in_ben_again",
                "number": "INV-ben-again",
                "customer": "cus_ben",
                "charge": "ch_ben_1",
                "total": 2000,
                "currency": "usd",
                "created": "-1d",
            }
        ]
    )
    tickets = [await world.submit("ben", invoice=number) for number in ("INV-ben", "INV-ben-again")]
    for ticket in tickets:
        await world.settled(ticket)
    await one_of(world, 2000, tickets, "ch_ben_0", "ch_ben_1")


async def test_a_partial_overcharge_claimed_twice(world: World) -> None:
    await world.overcharge("cora", charged=10000, owed=8000)
    tickets = [await world.submit("cora", invoice="INV-cora", amount=usd(1200)) for _ in range(2)]
    for ticket in tickets:
        await world.settled(ticket)
    await one_of(world, 1200, tickets, "ch_cora")


async def test_four_hundred_split_into_three_claims(world: World) -> None:
    await world.overcharge("dora", charged=50000, owed=10000)
    tickets = [await world.submit("dora", invoice="INV-dora", amount=usd(cents)) for cents in (13300, 13300, 13400)]
    views = [await world.settled(ticket) for ticket in tickets]
    assert len(await world.refunds("ch_dora")) == 1
    assert len(await world.entries(*tickets)) == 1
    assert sorted(view.state.ownership for view in views) == [
        Ownership.AUTOMATE,
        Ownership.ESCALATE,
        Ownership.ESCALATE,
    ]


async def test_an_answer_that_was_lost_after_the_gateway_committed(world: World) -> None:
    await world.duplicate("emil")
    await world.fault(**REFUND, kind="lost_answer", times=1)
    ticket = await world.submit("emil", invoice="INV-emil")
    view = await world.until(ticket, "resolved")
    await one_of(world, 2000, [ticket], "ch_emil_0", "ch_emil_1")
    assert view.state.steps["d1-refund"].status is StepStatus.DONE


async def test_a_retry_two_days_later_when_the_gateway_has_forgotten_the_key(world: World) -> None:
    await world.duplicate("fay")
    await world.fault(**REFUND, kind="lost_answer", times=1)
    ticket = await world.submit("fay", invoice="INV-fay")
    while not await world.refunds("ch_fay_0", "ch_fay_1"):
        await asyncio.sleep(0.01)
    await world.http.post("/_sandbox/clock", json={"advance_seconds": 2 * 86400})
    await world.until(ticket, "resolved")
    await one_of(world, 2000, [ticket], "ch_fay_0", "ch_fay_1")


async def test_a_worker_killed_between_the_call_and_its_record(workerless: World) -> None:
    world = workerless
    await world.duplicate("gus")
    await world.fault(**REFUND, kind="latency", latency_ms=1500, times=1)
    async with worker_process(world.settings) as doomed:
        ticket = await world.submit("gus", invoice="INV-gus")
        while not await _posted(world):
            await asyncio.sleep(0.01)
        doomed.kill()
        await doomed.wait()
    while not await world.refunds("ch_gus_0", "ch_gus_1"):
        await asyncio.sleep(0.01)
    assert await world.entries(ticket) == []
    async with worker_process(world.settings):
        view = await world.until(ticket, "resolved")
    await one_of(world, 2000, [ticket], "ch_gus_0", "ch_gus_1")
    assert view.state.steps["d1-refund"].status is StepStatus.DONE


async def test_two_approvals_at_once(world: World) -> None:
    await world.duplicate("hana")
    ticket = await world.submit("hana", invoice="INV-hana", priority=Priority.HIGH)
    view = await world.until(ticket, "waiting-approval")
    assert view.state.approval is not None
    shown = view.state.approval.plan_hash
    verdicts = await asyncio.gather(
        *(
            world.act(ticket, a.Approve(id=f"by-{name}", actor=who(name), plan_hash=shown))
            for name in ("manager-1", "manager-2")
        ),
        return_exceptions=True,
    )
    assert sorted(type(verdict).__name__ for verdict in verdicts) == ["ActRefused", "Taken"]
    await world.until(ticket, "resolved")
    await one_of(world, 2000, [ticket], "ch_hana_0", "ch_hana_1")


@pytest.mark.parametrize("approve_first", [True, False])
async def test_approve_and_close_at_once(world: World, approve_first: bool) -> None:
    await world.duplicate("ivo")
    ticket = await world.submit("ivo", invoice="INV-ivo", priority=Priority.HIGH)
    view = await world.until(ticket, "waiting-approval")
    assert view.state.approval is not None
    acts: list[a.Act] = [
        a.Approve(id="yes", actor=who("manager-1"), plan_hash=view.state.approval.plan_hash),
        a.Resolve(id="end", actor=who("agent-1"), code="done", summary="Closed by hand."),
    ]
    if not approve_first:
        acts.reverse()
    results = await asyncio.gather(*(world.act(ticket, act) for act in acts), return_exceptions=True)
    accepted = [act.type for act, result in zip(acts, results, strict=True) if isinstance(result, a.ActReceipt)]
    refused = [result for result in results if isinstance(result, ActRefused)]
    assert len(accepted) == len(refused) == 1
    view = await world.until(ticket, "resolved")
    assert view.state.approval is not None
    if accepted == ["approve"]:
        await one_of(world, 2000, [ticket], "ch_ivo_0", "ch_ivo_1")
    else:
        assert view.state.approval.status is ApprovalStatus.CANCELLED
        assert await world.refunds("ch_ivo_0", "ch_ivo_1") == []
        assert await world.entries(ticket) == []


async def test_a_worker_killed_between_a_journal_commit_and_its_task_when_another_message_comes_first(
    workerless: World,
) -> None:
    world = workerless
    await world.duplicate("jane")
    await world.fault(**REFUND, kind="latency", latency_ms=1000, times=1)
    async with (
        line_to(world.settings.temporal_address) as line,
        worker_process(world.settings, CASEWRIGHT_TEMPORAL_ADDRESS=line.address) as doomed,
    ):
        ticket = await world.submit("jane", invoice="INV-jane")
        while not await _posted(world):
            await asyncio.sleep(0.01)
        line.freeze()
        await world.watcher.until(ticket, lambda view: view.state.steps["d1-refund"].status is StepStatus.DONE, 30)
        doomed.kill()
        await doomed.wait()
    # The journal knows of the refund, the workflow doesn't; and the customer writes before it learns.
    await world.client.tell(ticket, a.CustomerAnswer(id="first", actor=CUSTOMER, message="Any news?"))
    async with worker_process(world.settings):
        view = await world.until(ticket, "resolved")
        believed = await world.believed(ticket, lambda state: state.phase is Phase.RESOLVED)
    await one_of(world, 2000, [ticket], "ch_jane_0", "ch_jane_1")
    told = [row.event.type for row in await reads.rows(world.pool, ticket)]
    assert told.count("step_done") == 3
    assert told.count("customer_wrote") == 1
    assert view.state.model_copy(update={"acts": {}}) == believed.model_copy(update={"acts": {}})


async def test_an_approval_does_not_pay_what_was_given_back_elsewhere_since(world: World) -> None:
    await world.duplicate("kai")
    ticket = await world.submit("kai", invoice="INV-kai", priority=Priority.HIGH)
    view = await world.until(ticket, "waiting-approval")
    assert view.state.approval is not None
    by_hand = {"charge": "ch_kai_1", "amount": "2000"}
    headers = {"Authorization": "Bearer sk_test_by_hand"}
    (await world.http.post("/v1/refunds", data=by_hand, headers=headers)).raise_for_status()
    await world.act(ticket, a.Approve(id="yes", actor=who("manager-1"), plan_hash=view.state.approval.plan_hash))
    view = await world.watcher.until(ticket, lambda view: "since this was" in view.state.owned_because, PATIENCE)
    assert view.state.steps["d1-refund"].status is StepStatus.REFUSED
    assert "since this was decided" in view.state.owned_because
    assert await world.refunds("ch_kai_0", "ch_kai_1") == [2000]
    assert await world.entries(ticket) == []


async def test_an_uncertain_refund_that_a_person_tries_again_is_made_once(world: World) -> None:
    await world.duplicate("oda")
    await world.fault(**REFUND, kind="outage")
    submission = Submission(
        policy="A.1",
        subject="Charged twice",
        requester=Requester(email="oda@example.com", customer="cus_oda"),
        claims={"invoice": "INV-oda"},
    )
    ticket = "T-00000000000000DA"
    start = TicketStart(ticket=ticket, submission=submission, terms=TicketTerms(effect_budget_seconds=2))
    temporal, queue = world.client.temporal, world.settings.task_queue
    await temporal.start_workflow(TICKET_WORKFLOW, start, id=ticket, task_queue=queue)
    view = await world.until(ticket, "with-people")
    assert view.state.steps["d1-refund"].status is StepStatus.UNCERTAIN
    (await world.http.request("DELETE", "/_sandbox/faults")).raise_for_status()
    again = a.Retry(id="again", actor=who("agent-1"), step="d1-refund")
    await asyncio.gather(*(world.act(ticket, again) for _ in range(3)))
    await world.watcher.until(ticket, lambda view: view.state.steps["d1-refund"].status is StepStatus.DONE, PATIENCE)
    with pytest.raises(ActRefused, match="only a step of uncertain outcome"):
        await world.act(ticket, again.model_copy(update={"id": "once-more"}))
    await one_of(world, 2000, [ticket], "ch_oda_0", "ch_oda_1")


@pytest.mark.parametrize(
    "taking",
    [
        a.Resolve(id="end", actor=who("agent-1"), code="fraud", summary="We look into it."),
        a.Reassign(id="end", actor=who("lead-1"), team="billing-specialists", reason="Fraud suspected."),
        a.Claim(id="end", actor=who("agent-1")),
    ],
    ids=["resolve", "reassign", "claim"],
)
async def test_a_ticket_that_a_person_took_before_its_facts_came_pays_nothing(world: World, taking: a.Act) -> None:
    await world.duplicate("lea")
    await world.fault(target="payments", kind="outage")
    ticket = await world.submit("lea", invoice="INV-lea")
    await world.watcher.until(ticket, lambda view: view.state.steps["acknowledgment"].status is StepStatus.DONE, 30)
    await world.act(ticket, taking)
    (await world.http.request("DELETE", "/_sandbox/faults")).raise_for_status()
    while not _assessed(await world.handle(ticket).fetch_history()):
        await asyncio.sleep(0.1)
    # The facts have come; a decision, had there been one, would be in the workflow's state now.
    assert (await world.workflow_state(ticket)).decisions == 0
    assert await world.refunds("ch_lea_0", "ch_lea_1") == []


def _assessed(history: WorkflowHistory) -> bool:
    """Whether the facts that were asked for with patience have come."""
    asked = {
        e.event_id for e in history.events if e.activity_task_scheduled_event_attributes.activity_type.name == "assess"
    }
    told = {e.activity_task_completed_event_attributes.scheduled_event_id for e in history.events}
    return bool(asked & told)


async def test_small_gifts_of_one_charge_need_the_authority_for_their_sum(world: World) -> None:
    await world.overcharge("nia", charged=90000, owed=90000)
    remedy = a.Remedy(kind="refund", amount=usd(14900))
    first = await world.submit("nia", invoice="INV-nia")
    await world.until(first, "with-people")
    await world.act(first, a.Override(id="o", actor=who("senior-1"), justification="Goodwill.", remedy=remedy))
    await world.until(first, "resolved")
    second = await world.submit("nia", invoice="INV-nia")
    await world.until(second, "with-people")
    await world.act(second, a.Override(id="o", actor=who("senior-1"), justification="Goodwill.", remedy=remedy))
    view = await world.until(second, "waiting-approval")
    assert view.state.approval is not None
    assert "support-manager" in view.state.approval.need.roles
    assert "senior-agent" not in view.state.approval.need.roles
    assert await world.refunds("ch_nia") == [14900]


async def test_of_two_overrides_while_the_gateway_is_out_one_is_taken_and_paid(world: World) -> None:
    await world.overcharge("uma", charged=90000, owed=90000)
    ticket = await world.submit("uma", invoice="INV-uma")
    await world.until(ticket, "with-people")
    await world.fault(target="payments", kind="outage")
    wishes = [_gift("by-senior", "senior-1", 5000), _gift("by-manager", "manager-1", 7000)]
    results = await asyncio.gather(*(world.act(ticket, wish) for wish in wishes), return_exceptions=True)
    [taken] = [wish for wish, result in zip(wishes, results, strict=True) if isinstance(result, a.ActReceipt)]
    [refused] = [result for result in results if isinstance(result, ActRefused)]
    assert f"{taken.actor.id}'s remedy is being prepared" in str(refused)
    while not await _posted(world):
        await asyncio.sleep(0.01)
    # The check has been tried in vain by now, and the next try is still to come.
    with pytest.raises(ActRefused, match="remedy is being prepared"):
        await world.act(ticket, _gift("once-more", "manager-2", 9000))
    (await world.http.request("DELETE", "/_sandbox/faults")).raise_for_status()
    await world.until(ticket, "resolved")
    history = await world.handle(ticket).fetch_history()
    assert _scheduled(history).count("prepare_remedy") == 1
    assert taken.remedy is not None
    await one_of(world, taken.remedy.amount.minor, [ticket], "ch_uma")


def _gift(act: str, person: str, cents: int) -> a.Override:
    remedy = a.Remedy(kind="refund", amount=usd(cents))
    return a.Override(id=act, actor=who(person), justification="Goodwill.", remedy=remedy)


def _scheduled(history: WorkflowHistory) -> list[str]:
    """The activities that a workflow asked for, in order."""
    attributes = (event.activity_task_scheduled_event_attributes for event in history.events)
    return [scheduled.activity_type.name for scheduled in attributes if scheduled.activity_type.name]


async def _posted(world: World) -> bool:
    """Whether the gateway is working on a refund, held up by the arranged latency."""
    return any(rule.hits for rule in world.sandbox.world.faults.rules())
