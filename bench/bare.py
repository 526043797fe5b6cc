"""The bare workflow: the outside calls of an A.1 automatic refund as plain activities, and nothing else.

No journal, no decision table, no people, no guards: the floor that a ticket is compared with. Written as one would by
hand, with what can run side by side side by side.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from pydantic import BaseModel

    from activities.gateway.client import Gateway
    from activities.mail import MailEffect
    from casewright.domain.money import Money
    from casewright.domain.steps import MailStep

ATTEMPT = timedelta(seconds=15)


class BareRequest(BaseModel):
    """What the bare workflow needs to make the calls."""

    key: str
    customer: str
    email: str
    invoice: str
    charge: str
    cents: int


class BareCalls:
    """The same clients as the ticket's, called directly."""

    def __init__(self, gateway: Gateway, mail: MailEffect) -> None:
        self._gateway, self._mail = gateway, mail

    @activity.defn(name="bare_acknowledge")
    async def acknowledge(self, request: BareRequest) -> str:
        """One mail."""
        step = MailStep(
            id="acknowledgment", template="acknowledgment", to=request.email, values={"subject": "Charged too much"}
        )
        return (await self._mail.perform(f"{request.key}/acknowledgment", step)).reference

    @activity.defn(name="bare_read")
    async def read(self, request: BareRequest) -> int:
        """Account and invoice side by side, then charges and invoices of the customer: as the ticket reads them."""
        _, invoice = await asyncio.gather(
            self._gateway.account(request.customer, request.email), self._gateway.invoice(request.invoice)
        )
        history = await self._gateway.history(invoice.customer if invoice else request.customer)
        return len(history.charges)

    @activity.defn(name="bare_refund")
    async def refund(self, request: BareRequest) -> str:
        """Look, then refund: as the ticket does."""
        key = f"{request.key}/refund"
        done = await self._gateway.refund_under(request.charge, key)
        if done is None:
            done = await self._gateway.refund(request.charge, Money.from_minor(request.cents, "USD"), key)
        return done.reference

    @activity.defn(name="bare_confirm")
    async def confirm(self, request: BareRequest) -> str:
        """One mail."""
        amount = str(Money.from_minor(request.cents, "USD"))
        values = {"amount": amount, "plan": "starter"}
        step = MailStep(id="confirmation", template="refund-confirmation", to=request.email, values=values)
        return (await self._mail.perform(f"{request.key}/confirmation", step)).reference


@workflow.defn(name="Bare")
class BareWorkflow:
    """Acknowledge and read side by side; refund; confirm."""

    @workflow.run
    async def run(self, request: BareRequest) -> None:
        """Make the calls."""
        acknowledged = asyncio.create_task(self._call("bare_acknowledge", request))
        await self._call("bare_read", request)
        await self._call("bare_refund", request)
        await self._call("bare_confirm", request)
        await acknowledged

    async def _call(self, name: str, request: BareRequest) -> None:
        await workflow.execute_activity(name, request, start_to_close_timeout=ATTEMPT)
