"""One ticket's money: what its journal says was given, what the ledger booked, what was reserved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casewright.domain import events as ev
from casewright.domain.events import EventRow
from casewright.domain.money import Money
from casewright.domain.steps import MoneyStep, PaymentPlanStep, ReservedStep, effect_key
from casewright.records.audit_report import Finding, FindingKind
from casewright.records.ledger import ACCOUNTS
from casewright.records.postgres import Record

ENTRIES = """
SELECT entry.step_key, entry.ticket, entry.customer, entry.gateway_reference, entry.kind,
       array_agg(line.account ORDER BY line.amount DESC) AS accounts,
       array_agg(line.amount ORDER BY line.amount DESC) AS amounts,
       array_agg(DISTINCT line.currency) AS currencies
FROM ledger_entry AS entry LEFT JOIN ledger_line AS line ON line.entry = entry.id
WHERE entry.ticket = ANY($1::text[])
GROUP BY entry.id
"""
RESERVATIONS = """
SELECT step_key, ticket, customer, kind, amount, currency, state FROM reservation WHERE ticket = ANY($1::text[])
"""


def check_money(
    ticket: str, rows: Sequence[EventRow], entries: Sequence[Record], reservations: Sequence[Record]
) -> Iterator[Finding]:
    """Differences between journal, ledger and reservations of one ticket."""
    reserved = {
        effect_key(ticket, row.event.step.id): row.event.step
        for row in rows
        if isinstance(row.event, ev.StepPlanned) and isinstance(row.event.step, ReservedStep)
    }
    steps = {key: step for key, step in reserved.items() if isinstance(step, MoneyStep)}
    results = {
        effect_key(ticket, row.event.step): row.event
        for row in rows
        if isinstance(row.event, ev.StepDone | ev.StepRefused | ev.StepUncertain)
    }
    booked = {entry["step_key"]: entry for entry in entries}
    for key, entry in booked.items():
        for detail in _entry_problems(entry, steps.get(key), results.get(key)):
            yield _ledger(ticket, f"{key}: {detail}")
    for key in steps:
        if isinstance(results.get(key), ev.StepDone) and key not in booked:
            yield _ledger(ticket, f"{key}: the journal says it was done, and no entry books it")
    for reservation in reservations:
        key = reservation["step_key"]
        for detail in _reservation_problems(reservation, reserved.get(key), key in booked, results.get(key)):
            yield _ledger(ticket, f"{reservation['step_key']}: {detail}")


def booked_amount(entry: Record) -> Money | None:
    """What an entry gives; None: its lines aren't those of one amount."""
    accounts, amounts = list(entry["accounts"]), list(entry["amounts"])
    if accounts != list(ACCOUNTS.get(entry["kind"], ())) or amounts[0] != -amounts[1] or len(entry["currencies"]) != 1:
        return None
    return Money(amount=amounts[0], currency=entry["currencies"][0])


def _entry_problems(entry: Record, step: MoneyStep | None, result: ev.Event | None) -> Iterator[str]:
    amount = booked_amount(entry)
    if amount is None:
        yield "its lines aren't one amount on the two accounts of its kind"
    if step is None:
        yield "no step of the journal gives this money"
        return
    if amount is not None and (
        amount != step.amount or (entry["kind"], entry["customer"]) != (step.kind, step.customer)
    ):
        yield f"booked as {entry['kind']} of {amount} to {entry['customer']}, planned otherwise"
    if isinstance(result, ev.StepDone):
        if result.reference != entry["gateway_reference"]:
            yield f"booked as {entry['gateway_reference']}, journalled as {result.reference}"
    elif not isinstance(result, ev.StepUncertain):  # that it may have happened doesn't contradict that it did
        yield "booked, and the journal doesn't say that it was done"


def _reservation_problems(
    reservation: Record, step: ReservedStep | None, booked: bool, result: ev.Event | None
) -> Iterator[str]:
    settled = reservation["state"] == "settled"
    if isinstance(step, PaymentPlanStep):
        if settled != isinstance(result, ev.StepDone):
            yield f"its reservation is {reservation['state']}, and the journal says otherwise"
    elif settled != booked:
        yield f"its reservation is {reservation['state']}, and {'an' if booked else 'no'} entry books it"
    if step is None:
        yield "reserved for no step of the journal"
    elif Money(amount=reservation["amount"], currency=reservation["currency"]) != step.amount:
        yield f"reserved {reservation['amount']} {reservation['currency']}, planned {step.amount}"


def _ledger(ticket: str, detail: str) -> Finding:
    return Finding(kind=FindingKind.LEDGER, ticket=ticket, detail=detail)
