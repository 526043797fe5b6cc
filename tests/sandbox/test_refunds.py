"""Refunds add up, and never to more than was taken."""

from typing import cast

import pytest
import stripe

from tests.sandbox.seed import STRIPE_WARNING

pytestmark = pytest.mark.filterwarnings(STRIPE_WARNING)


async def test_a_refund_shows_on_its_charge(own_gateway: stripe.StripeClient) -> None:
    refund = await own_gateway.v1.refunds.create_async(
        {"charge": "ch_1", "amount": 1500, "reason": "duplicate", "metadata": {"ticket": "T-1", "step": "refund"}}
    )
    charge = await own_gateway.v1.charges.retrieve_async("ch_1")
    assert (charge.amount_refunded, charge.refunded) == (1500, False)
    found = await own_gateway.v1.refunds.retrieve_async(refund.id)
    assert found.metadata is not None
    assert found.metadata.to_dict() == {"ticket": "T-1", "step": "refund"}
    assert (found.amount, found.currency, found.reason, found.status) == (1500, "usd", "duplicate", "succeeded")


async def test_without_an_amount_all_that_is_left_is_refunded(own_gateway: stripe.StripeClient) -> None:
    await own_gateway.v1.refunds.create_async({"charge": "ch_1", "amount": 1500})
    assert (await own_gateway.v1.refunds.create_async({"charge": "ch_1"})).amount == 3400
    assert (await own_gateway.v1.charges.retrieve_async("ch_1")).refunded is True


async def test_more_than_is_left_is_refused(own_gateway: stripe.StripeClient) -> None:
    await own_gateway.v1.refunds.create_async({"charge": "ch_1", "amount": 4000})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await own_gateway.v1.refunds.create_async({"charge": "ch_1", "amount": 901})
    assert (refused.value.http_status, refused.value.param) == (400, "amount")


async def test_a_fully_refunded_charge_is_refused(own_gateway: stripe.StripeClient) -> None:
    await own_gateway.v1.refunds.create_async({"charge": "ch_1"})
    again: list[stripe.params.RefundCreateParams] = [{"charge": "ch_1"}, {"charge": "ch_1", "amount": 100}]
    for params in again:
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await own_gateway.v1.refunds.create_async(params)
        assert refused.value.code == "charge_already_refunded"


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"amount": 100}, 400),
        ({"charge": "ch_unknown"}, 404),
        ({"charge": "ch_1", "amount": -5}, 400),
        ({"charge": "ch_1", "amount": "12.5"}, 400),
        ({"charge": "ch_1", "reason": "because"}, 400),
        ({"charge": "ch_1", "colour": "red"}, 400),
        ({"charge": "ch_1", "metadata": {"k" * 41: "v"}}, 400),
        ({"charge": "ch_1", "expand": ["balance_transaction"]}, 400),
    ],
)
async def test_a_senseless_refund_is_refused_and_moves_nothing(
    own_gateway: stripe.StripeClient, params: dict[str, object], status: int
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await own_gateway.v1.refunds.create_async(cast(stripe.params.RefundCreateParams, params))
    assert refused.value.http_status == status
    assert (await own_gateway.v1.refunds.list_async()).data == []


async def test_refunds_are_not_searchable(own_gateway: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await own_gateway.v1.refunds.retrieve_async("search")
    assert refused.value.code == "resource_missing"


async def test_a_service_credit_lowers_the_balance_and_is_listed_with_its_metadata(
    own_gateway: stripe.StripeClient,
) -> None:
    credits = own_gateway.v1.customers.balance_transactions
    credit = await credits.create_async(
        "cus_ada", {"amount": -2500, "currency": "usd", "description": "Goodwill", "metadata": {"ticket": "T-2"}}
    )
    assert credit.ending_balance == -2500
    assert (await own_gateway.v1.customers.retrieve_async("cus_ada")).balance == -2500
    [listed] = (await credits.list_async("cus_ada")).data
    assert listed.metadata is not None
    assert listed.metadata["ticket"] == "T-2"
    assert (await credits.retrieve_async("cus_ada", credit.id)).id == credit.id


async def test_a_credit_in_another_currency_is_refused(own_gateway: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await own_gateway.v1.customers.balance_transactions.create_async("cus_ada", {"amount": -1, "currency": "eur"})
