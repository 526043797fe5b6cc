"""One key, one refund: within a day, and only for the same request."""

import asyncio

import httpx
import pytest
import stripe

from tests.sandbox.seed import STRIPE_WARNING

pytestmark = pytest.mark.filterwarnings(STRIPE_WARNING)

DAY = 24 * 3_600
REFUND: stripe.params.RefundCreateParams = {"charge": "ch_1", "amount": 1000, "metadata": {"ticket": "T-1"}}


async def refund_count(own_gateway: stripe.StripeClient) -> int:
    return len((await own_gateway.v1.refunds.list_async({"charge": "ch_1"})).data)


async def test_the_same_key_and_parameters_return_the_first_answer(own_gateway: stripe.StripeClient) -> None:
    first = await own_gateway.v1.refunds.create_async(REFUND, {"idempotency_key": "T-1/refund"})
    again = await own_gateway.v1.refunds.create_async(REFUND, {"idempotency_key": "T-1/refund"})
    assert again.id == first.id
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert await refund_count(own_gateway) == 1


async def test_a_key_is_remembered_until_a_day_has_passed(
    own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient
) -> None:
    first = await own_gateway.v1.refunds.create_async(REFUND, {"idempotency_key": "k"})
    await own_admin.post("/_sandbox/clock", json={"advance_seconds": DAY - 1})
    assert (await own_gateway.v1.refunds.create_async(REFUND, {"idempotency_key": "k"})).id == first.id
    await own_admin.post("/_sandbox/clock", json={"advance_seconds": 1})
    assert (await own_gateway.v1.refunds.create_async(REFUND, {"idempotency_key": "k"})).id != first.id
    assert await refund_count(own_gateway) == 2


async def test_a_key_is_refused_for_other_parameters(own_gateway: stripe.StripeClient) -> None:
    await own_gateway.v1.refunds.create_async(REFUND, {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError) as refused:
        await own_gateway.v1.refunds.create_async({**REFUND, "amount": 1001}, {"idempotency_key": "k"})
    assert refused.value.http_status == 400
    assert await refund_count(own_gateway) == 1


async def test_a_key_is_refused_for_another_endpoint(own_gateway: stripe.StripeClient) -> None:
    await own_gateway.v1.refunds.create_async(REFUND, {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError):
        await own_gateway.v1.customers.balance_transactions.create_async(
            "cus_ada", {"amount": -100, "currency": "usd"}, {"idempotency_key": "k"}
        )


async def test_of_concurrent_requests_under_one_key_only_one_refunds(
    own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient
) -> None:
    slow = {"target": "payments", "kind": "latency", "latency_ms": 300, "method": "POST", "path": "/v1/refunds"}
    await own_admin.post("/_sandbox/faults", json=slow)
    calls = [own_gateway.v1.refunds.create_async(REFUND, {"idempotency_key": "k"}) for _ in range(4)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    refunds = [outcome for outcome in outcomes if isinstance(outcome, stripe.Refund)]
    conflicts = [outcome for outcome in outcomes if isinstance(outcome, stripe.StripeError)]
    assert len(refunds) == 1
    assert [conflict.http_status for conflict in conflicts] == [409] * 3
    assert await refund_count(own_gateway) == 1


async def test_a_refusal_by_the_books_is_kept_under_the_key(own_gateway: stripe.StripeClient) -> None:
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await own_gateway.v1.refunds.create_async({"charge": "ch_1", "amount": 4901}, {"idempotency_key": "k"})
    assert refused.value.headers is not None
    assert refused.value.headers["idempotent-replayed"] == "true"


async def test_a_request_that_failed_validation_may_be_corrected(
    own_gateway: stripe.StripeClient,
) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await own_gateway.v1.refunds.create_async({"charge": "ch_1", "amount": 0}, {"idempotency_key": "k"})
    assert (await own_gateway.v1.refunds.create_async(REFUND, {"idempotency_key": "k"})).amount == 1000
