"""What was worked out a while ago is checked against the gateway before money moves: a while of the tickets' time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from activities.gateway.client import Gateway
from activities.gateway.effects import RefundEffect
from casewright.domain.effects import Refused
from casewright.domain.money import Money
from casewright.domain.steps import RefundStep, SpendingLimit
from casewright.domain.tempo import Tempo
from tests.activities.till import Till

AMOUNT = Money.from_minor(2000, "USD")
FRESH_FOR = timedelta(days=30)
"""At an hour a second, twelve real minutes: no machine is so slow."""


@pytest.fixture
def tempo() -> Tempo:
    """An hour a second for an hour by now: 150 days ahead of the wall clock."""
    return Tempo(epoch=datetime.now(UTC) - timedelta(hours=1), speed=3600)


def step(worked_out: datetime) -> RefundStep:
    """A refund whose capacity was worked out then, when nobody had given anything back."""
    limit = SpendingLimit(
        scopes=("charge:ch_1",),
        capacity=AMOUNT,
        elsewhere=Money.zero("USD"),
        as_of=worked_out,
    )
    return RefundStep(id="refund", charge="ch_1", customer="cus_ada", amount=AMOUNT, limits=(limit,))


async def test_what_was_worked_out_days_ago_in_the_tickets_time_is_looked_at_again(
    till: Till, gateway: Gateway, tempo: Tempo
) -> None:
    await till.charges({"id": "ch_1"})
    await till.by_hand("ch_1", 100)
    with pytest.raises(Refused, match="somebody gave money back"):
        await RefundEffect(gateway, FRESH_FOR, tempo).perform("T-1/refund", step(tempo.now() - timedelta(days=31)))
    assert len(till.refunds()) == 1


async def test_what_was_just_worked_out_is_not(till: Till, gateway: Gateway, tempo: Tempo) -> None:
    await till.charges({"id": "ch_1"})
    await till.by_hand("ch_1", 100)
    await RefundEffect(gateway, FRESH_FOR, tempo).perform("T-1/refund", step(tempo.now()))
    assert len(till.refunds()) == 2
