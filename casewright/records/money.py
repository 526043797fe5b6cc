"""Money is reserved before the gateway is called: what would pass a limit is refused, also to two at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from casewright.domain.billing import Remuneration
from casewright.domain.money import Money
from casewright.domain.steps import RefundStep, ReservedStep, SpendingLimit, VelocityLimit
from casewright.records.postgres import Connection, Record

# unnest keeps the order, which is the same for everyone: so nobody waits in a circle.
_LOCK = "SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key"
_SPENT = """
SELECT 'own' AS what, 0 AS number, currency, amount, state FROM reservation WHERE step_key = $1
UNION ALL
SELECT 'limit', number, currency, sum(amount), NULL
FROM (SELECT DISTINCT number, step_key
      FROM unnest($2::int[], $3::text[]) AS named (number, scope) JOIN reservation_scope USING (scope)) AS naming
JOIN reservation USING (step_key)
WHERE state <> 'released' AND step_key <> $1
GROUP BY number, currency
UNION ALL
SELECT 'velocity', number, currency, sum(amount), NULL
FROM unnest($4::int[], $5::timestamptz[]) AS spell (number, since)
JOIN reservation ON customer = $6 AND kind = 'refund' AND automatic AND at >= since
WHERE state <> 'released' AND step_key <> $1
GROUP BY number, currency
"""
_RESERVE = """
WITH reserved AS (
    INSERT INTO reservation (step_key, ticket, customer, kind, amount, currency, automatic, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
)
INSERT INTO reservation_scope (step_key, scope) SELECT $1, unnest($9::text[])
"""
_SETTLE = "UPDATE reservation SET state = 'settled' WHERE step_key = $1"
_RELEASE = "UPDATE reservation SET state = 'released' WHERE step_key = $1 AND state = 'reserved'"
_AUTOMATIC = """
SELECT ticket, amount, currency, at FROM reservation
WHERE customer = $1 AND kind = 'refund' AND automatic AND state <> 'released' AND at >= $2 AND ticket <> $3
ORDER BY at, step_key
"""
_CREDITS = """
SELECT ticket, amount, currency, at FROM reservation
WHERE customer = $1 AND kind = 'credit' AND state <> 'released' AND at >= $2
ORDER BY at, step_key
"""


async def reserve(
    connection: Connection, key: str, ticket: str, step: ReservedStep, *, automatic: bool, now: datetime
) -> str | None:
    """Reserve a step's amount within its limits; None, or why not. The same key again is the same reservation.

    Locks the customer and every scope until the transaction ends. A reservation exactly as old as a velocity limit's
    window still counts (HB A.1: in any 72 h).
    """
    limits = step.limits
    velocity = step.velocity if automatic and isinstance(step, RefundStep) else ()
    scopes = sorted({scope for limit in limits for scope in limit.scopes})
    await connection.fetch(_LOCK, _lock_keys([f"customer:{step.customer}", *scopes]))
    # A statement of its own: it must see what was committed while we waited for the locks.
    rows = await connection.fetch(
        _SPENT,
        key,
        [number for number, limit in enumerate(limits) for _ in limit.scopes],
        [scope for limit in limits for scope in limit.scopes],
        list(range(len(velocity))),
        [now - timedelta(hours=limit.hours) for limit in velocity],
        step.customer,
    )
    for own in (row for row in rows if row["what"] == "own"):
        return _again(own, step.amount)
    reason = _past_limits(step.amount, limits, rows) or _past_velocity(step.amount, velocity, rows)
    if reason is None:
        amount = step.amount
        await connection.execute(
            _RESERVE,
            key,
            ticket,
            step.customer,
            step.kind,
            amount.amount,
            amount.currency,
            automatic,
            now,
            scopes,
        )
    return reason


async def release(connection: Connection, key: str) -> None:
    """The step did not happen: its amount is free again."""
    await connection.execute(_RELEASE, key)


async def settle(connection: Connection, key: str) -> None:
    """What was reserved has come about, and no money has moved that the ledger would book."""
    await connection.execute(_SETTLE, key)


async def automatic_refunds(
    connection: Connection, customer: str, since: datetime, excluding_ticket: str
) -> list[Remuneration]:
    """The customer's automatic refunds by other tickets, reserved or made, oldest first."""
    return _remunerations(await connection.fetch(_AUTOMATIC, customer, since, excluding_ticket))


async def credits_of(connection: Connection, customer: str, since: datetime) -> list[Remuneration]:
    """The customer's credits, reserved or given, oldest first."""
    return _remunerations(await connection.fetch(_CREDITS, customer, since))


def _remunerations(rows: Iterable[Record]) -> list[Remuneration]:
    return [
        Remuneration(ticket=row["ticket"], amount=Money(amount=row["amount"], currency=row["currency"]), at=row["at"])
        for row in rows
    ]


def _lock_keys(names: list[str]) -> list[int]:
    return sorted({int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True) for name in names})


def _again(own: Record, amount: Money) -> str | None:
    before = Money(amount=own["amount"], currency=own["currency"])
    if before.currency != amount.currency or before.minor != amount.minor:
        return f"{before} were reserved under this key already, which is another amount than {amount}"
    return "this step's reservation was released already" if own["state"] == "released" else None


def _past_limits(amount: Money, limits: tuple[SpendingLimit, ...], rows: Iterable[Record]) -> str | None:
    for number, limit in enumerate(limits):
        spent = [row for row in rows if row["what"] == "limit" and row["number"] == number]
        if reason := _past(amount, limit.capacity, spent, f"for {', '.join(limit.scopes)}"):
            return reason
    return None


def _past_velocity(amount: Money, velocity: tuple[VelocityLimit, ...], rows: Iterable[Record]) -> str | None:
    for number, limit in enumerate(velocity):
        spent = [row for row in rows if row["what"] == "velocity" and row["number"] == number]
        if reason := _past(amount, limit.capacity, spent, f"automatically for this customer in {limit.hours} h"):
            return reason
    return None


def _past(amount: Money, capacity: Money, spent: list[Record], words: str) -> str | None:
    currencies = {amount.currency, *(row["currency"] for row in spent)} - {capacity.currency}
    if currencies:
        return f"{', '.join(sorted(currencies))} can't be held against the limit of {capacity} {words}"
    before = sum((row["amount"] for row in spent), start=Money.zero(capacity.currency).amount)
    if before + amount.amount <= capacity.amount:
        return None
    already = Money(amount=before, currency=capacity.currency)
    return f"{already} of {capacity} are reserved {words}; {amount} more would pass the limit"
