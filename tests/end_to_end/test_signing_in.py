"""A sign-in counts as long as the token that it was made with: changing that ends it, in every browser at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest
from itsdangerous import URLSafeSerializer

from casewright.records import people
from casewright.records.people import NamedPerson, hash_token
from starter.api.pages.visitors import COOKIE
from tests.end_to_end.api_calls import Api, name_everybody, open_api, token
from tests.end_to_end.pages import asked, signed_in
from tests.world import World

BOSS = "manager-1"


@pytest.fixture
async def api(world: World) -> AsyncIterator[Api]:
    async with open_api(world) as opened:
        yield opened


async def waiting(api: Api, name: str) -> str:
    await api.world.duplicate(name, 20_000)
    ticket = await api.started(name, "waiting-approval", priority="high")
    await api.world.settled(ticket)
    return ticket


def manager(id: str, token: str | None) -> NamedPerson:
    kept = hash_token(token) if token is not None else None
    return NamedPerson(id=id, name=id, kind="person", roles=("support-manager",), token_hash=kept)


async def named(api: Api, everybody: Sequence[NamedPerson]) -> None:
    async with api.world.pool.acquire() as connection:
        await people.sync(connection, everybody)


@pytest.mark.parametrize("present", ["another token", None])
async def test_a_sign_in_ends_when_its_token_is_changed_or_taken_away(api: Api, present: str | None) -> None:
    path = await asked(api, await waiting(api, "ada"), BOSS)
    browser = await signed_in(api, BOSS)
    assert (await browser.get(path)).status_code == 200
    await named(api, [manager(BOSS, present)])
    for answer in (await browser.get(path), await browser.post(path, data={"verdict": "approve"})):
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={path}")
    await name_everybody(api.world)
    assert (await browser.get(path)).status_code == 200, "the token that it was made with is theirs again"


async def test_the_cookie_tells_neither_the_token_nor_its_hash(api: Api) -> None:
    cookie = (await signed_in(api, BOSS)).cookies[COOKIE]
    _, said = URLSafeSerializer("nobody's key").loads_unsafe(cookie)
    assert said["person"] == BOSS
    kept = hash_token(token(BOSS))
    assert [word for word in said.values() if word in (token(BOSS), kept, kept[:32])] == []
