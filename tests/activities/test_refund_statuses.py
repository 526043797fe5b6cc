"""What each status of a refund does to its step, and that the ledger books only what was paid (RULES §6)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from activities.envelope import carry_out
from activities.gateway.client import Gateway
from activities.gateway.effects import RefundEffect
from casewright.domain import events as ev
from casewright.domain.effects import EffectCall, Refused, Unreachable
from casewright.domain.money import Money
from casewright.domain.tempo import WALL_CLOCK
from casewright.embedded.postgres import PostgresUrls
from casewright.records import pool as pools
from casewright.records import reads
from casewright.records.audit import FindingKind, verify
from casewright.records.postgres import Pool
from tests.activities.till import Till
from tests.records.story import Story, refund

KEY = "T-1/refund"
AMOUNT = Money.from_minor(2000, "USD")
UNSETTLED = ("pending", "requires_action")
UNDONE = ("failed", "canceled")


@pytest.fixture
async def pool(database: PostgresUrls) -> AsyncIterator[Pool]:
    """The application's connections."""
    opened = await pools.connect(database.application, max_size=2)
    yield opened
    await opened.close()


@pytest.fixture
def effect(gateway: Gateway) -> RefundEffect:
    """The effect as the worker has it."""
    return RefundEffect(gateway, timedelta(minutes=5), WALL_CLOCK)


@pytest.fixture
def call() -> EffectCall:
    """A refund of 20.00 USD, planned and started."""
    return Story().call(refund("20.00", customer="cus_ada"))


async def reservation(pool: Pool) -> str:
    async with pool.acquire() as connection:
        return str(await connection.fetchval("SELECT state FROM reservation"))


async def test_a_refund_that_succeeded_is_found_again(till: Till, gateway: Gateway) -> None:
    await till.charges({"id": "ch_1"})
    done = await gateway.refund("ch_1", AMOUNT, KEY)
    assert await gateway.refund_under("ch_1", KEY) == done
    assert [refund.id for refund in till.refunds()] == [done.reference]


@pytest.mark.parametrize("status", UNDONE)
async def test_a_refund_that_is_undone_is_refused_with_the_gateways_reason(
    till: Till, gateway: Gateway, status: str
) -> None:
    await till.charges({"id": "ch_1"})
    why = {"failure_reason": "lost_or_stolen_card"} if status == "failed" else {}
    await till.next_refund(status=status, **why)
    with pytest.raises(Refused, match=f"is {status}{': lost_or_stolen_card' if why else ''}"):
        await gateway.refund("ch_1", AMOUNT, KEY)
    with pytest.raises(Refused, match=f"is {status}"):
        await gateway.refund_under("ch_1", KEY)


@pytest.mark.parametrize("status", UNSETTLED)
async def test_a_refund_on_its_way_is_not_certain_however_often_one_asks(
    till: Till, gateway: Gateway, status: str
) -> None:
    await till.charges({"id": "ch_1"})
    await till.next_refund(status=status)
    with pytest.raises(Unreachable, match=f"is {status}: it may still fail"):
        await gateway.refund("ch_1", AMOUNT, KEY)
    with pytest.raises(Unreachable, match=f"is {status}"):
        await gateway.refund_under("ch_1", KEY)
    assert len(till.refunds()) == 1


@pytest.mark.parametrize("status", UNSETTLED)
async def test_of_several_refunds_under_one_key_the_paid_one_decides(till: Till, gateway: Gateway, status: str) -> None:
    await till.charges({"id": "ch_1"})
    for outcome in ("succeeded", status, "failed"):
        await till.next_refund(status=outcome)
        await till.by_hand("ch_1", 100, key=KEY)
    paid, waiting, _ = [refund.id for refund in till.refunds()]
    found = await gateway.refund_under("ch_1", KEY)
    assert found is not None
    assert found.reference == paid
    await till.goes_on(paid, status="failed")
    with pytest.raises(Unreachable, match=waiting):
        await gateway.refund_under("ch_1", KEY)


async def test_nothing_is_booked_until_a_waiting_refund_is_paid(
    till: Till, pool: Pool, effect: RefundEffect, call: EffectCall
) -> None:
    await till.charges({"id": "ch_1"})
    await till.next_refund(status="pending")
    for _ in range(2):
        with pytest.raises(Unreachable):
            await carry_out(pool, effect, call, WALL_CLOCK)
    assert await reads.ledger_of(pool, call.ticket) == []
    assert await reservation(pool) == "reserved"
    [waiting] = till.refunds()
    await till.goes_on(waiting.id, status="succeeded")
    outcome = await carry_out(pool, effect, call, WALL_CLOCK)
    assert outcome.rows[0].event == ev.StepDone(step=call.step.id, reference=waiting.id, found=True)
    [entry] = await reads.ledger_of(pool, call.ticket)
    assert entry.gateway_reference == waiting.id


@pytest.mark.parametrize("status", UNDONE)
async def test_a_waiting_refund_that_comes_to_nothing_is_never_booked_and_never_made_again(
    till: Till, pool: Pool, effect: RefundEffect, call: EffectCall, status: str
) -> None:
    await till.charges({"id": "ch_1"})
    await till.next_refund(status="pending")
    with pytest.raises(Unreachable):
        await carry_out(pool, effect, call, WALL_CLOCK)
    await till.goes_on(till.refunds()[0].id, status=status)
    # By now the gateway has forgotten the key: asked to refund, it would.
    await till.http.post("/_sandbox/clock", json={"advance_seconds": 2 * 86400})
    for _ in range(2):
        outcome = await carry_out(pool, effect, call, WALL_CLOCK)
        assert isinstance(outcome.rows[0].event, ev.StepRefused)
        assert f"is {status}" in outcome.rows[0].event.reason
    assert len(till.refunds()) == 1
    assert await reads.ledger_of(pool, call.ticket) == []
    assert await reservation(pool) == "released"


@pytest.mark.parametrize("status", UNDONE)
async def test_a_refund_undone_at_once_is_never_booked(
    till: Till, pool: Pool, effect: RefundEffect, call: EffectCall, status: str
) -> None:
    await till.charges({"id": "ch_1"})
    await till.next_refund(status=status)
    outcome = await carry_out(pool, effect, call, WALL_CLOCK)
    assert isinstance(outcome.rows[0].event, ev.StepRefused)
    assert await reads.ledger_of(pool, call.ticket) == []


async def test_a_pending_refund_whose_answer_was_lost_is_not_certain(
    till: Till, pool: Pool, effect: RefundEffect, call: EffectCall
) -> None:
    await till.charges({"id": "ch_1"})
    await till.next_refund(status="pending")
    await till.fault(kind="lost_answer", method="POST", path="/v1/refunds", times=1)
    for wanted in ("no answer", "is pending", "is pending"):
        with pytest.raises(Unreachable, match=wanted):
            await carry_out(pool, effect, call, WALL_CLOCK)
    assert len(till.refunds()) == 1


async def test_the_audit_finds_a_booked_refund_that_the_bank_sent_back(
    till: Till, gateway: Gateway, pool: Pool, effect: RefundEffect, call: EffectCall
) -> None:
    await till.charges({"id": "ch_1"})
    await carry_out(pool, effect, call, WALL_CLOCK)
    assert await gateway_findings(pool, gateway) == []
    [paid] = till.refunds()
    await till.goes_on(paid.id, status="failed", failure_reason="lost_or_stolen_card")
    [finding] = await gateway_findings(pool, gateway)
    assert f"the ledger books {paid.id}, and the gateway has no such thing" in finding


async def test_the_audit_finds_a_refund_that_still_waits(
    till: Till, gateway: Gateway, pool: Pool, effect: RefundEffect, call: EffectCall
) -> None:
    await till.charges({"id": "ch_1"})
    await till.next_refund(status="pending")
    with pytest.raises(Unreachable):
        await carry_out(pool, effect, call, WALL_CLOCK)
    [finding] = await gateway_findings(pool, gateway)
    assert "no entry books it; its reservation is reserved" in finding


async def gateway_findings(pool: Pool, gateway: Gateway) -> list[str]:
    """In what ledger and gateway disagree."""
    report = await verify(pool, gateway.refunds_given(None))
    return [finding.detail for finding in report.findings if finding.kind is FindingKind.GATEWAY]
