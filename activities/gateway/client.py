"""The gateway's calls, with its errors as ours: refused for good, or no certain answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import TypeVar

import stripe

from activities.gateway.objects import (
    STEP_KEY,
    UNDONE,
    Invoice,
    metadata,
    read_account,
    read_charge,
    read_invoice,
)
from casewright.domain.billing import Account, ChargeHistory
from casewright.domain.effects import Done, Refused, Unreachable
from casewright.domain.money import Money

READ_SECONDS = 2.5
PAGE = 100
MAX_LISTED = 5_000
Listed = TypeVar("Listed")


@contextlib.asynccontextmanager
async def connected(api_key: str, url: str | None) -> AsyncIterator[Gateway]:
    """A gateway whose own retries are off: retrying is the workflow's, which looks up first."""
    http = stripe.HTTPXClient(timeout=READ_SECONDS)
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
        self._api = client.v1

    async def account(self, customer: str | None, email: str) -> Account | None:
        """The account by its id, else by its mail address; None when there is no such account, or more than one."""
        with _translated():
            if customer is not None:
                try:
                    return read_account(await self._api.customers.retrieve_async(customer))
                except stripe.InvalidRequestError as error:
                    if error.http_status == 404:
                        return None
                    raise
            found = await self._api.customers.list_async({"email": email, "limit": 2})
            return read_account(found.data[0]) if len(found.data) == 1 else None

    async def invoice(self, number: str) -> Invoice | None:
        """The invoice of that number; None when the gateway has none."""
        quoted = number.replace("\\", "\\\\").replace("'", "\\'")
        with _translated():
            found = await self._api.invoices.search_async(
                {"query": f"number:'{quoted}'", "limit": 2, "expand": ["data.payments"]}
            )
        return next((read_invoice(i) for i in found.data if i.number == number), None)

    async def history(self, customer: str) -> ChargeHistory:
        """Every charge of a customer, oldest first, each with the invoice that it paid."""
        with _translated():
            charges, invoices = await asyncio.gather(self._charges(customer), self._invoices(customer))
        paid = {payment: invoice.id for invoice in invoices for payment in invoice.payments}
        read = [read_charge(charge, paid) for charge in charges]
        return ChargeHistory(charges=tuple(sorted(read, key=lambda c: (c.created, c.id))))

    async def _charges(self, customer: str) -> list[stripe.Charge]:
        page = await self._api.charges.list_async({"customer": customer, "limit": PAGE, "expand": ["data.refunds"]})
        return await _all(page.auto_paging_iter())

    async def _invoices(self, customer: str) -> list[Invoice]:
        page = await self._api.invoices.list_async({"customer": customer, "limit": PAGE, "expand": ["data.payments"]})
        return [read_invoice(invoice) for invoice in await _all(page.auto_paging_iter())]

    async def refunds(self) -> AsyncIterator[stripe.Refund]:
        """Every refund at the gateway, newest first, for the audit."""
        with _translated():
            page = await self._api.refunds.list_async({"limit": PAGE})
            async for refund in page.auto_paging_iter():
                yield refund

    async def refund_under(self, charge: str, key: str) -> Done | None:
        """The refund of a charge that carries this step's key, however old."""
        with _translated():
            page = await self._api.refunds.list_async({"charge": charge, "limit": PAGE})
            async for refund in page.auto_paging_iter():
                if metadata(refund).get(STEP_KEY) == key and refund.status not in UNDONE:
                    return Done(reference=refund.id)
        return None

    async def refund(self, charge: str, amount: Money, key: str) -> Done:
        """Refund part of a charge to its original payment method."""
        with _translated():
            refund = await self._api.refunds.create_async(
                {"charge": charge, "amount": amount.minor, "metadata": {STEP_KEY: key}},
                {"idempotency_key": key},
            )
        if refund.status in UNDONE:
            raise Refused(f"the gateway says that the refund {refund.status}")
        return Done(reference=refund.id)

    async def credit_under(self, customer: str, key: str) -> Done | None:
        """The credit on a customer's balance that carries this step's key."""
        with _translated():
            page = await self._api.customers.balance_transactions.list_async(customer, {"limit": PAGE})
            async for movement in page.auto_paging_iter():
                if metadata(movement).get(STEP_KEY) == key:
                    return Done(reference=movement.id)
        return None

    async def credit(self, customer: str, amount: Money, key: str) -> Done:
        """Credit a customer's balance; Stripe's credits are negative."""
        with _translated():
            movement = await self._api.customers.balance_transactions.create_async(
                customer,
                {"amount": -amount.minor, "currency": amount.currency.lower(), "metadata": {STEP_KEY: key}},
                {"idempotency_key": key},
            )
        return Done(reference=movement.id)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """The gateway's errors as ours: refused for good, or no certain answer."""
    try:
        yield
    except (stripe.CardError, stripe.InvalidRequestError) as error:
        # A key in use by a concurrent request is a matter of waiting.
        if error.http_status in (409, 429):
            raise Unreachable(f"the gateway is busy: {error.user_message or error.code}") from error
        raise Refused(f"the gateway refused: {error.user_message or error.code or error.http_status}") from error
    except stripe.IdempotencyError as error:
        raise Refused("the gateway knows this key for another request") from error
    except stripe.StripeError as error:
        raise Unreachable(f"the gateway gave no answer: {type(error).__name__} {error.http_status or ''}") from error


async def _all(items: AsyncIterator[Listed]) -> list[Listed]:
    found: list[Listed] = []
    async for item in items:
        found.append(item)
        if len(found) > MAX_LISTED:
            raise Unreachable(f"the customer has more than {MAX_LISTED} charges or invoices; a person must look")
    return found
