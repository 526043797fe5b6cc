"""The ledger: double entry, append-only; one balanced entry for each remuneration (RULES §6)."""

from __future__ import annotations

from datetime import datetime

import asyncpg  # type: ignore[import-untyped, unused-ignore]

from casewright.domain.effects import Mandate
from casewright.domain.people import SYSTEM
from casewright.domain.steps import MoneyStep, effect_key
from casewright.records.postgres import Connection

ACCOUNTS = {"refund": ("refunds", "gateway"), "credit": ("goodwill", "customer-credit")}
"""Kind of step → the account that grows by the amount, and the one that falls by it."""

# Entry, lines and the reservation's end in one round trip. A key that is there already adds nothing.
_POST = """
WITH entry AS (
    INSERT INTO ledger_entry (step_key, ticket, customer, policy, policy_version, rule, actor, approved_by,
                              gateway_reference, kind, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (step_key) DO NOTHING
    RETURNING id
), lines AS (
    INSERT INTO ledger_line (entry, account, amount, currency)
    SELECT id, account, amount, $15 FROM entry, (VALUES ($12, $14::numeric), ($13, -$14::numeric))
        AS line (account, amount)
)
UPDATE reservation SET state = 'settled' WHERE step_key = $1
"""


class LedgerConflict(RuntimeError):
    """The gateway's reference is booked under another step: a defect, or two steps that took one payment for theirs."""


async def post(
    connection: Connection, ticket: str, step: MoneyStep, mandate: Mandate, reference: str, at: datetime
) -> None:
    """Book a step that happened, and settle its reservation; booked already, it changes nothing.

    Raises:
        LedgerConflict: the reference is booked under another step.
    """
    grows, falls = ACCOUNTS[step.kind]
    key = effect_key(ticket, step.id)
    person = mandate.person
    try:
        await connection.execute(
            _POST,
            key,
            ticket,
            step.customer,
            mandate.policy,
            mandate.version,
            mandate.rule,
            person.id if person else SYSTEM.id,
            person.id if person else None,
            reference,
            step.kind,
            at,
            grows,
            falls,
            step.amount.amount,
            step.amount.currency,
        )
    except asyncpg.UniqueViolationError as error:
        raise LedgerConflict(f"{reference} is in the ledger already, under another step than {key}") from error
