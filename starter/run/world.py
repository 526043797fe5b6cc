"""What the outside world has seen: payments at the gateway, messages in the mailbox."""

from __future__ import annotations

import httpx
from pydantic import BaseModel

_STEP = "casewright_step"
"""Metadata by which the gateway's refunds and credits name the step that made them."""


class Payment(BaseModel):
    """A refund or a credit at the gateway."""

    amount: int
    currency: str
    metadata: dict[str, str] = {}
    charge: str = ""
    customer: str = ""

    @property
    def ticket(self) -> str:
        """The ticket whose step made it; empty: none of ours."""
        return self.metadata.get(_STEP, "").partition("/")[0]


class Mail(BaseModel):
    """A message in the mailbox."""

    message_id: str
    recipients: list[str]
    headers: list[tuple[str, str]]

    @property
    def ticket(self) -> str | None:
        """The ticket that it names."""
        return self._header("X-Casewright-Ticket")

    @property
    def step(self) -> str | None:
        """The step that sent it."""
        return self._header("X-Casewright-Step")

    def _header(self, wanted: str) -> str | None:
        return next((value for name, value in self.headers if name == wanted), None)


class _Books(BaseModel):
    refunds: list[Payment]
    balance_transactions: list[Payment]


class World(BaseModel):
    """What the sandbox has seen."""

    books: _Books
    mailbox: list[Mail]


async def look_at(sandbox_url: str) -> World:
    """The sandbox as it is now.

    Raises:
        httpx.HTTPError: it doesn't answer.
    """
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        answer = await client.get(f"{sandbox_url}/_sandbox/state")
        return World.model_validate_json(answer.raise_for_status().content)
