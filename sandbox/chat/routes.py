"""Slack's chat over HTTP: post a message, find channels, read one. What is refused comes as 200 with ``ok: false``."""

import json
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import JSONResponse

from sandbox.chat.channels import Channel, Metadata
from sandbox.chat.history import is_true, page_of
from sandbox.doors import Door, Problem, bearer_token
from sandbox.faults.rules import Target
from sandbox.world import World

PREFIX = "/chat/api"
TOKEN_PREFIX = "xoxb-"
LONGEST = 40_000

Arguments = dict[str, Any]


def chat_router(world: World) -> APIRouter:
    """``/chat/api``."""
    door = Door(world, Target.CHAT, _error, _admit)
    router = door.router(PREFIX)

    @router.post("/chat.postMessage")
    async def post_message(request: Request) -> JSONResponse:
        """Post a text, perhaps with metadata, to a channel named by its id or as #name."""
        arguments = await _arguments(request)
        channel = _channel(world, arguments, by_name=True)
        text, metadata = _text(arguments), _metadata(arguments)
        message = world.chat.post(channel, text, world.clock.now(), metadata)
        world.commit()
        shown = message.to_slack(with_metadata=True)
        return JSONResponse({"ok": True, "channel": channel.id, "ts": message.ts, "message": shown})

    async def channels(request: Request) -> JSONResponse:
        """Every channel, so that a program finds the id of a name; archived ones unless exclude_archived=true."""
        arguments = await _arguments(request)
        hidden = is_true(arguments.get("exclude_archived"))
        shown = [channel for channel in world.chat.channels() if not (hidden and channel.is_archived)]
        listed = [{**channel.model_dump(), "is_channel": True} for channel in shown]
        return JSONResponse({"ok": True, "channels": listed, "response_metadata": {"next_cursor": ""}})

    router.get("/conversations.list")(channels)

    async def history(request: Request) -> JSONResponse:
        """A channel's messages, newest first; their metadata only with include_all_metadata=true."""
        arguments = await _arguments(request)
        channel = _channel(world, arguments, by_name=False)
        return JSONResponse(page_of(world.chat.messages(channel.id), arguments))

    router.get("/conversations.history")(history)
    router.post("/conversations.history", include_in_schema=False)(history)
    return door.close(router)


def _admit(request: Request) -> None:
    token = bearer_token(request, TOKEN_PREFIX)
    if token is None:
        raise Problem(200, "not_authed", "not_authed")
    if not token:
        raise Problem(200, "invalid_auth", "invalid_auth")


def _error(problem: Problem) -> JSONResponse:
    if problem.status == 429:
        return JSONResponse({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "1"})
    usual = {404: "unknown_method", 405: "unknown_method", 503: "service_unavailable"}.get(
        problem.status, "internal_error"
    )
    # Slack answers what it refuses with 200, an unknown method too; only its own failures have another status.
    refused = problem.status in {200, 404, 405} and problem.code != "arranged_failure"
    error = problem.code if problem.status == 200 else usual
    return JSONResponse({"ok": False, "error": error}, 200 if refused else problem.status)


async def _arguments(request: Request) -> Arguments:
    arguments: Arguments = dict(request.query_params)
    body = await request.body()
    if not body:
        return arguments
    if not request.headers.get("content-type", "").startswith("application/json"):
        return arguments | dict(parse_qsl(body.decode("utf-8", "replace")))
    try:
        sent = json.loads(body)
    except ValueError as error:
        raise Problem(200, "invalid_json", "invalid_json") from error
    if not isinstance(sent, dict):
        raise Problem(200, "json_not_object", "json_not_object")
    return arguments | sent


def _channel(world: World, arguments: Arguments, *, by_name: bool) -> Channel:
    named = str(arguments.get("channel", ""))
    channel = world.chat.channel(named)
    if channel is None and by_name and named:
        channel = world.chat.named(named)
    if channel is None:
        raise Problem(200, "channel_not_found", "channel_not_found")
    if channel.is_archived and by_name:
        raise Problem(200, "is_archived", "is_archived")
    return channel


def _text(arguments: Arguments) -> str:
    text = arguments.get("text")
    if not isinstance(text, str) or not text:
        raise Problem(200, "no_text", "no_text")
    if len(text) > LONGEST:
        raise Problem(200, "msg_too_long", "msg_too_long")
    return text


def _metadata(arguments: Arguments) -> Metadata | None:
    given = arguments.get("metadata")
    if given is None:
        return None
    try:
        # In a form, metadata is JSON in a text.
        return Metadata.model_validate(json.loads(given) if isinstance(given, str) else given)
    except (ValueError, ValidationError) as error:
        raise Problem(200, "invalid_metadata_format", "invalid_metadata_format") from error
