"""What goes wrong on demand, and that it is counted."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
import stripe

from sandbox import RunningSandbox
from tests.sandbox.seed import STRIPE_WARNING, official_client

pytestmark = pytest.mark.filterwarnings(STRIPE_WARNING)


async def arrange(own_admin: httpx.AsyncClient, **order: Any) -> str:
    answer = await own_admin.post("/_sandbox/faults", json={"target": "payments", **order})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_lost_answer_commits_and_the_same_key_brings_it_back(
    own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient
) -> None:
    await arrange(own_admin, kind="lost_answer", method="POST", path="/v1/refunds", times=1)
    with pytest.raises(stripe.APIConnectionError):
        await own_gateway.v1.refunds.create_async({"charge": "ch_1"}, {"idempotency_key": "k"})
    assert (await own_gateway.v1.charges.retrieve_async("ch_1")).refunded is True
    refund = await own_gateway.v1.refunds.create_async({"charge": "ch_1"}, {"idempotency_key": "k"})
    [kept] = (await own_gateway.v1.refunds.list_async({"charge": "ch_1"})).data
    assert kept.id == refund.id


async def test_the_official_clients_own_retries_survive_a_lost_answer(
    own_sandbox: RunningSandbox, own_admin: httpx.AsyncClient
) -> None:
    await arrange(own_admin, kind="lost_answer", method="POST", times=1)
    async with official_client(own_sandbox.http_url, retries=2) as client:
        refund = await client.v1.refunds.create_async({"charge": "ch_1", "amount": 100})
    assert refund.last_response is not None
    assert refund.last_response.headers["Idempotent-Replayed"] == "true"
    assert (await own_admin.get("/_sandbox/state")).json()["books"]["charges"][0]["amount_refunded"] == 100


async def test_an_error_before_processing_moves_nothing_and_is_not_kept(
    own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient
) -> None:
    rule = await arrange(own_admin, kind="error", status=500, method="POST", path="/v1/refunds", times=2)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            await own_gateway.v1.refunds.create_async({"charge": "ch_1"}, {"idempotency_key": "k"})
    assert (await own_gateway.v1.charges.retrieve_async("ch_1")).amount_refunded == 0
    assert (await own_gateway.v1.refunds.create_async({"charge": "ch_1"}, {"idempotency_key": "k"})).amount == 4900
    [shown] = (await own_admin.get("/_sandbox/faults")).json()
    assert (shown["id"], shown["hits"]) == (rule, 2)


@pytest.mark.parametrize(("status", "body"), [(429, "api"), (502, "html"), (504, "empty")])
async def test_errors_come_as_ordered(
    own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient, status: int, body: str
) -> None:
    await arrange(own_admin, kind="error", status=status, body=body)
    with pytest.raises(stripe.StripeError) as failed:
        await own_gateway.v1.charges.retrieve_async("ch_1")
    assert failed.value.http_status in (status, None)
    assert isinstance(failed.value, stripe.RateLimitError) == (status == 429)


@pytest.mark.parametrize("mode", ["answer", "refuse"])
async def test_an_outage_lasts_until_it_is_removed(
    own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient, mode: str
) -> None:
    rule = await arrange(own_admin, kind="outage", mode=mode)
    for _ in range(3):
        with pytest.raises((stripe.APIError, stripe.APIConnectionError)):
            await own_gateway.v1.refunds.create_async({"charge": "ch_1"})
    assert (await own_admin.delete(f"/_sandbox/faults/{rule}")).status_code == 204
    assert (await own_gateway.v1.charges.retrieve_async("ch_1")).amount_refunded == 0


async def test_an_outage_keeps_to_its_window(
    own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient, own_sandbox: RunningSandbox
) -> None:
    start = own_sandbox.world.clock.now() + timedelta(minutes=10)
    end = start + timedelta(minutes=5)
    await arrange(own_admin, kind="outage", starts_at=start.isoformat(), ends_at=end.isoformat())
    await own_gateway.v1.charges.retrieve_async("ch_1")
    await own_admin.post("/_sandbox/clock", json={"advance_seconds": 600})
    with pytest.raises(stripe.APIError):
        await own_gateway.v1.charges.retrieve_async("ch_1")
    await own_admin.post("/_sandbox/clock", json={"advance_seconds": 300})
    await own_gateway.v1.charges.retrieve_async("ch_1")


async def test_every_call_is_logged_with_its_key_status_and_fault(
    own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient
) -> None:
    rule = await arrange(own_admin, kind="lost_answer", method="POST", times=1)
    with pytest.raises(stripe.APIConnectionError):
        await own_gateway.v1.refunds.create_async({"charge": "ch_1"}, {"idempotency_key": "k"})
    await own_gateway.v1.refunds.create_async({"charge": "ch_1"}, {"idempotency_key": "k"})
    lost, replayed = (await own_admin.get("/_sandbox/calls", params={"path": "/v1/refunds"})).json()
    assert (lost["method"], lost["key"], lost["status"], lost["faults"]) == ("POST", "k", None, [f"lost_answer:{rule}"])
    assert (replayed["status"], replayed["replayed"], replayed["faults"]) == (200, True, [])
    later = (await own_admin.get("/_sandbox/calls", params={"since": lost["seq"], "target": "payments"})).json()
    assert [call["seq"] for call in later] == [replayed["seq"]]


async def test_a_fault_that_makes_no_sense_is_refused(own_admin: httpx.AsyncClient) -> None:
    for order in ({"kind": "latency"}, {"kind": "error", "status": 200}, {"kind": "flood"}, {"kind": "error", "x": 1}):
        assert (await own_admin.post("/_sandbox/faults", json={"target": "payments", **order})).status_code == 422
