"""Payment plans at the sandbox's gateway: one plan per step whatever breaks, and nobody owes twice (RULES I.2)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from activities.gateway.client import Gateway
from activities.gateway.objects import STEP_KEY
from activities.gateway.payment_plans import PaymentPlanEffect
from activities.gateway.plan_facts import BILL, PAYMENTS, PlanFacts
from casewright.domain.effects import Done, Refused, Unreachable
from casewright.domain.facts import FactUnavailable
from casewright.domain.installments import Bill, BillStatus, PaymentRecord, installments
from casewright.domain.money import Money
from casewright.domain.requests import AssessRequest
from casewright.domain.steps import PaymentPlanStep, SpendingLimit
from casewright.domain.tempo import WALL_CLOCK
from casewright.domain.ticket import Priority, Requester
from sandbox.payments.idempotency import AnswerBook
from sandbox.payments.records import Invoice
from tests.activities.till import Till

KEY = "T-0000000000000001/d1-payment-plan"
OWED = Money.from_minor(10001, "USD")
TODAY = datetime.now(UTC).date()


def plan(months: int = 2, *, customer: str = "cus_ada", after: date = TODAY) -> PaymentPlanStep:
    """A plan for INV-1."""
    parts = installments(OWED, months, after)
    assert parts is not None
    limit = SpendingLimit(scopes=("plan:in_1",), capacity=OWED)
    return PaymentPlanStep(
        id="d1-payment-plan", customer=customer, invoice="in_1", amount=OWED, parts=parts, limits=(limit,)
    )


@pytest.fixture
async def owing(till: Till) -> Till:
    """The customer owes 100.01 USD on INV-1."""
    await owes(till)
    return till


async def owes(till: Till, **changes: object) -> None:
    """An open invoice of the customer's, INV-1 unless it says otherwise."""
    usual = {"id": "in_1", "number": "INV-1", "customer": "cus_ada", "total": 10001, "currency": "usd"}
    await till.seed(invoices=[{**usual, "created": "-20d", "status": "open", "due_date": "+10d", **changes}])


def invoices(till: Till) -> dict[str, Invoice]:
    """The customer's invoices by id."""
    return {one.id: one for one in till.sandbox.world.books.invoices.where("customer", "cus_ada")}


def parts(till: Till) -> list[tuple[str, int]]:
    """Status and amount of every part that was made."""
    made = [one for id, one in invoices(till).items() if id != "in_1" and STEP_KEY in one.metadata]
    return sorted((one.status, one.total) for one in made)


async def carried_out(gateway: Gateway, step: PaymentPlanStep, key: str = KEY) -> Done:
    """As the envelope does it: looked up, then done."""
    effect = PaymentPlanEffect(gateway)
    return await effect.lookup(key, step) or await effect.perform(key, step)


DONE = [("open", 5000), ("open", 5001)]


async def test_the_invoice_is_replaced_by_parts_that_are_due_on_their_days(gateway: Gateway, owing: Till) -> None:
    step = plan()
    done = await carried_out(gateway, step)
    made = [invoices(owing)[id] for id in done.reference.split(", ")]
    assert invoices(owing)["in_1"].status == "void"
    assert [one.total for one in made] == [5000, 5001]
    for one, part in zip(made, step.parts, strict=True):
        assert one.due_date is not None
        due = datetime.fromtimestamp(one.due_date, tz=UTC)
        assert (due.date(), due.hour, due.minute, due.second) == (part.due, 23, 59, 59)
        assert one.metadata[STEP_KEY] == KEY
        assert (one.status, one.auto_advance) == ("open", True)


async def test_a_plan_is_found_again_without_the_gateways_memory_of_keys(gateway: Gateway, owing: Till) -> None:
    done = await carried_out(gateway, plan())
    owing.sandbox.world.answers = AnswerBook()
    assert await carried_out(gateway, plan()) == done
    assert parts(owing) == DONE


# An answer that is lost twice leaves the second part's call done, and nothing after it.
CALLS = [
    ("POST", "/v1/invoices", 1),
    ("POST", "/v1/invoices", 2),
    ("POST", "/v1/invoiceitems", 1),
    ("POST", "/v1/invoiceitems", 2),
    ("POST", "/v1/invoices/in_1", 1),
    ("POST", "/v1/invoices/in_1/void", 1),
    ("POST", "/v1/invoices/*/finalize", 1),
    ("POST", "/v1/invoices/*/finalize", 2),
    ("GET", "/v1/invoices", 1),
    ("GET", "/v1/invoices", 2),
]


@pytest.mark.parametrize("remembers", [True, False], ids=["keys known", "keys forgotten"])
@pytest.mark.parametrize("kind", ["lost_answer", "outage"])
@pytest.mark.parametrize(("method", "path", "times"), CALLS)
async def test_whichever_call_fails_the_next_try_goes_on_and_there_is_one_plan(
    gateway: Gateway, owing: Till, method: str, path: str, times: int, kind: str, remembers: bool
) -> None:
    await owing.fault(kind=kind, method=method, path=path, times=times)
    for _ in range(times):
        with pytest.raises(Unreachable):
            await carried_out(gateway, plan())
        if not remembers:
            owing.sandbox.world.answers = AnswerBook()
    await carried_out(gateway, plan())
    assert parts(owing) == DONE
    assert invoices(owing)["in_1"].status == "void"
    assert len(invoices(owing)) == 3


async def test_parts_that_somebody_made_bills_by_hand_are_no_plan_while_the_old_invoice_is_owed(
    gateway: Gateway, owing: Till
) -> None:
    await owing.fault(kind="outage", method="POST", path="/v1/invoices/in_1", times=1)
    with pytest.raises(Unreachable):
        await carried_out(gateway, plan())
    for number, one in enumerate([one for one in invoices(owing).values() if one.status == "draft"]):
        one.status, one.number = "open", f"INV-HAND-{number}"
    await carried_out(gateway, plan())
    assert invoices(owing)["in_1"].status == "void"
    assert parts(owing) == DONE


async def test_an_invoice_that_was_paid_meanwhile_leaves_no_part(gateway: Gateway, owing: Till) -> None:
    await owing.fault(kind="outage", method="POST", path="/v1/invoices/in_1", times=1)
    with pytest.raises(Unreachable):
        await carried_out(gateway, plan())
    assert parts(owing) == [("draft", 5000), ("draft", 5001)]
    invoices(owing)["in_1"].status = "paid"
    with pytest.raises(Refused, match="become paid"):
        await carried_out(gateway, plan())
    assert parts(owing) == []


async def test_what_is_owed_must_be_what_was_decided_about(gateway: Gateway, till: Till) -> None:
    await owes(till, total=9000)
    with pytest.raises(Refused, match=r"90\.00 USD are owed instead of 100\.01 USD"):
        await carried_out(gateway, plan())
    assert parts(till) == []
    assert invoices(till)["in_1"].status == "open"


@pytest.mark.parametrize("status", ["paid", "void", "uncollectible"])
async def test_an_invoice_that_somebody_settled_is_left_as_it_is(gateway: Gateway, till: Till, status: str) -> None:
    await owes(till, status=status)
    with pytest.raises(Refused, match=status):
        await carried_out(gateway, plan())
    assert parts(till) == []


async def test_another_customers_invoice_is_refused(gateway: Gateway, owing: Till) -> None:
    with pytest.raises(Refused, match="not the customer's"):
        await carried_out(gateway, plan(customer="cus_ben"))


async def test_a_plan_whose_first_day_has_passed_is_refused_and_leaves_the_invoice(
    gateway: Gateway, owing: Till
) -> None:
    with pytest.raises(Refused, match="due date"):
        await carried_out(gateway, plan(after=date(2020, 1, 1)))
    assert invoices(owing)["in_1"].status == "open"
    assert parts(owing) == []


async def test_once_the_invoice_is_void_a_refusal_is_no_certainty_that_nothing_happened(
    gateway: Gateway, owing: Till
) -> None:
    await owing.fault(kind="outage", method="POST", path="/v1/invoices/*/finalize", times=1)
    with pytest.raises(Unreachable):
        await carried_out(gateway, plan())
    for one in [one for one in invoices(owing).values() if one.status == "draft"]:
        one.due_date = 1
    with pytest.raises(Unreachable, match="the invoice is void, and the plan is not complete"):
        await carried_out(gateway, plan())


def asked(**claims: str) -> AssessRequest:
    """A request of the customer's."""
    return AssessRequest(
        ticket="T-0000000000000001",
        submitted_at=datetime.now(UTC),
        policy="I.2",
        version=1,
        priority=Priority.LOW,
        requester=Requester(email="ada@example.com", customer="cus_ada"),
        claims=dict(claims),
    )


async def facts(gateway: Gateway, **claims: str) -> tuple[Bill | None, PaymentRecord | None]:
    """Both facts."""
    found = {fact.name: fact for fact in await PlanFacts(gateway, WALL_CLOCK).gather(asked(**claims))}
    assert set(found) == PlanFacts.names
    return found[BILL].read(Bill), found[PAYMENTS].read(PaymentRecord)


async def test_the_bill_is_read_with_what_is_owed_and_by_when(gateway: Gateway, owing: Till) -> None:
    bill, _ = await facts(gateway, invoice=" INV-1 ")
    assert bill is not None
    assert (bill.id, bill.customer, bill.status, bill.remaining) == ("in_1", "cus_ada", BillStatus.OPEN, OWED)
    assert bill.due is not None
    assert bill.planned is False
    assert (await facts(gateway, invoice="INV-2"))[0] is None
    assert (await facts(gateway))[0] is None


async def test_a_part_of_a_plan_is_known_as_one(gateway: Gateway, owing: Till) -> None:
    done = await carried_out(gateway, plan())
    number = invoices(owing)[done.reference.split(", ")[0]].number
    bill, _ = await facts(gateway, invoice=str(number))
    assert bill is not None
    assert bill.planned is True


@pytest.mark.parametrize(
    ("charge", "bill", "expected"),
    [
        ({}, {}, (1, 0, 0)),
        ({"paid": False, "status": "failed"}, {}, (0, 1, 0)),
        ({"paid": False, "status": "pending"}, {}, (0, 0, 0)),
        ({"disputed": True}, {}, (1, 0, 1)),
        ({}, {"status": "uncollectible"}, (1, 1, 0)),
        ({}, {"status": "open", "due_date": "-1s"}, (1, 0, 1)),
        ({}, {"status": "open", "due_date": "+1d"}, (1, 0, 0)),
        ({}, {"status": "paid", "due_date": "-2d", "paid_at": "-1d"}, (1, 0, 1)),
        ({}, {"status": "paid", "due_date": "-2d", "paid_at": "-3d"}, (1, 0, 0)),
        ({}, {"status": "void", "due_date": "-2d"}, (1, 0, 0)),
    ],
)
async def test_payments_are_counted_by_how_they_went(
    gateway: Gateway, till: Till, charge: dict[str, object], bill: dict[str, object], expected: tuple[int, int, int]
) -> None:
    await till.charges({"id": "ch_1", **charge})
    if bill:
        await owes(till, **bill)
    _, record = await facts(gateway)
    assert record is not None
    assert (record.paid, record.failed, record.flawed) == expected


async def test_of_a_long_history_every_page_is_read(gateway: Gateway, till: Till) -> None:
    failed = {"id": "ch_0", "created": "-300d", "paid": False, "status": "failed"}
    await till.charges(failed, *({"id": f"ch_{n}"} for n in range(1, 131)))
    _, record = await facts(gateway)
    assert record == PaymentRecord(paid=130, failed=1, flawed=0)


async def test_without_an_answer_there_are_no_facts(gateway: Gateway, owing: Till) -> None:
    await owing.fault(kind="outage")
    for fact in await PlanFacts(gateway, WALL_CLOCK).gather(asked(invoice="INV-1")):
        with pytest.raises(FactUnavailable):
            fact.read(Bill)
