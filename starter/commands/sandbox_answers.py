"""What the sandbox's admin API answers, as far as the command line shows it."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel

from casewright.domain.money import Money


class SandboxCharge(BaseModel):
    """Money taken, or the attempt; amounts in minor units."""

    id: str
    customer: str
    created: int
    amount: int
    amount_refunded: int
    currency: str
    status: str
    disputed: bool
    metadata: dict[str, str]

    @property
    def taken(self) -> Money:
        """What was charged."""
        return Money.from_minor(self.amount, self.currency)

    @property
    def given_back(self) -> Money:
        """What was refunded of it."""
        return Money.from_minor(self.amount_refunded, self.currency)

    @property
    def words(self) -> str:
        """What became of it."""
        return "disputed" if self.disputed else self.status

    @property
    def at(self) -> datetime:
        """When."""
        return datetime.fromtimestamp(self.created, UTC)


class SandboxInvoice(BaseModel):
    """A bill."""

    number: str
    charge: str | None


class _Books(BaseModel):
    charges: list[SandboxCharge]
    invoices: list[SandboxInvoice]


class SandboxState(BaseModel):
    """The books."""

    books: _Books


class SandboxMail(BaseModel):
    """An accepted message."""

    id: str
    received_at: datetime
    recipients: list[str]
    subject: str


class SandboxFault(BaseModel):
    """Something that goes wrong on purpose."""

    id: str
    target: str
    kind: str
    method: str | None
    path: str | None
    times: int | None
    latency_ms: int
    status: int
    mode: str
    hits: int

    @property
    def limit(self) -> str:
        """How many requests meet it."""
        if self.times is None:
            return "until repaired"
        return "once" if self.times == 1 else f"{self.times} times"


class SandboxClock(BaseModel):
    """Its time."""

    now: datetime
