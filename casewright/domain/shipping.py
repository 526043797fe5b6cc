"""Facts of the shop and the carrier: an order, where its parcels are (RULES H.1), what was sold (RULES C.1)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from casewright.domain.model import Frozen


class ParcelStatus(StrEnum):
    """How the carrier sees a parcel; ``unknown`` while it has heard nothing of it."""

    PROCESSING = "processing"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    RETURNED = "returned"
    EXCEPTION = "exception"
    UNKNOWN = "unknown"

    @property
    def words(self) -> str:
        """As customers read it."""
        return self.value.replace("_", " ")


class ShopOrder(Frozen):
    """An order at the shop (fact ``shop.order``); of somebody else's nothing more is kept than that it is theirs."""

    number: str
    ours: bool
    """Whether the requester placed it."""
    placed_at: datetime | None = None
    """None: it isn't the requester's."""


class Parcel(Frozen):
    """One shipment of an order."""

    tracking_number: str
    status: ParcelStatus
    expected: date | None
    """The carrier's delivery date, on the destination's calendar."""
    time_zone: str
    """The destination's, as IANA names it."""
    tracking_url: str
    seen_at: datetime | None
    """The latest scan."""
    seen_where: str | None


class Parcels(Frozen):
    """All shipments of the requester's order (fact ``carrier.shipment``)."""

    parcels: tuple[Parcel, ...]


class Purchase(Frozen):
    """How the requester bought a piece."""

    order: str
    product: str
    """In the shop's words."""
    bought_on: date
    """By the calendar of where it went."""
    time_zone: str
    """Of where it went, as IANA names it."""
    warranty_months: int = Field(ge=0)
    """The terms of this purchase; 0: it was sold without a warranty."""
    replaced: bool
    """Whether another one was sent for it before."""


class SoldPiece(Frozen):
    """What was sold with a serial number (fact ``shop.serial``)."""

    serial: str
    purchase: Purchase | None = None
    """None: somebody else's; nothing more of it is kept."""
