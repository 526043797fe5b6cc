"""What we gave is found on any page, and the audit hears of every movement once."""

from __future__ import annotations

import pytest

from activities.gateway.client import Gateway
from activities.gateway.objects import STEP_KEY
from casewright.domain.money import Money
from tests.activities.till import Till

MANY = 230
NEVER_BEGAN = None


def usd(cents: int) -> Money:
    """Dollars."""
    return Money.from_minor(cents, "USD")


@pytest.mark.parametrize("place", [0, 100, MANY])
async def test_a_refund_is_found_by_its_key_on_any_page(till: Till, gateway: Gateway, place: int) -> None:
    await till.charges({"id": "ch_1", "amount": 100_000})
    keys: list[str | None] = [f"T-{n}/refund" for n in range(MANY)]
    await till.refunded("ch_1", keys=[*keys[:place], "T-ours/refund", *keys[place:]])
    found = await gateway.refund_under("ch_1", "T-ours/refund")
    assert found is not None
    assert found.reference == till.refunds()[place].id
    assert await gateway.refund_under("ch_1", "T-unheard-of/refund") is None


async def test_a_credit_is_found_by_its_key_on_any_page(till: Till, gateway: Gateway) -> None:
    made = [{"customer": "cus_ada", "amount": -100, "created": f"-1d+{n}s"} for n in range(MANY)]
    await till.seed(credits=[{**made[0], "metadata": {STEP_KEY: "T-1/credit"}}, *made[1:]])
    found = await gateway.credit_under("cus_ada", "T-1/credit")
    assert found is not None
    assert found.reference == till.sandbox.world.books.balance_transactions.all()[0].id


async def test_the_audit_hears_of_every_refund_that_gave_something(till: Till, gateway: Gateway) -> None:
    await till.charges({"id": "ch_1", "amount": 100_000})
    await till.refunded("ch_1", keys=[f"T-{n}/refund" for n in range(MANY)])
    made = [refund.id for refund in till.refunds()]
    await till.goes_on(made[0], status="failed")
    listed = [movement async for movement in gateway.refunds_given(NEVER_BEGAN)]
    assert [movement.reference for movement in listed] == made[:0:-1]
    assert {movement.amount for movement in listed} == {usd(100)}
    assert listed[-1].step_key == "T-1/refund"


async def test_the_audit_counts_a_refund_that_waits_as_given(till: Till, gateway: Gateway) -> None:
    await till.charges({"id": "ch_1"})
    await till.next_refund(status="pending")
    await till.by_hand("ch_1", 700, key="T-1/refund")
    assert [movement.amount async for movement in gateway.refunds_given(NEVER_BEGAN)] == [usd(700)]


async def test_the_audit_hears_of_strangers_refunds_since_the_journal_began(till: Till, gateway: Gateway) -> None:
    await till.charges({"id": "ch_1"})
    await till.refunded("ch_1", keys=[None, None, "T-1/refund"])
    early, late, ours = till.refunds()
    assert [m.reference async for m in gateway.refunds_given(late.created)] == [ours.id, late.id]
    assert [m.reference async for m in gateway.refunds_given(early.created)] == [ours.id, late.id, early.id]
    assert [m.reference async for m in gateway.refunds_given(NEVER_BEGAN)] == [ours.id]


async def test_the_audit_hears_of_our_credits_only(till: Till, gateway: Gateway) -> None:
    changes: list[dict[str, object]] = [
        {"amount": -500, "metadata": {STEP_KEY: "T-1/credit"}},
        {"amount": -900},
        {"amount": 500, "metadata": {STEP_KEY: "T-1/credit"}},
    ]
    await till.seed(credits=[{"customer": "cus_ada", "created": "-1d", **change} for change in changes])
    [credit] = [movement async for movement in gateway.credits_given(["cus_ada"])]
    assert (credit.amount, credit.step_key) == (usd(500), "T-1/credit")
