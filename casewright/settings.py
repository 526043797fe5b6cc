"""Settings: environment variables, one class, defaults that suit a laptop and refuse to pass for production."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import AwareDatetime, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from casewright.domain.messages import TASK_QUEUE
from casewright.domain.tempo import WALL_CLOCK, Tempo

MAX_SPEED = 100_000


class LogFormat(StrEnum):
    """How the worker and the API log: lines for people, or one JSON object a line for machines."""

    TEXT = "text"
    JSON = "json"


class Settings(BaseSettings):
    """Everything a process of Casewright is told from outside; each field is ``CASEWRIGHT_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="CASEWRIGHT_", extra="ignore")

    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "default"
    temporal_tls: bool | None = None
    """None: as Temporal's own variables say (``TEMPORAL_TLS…``, a profile), and on where there is an API key."""
    temporal_api_key: SecretStr = SecretStr("")
    """Empty: TEMPORAL_API_KEY, if that is set."""
    task_queue: str = TASK_QUEUE
    database_url: SecretStr = SecretStr("")
    """The application's connection: INSERT and SELECT only on journal and ledger."""
    migration_database_url: SecretStr | None = None
    """The owner's connection, for migrations; None: ``database_url`` is the owner's."""
    handbook: Path = Path("handbook")
    people: Path | None = None
    """A YAML file of people and services with their roles; None: those in the database."""
    intake_key: SecretStr = SecretStr("")
    """Keys the hash of submitter and idempotency key that becomes a ticket's id."""
    gateway_url: str | None = None
    """None: the payment gateway's own address."""
    gateway_api_key: SecretStr = SecretStr("")
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    mail_from: str = "support@example.com"
    chat_url: str | None = None
    """Where Slack's methods are, such as https://slack.com/api; None: colleagues hear nothing by chat."""
    chat_token: SecretStr = SecretStr("")
    sms_url: str | None = None
    """A service in Twilio's shape, such as https://api.twilio.com; None: no text messages are sent."""
    sms_account: str = ""
    sms_token: SecretStr = SecretStr("")
    sms_from: str = "Casewright"
    """The number or name that text messages come from."""
    identity_url: str | None = None
    """An identity store: SCIM 2.0 under ``/scim/v2``, logins and password resets under ``/v1``; None: there is none."""
    identity_token: SecretStr = SecretStr("")
    shop_url: str | None = None
    """The shop's orders; None: there is no shop."""
    shop_token: SecretStr = SecretStr("")
    carrier_url: str | None = None
    """The carrier's shipments; None: there is no carrier."""
    carrier_token: SecretStr = SecretStr("")
    link_key: SecretStr = SecretStr("")
    """Signs the links to pages of one's own (approvals, the survey) and sign-ins; empty: there are none."""
    public_url: str | None = None
    """Where people reach the API's pages; None: at ``api_url``."""
    api_url: str = "http://127.0.0.1:8080"
    """Where the CLI finds the API."""
    api_token: SecretStr = SecretStr("")
    """Who the CLI acts as."""
    anchors: Path = Path(".casewright/anchors")
    """Where the signed digests of the journal's chains are kept: outside the database."""
    anchor_key: SecretStr = SecretStr("")
    tracing: bool = False
    """Spans for an OpenTelemetry provider that the program has set up itself."""
    otlp_endpoint: str | None = None
    """Where traces and metrics go (http/protobuf), such as http://127.0.0.1:4318; None: see docs/telemetry.md."""
    log_format: LogFormat = LogFormat.TEXT
    access_log: bool = False
    """A line for each request to the API: its method, route and status; nothing that was sent."""
    max_cached_workflows: int = Field(default=500, ge=0)
    reopening_days: int = Field(default=14, ge=0)
    effect_budget_seconds: int = Field(default=3600, ge=1)
    facts_fresh_seconds: int = Field(default=30, ge=0)
    """A refund that was worked out longer ago is checked against the gateway again before it is given."""
    facts_budget_seconds: int = Field(default=600, ge=1)
    production: bool = False
    """Real customers' tickets: then time runs as the wall clock does."""
    epoch: AwareDatetime | None = None
    """The instant from which time runs at ``speed``; needed for any speed but 1."""
    speed: float = Field(default=1, gt=0, le=MAX_SPEED, allow_inf_nan=False)
    """Tickets' seconds in a real one."""

    @property
    def tempo(self) -> Tempo:
        """The time that tickets live in; at speed 1 the epoch makes no difference, and is left out."""
        if self.speed == 1 or self.epoch is None:
            return WALL_CLOCK
        return Tempo(epoch=self.epoch, speed=self.speed)

    @property
    def pages_url(self) -> str:
        """What the addresses of pages begin with, without a slash at the end."""
        return (self.public_url or self.api_url).rstrip("/")

    @model_validator(mode="after")
    def _refuse_a_key_in_the_clear(self) -> Self:
        if self.temporal_tls is False and self.temporal_api_key.get_secret_value():
            raise ValueError(
                "CASEWRIGHT_TEMPORAL_API_KEY is only sent over TLS, and CASEWRIGHT_TEMPORAL_TLS says that there is "
                "none; unset one of the two"
            )
        return self

    @model_validator(mode="after")
    def _refuse_a_speed(self) -> Self:
        if self.speed == 1:
            return self
        if self.production:
            raise ValueError(
                f"CASEWRIGHT_SPEED={self.speed:g} is for demonstrations: in production (CASEWRIGHT_PRODUCTION) time "
                "runs as the wall clock does; unset one of the two"
            )
        if self.epoch is None:
            raise ValueError(
                f"CASEWRIGHT_SPEED={self.speed:g} needs CASEWRIGHT_EPOCH, the instant from which time runs at that "
                "speed, such as 2026-03-02T12:00:00Z; make run sets both"
            )
        return self

    def as_environment(self) -> dict[str, str]:
        """These settings as the environment of another process, secrets included."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {
            f"CASEWRIGHT_{name.upper()}": value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            for name, value in values.items()
            if value is not None
        }


def in_words(refused: ValidationError) -> str:
    """What is wrong with settings, for whoever set them."""
    return "; ".join(_one_in_words(".".join(map(str, e["loc"])), e["msg"]) for e in refused.errors())


def _one_in_words(field: str, message: str) -> str:
    words = message.removeprefix("Value error, ")
    return f"CASEWRIGHT_{field.upper()}: {words}" if field else words
