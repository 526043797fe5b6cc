"""Channels and the messages posted to them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

BOT = "U0SANDBOX"


class Channel(BaseModel):
    """Where messages are posted."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^C[A-Z0-9]+$")
    name: str = Field(pattern=r"^[a-z0-9_-]+$")
    is_archived: bool = False


class Metadata(BaseModel):
    """What a program wrote beside a message, to find it by."""

    model_config = ConfigDict(extra="forbid")

    event_type: str = Field(min_length=1)
    event_payload: dict[str, Any]


class ChatMessage(BaseModel):
    """One message; ``ts`` is unique in its channel and orders its messages."""

    channel: str
    ts: str
    text: str
    metadata: Metadata | None = None
    posted_at: datetime

    def to_slack(self, *, with_metadata: bool) -> dict[str, Any]:
        """The message as Slack's API shows it."""
        shown: dict[str, Any] = {
            "type": "message",
            "user": BOT,
            "bot_id": "B0SANDBOX",
            "text": self.text,
            "ts": self.ts,
        }
        if with_metadata and self.metadata is not None:
            shown["metadata"] = self.metadata.model_dump()
        return shown


class ChatRecord(BaseModel):
    """The chat as written to the state file."""

    channels: list[Channel] = []
    messages: list[ChatMessage] = []


class Chat:
    """Channels, and messages in the order they were posted. One posted twice is kept twice."""

    def __init__(self, record: ChatRecord | None = None) -> None:
        record = record or ChatRecord()
        self._channels = {channel.id: channel for channel in record.channels}
        self._messages = list(record.messages)

    def record(self) -> ChatRecord:
        """The chat as data."""
        return ChatRecord(channels=self.channels(), messages=self.messages())

    def add(self, channel: Channel) -> None:
        """Open a channel.

        Raises:
            ValueError: Its id or name is taken.
        """
        if channel.id in self._channels or self.named(channel.name) is not None:
            raise ValueError(f"channel {channel.id} or #{channel.name} exists already")
        self._channels[channel.id] = channel

    def channels(self) -> list[Channel]:
        """Every channel."""
        return list(self._channels.values())

    def channel(self, identity: str) -> Channel | None:
        """A channel by its id."""
        return self._channels.get(identity)

    def named(self, name: str) -> Channel | None:
        """A channel by its name, with or without ``#``."""
        wanted = name.removeprefix("#")
        return next((channel for channel in self._channels.values() if channel.name == wanted), None)

    def post(self, channel: Channel, text: str, now: datetime, metadata: Metadata | None) -> ChatMessage:
        """Keep a message under a ``ts`` of its own."""
        ts = self._fresh_ts(channel, now)
        message = ChatMessage(channel=channel.id, ts=ts, text=text, metadata=metadata, posted_at=now)
        self._messages.append(message)
        return message

    def messages(self, channel: str | None = None) -> list[ChatMessage]:
        """Messages, all or of one channel, oldest first."""
        return [message for message in self._messages if channel in (None, message.channel)]

    def _fresh_ts(self, channel: Channel, now: datetime) -> str:
        micro = int(now.timestamp()) * 1_000_000 + now.microsecond
        latest = max((micros(message.ts) for message in self.messages(channel.id)), default=0)
        micro = max(micro, latest + 1)
        return f"{micro // 1_000_000}.{micro % 1_000_000:06}"


def micros(ts: str) -> int:
    """A ``ts`` in whole microseconds, for comparing; a plain number of seconds is read too.

    Raises:
        ValueError: It isn't one.
    """
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int(fraction[:6].ljust(6, "0") or 0)
