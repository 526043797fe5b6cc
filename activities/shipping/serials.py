"""The fact of a serial number: whether the requester bought the piece, when, and on which terms (RULES C.1)."""

from __future__ import annotations

from activities.shipping.returns import Returns, Serial
from activities.shipping.tracking import placed_by
from casewright.domain.effects import Refused, Unreachable
from casewright.domain.facts import Fact
from casewright.domain.requests import AssessRequest
from casewright.domain.shipping import Purchase, SoldPiece
from casewright.domain.tempo import Tempo

SERIAL = "shop.serial"


class SerialFacts:
    """The piece that the customer names; of somebody else's nothing is kept but that it is theirs."""

    names = frozenset({SERIAL})
    source = "shop"

    def __init__(self, returns: Returns, tempo: Tempo) -> None:
        self._returns, self._now = returns, tempo.now

    async def gather(self, case: AssessRequest) -> list[Fact]:
        """One call; none without a serial number."""
        number = case.claims.get("serial")
        named = number.strip() if isinstance(number, str) else ""
        try:
            found = await self._returns.serial(named) if named else None
        except (Unreachable, Refused) as error:
            return [Fact.unavailable(SERIAL, self.source, self._now(), str(error))]
        piece = _piece(found, case.requester.email) if found is not None else None
        return [Fact.of(SERIAL, self.source, self._now(), piece)]


def _piece(found: Serial, requester: str) -> SoldPiece:
    if not placed_by(requester, found.customer_email):
        return SoldPiece(serial=found.serial)
    purchase = Purchase(
        order=found.order,
        product=found.product.name,
        bought_on=found.purchase_date,
        time_zone=found.time_zone,
        warranty_months=found.warranty_months,
        replaced=found.replacement is not None,
    )
    return SoldPiece(serial=found.serial, purchase=purchase)
