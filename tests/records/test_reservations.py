"""Money is reserved before the gateway is called (RULES A.1): never twice, never past a limit."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from casewright.domain.money import Money
from casewright.domain.steps import CreditStep, MoneyStep, VelocityLimit
from casewright.records import money
from casewright.records.postgres import Connection, Pool
from tests.records.story import NOON, refund, usd

IN_72_H = VelocityLimit(hours=72, capacity=usd("150.00"))


async def reserve(
    pool: Pool, number: int, step: MoneyStep, *, automatic: bool = True, now: datetime = NOON
) -> str | None:
    """Reserve for a ticket of its own."""
    async with pool.acquire() as connection, connection.transaction():
        key = f"T-{number}/{step.id}"
        return await money.reserve(connection, key, f"T-{number}", step, automatic=automatic, now=now)


async def test_of_twenty_at_once_for_the_two_twins_of_a_duplicate_exactly_one_gets_the_money(pool: Pool) -> None:
    twins = ("ch_1", "ch_2")
    steps = [refund("49.00", twins[n % 2], twins=twins, capacity="49.00") for n in range(20)]
    refused = await asyncio.gather(*(reserve(pool, n, step) for n, step in enumerate(steps)))
    assert refused.count(None) == 1


async def test_twins_that_saw_different_parts_of_a_group_still_meet(pool: Pool) -> None:
    assert await reserve(pool, 1, refund("49.00", "ch_1", twins=("ch_1", "ch_2"), capacity="49.00")) is None
    late = await reserve(pool, 2, refund("49.00", "ch_3", twins=("ch_2", "ch_3"), capacity="49.00"))
    assert late is not None
    assert "49.00 USD of 49.00 USD are reserved" in late


async def test_two_customers_naming_one_charge_wait_for_each_other(pool: Pool, app: Any, owner: Any) -> None:
    transaction = app.transaction()
    await transaction.start()
    assert await money.reserve(app, "T-1/r", "T-1", refund("49.00", customer="cus_1"), automatic=True, now=NOON) is None
    second = asyncio.create_task(reserve(pool, 2, refund("60.00", customer="cus_2")))
    waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
    while not second.done() and not await owner.fetchval(waiting):
        await asyncio.sleep(0.01)
    assert not second.done()
    await transaction.commit()
    assert "49.00 USD of 100.00 USD" in str(await second)


async def test_a_partial_overcharge_is_given_back_twice_only_up_to_the_charge(pool: Pool) -> None:
    assert await reserve(pool, 1, refund("60.00", capacity="100.00")) is None
    assert await reserve(pool, 2, refund("40.01", capacity="100.00")) is not None
    assert await reserve(pool, 3, refund("40.00", capacity="100.00")) is None


async def test_the_same_step_again_is_the_same_reservation_and_another_amount_is_refused(pool: Pool) -> None:
    assert await reserve(pool, 1, refund("100.00")) is None
    assert await reserve(pool, 1, refund("100.00")) is None
    other = await reserve(pool, 1, refund("99.00"))
    assert other is not None
    assert "another amount" in other


async def test_what_was_released_is_free_for_others_and_not_for_the_same_step(pool: Pool) -> None:
    assert await reserve(pool, 1, refund("100.00")) is None
    async with pool.acquire() as connection:
        await money.release(connection, "T-1/d1-refund")
    assert await reserve(pool, 2, refund("100.00")) is None
    assert "released" in str(await reserve(pool, 1, refund("100.00")))


@pytest.mark.parametrize(
    ("age", "passes"),
    [
        (timedelta(hours=72), False),
        (timedelta(hours=72, microseconds=1), True),
        (timedelta(hours=71, minutes=59), False),
    ],
)
async def test_a_reservation_counts_for_the_customers_limit_until_it_is_older_than_the_window(
    pool: Pool, age: timedelta, passes: bool
) -> None:
    assert await reserve(pool, 1, refund("100.00", "ch_1", velocity=(IN_72_H,)), now=NOON - age) is None
    refused = await reserve(pool, 2, refund("50.01", "ch_2", velocity=(IN_72_H,)))
    assert (refused is None) is passes


async def test_the_customers_limit_itself_may_be_reached(pool: Pool) -> None:
    assert await reserve(pool, 1, refund("100.00", "ch_1", velocity=(IN_72_H,))) is None
    assert await reserve(pool, 2, refund("50.00", "ch_2", velocity=(IN_72_H,))) is None
    assert "in 72 h" in str(await reserve(pool, 3, refund("0.01", "ch_3", velocity=(IN_72_H,))))


async def test_the_customers_limit_binds_the_automation_only(pool: Pool) -> None:
    assert await reserve(pool, 1, refund("100.00", "ch_1", velocity=(IN_72_H,)), automatic=False) is None
    assert await reserve(pool, 2, refund("90.00", "ch_2", velocity=(IN_72_H,))) is None
    assert await reserve(pool, 3, refund("100.00", "ch_3", velocity=(IN_72_H,)), automatic=False) is None
    assert await reserve(pool, 4, refund("90.00", "ch_4", velocity=(IN_72_H,), customer="cus_2")) is None
    assert await reserve(pool, 5, refund("90.00", "ch_5", velocity=(IN_72_H,))) is not None


async def test_another_currency_is_never_held_against_a_limit(pool: Pool) -> None:
    euros = refund("10.00").model_copy(update={"amount": Money.from_minor(1000, "EUR")})
    assert "EUR can't be held against" in str(await reserve(pool, 1, euros))


async def test_goodwill_credits_are_reserved_without_a_limit(pool: Pool) -> None:
    assert await reserve(pool, 1, CreditStep(id="credit", customer="cus_1", amount=usd("20.00"))) is None


async def test_other_tickets_automatic_refunds_are_a_fact_for_the_next_decision(pool: Pool, app: Connection) -> None:
    await reserve(pool, 1, refund("10.00", "ch_1"), now=NOON - timedelta(days=30))
    await reserve(pool, 2, refund("20.00", "ch_2"), now=NOON - timedelta(days=31))
    await reserve(pool, 3, refund("30.00", "ch_3"), automatic=False)
    await reserve(pool, 4, refund("40.00", "ch_4"))
    await reserve(pool, 5, refund("50.00", "ch_5"))
    await money.release(app, "T-5/d1-refund")
    await reserve(pool, 6, CreditStep(id="credit", customer="cus_1", amount=usd("20.00")))
    found = await money.automatic_refunds(app, "cus_1", NOON - timedelta(days=30), "T-4")
    assert [(refund.ticket, refund.amount) for refund in found] == [("T-1", usd("10.00"))]
