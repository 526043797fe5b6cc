"""Subscriptions as the official client meets them: the cycle on the item, ends at once or at an instant."""

from typing import Any

import httpx
import pytest
import stripe

from tests.sandbox.seed import NOON, STRIPE_WARNING

pytestmark = pytest.mark.filterwarnings(STRIPE_WARNING)
NOW = int(NOON.timestamp())
DAY = 86_400
CYCLE = {"current_period_start": "-5d", "current_period_end": "+25d"}
LINE = {"amount": 4900, "start": "-5d", "end": "+25d"}
SUBSCRIBED: dict[str, Any] = {
    "subscriptions": [
        {"id": "sub_1", "customer": "cus_ada", "created": "-5d", "items": [{"id": "si_1", **CYCLE}]},
        {"id": "sub_2", "customer": "cus_ben", "created": "-4d", "items": [{"id": "si_2", **CYCLE}]},
        {
            "id": "sub_old",
            "customer": "cus_ada",
            "created": "-70d",
            "items": [{"id": "si_old", **CYCLE}],
            "status": "canceled",
        },
    ],
    "invoices": [
        {
            "id": "in_sub",
            "number": "INV-SUB",
            "customer": "cus_ada",
            "total": 4900,
            "currency": "usd",
            "created": "-5d",
            "subscription": "sub_1",
            "lines": [LINE],
        }
    ],
}


@pytest.fixture(autouse=True)
async def _subscribed(own_admin: httpx.AsyncClient) -> None:
    (await own_admin.post("/_sandbox/seed", json=SUBSCRIBED)).raise_for_status()


async def test_the_cycle_is_on_the_item(own_gateway: stripe.StripeClient) -> None:
    (item,) = (await own_gateway.v1.subscriptions.retrieve_async("sub_1")).items.data
    assert (item.current_period_start, item.current_period_end) == (NOW - 5 * DAY, NOW + 25 * DAY)


@pytest.mark.parametrize(
    ("status", "found"), [(None, ["sub_1"]), ("all", ["sub_1", "sub_old"]), ("canceled", ["sub_old"])]
)
async def test_a_customers_subscriptions_are_listed_newest_first(
    own_gateway: stripe.StripeClient, status: str | None, found: list[str]
) -> None:
    params: Any = {"customer": "cus_ada"} | ({"status": status} if status else {})
    page = await own_gateway.v1.subscriptions.list_async(params)
    assert [subscription.id for subscription in page.data] == found


async def test_an_invoice_names_its_subscription_and_the_span_of_its_lines(own_gateway: stripe.StripeClient) -> None:
    (invoice,) = (await own_gateway.v1.invoices.list_async({"subscription": "sub_1"})).data
    assert invoice.parent is not None
    assert invoice.parent.subscription_details is not None
    assert invoice.parent.subscription_details.subscription == "sub_1"
    (line,) = invoice.lines.data
    assert (line.period.start, line.period.end) == (NOW - 5 * DAY, NOW + 25 * DAY)


async def test_one_that_was_cancelled_stays_and_is_not_found_to_cancel_again(own_gateway: stripe.StripeClient) -> None:
    cancelled = await own_gateway.v1.subscriptions.cancel_async(
        "sub_1", {"prorate": False, "cancellation_details": {"comment": "T-1/cancel"}}
    )
    assert (cancelled.status, cancelled.ended_at) == ("canceled", NOW)
    kept = await own_gateway.v1.subscriptions.retrieve_async("sub_1")
    assert kept.cancellation_details is not None
    assert (kept.cancellation_details.comment, kept.cancellation_details.reason) == (
        "T-1/cancel",
        "cancellation_requested",
    )
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await own_gateway.v1.subscriptions.cancel_async("sub_1")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


async def test_one_that_is_set_to_end_ends_when_the_clock_gets_there(
    own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient
) -> None:
    ends = NOW + 7 * DAY
    set_to_end = await own_gateway.v1.subscriptions.update_async(
        "sub_1", {"cancel_at": ends, "proration_behavior": "none", "metadata": {"step": "T-1/cancel"}}
    )
    assert (set_to_end.status, set_to_end.cancel_at) == ("active", ends)
    await own_admin.post("/_sandbox/clock", json={"advance_seconds": 7 * DAY - 1})
    assert (await own_gateway.v1.subscriptions.retrieve_async("sub_1")).status == "active"
    await own_admin.post("/_sandbox/clock", json={"advance_seconds": 1})
    over = await own_gateway.v1.subscriptions.retrieve_async("sub_1")
    assert (over.status, over.ended_at) == ("canceled", ends)


async def test_the_same_key_sets_the_same_end_once_and_no_other(own_gateway: stripe.StripeClient) -> None:
    key: Any = {"idempotency_key": "T-1/cancel"}
    for _ in range(2):
        await own_gateway.v1.subscriptions.update_async("sub_1", {"cancel_at": NOW + DAY}, key)
    with pytest.raises(stripe.IdempotencyError):
        await own_gateway.v1.subscriptions.update_async("sub_1", {"cancel_at": NOW + 2 * DAY}, key)


@pytest.mark.parametrize(
    "params", [{"cancel_at": NOW}, {"proration_behavior": "create_prorations"}, {"items": [{"id": "si_1"}]}]
)
async def test_what_the_sandbox_doesnt_do_is_refused(own_gateway: stripe.StripeClient, params: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await own_gateway.v1.subscriptions.update_async("sub_1", params)
    assert refused.value.http_status == 400


async def test_the_page_shows_subscriptions(own_admin: httpx.AsyncClient) -> None:
    page = (await own_admin.get("/")).text
    assert "sub_1" in page
    assert "2026-02-25 12:00:00 to 2026-03-27 12:00:00" in page
