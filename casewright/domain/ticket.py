"""A ticket as it was submitted (RULES §1, §7)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from casewright.domain.model import Frozen
from casewright.domain.money import Money

MAX_SUBJECT = 200
MAX_BODY = 20_000
MAX_CLAIMS = 20
MAX_CLAIM_TEXT = 500

TicketId = Annotated[str, Field(pattern=r"^T-[0-9A-Z]{16}$")]
PolicyId = Annotated[str, Field(pattern=r"^[A-L]\.[1-9]$")]
Email = Annotated[str, Field(pattern=r"^[^@\s<>,;\"\x00-\x1f]+@[^@\s<>,;\"\x00-\x1f]+$", max_length=254)]
Line = Annotated[str, Field(pattern=r"^[^\r\n\x00]*$")]
Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
ClaimName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
ClaimValue = Money | Annotated[str, Field(max_length=MAX_CLAIM_TEXT, pattern=r"^[^\x00]*$")]


class Priority(StrEnum):
    """Urgency; DF's P0-P3 and the SOP's P1-P4 are the same four."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low to 3 for critical."""
        return list(Priority).index(self)


class Plan(StrEnum):
    """What the customer subscribes to."""

    STARTER = "starter"
    PROFESSIONAL = "professional"
    ENTERPRISE = "enterprise"
    PLATINUM = "platinum"


class Channel(StrEnum):
    """How a request came in."""

    PORTAL = "portal"
    APP = "app"
    MAIL = "mail"
    STAFF = "staff"


class Requester(Frozen):
    """Who asks: a reply address and, where the submitting service knows it, the account."""

    email: Email
    name: Annotated[Line, Field(max_length=120)] | None = None
    customer: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None


class Submission(Frozen):
    """One customer request. Claims are the customer's structured fields: never facts (RULES §2.1)."""

    policy: PolicyId
    subject: Annotated[Line, Field(min_length=1, max_length=MAX_SUBJECT)]
    body: Annotated[Text, Field(max_length=MAX_BODY)] = ""
    requester: Requester
    priority: Priority = Priority.LOW
    channel: Channel = Channel.APP
    claims: Annotated[dict[ClaimName, ClaimValue], Field(max_length=MAX_CLAIMS)] = {}
