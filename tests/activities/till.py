"""The gateway from the other side: one customer's charges and what goes wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import httpx

from activities.gateway.objects import STEP_KEY
from sandbox import RunningSandbox
from sandbox.payments.records import Refund

CUSTOMER = {"id": "cus_ada", "name": "Sample Ada", "email": "ada@example.com", "created": "-400d"}


@dataclass
class Till:
    """Seeds, faults and outcomes at a running sandbox."""

    sandbox: RunningSandbox
    http: httpx.AsyncClient

    async def open(self) -> None:
        """Begin with the one customer that every test has."""
        await self.seed(customers=[CUSTOMER])

    @property
    def url(self) -> str:
        """Where the gateway is."""
        return self.sandbox.http_url

    async def seed(self, **seed: object) -> None:
        """Plant customers, charges, invoices, refunds or credits."""
        (await self.http.post("/_sandbox/seed", json=seed)).raise_for_status()

    async def charges(self, *charges: Mapping[str, object]) -> None:
        """Charges of the customer, 50.00 USD two days ago unless they say otherwise."""
        usual = {"customer": "cus_ada", "amount": 5000, "currency": "usd", "created": "-2d"}
        await self.seed(charges=[{**usual, **charge} for charge in charges])

    async def invoice(self, total: int = 5000, charge: str | None = None) -> None:
        """The invoice INV-1, whose id is in_1."""
        bill = {"id": "in_1", "number": "INV-1", "total": total, "charge": charge}
        await self.seed(invoices=[{**bill, "customer": "cus_ada", "currency": "usd", "created": "-2d"}])

    async def refunded(self, charge: str, *, cents: int = 100, keys: Iterable[str | None]) -> None:
        """Refunds made long ago, the first of them the oldest, each by a step or by somebody else (None)."""
        made = [
            {
                "charge": charge,
                "amount": cents,
                "created": f"-1d+{number}s",
                "metadata": {} if key is None else {STEP_KEY: key},
            }
            for number, key in enumerate(keys)
        ]
        await self.seed(refunds=made)

    async def by_hand(self, charge: str, cents: int, *, key: str | None = None) -> None:
        """A refund made now through the gateway's door by somebody else, who may give it a step's name."""
        order = {"charge": charge, "amount": str(cents), **({} if key is None else {f"metadata[{STEP_KEY}]": key})}
        headers = {"Authorization": "Bearer sk_test_by_hand"}
        (await self.http.post("/v1/refunds", data=order, headers=headers)).raise_for_status()

    async def fault(self, **order: object) -> None:
        """Arrange for something to go wrong at the gateway."""
        (await self.http.post("/_sandbox/faults", json={"target": "payments", **order})).raise_for_status()

    async def next_refund(self, **outcome: object) -> None:
        """Let the next refund begin in another status than ``succeeded``."""
        (await self.http.post("/_sandbox/refund-outcomes", json=outcome)).raise_for_status()

    async def goes_on(self, refund: str, **change: object) -> None:
        """Let a refund become something else."""
        (await self.http.post(f"/_sandbox/refunds/{refund}", json=change)).raise_for_status()

    def refunds(self) -> list[Refund]:
        """All refunds at the gateway, oldest first."""
        return self.sandbox.world.books.refunds.all()
