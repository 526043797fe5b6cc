"""Reading tickets, their rows and their ledger entries; nothing here asks a workflow."""

from __future__ import annotations

from collections.abc import Sequence

from casewright.domain.events import EventRow
from casewright.domain.money import Money
from casewright.domain.state import TicketState
from casewright.records.ordering import TicketOrder
from casewright.records.postgres import Connection, Pool, Record
from casewright.records.views import LedgerEntry, LedgerLine, TicketFilter, TicketPage, TicketSummary, TicketView

MAX_PAGE = 200

_SUMMARY = ", ".join(TicketSummary.model_fields)
_TICKET = f"SELECT {_SUMMARY}, state FROM ticket WHERE id = $1 AND state IS NOT NULL"
_ROWS = "SELECT body FROM journal WHERE ticket = $1 AND seq > $2 ORDER BY seq"
_LEDGER = """
SELECT entry.*, line.account, line.amount, line.currency
FROM ledger_entry AS entry JOIN ledger_line AS line ON line.entry = entry.id
WHERE entry.ticket = $1
ORDER BY entry.id, line.amount DESC
"""


async def ticket(pool: Pool, id: str) -> TicketView | None:
    """One ticket as its journal adds up, or None."""
    async with pool.acquire() as connection:
        return await ticket_on(connection, id)


async def ticket_on(connection: Connection, id: str) -> TicketView | None:
    """One ticket, over a connection at hand."""
    row = await connection.fetchrow(_TICKET, id)
    if row is None:
        return None
    return TicketView.model_validate({**row, "state": TicketState.model_validate_json(row["state"])})


async def tickets(
    pool: Pool,
    wanted: TicketFilter | None = None,
    *,
    order: TicketOrder = TicketOrder.NEWEST,
    limit: int = 50,
    after: str | None = None,
) -> TicketPage:
    """A page of tickets, newest first or by deadline; ``after`` is the cursor of the page before in the same order.

    Raises:
        BadCursor: no page gave this cursor.
    """
    limit = max(1, min(limit, MAX_PAGE))
    conditions, values = ["state IS NOT NULL"], list[object]()
    for name, value in (wanted or TicketFilter()).model_dump(exclude_none=True).items():
        values.append(value)
        conditions.append(f"{name} = ${len(values)}")
    if after is not None:
        condition, values = order.beyond(after, values)
        conditions.append(condition)
    query = f"""SELECT {_SUMMARY} FROM ticket WHERE {" AND ".join(conditions)}
                ORDER BY {order.sql} LIMIT {limit + 1}"""
    async with pool.acquire() as connection:
        found = await connection.fetch(query, *values)
    shown = tuple(TicketSummary.model_validate(dict(row)) for row in found[:limit])
    return TicketPage(tickets=shown, after=order.cursor(shown[-1]) if len(found) > limit else None)


async def rows(pool: Pool, ticket: str, after_seq: int = 0) -> list[EventRow]:
    """A ticket's rows above a sequence number, in order."""
    async with pool.acquire() as connection:
        found = await connection.fetch(_ROWS, ticket, after_seq)
    return [EventRow.model_validate_json(row["body"]) for row in found]


async def ledger_of(pool: Pool, ticket: str) -> list[LedgerEntry]:
    """The remunerations that a ticket brought, in order."""
    async with pool.acquire() as connection:
        found = await connection.fetch(_LEDGER, ticket)
    lines: dict[int, list[Record]] = {}
    for row in found:
        lines.setdefault(row["id"], []).append(row)
    return [_entry(sides) for sides in lines.values()]


def _entry(sides: Sequence[Record]) -> LedgerEntry:
    entry = {name: sides[0][name] for name in LedgerEntry.model_fields if name != "lines"}
    lines = tuple(
        LedgerLine(account=side["account"], amount=Money(amount=side["amount"], currency=side["currency"]))
        for side in sides
    )
    return LedgerEntry(**entry, lines=lines)
