"""Facts of a case: each system's source says what it knows, and what it can't say is unavailable."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Protocol

import asyncpg

from activities.gateway.client import Gateway
from activities.gateway.objects import Invoice, invoiced
from casewright.domain.billing import AutomaticRefunds
from casewright.domain.effects import Refused, Unreachable
from casewright.domain.facts import Fact
from casewright.domain.requests import AssessRequest
from casewright.domain.tempo import Tempo
from casewright.records.money import automatic_refunds, credits_of
from casewright.records.postgres import Pool

ACCOUNT = "billing.account"
CHARGE = "billing.charge"
HISTORY = "billing.history"
AUTOMATIC_REFUNDS = "ledger.automatic_refunds"
REFUND_WINDOW = timedelta(days=31)


class FactSource(Protocol):
    """One system's facts."""

    names: frozenset[str]

    async def gather(self, case: AssessRequest) -> list[Fact]:
        """All of ``names``, each known, known-absent or unavailable with its reason."""


async def gather(sources: Iterable[FactSource], case: AssessRequest, names: Sequence[str]) -> tuple[Fact, ...]:
    """The facts of these names, from their sources side by side.

    Raises:
        LookupError: no source has a fact of that name.
    """
    wanted = [source for source in sources if source.names.intersection(names)]
    missing = set(names).difference(*(source.names for source in wanted))
    if missing:
        raise LookupError(f"no source for {', '.join(sorted(missing))}")
    found = await asyncio.gather(*(source.gather(case) for source in wanted))
    return tuple(fact for facts in found for fact in facts if fact.name in names)


class BillingFacts:
    """Account, invoiced charge and charge history, from the payment gateway."""

    names = frozenset({ACCOUNT, CHARGE, HISTORY})
    source = "payment gateway"

    def __init__(self, gateway: Gateway, tempo: Tempo) -> None:
        self._gateway, self._now = gateway, tempo.now

    async def gather(self, case: AssessRequest) -> list[Fact]:
        """The three facts, in two rounds of calls; no invoice number, no charge and no history."""
        account, invoice = await asyncio.gather(self._account(case), self._invoice(case))
        charge, history = await self._charge(invoice)
        return [account, charge, history]

    async def _account(self, case: AssessRequest) -> Fact:
        try:
            found = await self._gateway.account(case.requester.customer, case.requester.email)
        except (Unreachable, Refused) as error:
            return self._unavailable(ACCOUNT, error)
        return Fact.of(ACCOUNT, self.source, self._now(), found)

    async def _invoice(self, case: AssessRequest) -> Invoice | Exception | None:
        number = case.claims.get("invoice")
        if not isinstance(number, str) or not number.strip():
            return None
        try:
            return await self._gateway.invoice(number.strip())
        except (Unreachable, Refused) as error:
            return error

    async def _charge(self, invoice: Invoice | Exception | None) -> tuple[Fact, Fact]:
        if isinstance(invoice, Exception):
            return self._unavailable(CHARGE, invoice), self._unavailable(HISTORY, invoice)
        if invoice is None:
            return Fact.of(CHARGE, self.source, self._now(), None), Fact.of(HISTORY, self.source, self._now(), None)
        try:
            history = await self._gateway.history(invoice.customer)
        except (Unreachable, Refused) as error:
            return self._unavailable(CHARGE, error), self._unavailable(HISTORY, error)
        charge = Fact.of(CHARGE, self.source, self._now(), invoiced(invoice, history))
        return charge, Fact.of(HISTORY, self.source, self._now(), history)

    def _unavailable(self, name: str, error: Exception) -> Fact:
        return Fact.unavailable(name, self.source, self._now(), str(error))


class LedgerFacts:
    """What the automation gave this customer lately, from our own reservations."""

    names = frozenset({AUTOMATIC_REFUNDS})
    source = "ledger"

    def __init__(self, pool: Pool, gateway: Gateway, tempo: Tempo) -> None:
        self._pool, self._gateway, self._now = pool, gateway, tempo.now

    async def gather(self, case: AssessRequest) -> list[Fact]:
        """Automatic refunds of other tickets of the same customer."""
        now = self._now()
        try:
            customer = await self._customer(case)
            async with self._pool.acquire() as connection:
                refunds = await automatic_refunds(connection, customer, now - REFUND_WINDOW, case.ticket)
                credited = await credits_of(connection, customer, now - REFUND_WINDOW)
        except (Unreachable, Refused, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            return [Fact.unavailable(AUTOMATIC_REFUNDS, self.source, now, f"{type(error).__name__}: {error}")]
        return [
            Fact.of(
                AUTOMATIC_REFUNDS, self.source, now, AutomaticRefunds(refunds=tuple(refunds), credits=tuple(credited))
            )
        ]

    async def _customer(self, case: AssessRequest) -> str:
        if case.requester.customer is not None:
            return case.requester.customer
        account = await self._gateway.account(None, case.requester.email)
        return account.customer if account is not None else ""
