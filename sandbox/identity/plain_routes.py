"""What an identity store offers beside SCIM, as plain JSON: login history, reset links, signing in."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from sandbox.doors import Door, Problem, bearer_token
from sandbox.faults.rules import Target
from sandbox.identity.login_routes import login_routes, sign_in_routes
from sandbox.identity.reset_routes import reset_routes
from sandbox.world import World

PREFIX = "/identity/v1"
TOKEN_PREFIX = "test_"


def identity_router(world: World) -> APIRouter:
    """``/identity/v1``."""
    door = Door(world, Target.IDENTITY, _error, _admit)
    router = door.router(PREFIX)
    login_routes(router, world)
    reset_routes(router, world)
    sign_in_routes(router, world)
    return door.close(router)


def _error(problem: Problem) -> JSONResponse:
    """A problem as ``{"error": {"code", "message"}}``."""
    return JSONResponse({"error": {"code": problem.code, "message": problem.message}}, problem.status)


def _admit(request: Request) -> None:
    if not bearer_token(request, TOKEN_PREFIX):
        message = f"A bearer token is needed; here any that begins with {TOKEN_PREFIX}."
        raise Problem(401, message, "unauthorized")
