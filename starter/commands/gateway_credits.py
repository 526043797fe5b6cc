"""The credits that we gave, as the gateway lists them: for the audit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import stripe

from casewright.domain.money import Money
from casewright.records.audit_report import GatewayMovement
from casewright.records.postgres import Pool

ANSWER_SECONDS = 10.0
PAGE = 100
STEP = "casewright_step"
"""Metadata that names the step on everything that we make at the gateway."""
# A balance also moves for reasons that are no remuneration: we ask for customers whom a credit was ever meant for.
_CREDITED = """
SELECT customer FROM reservation WHERE kind = 'credit' UNION SELECT customer FROM ledger_entry WHERE kind = 'credit'
ORDER BY customer
"""


async def our_credits(pool: Pool, api_key: str, url: str | None) -> AsyncIterator[GatewayMovement]:
    """Every credit that names a step.

    Raises:
        stripe.StripeError: the gateway refuses, or gives no answer.
    """
    async with pool.acquire() as connection:
        customers = [str(row["customer"]) for row in await connection.fetch(_CREDITED)]
    if not customers:
        return
    http = stripe.HTTPXClient(timeout=ANSWER_SECONDS)
    client = stripe.StripeClient(api_key, base_addresses={"api": url} if url else {}, http_client=http)
    try:
        async for movement in _of(client, customers):
            yield movement
    finally:
        await http.close_async()  # type: ignore[no-untyped-call]


async def _of(client: stripe.StripeClient, customers: Sequence[str]) -> AsyncIterator[GatewayMovement]:
    for customer in customers:
        page = await client.v1.customers.balance_transactions.list_async(customer, {"limit": PAGE})
        async for one in page.auto_paging_iter():
            key = one.metadata.to_dict().get(STEP) if one.metadata else None
            if key is not None and one.amount < 0:
                yield GatewayMovement(
                    reference=one.id, amount=Money.from_minor(-one.amount, one.currency), step_key=key
                )
