"""The sandbox's admin API as the command line uses it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import httpx
from pydantic import JsonValue, TypeAdapter, ValidationError

from starter.commands.failing import CommandFailed
from starter.session import RunInfo, settings_of_commands

ANSWER_SECONDS = 30.0
Shape = TypeVar("Shape")


def ask(
    shape: TypeAdapter[Shape],
    method: str,
    path: str,
    *,
    params: Mapping[str, str] | None = None,
    body: Mapping[str, JsonValue] | None = None,
) -> Shape:
    """One request and its answer.

    Raises:
        CommandFailed: there is no sandbox, or it refuses.
    """
    url = _address()
    try:
        with httpx.Client(base_url=url, timeout=ANSWER_SECONDS, trust_env=False) as http:
            answer = http.request(method, path, params=params, json=body)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise CommandFailed(f"the sandbox at {url} doesn't answer: start it with `make run`") from error
    if not answer.is_success:
        raise CommandFailed(f"the sandbox refused: {_reason(answer)}")
    try:
        return shape.validate_json(answer.content or b"null")
    except ValidationError as error:
        raise CommandFailed(f"{url} isn't the sandbox: set CASEWRIGHT_GATEWAY_URL to its address") from error


def _address() -> str:
    settings = settings_of_commands()
    if settings.gateway_url is not None:
        return settings.gateway_url
    run = RunInfo.load()
    if run is None:
        raise CommandFailed("no sandbox runs here: start it with `make run`, or set CASEWRIGHT_GATEWAY_URL")
    return run.sandbox_url


def _reason(answer: httpx.Response) -> str:
    try:
        detail = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return str(answer.status_code)
    if isinstance(detail, list):
        return "; ".join(f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}".lstrip(": ") for one in detail)
    return str(detail)
