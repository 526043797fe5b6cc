"""Whatever is sent to the API: a clear no, never a fault of ours, and nothing half done."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from casewright.records import reads
from tests.end_to_end.api_calls import Api, fresh_key, open_api
from tests.end_to_end.nonsense import ACTS, BODIES, LIMIT, raw
from tests.world import World

JSON = "application/json"
EXPRESSIONS = ("[a-z", "[A-Z", "[^", "\\S", "]{", "pattern")
"""What nobody should have to read in a message."""


async def in_pieces(size: int) -> AsyncIterator[bytes]:
    yield b'{"subject": "'
    for _ in range(size // 1024):
        yield b"x" * 1024
    yield b'"}'


@pytest.fixture
async def api(workerless: World) -> AsyncIterator[Api]:
    async with open_api(workerless) as opened:
        yield opened


async def refused(api: Api, answer: httpx.Response, key: str, status: int, field: str | None) -> None:
    """The no is as it should be, and there is no such ticket."""
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["message"]
    assert error["what_to_do"]
    assert not [sign for sign in EXPRESSIONS if sign in error["message"]], error["message"]
    assert error.get("field") == field, answer.text
    assert len(answer.content) < 8_000
    client = api.world.client
    assert not key or not await client.knows(client.ticket_of("portal", key))


async def test_no_nonsense_starts_a_ticket(api: Api) -> None:
    for name, (body, status, field) in BODIES.items():
        key = fresh_key()
        headers = {"Idempotency-Key": key, "Content-Type": JSON}
        answer = await api.call("portal", "POST", "/tickets", content=body, headers=headers)
        try:
            await refused(api, answer, key, status, field)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error


async def test_a_body_of_exactly_the_limit_is_read(api: Api) -> None:
    body = raw() + b" " * (LIMIT - len(raw()))
    headers = {"Idempotency-Key": fresh_key(), "Content-Type": JSON}
    assert (await api.call("portal", "POST", "/tickets", content=body, headers=headers)).status_code == 201


@pytest.mark.parametrize("told", [{}, {"Content-Length": "10"}])
async def test_a_body_in_pieces_is_not_read_beyond_the_limit(api: Api, told: dict[str, str]) -> None:
    key = fresh_key()
    read = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal read
        async for piece in in_pieces(100 * LIMIT):
            read += len(piece)
            yield piece

    headers = {"Idempotency-Key": key, "Content-Type": JSON, **told}
    answer = await api.call("portal", "POST", "/tickets", content=pieces(), headers=headers)
    await refused(api, answer, key, 413, None)
    assert read <= LIMIT + 2_048


@pytest.mark.parametrize("told", ["999999999999999999999", "-1", "x", "\u0661", str(LIMIT + 1)])
async def test_a_body_that_says_it_is_too_large_is_not_read(api: Api, told: str) -> None:
    key = fresh_key()
    headers = [(b"Idempotency-Key", key.encode()), (b"Content-Type", JSON.encode()), (b"Content-Length", told.encode())]
    headers.append((b"Authorization", b"Bearer token-of-portal"))
    answer = await api.http.post("/tickets", content=in_pieces(1), headers=headers)
    await refused(api, answer, key, 413, None)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json"])
async def test_a_body_of_another_type_is_refused(api: Api, kind: str) -> None:
    key = fresh_key()
    headers = {"Idempotency-Key": key, "Content-Type": kind}
    await refused(api, await api.call("portal", "POST", "/tickets", content=raw(), headers=headers), key, 415, None)


@pytest.mark.parametrize("key", [None, "", "k" * 201, "k\tk"])
async def test_a_key_is_needed(api: Api, key: str | None) -> None:
    headers = {"Content-Type": JSON} if key is None else {"Content-Type": JSON, "Idempotency-Key": key}
    answer = await api.call("portal", "POST", "/tickets", content=raw(), headers=headers)
    await refused(api, answer, "", 422, "Idempotency-Key")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("limit=" + "9" * 5_000, "limit"),
        ("state=happy", "state"),
        ("phase=%00", "phase"),
        ("policy=A.1%00", "policy"),
        ("team=%ff%fe", "team"),
        ("assignee=' OR 1=1", "assignee"),
        ("priority=1", "priority"),
        ("email=ada@example.com", "email"),
        ("after=x", "after"),
        ("after=2026-13-45T00:00:00Z~T-0000000000000000", "after"),
        ("after=2026-01-01T00:00:00Z~T-%00", "after"),
    ],
)
async def test_queries_that_mean_nothing_are_refused(api: Api, query: str, field: str) -> None:
    await refused(api, await api.call("agent-1", "GET", f"/tickets?{query}"), "", 422, field)


async def test_no_nonsense_is_an_act(world: World) -> None:
    async with open_api(world) as api:
        ticket = await api.started("nobody", "with-people")
        await world.settled(ticket)
        before = [row.act for row in await reads.rows(world.pool, ticket)]
        for name, (body, field) in ACTS.items():
            path, headers = f"/tickets/{ticket}/acts", {"Content-Type": JSON}
            who = "portal" if b"customer_answer" in body else "lead-1"
            answer = await api.call(who, "POST", path, content=body, headers=headers)
            assert answer.status_code == 422, f"{name}: {answer.text}"
            error = answer.json()["error"]
            assert error.get("field") == field, f"{name}: {answer.text}"
            assert error["what_to_do"]
            assert not [sign for sign in EXPRESSIONS if sign in error["message"]], error["message"]
        assert [row.act for row in await reads.rows(world.pool, ticket)] == before == [None] * len(before)
