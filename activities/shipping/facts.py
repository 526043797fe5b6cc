"""Facts of an order: whose it is, and where its parcels are (RULES H.1)."""

from __future__ import annotations

from activities.shipping.tracking import Order, Tracking, placed_by
from casewright.domain.effects import Refused, Unreachable
from casewright.domain.facts import Fact
from casewright.domain.requests import AssessRequest
from casewright.domain.shipping import Parcels, ShopOrder
from casewright.domain.tempo import Tempo

ORDER = "shop.order"
SHIPMENT = "carrier.shipment"


class ShippingFacts:
    """The order that the customer names, and its parcels; of somebody else's order nothing is asked or kept."""

    names = frozenset({ORDER, SHIPMENT})
    source = "shop and carrier"

    def __init__(self, tracking: Tracking, tempo: Tempo) -> None:
        self._tracking, self._now = tracking, tempo.now

    async def gather(self, case: AssessRequest) -> list[Fact]:
        """The order, then its parcels; no order number, no order and no parcels."""
        number = case.claims.get("order")
        named = number.strip() if isinstance(number, str) else ""
        try:
            found = await self._tracking.order(named) if named else None
        except (Unreachable, Refused) as error:
            return [Fact.unavailable(name, self.source, self._now(), str(error)) for name in (ORDER, SHIPMENT)]
        order = _order(found, case.requester.email) if found is not None else None
        return [Fact.of(ORDER, self.source, self._now(), order), await self._parcels(order)]

    async def _parcels(self, order: ShopOrder | None) -> Fact:
        if order is None or not order.ours:
            return Fact.of(SHIPMENT, self.source, self._now(), None)
        try:
            parcels = await self._tracking.parcels(order.number)
        except (Unreachable, Refused) as error:
            return Fact.unavailable(SHIPMENT, self.source, self._now(), str(error))
        return Fact.of(SHIPMENT, self.source, self._now(), Parcels(parcels=parcels))


def _order(found: Order, requester: str) -> ShopOrder:
    ours = placed_by(requester, found.customer_email)
    return ShopOrder(number=found.number, ours=ours, placed_at=found.placed_at if ours else None)
