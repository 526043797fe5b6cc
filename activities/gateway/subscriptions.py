"""Subscriptions at the gateway: what a customer has, the fact about it, and the step that cancels one (RULES A.2)."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import stripe

from activities.gateway.client import PAGE, Gateway, all_of
from activities.gateway.errors import translated
from activities.gateway.objects import STEP_KEY, metadata
from activities.gateway.subscription_objects import (
    ENDED,
    latest_payment,
    meant,
    read_cycle_invoice,
    read_subscription,
)
from casewright.domain.effects import Done, Refused, Unreachable
from casewright.domain.facts import Fact
from casewright.domain.requests import AssessRequest
from casewright.domain.steps import CancelSubscriptionStep
from casewright.domain.subscriptions import Subscriptions
from casewright.domain.tempo import Tempo

SUBSCRIPTION = "billing.subscription"


class SubscriptionFacts:
    """What the account of whoever asks has subscribed to, and when and how much was paid for it last."""

    names = frozenset({SUBSCRIPTION})
    source = "payment gateway"

    def __init__(self, gateway: Gateway, tempo: Tempo) -> None:
        self._gateway, self._now = gateway, tempo.now

    async def gather(self, case: AssessRequest) -> list[Fact]:
        """The fact; without an account there is none."""
        try:
            account = await self._gateway.account(case.requester.customer, case.requester.email)
            found = await self._held(account.customer) if account is not None else None
        except (Unreachable, Refused) as error:
            return [Fact.unavailable(SUBSCRIPTION, self.source, self._now(), str(error))]
        return [Fact.of(SUBSCRIPTION, self.source, self._now(), found)]

    async def _held(self, customer: str) -> Subscriptions:
        api = self._gateway.api
        with translated():
            page = await api.subscriptions.list_async({"customer": customer, "status": "all", "limit": PAGE})
            held = tuple(read_subscription(one) for one in await all_of(page.auto_paging_iter()))
        one = meant(held)
        if one is None:
            return Subscriptions(held=held)
        history, invoices = await asyncio.gather(self._gateway.history(customer), self._invoices(one.id))
        return Subscriptions(held=held, payment=latest_payment(map(read_cycle_invoice, invoices), history))

    async def _invoices(self, subscription: str) -> list[stripe.Invoice]:
        with translated():
            page = await self._gateway.api.invoices.list_async({"subscription": subscription, "limit": PAGE})
            return await all_of(page.auto_paging_iter())


class CancelSubscriptionEffect:
    """Step ``cancel-subscription``: found done by the subscription's own state, by whomever and however long ago."""

    def __init__(self, gateway: Gateway, tempo: Tempo) -> None:
        self._gateway, self._tempo = gateway, tempo

    async def lookup(self, key: str, step: CancelSubscriptionStep) -> Done | None:
        """Ended, or set to end by this step. A subscription that isn't the customer's is refused."""
        subscription = await self._subscription(step)
        ordered = subscription.cancel_at is not None and metadata(subscription).get(STEP_KEY) == key
        return Done(reference=subscription.id) if subscription.status in ENDED or ordered else None

    async def perform(self, key: str, step: CancelSubscriptionStep) -> Done:
        """Cancel now, or with notice from now on; a new cycle that nobody has looked at is not cut off."""
        subscription = await self._subscription(step)
        if step.paid_until is not None and read_subscription(subscription).cycle_end != step.paid_until:
            raise Refused("since this was decided, another cycle of the subscription has begun")
        if step.notice_days:
            return await self._give_notice(key, step, subscription.cancel_at)
        try:
            await self._cancel(key, step.subscription)
        except Refused:
            # One that has ended is not found any more: a try whose answer was lost, or somebody was faster.
            done = await self.lookup(key, step)
            if done is None:
                raise
        return Done(reference=step.subscription)

    async def _give_notice(self, key: str, step: CancelSubscriptionStep, ends_anyway: int | None) -> Done:
        ends = _seconds(self._tempo.now() + timedelta(days=step.notice_days))
        ends = ends if ends_anyway is None else min(ends, ends_anyway)
        with translated():
            await self._gateway.api.subscriptions.update_async(
                step.subscription,
                {"cancel_at": ends, "proration_behavior": "none", "metadata": {STEP_KEY: key}},
                # With the instant: a later try gives another one, and set twice it still ends once.
                {"idempotency_key": f"{key}/{ends}"},
            )
        return Done(reference=step.subscription)

    async def _cancel(self, key: str, subscription: str) -> None:
        with translated():
            await self._gateway.api.subscriptions.cancel_async(
                subscription,
                {"prorate": False, "invoice_now": False, "cancellation_details": {"comment": key}},
                {"idempotency_key": key},
            )

    async def _subscription(self, step: CancelSubscriptionStep) -> stripe.Subscription:
        with translated():
            found = await self._gateway.api.subscriptions.retrieve_async(step.subscription)
        if found.customer != step.customer:
            raise Refused(f"the subscription {step.subscription} is not the customer's")
        return found


def _seconds(instant: datetime) -> int:
    """Rounded up to a whole second: notice is never shortened."""
    return -int(-instant.timestamp() // 1)
