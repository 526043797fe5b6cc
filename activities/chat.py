"""A chat in Slack's shape: its calls, and its answers as the domain's."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Mapping

import httpx
from pydantic import BaseModel, JsonValue, ValidationError

from casewright.domain.effects import Refused, Unreachable

ANSWER_SECONDS = 4.0
EVENT_TYPE = "casewright_notice"
PAGE = 200
MAX_PAGES = 5
"""How far back a notice is looked for: one that lies deeper may be posted twice."""
_NOT_NOW = frozenset(
    {"ratelimited", "rate_limited", "service_unavailable", "internal_error", "fatal_error", "request_timeout"}
)
_CODE = re.compile(r"[a-z_]{1,60}")


class _Metadata(BaseModel):
    event_type: str = ""
    event_payload: dict[str, JsonValue] = {}


class _Message(BaseModel):
    ts: str
    metadata: _Metadata | None = None


class _Channel(BaseModel):
    id: str
    name: str


class _Next(BaseModel):
    next_cursor: str = ""


class _Answer(BaseModel):
    ok: bool
    error: str = ""
    channel: str = ""
    ts: str = ""
    channels: tuple[_Channel, ...] = ()
    messages: tuple[_Message, ...] = ()
    response_metadata: _Next = _Next()


class Chat:
    """Posts messages, and finds them again by the key that is kept beside each.

    Every method raises ``Refused`` or ``Unreachable``.
    """

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._ids: dict[str, str] = {}

    async def find(self, channel: str, key: str) -> str | None:
        """Where a message of this key stands in a channel (``#name``), among its newest 1,000; None: nowhere."""
        id, cursor = await self._id_of(channel), ""
        for _ in range(MAX_PAGES):
            asked = {"channel": id, "include_all_metadata": "true", "limit": str(PAGE), "cursor": cursor}
            answer = await self._call("GET", "conversations.history", asked)
            for message in answer.messages:
                kept = message.metadata
                if kept is not None and (kept.event_type, kept.event_payload.get("key")) == (EVENT_TYPE, key):
                    return f"{id}/{message.ts}"
            cursor = answer.response_metadata.next_cursor
            if not cursor:
                break
        return None

    async def post(self, channel: str, text: str, key: str) -> str:
        """Post a text to a channel; returns where it stands."""
        metadata: JsonValue = {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
        told: dict[str, JsonValue] = {"channel": channel, "text": _escaped(text), "metadata": metadata}
        answer = await self._call("POST", "chat.postMessage", body=told)
        return f"{answer.channel}/{answer.ts}"

    async def _id_of(self, channel: str) -> str:
        name, cursor = channel.removeprefix("#"), ""
        while name not in self._ids:
            answer = await self._call("GET", "conversations.list", {"limit": str(PAGE), "cursor": cursor})
            self._ids |= {one.name: one.id for one in answer.channels}
            cursor = answer.response_metadata.next_cursor
            if not cursor:
                break
        if name not in self._ids:
            raise Refused(f"the chat has no channel #{name}")
        return self._ids[name]

    async def _call(
        self,
        method: str,
        name: str,
        asked: Mapping[str, str] | None = None,
        body: Mapping[str, JsonValue] | None = None,
    ) -> _Answer:
        given = {key: value for key, value in (asked or {}).items() if value}
        try:
            got = await self._http.request(method, name, params=given or None, json=body)
        except httpx.HTTPError as error:
            raise Unreachable(f"the chat gave no answer: {type(error).__name__}") from error
        if got.status_code != httpx.codes.OK:
            raise Unreachable(f"the chat can't be had now: it answered {got.status_code}")
        try:
            answer = _Answer.model_validate_json(got.content)
        except ValidationError as error:
            raise Unreachable("the chat's answer can't be read") from error
        if not answer.ok:
            word = answer.error if _CODE.fullmatch(answer.error) else "no reason that can be read"
            raise (Unreachable if word in _NOT_NOW else Refused)(f"the chat refused {name}: {word}")
        return answer


@contextlib.asynccontextmanager
async def connected(url: str | None, token: str) -> AsyncIterator[Chat | None]:
    """A chat; None where no address is set."""
    if url is None:
        yield None
        return
    headers = {"Authorization": f"Bearer {token}"}
    base = f"{url.rstrip('/')}/"
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=ANSWER_SECONDS) as http:
        yield Chat(http)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
