"""Chat in Slack's shape."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox import RunningSandbox
from sandbox.seeding import plant
from tests.sandbox.rooms import CHAT, CHAT_SEED

POST, HISTORY = "/chat/api/chat.postMessage", "/chat/api/conversations.history"
NOTE = {"event_type": "casewright_step", "event_payload": {"key": "T-1/tell-secops"}}


@pytest.fixture
async def chat(own_sandbox: RunningSandbox) -> AsyncIterator[httpx.AsyncClient]:
    plant(own_sandbox.world, CHAT_SEED)
    async with httpx.AsyncClient(base_url=own_sandbox.http_url, headers=CHAT) as client:
        yield client


async def posted(chat: httpx.AsyncClient, text: str, **more: Any) -> dict[str, Any]:
    answer = await chat.post(POST, json={"channel": "C0SECOPS", "text": text, **more})
    body = dict(answer.json())
    assert (answer.status_code, body["ok"]) == (200, True)
    return body


async def history(chat: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    return dict((await chat.get(HISTORY, params={"channel": "C0SECOPS", **query})).json())


async def test_a_message_is_found_by_its_metadata(chat: httpx.AsyncClient) -> None:
    answer = await posted(chat, "Please look at T-1", metadata=NOTE)
    assert (answer["channel"], answer["message"]["metadata"]) == ("C0SECOPS", NOTE)
    await posted(chat, "Something else")
    found = (await history(chat, include_all_metadata="true"))["messages"]
    [noted] = [message for message in found if message.get("metadata") == NOTE]
    assert (noted["ts"], noted["text"], noted["type"]) == (answer["ts"], "Please look at T-1", "message")
    assert not any("metadata" in message for message in (await history(chat))["messages"])


async def test_every_message_of_a_channel_has_a_ts_of_its_own(chat: httpx.AsyncClient) -> None:
    stamps = [(await posted(chat, str(number)))["ts"] for number in range(3)]
    assert stamps == ["1772452800.000000", "1772452800.000001", "1772452800.000002"]
    assert [message["ts"] for message in (await history(chat))["messages"]] == stamps[::-1]


async def test_pages_follow_each_other_though_new_messages_arrive(chat: httpx.AsyncClient) -> None:
    for number in range(5):
        await posted(chat, str(number))
    first = await history(chat, limit=2)
    await posted(chat, "late")
    second = await history(chat, limit=2, cursor=first["response_metadata"]["next_cursor"])
    third = await history(chat, limit=2, cursor=second["response_metadata"]["next_cursor"])
    pages = (first, second, third)
    assert [message["text"] for page in pages for message in page["messages"]] == ["4", "3", "2", "1", "0"]
    assert [page["has_more"] for page in pages] == [True, True, False]


async def test_history_keeps_between_its_bounds(chat: httpx.AsyncClient) -> None:
    stamps = [(await posted(chat, str(number)))["ts"] for number in range(4)]
    inner = await history(chat, oldest=stamps[0], latest=stamps[3])
    assert [message["text"] for message in inner["messages"]] == ["2", "1"]
    whole = await history(chat, oldest=stamps[0], latest=stamps[3], inclusive="true")
    assert len(whole["messages"]) == 4


async def test_channels_are_listed_so_that_a_name_leads_to_an_id(chat: httpx.AsyncClient) -> None:
    listed = (await chat.get("/chat/api/conversations.list")).json()
    assert {(one["name"], one["id"]) for one in listed["channels"]} >= {("secops", "C0SECOPS")}
    assert any(one["is_archived"] for one in listed["channels"])
    without = (await chat.get("/chat/api/conversations.list", params={"exclude_archived": "true"})).json()
    assert [one for one in without["channels"] if one["is_archived"]] == []


async def test_a_form_and_a_channels_name_are_taken_as_well(chat: httpx.AsyncClient) -> None:
    form = {"channel": "#secops", "text": "by form", "metadata": '{"event_type": "x", "event_payload": {"key": "1"}}'}
    assert (await chat.post(POST, data=form)).json()["channel"] == "C0SECOPS"
    [message] = (await history(chat, include_all_metadata="true"))["messages"]
    assert message["metadata"]["event_payload"] == {"key": "1"}


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"channel": "C0NOWHERE"}, "channel_not_found"),
        ({"channel": ""}, "channel_not_found"),
        ({"channel": "C0OLD"}, "is_archived"),
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"metadata": "{"}, "invalid_metadata_format"),
    ],
)
async def test_what_is_refused_comes_as_200_with_ok_false(
    chat: httpx.AsyncClient, wrong: dict[str, Any], error: str
) -> None:
    answer = await chat.post(POST, json={"channel": "C0SECOPS", "text": "x", **wrong})
    assert (answer.status_code, answer.json()) == (200, {"ok": False, "error": error})
    assert (await history(chat))["messages"] == []


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"channel": "secops"}, "channel_not_found"),
        ({"limit": "many"}, "invalid_limit"),
        ({"limit": "1000"}, "invalid_limit"),
        ({"cursor": "???"}, "invalid_cursor"),
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
    ],
)
async def test_a_senseless_look_is_refused(chat: httpx.AsyncClient, query: dict[str, str], error: str) -> None:
    await posted(chat, "x")
    assert await history(chat, **query) == {"ok": False, "error": error}


@pytest.mark.parametrize(
    ("headers", "error"), [({}, "not_authed"), ({"Authorization": "Bearer xoxp-user"}, "invalid_auth")]
)
async def test_only_a_bots_token_opens_the_door(
    own_sandbox: RunningSandbox, headers: dict[str, str], error: str
) -> None:
    async with httpx.AsyncClient(base_url=own_sandbox.http_url, headers=headers) as client:
        answer = await client.post(POST, json={"channel": "C0SECOPS", "text": "x"})
    assert (answer.status_code, answer.json()) == (200, {"ok": False, "error": error})


async def test_an_unknown_method_and_broken_json_are_said_in_slacks_words(chat: httpx.AsyncClient) -> None:
    assert (await chat.post("/chat/api/chat.shout", json={})).json() == {"ok": False, "error": "unknown_method"}
    broken = await chat.post(POST, content=b"{", headers={"Content-Type": "application/json"})
    assert broken.json() == {"ok": False, "error": "invalid_json"}
