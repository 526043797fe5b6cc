"""The HTTP API as the samples come in by it: with the tokens of the sample services and people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from pydantic import JsonValue

from casewright.identity import PeopleError, read_people
from starter.run.player import NotTaken
from starter.run.problem import RunProblem
from starter.run.samples import Sample

PORTAL = "portal"
"""The service that submits the samples."""
_TIMEOUT_SECONDS = 60.0
_AGAIN_SECONDS = 1.0


class HttpDoor:
    """Sends the same again, under the same key or id, for as long as the API can't say that it arrived."""

    def __init__(self, http: httpx.AsyncClient, tokens: Mapping[str, str]) -> None:
        self._http, self._tokens = http, tokens

    async def submit(self, sample: Sample, key: str) -> str:
        """The ticket's id, the same for the same key.

        Raises:
            NotTaken: the API refused it.
        """
        body = sample.submission.model_dump(mode="json", exclude_none=True)
        answer = await self._send(PORTAL, "/tickets", body, {"Idempotency-Key": key})
        ticket: str = answer.json()["ticket"]
        return ticket

    async def act(self, ticket: str, by: str, act_id: str, body: dict[str, JsonValue]) -> None:
        """Taken once, however often it comes.

        Raises:
            NotTaken: the API refused it.
        """
        await self._send(by, f"/tickets/{ticket}/acts", {**body, "id": act_id}, {})

    async def _send(self, by: str, path: str, body: dict[str, JsonValue], headers: dict[str, str]) -> httpx.Response:
        if by not in self._tokens:
            raise NotTaken(f"{by} has no token in the file of people")
        headers = {**headers, "Authorization": f"Bearer {self._tokens[by]}"}
        while True:
            try:
                answer = await self._http.post(path, json=body, headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.is_success:
                return answer
            if answer is not None and answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                raise NotTaken(f"{body.get('type', 'the submission')} by {by} was refused: {_words(answer)}")
            await asyncio.sleep(_AGAIN_SECONDS)


def _words(answer: httpx.Response) -> str:
    """What the API said, in its own words."""
    try:
        error = answer.json()["error"]
        problems = "; ".join(f"{one['field']}: {one['message']}" for one in error.get("problems") or ())
        return f"{error['message']}{': ' if problems else ''}{problems} (HTTP {answer.status_code})"
    except (ValueError, KeyError, TypeError):
        return f"HTTP {answer.status_code}: {answer.text[:200]}"


@asynccontextmanager
async def open_door(api_url: str, people: Path) -> AsyncIterator[HttpDoor]:
    """The API at this address, with the tokens that the file of people has in the open.

    Raises:
        RunProblem: the file can't be read.
    """
    try:
        tokens = {person.id: person.token for person in read_people(people) if person.token is not None}
    except PeopleError as error:
        raise RunProblem(str(error)) from error
    async with httpx.AsyncClient(base_url=api_url, timeout=_TIMEOUT_SECONDS, trust_env=False) as http:
        yield HttpDoor(http, tokens)
