"""How tests speak to the API: callers with tokens, over a world whose people are known by them."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI

from casewright.handbook import Handbook
from casewright.links import Links
from casewright.records import people
from casewright.records.people import NamedPerson, hash_token
from starter.api import create_app
from tests.world import ROLES, World

SERVICES = ("portal", "app")
NOBODY_ANY_MORE = "gone"
WITHOUT_ROLE = "new"
STOPPER = "stopper-1"
"""Who may set emergency stops."""


def token(who: str) -> str:
    """What this caller comes in with."""
    return f"token-of-{who}"


def fresh_key() -> str:
    """Tests share one Temporal, so a key is used by one of them only."""
    return uuid.uuid4().hex


@dataclass
class Api:
    """The application over a world."""

    world: World
    http: httpx.AsyncClient
    app: FastAPI | None = None

    def browser(self) -> httpx.AsyncClient:
        """A client with a cookie jar of its own."""
        assert self.app is not None
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://api")

    async def call(
        self, who: str, method: str, path: str, *, headers: Mapping[str, str] | None = None, **rest: Any
    ) -> httpx.Response:
        """A request as somebody."""
        told = {"Authorization": f"Bearer {token(who)}", **(headers or {})}
        return await self.http.request(method, path, headers=told, **rest)

    async def submit(self, name: str, key: str, *, who: str = "portal", **fields: Any) -> httpx.Response:
        """A request of a seeded customer."""
        return await self.call(who, "POST", "/tickets", json=about(name, **fields), headers={"Idempotency-Key": key})

    async def act(self, who: str, ticket: str, id: str, **act: object) -> httpx.Response:
        """An act as somebody."""
        return await self.call(who, "POST", f"/tickets/{ticket}/acts", json={"id": id, **act})

    async def started(self, name: str, state: str, **fields: Any) -> str:
        """A ticket in this state."""
        ticket: str = (await self.submit(name, fresh_key(), **fields)).json()["ticket"]
        await self.world.until(ticket, state)
        return ticket

    async def plan(self, ticket: str) -> str:
        """The hash of the plan that waits for approval."""
        shown = (await self.call("manager-1", "GET", f"/tickets/{ticket}")).json()
        found: str = shown["approval"]["plan_hash"]
        return found


def about(name: str, **fields: object) -> dict[str, object]:
    """A submission; ``fields`` replace its own."""
    requester = {"email": f"{name}@example.com", "customer": f"cus_{name}"}
    claims = {"invoice": f"INV-{name}"}
    return {"policy": "A.1", "subject": "Charged twice", "requester": requester, "claims": claims, **fields}


async def name_everybody(world: World) -> None:
    """The world's people, with tokens, and some who may do little."""
    staff = [NamedPerson(id=id, name=f"Sample {id}", kind="person", roles=(role,)) for id, role in ROLES.items()]
    services = [NamedPerson(id=id, name=id, kind="service") for id in SERVICES]
    gone = NamedPerson(id=NOBODY_ANY_MORE, name="Gone", kind="person", roles=("agent",), active=False)
    new = NamedPerson(id=WITHOUT_ROLE, name="New", kind="person")
    stopper = NamedPerson(id=STOPPER, name="Sample stopper", kind="person", roles=("operations-manager",))
    everybody = (*staff, *services, gone, new, stopper)
    named = [one.model_copy(update={"token_hash": hash_token(token(one.id)), **reached(one)}) for one in everybody]
    async with world.pool.acquire() as connection:
        await people.sync(connection, named)


def reached(one: NamedPerson) -> dict[str, str]:
    """Where a member of the staff is reached."""
    return {"mail": f"{one.id}@staff.example.com"} if one.kind == "person" else {}


@contextlib.asynccontextmanager
async def open_api(world: World) -> AsyncIterator[Api]:
    """The application in this process."""
    await name_everybody(world)
    links = Links.under(world.settings.link_key.get_secret_value())
    handbook = Handbook.load(world.settings.handbook)
    app = create_app(world.client, world.pool, handbook, links=links, pages_url=world.settings.pages_url)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as http:
        yield Api(world, http, app)
