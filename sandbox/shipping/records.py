"""What the shop and the carrier keep: orders, shipments, and where each parcel was seen."""

from datetime import date, datetime
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from sandbox.instants import Moment


class ShipmentStatus(StrEnum):
    """How the carrier sees a shipment; ``unknown`` while it has heard nothing of it."""

    PROCESSING = "processing"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    RETURNED = "returned"
    EXCEPTION = "exception"
    UNKNOWN = "unknown"


class TrackingEvent(BaseModel):
    """One scan. One that lies ahead is shown only once the sandbox's clock has reached it."""

    model_config = ConfigDict(extra="forbid")

    at: Moment
    status: ShipmentStatus
    location: str
    description: str


class Destination(BaseModel):
    """Where a shipment goes; ``time_zone`` is an IANA name, ``country`` a two-letter code."""

    model_config = ConfigDict(extra="forbid")

    country: str = Field(pattern=r"^[A-Z]{2}$")
    time_zone: str

    @field_validator("time_zone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{name} is no time zone") from error
        return name

    def date_at(self, moment: datetime) -> date:
        """The destination's date at an instant."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()


class Shipment(BaseModel):
    """A parcel. The delivery date is given as one, or as an instant (``estimated_delivery``) whose date at the
    destination is meant."""

    model_config = ConfigDict(extra="forbid")

    tracking_number: str = Field(pattern=r"^[A-Za-z0-9-]+$")
    order: str
    customer_email: str
    destination: Destination
    estimated_delivery: Moment | None = None
    estimated_delivery_date: date | None = None
    events: list[TrackingEvent] = []

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.estimated_delivery is not None and self.estimated_delivery_date is None:
            self.estimated_delivery_date = self.destination.date_at(self.estimated_delivery)
        self.events.sort(key=lambda event: event.at)
        return self

    def seen(self, now: datetime) -> list[TrackingEvent]:
        """What has happened so far, oldest first."""
        return [event for event in self.events if event.at <= now]

    def status(self, now: datetime) -> ShipmentStatus:
        """The latest scan's status."""
        seen = self.seen(now)
        return seen[-1].status if seen else ShipmentStatus.UNKNOWN


class Price(BaseModel):
    """Money as a decimal text with its currency."""

    model_config = ConfigDict(extra="forbid")

    amount: str = Field(pattern=r"^\d+\.\d{2}$")
    currency: str = Field(pattern=r"^[A-Z]{3}$")


class OrderLine(BaseModel):
    """One article of an order."""

    model_config = ConfigDict(extra="forbid")

    sku: str
    description: str
    quantity: int = Field(ge=1)
    unit_price: Price


class Order(BaseModel):
    """What a customer bought; ``shipments`` are tracking numbers, none before the parcel is handed over."""

    model_config = ConfigDict(extra="forbid")

    number: str
    customer_email: str
    placed_at: Moment
    lines: list[OrderLine] = Field(min_length=1)
    shipments: list[str] = []
