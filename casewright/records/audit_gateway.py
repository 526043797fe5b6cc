"""The ledger against the gateway's own list of what it gave."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator

from casewright.records.audit_money import booked_amount
from casewright.records.audit_report import Finding, FindingKind, GatewayMovement
from casewright.records.postgres import Connection, Record

PAGE = 500
# A table of the session's own, so that a long list needs no memory of ours.
_SEEN = "CREATE TEMPORARY TABLE seen_movement (reference text PRIMARY KEY) ON COMMIT DROP"
_SEE = "INSERT INTO seen_movement SELECT DISTINCT unnest($1::text[]) ON CONFLICT DO NOTHING"
_NEWEST = "SELECT coalesce(max(id), 0) FROM ledger_entry"
_BOOKED = """
SELECT entry.step_key, entry.gateway_reference, entry.kind,
       array_agg(line.account ORDER BY line.amount DESC) AS accounts,
       array_agg(line.amount ORDER BY line.amount DESC) AS amounts,
       array_agg(DISTINCT line.currency) AS currencies
FROM ledger_entry AS entry LEFT JOIN ledger_line AS line ON line.entry = entry.id
WHERE entry.gateway_reference = ANY($1::text[])
GROUP BY entry.id
"""
_RESERVED = "SELECT step_key, state FROM reservation WHERE step_key = ANY($1::text[])"
_UNSEEN = """
SELECT ticket, step_key, gateway_reference FROM ledger_entry AS entry
WHERE id <= $1 AND NOT EXISTS (SELECT FROM seen_movement WHERE reference = entry.gateway_reference)
ORDER BY id
"""


class GatewayAudit:
    """Compares page by page; ``movements`` counts what it saw."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.movements = 0

    async def check(self, listed: AsyncIterable[GatewayMovement]) -> AsyncIterator[Finding]:
        """Differences; inside a transaction of the caller's, not of one snapshot: booking goes on meanwhile."""
        await self._connection.execute(_SEEN)
        # The gateway gives before we book: what is booked now is in a list that begins now.
        newest = await self._connection.fetchval(_NEWEST)
        page: list[GatewayMovement] = []
        async for movement in listed:
            page.append(movement)
            if len(page) == PAGE:
                async for finding in self._check_page(page):
                    yield finding
                page = []
        async for finding in self._check_page(page):
            yield finding
        for row in await self._connection.fetch(_UNSEEN, newest):
            detail = (
                f"{row['step_key']}: the ledger books {row['gateway_reference']}, and the gateway has no such thing"
            )
            yield Finding(kind=FindingKind.GATEWAY, ticket=row["ticket"], detail=detail)

    async def _check_page(self, page: list[GatewayMovement]) -> AsyncIterator[Finding]:
        if not page:
            return
        self.movements += len(page)
        references = [movement.reference for movement in page]
        await self._connection.execute(_SEE, references)
        booked = {row["gateway_reference"]: row for row in await self._connection.fetch(_BOOKED, references)}
        keys = [movement.step_key for movement in page if movement.step_key is not None]
        reserved = {row["step_key"]: row["state"] for row in await self._connection.fetch(_RESERVED, keys)}
        for movement in page:
            state = reserved.get(movement.step_key or "")
            for detail in _differences(movement, booked.get(movement.reference), state):
                ticket = movement.step_key.partition("/")[0] if movement.step_key else None
                yield Finding(kind=FindingKind.GATEWAY, ticket=ticket, detail=f"{movement.reference}: {detail}")


def _differences(movement: GatewayMovement, entry: Record | None, reservation: str | None) -> list[str]:
    if entry is None:
        whose = f"for {movement.step_key}" if movement.step_key else "naming no step"
        why = f"; its reservation is {reservation}" if reservation else ""
        return [f"the gateway gave {movement.amount} {whose}, and no entry books it{why}"]
    found = []
    if booked_amount(entry) != movement.amount:
        found.append(f"the gateway gave {movement.amount}, the ledger says {booked_amount(entry)}")
    if entry["step_key"] != movement.step_key:
        found.append(f"the gateway names step {movement.step_key}, the ledger {entry['step_key']}")
    return found
