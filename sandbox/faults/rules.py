"""What a fault rule says and when it applies."""

from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator


class Target(StrEnum):
    """Which of the sandbox's systems is meant."""

    PAYMENTS = "payments"
    SMTP = "smtp"
    IDENTITY = "identity"
    CARRIER = "carrier"
    SHOP = "shop"
    SMS = "sms"
    CHAT = "chat"


class FaultKind(StrEnum):
    """What goes wrong."""

    LATENCY = "latency"
    ERROR = "error"
    LOST_ANSWER = "lost_answer"
    OUTAGE = "outage"


class ErrorBody(StrEnum):
    """What an error answer carries: the API's JSON, a proxy's page, or nothing."""

    API = "api"
    HTML = "html"
    EMPTY = "empty"


class OutageMode(StrEnum):
    """How an outage shows: an answer saying so (HTTP 503, SMTP 421), or connections that die at once."""

    ANSWER = "answer"
    REFUSE = "refuse"


CONNECT = "CONNECT"
"""The method under which a new SMTP connection is matched; messages are matched as ``DATA``."""


class FaultOrder(BaseModel):
    """A fault to arrange. Without a limit it stays until removed; several latencies add up."""

    model_config = ConfigDict(extra="forbid")

    target: Target
    kind: FaultKind
    method: str | None = Field(default=None, description="HTTP method; for SMTP, DATA")
    path: str | None = Field(default=None, description="Glob over the URL's path, or over each recipient's address")
    times: int | None = Field(default=None, ge=1, description="How many requests it applies to; null: all")
    latency_ms: int = Field(default=0, ge=0, le=600_000)
    status: int = Field(default=500, ge=400, le=599, description="Of an error: HTTP status, or SMTP reply code")
    body: ErrorBody = ErrorBody.API
    mode: OutageMode = OutageMode.ANSWER
    starts_at: AwareDatetime | None = Field(default=None, description="On the sandbox's clock")
    ends_at: AwareDatetime | None = Field(default=None, description="On the sandbox's clock; itself not included")

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.kind is FaultKind.LATENCY and not self.latency_ms:
            raise ValueError("a latency needs latency_ms")
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValueError("ends_at must be after starts_at")
        return self


class FaultRule(FaultOrder):
    """A fault that was arranged, and how often it has been hit."""

    id: str
    hits: int = 0

    @property
    def refuses_connections(self) -> bool:
        """Whether clients don't even get through."""
        return self.kind is FaultKind.OUTAGE and self.mode is OutageMode.REFUSE

    def applies(self, target: Target, method: str, paths: list[str], now: datetime) -> bool:
        """Whether a request meets this fault; ``paths`` are a URL's one path or a message's recipients."""
        return (
            target is self.target
            and self._active(now)
            and self._concerns(method)
            and (self.path is None or any(fnmatchcase(path, self.path) for path in paths))
        )

    def _active(self, now: datetime) -> bool:
        if self.times is not None and self.hits >= self.times:
            return False
        return (self.starts_at is None or now >= self.starts_at) and (self.ends_at is None or now < self.ends_at)

    def _concerns(self, method: str) -> bool:
        if self.target is Target.SMTP and (method == CONNECT) != self.refuses_connections:
            return False
        return self.method is None or self.method.upper() == method
