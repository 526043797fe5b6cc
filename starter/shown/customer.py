"""A ticket as its customer may see it: what was said, and where it stands, nothing of how it was decided."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from starter.shown.shape import Shape


class CustomerStatus(StrEnum):
    """Where the ticket stands, to its customer."""

    RECEIVED = "received"
    ANSWERED = "answered"
    WAITING_FOR_YOU = "waiting for you"
    RESOLVED = "resolved"
    CLOSED = "closed"


class CustomerMessage(Shape):
    """One message to or from the customer."""

    at: datetime
    sender: Literal["customer", "support"]
    subject: str | None
    """None: it answers to what came before."""
    text: str


class CustomerTicket(Shape):
    """One ticket."""

    id: str
    subject: str
    status: CustomerStatus
    submitted_at: datetime
    messages: tuple[CustomerMessage, ...]
    """Oldest first."""
