"""What the sandbox's tests start from, and the official payments client pointed at it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import stripe

# The official client hands httpx its form as text, which httpx warns of.
STRIPE_WARNING = "ignore:Use 'content=:DeprecationWarning"

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

TXN_1 = {"transaction_id": "txn-1"}
ADA = {"id": "cus_ada", "name": "Sample Ada", "email": "ada@example.com", "created": "-90d"}
CHARGE = {"customer": "cus_ada", "amount": 4900, "currency": "usd", "metadata": TXN_1}

SEED: dict[str, Any] = {
    "customers": [
        {**ADA, "metadata": {"plan": "starter"}},
        {"id": "cus_ben", "name": "Sample Ben", "email": "ben@example.org", "created": "-80d"},
    ],
    "charges": [
        {"id": "ch_1", "created": "-3d", **CHARGE},
        {"id": "ch_2", "created": "-3d+72h", **CHARGE},
        {"id": "ch_ben", "customer": "cus_ben", "amount": 7500, "currency": "usd", "created": "-1d"},
    ],
    "invoices": [
        {
            "id": "in_1",
            "number": "INV-1",
            "customer": "cus_ada",
            "charge": "ch_1",
            "total": 4900,
            "currency": "usd",
            "created": "-3d",
        },
    ],
}


@asynccontextmanager
async def official_client(url: str, retries: int = 0) -> AsyncIterator[stripe.StripeClient]:
    """Stripe's own client, which doesn't try again by itself unless told."""
    http_client = stripe.HTTPXClient()
    try:
        yield stripe.StripeClient(
            "sk_test_sandbox", base_addresses={"api": url}, http_client=http_client, max_network_retries=retries
        )
    finally:
        await http_client.close_async()  # type: ignore[no-untyped-call]
