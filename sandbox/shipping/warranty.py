"""What was sold with a serial number, the labels to send it back, and what was sent instead."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from sandbox.shipping.records import Destination


class Product(BaseModel):
    """An article as the shop sells it."""

    model_config = ConfigDict(extra="forbid")

    sku: str
    name: str


class Unit(BaseModel):
    """One piece with its serial number. It was bought on the day of its order, by the calendar of where it went."""

    model_config = ConfigDict(extra="forbid")

    serial: str = Field(pattern=r"^[A-Za-z0-9-]+$")
    order: str
    product: Product
    delivered_to: Destination
    warranty_months: int = Field(ge=0)
    in_stock: bool = Field(default=True, description="Whether the shop has another one to send")

    def bought_on(self, placed_at: datetime) -> date:
        """The day on which its order was placed."""
        return placed_at.astimezone(ZoneInfo(self.delivered_to.time_zone)).date()


class ReturnLabel(BaseModel):
    """A label to send something of an order back."""

    id: str
    key: str
    order: str
    tracking_number: str
    created: datetime


class Replacement(BaseModel):
    """Another piece that was sent instead of one."""

    id: str
    key: str
    serial: str
    order: str
    created: datetime
