"""SCIM 2.0 over HTTP: users, and what the service says about itself."""

from fastapi import APIRouter, Request, Response

from sandbox.doors import Door, Problem, base_url, bearer_token
from sandbox.faults.rules import Target
from sandbox.identity.accounts import Account
from sandbox.identity.discovery import discovery_routes
from sandbox.identity.scim_changes import new_account, patched, replaced
from sandbox.identity.scim_filter import read_filter
from sandbox.identity.scim_shapes import LIST, ScimAnswer, error_answer, read_body, to_scim, version
from sandbox.world import World

PREFIX = "/identity/scim/v2"
PAGE = 100
TOKEN_PREFIX = "test_"


def scim_router(world: World) -> APIRouter:
    """``/identity/scim/v2``."""
    door = Door(world, Target.IDENTITY, error_answer, _admit)
    router = door.router(PREFIX)
    _reading(router, world)
    _writing(router, world)
    discovery_routes(router, PREFIX)
    return door.close(router)


def _admit(request: Request) -> None:
    if not bearer_token(request, TOKEN_PREFIX):
        raise Problem(401, f"A bearer token is needed; here any that begins with {TOKEN_PREFIX}.")


def _reading(router: APIRouter, world: World) -> None:
    @router.get("/Users")
    async def list_users(
        request: Request, filter: str | None = None, startIndex: int = 1, count: int = PAGE
    ) -> ScimAnswer:
        """Accounts whose userName, emails.value or id equal (``eq``, joined by ``and``) what the filter says."""
        matches = read_filter(filter) if filter is not None else None
        found = [account for account in world.identity.accounts() if matches is None or matches(account)]
        start = max(startIndex, 1)
        page = found[start - 1 : start - 1 + min(max(count, 0), PAGE)]
        return ScimAnswer(
            {
                "schemas": [LIST],
                "totalResults": len(found),
                "startIndex": start,
                "itemsPerPage": len(page),
                "Resources": [to_scim(account, base_url(request) + PREFIX) for account in page],
            }
        )

    @router.get("/Users/{identity}")
    async def get_user(identity: str, request: Request) -> Response:
        """One account; with If-None-Match 304 when it hasn't changed."""
        account = _found(world, identity)
        if request.headers.get("if-none-match") == version(account):
            return Response(status_code=304, headers={"ETag": version(account)})
        return _shown(request, account)


def _writing(router: APIRouter, world: World) -> None:
    @router.post("/Users")
    async def create_user(request: Request) -> ScimAnswer:
        """Make an account."""
        account = new_account(await read_body(request), world.clock.now())
        return _kept(world, request, account, new=True)

    @router.put("/Users/{identity}")
    async def replace_user(identity: str, request: Request) -> ScimAnswer:
        """Replace an account; its password and status stay unless given."""
        body = await read_body(request)
        account = _unchanged(request, _found(world, identity))
        return _kept(world, request, replaced(account, body, world.clock.now()))

    @router.patch("/Users/{identity}")
    async def change_user(identity: str, request: Request) -> ScimAnswer:
        """Change an account by add, replace and remove operations, all or none."""
        body = await read_body(request)
        account = _unchanged(request, _found(world, identity))
        return _kept(world, request, patched(account, body, world.clock.now()))

    @router.delete("/Users/{identity}", status_code=204)
    async def delete_user(identity: str, request: Request) -> None:
        """Forget an account."""
        _unchanged(request, _found(world, identity))
        world.identity.remove(identity)
        world.commit()


def _found(world: World, identity: str) -> Account:
    account = world.identity.get(identity)
    if account is None:
        raise Problem(404, f"There is no user {identity}.")
    return account


def _unchanged(request: Request, account: Account) -> Account:
    wanted = request.headers.get("if-match")
    if wanted not in (None, "*", version(account)):
        raise Problem(412, f"The user has changed: its version is {version(account)}.")
    return account


def _kept(world: World, request: Request, account: Account, *, new: bool = False) -> ScimAnswer:
    try:
        if new:
            world.identity.add(account)
        else:
            world.identity.replace(account)
    except ValueError as taken:
        raise Problem(409, str(taken), "uniqueness") from taken
    world.commit()
    return _shown(request, account, 201 if new else 200)


def _shown(request: Request, account: Account, status: int = 200) -> ScimAnswer:
    body = to_scim(account, base_url(request) + PREFIX)
    headers = {"ETag": version(account)}
    if status == 201:
        headers["Location"] = body["meta"]["location"]
    return ScimAnswer(body, status, headers)
