"""Cancelling a subscription at the gateway, and what is read of one: cycles, payments, locked prices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.gateway.client import Gateway
from activities.gateway.subscriptions import CancelSubscriptionEffect, SubscriptionFacts
from casewright.domain.effects import Refused, Unreachable
from casewright.domain.requests import AssessRequest
from casewright.domain.steps import CancelSubscriptionStep
from casewright.domain.subscriptions import Subscriptions, SubscriptionStanding
from casewright.domain.tempo import WALL_CLOCK
from casewright.domain.ticket import Priority, Requester
from tests.activities.till import Till

KEY = "T-1/cancel"
AT_ONCE = CancelSubscriptionStep(id="cancel", customer="cus_ada", subscription="sub_1")
WITH_NOTICE = AT_ONCE.model_copy(update={"notice_days": 7})
# Absolute: two seeds may fall in two seconds.
START = datetime.now(UTC) - timedelta(days=5)
END = START + timedelta(days=30)
CYCLE = {"current_period_start": START.isoformat(), "current_period_end": END.isoformat()}
LINE = {"amount": 5000, "start": START.isoformat(), "end": END.isoformat()}


@pytest.fixture
def effect(gateway: Gateway) -> CancelSubscriptionEffect:
    return CancelSubscriptionEffect(gateway, WALL_CLOCK)


async def subscribed(till: Till, *items: dict[str, Any], **subscription: Any) -> None:
    """``sub_1`` of the till's customer, one item in a cycle of thirty days unless said otherwise."""
    held = [{"id": f"si_{number}", **item} for number, item in enumerate(items or (CYCLE,))]
    usual = {"id": "sub_1", "customer": "cus_ada", "created": "-5d", "items": held}
    await till.seed(subscriptions=[{**usual, **subscription}])


async def paid(till: Till, *lines: dict[str, Any]) -> None:
    """The invoice of ``sub_1``, paid by one charge."""
    await till.charges({"id": "ch_1", "invoice": "in_1"})
    bill = {"id": "in_1", "number": "INV-1", "total": 5000, "charge": "ch_1", "subscription": "sub_1"}
    whole = {"customer": "cus_ada", "currency": "usd", "created": "-5d", "lines": list(lines)}
    await till.seed(invoices=[{**bill, **whole}])


async def fact(gateway: Gateway) -> Subscriptions:
    """What the fact says of the till's customer."""
    asked = AssessRequest(
        ticket="T-0000000000000001",
        submitted_at=datetime.now(UTC),
        policy="A.2",
        version=1,
        priority=Priority.LOW,
        requester=Requester(email="ada@example.com", customer="cus_ada"),
        claims={},
    )
    (found,) = await SubscriptionFacts(gateway, WALL_CLOCK).gather(asked)
    read = found.read(Subscriptions)
    assert read is not None
    return read


def at_gateway(till: Till) -> Any:
    return till.sandbox.world.books.subscriptions.get("sub_1")


async def test_one_that_ended_while_its_answer_was_lost_is_done(till: Till, effect: CancelSubscriptionEffect) -> None:
    await subscribed(till)
    await till.fault(kind="lost_answer", method="DELETE", times=1)
    with pytest.raises(Unreachable):
        await effect.perform(KEY, AT_ONCE)
    assert (await effect.perform(KEY, AT_ONCE)).reference == "sub_1"


async def test_one_that_somebody_cancelled_by_hand_is_found_done(till: Till, effect: CancelSubscriptionEffect) -> None:
    await subscribed(till, status="canceled")
    assert await effect.lookup(KEY, AT_ONCE) is not None
    assert await effect.lookup(KEY, WITH_NOTICE) is not None


async def test_another_customers_subscription_is_refused(till: Till, effect: CancelSubscriptionEffect) -> None:
    await subscribed(till)
    foreign = AT_ONCE.model_copy(update={"customer": "cus_ben"})
    with pytest.raises(Refused, match="not the customer's"):
        await effect.lookup(KEY, foreign)
    with pytest.raises(Refused, match="not the customer's"):
        await effect.perform(KEY, foreign)
    assert at_gateway(till).status == "active"


async def test_one_that_isnt_there_is_refused(till: Till, effect: CancelSubscriptionEffect) -> None:
    with pytest.raises(Refused, match="No such subscription"):
        await effect.lookup(KEY, AT_ONCE)


async def test_notice_never_makes_one_last_longer_than_it_would(till: Till, effect: CancelSubscriptionEffect) -> None:
    await subscribed(till, cancel_at="+3d")
    ends = at_gateway(till).cancel_at
    assert await effect.lookup(KEY, WITH_NOTICE) is None
    await effect.perform(KEY, WITH_NOTICE)
    assert at_gateway(till).cancel_at == ends
    assert await effect.lookup(KEY, WITH_NOTICE) is not None


async def test_notice_of_another_step_doesnt_end_one_at_once(till: Till, effect: CancelSubscriptionEffect) -> None:
    await subscribed(till)
    await effect.perform(KEY, WITH_NOTICE)
    assert await effect.lookup("T-2/cancel", AT_ONCE) is None
    await effect.perform("T-2/cancel", AT_ONCE)
    assert at_gateway(till).status == "canceled"


async def test_a_payment_tells_the_span_that_its_invoice_bills(till: Till, gateway: Gateway) -> None:
    await subscribed(till)
    await paid(till, LINE)
    found = await fact(gateway)
    (one,) = found.held
    assert found.payment is not None
    assert found.payment.invoiced.charge.id == "ch_1"
    assert (found.payment.covers_from, found.payment.covers_until) == (one.cycle_start, one.cycle_end)


@pytest.mark.parametrize(
    "lines",
    [[], [LINE, {**LINE, "start": "-35d", "end": "-5d"}], [{**LINE, "proration": True}]],
    ids=["no lines", "two spans", "a change in mid-cycle"],
)
async def test_an_invoice_of_anything_but_one_plain_span_tells_none(
    till: Till, gateway: Gateway, lines: list[dict[str, Any]]
) -> None:
    await subscribed(till)
    await paid(till, *lines)
    payment = (await fact(gateway)).payment
    assert payment is not None
    assert (payment.covers_from, payment.covers_until) == (None, None)


async def test_items_with_cycles_of_their_own_make_no_certain_cycle(till: Till, gateway: Gateway) -> None:
    await subscribed(till, CYCLE, {**CYCLE, "current_period_end": "+360d"})
    (one,) = (await fact(gateway)).held
    assert (one.cycle_start, one.cycle_end) == (None, None)


@pytest.mark.parametrize(
    ("written", "locked"), [("true", True), ("2 years", True), ("no", False), ("", False), (" FALSE ", False)]
)
async def test_a_price_counts_as_locked_unless_it_plainly_isnt(
    till: Till, gateway: Gateway, written: str, locked: bool
) -> None:
    await subscribed(till, metadata={"price_locked": written})
    (one,) = (await fact(gateway)).held
    assert one.price_locked is locked


@pytest.mark.parametrize(
    ("status", "standing"),
    [("active", "active"), ("trialing", "unsettled"), ("paused", "unsettled"), ("incomplete_expired", "ended")],
)
async def test_what_a_status_means_for_a_cancellation(
    till: Till, gateway: Gateway, status: str, standing: SubscriptionStanding
) -> None:
    await subscribed(till, status=status)
    (one,) = (await fact(gateway)).held
    assert one.standing == standing
