"""Facts of a debt: the bill that a customer names, and how they have paid so far (RULES I.2)."""

from __future__ import annotations

import asyncio

from activities.gateway.client import PAGE, Gateway, all_of
from activities.gateway.errors import translated
from activities.gateway.plan_objects import read_bill, read_payments
from casewright.domain.effects import Refused, Unreachable
from casewright.domain.facts import Fact
from casewright.domain.installments import PaymentRecord
from casewright.domain.requests import AssessRequest
from casewright.domain.tempo import Tempo

BILL = "billing.bill"
PAYMENTS = "billing.payments"


class PlanFacts:
    """The bill that the customer names, and how the account of whoever asks has paid so far."""

    names = frozenset({BILL, PAYMENTS})
    source = "payment gateway"

    def __init__(self, gateway: Gateway, tempo: Tempo) -> None:
        self._gateway, self._now = gateway, tempo.now

    async def gather(self, case: AssessRequest) -> list[Fact]:
        """Both facts; no invoice number, no bill, and no account, no payments."""
        return list(await asyncio.gather(self._bill(case), self._payments(case)))

    async def _bill(self, case: AssessRequest) -> Fact:
        number = case.claims.get("invoice")
        named = number.strip() if isinstance(number, str) else ""
        try:
            found = await self._gateway.invoice_named(named) if named else None
        except (Unreachable, Refused) as error:
            return Fact.unavailable(BILL, self.source, self._now(), str(error))
        return Fact.of(BILL, self.source, self._now(), read_bill(found) if found is not None else None)

    async def _payments(self, case: AssessRequest) -> Fact:
        try:
            account = await self._gateway.account(case.requester.customer, case.requester.email)
            record = await self._record(account.customer) if account is not None else None
        except (Unreachable, Refused) as error:
            return Fact.unavailable(PAYMENTS, self.source, self._now(), str(error))
        return Fact.of(PAYMENTS, self.source, self._now(), record)

    async def _record(self, customer: str) -> PaymentRecord:
        api = self._gateway.api
        with translated():
            charges = await api.charges.list_async({"customer": customer, "limit": PAGE})
            invoices = await api.invoices.list_async({"customer": customer, "limit": PAGE})
            return read_payments(
                await all_of(charges.auto_paging_iter()), await all_of(invoices.auto_paging_iter()), self._now()
            )
