"""The audit: journal, read table, ledger, gateway and signed digests must tell the same story."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence
from pathlib import Path

from casewright.domain.events import EventRow
from casewright.records.anchors import check_anchors
from casewright.records.audit_chains import check_chain, check_fold
from casewright.records.audit_gateway import GatewayAudit
from casewright.records.audit_money import ENTRIES, RESERVATIONS, check_money
from casewright.records.audit_report import AuditReport, Finding, FindingKind, GatewayMovement
from casewright.records.folding import COLUMNS
from casewright.records.postgres import Connection, Pool, Record

__all__ = ["AuditReport", "Finding", "FindingKind", "GatewayMovement", "verify"]

TICKETS_A_PAGE = 100
_TICKETS = f"""
SELECT id, position, head, unfolded, {", ".join(COLUMNS)} FROM ticket WHERE id > $1 ORDER BY id LIMIT {TICKETS_A_PAGE}
"""
_ROWS = "SELECT * FROM journal WHERE ticket = ANY($1::text[]) ORDER BY ticket, position"
_ORPHANS = """
SELECT 'rows' AS what, ticket FROM journal WHERE NOT EXISTS (SELECT FROM ticket WHERE id = journal.ticket)
UNION SELECT 'ledger entries', ticket FROM ledger_entry AS entry
    WHERE NOT EXISTS (SELECT FROM ticket WHERE id = entry.ticket)
UNION SELECT 'reservations', ticket FROM reservation WHERE NOT EXISTS (SELECT FROM ticket WHERE id = reservation.ticket)
"""


async def verify(
    pool: Pool, gateway: AsyncIterable[GatewayMovement], anchors: Path | None = None, key: bytes = b""
) -> AuditReport:
    """Look at everything, in pages; nothing is changed, and work goes on meanwhile.

    Args:
        pool: The application's connections.
        gateway: All that the gateway gave, in any order; listing begins when it is first asked.
        anchors: The folder of signed digests; None: a cut tail or a missing ticket may not show.
        key: That they were signed with.
    """
    async with pool.acquire() as connection:
        tickets, rows, findings = await _check_tickets(connection)
        digests = 0
        if anchors is not None:
            async with connection.transaction(isolation="repeatable_read"):
                digests, contradicted = await check_anchors(connection, anchors, key)
                findings += contradicted
        compared = GatewayAudit(connection)
        async with connection.transaction():
            findings += [finding async for finding in compared.check(gateway)]
    return AuditReport(
        tickets=tickets, rows=rows, movements=compared.movements, digests=digests, findings=tuple(findings)
    )


async def _check_tickets(connection: Connection) -> tuple[int, int, list[Finding]]:
    tickets, rows, after, findings = 0, 0, "", list[Finding]()
    while True:
        # One snapshot for a page: its rows, heads, entries and reservations were committed together.
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            page = await connection.fetch(_TICKETS, after)
            if not page:
                break
            ids = [ticket["id"] for ticket in page]
            found = [_by_ticket(await connection.fetch(query, ids)) for query in (_ROWS, ENTRIES, RESERVATIONS)]
        for ticket in page:
            findings += _check_ticket(ticket, *(by_ticket.get(ticket["id"], []) for by_ticket in found))
        tickets, rows, after = tickets + len(page), rows + sum(map(len, found[0].values())), ids[-1]
    for orphan in await connection.fetch(_ORPHANS):
        detail = f"there are {orphan['what']} of this ticket, which isn't in the read table"
        findings.append(Finding(kind=FindingKind.CHAIN, ticket=orphan["ticket"], detail=detail))
    return tickets, rows, findings


def _check_ticket(
    ticket: Record, rows: Sequence[Record], entries: Sequence[Record], reservations: Sequence[Record]
) -> list[Finding]:
    broken = list(check_chain(ticket, rows))
    read: list[EventRow] = []
    for row in rows:
        try:
            read.append(EventRow.model_validate_json(row["body"]))
        except ValueError:
            return broken  # the chain's finding says so; what it would add up to is unknown
    return [*broken, *check_fold(ticket, rows), *check_money(ticket["id"], read, entries, reservations)]


def _by_ticket(rows: Sequence[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for row in rows:
        found.setdefault(row["ticket"], []).append(row)
    return found
