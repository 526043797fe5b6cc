"""I.2 whole, on real servers: a plan at the gateway and its schedule, or the people whose decision it is."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from casewright.domain import acts as a
from casewright.domain.months import months_after
from casewright.domain.people import POLICY_EXCEPTION_QUEUE
from casewright.domain.state import StepStatus
from casewright.domain.ticket import ClaimValue, Requester, Submission
from casewright.records.audit import verify
from casewright.records.audit_report import GatewayMovement
from sandbox.payments.records import Invoice
from tests.end_to_end.test_login_failure import mails_to, rule
from tests.world import CUSTOMER, World, who

JANE = "jane@plans.example"
STEP = "d1-payment-plan"


async def owes(world: World, *, since: str = "-900d", failed: bool = False, **bill: object) -> None:
    """Jane owes 100.01 USD on INV-1, due in ten days, and has paid once before."""
    customer = {"id": "cus_jane", "name": "Sample", "email": JANE, "created": since, "metadata": {"plan": "starter"}}
    charges = [{"id": "ch_1", "customer": "cus_jane", "amount": 4900, "currency": "usd", "created": "-30d"}]
    if failed:
        charges.append({**charges[0], "id": "ch_2", "paid": False, "status": "failed"})
    usual = {"id": "in_1", "number": "INV-1", "customer": "cus_jane", "total": 10001, "currency": "usd"}
    invoice = {**usual, "created": "-20d", "status": "open", "due_date": "+10d", **bill}
    await world.seed(customers=[customer], charges=charges, invoices=[invoice])


async def asked(world: World, **claims: ClaimValue) -> str:
    """A ticket of Jane's about a payment plan of two months for INV-1, unless it says otherwise."""
    submission = Submission(
        policy="I.2",
        subject="May I pay in parts?",
        requester=Requester(email=JANE, customer="cus_jane"),
        claims={name: value for name, value in {"invoice": "INV-1", "months": "2", **claims}.items() if value != ""},
    )
    return (await world.client.submit(submission, submitter="portal", key=uuid.uuid4().hex)).ticket


def invoices(world: World) -> list[Invoice]:
    """Jane's invoices, as they were made."""
    return world.sandbox.world.books.invoices.where("customer", "cus_jane")


def standing(world: World) -> list[tuple[str, int]]:
    """Status and amount of each."""
    return [(invoice.status, invoice.total) for invoice in invoices(world)]


async def no_movements() -> AsyncIterator[GatewayMovement]:
    """A plan moves no money."""
    for movement in list[GatewayMovement]():
        yield movement


UNTOUCHED = [("open", 10001)]
PLANNED = [("void", 10001), ("open", 5000), ("open", 5001)]


async def schedules(world: World) -> list[str]:
    """The texts of the mails with a schedule."""
    return [mail["text"] for mail in await mails_to(world, JANE) if "Your payment plan for invoice" in mail["subject"]]


async def approve(world: World, ticket: str, person: str) -> None:
    """A person's yes to what is shown."""
    view = await world.until(ticket, "waiting-approval")
    assert view.state.approval is not None
    yes = a.Approve(id="yes", actor=who(person), plan_hash=view.state.approval.plan_hash)
    await world.act(ticket, yes)


async def test_an_old_customer_who_always_paid_gets_a_schedule_of_invoices_and_is_told(world: World) -> None:
    await owes(world)
    ticket = await asked(world)
    view = await world.until(ticket, "resolved")
    assert rule(view) == "I.2/approve"
    assert standing(world) == PLANNED
    due = datetime.fromtimestamp(invoices(world)[0].due_date or 0, tz=UTC).date()
    first, second = (months_after(due, number) for number in (1, 2))
    (told,) = await schedules(world)
    assert [line for line in told.splitlines() if line[:1].isdigit()] == [
        f"50.00 USD by {first:%d %B %Y}",
        f"50.01 USD by {second:%d %B %Y}",
    ]
    assert await world.entries(ticket) == []
    assert [
        finding for finding in (await verify(world.pool, no_movements())).findings if finding.ticket == ticket
    ] == []


@pytest.mark.parametrize(
    ("seeded", "claims", "expected"),
    [
        ({"since": "-400d"}, {}, "I.2/gap-tenure"),
        ({"due_date": "-1d"}, {}, "I.2/gap-history"),
        ({}, {"months": "3"}, "I.2/gap-length"),
        ({}, {"disputed_reason": "unfair"}, "I.2/gap-unclear-dispute"),
        ({}, {"invoice": "INV-2"}, "I.2/gap-unknown-invoice"),
        ({"metadata": {"casewright_plan_of": "in_0"}}, {}, "I.2/gap-planned"),
    ],
)
async def test_what_no_rule_covers_goes_to_the_exception_queue_and_nothing_changes(
    world: World, seeded: dict[str, object], claims: dict[str, ClaimValue], expected: str
) -> None:
    await owes(world, **seeded)  # type: ignore[arg-type]
    view = await world.until(await asked(world, **claims), "with-people")
    assert (rule(view), view.team) == (expected, POLICY_EXCEPTION_QUEUE)
    assert standing(world) == UNTOUCHED


async def test_of_a_paid_invoice_there_is_no_plan(world: World) -> None:
    await owes(world, status="paid")
    assert rule(await world.until(await asked(world), "with-people")) == "I.2/gap-nothing-owed"


@pytest.mark.parametrize(
    ("seeded", "claims", "expected", "team", "person"),
    [
        ({"since": "-100d"}, {}, "I.2/deny", "accounts-receivable", "receivable-1"),
        ({"failed": True}, {}, "I.2/deny", "accounts-receivable", "receivable-1"),
        ({}, {"disputed_reason": "billing"}, "I.2/dispute", "accounts-receivable", "receivable-1"),
        ({}, {"disputed_reason": "contract"}, "I.2/dispute-contract", "finance-directors", "finance-1"),
    ],
)
async def test_what_is_denied_or_disputed_waits_for_its_people_whose_yes_makes_the_plan(
    world: World, seeded: dict[str, object], claims: dict[str, ClaimValue], expected: str, team: str, person: str
) -> None:
    await owes(world, **seeded)  # type: ignore[arg-type]
    ticket = await asked(world, **claims)
    view = await world.until(ticket, "waiting-approval")
    assert (rule(view), view.team) == (expected, team)
    assert standing(world) == UNTOUCHED
    assert await schedules(world) == []
    await approve(world, ticket, person)
    await world.until(ticket, "resolved")
    assert standing(world) == PLANNED
    assert len(await schedules(world)) == 1


async def test_a_plan_that_waited_is_not_made_of_an_invoice_that_was_paid_meanwhile(world: World) -> None:
    await owes(world, failed=True)
    ticket = await asked(world)
    await world.until(ticket, "waiting-approval")
    invoices(world)[0].status = "paid"
    await approve(world, ticket, "receivable-1")
    await world.believed(ticket, lambda state: state.steps[STEP].status is StepStatus.REFUSED)
    assert len(invoices(world)) == 1
    assert await schedules(world) == []


async def test_two_tickets_about_one_invoice_make_one_plan(world: World) -> None:
    await owes(world)
    # Both are decided while the invoice is open: the first call that would change anything is held.
    await world.fault(target="payments", kind="latency", method="POST", latency_ms=300)
    tickets = await asyncio.gather(asked(world), asked(world))
    views = [await world.settled(ticket) for ticket in tickets]
    assert standing(world) == PLANNED
    assert len(await schedules(world)) == 1
    assert sorted(STEP in v.state.steps and v.state.steps[STEP].status is StepStatus.DONE for v in views) == [
        False,
        True,
    ]


async def test_what_only_the_customer_knows_is_asked_for_and_then_decided(world: World) -> None:
    await owes(world)
    ticket = await asked(world, months="", invoice="")
    assert rule(await world.until(ticket, "waiting-customer")) == "I.2/ask-invoice"
    answer = a.CustomerAnswer(id="m1", actor=CUSTOMER, message="INV-1.", claims={"invoice": "INV-1"})
    await world.act(ticket, answer)
    await world.believed(ticket, lambda state: state.ruling is not None and state.ruling.rule == "I.2/ask-months")
    answer = a.CustomerAnswer(id="m2", actor=CUSTOMER, message="Two.", claims={"months": "2"})
    await world.act(ticket, answer)
    assert rule(await world.until(ticket, "resolved")) == "I.2/approve"


async def test_a_gateway_that_is_down_for_a_while_is_waited_for_and_the_plan_is_one(world: World) -> None:
    await owes(world)
    await world.fault(target="payments", kind="outage", times=3)
    await world.fault(target="payments", kind="lost_answer", method="POST", times=4)
    assert rule(await world.until(await asked(world), "resolved")) == "I.2/approve"
    assert standing(world) == PLANNED


async def test_while_the_gateway_is_down_a_dispute_reaches_its_people(world: World) -> None:
    await owes(world)
    await world.fault(target="payments", kind="outage")
    view = await world.until(await asked(world, disputed_reason="billing"), "with-people", "waiting-approval")
    assert (rule(view), view.team) == ("I.2/dispute", "accounts-receivable")
