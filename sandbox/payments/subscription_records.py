"""Subscriptions as the gateway keeps them; the current period is on the item, as in API versions since 2025-03-31."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.instants import Instant
from sandbox.payments.records import Json, Record


class SubscriptionStatus(StrEnum):
    """Where a subscription is in its life."""

    INCOMPLETE = "incomplete"
    INCOMPLETE_EXPIRED = "incomplete_expired"
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    CANCELED = "canceled"
    UNPAID = "unpaid"
    PAUSED = "paused"


ENDED = (SubscriptionStatus.CANCELED, SubscriptionStatus.INCOMPLETE_EXPIRED)


class SubscriptionItem(BaseModel):
    """What is subscribed to, and for which period it was billed last."""

    model_config = ConfigDict(extra="forbid")

    id: str
    object: Literal["subscription_item"] = "subscription_item"
    current_period_start: Instant
    current_period_end: Instant
    metadata: dict[str, str] = {}
    price: Json = {}
    quantity: int = 1


class Subscription(Record):
    """A customer's subscription."""

    object: Literal["subscription"] = "subscription"
    customer: str
    currency: str = "usd"
    items: list[SubscriptionItem] = Field(min_length=1)
    status: SubscriptionStatus = SubscriptionStatus.ACTIVE
    cancel_at: Instant | None = None
    cancel_at_period_end: bool = False
    canceled_at: Instant | None = None
    ended_at: Instant | None = None
    cancellation_details: Json = {"comment": None, "feedback": None, "reason": None}

    def settle(self, now: int) -> None:
        """Let what was arranged come: a subscription whose end is reached is cancelled."""
        if self.cancel_at is not None and self.cancel_at <= now and self.status not in ENDED:
            self.end(self.cancel_at)

    def end(self, at: int) -> None:
        """Cancel it as of an instant in epoch seconds."""
        self.status = SubscriptionStatus.CANCELED
        self.ended_at = at
        self.canceled_at = at if self.canceled_at is None else self.canceled_at

    def to_stripe(self) -> Json:
        """The object as the API shows it: its items are a list of their own."""
        shown = super().to_stripe()
        url = f"/v1/subscription_items?subscription={self.id}"
        items = [{**item, "subscription": self.id} for item in shown["items"]]
        return {**shown, "items": {"object": "list", "url": url, "has_more": False, "data": items}}
