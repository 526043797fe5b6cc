"""The gateway's calls: what they ask, page by page, and what they answer as the domain's values."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

import stripe

from activities.gateway import refunds as given
from activities.gateway.errors import translated
from activities.gateway.objects import (
    STEP_KEY,
    Invoice,
    metadata,
    read_account,
    read_charge,
    read_credit,
    read_invoice,
    read_refund,
    tell_parts_apart,
)
from casewright.domain.billing import Account, ChargeHistory
from casewright.domain.effects import Done, Unreachable
from casewright.domain.money import Money
from casewright.records.audit_report import GatewayMovement

READ_SECONDS = 2.5
PAGE = 100
MAX_LISTED = 5_000
Listed = TypeVar("Listed")


@contextlib.asynccontextmanager
async def connected(api_key: str, url: str | None, answer_seconds: float = READ_SECONDS) -> AsyncIterator[Gateway]:
    """A gateway whose own retries are off: retrying is the workflow's, which looks up first."""
    http = stripe.HTTPXClient(timeout=answer_seconds)
    client = stripe.StripeClient(
        api_key, base_addresses={"api": url} if url else {}, max_network_retries=0, http_client=http
    )
    try:
        yield Gateway(client)
    finally:
        await http.close_async()  # type: ignore[no-untyped-call]


class Gateway:
    """Reads and writes at the gateway; every method raises ``Unreachable`` or ``Refused``."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self.api = client.v1
        """For what concerns one kind of thing alone, and so lives in a module of its own."""

    async def account(self, customer: str | None, email: str) -> Account | None:
        """The account by its id, else by its mail address; None when there is no such account, or more than one."""
        with translated():
            if customer is not None:
                try:
                    return read_account(await self.api.customers.retrieve_async(customer))
                except stripe.InvalidRequestError as error:
                    if error.http_status == 404:
                        return None
                    raise
            found = await self.api.customers.list_async({"email": email, "limit": 2})
            return read_account(found.data[0]) if len(found.data) == 1 else None

    async def invoice(self, number: str) -> Invoice | None:
        """The invoice of that number; None when the gateway has none."""
        with translated():
            named = await self.invoice_named(number)
            return None if named is None else read_invoice(named, await self._payments_of(named))

    async def invoice_named(self, number: str) -> stripe.Invoice | None:
        """The gateway's own object for an invoice of that number."""
        quoted = number.replace("\\", "\\\\").replace("'", "\\'")
        with translated():
            found = await self.api.invoices.search_async(
                {"query": f"number:'{quoted}'", "limit": 2, "expand": ["data.payments"]}
            )
        return next((invoice for invoice in found.data if invoice.number == number), None)

    async def history(self, customer: str) -> ChargeHistory:
        """Every charge of a customer, oldest first, each with the invoice that it was meant for."""
        with translated():
            charges, invoices = await asyncio.gather(self._charges(customer), self._invoices(customer))
            paid = {payment: invoice.id for invoice in invoices for payment in invoice.payments}
            read = [read_charge(charge, await self._refunds_of(charge), paid) for charge in charges]
        told = tell_parts_apart(read, invoices)
        return ChargeHistory(charges=tuple(sorted(told, key=lambda c: (c.created, c.id))))

    async def _charges(self, customer: str) -> list[stripe.Charge]:
        page = await self.api.charges.list_async({"customer": customer, "limit": PAGE, "expand": ["data.refunds"]})
        return await all_of(page.auto_paging_iter())

    async def _invoices(self, customer: str) -> list[Invoice]:
        page = await self.api.invoices.list_async({"customer": customer, "limit": PAGE, "expand": ["data.payments"]})
        return [read_invoice(one, await self._payments_of(one)) for one in await all_of(page.auto_paging_iter())]

    async def _refunds_of(self, charge: stripe.Charge) -> list[stripe.Refund]:
        """All refunds of a charge: it embeds the newest ten, and says that there are more."""
        if charge.refunds is None or not charge.refunds.has_more:
            return charge.refunds.data if charge.refunds else []
        page = await self.api.refunds.list_async({"charge": charge.id, "limit": PAGE})
        return await all_of(page.auto_paging_iter())

    async def _payments_of(self, invoice: stripe.Invoice) -> list[stripe.InvoicePayment]:
        """All payments of an invoice: it embeds the newest ten, and says that there are more."""
        if invoice.payments is None or not invoice.payments.has_more:
            return invoice.payments.data if invoice.payments else []
        page = await self.api.invoice_payments.list_async({"invoice": invoice.id, "limit": PAGE})
        return await all_of(page.auto_paging_iter())

    async def refund_under(self, charge: str, key: str) -> Done | None:
        """The refund of a charge that carries this step's key, however old; see ``refunds`` for what each status is."""
        with translated():
            page = await self.api.refunds.list_async({"charge": charge, "limit": PAGE})
            ours = [refund async for refund in page.auto_paging_iter() if metadata(refund).get(STEP_KEY) == key]
        return given.found(ours)

    async def refund(self, charge: str, amount: Money, key: str) -> Done:
        """Refund part of a charge to its original payment method; see ``refunds`` for what each status is."""
        with translated():
            refund = await self.api.refunds.create_async(
                {"charge": charge, "amount": amount.minor, "metadata": {STEP_KEY: key}},
                {"idempotency_key": key},
            )
        return given.outcome(refund)

    async def credit_under(self, customer: str, key: str) -> Done | None:
        """The credit on a customer's balance that carries this step's key."""
        with translated():
            page = await self.api.customers.balance_transactions.list_async(customer, {"limit": PAGE})
            async for movement in page.auto_paging_iter():
                if metadata(movement).get(STEP_KEY) == key:
                    return Done(reference=movement.id)
        return None

    async def credit(self, customer: str, amount: Money, key: str) -> Done:
        """Credit a customer's balance; Stripe's credits are negative."""
        with translated():
            movement = await self.api.customers.balance_transactions.create_async(
                customer,
                {"amount": -amount.minor, "currency": amount.currency.lower(), "metadata": {STEP_KEY: key}},
                {"idempotency_key": key},
            )
        return Done(reference=movement.id)

    async def refunds_given(self, since: int | None) -> AsyncIterator[GatewayMovement]:
        """For the audit, newest first: refunds that name a step, and anybody's since then (epoch seconds).

        One that waits counts as given; one that failed or was cancelled gave nothing.
        """
        with translated():
            page = await self.api.refunds.list_async({"limit": PAGE})
            async for refund in page.auto_paging_iter():
                movement = read_refund(refund)
                recent = since is not None and refund.created >= since
                if movement is not None and (movement.step_key is not None or recent):
                    yield movement

    async def credits_given(self, customers: Iterable[str]) -> AsyncIterator[GatewayMovement]:
        """For the audit: credits to these customers that name a step; a balance also moves for other reasons."""
        with translated():
            for customer in customers:
                page = await self.api.customers.balance_transactions.list_async(customer, {"limit": PAGE})
                async for movement in page.auto_paging_iter():
                    credit = read_credit(movement)
                    if credit is not None:
                        yield credit


async def all_of(items: AsyncIterator[Listed]) -> list[Listed]:
    """Everything that the gateway lists.

    Raises:
        Unreachable: it is more than anybody should have.
    """
    found: list[Listed] = []
    async for item in items:
        found.append(item)
        if len(found) > MAX_LISTED:
            raise Unreachable(f"the gateway lists more than {MAX_LISTED} of this customer's things; a person must look")
    return found
