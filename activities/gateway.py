"""The payment gateway (Stripe): facts about charges, and the effects that give money back."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import stripe

from casewright.domain.billing import Account, Charge, ChargeHistory, InvoicedCharge
from casewright.domain.effects import Done, Refused, Unreachable
from casewright.domain.money import Money
from casewright.domain.steps import CreditStep, RefundStep
from casewright.domain.ticket import Plan

STEP_KEY = "casewright_step"
"""Metadata that names the step on everything that we make at the gateway."""
READ_SECONDS = 2.5
PAGE = 100
MAX_CHARGES = 5_000


def connect(api_key: str, url: str | None) -> stripe.StripeClient:
    """A client whose own retries are off: retrying is the workflow's, which looks up first."""
    addresses: stripe.BaseAddresses = {"api": url} if url else {}  # type: ignore[attr-defined]
    return stripe.StripeClient(
        api_key,
        base_addresses=addresses,
        max_network_retries=0,
        http_client=stripe.HTTPXClient(timeout=READ_SECONDS),
    )


@dataclass(frozen=True)
class Invoice:
    """An invoice as the customer names it, and the charge that paid it."""

    number: str
    customer: str
    total: Money
    charge: str | None


class Gateway:
    """Reads and writes at the gateway; every method raises ``Unreachable`` or ``Refused``."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._api = client.v1

    async def account(self, customer: str | None, email: str) -> Account | None:
        """The account by its id, else by its mail address; None when there is no such account, or more than one."""
        with _translated():
            if customer is not None:
                try:
                    return _account(await self._api.customers.retrieve_async(customer))
                except stripe.InvalidRequestError as error:
                    if error.http_status == 404:
                        return None
                    raise
            found = await self._api.customers.list_async({"email": email, "limit": 2})
            return _account(found.data[0]) if len(found.data) == 1 else None

    async def invoice(self, number: str) -> Invoice | None:
        """The invoice of that number; None when the gateway has none."""
        quoted = number.replace("\\", "\\\\").replace("'", "\\'")
        with _translated():
            found = await self._api.invoices.search_async({"query": f"number:'{quoted}'", "limit": 2})
        for invoice in found.data:
            if invoice.number == number:
                charge = (invoice.metadata or {}).get("charge")
                return Invoice(
                    number=number,
                    customer=str(invoice.customer),
                    total=Money.from_minor(invoice.total, invoice.currency),
                    charge=charge or None,
                )
        return None

    async def history(self, customer: str) -> ChargeHistory:
        """Every charge of a customer, oldest first."""
        charges: list[Charge] = []
        with _translated():
            page = await self._api.charges.list_async(
                {"customer": customer, "limit": PAGE, "expand": ["data.refunds"]}
            )
            async for charge in page.auto_paging_iter():
                charges.append(_charge(charge))
                if len(charges) > MAX_CHARGES:
                    raise Unreachable(f"the customer has more than {MAX_CHARGES} charges; a person must look")
        return ChargeHistory(charges=tuple(sorted(charges, key=lambda c: (c.created, c.id))))

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
                if (refund.metadata or {}).get(STEP_KEY) == key and refund.status not in ("failed", "canceled"):
                    return Done(reference=refund.id)
        return None

    async def refund(self, charge: str, amount: Money, key: str) -> Done:
        """Refund part of a charge to its original payment method."""
        with _translated():
            refund = await self._api.refunds.create_async(
                {"charge": charge, "amount": amount.minor, "metadata": {STEP_KEY: key}},
                {"idempotency_key": key},
            )
        return Done(reference=refund.id)

    async def credit_under(self, customer: str, key: str) -> Done | None:
        """The credit on a customer's balance that carries this step's key."""
        with _translated():
            page = await self._api.customers.balance_transactions.list_async(customer, {"limit": PAGE})
            async for movement in page.auto_paging_iter():
                if (movement.metadata or {}).get(STEP_KEY) == key:
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


def invoiced(invoice: Invoice, history: ChargeHistory) -> InvoicedCharge | None:
    """The invoice with its charge; None when it was never paid."""
    charge = next((c for c in history.charges if c.id == invoice.charge), None)
    if charge is None:
        return None
    return InvoicedCharge(invoice=invoice.number, invoice_total=invoice.total, charge=charge)


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


def _account(customer: stripe.Customer) -> Account | None:
    if customer.get("deleted"):
        return None
    metadata = customer.metadata or {}
    plan = metadata.get("plan")
    contacts = [customer.email, *str(metadata.get("contacts", "")).split(",")]
    return Account(
        customer=customer.id,
        name=customer.name,
        contacts=tuple(c.strip().lower() for c in contacts if c and c.strip()),
        plan=Plan(plan) if plan in list(Plan) else None,
    )


def _charge(charge: stripe.Charge) -> Charge:
    elsewhere = sum(
        refund.amount
        for refund in (charge.refunds.data if charge.refunds else [])
        if STEP_KEY not in (refund.metadata or {}) and refund.status not in ("failed", "canceled")
    )
    return Charge(
        id=charge.id,
        customer=str(charge.customer),
        amount=Money.from_minor(charge.amount, charge.currency),
        refunded=Money.from_minor(charge.amount_refunded, charge.currency),
        refunded_elsewhere=Money.from_minor(elsewhere, charge.currency),
        invoice=charge.get("invoice"),
        created=datetime.fromtimestamp(charge.created, tz=UTC),
        paid=charge.paid and charge.status == "succeeded",
        disputed=charge.disputed,
        transaction_id=(charge.metadata or {}).get("transaction_id"),
    )
