"""JSON over HTTP, as the smaller outside systems speak it: what isn't an answer is ``Unreachable``.

Neither addresses nor what was asked stand in an error: they would come into histories and logs.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from casewright.domain.effects import Unreachable

ANSWER_SECONDS = 2.5
MOST_BYTES = 5_000_000
"""Of a file; a label has some thousands."""
Shape = TypeVar("Shape", bound=BaseModel)


class JsonApi:
    """One system; ``what`` names it in errors. Every method raises ``Unreachable``."""

    def __init__(self, http: httpx.AsyncClient | None, what: str) -> None:
        self._http, self._what = http, what

    async def get(self, path: str, shape: type[Shape], **params: str) -> Shape | None:
        """What is there; None for 404 in the system's own words."""
        got = await self.call("GET", path, params=params)
        if got.status_code == httpx.codes.NOT_FOUND and in_own_words(got):
            return None
        return self.read(got, shape)

    async def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The answer, whatever its status."""
        if self._http is None:
            raise Unreachable(f"{self._what} is not set up")
        try:
            return await self._http.request(method, path, params=params, json=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(f"{self._what} gave no answer: {type(error).__name__}") from None

    async def file(self, address: str) -> bytes:
        """What is behind a link that the system gave; our token goes to the system itself and nowhere else."""
        if self._http is None:
            raise Unreachable(f"{self._what} is not set up")
        try:
            request = self._http.build_request("GET", address)
            if _origin(request.url) != _origin(self._http.base_url):
                request.headers.pop("Authorization", None)
            got = await self._http.send(request, stream=True)
            async with contextlib.aclosing(got):
                if not got.is_success:
                    raise Unreachable(f"{self._what} answered {got.status_code} for a file")
                return await self._within(got)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(f"{self._what} gave no file: {type(error).__name__}") from None

    async def _within(self, got: httpx.Response) -> bytes:
        content = bytearray()
        async for part in got.aiter_bytes():
            content += part
            if len(content) > MOST_BYTES:
                raise Unreachable(f"{self._what}'s file has more than {MOST_BYTES} bytes")
        return bytes(content)

    def read(self, got: httpx.Response, shape: type[Shape]) -> Shape:
        """A successful answer's content."""
        if not got.is_success:
            raise Unreachable(f"{self._what} answered {got.status_code}")
        try:
            return shape.model_validate_json(got.content)
        except ValidationError:
            raise Unreachable(f"{self._what}'s answer can't be read") from None


def in_own_words(got: httpx.Response) -> bool:
    """Whether the system itself answered, and not a proxy before it: what that can't find may be there."""
    return "json" in got.headers.get("Content-Type", "")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


@contextlib.asynccontextmanager
async def connected(url: str | None, token: str, what: str) -> AsyncIterator[JsonApi]:
    """A system behind a bearer token; without an address every call says that it isn't set up."""
    if url is None:
        yield JsonApi(None, what)
        return
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    base = f"{url.rstrip('/')}/"
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=ANSWER_SECONDS) as http:
        yield JsonApi(http, what)
