"""A channel's history, page by page, as Slack's conversations.history has it."""

import base64
import binascii
from typing import Any

from sandbox.chat.channels import ChatMessage, micros
from sandbox.doors import Problem

PAGE, MOST = 100, 999
_CURSOR = "next_ts:"


def page_of(messages: list[ChatMessage], arguments: dict[str, Any]) -> dict[str, Any]:
    """The newest messages within ``oldest`` and ``latest``, from ``cursor`` on, at most ``limit``."""
    found = [message for message in reversed(messages) if _within(micros(message.ts), arguments)]
    limit = _limit(arguments)
    shown, more = found[:limit], len(found) > limit
    with_metadata = is_true(arguments.get("include_all_metadata"))
    answer: dict[str, Any] = {
        "ok": True,
        "messages": [message.to_slack(with_metadata=with_metadata) for message in shown],
        "has_more": more,
    }
    if more:
        # Names the last message shown, so that one posted meanwhile neither hides nor repeats any.
        cursor = base64.urlsafe_b64encode(f"{_CURSOR}{shown[-1].ts}".encode()).decode()
        answer["response_metadata"] = {"next_cursor": cursor}
    return answer


def is_true(value: object) -> bool:
    """Whether an argument, of JSON or of a form, says yes."""
    return value is True or str(value).casefold() in {"true", "1"}


def _within(ts: int, arguments: dict[str, Any]) -> bool:
    oldest, latest = _bound(arguments, "oldest"), _bound(arguments, "latest")
    before = _before(arguments)
    slack = 0 if is_true(arguments.get("inclusive")) else 1
    return (
        (oldest is None or ts >= oldest + slack)
        and (latest is None or ts <= latest - slack)
        and (before is None or ts < before)
    )


def _bound(arguments: dict[str, Any], name: str) -> int | None:
    given = arguments.get(name)
    if given in (None, ""):
        return None
    try:
        return micros(str(given))
    except ValueError as error:
        raise Problem(200, f"invalid_ts_{name}", f"invalid_ts_{name}") from error


def _before(arguments: dict[str, Any]) -> int | None:
    cursor = arguments.get("cursor")
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(str(cursor)).decode()
        return micros(text.removeprefix(_CURSOR))
    except (binascii.Error, ValueError) as error:
        raise Problem(200, "invalid_cursor", "invalid_cursor") from error


def _limit(arguments: dict[str, Any]) -> int:
    try:
        limit = int(arguments.get("limit", PAGE))
    except (TypeError, ValueError) as error:
        raise Problem(200, "invalid_limit", "invalid_limit") from error
    if not 1 <= limit <= MOST:
        raise Problem(200, "invalid_limit", "invalid_limit")
    return limit
