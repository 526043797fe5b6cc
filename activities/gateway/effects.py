"""Giving money back: refunds and credits, found again by their metadata however old."""

from __future__ import annotations

from datetime import timedelta

from activities.gateway.client import Gateway
from casewright.domain.effects import Done, Refused
from casewright.domain.steps import CreditStep, RefundStep, SpendingLimit
from casewright.domain.tempo import Tempo


class RefundEffect:
    """Step ``refund``: once per key, by the refund's metadata, long after the gateway forgot the key."""

    def __init__(self, gateway: Gateway, fresh_for: timedelta, tempo: Tempo) -> None:
        self._gateway, self._fresh_for, self._tempo = gateway, fresh_for, tempo

    async def lookup(self, key: str, step: RefundStep) -> Done | None:
        """The refund made under the key; one that failed is refused, one that waits is not certain."""
        return await self._gateway.refund_under(step.charge, key)

    async def perform(self, key: str, step: RefundStep) -> Done:
        """Refund; what was worked out a while ago, as before an approval, is checked against the gateway again."""
        if any(self._is_old(limit) for limit in step.limits):
            await self._check_again(step)
        return await self._gateway.refund(step.charge, step.amount, key)

    def _is_old(self, limit: SpendingLimit) -> bool:
        return limit.as_of is not None and self._tempo.now() - limit.as_of >= self._fresh_for

    async def _check_again(self, step: RefundStep) -> None:
        charges = {charge.id: charge for charge in (await self._gateway.history(step.customer)).charges}
        for limit in step.limits:
            now = [charges[name] for name in limit.charges if name in charges]
            if any(charge.disputed for charge in now):
                raise Refused("since this was decided, the bank has disputed the charge or its duplicate")
            given = sum(charge.refunded_elsewhere.minor for charge in now)
            if limit.elsewhere is not None and given > limit.elsewhere.minor:
                raise Refused("since this was decided, somebody gave money back on the charge or its duplicate")


class CreditEffect:
    """Step ``credit``: goodwill on the customer's balance."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def lookup(self, key: str, step: CreditStep) -> Done | None:
        """The credit given under the key."""
        return await self._gateway.credit_under(step.customer, key)

    async def perform(self, key: str, step: CreditStep) -> Done:
        """Credit."""
        return await self._gateway.credit(step.customer, step.amount, key)
