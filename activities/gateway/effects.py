"""Giving money back: refunds and credits, found again by their metadata however old."""

from __future__ import annotations

from activities.gateway.client import Gateway
from casewright.domain.effects import Done
from casewright.domain.steps import CreditStep, RefundStep


class RefundEffect:
    """Step ``refund``: once per key, by the refund's metadata, long after the gateway forgot the key."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def lookup(self, key: str, step: RefundStep) -> Done | None:
        """The refund made under the key."""
        return await self._gateway.refund_under(step.charge, key)

    async def perform(self, key: str, step: RefundStep) -> Done:
        """Refund."""
        return await self._gateway.refund(step.charge, step.amount, key)


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
