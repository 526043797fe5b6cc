"""The shop's and the carrier's calls."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, Field

from activities.json_api import JsonApi
from casewright.domain.shipping import Parcel, ParcelStatus

MAX_PARCELS = 50


class Order(BaseModel):
    """An order as the shop tells it."""

    number: str
    customer_email: str
    placed_at: AwareDatetime


class _Scan(BaseModel):
    at: AwareDatetime
    location: str


class _Destination(BaseModel):
    time_zone: str


class _Shipment(BaseModel):
    tracking_number: str
    status: ParcelStatus
    estimated_delivery_date: date | None
    destination: _Destination
    tracking_url: str = Field(pattern=r"^https?://\S+$")
    events: tuple[_Scan, ...]

    @property
    def parcel(self) -> Parcel:
        """As the domain has it."""
        last = max(self.events, key=lambda scan: scan.at, default=None)
        return Parcel(
            tracking_number=self.tracking_number,
            status=self.status,
            expected=self.estimated_delivery_date,
            time_zone=self.destination.time_zone,
            tracking_url=self.tracking_url,
            seen_at=last.at if last else None,
            seen_where=last.location if last else None,
        )


class _Shipments(BaseModel):
    shipments: tuple[_Shipment, ...] = Field(max_length=MAX_PARCELS)


def placed_by(requester: str, customer: str) -> bool:
    """Whether the customer of an order is the requester, in any case of letters."""
    return customer.casefold() == requester.casefold()


class Tracking:
    """Orders, and where their parcels are. Every method raises ``Unreachable``."""

    def __init__(self, shop: JsonApi, carrier: JsonApi) -> None:
        self._shop, self._carrier = shop, carrier

    async def order(self, number: str) -> Order | None:
        """The order of that number."""
        return await self._shop.get(f"orders/{quote(number, safe='')}", Order)

    async def parcels(self, order: str) -> tuple[Parcel, ...]:
        """The order's parcels; none when the carrier has nothing of it."""
        found = await self._carrier.get("shipments", _Shipments, order=order)
        return tuple(shipment.parcel for shipment in found.shipments) if found is not None else ()
