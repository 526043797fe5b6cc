"""The text messages that were taken."""

from datetime import UTC, datetime
from email.utils import format_datetime
from secrets import token_hex
from typing import Any

from pydantic import BaseModel, Field

SEGMENT = 160
VERSION = "2010-04-01"


class TextMessage(BaseModel):
    """One text message as taken; numbers are in E.164."""

    sid: str = Field(default_factory=lambda: f"SM{token_hex(16)}")
    account: str
    to: str
    sender: str
    body: str
    taken_at: datetime

    def to_twilio(self, status: str) -> dict[str, Any]:
        """The message as Twilio's API shows it."""
        date = format_datetime(self.taken_at.astimezone(UTC))
        # As Twilio's, relative to the address of the service: here what ends with /sms.
        uri = f"/{VERSION}/Accounts/{self.account}/Messages/{self.sid}"
        return {
            "account_sid": self.account,
            "api_version": VERSION,
            "body": self.body,
            "date_created": date,
            "date_sent": None if status == "queued" else date,
            "date_updated": date,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": self.sender,
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": str(-(-len(self.body) // SEGMENT)),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }


class Outbox:
    """Text messages in the order they were taken. One sent twice is kept twice: there are no idempotency keys."""

    def __init__(self, messages: list[TextMessage] | None = None) -> None:
        self._messages = list(messages or [])

    def add(self, message: TextMessage) -> None:
        """Keep a message."""
        self._messages.append(message)

    def all(self) -> list[TextMessage]:
        """Every message, oldest first."""
        return list(self._messages)

    def get(self, account: str, sid: str) -> TextMessage | None:
        """One of an account's messages."""
        return next((one for one in self._messages if (one.account, one.sid) == (account, sid)), None)

    def find(self, account: str, to: str | None = None, sender: str | None = None) -> list[TextMessage]:
        """An account's messages to and from these numbers, newest first."""
        return [
            message
            for message in reversed(self._messages)
            if message.account == account and to in (None, message.to) and sender in (None, message.sender)
        ]
