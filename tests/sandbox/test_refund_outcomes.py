"""Refunds that don't succeed at once, or at all, as at a gateway behind which there are banks."""

from __future__ import annotations

import httpx
import pytest
import stripe

from sandbox import RunningSandbox
from tests.sandbox.seed import STRIPE_WARNING

pytestmark = pytest.mark.filterwarnings(STRIPE_WARNING)


async def arrange(admin: httpx.AsyncClient, **outcome: object) -> None:
    (await admin.post("/_sandbox/refund-outcomes", json=outcome)).raise_for_status()


@pytest.mark.parametrize(
    ("status", "given"), [("pending", 1500), ("requires_action", 1500), ("failed", 0), ("canceled", 0)]
)
async def test_a_refund_begins_as_arranged_and_only_once(
    own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient, status: str, given: int
) -> None:
    await arrange(own_admin, status=status)
    refund = await own_gateway.v1.refunds.create_async({"charge": "ch_1", "amount": 1500})
    assert refund.status == status
    assert (await own_gateway.v1.charges.retrieve_async("ch_1")).amount_refunded == given
    assert (await own_gateway.v1.refunds.create_async({"charge": "ch_1", "amount": 100})).status == "succeeded"


async def test_an_outcome_waits_for_the_refund_of_its_charge(
    own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient
) -> None:
    await arrange(own_admin, status="failed", failure_reason="declined", charge="ch_2")
    assert (await own_gateway.v1.refunds.create_async({"charge": "ch_1"})).status == "succeeded"
    refused = await own_gateway.v1.refunds.create_async({"charge": "ch_2"})
    assert (refused.status, refused.failure_reason) == ("failed", "declined")


async def test_a_refund_that_the_books_refuse_uses_no_outcome_up(
    own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient
) -> None:
    await arrange(own_admin, status="pending")
    with pytest.raises(stripe.InvalidRequestError):
        await own_gateway.v1.refunds.create_async({"charge": "ch_1", "amount": 4901})
    assert (await own_gateway.v1.refunds.create_async({"charge": "ch_1"})).status == "pending"


async def test_a_pending_refund_that_fails_gives_the_charge_its_amount_back(
    own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient
) -> None:
    await arrange(own_admin, status="pending")
    refund = await own_gateway.v1.refunds.create_async({"charge": "ch_1"})
    assert (await own_gateway.v1.charges.retrieve_async("ch_1")).refunded is True
    change = {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    assert (await own_admin.post(f"/_sandbox/refunds/{refund.id}", json=change)).status_code == 200
    failed = await own_gateway.v1.refunds.retrieve_async(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    charge = await own_gateway.v1.charges.retrieve_async("ch_1")
    assert (charge.amount_refunded, charge.refunded) == (0, False)


async def test_what_has_ended_stays_as_it_is(own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient) -> None:
    refund = await own_gateway.v1.refunds.create_async({"charge": "ch_1"})
    answers = [
        (await own_admin.post(f"/_sandbox/refunds/{refund.id}", json={"status": status})).status_code
        for status in ("pending", "failed", "failed", "succeeded")
    ]
    assert answers == [409, 200, 409, 409]
    assert (await own_admin.post("/_sandbox/refunds/re_none", json={"status": "failed"})).status_code == 404


async def test_an_outcome_lasts_with_the_books_and_is_forgotten_with_them(
    own_admin: httpx.AsyncClient, own_sandbox: RunningSandbox
) -> None:
    await arrange(own_admin, status="canceled", times=2)
    assert [outcome.times for outcome in own_sandbox.world.snapshot().books.refund_outcomes] == [2]
    await own_admin.post("/_sandbox/reset")
    assert (await own_admin.get("/_sandbox/refund-outcomes")).json() == []


@pytest.mark.parametrize("senseless", [{"status": "lost"}, {"status": "pending", "failure_reason": "declined"}, {}])
async def test_a_senseless_outcome_is_refused(own_admin: httpx.AsyncClient, senseless: dict[str, str]) -> None:
    assert (await own_admin.post("/_sandbox/refund-outcomes", json=senseless)).status_code == 422


async def test_the_state_page_says_what_became_of_a_refund(
    own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient
) -> None:
    await arrange(own_admin, status="failed", failure_reason="declined")
    await own_gateway.v1.refunds.create_async({"charge": "ch_1"})
    assert "failed</span>: declined" in (await own_admin.get("/")).text
