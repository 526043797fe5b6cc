"""A debt is reserved before a plan is made of it: one plan of an invoice, and no ledger entry (RULES I.2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta

from casewright.domain import events as ev
from casewright.domain.effects import EffectCall
from casewright.domain.installments import installments
from casewright.domain.steps import PaymentPlanStep, SpendingLimit
from casewright.records import reads
from casewright.records.audit import verify
from casewright.records.audit_report import GatewayMovement
from casewright.records.envelope import close_call, open_call
from casewright.records.postgres import Connection, Pool
from tests.records.story import NOON, Story, usd
from tests.records.test_envelope_records import done, guard_of, reservation

LATER = NOON + timedelta(minutes=5)


def plan(invoice: str = "in_1", *, protective: bool = False) -> PaymentPlanStep:
    """A plan of two months for 100.01 USD."""
    owed, parts = usd("100.01"), installments(usd("100.01"), 2, date(2025, 3, 31))
    assert parts is not None
    limit = SpendingLimit(scopes=(f"plan:{invoice}",), capacity=owed)
    return PaymentPlanStep(
        id="d1-plan",
        customer="cus_1",
        invoice=invoice,
        amount=owed,
        parts=parts,
        limits=(limit,),
        protective=protective,
    )


async def made(pool: Pool, call: EffectCall) -> None:
    """The plan was made."""
    assert await open_call(pool, call, NOON) is None
    await close_call(pool, call, done(call, "in_2, in_3"), LATER)


async def test_a_plan_is_reserved_then_settled_without_an_entry_and_the_audit_agrees(
    pool: Pool, app: Connection
) -> None:
    call = Story().call(plan())
    assert await open_call(pool, call, NOON) is None
    assert await reservation(app, call) == "reserved"
    await close_call(pool, call, done(call, "in_2, in_3"), LATER)
    assert await reservation(app, call) == "settled"
    assert await reads.ledger_of(pool, call.ticket) == []
    assert await findings(pool) == []


async def test_of_many_tickets_at_once_about_one_invoice_exactly_one_may_make_a_plan(pool: Pool) -> None:
    calls = [Story(number).call(plan()) for number in range(1, 9)]
    guards = await asyncio.gather(*(guard_of(pool, call) for call in calls))
    assert sorted(map(str, guards)) == ["None", *["reservation"] * 7]


async def test_a_plan_that_was_made_stays_the_only_one_and_one_that_was_refused_is_free_again(
    pool: Pool, app: Connection
) -> None:
    await made(pool, Story(1).call(plan("in_a")))
    assert await guard_of(pool, Story(2).call(plan("in_a"))) == "reservation"
    refused = Story(3).call(plan("in_b"))
    assert await open_call(pool, refused, NOON) is None
    no = ev.StepRefused(step=refused.step.id, guard="outside", reason="paid")
    await close_call(pool, refused, no, LATER)
    assert await reservation(app, refused) == "released"
    assert await guard_of(pool, Story(4).call(plan("in_b"))) is None


async def test_no_protection_frees_a_plan_of_its_guards(pool: Pool) -> None:
    await made(pool, Story(1).call(plan()))
    assert await guard_of(pool, Story(2).call(plan(protective=True))) == "reservation"


async def test_a_reservation_that_says_otherwise_than_the_journal_is_found(pool: Pool, owner: Connection) -> None:
    await made(pool, Story().call(plan()))
    await owner.execute("UPDATE reservation SET state = 'released'")
    assert [detail.partition(": ")[2] for detail in await findings(pool)] == [
        "its reservation is released, and the journal says otherwise"
    ]


async def findings(pool: Pool) -> list[str]:
    """What the audit finds."""

    async def nothing() -> AsyncIterator[GatewayMovement]:
        for movement in list[GatewayMovement]():
            yield movement

    return [finding.detail for finding in (await verify(pool, nothing())).findings]
